"""Where batches come from and go to: amounts taken out of parents, and the edges they leave.

Everything is counted in whole thousandths of the parent's unit, so that what goes out never
exceeds what is there, whatever the units.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from pydantic import Field
from sqlmodel import col, func, select

from tracer.actions.actor import Actor, own
from tracer.actions.figures import Amount, Unit
from tracer.actions.forms import Form
from tracer.actions.text import PublicId
from tracer.domain.clock import day_of, format_day
from tracer.domain.errors import Conflict, Refusal
from tracer.domain.ids import new_id
from tracer.domain.quantity import UNITS, Quantity, parse_quantity
from tracer.domain.words import BatchKind
from tracer.store.lookups import recall_of
from tracer.store.stock import remaining
from tracer.store.tables import Batch, BatchEdge
from tracer.store.world import Tx


class SourceForm(Form):
    """How much of which batch goes in; without an amount, all that is left of it."""

    batch: Annotated[PublicId, Field(title="来源批次")]
    quantity: Annotated[Amount | None, Field(title="用量")] = None
    unit: Annotated[Unit | None, Field(title="单位")] = None


@dataclass(frozen=True)
class Taken:
    """``amount`` of ``parent``, in the parent's unit."""

    parent: Batch
    amount: Quantity


def take(tx: Tx, actor: Actor, source: SourceForm, on: date) -> Taken:
    """An amount that may be taken from a batch on a day; refuses what is not there."""
    parent = own(tx, actor, Batch, source.batch)
    if recall_of(tx.session, parent.id or 0) is not None:
        raise Refusal("recalled", f"批次 {parent.code} 已召回，不能再拆分、合并或加工", "batch")
    if on < parent.made_on:
        raise Refusal(
            "before_parent",
            f"批次 {parent.code} 是{format_day(parent.made_on)}的，日期不能更早",
            "made_on",
        )
    left = remaining(tx.session, parent)
    amount = wanted(parent, source) or left
    if amount.milli > left.milli or not amount.milli:
        raise Refusal(
            "not_enough", f"批次 {parent.code} 只剩 {left}，不够这次用的，请改少", "quantity"
        )
    return Taken(parent, amount)


def take_all(tx: Tx, actor: Actor, sources: Sequence[SourceForm], on: date) -> list[Taken]:
    """What is taken from several batches, each named once."""
    named = [source.batch for source in sources]
    if len(set(named)) < len(named):
        raise Refusal("source_twice", "同一个来源批次写了两遍，请合成一行", "sources")
    return [take(tx, actor, source, on) for source in sources]


def total(taken: Sequence[Taken], unit: str) -> Quantity:
    """The sum of what is taken, in ``unit``, exact."""
    dimension = UNITS[unit].dimension
    for part in taken:
        if part.amount.dimension != dimension:
            raise Refusal("unit_mismatch", "来源批次的单位不是同一类，不能合并", "unit")
    base = sum(part.amount.base for part in taken)
    size = UNITS[unit].to_base
    if base % size:
        raise Refusal("inexact", f"合计换算成{UNITS[unit].label}除不尽，请换一个单位", "unit")
    return Quantity(base // size, unit)


def wanted(parent: Batch, source: SourceForm) -> Quantity | None:
    """The amount a form asks of a batch, in the batch's unit; None: all that is left."""
    if source.quantity is None:
        return None
    return _exactly(parse_quantity(source.quantity, source.unit or parent.unit), parent.unit)


def _exactly(quantity: Quantity, unit: str) -> Quantity:
    """The quantity in another unit, refused where that needs more than three decimals."""
    converted = quantity.convert(unit)
    if converted.base != quantity.base:
        raise Refusal(
            "inexact",
            f"{quantity}换算成{UNITS[unit].label}除不尽，请直接用{UNITS[unit].label}填",
            "quantity",
        )
    return converted


def link(tx: Tx, taken: Sequence[Taken], child: Batch) -> None:
    """Write down what went into a new batch."""
    tx.session.add_all(
        BatchEdge(
            parent_id=part.parent.id or 0, child_id=child.id or 0, quantity_milli=part.amount.milli
        )
        for part in taken
    )
    tx.session.flush()


def sources_of(tx: Tx, child: Batch) -> dict[int, int]:
    """What went into a batch: thousandths of the parent's unit, by the parent's row id."""
    edges = tx.session.exec(select(BatchEdge).where(BatchEdge.child_id == child.id))
    return {edge.parent_id: edge.quantity_milli for edge in edges}


def give_back(tx: Tx, child: Batch) -> dict[str, int]:
    """Return to its sources what a batch was made of; says how much each one gets back."""
    given = {}
    for edge in tx.session.exec(select(BatchEdge).where(BatchEdge.child_id == child.id)):
        given[tx.session.get_one(Batch, edge.parent_id).public_id] = edge.quantity_milli
        edge.quantity_milli = 0
    return given


def find_code(tx: Tx, actor: Actor, code: str | None) -> Batch | None:
    """The actor's batch with that printed number."""
    if code is None:
        return None
    return tx.session.exec(
        select(Batch).where(Batch.producer_id == actor.producer, Batch.code == code)
    ).first()


def code_taken(code: str) -> Conflict:
    """The Conflict of a second, different batch under one number."""
    return Conflict("already_recorded", f"批次 {code} 已经登记过，内容不一样，请换一个编号", "code")


def make_batch(
    tx: Tx,
    actor: Actor,
    kind: BatchKind,
    quantity: Quantity,
    made_on: date,
    code: str | None,
    **columns: Any,
) -> Batch:
    """Store a new batch; without a number of its own it gets the day's next one."""
    if made_on > day_of(tx.now):
        raise Refusal("future", "日期还没到，请做完以后再登记", "made_on")
    if find_code(tx, actor, code) is not None:
        raise code_taken(code or "")
    row = Batch(
        public_id=new_id(),
        producer_id=actor.producer,
        code=code or _next_code(tx, actor, made_on),
        kind=kind.value,
        made_on=made_on,
        quantity_milli=quantity.milli,
        unit=quantity.unit,
        created_by=actor.account_id,
        created_at=tx.now,
        **columns,
    )
    tx.session.add(row)
    tx.session.flush()
    return row


def _next_code(tx: Tx, actor: Actor, day: date) -> str:
    """The day and a running number, such as 260708-03."""
    prefix = f"{day:%y%m%d}-"
    number = tx.session.exec(
        select(func.count()).where(
            Batch.producer_id == actor.producer, col(Batch.code).startswith(prefix)
        )
    ).one()
    while find_code(tx, actor, f"{prefix}{number + 1:02d}") is not None:
        number += 1
    return f"{prefix}{number + 1:02d}"
