"""申报通知: an association opens a call under one edition of a standard, and ends it."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any

from pydantic import Field, StringConstraints, ValidationInfo, field_validator
from sqlmodel import select

from tracer.actions.actor import Actor, require
from tracer.actions.figures import Day
from tracer.actions.forms import Form
from tracer.actions.text import Line, Name, Prose
from tracer.domain.clock import day_of
from tracer.domain.errors import NotFound, Refusal
from tracer.domain.ids import new_id
from tracer.domain.words import Role
from tracer.standards.flow_loader import flow_of
from tracer.standards.loader import load
from tracer.store.tables import Call
from tracer.store.world import Tx


class CallForm(Form):
    """Who asks for applications, under which standard, from when to when.

    ``standard`` is an id such as ``liaolan``, or ``liaolan/draft`` for a certain edition.
    """

    standard: Annotated[str, StringConstraints(max_length=80), Field(title="标准")]
    title: Annotated[Line, Field(title="通知标题")]
    organisation: Annotated[Name, Field(title="评价机构")]
    notice: Annotated[Prose | None, Field(title="申报说明")] = None
    opens_on: Annotated[Day, Field(title="开始日期")]
    closes_on: Annotated[Day, Field(title="截止日期")]

    @field_validator("closes_on")
    @classmethod
    def _in_order(cls, closes_on: Any, info: ValidationInfo) -> Any:
        opens_on = info.data.get("opens_on")
        if opens_on is not None and closes_on < opens_on:
            raise ValueError("截止日期早于开始日期，请改正其中一个")
        return closes_on


def open_call(tx: Tx, actor: Actor, form: CallForm) -> Call:
    """A new call; the same form sent again gives the call that is there."""
    require(actor, Role.OPERATOR)
    pack = load(form.standard, more=tx.packs)
    flow_of(pack)
    same = tx.session.exec(
        select(Call).where(
            Call.standard == pack.id,
            Call.edition == pack.edition,
            Call.title == form.title,
            Call.organisation == form.organisation,
            Call.opens_on == form.opens_on,
            Call.closes_on == form.closes_on,
        )
    ).first()
    if same is not None:
        return same
    if form.closes_on < day_of(tx.now):
        raise Refusal("past", "截止日期已经过了，请改晚一点", "closes_on")
    row = Call(
        public_id=new_id(),
        standard=pack.id,
        edition=pack.edition,
        digest=pack.digest,
        title=form.title,
        organisation=form.organisation,
        notice=form.notice or "",
        opens_on=form.opens_on,
        closes_on=form.closes_on,
        created_by=actor.account_id,
        created_at=tx.now,
    )
    tx.session.add(row)
    tx.session.flush()
    return row


def end_call(tx: Tx, actor: Actor, call_id: str) -> Call:
    """No new applications from today on; those under way go on."""
    require(actor, Role.OPERATOR)
    row = find_call(tx, call_id)
    yesterday = day_of(tx.now) - timedelta(days=1)
    row.closes_on = min(row.closes_on, yesterday)
    tx.session.flush()
    return row


def find_call(tx: Tx, public_id: str) -> Call:
    """The call with that public id."""
    row = tx.session.exec(select(Call).where(Call.public_id == public_id)).one_or_none()
    if row is None:
        raise NotFound("没有这份申报通知，请回到列表重新选择")
    return row
