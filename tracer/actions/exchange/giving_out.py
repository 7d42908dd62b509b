"""Giving tables out: everything a producer has recorded, in the sheets that the import reads.

What is given out can be taken in again: here it changes nothing, elsewhere it makes the same
records. 身份证号 are not given out. Retracted records and empty batches stay behind.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, TypeVar

from sqlmodel import SQLModel, col, select

from tracer.actions.actor import Actor, require
from tracer.actions.exchange import sheets
from tracer.actions.exchange.batches import COMES_FROM
from tracer.actions.exchange.columns import Sheet
from tracer.actions.exchange.dossier import entry_rows
from tracer.actions.exchange.files import Grid
from tracer.domain.clock import day_of
from tracer.domain.operations import operation_kind
from tracer.domain.quantity import UNITS, Quantity
from tracer.domain.words import (
    BatchKind,
    InputKind,
    ProducerKind,
    ReportKind,
    Role,
    Sector,
    SourceProofKind,
)
from tracer.store.lookups import certificates_of, current_operations
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
    SourceProof,
    TestReport,
)
from tracer.store.world import Tx

Cells = dict[str, str]  # by column title
Found = TypeVar("Found", bound=SQLModel)


def export_tables(tx: Tx, actor: Actor) -> dict[str, list[Cells]]:
    """The rows of every sheet: the operator's are all producers', a producer's its own."""
    require(actor, Role.OPERATOR, Role.PRODUCER)
    producers = select(Producer).order_by(col(Producer.id))
    if actor.role is not Role.OPERATOR:
        producers = producers.where(Producer.id == actor.producer)
    tables: dict[str, list[Cells]] = {sheet.name: [] for sheet in sheets.SHEETS}
    for producer in tx.session.exec(producers).all():
        for sheet, values in _Producer(tx, producer).rows():
            tables[sheet.name].append(_cells(sheet, values))
    return tables


def certificate_grid(tx: Tx, actor: Actor) -> Grid:
    """The certificates as a table for people; certificates themselves are never imported."""
    require(actor, Role.OPERATOR, Role.PRODUCER)
    batches = select(Batch).order_by(col(Batch.id))
    if actor.role is not Role.OPERATOR:
        batches = batches.where(Batch.producer_id == actor.producer)
    grid = [["编号", "产品", "数量", "产地", "承诺主体", "开具日期", "批次编号", "状态"]]
    for batch in tx.session.exec(batches).all():
        for certificate, voiding in reversed(certificates_of(tx.session, batch.id or 0)):
            # A certificate names its unit as people read it.
            amount = f"{Quantity(certificate.quantity_milli, 'kg').number} {certificate.unit}"
            grid.append(
                [
                    certificate.number,
                    certificate.product,
                    amount,
                    certificate.origin,
                    certificate.issuer,
                    day_of(certificate.issued_at).isoformat(),
                    batch.code,
                    "已作废" if voiding else "有效",
                ]
            )
    return grid


