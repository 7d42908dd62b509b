"""Farm records as other programs read them: public ids, codes of words, decimal numbers."""

from __future__ import annotations

from datetime import date
from typing import Any, Self

from pydantic import BaseModel
from sqlmodel import col, select

from tracer.domain.clock import iso_instant
from tracer.domain.quantity import Quantity
from tracer.proof.qrtext import batch_text
from tracer.store.tables import (
    Batch,
    BatchEdge,
    Campaign,
    Input,
    InputUse,
    Operation,
    Plot,
    Producer,
    Product,
    ReportItem,
    TestReport,
)
from tracer.store.world import Tx


class Record(BaseModel):
    """Base of all records: ``id`` is the public id."""

    id: str


class ProducerRecord(Record):
    kind: str
    name: str
    uscc: str | None
    contact_phone: str
    county: str
    town: str | None
    address: str
    suspended: bool

    @classmethod
    def of(cls, row: Producer) -> Self:
        return cls(
            id=row.public_id,
            suspended=row.suspended_at is not None,
            **row.model_dump(
                include={"kind", "name", "uscc", "contact_phone", "county", "town", "address"}
            ),
        )


class PlotRecord(Record):
    name: str
    base_name: str | None
    facility: str
    area: str | None  # 亩
    town: str | None
    village: str | None

    @classmethod
    def of(cls, row: Plot) -> Self:
        area = None if row.area_milli_mu is None else Quantity(row.area_milli_mu, "kg").number
        return cls(
            id=row.public_id,
            area=area,
            **row.model_dump(include={"name", "base_name", "facility", "town", "village"}),
        )


class ProductRecord(Record):
    name: str
    spec: str
    origin: str
    category: str
    crop: str
    sector: str
    unit: str
    introduction: str | None
    gtin: str | None

    @classmethod
    def of(cls, row: Product) -> Self:
        fields = set(cls.model_fields) - {"id"}
        return cls(id=row.public_id, **row.model_dump(include=fields))


class InputUseRecord(BaseModel):
    crop: str
    phi_days: int | None
    interval_unstated: bool
    degree_days: int | None
    max_uses: int | None
    max_dose: str | None
    dose_unit: str | None


class InputRecord(Record):
    kind: str
    name: str
    registration_no: str
    maker: str | None
    supplier: str | None
    ingredients: list[str]
    content: str | None
    formulation: str | None
    uses: list[InputUseRecord]

    @classmethod
    def of(cls, tx: Tx, row: Input) -> Self:
        uses = tx.session.exec(
            select(InputUse).where(InputUse.input_id == row.id).order_by(col(InputUse.id))
        )
        return cls(
            id=row.public_id,
            uses=[InputUseRecord(**use.model_dump(exclude={"id", "input_id"})) for use in uses],
            **row.model_dump(include=set(cls.model_fields) - {"id", "uses"}),
        )


class CampaignRecord(Record):
    ref: str
    name: str
    product: str
    plot: str
    started_on: date
    ended_on: date | None

    @classmethod
    def of(cls, tx: Tx, row: Campaign) -> Self:
        return cls(
            id=row.public_id,
            product=tx.session.get_one(Product, row.product_id).public_id,
            plot=tx.session.get_one(Plot, row.plot_id).public_id,
            **row.model_dump(include={"ref", "name", "started_on", "ended_on"}),
        )


class OperationRecord(Record):
    ref: str
    version: int
    campaign: str
    plot: str
    kind: str
    occurred_on: date
    ended_on: date | None
    operator: str
    input: str | None
    target: str | None
    method: str | None
    dose: str | None
    dose_unit: str | None
    quantity: str | None
    unit: str | None
    details: dict[str, Any]
    note: str | None
    retracted: bool
    recorded_at: str

    @classmethod
    def of(cls, tx: Tx, row: Operation) -> Self:
        used = tx.session.get(Input, row.input_id) if row.input_id else None
        return cls(
            id=row.public_id,
            campaign=tx.session.get_one(Campaign, row.campaign_id).public_id,
            plot=tx.session.get_one(Plot, row.plot_id).public_id,
            input=used.public_id if used else None,
            quantity=decimal(row.quantity_milli),
            recorded_at=iso_instant(row.recorded_at),
            **row.model_dump(
                include={
                    "ref",
                    "version",
                    "kind",
                    "occurred_on",
                    "ended_on",
                    "operator",
                    "target",
                    "method",
                    "dose",
                    "dose_unit",
                    "unit",
                    "details",
                    "note",
                    "retracted",
                }
            ),
        )


class BatchSource(BaseModel):
    batch: str
    quantity: str


class BatchRecord(Record):
    code: str
    kind: str
    product: str
    made_on: date
    quantity: str
    unit: str
    origin: str
    sources: list[BatchSource]
    url: str

    @classmethod
    def of(cls, tx: Tx, row: Batch) -> Self:
        edges = tx.session.exec(
            select(BatchEdge, Batch)
            .join(Batch, col(Batch.id) == BatchEdge.parent_id)
            .where(BatchEdge.child_id == row.id)
            .order_by(col(Batch.id))
        )
        return cls(
            id=row.public_id,
            product=tx.session.get_one(Product, row.product_id).public_id,
            quantity=decimal(row.quantity_milli) or "",
            sources=[
                BatchSource(batch=parent.public_id, quantity=decimal(edge.quantity_milli) or "")
                for edge, parent in edges
            ],
            url=batch_text(tx.site, row.public_id),
            **row.model_dump(include={"code", "kind", "made_on", "unit", "origin"}),
        )


class ReportItemRecord(BaseModel):
    analyte: str
    method: str | None
    value: str
    limit: str | None
    unit: str | None
    passed: bool


class ReportRecord(Record):
    batch: str
    number: str
    kind: str
    laboratory: str
    sampled_on: date
    tested_on: date
    passed: bool
    items: list[ReportItemRecord]

    @classmethod
    def of(cls, tx: Tx, row: TestReport) -> Self:
        items = tx.session.exec(
            select(ReportItem).where(ReportItem.report_id == row.id).order_by(col(ReportItem.id))
        )
        return cls(
            id=row.public_id,
            batch=tx.session.get_one(Batch, row.batch_id).public_id,
            items=[
                ReportItemRecord(**item.model_dump(exclude={"id", "report_id"})) for item in items
            ],
            **row.model_dump(
                include={"number", "kind", "laboratory", "sampled_on", "tested_on", "passed"}
            ),
        )


def decimal(milli: int | None) -> str | None:
    """Thousandths as a decimal number without trailing zeros."""
    return None if milli is None else Quantity(milli, "kg").number
