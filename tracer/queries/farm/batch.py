"""One batch as its owner sees it: what it was made from and went into, and what speaks for it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import col, select

from tracer.domain.clock import day_of, format_day
from tracer.domain.quantity import UNITS, Quantity
from tracer.domain.words import BatchKind, ReportKind, SourceProofKind
from tracer.queries.farm.records import making_of
from tracer.queries.lines import Line, joined
from tracer.store.lookups import certificates_of, recall_of
from tracer.store.stock import quantity_of, remaining
from tracer.store.tables import (
    Batch,
    BatchEdge,
    Campaign,
    Operation,
    PrintRun,
    Product,
    ReportItem,
    SourceProof,
    StoredFile,
    TestReport,
    Voiding,
)
from tracer.store.world import Tx


@dataclass(frozen=True)
class BatchRelation:
    """A batch beside this one: how much went over, and by which act."""

    id: str
    code: str
    product: str
    quantity: str
    act: str


@dataclass(frozen=True)
class ReportLine:
    """A test report: its file is the public id of what was kept, empty where nothing was."""

    id: str
    title: str
    note: str
    passed: bool
    items: tuple[tuple[str, str, bool], ...]  # analyte, result, passed
    file: str


@dataclass(frozen=True)
class ProofLine:
    """A proof of what was bought in."""

    title: str
    note: str
    file: str


@dataclass(frozen=True)
class CertificateLine:
    """A certificate of the batch with its state: 有效, 已作废 or 已换证."""

    id: str
    number: str
    quantity: str
    day: str
    state: str
    tone: str


@dataclass(frozen=True)
class BatchPage:
    """One batch. ``left`` is what may still be promised or moved; ``withdrawn`` batches are empty.

    ``free`` says that nothing rests on the batch, so that it may be corrected or withdrawn.
    """

    id: str
    code: str
    product: str
    kind: str
    facts: tuple[tuple[str, str], ...]
    left: str
    anything_left: bool
    withdrawn: bool
    recalled: str  # why and since when, empty where it is not
    bought: bool
    harvested: bool
    free: bool
    sources: tuple[BatchRelation, ...]
    children: tuple[BatchRelation, ...]
    reports: tuple[ReportLine, ...]
    proofs: tuple[ProofLine, ...]
    certificates: tuple[CertificateLine, ...]
    runs: tuple[Line, ...]


def batch_page(tx: Tx, batch: Batch) -> BatchPage:
    """One batch and all that is known of it."""
    product = tx.session.get_one(Product, batch.product_id)
    left = remaining(tx.session, batch)
    children = _children(tx, batch)
    certificates = _certificates(tx, batch)
    recall = recall_of(tx.session, batch.id or 0)
    return BatchPage(
        id=batch.public_id,
        code=batch.code,
        product=product.name,
        kind=making_of(tx, batch),
        facts=_facts(tx, batch),
        left=str(left),
        anything_left=left.milli > 0,
        withdrawn=batch.quantity_milli == 0,
        recalled=joined(format_day(day_of(recall[0].recalled_at)), recall[0].reason)
        if recall
        else "",
        bought=batch.kind == BatchKind.PURCHASE,
        harvested=batch.kind == BatchKind.HARVEST,
        free=not children and not certificates and batch.quantity_milli > 0,
        sources=_sources(tx, batch),
        children=children,
        reports=reports(tx, batch),
        proofs=_proofs(tx, batch),
        certificates=certificates,
        runs=_runs(tx, batch),
    )


def reports(tx: Tx, batch: Batch) -> tuple[ReportLine, ...]:
    """The batch's own test reports, newest first."""
    rows = tx.session.exec(
        select(TestReport)
        .where(TestReport.batch_id == batch.id)
        .order_by(col(TestReport.tested_on).desc(), col(TestReport.id).desc())
    )
    found = []
    for row in rows:
        items = tx.session.exec(
            select(ReportItem).where(ReportItem.report_id == row.id).order_by(col(ReportItem.id))
        )
        found.append(
            ReportLine(
                id=row.public_id,
                title=joined(ReportKind(row.kind).label, row.laboratory),
                note=joined(format_day(row.tested_on), f"编号 {row.number}"),
                passed=row.passed,
                items=tuple((item.analyte, item.value, item.passed) for item in items),
                file=_file(tx, row.file_id),
            )
        )
    return tuple(found)


