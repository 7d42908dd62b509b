"""What is missing to pass or to reach the next grade, and the shortest way there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from tracer.standards.answers import read_answers
from tracer.standards.assessment import Assessment, ItemScore, score
from tracer.standards.exact import exact, json_number, plain
from tracer.standards.pack import Choice, Pack
from tracer.standards.verbs import VERBS


@dataclass(frozen=True)
class Step:
    """One row that can still bring points: ``gain`` each time, at most ``times`` (None: no limit).

    In a way to the goal ``times`` is how often it is needed. ``must`` clears a veto.
    """

    key: str
    title: str
    gain: Fraction
    times: int | None
    act: str
    must: bool = False


@dataclass(frozen=True)
class Explanation:
    """Where an assessment stands.

    ``goal`` names what comes next (empty: nothing above), ``gap`` the points it still takes.
    ``open`` are all rows that can bring more, the largest gain first; ``way`` is the shortest
    choice of them, vetoes first; ``reached`` is whether the way gets there.
    """

    assessment: Assessment
    goal: str
    gap: Fraction
    open: tuple[Step, ...]
    way: tuple[Step, ...]
    reached: bool

    def as_dict(self) -> dict[str, Any]:
        """The JSON answer."""
        return {
            "goal": self.goal,
            "gap": json_number(self.gap),
            "reached": self.reached,
            "way": [_step(step) for step in self.way],
            "open": [_step(step) for step in self.open],
        }


def explain(pack: Pack, answers: object) -> Explanation:
    """The way from these answers to a pass or to the next grade; refuses what ``score`` refuses.

    Shortest means fewest acts: vetoes first, because nothing passes with them, then whatever
    brings most at once. A closed gate has no way round it: ``way`` is empty, ``reached`` false.
    """
    assessment = score(pack, answers)
    goal, gap = _goal(assessment)
    if assessment.total is None:
        return Explanation(assessment, goal, gap, (), (), reached=False)
    steps = sorted(_steps(pack, answers, assessment), key=lambda s: (not s.must, -s.gain))
    way, left = shortest(steps, gap)
    return Explanation(assessment, goal, gap, tuple(steps), way, reached=left <= 0)


def shortest(steps: Iterable[Step], gap: Fraction) -> tuple[tuple[Step, ...], Fraction]:
    """The first of the steps that close the gap, all that must be among them, and what is left."""
    way, left = [], gap
    for step in steps:
        if left <= 0 and not step.must:
            break
        need = 1 if step.must else -(-left // step.gain)
        times = need if step.times is None else min(step.times, need)
        way.append(Step(step.key, step.title, step.gain, int(times), step.act, step.must))
        left -= step.gain * times
    return tuple(way), left


def _goal(assessment: Assessment) -> tuple[str, Fraction]:
    end = assessment.table.outcome
    if end.rule != "grades":
        total = assessment.total or Fraction(0)
        missing = max(Fraction(0), (end.pass_at or Fraction(0)) - total)
        return "" if assessment.passed else end.passed, missing
    if assessment.published is None:
        return "", Fraction(0)
    published = exact(assessment.published)
    for grade in reversed(assessment.pack.grades):
        if grade.at_least is not None and grade.at_least > published:
            # What people read is what counts: 269.96 is published as 270, and 30 more is 300.
            return grade.name, grade.at_least - published
    return "", Fraction(0)


def _steps(pack: Pack, answers: object, assessment: Assessment) -> Iterator[Step]:
    """What each row, and each choice as a whole, can still bring."""
    rooms = _rooms(pack, answers)
    choices: dict[str, list[ItemScore]] = {}
    for row in assessment.items:
        if row.item.choice:
            choices.setdefault(row.item.choice, []).append(row)
        elif row.item.key in rooms:
            gain, times, act = rooms[row.item.key]
            must = row.item.mandatory and row.short
            yield Step(row.item.key, row.item.title, gain, times, act, must)
    for choice in assessment.table.choices:
        yield from _lift(choice, choices.get(choice.key, []))


def _lift(choice: Choice, rows: list[ItemScore]) -> Iterator[Step]:
    """What a choice can still bring: a veto is cleared by the row that misses least, points are
    won by the row that is worth most."""
    short = [(row, row.max) for row in rows if row.max is not None and row.short]
    if not short:
        return
    must = choice.mandatory and all(row.short for row in rows)
    if must:
        row, full = min(short, key=lambda pair: pair[1] - pair[0].given)
    else:
        row, full = max(short, key=lambda pair: pair[1])
    gain = max(Fraction(0), full - sum((row.points for row in rows), Fraction(0)))
    if must or gain:
        act = f"评到满分 {plain(full)} 分"
        yield Step(row.item.key, row.item.title, gain, 1, act, must)


def _rooms(pack: Pack, answers: object) -> dict[str, tuple[Fraction, int | None, str]]:
    """By row: what it can still bring, on the mean of all sheets."""
    given = read_answers(pack, answers)
    found: dict[str, tuple[Fraction, int | None, str]] = {}
    for key, item in pack.scored(given.table.key).items():
        rooms = [
            room
            for sheet in given.sheets.values()
            if key in sheet and (room := VERBS[item.verb].room(item, sheet[key].value))
        ]
        if rooms:
            gain = sum((room.gain for room in rooms), Fraction(0)) / len(given.sheets)
            act = rooms[0].act if len(given.sheets) == 1 else f"评到满分，加 {plain(gain)} 分"
            found[key] = gain, rooms[0].times, act
    return found


def _step(step: Step) -> dict[str, Any]:
    return {
        "key": step.key,
        "title": step.title,
        "gain": json_number(step.gain),
        "times": step.times,
        "act": step.act,
        "must": step.must,
    }
