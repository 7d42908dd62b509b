"""One label as a record of a page's content stream."""

import io
import re
from collections.abc import Sequence
from itertools import pairwise

import pikepdf

from labels.check import require_readable_symbol
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
        self, run: Run, varying: Sequence[Mark], size: Pair, part: bytes, fonts: Fonts
    ) -> None:
        """`varying` are the marks of the run's first label, `part` is what `typeset_part` made."""
        self._run = run
        (code,) = (mark for mark in varying if isinstance(mark, Code))
        cells = [mark for mark in varying if isinstance(mark, Text)]
        centres = [cell.x + cell.advances[0] / 2 for cell in cells]
        self._steps = [
            b"%.1f " % (1000 * (here - there) / cells[0].size) for here, there in pairwise(centres)
        ] + [b""] * bool(cells)
        self._glyphs = _glyphs(part, fonts)
        module = code.module * POINTS
        inset = MASK_INSET * module
        side = code.symbol.size * module - 2 * inset
        bottom = (size[1] - code.y) * POINTS - code.symbol.size * module + inset
        self._size = code.symbol.size
        self._before_mask = b"/L Do q %.4f 0 0 %.4f %.4f %.4f cm BI/W %d/H %d/IM true/D[1 0]ID " % (
            side,
            side,
            code.x * POINTS + inset,
            bottom,
            self._size,
            self._size,
        )
        self._before_code = (
            b" EI Q BT/F %.4f Tf 1 0 0 1 %.4f %.4f Tm["
            % (
                cells[0].size * POINTS,
                centres[0] * POINTS,
                (size[1] - cells[0].y) * POINTS,
            )
            if cells
            else b""
        )

    def record(self, qr_text: str, code: str, x: float, y: float) -> bytes:
        """The label with its lower left corner at `x`, `y` in points; its symbol has been read.

        `code` is drawn where the design has a place for it.
        Raises LabelError `qr_text`, `code`, `unreadable`.
        """
        symbol = self._run.symbol(qr_text)
        require_readable_symbol(symbol)
        return b"q 1 0 0 1 %.4f %.4f cm%b%b%bQ\n" % (
            x,
            y,
            self._before_mask,
            symbol.packed(),
            self._before_code + self._code(code) + b"]TJ ET " if self._steps else b" EI Q ",
        )

    def _code(self, code: str) -> bytes:
        """Each character centred in the cell it has on every label of the run."""
        characters = code.replace(" ", "")
        if len(characters) != len(self._steps):
            raise LabelError("code", "同一批标签的编码必须一样长。", "code")
        try:
            glyphs = [self._glyphs[character] for character in characters]
        except KeyError:
            raise LabelError("code", "标签编码只能用大写字母、数字和短横线。", "code") from None
        return b"".join(part for pair in zip(glyphs, self._steps, strict=True) for part in pair)


def _glyphs(part: bytes, fonts: Fonts) -> dict[str, bytes]:
    """For each character the text operand that draws it centred on the current point.

    Glyph numbers are read from the `ToUnicode` map of the embedded subset.
    """
    with pikepdf.open(io.BytesIO(part)) as document:
        (font,) = document.pages[1].Resources.Font.values()
        unicode = font.ToUnicode.read_bytes().decode("ascii")
    pairs = re.findall(r"<([0-9A-F]{4})> <([0-9A-F]{4})>\n", unicode)
    numbers = {chr(int(code, 16)): glyph for glyph, code in pairs}
    glyphs: dict[str, bytes] = {}
    for character in CODE_ALPHABET:
        half = f"{500 * fonts.advance('sans', character):05.1f}"
        glyphs[character] = f"{half}<{numbers[character]}>{half} ".encode()
    return glyphs
