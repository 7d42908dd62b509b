"""Labels of one run as printer dots: what they share is painted once.

A bitmap is packed row by row, a dot a bit, black = 1, each row filled up to whole bytes.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from PIL import Image

from labels.affine import Texts
from labels.basis import stride
from labels.bitmap import paint
from labels.boxes import Setter
from labels.check import code_place, require_readable
from labels.design import Design
from labels.device import Device
from labels.errors import LabelError
from labels.fonts import ASCENT
from labels.layout import lay_out_parts, require_on_paper
from labels.marks import Code, Mark, Text, moved
from labels.options import Options, chosen
from labels.place import in_cell
from labels.qr import Run
from labels.record import CODE_ALPHABET
from labels.stock import Pair, Stock

OVERHANG = 0.25


@dataclass(frozen=True)
class Patch:
    """A small bitmap; `x`, `y` is its top left dot, each row is printed `repeat` times."""

    x: int
    y: int
    rows: Sequence[bytes]
    repeat: int


class DotPage:
    """What all labels of a job share: one page of a roll, `size` in mm."""

    def __init__(self, marks: Iterable[Mark], size: Pair, device: Device) -> None:
        picture = paint(list(marks), size, device)
        self.size = size
        self.width, self.height = picture.size
        self.constant = packed(picture)

    def bitmap(self, patches: Sequence[Patch]) -> bytes:
        """The whole label."""
        width = stride(self.width)
        value = int.from_bytes(self.constant)
        for patch in patches:
            drawn = b"".join([row.ljust(width, b"\0") * patch.repeat for row in patch.rows])
            below = self.height - patch.y - len(drawn) // width
            value |= int.from_bytes(drawn) << 8 * width * below >> patch.x
        return value.to_bytes(width * self.height)

    def require_readable(self, patches: Sequence[Patch], text: str) -> None:
        """Refuse a whole label whose code does not read; LabelError `unreadable`."""
        size = (self.width, self.height)
        require_readable(Image.frombytes("1", size, self.bitmap(patches), "raw", "1;I"), text)


class DotRun:
    """Paints labels of one run; its layout is that of the first label."""

    def __init__(
        self,
        design: Design,
        values: Mapping[str, str],
        first: str,
        stock: Stock,
        options: Options,
        device: Device,
    ) -> None:
        values = chosen(design, values, options)
        self._run = Run(first)
        constant, varying = lay_out_parts(design, values, self._run.symbol(first), device, options)
        corner = in_cell(stock, 0, design.size, device, options.shift(device))
        require_on_paper(constant + varying, [corner], stock.size)
        self.page = DotPage(moved(constant, *corner), stock.size, device)
        (code,) = (mark for mark in moved(varying, *corner) if isinstance(mark, Code))
        self._dots = round(code.module / device.dot)
        self._corner = round(code.x / device.dot), round(code.y / device.dot)
        # Eight modules of a packed byte, each as wide as it is printed.
        self._wide = [
            int("".join(bit * self._dots for bit in f"{byte:08b}"), 2).to_bytes(self._dots)
            for byte in range(256)
        ]
        self._glyphs = _Glyphs(design, values, first, corner, self.page, device)

    def patches(self, text: str) -> list[Patch]:
        """What differs from label to label: the symbol, decoded here, and the code.

        Raises LabelError `length`, `qr_text`, `code`, `unreadable`.
        """
        (packed,) = self._run.packed(Texts([text]))
        width = stride(self._run.size)
        rows = [
            b"".join([self._wide[byte] for byte in packed[at : at + width]])
            for at in range(0, len(packed), width)
        ]
        return [Patch(*self._corner, rows, self._dots), *self._glyphs.patch(text)]


class _Glyphs:
    """The characters of a code, each painted once for each cell it stands in."""

    def __init__(
        self,
        design: Design,
        values: Mapping[str, str],
        first: str,
        corner: Pair,
        page: DotPage,
        device: Device,
    ) -> None:
        self._design, self._values, self._corner, self._device = design, values, corner, device
        self._boxes = [box for box in design.boxes_for(values["form"]) if box.varies]
        self._painted: dict[tuple[int, str], int] = {}
        if self._boxes:
            self._place = code_place(values["code"], first)
            cells = self._cells(values["code"])
            top = cells[0].y - ASCENT * cells[0].size
            edges = (cells[0].x, top, cells[-1].x + cells[-1].advances[0], top + cells[0].size)
            left, top, right, bottom = (edge / device.dot for edge in edges)
            # The tail of a Q reaches below its em, a W over the sides of its cell.
            over = OVERHANG * cells[0].size / device.dot
            self._x, self._y = max(math.floor(left - over), 0), math.floor(top)
            self._width = min(math.ceil(right + over), page.width) - self._x
            self._height = min(math.ceil(bottom + over), page.height) - self._y

    def patch(self, text: str) -> list[Patch]:
        """The code as one patch; nothing where the design shows none."""
        if not self._boxes:
            return []
        value = 0
        for place in enumerate(text[self._place]):
            value |= self._painted.get(place) or self._paint(*place)
        width = stride(self._width)
        drawn = value.to_bytes(width * self._height)
        rows = [drawn[at : at + width] for at in range(0, len(drawn), width)]
        return [Patch(self._x, self._y, rows, 1)]

    def _paint(self, place: int, character: str) -> int:
        if character not in CODE_ALPHABET:
            raise LabelError("code", "标签编码只能用大写字母、数字和短横线。", "code")
        alike = "".join(mark if mark == " " else character for mark in self._values["code"])
        dot = self._device.dot
        own = moved(self._cells(alike)[place : place + 1], -self._x * dot, -self._y * dot)
        picture = paint(own, (self._width * dot, self._height * dot), self._device)
        value = int.from_bytes(packed(picture))
        self._painted[place, character] = value
        return value

    def _cells(self, code: str) -> list[Text]:
        """A code at its place on the page, a mark for each character."""
        marks = Setter(self._design, {**self._values, "code": code}, self._device).marks(
            self._boxes[0]
        )
        return [mark for mark in moved(marks, *self._corner) if isinstance(mark, Text)]


def packed(picture: Image.Image) -> bytes:
    return picture.tobytes("raw", "1;I")
