"""The scored table: every row, who gave what and why, computed again from stored answers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from tracer.domain.clock import format_instant
from tracer.domain.errors import NotFound
from tracer.queries.assessment.licences import licence_of
from tracer.queries.assessment.parts import REPORT, Opened, find, gate_verdict, opened
from tracer.queries.assessment.replay import recompute
from tracer.standards import explain
from tracer.standards.answers import Answers, Sheet, read_answers
from tracer.standards.assessment import ItemScore
from tracer.standards.exact import plain
from tracer.standards.explanation import Explanation
from tracer.standards.pack import Item
from tracer.standards.verbs import VERBS
from tracer.store.assessments import sheets_of
from tracer.store.tables import Account, Assessment, AssessmentResult, LogLeaf
from tracer.store.world import Tx


@dataclass(frozen=True)
class Given:
    """What one sheet says about a row."""

    who: str
    said: str


@dataclass(frozen=True)
class RowView:
    """One row: what it brought of what it can bring; ``marks`` are who gave it and what."""

    key: str
    title: str
    indicator: str
    text: str
    remark: str
    mandatory: bool
    clause: str
    points: str
    most: str
    short: bool
    why: str
    marks: tuple[Given, ...]


@dataclass(frozen=True)
class GroupView:
    """One section of the table with its subtotal."""

    title: str
    points: str
    most: str
    rows: tuple[RowView, ...]


@dataclass(frozen=True)
class GateView:
    """One condition that is looked at before any mark."""

    title: str
    text: str
    clause: str
    verdict: str
    said: str  # what the verdict does not say already, and the note
    met: bool


@dataclass(frozen=True)
class WayStep:
    """One act on the shortest way to the goal."""

    key: str
    title: str
    act: str
    gain: str
    must: bool


@dataclass(frozen=True)
class ResultPage:
    """A result. ``agrees`` is whether computing it again gives what was stored.

    ``total`` is empty where a condition closed the way before anything was marked.
    """

    id: str
    number: str
    mark: str
    subject: str
    holder: str
    product_id: str
    base_id: str
    organisation: str
    standard: str
    table: str
    edition: str
    digest: str
    closed_at: str
    outcome: str
    passed: bool
    total: str
    most: str
    pass_at: str
    counted: bool  # points decide, rather than clauses that are met
    experts: int
    gates: tuple[GateView, ...]
    groups: tuple[GroupView, ...]
    vetoes: tuple[tuple[str, str], ...]
    warnings: tuple[str, ...]
    notes: tuple[str, ...]
    goal: str
    gap: str
    way: tuple[WayStep, ...]
    reached: bool
    agrees: bool
    leaf_hash: str
    log_index: int
    facts: tuple[tuple[str, str], ...]
    licence: str


def result_page(tx: Tx, row: Assessment, names: bool = False) -> ResultPage:
    """The result of an assessment; ``names`` tells the experts' names, else they are numbered."""
    stored = tx.session.get(AssessmentResult, row.id)
    if stored is None:
        raise NotFound("这份申请还没有出结果")
    one = opened(tx, row)
    told = explain(one.pack, stored.answers)
    given = read_answers(one.pack, stored.answers)
    scored, end = told.assessment, told.assessment.table.outcome
    leaf = tx.session.get(LogLeaf, stored.log_index)
    licence = licence_of(tx, row)
    return ResultPage(
        id=row.public_id,
        number=row.number,
        mark=one.flow.mark,
        subject=one.subject.name,
        holder=one.subject.holder if names else one.subject.public_holder,
        product_id=one.subject.product_id,
        base_id=one.subject.base_id,
        organisation=one.call.organisation,
        standard=one.standard,
        table=scored.table.title,
        edition=one.pack.ref,
        digest=stored.digest,
        closed_at=format_instant(stored.closed_at),
        outcome=stored.outcome,
        passed=stored.passed,
        total="" if scored.published is None else plain(Fraction(scored.published)),
        most="" if scored.table.total is None else plain(scored.table.total),
        pass_at="" if end.pass_at is None else plain(end.pass_at),
        counted=end.rule == "threshold",
        experts=len(given.sheets) if one_by_one(given) else 0,
        gates=tuple(_gates(given)),
        groups=tuple(_groups(one, told, _named(tx, row, given, names))),
        vetoes=tuple((veto.title or veto.key, f"{veto.text} {veto.why}") for veto in scored.vetoes),
        warnings=scored.warnings,
        notes=scored.table.notes,
        goal=told.goal,
        gap=plain(told.gap),
        way=tuple(
            WayStep(step.key, step.title, step.act, plain(step.gain), step.must)
            for step in told.way
        ),
        reached=told.reached,
        agrees=not recompute(tx, stored).problem,
        leaf_hash=leaf.leaf_hash.hex() if leaf else "",
        log_index=stored.log_index,
        facts=(
            *((field.title, str(row.report.get(field.key) or "")) for field in REPORT),
            *(
                (field.title, str(row.report.get("more", {}).get(field.key) or ""))
                for field in one.flow.closing
            ),
        ),
        licence=licence.public_id if licence else "",
    )


