"""从田里到这里: what was done to a batch, and what it was made from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlmodel import col, select

from tracer.domain.clock import day_of, format_day
from tracer.domain.operations import operation_kind
from tracer.domain.quantity import UNITS, Quantity
from tracer.domain.words import BatchKind, ReportKind
from tracer.store.cases import works_behind
from tracer.store.lookups import ancestors, certificates_of
from tracer.store.tables import (
    Batch,
    BatchEdge,
    Input,
    Operation,
    Plot,
    Product,
    ReportItem,
    TestReport,
)
from tracer.store.world import Tx


@dataclass(frozen=True)
class Step:
    """One line of the timeline. Names of workers are never shown."""

    day: str
    title: str
    detail: str
    highlight: bool = False  # harvest, test, certificate


@dataclass(frozen=True)
class Source:
    """A batch this one was made from: what, how much of it went in, and where it came from."""

    batch_id: str
    product: str
    quantity: str
    origin: str
    kind: str


@dataclass(frozen=True)
class ReportView:
    """A test report of the batch."""

    kind: str
    number: str
    laboratory: str
    tested_on: str
    passed: bool
    items: tuple[ReportItemView, ...]


@dataclass(frozen=True)
class ReportItemView:
    """One tested item as printed."""

    analyte: str
    method: str
    value: str
    limit: str
    passed: bool


def steps(tx: Tx, batch: Batch) -> tuple[Step, ...]:
    """The timeline of a batch and of all it was made from, newest first."""
    batches = [tx.session.get_one(Batch, one) for one in ancestors(tx.session, batch.id or 0)]
    dated: list[tuple[date, int, Step]] = []
    works = {work.id: work for one in batches for work in works_behind(tx.session, one)}
    for work in works.values():
        if not operation_kind(work.kind).harvests:
            dated.append((work.occurred_on, 0, _work(tx, work)))
    for one in batches:
        dated.append((one.made_on, 1, _making(tx, one)))
        for report in _reports(tx, one):
            dated.append((report.tested_on, 2, _testing(report)))
    for certificate, voiding in certificates_of(tx.session, batch.id or 0):
        day = day_of(certificate.issued_at)
        title = f"开具承诺达标合格证{'（已作废）' if voiding else ''}"
        dated.append((day, 3, Step(_said(day), title, certificate.number, voiding is None)))
    dated.sort(key=lambda entry: entry[:2], reverse=True)
    return tuple(step for _day, _rank, step in dated)


def sources(tx: Tx, batch: Batch) -> tuple[Source, ...]:
    """The batches that went directly into this one."""
    rows = tx.session.exec(
        select(BatchEdge, Batch, Product)
        .join(Batch, col(Batch.id) == BatchEdge.parent_id)
        .join(Product, col(Product.id) == Batch.product_id)
        .where(BatchEdge.child_id == batch.id)
        .order_by(col(Batch.made_on), col(Batch.id))
    )
    return tuple(
        Source(
            parent.public_id,
            product.name,
            str(Quantity(edge.quantity_milli, parent.unit)),
            parent.origin,
            BatchKind(batch.kind).label,
        )
        for edge, parent, product in rows
    )


def reports(tx: Tx, batch: Batch) -> tuple[ReportView, ...]:
    """Test reports of exactly this batch, newest first."""
    views = []
    for report in _reports(tx, batch):
        items = tx.session.exec(
            select(ReportItem).where(ReportItem.report_id == report.id).order_by(col(ReportItem.id))
        )
        views.append(
            ReportView(
                kind=ReportKind(report.kind).label,
                number=report.number,
                laboratory=report.laboratory,
                tested_on=_said(report.tested_on),
                passed=report.passed,
                items=tuple(
                    ReportItemView(
                        item.analyte,
                        item.method or report.method or "",
                        " ".join(part for part in (item.value, _unit(item)) if part),
                        " ".join(part for part in (item.limit, item.unit) if part)
                        if item.limit
                        else "",
                        item.passed,
                    )
                    for item in items
                ),
            )
        )
    return tuple(views)


def _unit(item: ReportItem) -> str:
    """The unit belongs to a number; 未检出 has none."""
    return item.unit or "" if item.value[:1].isdigit() else ""


def _reports(tx: Tx, batch: Batch) -> list[TestReport]:
    return list(
        tx.session.exec(
            select(TestReport)
            .where(TestReport.batch_id == batch.id)
            .order_by(col(TestReport.tested_on).desc(), col(TestReport.id).desc())
        )
    )


def _work(tx: Tx, work: Operation) -> Step:
    used = tx.session.get(Input, work.input_id) if work.input_id else None
    plot = tx.session.get(Plot, work.plot_id)
    dose = f"{work.dose} {work.dose_unit or ''}".strip() if work.dose else ""
    target = f"防治{work.target}" if work.target and used else work.target or ""
    parts = [used.name if used else "", dose, target, plot.name if plot else ""]
    return Step(
        _said(work.occurred_on),
        operation_kind(work.kind).label,
        " · ".join(part for part in parts if part),
    )


def _making(tx: Tx, batch: Batch) -> Step:
    plot = None
    if batch.operation_id is not None:
        harvest = tx.session.get(Operation, batch.operation_id)
        plot = tx.session.get(Plot, harvest.plot_id) if harvest else None
    product = tx.session.get_one(Product, batch.product_id)
    unit = UNITS[batch.unit].code
    parts = [product.name, str(Quantity(batch.quantity_milli, unit)), plot.name if plot else ""]
    return Step(
        _said(batch.made_on),
        BatchKind(batch.kind).label,
        " · ".join(part for part in parts if part),
        True,
    )


def _testing(report: TestReport) -> Step:
    result = "合格" if report.passed else "不合格"
    return Step(
        _said(report.tested_on),
        f"{ReportKind(report.kind).label} · {result}",
        report.laboratory,
        True,
    )


def _said(day: date) -> str:
    return format_day(day)
