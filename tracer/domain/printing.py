"""Where a print run stands: which of its labels are good, and what is to be printed next.

Labels of a run are counted from 1, cells of a sheet from 1 row by row. A roll is a sheet of one
cell. What is printed lies in *places*, counted from 1: the labels one after the other, or, where
the whole run is printed again and again, the labels round after round.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from tracer.domain.words import Word

QR_FORM = "2025-qr"  # a small label that shows the certificate by its code
TRACE_FORM = "trace"  # a label of goods without a certificate
PRINTS_A_FILE = 4800  # 200 sheets of 24: a file that any office printer takes
OWN_STOCK = "own:"  # before the public id of a producer's own paper, where a print names it

Ranges = tuple[tuple[int, int], ...]  # firsts and lasts of labels, in order and apart


class StepKind(StrEnum):
    """What can happen to labels of a run."""

    JAMMED = "jammed"  # all before ``first`` came out well
    RESUMED = "resumed"
    REPRINTED = "reprinted"
    SPOILED = "spoiled"
    FINISHED = "finished"


class ReprintReason(Word):
    """Why a label was printed once more under its own number."""

    JAM = "jam", "卡纸"
    LOST = "lost", "弄丢了"
    DAMAGED = "damaged", "弄坏了"


@dataclass(frozen=True)
class Layout:
    """How a run lies on its paper: labels, cells of a sheet, and copies of each label.

    Copies that stay ``together`` share a place and are never parted by the end of a sheet. Others
    are collated: the whole run once for each copy.
    """

    count: int
    cells: int = 1
    start_cell: int = 1
    copies: int = 1
    together: bool = False

    @property
    def rounds(self) -> int:
        """How often the whole run is printed."""
        return 1 if self.together else self.copies

    @property
    def places(self) -> int:
        """How many places the run has."""
        return self.count * self.rounds

    @property
    def prints(self) -> int:
        """How many prints lie at each place."""
        return self.copies if self.together else 1

    @property
    def _group(self) -> int:
        return self.prints if self.prints <= self.cells else 1

    @property
    def _full(self) -> int:
        """Prints on a whole sheet."""
        return self.cells // self._group * self._group

    def of(self, part: Part) -> Layout:
        """How a part of the run lies: what is reprinted is printed once, whatever the copies."""
        return self if part.copies == self.prints else replace(self, copies=part.copies)

    def room(self, cell: int) -> int:
        """Prints that a sheet takes from a cell on."""
        return (self.cells - cell + 1) // self._group * self._group

    def cell_after(self, cell: int, places: int) -> int:
        """The first free cell after so many printed places from ``cell`` on."""
        prints, room = places * self.prints, self.room(cell)
        last = cell - 1 + prints if prints <= room else (prints - room - 1) % self._full + 1
        return last % self.cells + 1

    def places_on(self, cell: int, sheets: int) -> int:
        """How many places so many sheets take, the first one from ``cell`` on; at least 1."""
        return max(1, (self.room(cell) + (sheets - 1) * self._full) // self.prints)

    def label(self, place: int) -> int:
        """The label at a place."""
        return (place - 1) % self.count + 1

    def labels(self, first: int, last: int, without: Ranges = ()) -> Iterator[int]:
        """The labels at places ``first`` … ``last``, in their order and ``without`` some."""
        begins = [begin for begin, _ in without]
        for place in range(first, last + 1):
            label = self.label(place)
            at = bisect_right(begins, label) - 1
            if at < 0 or without[at][1] < label:
                yield label

    def printed(self, first: int, last: int, without: Ranges) -> int:
        """How many of the places ``first`` … ``last`` are printed ``without`` some labels."""
        return max(0, self._printed_up_to(last, without) - self._printed_up_to(first - 1, without))

    def reach(self, first: int, printed: int, without: Ranges) -> int:
        """The last place that ``printed`` places from ``first`` on lead to, ``without`` some."""
        before, rest = self._printed_up_to(first - 1, without), range(first, self.places + 1)

        def so_far(place: int) -> int:
            return self._printed_up_to(place, without) - before

        return first - 1 + bisect_right(rest, printed, key=so_far)

    def told(self, first: int, last: int | None = None) -> str:
        """Places in words: 第 5 张, 第 5 到 9 张, 第 2 遍第 5 张."""
        last = first if last is None else last
        begin, end = self.label(first), self.label(last)
        if self._round(first) != self._round(last):
            return f"{self.told(first)}到{self.told(last)}"
        labels = f"第 {begin} 张" if begin == end else f"第 {begin} 到 {end} 张"
        return f"第 {self._round(first)} 遍{labels}" if self.rounds > 1 else labels

    def told_up_to(self, place: int) -> str:
        """All places up to one in words: 前 5 张, 第 2 遍前 5 张."""
        if self.rounds == 1:
            return f"前 {place} 张"
        return f"第 {self._round(place)} 遍前 {self.label(place)} 张"

    def told_good(self, place: int) -> str:
        """That all places up to one came out, in words; ``place`` may be 0."""
        return f"{self.told_up_to(place)}是好的" if place else "一张好的也没有"

    def _round(self, place: int) -> int:
        return (place - 1) // self.count + 1

    def _printed_up_to(self, place: int, without: Ranges) -> int:
        rounds, label = divmod(place, self.count)
        left_out = sum(
            rounds * (last - first + 1) + max(0, min(last, label) - first + 1)
            for first, last in without
        )
        return place - left_out


@dataclass(frozen=True)
class Step:
    """One thing that happened to ``first`` … ``last``.

    Labels where they were reprinted or spoiled, else places.
    """

    kind: StepKind
    first: int
    last: int
    start_cell: int = 1


@dataclass(frozen=True)
class Part:
    """Places ``first`` … ``last``, to be printed from ``start_cell`` of a sheet on.

    ``copies`` prints lie at each of them.
    """

    first: int
    last: int
    start_cell: int = 1
    copies: int = 1

    @property
    def count(self) -> int:
        return self.last - self.first + 1


@dataclass(frozen=True)
class Standing:
    """``good`` places from the first on came out; ``cell`` is where the next one goes.

    ``jammed``: the printer stopped, and where it goes on has not been said. ``left_out`` are the
    labels that were spoiled before the printing that now goes on was begun: they are not in it.
    Those spoiled since were printed, or nobody would have seen them spoiled.
    """

    good: int
    cell: int
    jammed: bool
    left_out: Ranges = ()


def standing(layout: Layout, steps: Iterable[Step]) -> Standing:
    """What the steps of a run, oldest first, come to."""
    good, jammed = 0, False
    begun, cell = 1, layout.start_cell  # where the printing that goes on began
    left_out: Ranges = ()
    spoils: list[Step] = []
    for step in steps:
        match step.kind:
            case StepKind.JAMMED:
                good, jammed = step.first - 1, True
            case StepKind.RESUMED:
                good, jammed = step.first - 1, False
                begun, cell, left_out = step.first, step.start_cell, spoiled(spoils)
            case StepKind.FINISHED:
                good, jammed = step.last, False
                cell = layout.cell_after(cell, layout.printed(begun, good, left_out))
                begun, left_out = good + 1, spoiled(spoils)
            case StepKind.SPOILED:
                spoils.append(step)
            case StepKind.REPRINTED:
                pass
    return Standing(good, cell, jammed, left_out)


def next_part(layout: Layout, at: Standing, most: int) -> Part | None:
    """What to print next: up to about ``most`` prints and whole sheets; None where all is good."""
    if at.good == layout.places:
        return None
    room = layout.places_on(at.cell, max(1, most // layout.cells))
    last = layout.reach(at.good + 1, room, at.left_out)
    return Part(at.good + 1, last, at.cell, layout.prints)


def spoiled(steps: Iterable[Step]) -> Ranges:
    """The labels that steps told as spoiled."""
    found: list[tuple[int, int]] = []
    for step in sorted(
        (step for step in steps if step.kind is StepKind.SPOILED), key=lambda step: step.first
    ):
        if found and step.first <= found[-1][1] + 1:
            found[-1] = found[-1][0], max(found[-1][1], step.last)
        else:
            found.append((step.first, step.last))
    return tuple(found)


def covered(steps: Iterable[Step], kind: StepKind, number: int) -> int:
    """How many steps of a kind label ``number`` is in."""
    return sum(step.kind is kind and step.first <= number <= step.last for step in steps)


def labels_in(steps: Iterable[Step], kind: StepKind) -> int:
    """How many labels the steps of a kind name, each as often as it is named."""
    return sum(step.last - step.first + 1 for step in steps if step.kind is kind)
