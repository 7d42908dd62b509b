"""Batches: the list, one batch, and the works that make a new one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import url_for
from flask.typing import ResponseReturnValue
from werkzeug.utils import redirect

from tracer.actions.actor import own
from tracer.actions.farm.batches import (
    PURCHASE,
    TRANSFORMING,
    HarvestForm,
    PurchaseForm,
    TransformForm,
    WorkForm,
    buy_batch,
    record_harvest,
    transform_batches,
)
from tracer.actions.forms import parse
from tracer.domain.clock import day_of
from tracer.domain.errors import NotFound, Refusal
from tracer.domain.operations import operation_kind
from tracer.queries.farm import batch as farm_batch
from tracer.queries.farm import batches as farm_batches
from tracer.queries.farm import holdings as farm_holdings
from tracer.queries.farm import records as farm_records
from tracer.queries.farm import waits as farm_waits
from tracer.queries.farm import work as queries
from tracer.store.tables import Batch, Campaign, Product
from tracer.store.world import Tx
from tracer.web.producer import hall
from tracer.web.producer.pages import Back, back, form_page, page
from tracer.web.producer.questions import Asking, Option, Question, answers
from tracer.web.producer.sending import send, ticket
from tracer.web.producer.sources import Sources
from tracer.web.shared.door import actor, world


@hall.get("/batches")
def batches() -> str:
    """All batches."""
    with world().read() as tx:
        lines = farm_batches.batches(tx, actor().producer)
    return page("batches", "批次", back("首页", "home"), lines=lines)


@hall.get("/batches/<public_id>")
def batch(public_id: str) -> str:
    """One batch."""
    with world().read() as tx:
        view = farm_batch.batch_page(tx, own(tx, actor(), Batch, public_id))
    return page("batch", view.product, back("批次", "batches"), view=view)


@hall.get("/buy")
def buying() -> ResponseReturnValue:
    """Choose what is bought in; with only one kind of goods there is nothing to choose."""
    with world().read() as tx:
        lines = queries.campaigns(tx, actor().producer, only_open=True)
    if len(lines) == 1:
        return redirect(url_for("farm.new_batch", public_id=lines[0].id, kind=PURCHASE), 303)
    return page(
        "lines",
        "收购一批",
        back("首页", "home"),
        subtitle="收的是什么" if lines else "",
        lines=lines,
        leads_to="farm.new_purchase",
        add=None if lines else Back("登记要收的产品", url_for("farm.new_campaign")),
        empty="先登记一次要收的产品和放货的地方，以后每次只要填数量。",
    )


@hall.get("/buy/<public_id>")
def new_purchase(public_id: str) -> ResponseReturnValue:
    """What is bought in under a campaign."""
    return redirect(url_for("farm.new_batch", public_id=public_id, kind=PURCHASE), 303)


@hall.get("/campaigns/<public_id>/batch/<kind>")
def new_batch(public_id: str, kind: str) -> str:
    """Ask about a harvest, a purchase or a processing."""
    with world().read() as tx:
        row = own(tx, actor(), Campaign, public_id)
        given = queries.last_answers(tx, row, kind, actor().name, day_of(tx.now))
        given["made_on"] = given.pop("occurred_on")
    return _batch_page(public_id, kind, given, None)


@hall.post("/campaigns/<public_id>/batch/<kind>")
def add_batch(public_id: str, kind: str) -> ResponseReturnValue:
    """Record the work and its batch; a purchase goes on to its proof."""
    given = answers()
    sources = Sources.read(given)
    fixed: dict[str, Any] = {"campaign": public_id, "ref": ticket()}

    def act(tx: Tx) -> str:
        filled = given | fixed
        if kind == PURCHASE:
            bought = buy_batch(tx, actor(), parse(PurchaseForm, filled))
            return url_for("farm.new_proof", public_id=bought.public_id)
        if kind in TRANSFORMING:
            filled |= {"kind": kind, "sources": sources.chosen()}
            made = transform_batches(tx, actor(), parse(TransformForm, filled))
        else:
            made = record_harvest(tx, actor(), parse(HarvestForm, filled | {"kind": kind}))
        return url_for("farm.issuing", public_id=made.public_id)

    return send(
        act,
        lambda refusal: _batch_page(public_id, kind, given, refusal),
        mine=(Campaign, public_id),
    )


def _batch_page(campaign: str, kind: str, given: Mapping[str, Any], refusal: Refusal | None) -> str:
    rules = operation_kind(kind)
    if not rules.harvests and kind != PURCHASE:
        raise NotFound()
    with world().read() as tx:
        row = own(tx, actor(), Campaign, campaign)
        title = farm_records.title_of(tx, row)
        product = tx.session.get_one(Product, row.product_id)
        transforms = kind in TRANSFORMING
        wait = farm_waits.wait_of_campaign(tx, row) if rules.harvests and not transforms else None
        sources = farm_batches.usable(tx, actor().producer) if transforms else ()
    shown = {"unit": product.unit, **given}
    questions, more = _questions(kind, shown, farm_holdings.units_like(product.unit))
    return form_page(
        rules.label,
        questions,
        back("首页", "home") if kind == PURCHASE else back("做了什么", "kinds", public_id=campaign),
        button="记下来，去收合格证" if kind == PURCHASE else "记下来",
        more=more,
        refusal=refusal,
        subtitle=title,
        wait=wait,
        sources=Sources.read(given).rows(sources),
        asks_sources=transforms,
        template="batch_form",
    )


def _questions(
    kind: str, given: Mapping[str, Any], units: list[tuple[str, str]]
) -> tuple[list[Question], list[Question]]:
    if kind == PURCHASE:
        form: type[WorkForm] = PurchaseForm
    else:
        form = TransformForm if kind in TRANSFORMING else HarvestForm
    ask = Asking(form, given)
    amount = ask.amount("quantity", "unit", [Option(code, label) for code, label in units])
    day, who = ask.date("made_on"), ask.text("operator", hint="谁干的活")
    more = [
        ask.text("code", hint="不填就自动编号"),
        ask.long("note"),
    ]
    if kind == PURCHASE:
        more.insert(0, ask.text("number"))
        supplier = ask.text("supplier", hint="向谁收的，照合格证上的承诺主体写")
        return [supplier, ask.text("origin", hint="照合格证上的写"), amount, day, who], more
    if kind in TRANSFORMING:
        method = ask.text("method", hint="比如 清洗、切分、腌制")
        return [method, amount, day, who], more
    return [amount, day, who], more
