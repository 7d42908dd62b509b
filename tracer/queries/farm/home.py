"""The producer's home: what comes next, with the last answer; what waits; where credit stands."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import col, select

from tracer.domain.clock import day_of, format_day
from tracer.domain.operations import operation_kind
from tracer.domain.quantity import Quantity
from tracer.domain.words import BatchKind, ProducerKind
from tracer.queries.bases.notices import unread
from tracer.queries.credit_view import product_credit
from tracer.queries.farm.waits import Wait, place_of, waits
from tracer.queries.lines import joined
from tracer.queries.printing.runs import last_print
from tracer.store.tables import (
    Batch,
    Campaign,
    CreditScore,
    Operation,
    Plot,
    Producer,
    Product,
)
from tracer.store.world import Tx


@dataclass(frozen=True)
class CreditCard:
    """The best product's credit. ``missing`` is how many points the next grade takes."""

    product_id: str
    product: str
    grade: str
    points: str
    share: int
    missing: str
    next_grade: str


@dataclass(frozen=True)
class HomePage:
    """The home page. The three lines say what was answered last; empty where nothing was."""

    name: str
    today: str
    buys: bool  # a purchaser: 收购 takes the place of 采收
    repeat_line: str
    record_line: str
    print_line: str
    steps: tuple[str, ...]  # what a newcomer has not done yet: plot, product, campaign
    waits: tuple[Wait, ...]
    credit: CreditCard | None
    notices: int  # of product bases, not read yet


def home_page(tx: Tx, producer_id: int) -> HomePage:
    """The home of a producer, now."""
    producer = tx.session.get_one(Producer, producer_id)
    today = day_of(tx.now)
    return HomePage(
        name=producer.name,
        today=format_day(today, weekday=True),
        buys=producer.kind == ProducerKind.PURCHASER,
        repeat_line=_repeat_line(tx, _last_made(tx, producer)),
        record_line=_record_line(tx, producer_id),
        print_line=_print_line(tx, producer_id),
        steps=_missing_steps(tx, producer_id),
        waits=waits(tx, producer_id),
        credit=_credit(tx, producer_id),
        notices=unread(tx, producer_id),
    )


def repeatable(tx: Tx, producer_id: int) -> tuple[Batch, ...]:
    """The newest harvest of each open campaign, newest first: what 再来一批 may repeat."""
    rows = tx.session.exec(
        select(Batch)
        .join(Campaign, col(Campaign.id) == Batch.campaign_id)
        .where(
            Batch.producer_id == producer_id,
            Batch.kind == BatchKind.HARVEST,
            Batch.quantity_milli > 0,
            col(Campaign.ended_on).is_(None),
        )
        .order_by(col(Batch.made_on).desc(), col(Batch.id).desc())
    )
    newest: dict[int | None, Batch] = {}
    for batch in rows:
        newest.setdefault(batch.campaign_id, batch)
    return tuple(newest.values())


def _last_made(tx: Tx, producer: Producer) -> Batch | None:
    """What the first tile repeats: the last harvest, of a purchaser the last purchase."""
    if producer.kind != ProducerKind.PURCHASER:
        return next(iter(repeatable(tx, producer.id or 0)), None)
    return tx.session.exec(
        select(Batch)
        .where(Batch.producer_id == producer.id, Batch.kind == BatchKind.PURCHASE)
        .order_by(col(Batch.made_on).desc(), col(Batch.id).desc())
    ).first()


def _repeat_line(tx: Tx, last: Batch | None) -> str:
    if last is None:
        return ""
    product = tx.session.get_one(Product, last.product_id)
    return joined(
        product.name, place_of(tx, last), f"上次 {Quantity(last.quantity_milli, last.unit)}"
    )


def _record_line(tx: Tx, producer_id: int) -> str:
    last = tx.session.exec(
        select(Operation)
        .where(Operation.producer_id == producer_id)
        .order_by(col(Operation.recorded_at).desc(), col(Operation.id).desc())
    ).first()
    if last is None:
        return ""
    day = f"{last.occurred_on.month}月{last.occurred_on.day}日"
    plot = tx.session.get_one(Plot, last.plot_id).name
    return joined(f"上次 {day} {operation_kind(last.kind).label}", plot)


def _print_line(tx: Tx, producer_id: int) -> str:
    last = last_print(tx, producer_id)
    if last.cells_left:
        return f"上张纸还剩 {last.cells_left} 格，从第 {last.next_cell} 格接着打"
    return f"上次打了 {last.count} 张" if last.count else ""


def _missing_steps(tx: Tx, producer_id: int) -> tuple[str, ...]:
    have = {
        "plot": select(Plot.id).where(Plot.producer_id == producer_id),
        "product": select(Product.id).where(Product.producer_id == producer_id),
        "campaign": select(Campaign.id).where(Campaign.producer_id == producer_id),
    }
    return tuple(name for name, rows in have.items() if tx.session.exec(rows).first() is None)


def _credit(tx: Tx, producer_id: int) -> CreditCard | None:
    rows = tx.session.exec(
        select(Product, CreditScore)
        .join(CreditScore, col(CreditScore.target_id) == Product.id)
        .where(Product.producer_id == producer_id, CreditScore.target == "product")
    ).all()
    if not rows:
        return None
    product, _score = max(rows, key=lambda row: float(row[1].published))
    view = product_credit(tx, product.id or 0)
    if view is None:
        return None
    return CreditCard(
        product_id=product.public_id,
        product=product.name,
        grade=view.grade,
        points=view.points,
        share=view.share,
        missing=view.next_grade.missing if view.next_grade else "",
        next_grade=view.next_grade.name if view.next_grade else "",
    )
