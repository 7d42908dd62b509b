"""One label as a record of a page's content stream.

All records of a run are equally long and differ only in the bytes of their symbol and their code,
so a record is that of the first label XOR some rows.
"""

import io
import re
from collections.abc import Mapping, Sequence
from functools import partial
from itertools import pairwise

import pikepdf

from labels.affine import Affine
from labels.check import code_place
from labels.errors import LabelError
from labels.fonts import Fonts
from labels.marks import Code, Mark, Text
from labels.paper import MASK_INSET
from labels.qr import Group, Run
from labels.stock import Pair

POINTS = 72 / 25.4
CODE_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-"


class Recorder:
    """Turns labels of one run into records that draw the form /L and write in the font /F.

    The code people read is part of the QR text, so a record is a function of that text alone.
    """

    def __init__(
        self,
        run: Run,
        code: str,
        varying: Sequence[Mark],
        corners: Sequence[Pair],
        height: float,
        part: bytes,
        fonts: Fonts,
    ) -> None:
        """`code` is that of the run's first label and `varying` are the marks of that label.

        `corners` are the lower left corners of the cells and `height` that of a label, in points;
        `part` is what `typeset_part` made.
        """
        (symbol,) = (mark for mark in varying if isinstance(mark, Code))
        cells = [mark for mark in varying if isinstance(mark, Text)]
        before = _before_mask(symbol, height)
        self._before = [b"q 1 0 0 1 %.4f %.4f " % corner + before for corner in corners]
        text, mask = symbol.symbol.text, symbol.symbol.packed()
        middle, after = _around_code(cells, height)
        place = code_place(code, text) if cells else slice(0, 0)
        glyphs = _glyphs(cells, part, fonts)
        drawn = [
            _glyph(cell, character) for cell, character in zip(glyphs, text[place], strict=True)
        ]
        first = b"".join([mask, middle, *drawn, after])
        self._length = len(first)
        # For each place in the QR text that is drawn as well: its glyphs, and the bits after them.
        self._drawn: dict[int, tuple[Mapping[str, bytes], int]] = {}
        following = len(first) - len(mask) - len(middle)
        for at, (cell, one) in enumerate(zip(glyphs, drawn, strict=True), place.start):
            following -= len(one)
            self._drawn[at] = cell, 8 * following
        self._after_mask = 8 * (len(first) - len(mask))
        groups = [(group.part, partial(self._row, group)) for group in run.groups]
        self._record = Affine(text, int.from_bytes(first), groups)

    def record(self, cell: int, qr_text: str) -> bytes:
        """The label in one of the cells; LabelError `length`, `qr_text`, `code`."""
        return self._before[cell] + self._record(qr_text).to_bytes(self._length)

    def _row(self, group: Group, characters: str) -> int:
        """What a group of characters adds to the symbol and to the code."""
        row = group.row(characters) << self._after_mask
        for at, character in enumerate(characters, group.part.start):
            if at in self._drawn:
                glyphs, following = self._drawn[at]
                row ^= int.from_bytes(_glyph(glyphs, character)) << following
        return row


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


def _glyph(glyphs: Mapping[str, bytes], character: str) -> bytes:
    if character not in glyphs:
        raise LabelError("code", "标签编码只能用大写字母、数字和短横线。", "code")
    return glyphs[character]


def _glyphs(cells: Sequence[Text], part: bytes, fonts: Fonts) -> list[Mapping[str, bytes]]:
    """For each cell of the code what draws a character in it, equally long for all characters.

    It is drawn in the middle of the cell, and the next cell's middle is gone to.  Glyph numbers
    are read from the `ToUnicode` map of the embedded subset.
    """
    with pikepdf.open(io.BytesIO(part)) as document:
        (font,) = document.pages[1].Resources.Font.values()
        unicode = font.ToUnicode.read_bytes().decode("ascii")
    pairs = re.findall(r"<([0-9A-F]{4})> <([0-9A-F]{4})>\n", unicode)
    numbers = {chr(int(number, 16)): glyph for glyph, number in pairs}
    halves = {
        character: f"{500 * fonts.advance('sans', character):05.1f}" for character in CODE_ALPHABET
    }
    middles = [cell.x + cell.advances[0] / 2 for cell in cells]
    steps = [f"{1000 * (a - b) / cells[0].size:.0f} " for a, b in pairwise(middles)] + [""]
    return [
        {
            character: f"{half}<{numbers[character]}>{half} {step}".encode()
            for character, half in halves.items()
        }
        for _, step in zip(cells, steps, strict=False)
    ]
