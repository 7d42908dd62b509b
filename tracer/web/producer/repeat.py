"""再来一批: the last batch, one number, and the label."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import url_for
from flask.typing import ResponseReturnValue
from werkzeug.utils import redirect

from tracer.actions.actor import own
from tracer.actions.certificates.issue import GateClosed
from tracer.actions.forms import parse
from tracer.actions.repeat import RepeatForm, repeat
from tracer.domain.clock import day_of, format_day
from tracer.domain.errors import Refusal
from tracer.queries.farm import gate as farm_gate
from tracer.queries.farm import holdings as farm_holdings
from tracer.queries.farm import home as farm_home
from tracer.queries.farm import records as farm_records
from tracer.queries.farm import waits as farm_waits
from tracer.store.stock import quantity_of
from tracer.store.tables import Batch, Campaign
from tracer.store.world import Tx
from tracer.web.producer import hall
from tracer.web.producer.pages import back, form_page
from tracer.web.producer.questions import Asking, Option, answers
from tracer.web.producer.sending import send, ticket
from tracer.web.shared.door import actor, world


@hall.get("/repeat")
def repeat_last() -> ResponseReturnValue:
    """The newest harvest again; without one the record comes first."""
    with world().read() as tx:
        newest = farm_home.repeatable(tx, actor().producer)
    if not newest:
        return redirect(url_for("farm.record"), 303)
    return redirect(url_for("farm.repeating", public_id=newest[0].public_id), 303)


@hall.get("/repeat/<public_id>")
def repeating(public_id: str) -> str:
    """Ask for today's weight."""
    return _repeat_page(public_id, {}, None)


@hall.post("/repeat/<public_id>")
def repeat_it(public_id: str) -> ResponseReturnValue:
    """Harvest, promise and print in one go."""
    given = answers()

    def act(tx: Tx) -> str:
        form = parse(RepeatForm, given | {"batch": public_id, "ref": ticket()})
        done = repeat(tx, actor(), form)
        return url_for("farm.run", public_id=done.run.public_id, new=1)

    return send(
        act, lambda refusal: _repeat_page(public_id, given, refusal), mine=(Batch, public_id)
    )


def _repeat_page(public_id: str, given: Mapping[str, Any], refusal: Refusal | None) -> str:
    with world().read() as tx:
        last = own(tx, actor(), Batch, public_id)
        campaign = tx.session.get(Campaign, last.campaign_id) if last.campaign_id else None
        title = _title(tx, last)
        wait = farm_waits.wait_of_campaign(tx, campaign) if campaign else None
        gate = None
        if isinstance(refusal, GateClosed):
            gate = farm_gate.as_view(tx, actor().producer, refusal.result)
        others = [
            (other.public_id, _title(tx, other))
            for other in farm_home.repeatable(tx, actor().producer)
            if other.campaign_id != last.campaign_id
        ]
        today = format_day(day_of(tx.now), weekday=True)
    units = [Option(code, label) for code, label in farm_holdings.units_like(last.unit)]
    ask = Asking(RepeatForm, {"unit": last.unit, **given})
    return form_page(
        "再来一批",
        [
            ask.amount(
                "quantity",
                "unit",
                units,
                label="今天采收多少",
                hint=f"上次 {format_day(last.made_on)} {quantity_of(last)}",
            )
        ],
        back("首页", "home"),
        button="开具并签名",
        refusal=None if gate else refusal,
        goods=title,
        today=today,
        wait=wait,
        gate=gate,
        others=others,
        campaign=campaign.public_id if campaign else "",
        template="repeat",
    )


def _title(tx: Tx, batch: Batch) -> str:
    """What grows where; the batch's number where it has no campaign."""
    campaign = tx.session.get(Campaign, batch.campaign_id) if batch.campaign_id else None
    return farm_records.title_of(tx, campaign) if campaign else f"批次 {batch.code}"
