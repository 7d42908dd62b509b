"""Labels of one run as printer dots: what they share is painted once.

A bitmap is packed row by row, a dot a bit, black = 1, each row filled up to whole bytes.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import getitem

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


@dataclass(frozen=True, slots=True)
class Patch:
    """A small bitmap; `x`, `y` is its top left dot.

    `data` are its rows of `width` bytes, each printed `repeat` times.
    """

    x: int
    y: int
    width: int
    data: bytes
    repeat: int

    @property
    def height(self) -> int:
        """Rows as printed."""
        return len(self.data) // self.width * self.repeat


class DotPage:
    """What all labels of a job share: one page of a roll, `size` in mm."""

    def __init__(self, marks: Iterable[Mark], size: Pair, device: Device) -> None:
        picture = paint(list(marks), size, device)
        self.size = size
        self.width, self.height = picture.size
        self.constant = packed(picture)

    def bitmap(self, patches: Sequence[Patch]) -> bytes:
        """The whole label."""
        if not patches:
            return self.constant
        width = stride(self.width)
        top = min(patch.y for patch in patches)
        bottom = max(patch.y + patch.height for patch in patches)
        middle = int.from_bytes(self.constant[top * width : bottom * width])
        for patch in patches:
            fill = bytes(width - patch.width)
            rows = range(0, len(patch.data), patch.width)
            drawn = b"".join(
                [(patch.data[at : at + patch.width] + fill) * patch.repeat for at in rows]
            )
            below = bottom - patch.y - patch.height
            middle |= int.from_bytes(drawn) << 8 * width * below >> patch.x
        between = middle.to_bytes((bottom - top) * width)
        return self.constant[: top * width] + between + self.constant[bottom * width :]

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
        self._width = stride(code.symbol.size * self._dots)
        self._widened = _widened(code.symbol.size, self._dots)
        self._glyphs = _Glyphs(design, values, first, corner, self.page, device)

    def patches(self, texts: Sequence[str]) -> Iterator[list[Patch]]:
        """What differs from label to label: the symbol, checked, and the code.

        Raises LabelError `length`, `qr_text`, `code`, `unreadable`.
        """
        for text, symbol in zip(texts, self._run.packed(Texts(texts)), strict=True):
            data = b"".join(map(getitem, self._widened, symbol))
            yield [
                Patch(*self._corner, self._width, data, self._dots),
                *self._glyphs.patch(text),
            ]


def _widened(size: int, dots: int) -> list[list[bytes]]:
    """For each byte of a packed symbol: its modules, for every value, as wide as printed."""

    def table(modules: int) -> list[bytes]:
        width = 8 * stride(modules * dots)
        rows = ("".join(bit * dots for bit in f"{byte:08b}"[:modules]) for byte in range(256))
        return [int(row.ljust(width, "0"), 2).to_bytes(width // 8) for row in rows]

    # A row ends with the modules that are left over, filled up to whole bytes.
    last = size - 8 * (stride(size) - 1)
    return ([table(8)] * (stride(size) - 1) + [table(last)]) * size


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
        self._painted: dict[str, list[int]] = {}
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
        for place, character in enumerate(text[self._place]):
            if character not in self._painted:
                self._painted[character] = self._paint(character)
            value |= self._painted[character][place]
        width = stride(self._width)
        return [Patch(self._x, self._y, width, value.to_bytes(width * self._height), 1)]

    def _paint(self, character: str) -> list[int]:
        """A character in each of the cells."""
        if character not in CODE_ALPHABET:
            raise LabelError("code", "标签编码只能用大写字母、数字和短横线。", "code")
        alike = "".join(mark if mark == " " else character for mark in self._values["code"])
        dot = self._device.dot
        size = (self._width * dot, self._height * dot)
        cells = moved(self._cells(alike), -self._x * dot, -self._y * dot)
        return [int.from_bytes(packed(paint([cell], size, self._device))) for cell in cells]

    def _cells(self, code: str) -> list[Text]:
        """A code at its place on the page, a mark for each character."""
        marks = Setter(self._design, {**self._values, "code": code}, self._device).marks(
            self._boxes[0]
        )
        return [mark for mark in moved(marks, *self._corner) if isinstance(mark, Text)]


def packed(picture: Image.Image) -> bytes:
    return picture.tobytes("raw", "1;I")
