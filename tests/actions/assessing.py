"""An assessment driven from call to licence by the real actions, for any standard."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from tests.actions.farm import Farm
from tracer.actions.actor import Actor
from tracer.actions.assessment.applying import EvidenceForm, add_evidence, save_form, start, submit
from tracer.actions.assessment.assessing import answer_gates, start_marking, suggested_gates
from tracer.actions.assessment.calls import CallForm, open_call
from tracer.actions.assessment.closing import LicenceForm, ReportForm, close, license
from tracer.actions.assessment.moving import facts_now, find, standard_of
from tracer.actions.assessment.sheets import save_sheet, submit_sheet
from tracer.actions.forms import parse
from tracer.actions.people.accounts import actor_of
from tracer.domain.clock import day_of
from tracer.domain.ids import new_id
from tracer.domain.words import Role
from tracer.standards import template
from tracer.standards.flow import FormField
from tracer.standards.pack import Item, Pack
from tracer.standards.verbs import VERBS
from tracer.store.assessments import sheets_of
from tracer.store.tables import Account, Assessment, AssessmentResult, Call, Licence, ScoreSheet
from tracer.store.world import Tx

REPORT = {
    "purpose": "评定申报产品能否使用标识",
    "place": "平度市蓼兰镇",
    "time": "2026年7月8日",
    "people": "评审组三人",
    "process": "查看材料，现场核对，逐行评分。",
}
_SAMPLES = {
    "number": "12",
    "day": "2020-01-02",
    "phone": "0532-88881234",
    "uscc": "93370283MA3T0X001",
    "email": "luqi@example.cn",
    "postcode": "266731",
}


@dataclass
class Desk:
    """An operator and as many experts as asked for."""

    operator: Actor
    experts: list[Actor] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)


def open_desk(tx: Tx, experts: int = 3) -> Desk:
    """The association's people."""
    operator = _account(tx, "zhongxin", Role.OPERATOR, "评价中心")
    accounts = [
        _account(tx, f"zhuanjia{number}", Role.EXPERT, f"专家{name}")
        for number, name in zip(range(experts), "甲乙丙丁戊", strict=False)
    ]
    return Desk(
        actor_of(operator), [actor_of(one) for one in accounts], [one.public_id for one in accounts]
    )


def _account(tx: Tx, login: str, role: Role, name: str) -> Account:
    """An account that nobody signs in to: no password is hashed for it."""
    row = Account(
        public_id=new_id(),
        login=login,
        password_hash="-",
        role=role.value,
        name=name,
        created_at=tx.now,
    )
    tx.session.add(row)
    tx.session.flush()
    return row


def call_for(tx: Tx, desk: Desk, standard: str, **changed: Any) -> Call:
    """A call that is open for a month from today."""
    today = day_of(tx.now)
    form = {
        "standard": standard,
        "title": "2026 年度申报通知",
        "organisation": "平度市现代农业协会",
        "opens_on": today.isoformat(),
        "closes_on": (today + timedelta(days=30)).isoformat(),
        **changed,
    }
    return open_call(tx, desk.operator, parse(CallForm, form))


def answer_to(one: FormField) -> str:
    """Something that a question accepts."""
    return one.choices[0] if one.kind == "choice" else _SAMPLES.get(one.kind, "见材料")


def fill(tx: Tx, actor: Actor, row: Assessment) -> None:
    """Every question answered that is still open, every paper brought."""
    _, flow = standard_of(tx, row)
    open_ = [one for key, one in flow.form.fields.items() if one.required and key not in row.form]
    save_form(tx, actor, row.public_id, {one.key: answer_to(one) for one in open_})
    for paper in flow.materials:
        form = {"item": paper.key, "kind": paper.kind, "title": paper.title}
        add_evidence(tx, actor, row.public_id, parse(EvidenceForm, form))


def apply(tx: Tx, desk: Desk, farm: Farm, standard: str) -> Assessment:
    """A submitted application of the farm's product."""
    return apply_for(tx, desk, farm.actor, standard, farm.product)


