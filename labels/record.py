"""Labels of one run as the content of a PDF page, one record a label.

A record draws what all labels share, then the symbol as a 1-bit mask, then the readable code.
"""

import re
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import accumulate, chain, pairwise, product, repeat
from typing import NamedTuple

from labels.affine import Table, Texts, by_key, key_of
from labels.check import code_place
from labels.errors import LabelError
from labels.fonts import Fonts
from labels.marks import Code, Mark, Text
from labels.paper import MASK_INSET
from labels.qr import Run
from labels.stock import Pair

POINTS = 72 / 25.4
CODE_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-"


class Page(NamedTuple):
    """QR texts for one page; the first stands in cell `start`, counted from 0."""

    start: int
    texts: list[str]

    def place(self, at: int) -> tuple[int, str]:
        """The cell of one of the labels, and its text."""
        return self.start + at, self.texts[at]


class Recorder:
    """Turns labels of one run into records that draw the form /L and write in the font /F.

    The code people read is cut out of the QR text: the two cannot disagree.
    """

    def __init__(
        self,
        run: Run,
        code: str,
        varying: Sequence[Mark],
        corners: Sequence[Pair],
        height: float,
        unicode: str,
        fonts: Fonts,
    ) -> None:
        """`code` is that of the run's first label and `varying` are the marks of that label.

        `corners` are the lower left corners of the cells and `height` that of a label, in points;
        `unicode` is the `ToUnicode` map of the font /F.
        """
        (symbol,) = (mark for mark in varying if isinstance(mark, Code))
        cells = [mark for mark in varying if isinstance(mark, Text)]
        before = _before_mask(symbol, height)
        self._before = [b"q 1 0 0 1 %.4f %.4f " % corner + before for corner in corners]
        self._packed = run.packed
        self._middle, self._after = _around_code(cells, height)
        self._glyphs: list[tuple[slice, Table]] = []
        if cells:
            place = code_place(code, symbol.symbol.text)
            self._glyphs = _glyphs(place.start, cells, unicode, fonts)

    def contents(self, pages: Sequence[Page]) -> list[bytes]:
        """The content streams of pages.

        Raises LabelError `length`, `qr_text`, `code`, `unreadable`.
        """
        texts = Texts(list(chain.from_iterable(page.texts for page in pages)))
        cells = [self._before[page.start : page.start + len(page.texts)] for page in pages]
        columns: list[Iterable[bytes]] = [chain.from_iterable(cells), self._packed(texts)]
        columns.append(repeat(self._middle, len(texts.texts)))
        count = len(columns) + len(self._glyphs) + 1
        parts = [self._after] * (count * len(texts.texts))
        ends = accumulate((count * len(page.texts) for page in pages), initial=0)
        try:
            columns += [[glyphs[key] for key in texts.column(at)] for at, glyphs in self._glyphs]
            for at, column in enumerate(columns):
                parts[at::count] = column
            return [b"".join(parts[begin:end]) for begin, end in pairwise(ends)]
        except (IndexError, TypeError):
            raise LabelError("code", "标签编码只能用大写字母、数字和短横线", "code") from None


def _before_mask(code: Code, height: float) -> bytes:
    """From the corner of the cell to the first byte of the symbol."""
    size, module = code.symbol.size, code.module * POINTS
    inset = MASK_INSET * module
    side = size * module - 2 * inset
    left = code.x * POINTS + inset
    bottom = height - code.y * POINTS - size * module + inset
    return b"cm/L Do q %.4f 0 0 %.4f %.4f %.4f cm BI/W %d/H %d/IM true/D[1 0]ID " % (
        side,
        side,
        left,
        bottom,
        size,
        size,
    )


def _around_code(cells: Sequence[Text], height: float) -> tuple[bytes, bytes]:
    """What stands between the symbol and the code, and after the code."""
    if not cells:
        return b" EI Q", b" Q\n"
    size = cells[0].size * POINTS
    middle = (cells[0].x + cells[0].advances[0] / 2) * POINTS
    baseline = height - cells[0].y * POINTS
    return b" EI Q BT/F %.4f Tf 1 0 0 1 %.4f %.4f Tm[" % (size, middle, baseline), b"]TJ ET Q\n"


def _glyphs(
    start: int, cells: Sequence[Text], unicode: str, fonts: Fonts
) -> list[tuple[slice, Table]]:
    """What draws the code: for each two characters, from `start` of the text on, their bytes.

    A character is drawn in the middle of its cell, and the next cell's middle is gone to.  Glyph
    numbers are read from the `ToUnicode` map of the embedded subset.
    """
    found = re.findall(r"<([0-9A-F]{4})> <([0-9A-F]{4})>\n", unicode)
    numbers = {chr(int(number, 16)): glyph.encode() for glyph, number in found}
    middles = [cell.x + cell.advances[0] / 2 for cell in cells]
    steps = [round(1000 * (a - b) / cells[0].size) for a, b in pairwise(middles)] + [0]
    halves = [round(500 * fonts.advance("sans", character)) for character in CODE_ALPHABET]
    drawn = {
        step: [
            b"%d<%b>%d " % (half, numbers[character], half + step)
            for character, half in zip(CODE_ALPHABET, halves, strict=True)
        ]
        for step in set(steps)
    }

    @cache
    def table(*steps: int) -> Table:
        made = [b""]
        for step in steps:
            made = [left + right for left in made for right in drawn[step]]
        return by_key(_keys(len(steps)), made)

    return [
        (slice(start + at, start + min(at + 2, len(steps))), table(*steps[at : at + 2]))
        for at in range(0, len(steps), 2)
    ]


@cache
def _keys(length: int) -> list[int]:
    return [key_of("".join(characters)) for characters in product(CODE_ALPHABET, repeat=length)]
