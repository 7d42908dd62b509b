"""What was done: works with the fields the law wants.

A record is never overwritten: a correction is its next version, a retraction a version that says
why. ``ref`` is the sender's own name for a record; sending it again changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any

from pydantic import Field, StringConstraints
from sqlmodel import col, select

from tracer.actions import credit, revisions
from tracer.actions.actor import Actor, own
from tracer.actions.figures import Amount, Day, Decimals, Unit, thousandths
from tracer.actions.forms import Form
from tracer.actions.text import Line, Name, PublicId, checked
from tracer.domain.clock import day_of, format_day
from tracer.domain.errors import Conflict, Refusal
from tracer.domain.ids import new_id
from tracer.domain.operations import (
    AFTER_HARVEST,
    OperationKind,
    check_record,
    operation_kind,
)
from tracer.domain.reference import load as reference
from tracer.domain.words import InputKind, Sector
from tracer.store.tables import Campaign, Input, Operation, Plot, Product
from tracer.store.world import Tx

Ref = Annotated[Name | None, Field(title="记录编号")]
# What only some kinds of work have stands in Operation.details.
_DETAILS = ("supplier", "partner", "number", "water_temperature")
# Columns that say what was done, not which version of which record it is.
_CONTENT = set(Operation.model_fields) - {
    "id",
    "public_id",
    "producer_id",
    "ref",
    "version",
    "retracted",
    "recorded_by",
    "recorded_at",
}


class RetractForm(Form):
    """撤回 of a record that should not have been made."""

    reason: Annotated[Line, Field(title="撤回原因")]


class OperationForm(Form):
    """作业内容: one work. Which fields must be filled depends on ``kind`` (domain.operations)."""

    ref: Ref = None
    campaign: Annotated[PublicId, Field(title="生产作业")]
    plot: Annotated[PublicId | None, Field(title="作业地块")] = None
    kind: Annotated[
        str,
        StringConstraints(max_length=40),
        checked(lambda text: operation_kind(text).code),
        Field(title="作业内容"),
    ]
    occurred_on: Annotated[Day, Field(title="作业日期")]
    ended_on: Annotated[Day | None, Field(title="停用日期")] = None
    operator: Annotated[Name, Field(title="执行人")]
    input: Annotated[PublicId | None, Field(title="投入品")] = None
    target: Annotated[Name | None, Field(title="防治对象")] = None
    method: Annotated[Name | None, Field(title="使用方法")] = None
    dose: Annotated[Decimals | None, Field(title="用量")] = None
    dose_unit: Annotated[
        Annotated[
            str,
            StringConstraints(max_length=40),
            checked(lambda text: reference().dose_unit(text).label),
        ]
        | None,
        Field(title="用量单位"),
    ] = None
    quantity: Annotated[Amount | None, Field(title="数量")] = None
    unit: Annotated[Unit | None, Field(title="数量单位")] = None
    supplier: Annotated[Name | None, Field(title="来源")] = None
    partner: Annotated[Name | None, Field(title="去向")] = None
    number: Annotated[Name | None, Field(title="单据编号")] = None
    water_temperature: Annotated[Decimals | None, Field(title="水温（℃）")] = None
    note: Annotated[Line | None, Field(title="备注")] = None


class RecordIncomplete(Refusal):
    """A record lacks what the law wants. ``problems`` are all of them; the first one speaks."""

    def __init__(self, problems: list[Refusal]) -> None:
        first = problems[0]
        super().__init__(first.code, first.message, first.field)
        self.problems = tuple(problems)


def record_operation(tx: Tx, actor: Actor, form: OperationForm) -> Operation:
    """Record a work; the existing record where the same is sent again under its ``ref``.

    Works that make a batch are recorded with the batch (see :mod:`batches`).
    """
    if operation_kind(form.kind).harvests:
        raise Refusal("makes_a_batch", "这种作业会产生批次，请到“采收与批次”里登记", "kind")
    return keep_operation(tx, actor, form)


def keep_operation(tx: Tx, actor: Actor, form: OperationForm) -> Operation:
    """Store a work of any kind: for the actions that make a batch of it."""
    values = _values(tx, actor, form)
    versions = _versions(tx, actor, form.ref) if form.ref else []
    if versions:
        content = revisions.as_plain(values)
        if revisions.same(content, [revisions.plain(row) for row in versions]):
            return versions[0]
        raise revisions.differing(
            form, content, revisions.plain(versions[0]), f"作业记录“{form.ref}”"
        )
    row = _store(tx, actor, form.ref or new_id(), 1, values)
    product_id = tx.session.get_one(Campaign, row.campaign_id).product_id
    credit.count(tx, product_id, "C.2-5", "operation", row.public_id)
    return row


def correct_operation(tx: Tx, actor: Actor, public_id: str, form: OperationForm) -> Operation:
    """The next version of a record; the same row where nothing changes."""
    if operation_kind(form.kind).harvests:
        raise Refusal("makes_a_batch", "采收记录要和批次一起更正，请到批次里办", "kind")
    return keep_correction(tx, actor, public_id, form)


def keep_correction(tx: Tx, actor: Actor, public_id: str, form: OperationForm) -> Operation:
    """Store a correction of a work of any kind: for the actions that correct its batch with it."""
    latest = _latest(tx, actor, public_id)
    if form.ref not in (None, latest.ref):
        raise Conflict("other_record", "更正时记录编号不能换，请从原记录点“更正”", "ref")
    if operation_kind(latest.kind).harvests != operation_kind(form.kind).harvests:
        raise Refusal("other_kind", "采收记录和别的作业不能互换，请撤回后重新登记", "kind")
    values = _values(tx, actor, form)
    if revisions.same(revisions.as_plain(values), [revisions.plain(latest)]):
        return latest
    return _store(tx, actor, latest.ref, latest.version + 1, values)


def retract_operation(tx: Tx, actor: Actor, public_id: str, form: RetractForm) -> Operation:
    """撤回: a last version that says why the record does not count. Harmless when repeated."""
    if operation_kind(own(tx, actor, Operation, public_id).kind).harvests:
        raise Refusal("makes_a_batch", "采收记录要和批次一起撤回，请到批次里办")
    return keep_retraction(tx, actor, public_id, form)


def keep_retraction(tx: Tx, actor: Actor, public_id: str, form: RetractForm) -> Operation:
    """Store a retraction of a work of any kind: for the action that empties its batch with it."""
    row = own(tx, actor, Operation, public_id)
    latest = _versions(tx, actor, row.ref)[0]
    if latest.retracted:
        return latest
    values = {name: getattr(latest, name) for name in _CONTENT} | {"note": form.reason}
    return _store(tx, actor, latest.ref, latest.version + 1, values, retracted=True)


def _values(tx: Tx, actor: Actor, form: OperationForm) -> dict[str, Any]:
    """The columns of a work, checked against its campaign, its input and the law."""
    campaign = own(tx, actor, Campaign, form.campaign)
    plot_id = own(tx, actor, Plot, form.plot).id if form.plot else campaign.plot_id
    used = own(tx, actor, Input, form.input) if form.input else None
    rules = operation_kind(form.kind)
    _fits_campaign(tx, campaign, rules, form.occurred_on)
    if used is not None and used.kind not in rules.inputs:
        wanted = "、".join(InputKind(kind).label for kind in rules.inputs) or "不用投入品"
        raise Refusal(
            "wrong_input", f"“{used.name}”不能用于{rules.label}（{wanted}），请重新选择", "input"
        )
    _complete(tx, form, used)
    details = {name: getattr(form, name) for name in _DETAILS if getattr(form, name) is not None}
    return form.model_dump(
        include={"kind", "occurred_on", "ended_on", "operator", "target", "method", "dose"}
        | {"dose_unit", "unit", "note"}
    ) | {
        "campaign_id": campaign.id,
        "plot_id": plot_id,
        "input_id": used.id if used else None,
        "quantity_milli": thousandths(form.quantity) if form.quantity else None,
        "details": details,
    }


def _fits_campaign(tx: Tx, campaign: Campaign, rules: OperationKind, day: date) -> None:
    sector = tx.session.get_one(Product, campaign.product_id).sector
    if sector not in rules.domains and AFTER_HARVEST not in rules.domains:
        raise Refusal(
            "other_sector", f"{Sector(sector).label}没有“{rules.label}”这种作业，请重新选择", "kind"
        )
    if day < campaign.started_on:
        raise Refusal(
            "before_campaign",
            f"“{campaign.name}”{format_day(campaign.started_on)}才开始，请检查作业日期",
            "occurred_on",
        )
    if campaign.ended_on is not None and day > campaign.ended_on:
        raise Refusal(
            "after_campaign",
            f"“{campaign.name}”{format_day(campaign.ended_on)}已经结束，请另建生产作业",
            "occurred_on",
        )


def _complete(tx: Tx, form: OperationForm, used: Input | None) -> None:
    """RecordIncomplete unless all that the law wants of this kind of work is there."""
    fields = form.model_dump(exclude={"ref", "campaign", "kind"}) | {"plot": "known"}
    if used is not None:
        fields |= {
            "input": used.name,
            "maker": used.maker,
            "supplier": form.supplier or used.supplier,
            "registration_no": used.registration_no,
        }
    problems = check_record(form.kind, fields, day_of(tx.now))
    if problems:
        raise RecordIncomplete(
            [Refusal("record_incomplete", problem.sentence, problem.field) for problem in problems]
        )


def _versions(tx: Tx, actor: Actor, ref: str) -> Sequence[Operation]:
    """All versions of a record, newest first."""
    return tx.session.exec(
        select(Operation)
        .where(Operation.producer_id == actor.producer, Operation.ref == ref)
        .order_by(col(Operation.version).desc())
    ).all()


def _latest(tx: Tx, actor: Actor, public_id: str) -> Operation:
    """The newest version of the record that has a version ``public_id``, if it still counts."""
    latest = _versions(tx, actor, own(tx, actor, Operation, public_id).ref)[0]
    if latest.retracted:
        raise Conflict("retracted", "这条记录已经撤回，不能再更正，请重新登记")
    if latest.public_id != public_id:
        raise Conflict("newer_version", "这条记录刚被更正过，请刷新后再改")
    return latest


def _store(
    tx: Tx, actor: Actor, ref: str, version: int, values: dict[str, Any], retracted: bool = False
) -> Operation:
    row = Operation(
        public_id=new_id(),
        producer_id=actor.producer,
        ref=ref,
        version=version,
        retracted=retracted,
        recorded_by=actor.account_id,
        recorded_at=tx.now,
        **values,
    )
    tx.session.add(row)
    tx.session.flush()
    return row
