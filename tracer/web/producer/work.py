"""记农事: which campaign, which work, then only that work's fields, filled in from last time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import url_for
from flask.typing import ResponseReturnValue
from werkzeug.utils import redirect

from tracer.actions.actor import own
from tracer.actions.farm.farmwork import (
    OperationForm,
    RetractForm,
    correct_operation,
    record_operation,
    retract_operation,
)
from tracer.actions.forms import parse
from tracer.domain.clock import day_of
from tracer.domain.errors import Refusal
from tracer.domain.operations import FIELD_LABELS, OperationKind, operation_kind
from tracer.domain.words import InputKind
from tracer.queries.farm import holdings as farm_holdings
from tracer.queries.farm import records as farm_records
from tracer.queries.farm import work as farm_work
from tracer.store.tables import Campaign, Operation, Plot, Product
from tracer.store.world import Tx
from tracer.web.producer import hall
from tracer.web.producer.pages import Back, back, form_page, page
from tracer.web.producer.questions import (
    Asking,
    Option,
    Question,
    all_units,
    answers,
    dose_units,
    measured,
)
from tracer.web.producer.sending import send, ticket
from tracer.web.shared.door import actor, world

# What the record of the input says is not asked again.
_OF_THE_INPUT = frozenset({"maker", "registration_no"})
_MEASURED = {"quantity": "unit", "dose": "dose_unit"}


@hall.get("/record")
def record() -> ResponseReturnValue:
    """Choose a campaign; with only one there is nothing to choose."""
    with world().read() as tx:
        lines = farm_work.campaigns(tx, actor().producer, only_open=True)
    if len(lines) == 1:
        return redirect(url_for("farm.kinds", public_id=lines[0].id), 303)
    return page(
        "lines",
        "记农事",
        back("首页", "home"),
        subtitle="在哪里做的" if lines else "",
        lines=lines,
        leads_to="farm.kinds",
        add=None if lines else Back("开一个生产作业", url_for("farm.new_campaign")),
        empty="还没有生产作业。一块地种一季就开一个，农事都记在它下面。",
    )


@hall.get("/record/<public_id>")
def kinds(public_id: str) -> str:
    """Choose the kind of work, the usual ones first."""
    with world().read() as tx:
        view = farm_work.kinds_page(tx, own(tx, actor(), Campaign, public_id))
    return page("kinds", "做了什么", back("记农事", "record"), subtitle=view.title, view=view)


@hall.get("/record/<public_id>/<kind>")
def new_work(public_id: str, kind: str) -> ResponseReturnValue:
    """Ask for the fields of one kind of work."""
    rules = operation_kind(kind)
    if rules.harvests:
        return redirect(url_for("farm.new_batch", public_id=public_id, kind=kind), 303)
    with world().read() as tx:
        row = own(tx, actor(), Campaign, public_id)
        given = farm_work.last_answers(tx, row, rules.code, actor().name, day_of(tx.now))
    return _work_page(public_id, rules, given, None)


@hall.post("/record/<public_id>/<kind>")
def add_work(public_id: str, kind: str) -> ResponseReturnValue:
    """Record a work."""
    rules, given = operation_kind(kind), answers()

    def act(tx: Tx) -> str:
        form = parse(
            OperationForm,
            measured(given) | {"campaign": public_id, "kind": rules.code, "ref": ticket()},
        )
        record_operation(tx, actor(), form)
        return url_for("farm.campaign", public_id=public_id)

    return send(
        act,
        lambda refusal: _work_page(public_id, rules, given, refusal),
        mine=(Campaign, public_id),
    )


@hall.get("/works/<public_id>")
def work(public_id: str) -> str:
    """One record with its history; an old version shows the newest."""
    with world().read() as tx:
        view = farm_records.work_page(tx, own(tx, actor(), Operation, public_id))
    way_back = back(view.campaign_title, "campaign", public_id=view.campaign)
    return page("work", view.title, way_back, view=view)


@hall.get("/works/<public_id>/correct")
def correcting(public_id: str) -> str:
    """Show a record to correct it."""
    with world().read() as tx:
        row = own(tx, actor(), Operation, public_id)
        given = farm_records.work_answers(tx, row)
        campaign = tx.session.get_one(Campaign, row.campaign_id).public_id
    return _work_page(campaign, operation_kind(row.kind), given, None, public_id)


@hall.post("/works/<public_id>/correct")
def correct(public_id: str) -> ResponseReturnValue:
    """Record a correction as the next version."""
    given = answers()
    with world().read() as tx:
        row = own(tx, actor(), Operation, public_id)
        campaign = tx.session.get_one(Campaign, row.campaign_id).public_id

    def act(tx: Tx) -> str:
        form = parse(OperationForm, measured(given) | {"campaign": campaign, "kind": row.kind})
        newest = correct_operation(tx, actor(), public_id, form)
        return url_for("farm.work", public_id=newest.public_id)

    rules = operation_kind(row.kind)
    return send(
        act,
        lambda refusal: _work_page(campaign, rules, given, refusal, public_id),
        mine=(Operation, public_id),
    )


@hall.get("/works/<public_id>/retract")
def retracting(public_id: str) -> str:
    """Ask why a record should not count."""
    with world().read() as tx:
        own(tx, actor(), Operation, public_id)
    return _retract_page(public_id, {}, None)


@hall.post("/works/<public_id>/retract")
def retract(public_id: str) -> ResponseReturnValue:
    """Retract a record."""
    given = answers()

    def act(tx: Tx) -> str:
        last = retract_operation(tx, actor(), public_id, parse(RetractForm, given))
        return url_for("farm.work", public_id=last.public_id)

    return send(
        act, lambda refusal: _retract_page(public_id, given, refusal), mine=(Operation, public_id)
    )


def _work_page(
    campaign: str,
    rules: OperationKind,
    given: Mapping[str, Any],
    refusal: Refusal | None,
    corrects: str = "",
) -> str:
    with world().read() as tx:
        row = own(tx, actor(), Campaign, campaign)
        title = farm_work.title_of(tx, row)
        inputs = farm_work.input_choices(tx, row, rules) if rules.inputs else ()
        plots = farm_holdings.plots(tx, actor().producer)
        shown = dict(given)
        shown.setdefault("plot", tx.session.get_one(Plot, row.plot_id).public_id)
        shown.setdefault("unit", tx.session.get_one(Product, row.product_id).unit)
    if refusal is not None and refusal.field in _OF_THE_INPUT | {"supplier"} and given.get("input"):
        refusal = Refusal(
            refusal.code, refusal.message, "input", "请到“投入品”里打开它，照标签和进货单补全"
        )
    ask = _WorkQuestions(rules, shown, inputs)
    needed = [name for name in rules.required if name in ask.known and name != "plot"]
    optional = [name for name in rules.optional if name in ask.known]
    questions = [ask.question(name) for name in needed]
    more = [ask.question(name, False) for name in optional]
    if len(plots) > 1:
        choices = tuple(Option(line.id, line.title) for line in plots)
        more.insert(0, ask.ask.list("plot", choices, required=True))
    return form_page(
        f"更正：{rules.label}" if corrects else rules.label,
        questions,
        back(rules.label, "work", public_id=corrects)
        if corrects
        else back("做了什么", "kinds", public_id=campaign),
        button="保存更正" if corrects else "记下来",
        more=more,
        refusal=refusal,
        subtitle=title,
        lacks_inputs="、".join(kind.label for kind in rules.inputs)
        if "input" in rules.required and not inputs
        else "",
        intro="原来的记录会留着，看得到改了什么。" if corrects else "",
        template="work_form",
    )


class _WorkQuestions:
    """The questions of one kind of work."""

    def __init__(
        self,
        rules: OperationKind,
        given: Mapping[str, Any],
        inputs: tuple[farm_work.InputChoice, ...],
    ) -> None:
        self.rules = rules
        self.ask = Asking(OperationForm, given)
        self.inputs = tuple(Option(one.id, one.name, one.note) for one in inputs)
        fields = {*rules.required, *rules.optional} - _OF_THE_INPUT
        if "input" in rules.required:
            fields.discard("supplier")
        self.known = fields - {"unit", "dose_unit"}

    def question(self, name: str, required: bool = True) -> Question:
        how: dict[str, Any] = {"required": required, "label": FIELD_LABELS[name]}
        match name:
            case "occurred_on" | "ended_on":
                return self.ask.date(name, **how)
            case "input":
                drug = InputKind.PESTICIDE in self.rules.inputs
                how["label"] = "用的什么药" if drug else FIELD_LABELS["input"]
                draw = self.ask.one if len(self.inputs) <= 7 else self.ask.list
                return draw(name, self.inputs, **how)
            case "quantity":
                return self.ask.amount(name, "unit", all_units(), **how)
            case "dose":
                return self.ask.amount(name, "dose_unit", dose_units(), **how)
            case "water_temperature":
                return self.ask.number(name, **how)
            case "note":
                return self.ask.long(name, **how)
            case "operator":
                return self.ask.text(name, hint="谁干的活", **how)
        return self.ask.text(name, **how)


def _retract_page(public_id: str, given: Mapping[str, Any], refusal: Refusal | None) -> str:
    ask = Asking(RetractForm, given)
    return form_page(
        "撤回这条记录",
        [ask.long("reason", hint="比如 记到别的地块上了")],
        back("返回", "work", public_id=public_id),
        button="撤回",
        grave=True,
        refusal=refusal,
        intro="撤回以后这条记录不再算数，但仍然看得到，也看得到为什么撤回。",
    )
