"""One application as the association sees it: what was handed in, what is to be done, who marks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlmodel import col, select

from tracer.domain.assessing import DECIDED, Stage, years_later
from tracer.domain.clock import day_of, format_day, format_instant
from tracer.domain.words import Role
from tracer.queries.assessment.application import (
    MaterialView,
    Question,
    columns_of,
    materials_of,
    question,
)
from tracer.queries.assessment.facts import FactView, fact_view, facts_of, gate_fact
from tracer.queries.assessment.licences import licence_of
from tracer.queries.assessment.parts import (
    REPORT,
    TONES,
    FileView,
    Opened,
    StepLine,
    files_of,
    gate_verdict,
    opened,
    steps_of,
)
from tracer.standards.asking import Field, fields_of, typed_of
from tracer.standards.flow import FlowForm, missing
from tracer.standards.pack import Item
from tracer.standards.verbs import VERBS
from tracer.store.assessments import sheets_of, tie_of
from tracer.store.tables import Account, Assessment, AssessmentResult, ScoreSheet
from tracer.store.world import Tx

Columns = tuple[tuple[str, tuple[Question, ...]], ...]


@dataclass(frozen=True)
class GateRow:
    """A condition to look at, with what the records say and what was answered.

    Until it is answered the inputs hold what the records say.
    """

    key: str
    title: str
    text: str
    clause: str
    fields: tuple[Field, ...]
    typed: dict[str, str]
    note: str
    answered: bool
    verdict: str
    said: str  # what the verdict does not say already
    met: bool
    fact: FactView | None


@dataclass(frozen=True)
class ExpertLine:
    """Somebody who may be asked to mark; ``tie`` is why not."""

    id: str
    name: str
    login: str
    tie: str
    chosen: bool


@dataclass(frozen=True)
class SheetState:
    """Who marks and whether it is handed in; never the marks."""

    name: str
    state: str
    done: bool


@dataclass(frozen=True)
class DeskPage:
    """One application for the desk. ``turn`` is what the desk does next: check, mark, decide, or
    nothing."""

    id: str
    number: str
    mark: str
    title: str
    standard: str
    subject: str
    holder: str
    producer_id: str
    product_id: str
    base_id: str
    stage: str
    tone: str
    turn: str
    form_title: str
    form: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    recommendation_title: str
    recommendation: tuple[tuple[str, Columns], ...]
    recommended: bool
    materials: tuple[MaterialView, ...]
    row_files: tuple[tuple[str, tuple[FileView, ...]], ...]
    facts: tuple[FactView, ...]
    gates: tuple[GateRow, ...]
    gates_left: int
    unmet: tuple[str, ...]  # conditions that were found not to be met
    panel: bool  # one sheet by the 评审组, not one by each expert
    experts: tuple[ExpertLine, ...]
    advice: str  # how many experts there should be
    sheets: tuple[SheetState, ...]
    waiting: int
    closing: tuple[Question, ...]
    outcome: str
    passed: bool
    licence_title: str
    valid_from: str
    valid_to: str
    licence: str
    decided: bool
    steps: tuple[StepLine, ...]

    @property
    def people(self) -> tuple[tuple[str, str], ...]:
        """The experts as choices of a list."""
        return tuple((one.id, one.name) for one in self.experts)


def desk_page(tx: Tx, row: Assessment, typed: dict[str, Any] | None = None) -> DeskPage:
    """One application; ``typed`` is what was typed into a form that was refused."""
    typed = typed or {}
    one = opened(tx, row)
    today = day_of(tx.now)
    facts, files = facts_of(tx, one), files_of(tx, row)
    table = one.pack.table()
    gates = tuple(_gate(one, gate, facts, typed) for gate in table.gates)
    sheets = sheets_of(tx.session, row)
    result = tx.session.get(AssessmentResult, row.id)
    licence = licence_of(tx, row)
    items = {item.key: item for item in table.items}
    return DeskPage(
        id=row.public_id,
        number=row.number,
        mark=one.flow.mark,
        title=one.call.title,
        standard=one.standard,
        subject=one.subject.name,
        holder=one.subject.holder,
        producer_id=one.subject.producer_id,
        product_id=one.subject.product_id,
        base_id=one.subject.base_id,
        stage=one.stage.label,
        tone=TONES.get(one.stage, ""),
        turn={Stage.SUBMITTED: "check", Stage.MARKING: "mark", Stage.CLOSED: "decide"}.get(
            one.stage, ""
        ),
        form_title=one.flow.form.title,
        form=_filled(one.flow.form, row.form),
        recommendation_title=one.flow.recommendation.title if one.flow.recommendation else "",
        recommendation=_asked(one.flow.recommendation, {**row.recommendation, **typed}),
        recommended=_is_whole(one.flow.recommendation, row.recommendation),
        materials=materials_of(one, facts, files),
        row_files=tuple(
            (f"{key} {items[key].title}" if key in items else "其他", views)
            for key, views in files.items()
            if key in items or not key
        ),
        facts=tuple(fact_view(name, fact) for name, fact in facts.items()),
        gates=gates,
        gates_left=sum(1 for gate in gates if not gate.answered),
        unmet=tuple(gate.title for gate in gates if not gate.met),
        panel=table.experts is None,
        experts=_experts(tx, row, today),
        advice=f"至少 {table.experts.at_least} 位，建议不少于 {table.experts.warn_below} 位"
        if table.experts
        else "由评审组交一张表，选经手填写的那一位",
        sheets=tuple(_state(tx, sheet) for sheet in sheets),
        waiting=sum(1 for sheet in sheets if sheet.submitted_at is None),
        closing=tuple(
            question(field, {**_known_of_marking(tx, sheets, today), **typed})
            for field in (*REPORT, *one.flow.closing)
        ),
        outcome=result.outcome if result else "",
        passed=bool(result and result.passed),
        licence_title=one.flow.licence.title,
        valid_from=str(typed.get("valid_from") or today.isoformat()),
        valid_to=str(
            typed.get("valid_to") or years_later(today, one.flow.licence.years).isoformat()
        ),
        licence=licence.public_id if licence else "",
        decided=one.stage in DECIDED,
        steps=steps_of(tx, row, with_names=True),
    )


def _known_of_marking(tx: Tx, sheets: Sequence[ScoreSheet], today: date) -> dict[str, str]:
    """What of a report is known already: who marked, and until when."""
    names = [tx.session.get_one(Account, sheet.account_id).name for sheet in sheets]
    return {"people": "、".join(names), "time": format_day(today)}


def _gate(one: Opened, gate: Item, facts: dict[str, Any], typed: Mapping[str, str]) -> GateRow:
    fields = fields_of(gate)
    stored = one.row.gates.get(gate.key)
    fact = gate_fact(one, gate, facts)
    verb = VERBS[gate.verb]
    value = verb.read(gate, stored["value"]) if stored else None
    answer = stored["value"] if stored else fact.answer if fact else None
    met = not stored or verb.met(gate, value)
    inputs = {
        field.name: typed[name]
        for field in fields
        if (name := f"v:{gate.key}:{field.name}" if field.name else f"v:{gate.key}") in typed
    }
    return GateRow(
        key=gate.key,
        title=gate.title or gate.key,
        text=gate.text,
        clause=gate.clause,
        fields=fields,
        typed=inputs or typed_of(fields, answer),
        note=typed.get(f"n:{gate.key}") or (stored["note"] if stored else ""),
        answered=stored is not None,
        verdict=gate_verdict(gate, met) if stored else "",
        said=verb.say(gate, value) if stored and gate.verb != "absent" else "",
        met=met,
        fact=fact,
    )


def _filled(
    form: FlowForm, values: dict[str, Any]
) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    return tuple(
        (
            section.title,
            tuple((field.title, str(values.get(field.key) or "")) for field in section.asked()),
        )
        for section in form.sections
    )


def _asked(form: FlowForm | None, values: dict[str, Any]) -> tuple[tuple[str, Columns], ...]:
    if form is None:
        return ()
    return tuple((section.title, columns_of(section, values)) for section in form.sections)


def _is_whole(form: FlowForm | None, values: dict[str, Any]) -> bool:
    return form is None or not missing(form.fields, values)


def _experts(tx: Tx, row: Assessment, today: date) -> tuple[ExpertLine, ...]:
    """Everybody who may mark, with what stands against it."""
    chosen = {sheet.account_id for sheet in sheets_of(tx.session, row)}
    accounts = tx.session.exec(
        select(Account)
        .where(Account.role == Role.EXPERT, col(Account.disabled_at).is_(None))
        .order_by(col(Account.id))
    )
    return tuple(
        ExpertLine(
            account.public_id,
            account.name,
            account.login,
            tie_of(tx.session, account, row, today) or "",
            account.id in chosen,
        )
        for account in accounts
    )


def _state(tx: Tx, sheet: ScoreSheet) -> SheetState:
    name = tx.session.get_one(Account, sheet.account_id).name
    if sheet.submitted_at is not None:
        return SheetState(name, f"{format_instant(sheet.submitted_at)}提交", True)
    said = f"填了 {len(sheet.rows)} 行" if sheet.rows else "还没有填"
    return SheetState(name, said, False)