class _Producer:
    """One producer's records, named the way the sheets name them."""

    def __init__(self, tx: Tx, producer: Producer) -> None:
        self._tx = tx
        self._producer = producer
        self._plots = {row.id: row for row in self._own(Plot)}
        self._products = {row.id: row for row in self._own(Product)}
        self._inputs = {row.id: row for row in self._own(Input)}
        self._campaigns = {row.id: row for row in self._own(Campaign)}
        self._batches = {row.id: row for row in self._own(Batch) if row.quantity_milli}

    def rows(self) -> Iterator[tuple[Sheet, Mapping[str, Any]]]:
        """Every record: its sheet, and its values by field or, without a field, by title."""
        name = {"producer": self._producer.uscc or self._producer.name}
        for sheet, values in self._all():
            yield sheet, values | name

    def _all(self) -> Iterator[tuple[Sheet, dict[str, Any]]]:
        yield (
            sheets.PRODUCERS,
            self._producer.model_dump(exclude={"id_card_cipher"})
            | {"kind": ProducerKind(self._producer.kind).label},
        )
        for plot in self._plots.values():
            area = plot.area_milli_mu and Quantity(plot.area_milli_mu, "kg").number
            yield sheets.PLOTS, plot.model_dump() | {"area": area}
        for product in self._products.values():
            yield (
                sheets.PRODUCTS,
                product.model_dump()
                | {"sector": Sector(product.sector).label, "unit": UNITS[product.unit].label},
            )
        yield from self._all_inputs()
        for campaign in self._campaigns.values():
            product = self._products[campaign.product_id]
            yield (
                sheets.CAMPAIGNS,
                campaign.model_dump()
                | {"product": product.name, "规格": product.spec}
                | {"plot": self._plots[campaign.plot_id].name},
            )
        yield from self._all_works()
        yield from self._all_batches()
        yield from self._all_papers()
        yield from entry_rows(self._tx, self._producer, self._products)

    def _all_inputs(self) -> Iterator[tuple[Sheet, dict[str, Any]]]:
        for row in self._inputs.values():
            values = row.model_dump() | {"kind": InputKind(row.kind).label}
            yield sheets.INPUTS, values | {"ingredients": "、".join(row.ingredients)}
            name = {"投入品名称": row.name, "登记证号或批准文号": row.registration_no}
            for use in self._parts(InputUse, InputUse.input_id, row.id):
                yield sheets.INPUT_USES, use.model_dump() | name

    def _all_works(self) -> Iterator[tuple[Sheet, dict[str, Any]]]:
        made_a_batch = {batch.operation_id for batch in self._own(Batch)}
        for work in current_operations(self._tx.session, [key or 0 for key in self._campaigns]):
            if work.id in made_a_batch:
                continue
            used = self._inputs.get(work.input_id)
            yield (
                sheets.OPERATIONS,
                work.model_dump()
                | work.details
                | {
                    "campaign": self._campaigns[work.campaign_id].ref,
                    "plot": self._plots[work.plot_id].name,
                    "kind": operation_kind(work.kind).label,
                    "input": used and used.name,
                    "登记证号或批准文号": used and used.registration_no,
                }
                | _amount(work.quantity_milli, work.unit),
            )

    def _all_batches(self) -> Iterator[tuple[Sheet, dict[str, Any]]]:
        for batch in self._batches.values():
            kind = BatchKind(batch.kind)
            values: dict[str, Any] = {"code": batch.code, "made_on": batch.made_on}
            values |= {COMES_FROM: kind.label} | _amount(batch.quantity_milli, batch.unit)
            if batch.operation_id is not None:
                values |= self._work_of(batch, kind)
            yield sheets.BATCHES, values
            for edge in self._parts(BatchEdge, BatchEdge.child_id, batch.id):
                parent = self._batches[edge.parent_id]
                source = {"code": batch.code, "batch": parent.code}
                yield sheets.BATCH_SOURCES, source | _amount(edge.quantity_milli, parent.unit)

    def _work_of(self, batch: Batch, kind: BatchKind) -> dict[str, Any]:
        """What the record of a batch's making adds to its row."""
        work = self._tx.session.get_one(Operation, batch.operation_id)
        values = work.details | {
            "campaign": self._campaigns[work.campaign_id].ref,
            "operator": work.operator,
            "method": work.method,
            "note": work.note,
        }
        if kind is BatchKind.PURCHASE:
            return values | {"origin": batch.origin}
        return values | {"kind": operation_kind(work.kind).label}

    def _all_papers(self) -> Iterator[tuple[Sheet, dict[str, Any]]]:
        for report in self._own(TestReport):
            if report.batch_id not in self._batches:
                continue
            values = report.model_dump() | {"kind": ReportKind(report.kind).label}
            yield sheets.REPORTS, values | {"batch": self._batches[report.batch_id].code}
            for item in self._parts(ReportItem, ReportItem.report_id, report.id):
                yield sheets.REPORT_ITEMS, item.model_dump() | {"报告编号": report.number}
        for batch in self._batches.values():
            for proof in self._parts(SourceProof, SourceProof.batch_id, batch.id):
                values = proof.model_dump() | {"kind": SourceProofKind(proof.kind).label}
                yield sheets.SOURCE_PROOFS, values | {"batch": batch.code}

    def _own(self, table: type[Found]) -> list[Found]:
        return self._parts(table, table.producer_id, self._producer.id)  # type: ignore[attr-defined]

    def _parts(self, table: type[Found], column: Any, value: int | None) -> list[Found]:
        order = table.__table__.primary_key  # type: ignore[attr-defined]
        return list(self._tx.session.exec(select(table).where(column == value).order_by(*order)))


def _amount(milli: int | None, unit: str | None) -> dict[str, str | None]:
    if milli is None or unit is None:
        return {"quantity": None, "unit": None}
    return {"quantity": Quantity(milli, unit).number, "unit": UNITS[unit].label}


def _cells(sheet: Sheet, values: Mapping[str, Any]) -> Cells:
    """The filled cells of a row, by column title."""
    cells = {
        column.title: _said(values.get(column.field or column.title, values.get(column.title)))
        for column in sheet.columns
    }
    return {title: text for title, text in cells.items() if text}


def _said(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, date):
        return value.isoformat()
    return str(value)
