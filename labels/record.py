"""One label as a record of a page's content stream."""

import io
import re
from collections.abc import Sequence
from itertools import pairwise

import pikepdf

from labels.errors import LabelError
from labels.fonts import Fonts
from labels.marks import Code, Mark, Text
from labels.paper import MASK_INSET
from labels.qr import Run
from labels.stock import Pair

POINTS = 72 / 25.4
CODE_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-"


class Recorder:
    """Turns labels of one run into records that draw the form /L and write in the font /F."""

    def __init__(
        self,
        run: Run,
        varying: Sequence[Mark],
        corners: Sequence[Pair],
        height: float,
        part: bytes,
        fonts: Fonts,
    ) -> None:
        """`varying` are the marks of the run's first label, `part` is what `typeset_part` made.

        `corners` are the lower left corners of the cells and `height` that of a label, in points.
        """
        self.run = run
        (code,) = (mark for mark in varying if isinstance(mark, Code))
        size = code.symbol.size
        self._mask_bytes = len(code.symbol.packed())
        module = code.module * POINTS
        inset = MASK_INSET * module
        mask = b"cm/L Do q %.4f 0 0 %.4f %.4f %.4f cm BI/W %d/H %d/IM true/D[1 0]ID " % (
            size * module - 2 * inset,
            size * module - 2 * inset,
            code.x * POINTS + inset,
            height - code.y * POINTS - size * module + inset,
            size,
            size,
        )
        self._before_mask = [b"q 1 0 0 1 %.4f %.4f " % corner + mask for corner in corners]
        cells = [mark for mark in varying if isinstance(mark, Text)]
        self._before_code, self._after = b" EI Q", b" Q\n"
        if cells:
            self._before_code += b" BT/F %.4f Tf 1 0 0 1 %.4f %.4f Tm[" % (
                cells[0].size * POINTS,
                (cells[0].x + cells[0].advances[0] / 2) * POINTS,
                height - cells[0].y * POINTS,
            )
            self._after = b"]TJ ET Q\n"
        self._glyphs = _glyphs_in_cells(cells, part, fonts)

    def record(self, cell: int, qr_text: str, code: str) -> bytes:
        """The label in one of the cells; `code` is drawn where the design has a place for it.

        Raises LabelError `qr_text`, `code`.
        """
        mask = self.run.matrix(qr_text).to_bytes(self._mask_bytes)
        characters = code.replace(" ", "")
        if len(characters) != len(self._glyphs) and self._glyphs:
            raise LabelError("code", "同一批标签的编码必须一样长。", "code")
        try:
            drawn = [
                glyphs[character]
                for glyphs, character in zip(self._glyphs, characters, strict=False)
            ]
        except KeyError:
            raise LabelError("code", "标签编码只能用大写字母、数字和短横线。", "code") from None
        parts = (self._before_mask[cell], mask, self._before_code, *drawn, self._after)
        return b"".join(parts)


def _glyphs_in_cells(cells: Sequence[Text], part: bytes, fonts: Fonts) -> list[dict[str, bytes]]:
    """For each cell, what draws a character in its middle and then goes to the next cell's middle.

    Glyph numbers are read from the `ToUnicode` map of the embedded subset.
    """
    with pikepdf.open(io.BytesIO(part)) as document:
        (font,) = document.pages[1].Resources.Font.values()
        unicode = font.ToUnicode.read_bytes().decode("ascii")
    pairs = re.findall(r"<([0-9A-F]{4})> <([0-9A-F]{4})>\n", unicode)
    numbers = {chr(int(code, 16)): glyph for glyph, code in pairs}
    middles = [cell.x + cell.advances[0] / 2 for cell in cells]
    steps = [
        f"{1000 * (here - there) / cells[0].size:.0f} " for here, there in pairwise(middles)
    ] + [""]
    halves = {
        character: f"{500 * fonts.advance('sans', character):.1f}" for character in CODE_ALPHABET
    }
    return [
        {
            character: f"{half}<{numbers[character]}>{half} {step}".encode()
            for character, half in halves.items()
        }
        for _, step in zip(cells, steps, strict=False)
    ]
