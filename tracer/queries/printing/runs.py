"""打标签: what labels can be printed for, how they were last, and the runs that were."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import col, select

import labels
from tracer.domain.clock import day_of, format_day
from tracer.domain.quantity import Quantity
from tracer.queries.lines import Line, joined
from tracer.queries.printing.choices import next_cell
from tracer.queries.printing.run import paper_of, run_name
from tracer.store.prints import barred
from tracer.store.stock import quantity_of, standing_certificates
from tracer.store.tables import Batch, PrintRun, Product
from tracer.store.world import Tx

_MOST = 50


@dataclass(frozen=True)
class LastPrint:
    """How the last run was printed. ``next_cell`` is the first free cell of its sheet, from 1."""

    count: str
    next_cell: int
    cells_left: int


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
        if barred(tx.session, batch.id, None) is not None:
            continue
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


def last_print(tx: Tx, producer_id: int) -> LastPrint:
    """The last run of labels, and where its sheet goes on."""
    newest = select(PrintRun).where(PrintRun.producer_id == producer_id)
    run = tx.session.exec(newest.order_by(col(PrintRun.id).desc())).first()
    if run is None:
        return LastPrint("", 1, 0)
    cell = next_cell(tx, producer_id, run.stock)
    return LastPrint(str(run.count), cell, paper_of(run).cells - cell + 1 if cell > 1 else 0)


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
            joined(run_name(tx, run), f"{run.count} 张"),
            joined(format_day(day_of(run.created_at)), labels.design(run.design).title),
            "" if run.batch_id else "还没启用",
            "" if run.batch_id else "unsure",
        )
        for run in rows
    )
