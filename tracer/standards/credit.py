"""Running scores: an index that is a pure function of postings, and the amount of each posting.

A posting says that something happened in one row of a table: ``{"n": 1}``, ``{"prints": 2500}``,
``{"good": 1, "all": 1}``, ``{"false": 1}``; a correction posts negative numbers. Postings fold into
tallies, tallies give points by the pack's own rules, and because folding is addition the order of
postings does not matter.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, Protocol

from tracer.domain.errors import Refusal
from tracer.standards.answers import read_exempt
from tracer.standards.assessment import grade_of
from tracer.standards.exact import half_up
from tracer.standards.pack import Grade, Item, Pack
from tracer.standards.verbs import VERBS

Tally = Mapping[str, int]
Tallies = Mapping[str, Tally]
"""Counts by row key, as ``{"C.2-5": {"n": 12}, "C.2-11": {"good": 9, "all": 10}}``."""


class Posting(Protocol):
    """What happened in one row: signed counts by name."""

    @property
    def row(self) -> str: ...

    @property
    def fact(self) -> Mapping[str, int]: ...


@dataclass(frozen=True)
class RowPoints:
    """The points of one row, and the tally they come from (or the exemption that holds)."""

    item: Item
    points: Fraction
    tally: Mapping[str, Any]
    exemption: str = ""

    @property
    def why(self) -> str:
        """The sentence that explains the points."""
        verb = VERBS[self.item.verb]
        return self.exemption or verb.say(self.item, verb.read(self.item, self.tally or None))


@dataclass(frozen=True)
class CreditIndex:
    """``total`` is exact, ``published`` rounded once, ``grade`` found by the published value."""

    total: Fraction
    published: Decimal
    grade: Grade
    rows: tuple[RowPoints, ...]


def fold(postings: Iterable[Posting]) -> dict[str, dict[str, int]]:
    """The tallies that the postings add up to, whatever their order; zeroes are left out."""
    tallies: dict[str, dict[str, int]] = {}
    for posting in postings:
        tallies[posting.row] = added(tallies.get(posting.row, {}), posting.fact)
    return {row: tally for row, tally in sorted(tallies.items()) if tally}


def added(tally: Tally, fact: Tally) -> dict[str, int]:
    """The tally after one more posting; counts that come to zero are left out."""
    names = sorted({*tally, *fact})
    sums = {name: tally.get(name, 0) + fact.get(name, 0) for name in names}
    return {name: number for name, number in sums.items() if number}


def points(pack: Pack, row: str, tally: Mapping[str, Any]) -> Fraction:
    """Exact points of one row for its tally; a Refusal for a row or a count it does not know."""
    return _points(pack.scored(pack.table_of(row))[row], tally)


def _points(item: Item, tally: Mapping[str, Any]) -> Fraction:
    verb = VERBS[item.verb]
    return verb.points(item, verb.read(item, tally or None))


def delta(pack: Pack, row: str, before: Tally, fact: Tally) -> Fraction:
    """By how much a posting changes its row's points, given the row's tally before it.

    The amounts of all postings of a row add up to the row's points.
    """
    return points(pack, row, added(before, fact)) - points(pack, row, before)


def index(
    pack: Pack,
    table: str,
    tallies: Tallies,
    *,
    members: Iterable[Fraction] = (),
    exempt: Collection[str] = (),
) -> CreditIndex:
    """The index of one subject or product from its tallies.

    ``members`` are the exact totals of the active products whose mean a subject's table counts.
    ``exempt`` names the exemptions that hold; their rows bring nothing. Whether a table rates
    somebody at all is :func:`rates`. A Refusal names an unknown row or a bad count.
    """
    items = pack.scored(table)
    for row in tallies:
        if row not in items:
            where = pack.table_of(row)
            raise Refusal("wrong_table", f"第 {row} 行记在 {where} 表，不记在 {table} 表", row)
    held = read_exempt(pack.table(table), exempt)
    totals = list(members)
    rows = []
    for key, item in items.items():
        tally: Mapping[str, Any] = tallies.get(key, {})
        if item.verb == "mean" and totals:
            tally = {"sum": sum(totals, Fraction(0)), "n": len(totals)}
        exemption = next((e.text for e in held if key in e.rows), "")
        earned = _points(item, tally) if tally and not exemption else Fraction(0)
        rows.append(RowPoints(item, earned, tally, exemption))
    total = sum((row.points for row in rows if row.points), Fraction(0))
    published = half_up(total, pack.table(table).outcome.places)
    return CreditIndex(total, published, grade_of(pack, published), tuple(rows))


def rates(pack: Pack, table: str, kind: str) -> bool:
    """Whether a table rates this kind of subject at all (households are not rated as subjects)."""
    return not any(e.outcome and e.key == kind for e in pack.table(table).exemptions)
