"""The producer's batches in a list, and what is left of each."""

from __future__ import annotations

from sqlmodel import col, select

from tracer.domain.clock import format_day
from tracer.domain.quantity import Quantity
from tracer.queries.farm.records import making_of
from tracer.queries.lines import Line, joined
from tracer.store.lookups import recall_of
from tracer.store.stock import quantity_of, remaining, standing_certificates
from tracer.store.tables import Batch, Product
from tracer.store.world import Tx

_MOST = 100


def batches(tx: Tx, producer_id: int) -> tuple[Line, ...]:
    """The newest batches, each with what is left of it."""
    rows = tx.session.exec(
        select(Batch, Product)
        .join(Product, col(Product.id) == Batch.product_id)
        .where(Batch.producer_id == producer_id)
        .order_by(col(Batch.made_on).desc(), col(Batch.id).desc())
        .limit(_MOST)
    ).all()
    return tuple(_line(tx, batch, product) for batch, product in rows)


def usable(tx: Tx, producer_id: int) -> tuple[tuple[Line, Quantity], ...]:
    """Batches of which something is left, newest first: what a new batch may be made from."""
    rows = tx.session.exec(
        select(Batch, Product)
        .join(Product, col(Product.id) == Batch.product_id)
        .where(Batch.producer_id == producer_id, Batch.quantity_milli > 0)
        .order_by(col(Batch.made_on).desc(), col(Batch.id).desc())
    )
    found = []
    for batch, product in rows:
        left = remaining(tx.session, batch)
        if left.milli and recall_of(tx.session, batch.id or 0) is None:
            note = joined(f"剩 {left}", format_day(batch.made_on), batch.code)
            found.append((Line(batch.public_id, product.name, note), left))
        if len(found) == _MOST:
            break
    return tuple(found)


def _line(tx: Tx, batch: Batch, product: Product) -> Line:
    title = joined(product.name, str(quantity_of(batch)))
    note = joined(format_day(batch.made_on), making_of(tx, batch), f"批次 {batch.code}")
    if batch.quantity_milli == 0:
        return Line(batch.public_id, joined(product.name, "已撤回"), note, "已撤回")
    if recall_of(tx.session, batch.id or 0) is not None:
        return Line(batch.public_id, title, note, "已召回", "void")
    left = remaining(tx.session, batch)
    if not left.milli:
        certified = bool(standing_certificates(tx.session, batch))
        return Line(batch.public_id, title, note, "已开证" if certified else "已用完")
    return Line(batch.public_id, title, note, f"剩 {left}", "genuine")
