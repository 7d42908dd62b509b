"""Labels of one run as printer dots: what they share is painted once.

A bitmap is packed row by row, a dot a bit, black = 1, each row filled up to whole bytes.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import gt

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
from labels.marks import Code, Text, moved
from labels.options import Options, chosen
from labels.place import in_cell
from labels.qr import Run
from labels.record import CODE_ALPHABET
from labels.stock import Pair, Stock

OVERHANG = 0.25


@dataclass(frozen=True)
class Area:
    """Where labels of a job differ: a rectangle of whole bytes, `x`, `y` its top left dot.

    What fills it comes as rows of `pitch` bytes.  The first `width` bytes of a row are printed,
    `repeat` times.
    """

    x: int
    y: int
    width: int
    pitch: int
    rows: int
    repeat: int = 1

    @property
    def height(self) -> int:
        """Rows as printed."""
        return self.rows * self.repeat


class DotPage:
    """What all labels of a job share, and where they differ: one page of a roll, `size` in mm."""

    def __init__(self, picture: Image.Image, size: Pair, areas: Sequence[Area] = ()) -> None:
        self.size, self.areas = size, areas
        self.width, self.height = picture.size
        self.constant = packed(picture)

    def require_readable(self, fillings: Sequence[bytes], text: str) -> None:
        """Refuse a whole label whose code does not read; LabelError `unreadable`."""
        picture = Assembly(self)(fillings)
        size = (self.width, self.height)
        require_readable(Image.frombytes("1", size, picture, "raw", "1;I"), text)


class Assembly:
    """Whole bitmaps: the page cut up around its areas, rows of what fills them between."""

    def __init__(
        self, page: DotPage, before: bytes = b"", after: bytes = b"", dots: bytes | None = None
    ) -> None:
        """`before` and `after` surround each bitmap; `dots` translates its bytes.

        Raises LabelError `quiet_zone` where areas overlap.
        """
        self._dots = dots
        constant = page.constant.translate(dots)
        line_bytes = stride(page.width)
        self._cuts: list[list[slice]] = []
        spots: list[tuple[int, int, int]] = []
        count = 0
        for area in page.areas:
            begin = area.y * line_bytes + area.x // 8
            spots += (
                (begin + line * line_bytes, area.width, count + line // area.repeat)
                for line in range(area.height)
            )
            count += area.rows
            starts = range(0, area.rows * area.pitch, area.pitch)
            self._cuts.append([slice(at, at + area.width) for at in starts])
        spots.sort()
        self._order = [row for _, _, row in spots]
        ends = [0, *(at + width for at, width, _ in spots)]
        begins = [*(at for at, _, _ in spots), len(constant)]
        if any(map(gt, ends, begins)):
            raise LabelError("quiet_zone", "二维码四周要留白，这里留不够，请换一种标签样式")
        self._parts = [b""] * (2 * len(spots) + 1)
        self._parts[::2] = [constant[a:b] for a, b in zip(ends, begins, strict=True)]
        self._parts[0] = before + self._parts[0]
        self._parts[-1] += after

    def __call__(self, fillings: Sequence[bytes]) -> bytes:
        """The label whose areas are filled with that."""
        rows: list[bytes] = []
        for filling, cuts in zip(fillings, self._cuts, strict=True):
            rows += map(filling.translate(self._dots).__getitem__, cuts)
        parts = self._parts.copy()
        parts[1::2] = map(rows.__getitem__, self._order)
        return b"".join(parts)


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
        picture = paint(moved(constant, *corner), stock.size, device)
        (code,) = (mark for mark in moved(varying, *corner) if isinstance(mark, Code))
        dots = round(code.module / device.dot)
        x, self._aside = divmod(round(code.x / device.dot), 8)
        side = code.symbol.size
        area = Area(
            8 * x,
            round(code.y / device.dot),
            stride(self._aside + side * dots),
            stride(side) * dots,
            side,
            dots,
        )
        self._widened = _widened(dots)
        self._glyphs = _Glyphs(design, values, first, corner, picture, device)
        self.page = DotPage(picture, stock.size, [area, *self._glyphs.areas])

    def fillings(self, texts: Sequence[str]) -> Iterator[list[bytes]]:
        """What fills the areas of each label: the symbol, checked, and the code.

        Raises LabelError `length`, `qr_text`, `code`, `unreadable`.
        """
        for text, symbol in zip(texts, self._run.packed(Texts(texts)), strict=True):
            yield [self._wide(symbol), *self._glyphs.fillings(text)]

    def _wide(self, symbol: bytes) -> bytes:
        """The rows of a packed symbol in dots, moved right to where they begin in their byte.

        The last byte of a row has at least three modules to spare, so nothing is pushed out.
        """
        dots = len(self._widened)
        wide = bytearray(dots * len(symbol))
        for at, table in enumerate(self._widened):
            wide[at::dots] = symbol.translate(table)
        return (int.from_bytes(wide) >> self._aside).to_bytes(len(wide))


def _widened(dots: int) -> list[bytes]:
    """For each byte that eight modules become: what it is for all values of the eight."""
    rows = ("".join(bit * dots for bit in f"{modules:08b}") for modules in range(256))
    columns = zip(*(int(row, 2).to_bytes(dots) for row in rows), strict=True)
    return list(map(bytes, columns))


class _Glyphs:
    """The characters of a code, each painted once for each cell it stands in."""

    def __init__(
        self,
        design: Design,
        values: Mapping[str, str],
        first: str,
        corner: Pair,
        picture: Image.Image,
        device: Device,
    ) -> None:
        self._design, self._values, self._corner, self._device = design, values, corner, device
        self._boxes = [box for box in design.boxes_for(values["form"]) if box.varies]
        self._painted: dict[str, list[int]] = {}
        self.areas: list[Area] = []
        if self._boxes:
            self._place = code_place(values["code"], first)
            cells = self._cells(values["code"])
            top = cells[0].y - ASCENT * cells[0].size
            edges = (cells[0].x, top, cells[-1].x + cells[-1].advances[0], top + cells[0].size)
            left, top, right, bottom = (edge / device.dot for edge in edges)
            # The tail of a Q reaches below its em, a W over the sides of its cell.
            over = OVERHANG * cells[0].size / device.dot
            x, y = max(math.floor(left - over), 0) // 8, math.floor(top)
            width = stride(min(math.ceil(right + over), picture.width) - 8 * x)
            height = min(math.ceil(bottom + over), picture.height) - y
            self.areas.append(Area(8 * x, y, width, width, height))
            constant, page = packed(picture), stride(picture.width)
            starts = range(y * page + x, (y + height) * page + x, page)
            shared = b"".join([constant[at : at + width] for at in starts])
            self._shared = int.from_bytes(shared)

    def fillings(self, text: str) -> list[bytes]:
        """What fills the area of the code; nothing where the design shows none."""
        if not self._boxes:
            return []
        value = self._shared
        for place, character in enumerate(text[self._place]):
            if character not in self._painted:
                self._painted[character] = self._paint(character)
            value |= self._painted[character][place]
        (area,) = self.areas
        return [value.to_bytes(area.width * area.rows)]

    def _paint(self, character: str) -> list[int]:
        """A character in each of the cells."""
        if character not in CODE_ALPHABET:
            raise LabelError("code", "标签编码只能用大写字母、数字和短横线", "code")
        alike = "".join(mark if mark == " " else character for mark in self._values["code"])
        dot = self._device.dot
        (area,) = self.areas
        size = (8 * area.width * dot, area.rows * dot)
        cells = moved(self._cells(alike), -area.x * dot, -area.y * dot)
        return [int.from_bytes(packed(paint([cell], size, self._device))) for cell in cells]

    def _cells(self, code: str) -> list[Text]:
        """A code at its place on the page, a mark for each character."""
        marks = Setter(self._design, {**self._values, "code": code}, self._device).marks(
            self._boxes[0]
        )
        return [mark for mark in moved(marks, *self._corner) if isinstance(mark, Text)]


def packed(picture: Image.Image) -> bytes:
    return picture.tobytes("raw", "1;I")
