"""score(pack, answers): points, subtotals, vetoes and the outcome, every one with its reason."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from tracer.standards.answers import Answers, Sheet, read_answers
from tracer.standards.exact import exact, half_up, json_number, plain
from tracer.standards.pack import Grade, Item, Pack, Table, most
from tracer.standards.sheet import mark_sheet
from tracer.standards.verbs import VERBS


@dataclass(frozen=True)
class ItemScore:
    """What one row brought. ``points`` add up to the total; ``given`` is what the row itself earned
    before a choice between rows dropped it. ``max`` is None where there is no limit."""

    item: Item
    points: Fraction
    given: Fraction
    max: Fraction | None
    why: str

    @property
    def short(self) -> bool:
        """Whether the row is below its maximum."""
        return self.max is not None and self.given < self.max


@dataclass(frozen=True)
class Veto:
    """A reason that decides against, whatever the total."""

    key: str
    title: str
    text: str
    why: str


@dataclass(frozen=True)
class Subtotal:
    """What one section brought."""

    key: str
    title: str
    points: Fraction
    max: Fraction | None


@dataclass(frozen=True)
class Assessment:
    """A table scored. ``total`` and ``published`` are None where nothing was marked (a closed gate,
    a subject that is not rated). ``passed`` is None for grades."""

    pack: Pack
    table: Table
    total: Fraction | None
    published: Decimal | None
    outcome: str
    passed: bool | None
    grade: Grade | None
    items: tuple[ItemScore, ...]
    groups: tuple[Subtotal, ...]
    vetoes: tuple[Veto, ...]
    warnings: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """The JSON answer. Numbers are rounded for reading; ``total_exact`` is the fraction."""
        return {
            "standard": self.pack.id,
            "edition": self.pack.edition,
            "sha256": self.pack.digest,
            "table": self.table.key,
            "total": None if self.published is None else json_number(self.published),
            "total_exact": None if self.total is None else str(self.total),
            "outcome": self.outcome,
            "passed": self.passed,
            "items": [
                {
                    "key": row.item.key,
                    "title": row.item.title,
                    "points": json_number(half_up(row.points, 4)),
                    "max": None if row.max is None else json_number(row.max),
                    "why": row.why,
                }
                for row in self.items
            ],
            "groups": [
                {
                    "key": group.key,
                    "title": group.title,
                    "points": json_number(half_up(group.points, 4)),
                    "max": None if group.max is None else json_number(group.max),
                }
                for group in self.groups
            ],
            "vetoes": [vars(veto) for veto in self.vetoes],
            "warnings": list(self.warnings),
        }


def score(pack: Pack, answers: object) -> Assessment:
    """The assessment of one table of ``pack``. ``answers`` as in :mod:`tracer.standards.answers`.

    Exact throughout; the total is rounded once, for reading. A Refusal names the row at fault.
    """
    given = read_answers(pack, answers)
    table, end = given.table, given.table.outcome
    if given.closed:
        vetoes = tuple(
            Veto(gate.key, gate.title, gate.text, _say(gate, given.gates)) for gate in given.closed
        )
        return _unmarked(pack, table, end.blocked, vetoes)
    for exemption in given.exempt:
        if exemption.outcome:
            return _unmarked(pack, table, exemption.outcome, (), (exemption.text,))

    rows = tuple(_rows(pack, given))
    total = sum((row.points for row in rows), Fraction(0))
    published = half_up(total, end.places)
    vetoes = (*_short_rows(rows), *_short_choices(table, rows))
    grade = grade_of(pack, published) if end.rule == "grades" else None
    passed = None if grade else not vetoes and (end.pass_at is None or total >= end.pass_at)
    return Assessment(
        pack=pack,
        table=table,
        total=total,
        published=published,
        outcome=grade.name if grade else end.passed if passed else end.failed,
        passed=passed,
        grade=grade,
        items=rows,
        groups=tuple(_subtotals(pack, table, rows)),
        vetoes=vetoes,
        warnings=_warnings(given, rows, total, published),
    )


def grade_of(pack: Pack, published: Decimal) -> Grade:
    """The grade that a published total stands for."""
    for grade in pack.grades:
        if grade.at_least is None or exact(published) >= grade.at_least:
            return grade
    raise AssertionError("the loader sees to a lowest grade")


def _unmarked(
    pack: Pack,
    table: Table,
    outcome: str,
    vetoes: tuple[Veto, ...],
    warnings: tuple[str, ...] = (),
) -> Assessment:
    passed = False if vetoes else None
    return Assessment(pack, table, None, None, outcome, passed, None, (), (), vetoes, warnings)


def _rows(pack: Pack, given: Answers) -> Iterator[ItemScore]:
    items = pack.scored(given.table.key)
    marks = [mark_sheet(items, sheet) for sheet in given.sheets.values()]
    for key, item in items.items():
        exemption = given.exemption(key)
        if exemption:
            yield ItemScore(item, Fraction(0), Fraction(0), Fraction(0), exemption.text)
            continue
        own = _mean([one.own[key] for one in marks])
        waived = any(
            VERBS[item.verb].waived(item, sheet[key].value) for sheet in given.sheets.values()
        )
        yield ItemScore(
            item,
            points=_mean([one.counted[key] for one in marks]),
            given=own,
            max=Fraction(0) if waived else item.max,
            why=_why(item, given, own, [one.notes[key] for one in marks if key in one.notes]),
        )


def _why(item: Item, given: Answers, own: Fraction, notes: list[str]) -> str:
    said = "；".join(
        (f"{name}：" if name else "") + _say(item, sheet) for name, sheet in given.sheets.items()
    )
    if len(given.sheets) > 1:
        said = f"{len(given.sheets)} 位专家平均 {plain(own)} 分（{said}）"
    return "；".join([said, *notes])


def _say(item: Item, sheet: Sheet) -> str:
    answer = sheet[item.key]
    said = VERBS[item.verb].say(item, answer.value)
    return f"{said}。{answer.note}" if answer.note else said


def _mean(values: list[Fraction]) -> Fraction:
    return sum(values, Fraction(0)) / len(values)


def _short_rows(rows: tuple[ItemScore, ...]) -> Iterator[Veto]:
    for row in rows:
        if row.item.mandatory and row.short:
            yield Veto(row.item.key, row.item.title, row.item.text, f"没有达到：{row.why}")


def _short_choices(table: Table, rows: tuple[ItemScore, ...]) -> Iterator[Veto]:
    for choice in table.choices:
        chosen = [row for row in rows if row.item.choice == choice.key]
        if choice.mandatory and all(row.short for row in chosen):
            keys = "、".join(row.item.key for row in chosen)
            why = f"第 {keys} 行里必须有一行得满分，现在没有"
            texts = " / ".join(row.item.text for row in chosen)
            yield Veto(choice.key, choice.title, texts, why)


def _subtotals(pack: Pack, table: Table, rows: tuple[ItemScore, ...]) -> Iterator[Subtotal]:
    points = {row.item.key: row.points for row in rows}
    for group, items in pack.groups_in(table.key):
        total = sum((points[item.key] for item in items), Fraction(0))
        yield Subtotal(group.key, group.label or group.title, total, most(items))


def _warnings(
    given: Answers, rows: tuple[ItemScore, ...], total: Fraction, published: Decimal
) -> tuple[str, ...]:
    said = [row.item.warning for row in rows if row.item.warning and row.short]
    said += [
        f"{row.item.name}记为不适用，请复核理由"
        for row in rows
        if row.item.max and row.max == 0 and not given.exemption(row.item.key)
    ]
    experts, pass_at = given.table.experts, given.table.outcome.pass_at
    if experts and len(given.sheets) < experts.warn_below:
        said.append(f"只有 {len(given.sheets)} 位专家打分，建议至少 {experts.warn_below} 位")
    if pass_at is not None and total < pass_at <= exact(published):
        said.append(f"取整前的总分略低于 {plain(pass_at)} 分，按取整前的判定")
    return tuple(said)
