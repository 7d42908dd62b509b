"""Work records as their owner reads them: what was done, and every version of what was said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import col, select

from tracer.domain.clock import format_day, format_instant
from tracer.domain.operations import FIELD_LABELS, operation_kind
from tracer.domain.quantity import Quantity
from tracer.domain.words import BatchKind
from tracer.queries.lines import joined
from tracer.store.tables import Account, Batch, Campaign, Input, Operation, Plot, Product
from tracer.store.world import Tx


@dataclass(frozen=True)
class WorkLine:
    """One record in a list: ``id`` of its newest version."""

    id: str
    day: str
    title: str
    note: str
    corrected: bool
    retracted: bool


@dataclass(frozen=True)
class Version:
    """One version of a record: when, by whom, and what it says differently from the one before."""

    number: int
    recorded: str
    by: str
    changes: tuple[tuple[str, str, str], ...]  # field, before, after
    reason: str  # why it was retracted


@dataclass(frozen=True)
class WorkPage:
    """One record with its history. ``batch`` is the batch that it made, if it made one."""

    id: str
    title: str
    campaign: str
    campaign_title: str
    facts: tuple[tuple[str, str], ...]
    retracted: bool
    reason: str
    batch: str
    versions: tuple[Version, ...]


def work_line(tx: Tx, work: Operation) -> WorkLine:
    facts = _facts(tx, work)
    shown = [facts[name] for name in ("投入品名称", "防治对象", "用量", "数量") if name in facts]
    return WorkLine(
        id=work.public_id,
        day=format_day(work.occurred_on),
        title=operation_kind(work.kind).label,
        note=" · ".join(shown),
        corrected=work.version > 1,
        retracted=work.retracted,
    )


def work_page(tx: Tx, work: Operation) -> WorkPage:
    """The newest version of a record, and every version before it."""
    versions = tx.session.exec(
        select(Operation)
        .where(Operation.producer_id == work.producer_id, Operation.ref == work.ref)
        .order_by(col(Operation.version))
    ).all()
    newest = versions[-1]
    campaign = tx.session.get_one(Campaign, newest.campaign_id)
    batch = tx.session.exec(
        select(Batch).where(col(Batch.operation_id).in_([version.id for version in versions]))
    ).first()
    return WorkPage(
        id=newest.public_id,
        title=operation_kind(newest.kind).label,
        campaign=campaign.public_id,
        campaign_title=title_of(tx, campaign),
        facts=tuple(_facts(tx, newest).items()),
        retracted=newest.retracted,
        reason=(newest.note or "") if newest.retracted else "",
        batch=batch.public_id if batch else "",
        versions=tuple(_versions(tx, versions)),
    )


def work_answers(tx: Tx, work: Operation) -> dict[str, Any]:
    """A record as its form shows it."""
    used = tx.session.get(Input, work.input_id) if work.input_id else None
    answers = {
        "occurred_on": work.occurred_on.isoformat(),
        "ended_on": work.ended_on.isoformat() if work.ended_on else None,
        "plot": tx.session.get_one(Plot, work.plot_id).public_id,
        "operator": work.operator,
        "input": used.public_id if used else None,
        "target": work.target,
        "method": work.method,
        "dose": work.dose,
        "dose_unit": work.dose_unit,
        "quantity": Quantity(work.quantity_milli, "kg").number if work.quantity_milli else None,
        "unit": work.unit,
        "note": work.note,
        **work.details,
    }
    return {name: value for name, value in answers.items() if value is not None}


def title_of(tx: Tx, campaign: Campaign) -> str:
    """What grows where: 番茄 · 3 号棚."""
    product = tx.session.get_one(Product, campaign.product_id)
    return joined(product.name, tx.session.get_one(Plot, campaign.plot_id).name)


def making_of(tx: Tx, batch: Batch) -> str:
    """How a batch came to be, in the words of its work: 收蛋, 捕捞, 拆分."""
    record = tx.session.get(Operation, batch.operation_id) if batch.operation_id else None
    return operation_kind(record.kind).label if record else BatchKind(batch.kind).label


def _facts(tx: Tx, work: Operation) -> dict[str, str]:
    """The filled fields of a record by their Chinese names, in the order of a form."""
    used = tx.session.get(Input, work.input_id) if work.input_id else None
    quantity = (
        str(Quantity(work.quantity_milli, work.unit))
        if work.quantity_milli is not None and work.unit
        else ""
    )
    values = {
        "occurred_on": format_day(work.occurred_on),
        "ended_on": format_day(work.ended_on) if work.ended_on else "",
        "plot": tx.session.get_one(Plot, work.plot_id).name,
        "operator": work.operator,
        "input": used.name if used else "",
        "target": work.target,
        "method": work.method,
        "dose": f"{work.dose} {work.dose_unit or ''}".strip() if work.dose else "",
        "quantity": quantity,
        **work.details,
        "note": "" if work.retracted else work.note,
    }
    return {FIELD_LABELS[name]: str(value) for name, value in values.items() if value}


def _versions(tx: Tx, versions: Sequence[Operation]) -> list[Version]:
    """Newest first, each with what it changed."""
    found = []
    before: dict[str, str] = {}
    for version in versions:
        facts = _facts(tx, version)
        changed = [name for name in {**before, **facts} if before.get(name) != facts.get(name)]
        changes = tuple(
            (name, before.get(name, "（空）"), facts.get(name, "（空）")) for name in changed
        )
        account = tx.session.get_one(Account, version.recorded_by)
        found.append(
            Version(
                number=version.version,
                recorded=format_instant(version.recorded_at),
                by=account.name,
                changes=changes if before and not version.retracted else (),
                reason=(version.note or "") if version.retracted else "",
            )
        )
        before = facts
    return list(reversed(found))
