"""生产作业: the seasons within which works are recorded.

``ref`` is the sender's own name for a campaign; sending it again changes nothing.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field
from sqlmodel import func, select

from tracer.actions import credit, revisions
from tracer.actions.actor import Actor, own
from tracer.actions.figures import Day
from tracer.actions.forms import Form
from tracer.actions.text import Name, PublicId
from tracer.domain.clock import day_of, format_day
from tracer.domain.errors import Refusal
from tracer.domain.ids import new_id
from tracer.store.tables import Campaign, Operation, Plot, Product
from tracer.store.world import Tx


class CampaignForm(Form):
    """生产作业: one season of one product on one plot."""

    ref: Annotated[Name | None, Field(title="作业编号")] = None
    product: Annotated[PublicId, Field(title="产品")]
    plot: Annotated[PublicId, Field(title="地块")]
    name: Annotated[Name, Field(title="作业名称")]
    started_on: Annotated[Day, Field(title="开始日期")]


class CloseForm(Form):
    """结束作业."""

    ended_on: Annotated[Day, Field(title="结束日期")]


def open_campaign(tx: Tx, actor: Actor, form: CampaignForm) -> Campaign:
    """A new campaign of the actor's producer; the existing one where the form is resent."""
    product = own(tx, actor, Product, form.product)
    plot = own(tx, actor, Plot, form.plot)
    values: dict[str, Any] = {
        "product_id": product.id,
        "plot_id": plot.id,
        "name": form.name,
        "started_on": form.started_on,
    }
    known = (
        form.ref
        and tx.session.exec(
            select(Campaign).where(Campaign.producer_id == actor.producer, Campaign.ref == form.ref)
        ).first()
    )
    if known:
        content, now = revisions.as_plain(values), revisions.plain(known)
        if revisions.same(content, [now]):
            return known
        raise revisions.differing(form, content, now, f"生产作业“{form.ref}”")
    if product.retired_at is not None:
        raise Refusal("retired", "这个产品已经停产，请先到“产品”里恢复生产", "product")
    if form.started_on > day_of(tx.now):
        raise Refusal("future", "开始日期还没到，请到开始那天再建", "started_on")
    row = Campaign(
        public_id=new_id(),
        producer_id=actor.producer,
        ref=form.ref or new_id(),
        created_at=tx.now,
        **values,
    )
    tx.session.add(row)
    tx.session.flush()
    credit.count(tx, product.id or 0, "C.2-4", "campaign", row.public_id)
    return row


def close_campaign(tx: Tx, actor: Actor, public_id: str, form: CloseForm) -> Campaign:
    """End a campaign; no work after its last day is recorded in it. Harmless when repeated."""
    row = own(tx, actor, Campaign, public_id)
    ended_on = form.ended_on
    if row.ended_on == ended_on:
        return row
    last = tx.session.exec(
        select(func.max(Operation.occurred_on)).where(Operation.campaign_id == row.id)
    ).one()
    last = max(last or row.started_on, row.started_on)
    if ended_on < last:
        raise Refusal(
            "ended_too_early", f"{format_day(last)}还有作业，结束日期不能更早", "ended_on"
        )
    if ended_on > day_of(tx.now):
        raise Refusal("future", "结束日期还没到，请到结束那天再办", "ended_on")
    revisions.revise(tx, actor, row, {"ended_on": ended_on})
    return row
