"""Inputs: what was bought, and line by line what its label allows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue

from tracer.actions.actor import own
from tracer.actions.farm.inputs import DRUGS, InputForm, InputUseForm, add_input, edit_input
from tracer.actions.forms import parse
from tracer.domain.errors import NotFound, Refusal
from tracer.domain.words import InputKind
from tracer.queries.farm import holdings as farm_holdings
from tracer.store.tables import Input
from tracer.store.world import Tx
from tracer.web.producer import hall
from tracer.web.producer.pages import Back, back, form_page, options, page
from tracer.web.producer.questions import Asking, Question, answers, dose_units, measured
from tracer.web.producer.sending import send
from tracer.web.shared.door import actor, world


@hall.get("/inputs")
def inputs() -> str:
    """All inputs."""
    with world().read() as tx:
        lines = farm_holdings.inputs(tx, actor().producer)
    return page(
        "lines",
        "投入品",
        back("首页", "home"),
        lines=lines,
        leads_to="farm.input_page",
        add=Back("添一种投入品", url_for("farm.new_input")),
        empty="还没有投入品。买了农药、兽药、肥料、种子、饲料，都在这里登记一次。",
    )


@hall.get("/inputs/new")
def new_input() -> str:
    """Ask for the kind first, then for what its label says."""
    kind = request.args.get("kind", "")
    if kind not in set(InputKind):
        return page("input_kind", "添一种投入品", back("投入品", "inputs"), kinds=tuple(InputKind))
    return _input_page("添一种投入品", {"kind": kind}, None, back("投入品", "inputs"))


@hall.post("/inputs/new")
def record_input() -> ResponseReturnValue:
    """Record a new input; of a drug, the label's lines are asked next."""
    given = answers()

    def act(tx: Tx) -> str:
        form = parse(InputForm, given)
        row = add_input(tx, actor(), form)
        if form.kind in DRUGS:
            return url_for("farm.new_use", public_id=row.public_id)
        return url_for("farm.inputs")

    way_back = back("投入品", "inputs")
    return send(act, lambda refusal: _input_page("添一种投入品", given, refusal, way_back))


@hall.get("/inputs/<public_id>")
def input_page(public_id: str) -> str:
    """An input and its label."""
    with world().read() as tx:
        view = farm_holdings.input_page(tx, own(tx, actor(), Input, public_id))
    return page("input", view.name, back("投入品", "inputs"), view=view)


@hall.get("/inputs/<public_id>/edit")
def edit_input_page(public_id: str) -> str:
    """Show an input to change it."""
    given = _known(public_id)
    return _input_page(
        "修改投入品", given, None, back(given["name"], "input_page", public_id=public_id)
    )


@hall.post("/inputs/<public_id>/edit")
def change_input(public_id: str) -> ResponseReturnValue:
    """Change an input; its label's lines stay."""
    given = answers()

    def act(tx: Tx) -> str:
        known = farm_holdings.input_answers(tx, own(tx, actor(), Input, public_id))
        form = parse(InputForm, {**given, "uses": known["uses"]})
        edit_input(tx, actor(), public_id, form)
        return url_for("farm.input_page", public_id=public_id)

    way_back = back("投入品", "input_page", public_id=public_id)
    return send(
        act,
        lambda refusal: _input_page("修改投入品", given, refusal, way_back),
        mine=(Input, public_id),
    )


@hall.get("/inputs/<public_id>/uses/new")
def new_use(public_id: str) -> str:
    """Ask about one more line of the label."""
    known = _known(public_id)
    return _use_page(public_id, known["kind"], known["name"], {}, None)


@hall.post("/inputs/<public_id>/uses/new")
def add_use(public_id: str) -> ResponseReturnValue:
    """Add a line of the label."""
    return _send_use(public_id, None)


@hall.get("/inputs/<public_id>/uses/<int:number>")
def use(public_id: str, number: int) -> str:
    """Show a line of the label to change it."""
    known = _known(public_id)
    if number >= len(known["uses"]):
        raise NotFound()
    return _use_page(public_id, known["kind"], known["name"], known["uses"][number], None, number)


