"""One sheet marked: what each row earns, what a stand-in lends, what a choice lets count."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from tracer.domain.errors import Refusal
from tracer.standards.answers import Sheet
from tracer.standards.pack import Item
from tracer.standards.verbs import VERBS


@dataclass(frozen=True)
class Marks:
    """``own``: what each row earned by itself. ``counted``: what adds up to the total.

    ``notes`` says why the two differ.
    """

    own: dict[str, Fraction]
    counted: dict[str, Fraction]
    notes: dict[str, str]


def mark_sheet(items: Mapping[str, Item], sheet: Sheet) -> Marks:
    """The points of one sheet; rows that the sheet leaves out earn nothing."""
    own = {
        key: VERBS[item.verb].points(item, sheet[key].value) if key in sheet else Fraction(0)
        for key, item in items.items()
    }
    notes: dict[str, str] = {}
    _lend(items, sheet, own, notes)
    counted = dict(own)
    for key, best in _best_of_choices(items, own).items():
        if key != best:
            counted[key] = Fraction(0)
            if own[key]:
                notes[key] = f"同类几行只计最高的第 {best} 行，本行不计入总分"
    return Marks(own, counted, notes)


def _lend(
    items: Mapping[str, Item], sheet: Sheet, own: dict[str, Fraction], notes: dict[str, str]
) -> None:
    for key, item in items.items():
        if item.verb != "stand_in" or key not in sheet or sheet[key].value is None:
            continue
        row, mark = sheet[key].value
        target = items.get(row)
        if target is None or target.choice not in item.params["choices"]:
            raise Refusal("bad_answer", f"{item.name}不能参照第 {row} 行，请改填几选一里的行", key)
        verb = VERBS[target.verb]
        lent = verb.points(target, verb.read(target, mark))
        if lent > own[row]:
            own[row] = lent
            notes[row] = f"由第 {key} 行参照本行计分"


def _best_of_choices(items: Mapping[str, Item], own: Mapping[str, Fraction]) -> dict[str, str]:
    """For every row of a choice the row that counts: the highest, of equals the first."""
    best: dict[str, str] = {}
    for key, item in items.items():
        if item.choice and own[key] > own.get(best.get(item.choice, ""), Fraction(-1)):
            best[item.choice] = key
    return {key: best[item.choice] for key, item in items.items() if item.choice}
