"""The dots a label is laid out for."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from labels.errors import LabelError
from labels.fonts import Fonts

# A "203 dpi" head has 8 dots a millimetre.
DOTS_PER_MM = {203: 8.0, 300: 300 / 25.4, 600: 600 / 25.4}
PAPER_STEP_MM = 0.05


@dataclass(frozen=True)
class Device:
    """Paper (`dotted` false: text anywhere, QR on the grid) or a bitmap (all on whole dots)."""

    dpi: int
    dotted: bool
    fonts: Fonts

    def __post_init__(self) -> None:
        if self.dpi not in DOTS_PER_MM:
            raise LabelError("dpi", "打印机每英寸的点数请选 203、300 或 600")

    @property
    def dot(self) -> float:
        """Size of a dot in mm."""
        return 1 / DOTS_PER_MM[self.dpi]

    def snap(self, length: float) -> float:
        """The nearest length that text may keep to."""
        return round(length / self.dot) * self.dot if self.dotted else length

    def sizes(self, largest: float, least: float) -> Iterator[float]:
        """Text sizes from the largest to the least, the least never undercut."""
        step = self.dot if self.dotted else PAPER_STEP_MM
        count = max(math.floor(largest / step + 1e-6), math.ceil(least / step - 1e-6))
        while count * step >= least - 1e-6:
            yield count * step
            count -= 1

    def advances(self, text: str, face: str, size: float, pitch: float = 0) -> tuple[float, ...]:
        """Distance from each character to the next; `pitch` in ems makes them all alike."""
        if pitch:
            cell = self.snap(pitch * size)
            return tuple(self.snap(cell / 2) if mark == " " else cell for mark in text)
        return tuple(self.snap(self.fonts.advance(face, mark) * size) for mark in text)