@hall.post("/inputs/<public_id>/uses/<int:number>")
def change_use(public_id: str, number: int) -> ResponseReturnValue:
    """Change a line of the label."""
    return _send_use(public_id, number)


def _send_use(public_id: str, number: int | None) -> ResponseReturnValue:
    """Write one line of the label: a new one, or in the place of line ``number``."""
    known, given = _known(public_id), measured(answers())

    def act(tx: Tx) -> str:
        parse(InputUseForm, given)
        whole = farm_holdings.input_answers(tx, own(tx, actor(), Input, public_id))
        lines: list[dict[str, Any]] = whole["uses"]
        if number is None:
            lines.append(given)
        elif number < len(lines):
            lines[number] = given
        else:
            raise NotFound()
        edit_input(tx, actor(), public_id, parse(InputForm, whole))
        return url_for("farm.input_page", public_id=public_id)

    return send(
        act,
        lambda refusal: _use_page(public_id, known["kind"], known["name"], given, refusal, number),
        mine=(Input, public_id),
    )


def _known(public_id: str) -> dict[str, Any]:
    with world().read() as tx:
        return farm_holdings.input_answers(tx, own(tx, actor(), Input, public_id))


def _input_page(
    title: str, given: Mapping[str, Any], refusal: Refusal | None, way_back: Back
) -> str:
    kind = str(given.get("kind", ""))
    known = kind in set(InputKind)
    label = InputKind(kind).label if known else "投入品"
    shown = {**given, "ingredients": _listed(given.get("ingredients"))}
    ask = Asking(InputForm, shown)
    drug = known and InputKind(kind) in DRUGS
    number = "登记证号" if kind == InputKind.PESTICIDE else "批准文号"
    questions: list[Question] = [
        ask.hidden("kind") if known else ask.one("kind", options(tuple(InputKind))),
        ask.text("name", label=f"{label}名称", hint="照标签上的写"),
    ]
    maker = ask.text("maker", required=drug)
    supplier = ask.text("supplier", label="从哪里买的", required=drug)
    if not drug:
        return form_page(title, [*questions, maker, supplier], way_back, refusal=refusal, intro="")
    questions += [
        ask.text("registration_no", label=number, required=True, hint="在标签上"),
        ask.text(
            "ingredients",
            required=True,
            hint="照标签写全，几种之间用顿号隔开，比如 阿维菌素、高效氯氰菊酯",
        ),
        maker,
        supplier,
    ]
    more = [ask.text("content"), ask.text("formulation", hint="比如 乳油、可湿性粉剂")]
    return form_page(title, questions, way_back, more=more, refusal=refusal)


def _use_page(
    public_id: str,
    kind: str,
    name: str,
    given: Mapping[str, Any],
    refusal: Refusal | None,
    number: int | None = None,
) -> str:
    ask = Asking(InputUseForm, given)
    veterinary = kind == InputKind.VETERINARY_DRUG
    interval = "休药期" if veterinary else "安全间隔期"
    questions = [
        ask.text(
            "crop", label="动物品种" if veterinary else "作物", hint="照标签上的叫法，一种一行"
        ),
        ask.number("phi_days", label=interval, unit="天", hint=f"标签没写{interval}，就勾下面一格"),
        ask.tick("interval_unstated", label=f"标签上没有标注{interval}"),
    ]
    if veterinary:
        questions.append(ask.number("degree_days", label="水产按度日算的休药期", unit="度日"))
    questions += [
        ask.number("max_uses", label="每季最多用几次", unit="次"),
        ask.amount("max_dose", "dose_unit", dose_units(), label="标签上的最高用量"),
    ]
    return form_page(
        f"{name}的标签",
        questions,
        back(name, "input_page", public_id=public_id),
        button="保存这一行",
        refusal=refusal,
        intro="标签上每种作物一行，开证时会拿这里的天数和次数来对照。" if number is None else "",
    )


def _listed(ingredients: Any) -> str:
    return ingredients if isinstance(ingredients, str) else "、".join(ingredients or ())
