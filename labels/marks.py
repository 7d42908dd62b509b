"""What a laid-out label consists of.  Lengths in mm from the top left corner of the label."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from labels.qr import Symbol


@dataclass(frozen=True, slots=True)
class Text:
    """One line; `y` is the baseline, `advances` the distance from each character to the next.

    `spacing` comes on top, between characters; `heavier` is what strokes gain in width.
    """

    text: str
    x: float
    y: float
    size: float
    face: str
    advances: tuple[float, ...]
    spacing: float = 0
    heavier: float = 0


@dataclass(frozen=True, slots=True)
class Bar:
    """A filled rectangle: hairlines and frames."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Choice:
    """A small square, ticked or empty."""

    x: float
    y: float
    side: float
    ticked: bool


@dataclass(frozen=True, slots=True)
class Code:
    """A QR symbol; `x`, `y` is its first module's corner, quiet zone not counted."""

    x: float
    y: float
    module: float
    symbol: Symbol


@dataclass(frozen=True, slots=True)
class Picture:
    """The user's own picture in dots of the device; `bits` are packed rows, black = 1."""

    x: float
    y: float
    dot: float
    columns: int
    rows: int
    bits: bytes


Mark = Text | Bar | Choice | Code | Picture


def moved(marks: Iterable[Mark], x: float, y: float) -> list[Mark]:
    """The same marks further right and down by so many mm."""
    return [replace(mark, x=mark.x + x, y=mark.y + y) for mark in marks]
