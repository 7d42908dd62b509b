"""打标签: what can be printed, how it was printed last, and the runs that were."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import col, select

import labels
from tracer.domain.clock import day_of, format_day, format_instant
from tracer.domain.quantity import Quantity
from tracer.queries.farm_lines import Line, joined
from tracer.store.stock import quantity_of, standing_certificates
from tracer.store.tables import Batch, Certificate, Policy, PrintRun, Product
from tracer.store.world import Tx

_MOST = 50
_FIRST_DESIGN = "trace-a4-3x8"


@dataclass(frozen=True)
class DesignChoice:
    """A design to choose by its picture. ``sheet`` is true where labels lie on a sheet of cells."""

    name: str
    title: str
    sheet: bool


@dataclass(frozen=True)
class LastPrint:
    """How the last run was printed. ``next_cell`` is the first free cell of its sheet, from 1."""

    design: str
    count: str
    next_cell: int
    cells_left: int


@dataclass(frozen=True)
class RunPage:
    """One print run. ``certificate`` and ``batch`` are public ids or empty; ``bound`` 已启用.

    ``width`` and ``height`` of a label are in tenths of a millimetre.
    """

    id: str
    title: str
    design: str
    design_title: str
    width: int
    height: int
    count: int
    sheet: bool
    start_cell: int
    printed: str
    bound: bool
    certificate: str
    batch: str
    batch_code: str
    policy: str  # 码上保: insurer and number, or empty


def printable(tx: Tx, producer_id: int) -> tuple[tuple[str, Line], ...]:
    """What labels can be printed for, newest first: ("certificate" or "batch", line)."""
    rows = tx.session.exec(
        select(Batch, Product)
        .join(Product, col(Product.id) == Batch.product_id)
        .where(Batch.producer_id == producer_id, Batch.quantity_milli > 0)
        .order_by(col(Batch.made_on).desc(), col(Batch.id).desc())
        .limit(_MOST)
    )
    found: list[tuple[str, Line]] = []
    for batch, product in rows:
        day = format_day(batch.made_on)
        certificates = standing_certificates(tx.session, batch)
        for row in certificates:
            amount = f"{Quantity(row.quantity_milli, 'kg').number} {row.unit}"
            note = joined(day, f"合格证 {row.number}")
            line = Line(row.public_id, joined(product.name, amount), note, "有合格证", "genuine")
            found.append(("certificate", line))
        if not certificates:
            title = joined(product.name, str(quantity_of(batch)))
            found.append(("batch", Line(batch.public_id, title, joined(day, f"批次 {batch.code}"))))
    return tuple(found)


def design_choices(with_certificate: bool) -> tuple[DesignChoice, ...]:
    """The designs that fit: certificates as labels only where there is one to print."""
    stock = labels.stocks()
    return tuple(
        DesignChoice(one.name, one.title, stock[one.stock].cells > 1)
        for one in labels.designs().values()
        if one.name.startswith("trace-") or with_certificate
    )


def last_print(tx: Tx, producer_id: int) -> LastPrint:
    """The last run of labels, and where its sheet goes on."""
    run = tx.session.exec(
        select(PrintRun)
        .where(PrintRun.producer_id == producer_id)
        .order_by(col(PrintRun.id).desc())
    ).first()
    if run is None:
        return LastPrint(_FIRST_DESIGN, "", 1, 0)
    cells = _cells(run)
    used = (run.start_cell - 1 + run.count) % cells
    return LastPrint(run.design, str(run.count), used + 1, cells - used if used else 0)


def runs(tx: Tx, producer_id: int) -> tuple[Line, ...]:
    """The newest print runs; pre-printed ones that wait for their batch are marked."""
    rows = tx.session.exec(
        select(PrintRun)
        .where(PrintRun.producer_id == producer_id)
        .order_by(col(PrintRun.id).desc())
        .limit(_MOST)
    )
    return tuple(
        Line(
            run.public_id,
            joined(_name(tx, run), f"{run.count} 张"),
            joined(format_day(day_of(run.created_at)), labels.design(run.design).title),
            "" if run.batch_id else "还没启用",
            "" if run.batch_id else "unsure",
        )
        for run in rows
    )


def run_page(tx: Tx, run: PrintRun) -> RunPage:
    """One print run."""
    design = labels.design(run.design)
    batch = tx.session.get(Batch, run.batch_id) if run.batch_id else None
    certificate = tx.session.get(Certificate, run.certificate_id) if run.certificate_id else None
    policy = tx.session.get(Policy, run.policy_id) if run.policy_id else None
    return RunPage(
        id=run.public_id,
        title=_name(tx, run),
        design=run.design,
        design_title=design.title,
        width=round(design.size[0] * 10),
        height=round(design.size[1] * 10),
        count=run.count,
        sheet=_cells(run) > 1,
        start_cell=run.start_cell,
        printed=format_instant(run.created_at),
        bound=run.batch_id is not None,
        certificate=certificate.public_id if certificate else "",
        batch=batch.public_id if batch else "",
        batch_code=batch.code if batch else "",
        policy=joined(policy.insurer, policy.number) if policy else "",
    )


def _name(tx: Tx, run: PrintRun) -> str:
    if run.batch_id is None:
        return "预印标签"
    batch = tx.session.get_one(Batch, run.batch_id)
    return tx.session.get_one(Product, batch.product_id).name


def _cells(run: PrintRun) -> int:
    return labels.stock(run.stock).cells
