"""Certificates, labels and scans as other programs read them."""

from __future__ import annotations

from datetime import date
from typing import Any, Self

from pydantic import BaseModel
from sqlmodel import col, select

from tracer.domain.clock import iso_instant
from tracer.domain.printing import standing
from tracer.proof.labelcode import code
from tracer.proof.qrtext import certificate_text, label_text
from tracer.proof.statement import basis_boxes
from tracer.queries.printing.run import paper_of
from tracer.queries.records.farm import Record, decimal
from tracer.store.prints import layout_of, steps_of
from tracer.store.tables import (
    Batch,
    Certificate,
    Finding,
    Policy,
    Printer,
    PrintRun,
    PrintSending,
    PrintStep,
    ScanDay,
    ScanTally,
    Voiding,
)
from tracer.store.world import Tx

LABELS_A_PAGE = 500


class CertificateRecord(Record):
    number: str
    form: str
    batch: str
    product: str
    quantity: str
    unit: str
    origin: str
    issuer: str
    contact: str
    basis: list[str]
    issued_at: str
    log_index: int
    voided: bool
    void_reason: str | None
    replaced_by: str | None
    url: str

    @classmethod
    def of(cls, tx: Tx, row: Certificate) -> Self:
        voiding = tx.session.get(Voiding, row.id)
        newer = (
            tx.session.get(Certificate, voiding.replaced_by_id)
            if voiding and voiding.replaced_by_id
            else None
        )
        return cls(
            id=row.public_id,
            batch=tx.session.get_one(Batch, row.batch_id).public_id,
            quantity=decimal(row.quantity_milli) or "",
            basis=[box.value for box in basis_boxes(row.basis)],
            issued_at=iso_instant(row.issued_at),
            log_index=row.log_index or 0,
            voided=voiding is not None,
            void_reason=voiding.reason if voiding else None,
            replaced_by=newer.public_id if newer else None,
            url=certificate_text(tx.site, row.public_id),
            **row.model_dump(
                include={"number", "form", "product", "unit", "origin", "issuer", "contact"}
            ),
        )


class PrintRunRecord(Record):
    batch: str | None
    certificate: str | None
    policy: str | None  # 码上保 that stands behind the labels
    design: str
    stock: str
    count: int
    start_cell: int
    copies: int
    together: bool
    hide: list[str]
    logo: bool
    good: int  # places that came out: labels, round after round where copies are collated
    jammed: bool
    created_at: str

    @classmethod
    def of(cls, tx: Tx, row: PrintRun) -> Self:
        layout = layout_of(row, paper_of(row).cells)
        at = standing(layout, steps_of(tx.session, row))
        batch = tx.session.get(Batch, row.batch_id) if row.batch_id else None
        certificate = (
            tx.session.get(Certificate, row.certificate_id) if row.certificate_id else None
        )
        policy = tx.session.get(Policy, row.policy_id) if row.policy_id else None
        return cls(
            id=row.public_id,
            batch=batch.public_id if batch else None,
            certificate=certificate.public_id if certificate else None,
            policy=policy.public_id if policy else None,
            created_at=iso_instant(row.created_at),
            copies=row.options.get("copies", 1),
            together=row.options.get("together", False),
            hide=row.options.get("hide", []),
            logo="logo" in row.options,
            good=at.good,
            jammed=at.jammed,
            **row.model_dump(include={"design", "stock", "count", "start_cell"}),
        )


class PrintStepRecord(Record):
    """What happened to ``first`` … ``last`` of a run, counted from 1.

    Labels where they were reprinted or spoiled; else places, which go on counting in each round of
    collated copies.
    """

    step: str
    first: int
    last: int
    start_cell: int
    reason: str | None
    note: str | None
    output: str | None
    at: str

    @classmethod
    def of(cls, row: PrintStep) -> Self:
        names = {"step", "first", "last", "start_cell", "reason", "note", "output"}
        return cls(id=row.public_id, at=iso_instant(row.at), **row.model_dump(include=names))


class SendingRecord(Record):
    """``first`` … ``last`` of a run on their way to a printer: ``prints`` of ``wanted`` have left.

    ``state`` is ``under_way``, ``sent`` or ``stopped``; ``trouble`` says what stopped it.
    """

    printer: str
    state: str
    first: int
    last: int
    wanted: int
    prints: int
    reached: int | None
    trouble: str | None
    started_at: str

    @classmethod
    def of(cls, tx: Tx, row: PrintSending) -> Self:
        names = {"first", "last", "wanted", "prints", "reached", "trouble"}
        ended = "stopped" if row.trouble else "sent"
        return cls(
            id=row.public_id,
            printer=tx.session.get_one(Printer, row.printer_id).public_id,
            state="under_way" if row.ended_at is None else ended,
            started_at=iso_instant(row.started_at),
            **row.model_dump(include=names),
        )


class LabelRecord(BaseModel):
    number: int  # from 1 within the run
    code: str
    url: str
    scans: int


def labels_of(tx: Tx, row: PrintRun, first: int) -> list[LabelRecord]:
    """Up to 500 labels of a run from number ``first`` on, with their folded scans."""
    numbers = range(max(1, first), min(row.count, max(1, first) + LABELS_A_PAGE - 1) + 1)
    indexes = [row.first_index + number - 1 for number in numbers]
    scans = {
        tally.subject: tally.scans
        for tally in tx.session.exec(
            select(ScanTally).where(ScanTally.kind == "label", col(ScanTally.subject).in_(indexes))
        )
    }
    codes = [code(index, tx.secrets.label_key) for index in indexes]
    return [
        LabelRecord(
            number=number,
            code=text,
            url=label_text(tx.site, text),
            scans=scans.get(index, 0),
        )
        for number, index, text in zip(numbers, indexes, codes, strict=True)
    ]


class ScanDayRecord(BaseModel):
    day: date
    scans: int
    devices: int


class BatchScans(BaseModel):
    batch: str
    total: int
    days: list[ScanDayRecord]

    @classmethod
    def of(cls, tx: Tx, row: Batch) -> Self:
        days = tx.session.exec(
            select(ScanDay).where(ScanDay.batch_id == row.id).order_by(col(ScanDay.day))
        ).all()
        return cls(
            batch=row.public_id,
            total=sum(day.scans for day in days),
            days=[ScanDayRecord(day=day.day, scans=day.scans, devices=day.devices) for day in days],
        )


class FindingRecord(Record):
    client_id: str
    code: str
    verdict: str
    conclusion: str
    place: str
    note: str
    items: list[dict[str, Any]]
    found_at: str

    @classmethod
    def of(cls, row: Finding) -> Self:
        return cls(
            id=row.public_id,
            found_at=iso_instant(row.found_at),
            **row.model_dump(
                include={"client_id", "code", "verdict", "conclusion", "place", "note", "items"}
            ),
        )
