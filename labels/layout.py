"""A design and its values become marks at exact places.

One layout serves every output.  Text shrinks from the size the design wants to the least it
allows; what does not fit even then is refused by name, and so is a character the font lacks.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from labels.design import Box, Design
from labels.device import Device
from labels.errors import LabelError
from labels.fonts import ASCENT
from labels.marks import Bar, Choice, Code, Mark, Text
from labels.qr import QUIET_ZONE, Symbol
from labels.wrap import wrap

# A module is never smaller, so that phones read it: four dots at 300 dpi, as DENSO WAVE asks for.
LEAST_MODULE_MM = 0.33
# At 203 dpi three dots (0.375 mm) are enough while the head is clean; never fewer anywhere.
LEAST_DOTS = 3
TICKED, EMPTY = "☑", "□"
CHOICE_GAP_EM = 1.1
# How much of the spare room lies before what is aligned.
SHARE = {"left": 0.0, "top": 0.0, "center": 0.5, "middle": 0.5, "right": 1.0, "bottom": 1.0}


def lay_out(
    design: Design, values: Mapping[str, str], symbol: Symbol, device: Device
) -> list[Mark]:
    """All marks of one label.

    `values["form"]` picks the form; values the design does not show are ignored, empty ones leave
    their row out.  Raises LabelError `text_too_long`, `glyph_missing`, `qr_too_dense`,
    `quiet_zone`.
    """
    constant, varying = lay_out_parts(design, values, symbol, device)
    return constant + varying


def lay_out_parts(
    design: Design, values: Mapping[str, str], symbol: Symbol, device: Device
) -> tuple[list[Mark], list[Mark]]:
    """The marks that all labels of a run share, and those that differ from label to label."""
    constant: list[Mark] = []
    varying: list[Mark] = []
    for box in design.boxes_for(values["form"]):
        if box.kind == "qr":
            varying.append(place_code(box, symbol, device))
        elif box.varies:
            varying += _box(design, box, values, device)
        else:
            constant += _box(design, box, values, device)
    _keep_quiet(constant + varying)
    return constant, varying


def _box(design: Design, box: Box, values: Mapping[str, str], device: Device) -> list[Mark]:
    match box.kind:
        case "text":
            return _text(design, box, values, device)
        case "choices":
            return _choices(design, box, values, device)
        case "rows":
            return _rows(design, box, values, device)
        case "bar":
            return [Bar(*box.at)]
        case "frame":
            return _frame(*box.at, box.weight)
        case _:
            raise ValueError(f"{design.name}: unknown kind of box {box.kind}")


def place_code(box: Box, symbol: Symbol, device: Device) -> Code:
    """The symbol with its quiet zone inside the box, as many whole dots a module as fit."""
    left, top, width, height = box.at
    modules = symbol.size + 2 * QUIET_ZONE
    dots = math.floor(min(width, height) / device.dot / modules + 1e-6)
    if dots < max(LEAST_DOTS, math.ceil(LEAST_MODULE_MM / device.dot - 1e-6)):
        raise LabelError(
            "qr_too_dense", "二维码的内容太多，在这张标签上印不清，请换大一号的标签。", "qr_text"
        )
    spare_x, spare_y = width - dots * modules * device.dot, height - dots * modules * device.dot
    x = left + spare_x * SHARE[box.align]
    y = top + spare_y * SHARE[box.valign]
    quiet = dots * QUIET_ZONE
    return Code(
        x=(math.floor(x / device.dot + 1e-6) + quiet) * device.dot,
        y=(math.floor(y / device.dot + 1e-6) + quiet) * device.dot,
        module=dots * device.dot,
        symbol=symbol,
    )


@dataclass(frozen=True)
class _Setting:
    """Text of one box at one size."""

    box: Box
    device: Device
    size: float

    @property
    def line(self) -> float:
        return self.device.snap(self.size * self.box.leading)

    def advances(self, text: str) -> tuple[float, ...]:
        return self.device.advances(text, self.box.face, self.size, self.box.pitch)

    @property
    def spacing(self) -> float:
        return self.device.snap(self.box.spacing * self.size)

    def width(self, text: str) -> float:
        return sum(self.advances(text)) + self.spacing * max(len(text) - 1, 0)

    def marks(self, text: str, x: float, top: float) -> list[Mark]:
        """One line with its em squares below `top`; pitched text one character a mark."""
        y = self.device.snap(top + ASCENT * self.size)
        advances = self.advances(text)
        if not self.box.pitch:
            x = self.device.snap(x)
            return [Text(text, x, y, self.size, self.box.face, advances, self.spacing)]
        made: list[Mark] = []
        for character, cell in zip(text, advances, strict=True):
            (own,) = self.device.advances(character, self.box.face, self.size)
            if character != " ":
                inside = self.device.snap(x + (cell - own) / 2)
                made.append(Text(character, inside, y, self.size, self.box.face, (own,)))
            x += cell
        return made


def _text(design: Design, box: Box, values: Mapping[str, str], device: Device) -> list[Mark]:
    key = box.fields[0] if box.fields else None
    text = values.get(key, "") if key else box.text
    if not text:
        return []
    text = box.label + text
    _check_glyphs(design, key, text, box, device)
    left, top, width, height = box.at
    for size in device.sizes(*box.size):
        setting = _Setting(box, device, size)
        lines = [part for line in text.split("\n") for part in wrap(line, width, setting.width)]
        needed = size + (len(lines) - 1) * setting.line
        if needed <= height + 1e-6 and all(setting.width(line) <= width + 1e-6 for line in lines):
            break
    else:
        raise _too_long(design, key)
    y = top + (height - needed) * SHARE[box.valign]
    share = SHARE[box.align]
    return [
        mark
        for at, line in enumerate(lines)
        for mark in setting.marks(
            line, left + (width - setting.width(line)) * share, y + at * setting.line
        )
    ]


def _choices(design: Design, box: Box, values: Mapping[str, str], device: Device) -> list[Mark]:
    key = box.fields[0]
    items = values.get(key, "").split("\n")
    for item in items:
        if item[:1] not in (TICKED, EMPTY) or not item[1:]:
            raise LabelError(
                "choices", f"“{_name(design, key)}”的每一行要以 {TICKED} 或 {EMPTY} 开头。", key
            )
        _check_glyphs(design, key, item[1:], box, device)
    left, top, width, height = box.at
    for size in device.sizes(*box.size):
        setting = _Setting(box, device, size)
        start = left + setting.width(box.label)
        x, y, marks = start, top, setting.marks(box.label, left, top) if box.label else []
        for item in items:
            wide = size * 1.15 + setting.width(item[1:])
            if x > start and x + wide > left + width + 1e-6:
                x, y = start, y + setting.line
            side = device.snap(size * 0.84)
            marks.append(
                Choice(device.snap(x), device.snap(y + size * 0.08), side, item[0] == TICKED)
            )
            marks += setting.marks(item[1:], x + size * 1.15, y)
            fits = x + wide <= left + width + 1e-6
            x += wide + CHOICE_GAP_EM * size
            if not fits:
                break
        if fits and y + size <= top + height + 1e-6:
            return marks
    raise _too_long(design, key)


def _rows(design: Design, box: Box, values: Mapping[str, str], device: Device) -> list[Mark]:
    keys = [key for key in box.fields if values.get(key)]
    for key in keys:
        _check_glyphs(design, key, values[key], box, device)
    names = {key: _name(design, key) if box.names == "column" else "" for key in keys}
    texts = {
        key: f"{_name(design, key)}：{values[key]}" if box.names == "inline" else values[key]
        for key in keys
    }
    width, height = box.at[2:]
    for size in device.sizes(*box.size):
        value = _Setting(box, device, size)
        name = _Setting(box, device, next(device.sizes(size * box.name_scale, box.size[1])))
        indent = max(map(name.width, names.values()), default=0)
        indent += 0.8 * size if indent else 0
        lines = {key: wrap(text, width - indent, value.width) for key, text in texts.items()}
        needed = sum((len(part) - 1) * value.line + size for part in lines.values())
        spare = height - needed
        if spare >= (len(keys) - 1) * (box.leading - 1) * size - 1e-6:
            break
    else:
        raise _too_long(design, max(keys, key=lambda key: len(lines[key])))
    left, y = box.at[:2]
    gap = spare / max(len(keys) - (0 if box.weight else 1), 1)
    gap = min(gap, box.most_gap * size)
    y += gap / 2 if box.weight else 0
    marks: list[Mark] = []
    for key in keys:
        if names[key]:
            # Name and value share a baseline, whatever their sizes.
            marks += name.marks(names[key], left, y + ASCENT * (size - name.size))
        for at, line in enumerate(lines[key]):
            marks += value.marks(line, left + indent, y + at * value.line)
        y += (len(lines[key]) - 1) * value.line + size + gap
        if box.weight:
            marks.append(Bar(left, y - gap / 2, width, box.weight))
    return marks


def _frame(x: float, y: float, width: float, height: float, weight: float) -> list[Mark]:
    return [
        Bar(x, y, width, weight),
        Bar(x, y + height - weight, width, weight),
        Bar(x, y, weight, height),
        Bar(x + width - weight, y, weight, height),
    ]


def _name(design: Design, key: str) -> str:
    return design.fields[key].label


def _too_long(design: Design, key: str | None) -> LabelError:
    name = _name(design, key) if key else design.title
    return LabelError(
        "text_too_long", f"“{name}”太长，这张标签印不下，请缩短或换大一号的标签。", key
    )


def _check_glyphs(design: Design, key: str | None, text: str, box: Box, device: Device) -> None:
    lacking = device.fonts.missing(box.face, text.replace("\n", ""))
    if lacking:
        name = _name(design, key) if key else design.title
        shown = "、".join(mark if mark.isprintable() else f"U+{ord(mark):04X}" for mark in lacking)
        raise LabelError("glyph_missing", f"“{name}”里的“{shown}”印不出来，请换一个写法。", key)


def _keep_quiet(marks: Sequence[Mark]) -> None:
    """Nothing may be printed within four modules of a symbol."""
    for code in (mark for mark in marks if isinstance(mark, Code)):
        reach = QUIET_ZONE * code.module - 1e-6
        side = code.symbol.size * code.module
        zone = (code.x - reach, code.y - reach, code.x + side + reach, code.y + side + reach)
        for mark in marks:
            if mark is not code and _overlap(_extent(mark), zone):
                raise LabelError("quiet_zone", "二维码四周要留白，请换一张标签样式。")


def _extent(mark: Mark) -> tuple[float, float, float, float]:
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


def _overlap(
    one: tuple[float, float, float, float], other: tuple[float, float, float, float]
) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