def published_result(tx: Tx, public_id: str) -> ResultPage:
    """The result behind a licence: what brought none is nobody's business but the applicant's."""
    row = find(tx, public_id)
    if licence_of(tx, row) is None:
        raise NotFound("没有这份评价结果，请检查地址")
    return result_page(tx, row)


def _named(tx: Tx, row: Assessment, given: Answers, names: bool) -> list[tuple[str, Sheet]]:
    """The sheets, each under the name it may be shown with: 专家1 was the first to be asked."""
    if not one_by_one(given):
        return [("评审组", sheet) for sheet in given.sheets.values()]
    if not names:
        return list(given.sheets.items())
    asked = sheets_of(tx.session, row)
    people = [tx.session.get_one(Account, sheet.account_id).name for sheet in asked]
    return list(zip(people, given.sheets.values(), strict=True))


def one_by_one(given: Answers) -> bool:
    """Whether each expert filled a sheet, rather than a panel one together."""
    return given.table.experts is not None


def _gates(given: Answers) -> Iterator[GateView]:
    closed = {gate.key for gate in given.closed}
    for gate in given.table.gates:
        answer = given.gates[gate.key]
        said = "" if gate.verb == "absent" else VERBS[gate.verb].say(gate, answer.value)
        met = gate.key not in closed
        yield GateView(
            gate.title or gate.key,
            gate.text,
            gate.clause,
            gate_verdict(gate, met),
            "。".join(filter(None, (said, answer.note))),
            met,
        )


def _groups(one: Opened, told: Explanation, sheets: list[tuple[str, Sheet]]) -> Iterator[GroupView]:
    rows = {score.item.key: score for score in told.assessment.items}
    totals = {group.key: group for group in told.assessment.groups}
    table = told.assessment.table
    for group, items in one.pack.groups_in(table.key):
        if not rows:
            return
        total = totals[group.key]
        yield GroupView(
            group.label or group.title,
            plain(total.points),
            "" if total.max is None else plain(total.max),
            tuple(_row(item, rows[item.key], sheets) for item in items),
        )


def _row(item: Item, score: ItemScore, sheets: list[tuple[str, Sheet]]) -> RowView:
    verb = VERBS[item.verb]
    marks = tuple(Given(who, _said(item, sheet)) for who, sheet in sheets if item.key in sheet)
    dropped = score.points != score.given
    return RowView(
        key=item.key,
        title=item.title,
        indicator=item.indicator,
        text=item.text,
        remark=item.remark,
        mandatory=item.mandatory,
        clause=item.clause,
        points=plain(score.points),
        most=verb.worth(item),
        short=score.short,
        why="同类几行只计最高的一行，本行不计入总分" if dropped else "",
        marks=marks,
    )


def _said(item: Item, sheet: Sheet) -> str:
    answer = sheet[item.key]
    said = VERBS[item.verb].say(item, answer.value)
    return f"{said}。{answer.note}" if answer.note else said
