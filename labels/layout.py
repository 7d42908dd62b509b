"""A design and its values become marks at exact places.

One layout serves every output: paper and printer dots differ only in the `Device` it is for.
"""

import math
from collections.abc import Mapping, Sequence

from labels.boxes import Setter
from labels.check import code_place
from labels.design import Box, Design
from labels.device import Device
from labels.errors import LabelError
from labels.fonts import ASCENT
from labels.marks import Bar, Choice, Code, Mark, Picture, Text
from labels.options import NONE, Options, logo
from labels.qr import QUIET_ZONE, Symbol
from labels.stock import Pair

# A module is never smaller, so that phones read it: four dots at 300 dpi, as DENSO WAVE asks for.
LEAST_MODULE_MM = 0.33
# At 203 dpi three dots (0.375 mm) are enough while the head is clean; never fewer anywhere.
LEAST_DOTS = 3
SLACK = 1e-6
# Left, top, right and bottom in mm.
Edges = tuple[float, float, float, float]


def lay_out(
    design: Design,
    values: Mapping[str, str],
    symbol: Symbol,
    device: Device,
    options: Options = NONE,
) -> list[Mark]:
    """All marks of one label.

    `values["form"]` picks the form; values the design does not show are ignored, empty ones leave
    their row out.  Raises LabelError `text_too_long`, `glyph_missing`, `qr_too_dense`,
    `quiet_zone`, `logo`.
    """
    constant, varying = lay_out_parts(design, values, symbol, device, options)
    return constant + varying


def lay_out_parts(
    design: Design,
    values: Mapping[str, str],
    symbol: Symbol,
    device: Device,
    options: Options = NONE,
) -> tuple[list[Mark], list[Mark]]:
    """The marks that all labels of a run share, and those that differ from label to label.

    The code people read must be part of the QR text; LabelError `code`.
    """
    setter = Setter(design, values, device)
    constant: list[Mark] = []
    varying: list[Mark] = []
    for box in design.boxes_for(values["form"]):
        if box.kind == "qr":
            varying.append(place_code(box, symbol, device))
        elif box.kind == "logo":
            constant += [logo(box, options.logo, device)] if options.logo else []
        elif box.varies:
            code_place(values.get("code", ""), symbol.text)
            varying += setter.marks(box)
        else:
            constant += setter.marks(box)
    _keep_quiet(constant + varying)
    return constant, varying


def place_code(box: Box, symbol: Symbol, device: Device) -> Code:
    """The symbol with its quiet zone inside the box, as many whole dots a module as fit."""
    left, top, width, height = box.at
    modules = symbol.size + 2 * QUIET_ZONE
    dots = math.floor(min(width, height) / device.dot / modules + SLACK)
    if dots < max(LEAST_DOTS, math.ceil(LEAST_MODULE_MM / device.dot - 1e-6)):
        raise LabelError(
            "qr_too_dense", "二维码的内容太多，在这张标签上印不清，请换大一号的标签", "qr_text"
        )
    spare_x, spare_y = width - dots * modules * device.dot, height - dots * modules * device.dot
    x = left + spare_x * box.shares[0]
    y = top + spare_y * box.shares[1]
    quiet = dots * QUIET_ZONE
    return Code(
        x=(math.floor(x / device.dot + 1e-6) + quiet) * device.dot,
        y=(math.floor(y / device.dot + 1e-6) + quiet) * device.dot,
        module=dots * device.dot,
        symbol=symbol,
    )


def require_on_paper(marks: Sequence[Mark], corners: Sequence[Pair], size: Pair) -> None:
    """Refuse a shift that moves marks over the edge of the paper; LabelError `shift`.

    `corners` are those of the labels that bear these marks, `size` that of the page, in mm.
    """
    left, top, right, bottom = zip(*map(_extent, marks), strict=True)
    x, y = zip(*corners, strict=True)
    inside = (
        min(x) + min(left),
        min(y) + min(top),
        size[0] - max(x) - max(right),
        size[1] - max(y) - max(bottom),
    )
    if min(inside) < -SLACK:
        raise LabelError("shift", "移得太多，标签会印到纸外面，请改小移动的毫米数", "shift")


def with_quiet_zone(code: Code) -> Edges:
    """What must hold nothing but the symbol."""
    reach = QUIET_ZONE * code.module
    side = code.symbol.size * code.module
    return code.x - reach, code.y - reach, code.x + side + reach, code.y + side + reach


def _keep_quiet(marks: Sequence[Mark]) -> None:
    """Nothing may be printed within four modules of a symbol."""
    for code in (mark for mark in marks if isinstance(mark, Code)):
        left, top, right, bottom = with_quiet_zone(code)
        zone = (left + SLACK, top + SLACK, right - SLACK, bottom - SLACK)
        for mark in marks:
            if mark is not code and _overlap(_extent(mark), zone):
                raise LabelError("quiet_zone", "二维码四周要留白，这里留不够，请换一种标签样式")


def _extent(mark: Mark) -> Edges:
    match mark:
        case Text():
            width = sum(mark.advances) + mark.spacing * (len(mark.text) - 1)
            top = mark.y - ASCENT * mark.size
            return mark.x, top, mark.x + width, top + mark.size
        case Bar():
            return mark.x, mark.y, mark.x + mark.width, mark.y + mark.height
        case Choice():
            return mark.x, mark.y, mark.x + mark.side, mark.y + mark.side
        case Code():
            side = mark.symbol.size * mark.module
            return mark.x, mark.y, mark.x + side, mark.y + side
        case Picture():
            right, bottom = mark.columns * mark.dot, mark.rows * mark.dot
            return mark.x, mark.y, mark.x + right, mark.y + bottom


def _overlap(one: Edges, other: Edges) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