def _facts(tx: Tx, batch: Batch) -> tuple[tuple[str, str], ...]:
    word = making_of(tx, batch)
    campaign = tx.session.get(Campaign, batch.campaign_id) if batch.campaign_id else None
    record = tx.session.get(Operation, batch.operation_id) if batch.operation_id else None
    supplier = record.details.get("supplier", "") if record else ""
    return tuple(
        (name, value)
        for name, value in (
            (f"{word}日期", format_day(batch.made_on, weekday=True)),
            ("数量", str(quantity_of(batch))),
            ("产地", batch.origin),
            ("供货人", supplier),
            ("执行人", record.operator if record else ""),
            ("生产作业", campaign.name if campaign else ""),
        )
        if value
    )


def _sources(tx: Tx, batch: Batch) -> tuple[BatchRelation, ...]:
    rows = tx.session.exec(
        select(BatchEdge, Batch, Product)
        .join(Batch, col(Batch.id) == BatchEdge.parent_id)
        .join(Product, col(Product.id) == Batch.product_id)
        .where(BatchEdge.child_id == batch.id)
        .order_by(col(Batch.id))
    )
    word = BatchKind(batch.kind).label
    return tuple(_relation(edge, other, other, product, word) for edge, other, product in rows)


def _children(tx: Tx, batch: Batch) -> tuple[BatchRelation, ...]:
    rows = tx.session.exec(
        select(BatchEdge, Batch, Product)
        .join(Batch, col(Batch.id) == BatchEdge.child_id)
        .join(Product, col(Product.id) == Batch.product_id)
        .where(BatchEdge.parent_id == batch.id, BatchEdge.quantity_milli > 0)
        .order_by(col(Batch.id))
    )
    return tuple(
        _relation(edge, other, batch, product, BatchKind(other.kind).label)
        for edge, other, product in rows
    )


def _relation(
    edge: BatchEdge, other: Batch, parent: Batch, product: Product, act: str
) -> BatchRelation:
    amount = str(Quantity(edge.quantity_milli, parent.unit))
    return BatchRelation(other.public_id, other.code, product.name, amount, act)


def _proofs(tx: Tx, batch: Batch) -> tuple[ProofLine, ...]:
    rows = tx.session.exec(
        select(SourceProof).where(SourceProof.batch_id == batch.id).order_by(col(SourceProof.id))
    )
    return tuple(
        ProofLine(
            SourceProofKind(row.kind).label,
            joined(
                f"编号 {row.number}",
                row.issuer,
                format_day(row.issued_on) if row.issued_on else "",
            ),
            _file(tx, row.file_id),
        )
        for row in rows
    )


def _certificates(tx: Tx, batch: Batch) -> tuple[CertificateLine, ...]:
    found = []
    for row, voiding in certificates_of(tx.session, batch.id or 0):
        state, tone = state_of(voiding)
        found.append(
            CertificateLine(
                id=row.public_id,
                number=row.number,
                quantity=f"{Quantity(row.quantity_milli, 'kg').number} {_label(row.unit)}",
                day=format_day(day_of(row.issued_at)),
                state=state,
                tone=tone,
            )
        )
    return tuple(found)


def state_of(voiding: Voiding | None) -> tuple[str, str]:
    """A certificate's state in a word, and its tone."""
    if voiding is None:
        return "有效", "genuine"
    return ("已换证", "unsure") if voiding.replaced_by_id else ("已作废", "void")


def _label(unit: str) -> str:
    return UNITS[unit].label if unit in UNITS else unit


def _runs(tx: Tx, batch: Batch) -> tuple[Line, ...]:
    rows = tx.session.exec(
        select(PrintRun).where(PrintRun.batch_id == batch.id).order_by(col(PrintRun.id).desc())
    )
    return tuple(
        Line(row.public_id, f"{row.count} 张标签", format_day(day_of(row.created_at)))
        for row in rows
    )


def _file(tx: Tx, file_id: int | None) -> str:
    return tx.session.get_one(StoredFile, file_id).public_id if file_id is not None else ""
