"""Campaigns: one season of one product on one plot."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import url_for
from flask.typing import ResponseReturnValue

from tracer.actions.actor import own
from tracer.actions.farm.campaigns import CampaignForm, CloseForm, close_campaign, open_campaign
from tracer.actions.forms import parse
from tracer.domain.clock import day_of
from tracer.domain.errors import Refusal
from tracer.queries.farm import holdings as farm_holdings
from tracer.queries.farm import waits as farm_waits
from tracer.queries.farm import work as farm_work
from tracer.queries.lines import Line
from tracer.store.tables import Campaign
from tracer.store.world import Tx
from tracer.web.producer import hall
from tracer.web.producer.pages import Back, back, form_page, page
from tracer.web.producer.questions import Asking, Option, answers
from tracer.web.producer.sending import send, ticket
from tracer.web.shared.door import actor, world


@hall.get("/campaigns")
def campaigns() -> str:
    """All campaigns."""
    with world().read() as tx:
        lines = farm_work.campaigns(tx, actor().producer)
    return page(
        "lines",
        "生产作业",
        back("首页", "home"),
        lines=lines,
        leads_to="farm.campaign",
        add=Back("开一个生产作业", url_for("farm.new_campaign")),
        empty="还没有生产作业。一块地种一季就开一个，农事都记在它下面。",
    )


@hall.get("/campaigns/new")
def new_campaign() -> str:
    """Ask what is grown where."""
    return _campaign_page({}, None)


@hall.post("/campaigns/new")
def add_campaign() -> ResponseReturnValue:
    """Open a campaign."""
    given = answers()

    def act(tx: Tx) -> str:
        form = parse(CampaignForm, given | {"ref": ticket()})
        return url_for("farm.campaign", public_id=open_campaign(tx, actor(), form).public_id)

    return send(act, lambda refusal: _campaign_page(given, refusal))


@hall.get("/campaigns/<public_id>")
def campaign(public_id: str) -> str:
    """One campaign: what was done, what may be harvested when."""
    with world().read() as tx:
        row = own(tx, actor(), Campaign, public_id)
        view = farm_work.campaign_page(tx, row)
        wait = farm_waits.wait_of_campaign(tx, row)
    return page("campaign", view.title, back("生产作业", "campaigns"), view=view, wait=wait)


@hall.get("/campaigns/<public_id>/close")
def closing(public_id: str) -> str:
    """Ask for the last day."""
    with world().read() as tx:
        row = own(tx, actor(), Campaign, public_id)
        title = farm_work.title_of(tx, row)
        today = day_of(tx.now).isoformat()
    return _closing_page(public_id, title, {"ended_on": today}, None)


@hall.post("/campaigns/<public_id>/close")
def close(public_id: str) -> ResponseReturnValue:
    """End a campaign."""
    given = answers()

    def act(tx: Tx) -> str:
        close_campaign(tx, actor(), public_id, parse(CloseForm, given))
        return url_for("farm.campaign", public_id=public_id)

    return send(
        act,
        lambda refusal: _closing_page(public_id, "生产作业", given, refusal),
        mine=(Campaign, public_id),
    )


def _campaign_page(given: Mapping[str, Any], refusal: Refusal | None) -> str:
    with world().read() as tx:
        mine = actor().producer
        products = farm_holdings.made_products(tx, mine)
        plots = farm_holdings.plots(tx, mine)
        today = day_of(tx.now)
    if not products or not plots:
        return page(
            "campaign_needs",
            "开一个生产作业",
            back("生产作业", "campaigns"),
            products=products,
            plots=plots,
        )
    shown = {"started_on": today.isoformat(), "name": f"{today.year}年第一茬", **given}
    for name, lines in (("product", products), ("plot", plots)):
        if len(lines) == 1:
            shown.setdefault(name, lines[0].id)
    ask = Asking(CampaignForm, shown)
    return form_page(
        "开一个生产作业",
        [
            ask.one("product", _choices(products), label="种什么（养什么）"),
            ask.one("plot", _choices(plots), label="在哪块地"),
            ask.date("started_on"),
            ask.text("name", label="叫什么", hint="好分清是哪一茬，比如 2026年春茬"),
        ],
        back("生产作业", "campaigns"),
        button="开始",
        refusal=refusal,
    )


def _closing_page(
    public_id: str, title: str, given: Mapping[str, Any], refusal: Refusal | None
) -> str:
    ask = Asking(CloseForm, given)
    return form_page(
        "结束生产作业",
        [ask.date("ended_on", hint="结束以后，这一茬不能再记新的农事，以前的记录都留着")],
        back(title, "campaign", public_id=public_id),
        button="结束",
        refusal=refusal,
    )


def _choices(lines: tuple[Line, ...]) -> tuple[Option, ...]:
    return tuple(Option(line.id, line.title, line.note) for line in lines)