def apply_for(
    tx: Tx, desk: Desk, actor: Actor, standard: str, product: str | None = None
) -> Assessment:
    """A submitted application, of a product or of the actor's base."""
    row = start(tx, actor, call_for(tx, desk, standard).public_id, product)
    fill(tx, actor, row)
    return submit(tx, actor, row.public_id, declared=True)


def open_gates(tx: Tx, desk: Desk, row: Assessment) -> None:
    """Every condition said to be met, with a note where the records say otherwise."""
    pack, flow = standard_of(tx, row)
    said = suggested_gates(pack, flow, facts_now(tx, row, flow))
    gates = template(pack).get("gates", {})
    answers = {
        key: value if said.get(key, value) == value else {"value": value, "note": "已现场核实"}
        for key, value in gates.items()
    }
    answer_gates(tx, desk.operator, row.public_id, answers)


def full(pack: Pack, item: Item) -> Any:
    """The best answer to a row; None for a row that is left out."""
    match item.verb:
        case "mark" | "ladder":
            return float(item.max or 0)
        case "clause":
            return "符合"
        case "count":
            return {item.params.get("count", "n"): item.params["most"]}
        case "cluster":
            return {"chains": {"茶叶": 3}}
        case "coverage":
            return {"all": 3, **dict.fromkeys(item.params["covered"], 3)}
        case "none_since":
            return VERBS["none_since"].sample(item)
        case _:
            return None


def full_rows(pack: Pack, note: str = "现场核对属实") -> dict[str, Any]:
    """A whole sheet with everything at its best, each row with a note."""
    items = pack.scored(pack.table().key)
    return {
        key: {"value": value, "note": note}
        for key, item in items.items()
        if (value := full(pack, item)) is not None
    }


def hand_in(tx: Tx, actor: Actor, sheet: ScoreSheet, rows: Mapping[str, Any]) -> ScoreSheet:
    """A sheet filled and handed in."""
    saved = save_sheet(tx, actor, sheet.public_id, sheet.version, rows)
    return submit_sheet(tx, actor, saved.public_id, saved.version)


def mark(tx: Tx, desk: Desk, row: Assessment, rows: Mapping[str, Any] | None = None) -> None:
    """Given out and handed in by everybody with the same rows: the best unless told."""
    pack, _ = standard_of(tx, row)
    chosen = desk.ids if pack.table().experts else desk.ids[:1]
    start_marking(tx, desk.operator, row.public_id, chosen)
    for sheet in sheets_of(tx.session, row):
        expert = next(one for one in desk.experts if one.account_id == sheet.account_id)
        hand_in(tx, expert, sheet, rows or full_rows(pack))


def close_it(tx: Tx, desk: Desk, row: Assessment) -> AssessmentResult:
    """The result, with the report's fields filled."""
    _, flow = standard_of(tx, row)
    more = {one.key: answer_to(one) for one in flow.closing}
    return close(tx, desk.operator, row.public_id, parse(ReportForm, {**REPORT, "more": more}))


def license_it(tx: Tx, desk: Desk, row: Assessment, years: int = 3) -> Licence:
    """A licence from today."""
    today = day_of(tx.now)
    form = {
        "valid_from": today.isoformat(),
        "valid_to": today.replace(year=today.year + years).isoformat(),
    }
    return license(tx, desk.operator, row.public_id, parse(LicenceForm, form))


def licensed(tx: Tx, desk: Desk, farm: Farm, standard: str = "liaolan") -> Licence:
    """The whole way, everything at its best."""
    row = apply(tx, desk, farm, standard)
    open_gates(tx, desk, row)
    mark(tx, desk, row)
    close_it(tx, desk, row)
    return license_it(tx, desk, find(tx, row.public_id))


def account(tx: Tx, actor: Actor) -> Account:
    """The account's row of an actor."""
    return tx.session.get_one(Account, actor.account_id)
