"""Labels of one run as printer dots: what they share is painted once.

A bitmap is packed row by row, a dot a bit, black = 1, each row filled up to whole bytes.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from PIL import Image

from labels.basis import stride
from labels.bitmap import paint
from labels.boxes import Setter
from labels.check import (
    code_place,
    require_readable,
    require_readable_symbol,
    require_same_values,
    require_statutory,
)
from labels.design import Design
from labels.device import Device
from labels.errors import LabelError
from labels.layout import lay_out_parts
from labels.marks import Code, Text
from labels.qr import Run
from labels.record import CODE_ALPHABET

OVERHANG = 0.25


@dataclass(frozen=True)
class Patch:
    """A small bitmap; `x`, `y` is its top left dot, each row is printed `repeat` times."""

    x: int
    y: int
    rows: Sequence[bytes]
    repeat: int


class DotRun:
    """Paints labels of one run; its layout is that of the first label."""

    def __init__(
        self, design: Design, values: Mapping[str, str], qr_text: str, device: Device
    ) -> None:
        require_statutory(design, values)
        self._values = values
        self._run = Run(qr_text)
        constant, varying = lay_out_parts(design, values, self._run.symbol(qr_text), device)
        picture = paint(constant, design.size, device)
        self.size = design.size
        self.width, self.height = picture.size
        self.constant = _packed(picture)
        (code,) = (mark for mark in varying if isinstance(mark, Code))
        self._dots = round(code.module / device.dot)
        self._corner = round(code.x / device.dot), round(code.y / device.dot)
        # Eight modules of a packed byte, each as wide as it is printed.
        self._wide = [
            int("".join(bit * self._dots for bit in f"{byte:08b}"), 2).to_bytes(self._dots)
            for byte in range(256)
        ]
        self._glyphs = _Glyphs(design, values, device)

    def patches(self, values: Mapping[str, str], qr_text: str) -> list[Patch]:
        """What differs from label to label: the symbol, decoded here, and the code.

        Raises LabelError `values`, `qr_text`, `code`, `unreadable`.
        """
        require_same_values(values, self._values)
        symbol = self._run.symbol(qr_text)
        require_readable_symbol(symbol)
        packed = symbol.packed()
        width = stride(symbol.size)
        rows = [
            b"".join([self._wide[byte] for byte in packed[at : at + width]])
            for at in range(0, len(packed), width)
        ]
        code = self._glyphs.patch(values.get("code", ""), qr_text)
        return [Patch(*self._corner, rows, self._dots), *code]

    def bitmap(self, patches: Sequence[Patch]) -> bytes:
        """The whole label."""
        width = stride(self.width)
        value = int.from_bytes(self.constant)
        for patch in patches:
            drawn = b"".join([row.ljust(width, b"\0") * patch.repeat for row in patch.rows])
            below = self.height - patch.y - len(drawn) // width
            value |= int.from_bytes(drawn) << 8 * width * below >> patch.x
        return value.to_bytes(width * self.height)

    def read_back(self, bitmap: bytes, qr_text: str) -> None:
        """Refuse a whole label whose code does not read; LabelError `unreadable`."""
        size = (self.width, self.height)
        require_readable(Image.frombytes("1", size, bitmap, "raw", "1;I"), qr_text)


class _Glyphs:
    """The characters of a code, each painted once for each cell it stands in."""

    def __init__(self, design: Design, values: Mapping[str, str], device: Device) -> None:
        self._design, self._values, self._device = design, values, device
        self._boxes = [box for box in design.boxes_for(values["form"]) if box.varies]
        self._painted: dict[tuple[int, str], int] = {}
        if self._boxes:
            left, top, width, height = (side / device.dot for side in self._boxes[0].at)
            # The tail of a Q reaches below its em, a W over the sides of its cell.
            over = OVERHANG * self._boxes[0].size[0] / device.dot
            self._x, self._y = max(math.floor(left - over), 0), math.floor(top)
            self._width = math.ceil(left + width + over) - self._x
            bottom = min(math.ceil(top + height + over), round(design.size[1] / device.dot))
            self._height = bottom - self._y

    def patch(self, code: str, qr_text: str) -> list[Patch]:
        """The code as one patch; nothing where the design shows none."""
        if not self._boxes:
            return []
        code_place(code, qr_text)
        if [mark == " " for mark in code] != [mark == " " for mark in self._values["code"]]:
            raise LabelError("code", "同一批标签的编码必须一样长。", "code")
        value = 0
        for place in enumerate(code.replace(" ", "")):
            value |= self._painted.get(place) or self._paint(*place)
        width = stride(self._width)
        drawn = value.to_bytes(width * self._height)
        rows = [drawn[at : at + width] for at in range(0, len(drawn), width)]
        return [Patch(self._x, self._y, rows, 1)]

    def _paint(self, place: int, character: str) -> int:
        if character not in CODE_ALPHABET:
            raise LabelError("code", "标签编码只能用大写字母、数字和短横线。", "code")
        alike = "".join(mark if mark == " " else character for mark in self._values["code"])
        setter = Setter(self._design, {**self._values, "code": alike}, self._device)
        mark = [mark for mark in setter.marks(self._boxes[0]) if isinstance(mark, Text)][place]
        dot = self._device.dot
        moved = replace(mark, x=mark.x - self._x * dot, y=mark.y - self._y * dot)
        picture = paint([moved], (self._width * dot, self._height * dot), self._device)
        value = int.from_bytes(_packed(picture))
        self._painted[place, character] = value
        return value


def _packed(picture: Image.Image) -> bytes:
    return picture.tobytes("raw", "1;I")
