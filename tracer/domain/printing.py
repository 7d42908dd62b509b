"""Where a print run stands: which of its labels are good, and what is to be printed next.

Labels of a run are counted from 1, cells of a sheet from 1 row by row. A roll is a sheet of one
cell.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from tracer.domain.words import Word

QR_FORM = "2025-qr"  # a small label that shows the certificate by its code
TRACE_FORM = "trace"  # a label of goods without a certificate
PRINTS_A_FILE = 4800  # 200 sheets of 24: a file that any office printer takes
OWN_STOCK = "own:"  # before the public id of a producer's own paper, where a print names it


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
    """How a run lies on its paper: labels, cells of a sheet, and prints of each label.

    Copies that stay ``together`` are never parted by the end of a sheet.
    """

    count: int
    cells: int = 1
    start_cell: int = 1
    copies: int = 1
    together: bool = False

    @property
    def _group(self) -> int:
        return self.copies if self.together and self.copies <= self.cells else 1

    @property
    def _full(self) -> int:
        """Prints on a whole sheet."""
        return self.cells // self._group * self._group

    def room(self, cell: int) -> int:
        """Prints that a sheet takes from a cell on."""
        return (self.cells - cell + 1) // self._group * self._group

    def cell_after(self, cell: int, labels: int) -> int:
        """The first free cell after so many labels from ``cell`` on."""
        prints, room = labels * self.copies, self.room(cell)
        last = cell - 1 + prints if prints <= room else (prints - room - 1) % self._full + 1
        return last % self.cells + 1

    def labels_on(self, cell: int, sheets: int) -> int:
        """How many labels so many sheets take, the first one from ``cell`` on; at least 1."""
        return max(1, (self.room(cell) + (sheets - 1) * self._full) // self.copies)


@dataclass(frozen=True)
class Step:
    """One thing that happened to labels ``first`` … ``last``."""

    kind: StepKind
    first: int
    last: int
    start_cell: int = 1


@dataclass(frozen=True)
class Part:
    """Labels ``first`` … ``last``, to be printed from ``start_cell`` of a sheet on."""

    first: int
    last: int
    start_cell: int = 1
    copies: int = 1

    @property
    def count(self) -> int:
        return self.last - self.first + 1


@dataclass(frozen=True)
class Standing:
    """``good`` labels from the first on came out; ``cell`` is where the next one goes.

    ``jammed``: the printer stopped, and where it goes on has not been said.
    """

    good: int
    cell: int
    jammed: bool


def standing(layout: Layout, steps: Iterable[Step]) -> Standing:
    """What the steps of a run, oldest first, come to."""
    good, cell, jammed = 0, layout.start_cell, False
    for step in steps:
        match step.kind:
            case StepKind.JAMMED:
                good, jammed = step.first - 1, True
            case StepKind.RESUMED:
                good, cell, jammed = step.first - 1, step.start_cell, False
            case StepKind.FINISHED:
                cell = layout.cell_after(cell, step.last - good)
                good, jammed = step.last, False
            case StepKind.REPRINTED | StepKind.SPOILED:
                pass
    return Standing(good, cell, jammed)


def next_part(layout: Layout, at: Standing, most: int) -> Part | None:
    """What to print next: up to about ``most`` prints and whole sheets; None where all is good."""
    if at.good == layout.count:
        return None
    room = layout.labels_on(at.cell, max(1, most // layout.cells))
    last = min(layout.count, at.good + room)
    return Part(at.good + 1, last, at.cell, layout.copies)


def covered(steps: Iterable[Step], kind: StepKind, number: int) -> int:
    """How many steps of a kind label ``number`` is in."""
    return sum(step.kind is kind and step.first <= number <= step.last for step in steps)


def labels_in(steps: Iterable[Step], kind: StepKind) -> int:
    """How many labels the steps of a kind name, each as often as it is named."""
    return sum(step.last - step.first + 1 for step in steps if step.kind is kind)
