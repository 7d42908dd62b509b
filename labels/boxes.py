"""Boxes of text become marks.

Text shrinks from the size the design wants to the least it allows; what does not fit even then is
refused by name, and so is a character the font lacks.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from labels.design import Box, Design
from labels.device import Device
from labels.errors import LabelError
from labels.fonts import ASCENT
from labels.marks import Bar, Choice, Mark, Text
from labels.wrap import wrap

TICKED, EMPTY = "☑", "□"
# Parts of the text size: the square of a choice and its place in the line, the room it takes with
# the gap behind it, the gap between choices, and the gap between names and values.
SQUARE, SQUARE_DROP, SQUARE_ROOM = 0.84, 0.08, 1.15
CHOICE_GAP = 1.1
NAME_GAP = 0.8
# What strong text gains in width of stroke, and the widest gap between rows.
STRONG = 0.03
ROW_GAP = 1.1
# Sums of lengths are compared with this slack, in mm.
SLACK = 1e-6


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

    def marks(self, text: str, x: float, top: float, strong: bool = False) -> list[Mark]:
        """One line with its em squares below `top`; pitched text one character a mark."""
        y = self.device.snap(top + ASCENT * self.size)
        advances = self.advances(text)
        if not self.box.pitch:
            x, heavier = self.device.snap(x), STRONG * self.size * strong
            return [Text(text, x, y, self.size, self.box.face, advances, self.spacing, heavier)]
        made: list[Mark] = []
        for character, cell in zip(text, advances, strict=True):
            (own,) = self.device.advances(character, self.box.face, self.size)
            if character != " ":
                inside = self.device.snap(x + (cell - own) / 2)
                made.append(Text(character, inside, y, self.size, self.box.face, (own,)))
            x += cell
        return made


class Setter:
    """Sets the boxes of one label.  Raises LabelError `text_too_long`, `glyph_missing`."""

    def __init__(self, design: Design, values: Mapping[str, str], device: Device) -> None:
        self._design = design
        self._values = values
        self._device = device

    def marks(self, box: Box) -> list[Mark]:
        match box.kind:
            case "text":
                return self._text(box)
            case "choices":
                return self._choices(box)
            case "rows":
                return self._rows(box)
            case "bar":
                return [Bar(*box.at)]
            case "frame":
                return _frame(*box.at, box.weight)
            case _:
                raise ValueError(f"{self._design.name}: unknown kind of box {box.kind}")

    def _text(self, box: Box) -> list[Mark]:
        key = box.fields[0] if box.fields else None
        text = self._values.get(key, "") if key else box.text
        if not text:
            return []
        text = box.label + text
        self._check_glyphs(key, text, box)
        left, top, width, height = box.at
        for setting in self._settings(box):
            lines = [part for line in text.split("\n") for part in wrap(line, width, setting.width)]
            needed = setting.size + (len(lines) - 1) * setting.line
            widest = max(map(setting.width, lines))
            if needed <= height + SLACK and widest <= width + SLACK:
                break
        else:
            raise self._too_long(key)
        marks: list[Mark] = []
        y = top + (height - needed) * box.shares[1]
        for line in lines:
            x = left + (width - setting.width(line)) * box.shares[0]
            marks += setting.marks(line, x, y, box.strong)
            y += setting.line
        return marks

    def _choices(self, box: Box) -> list[Mark]:
        """Squares with their words, one line if they fit, else indented below each other."""
        key = box.fields[0]
        items = self._values.get(key, "").split("\n")
        for item in items:
            if item[:1] not in (TICKED, EMPTY) or not item[1:]:
                raise LabelError(
                    "choices", f"“{self._name(key)}”的每一行要以 {TICKED} 或 {EMPTY} 开头", key
                )
            self._check_glyphs(key, item[1:], box)
        for setting in self._settings(box):
            marks = self._choices_at(setting, items)
            if marks:
                return marks
        raise self._too_long(key)

    def _choices_at(self, setting: _Setting, items: Sequence[str]) -> list[Mark]:
        """Nothing where they do not fit at this size."""
        box, size = setting.box, setting.size
        left, top, width, height = box.at
        marks = setting.marks(box.label, left, top)
        x = start = left + setting.width(box.label)
        y = top
        for item in items:
            wide = SQUARE_ROOM * size + setting.width(item[1:])
            if x > start and x + wide > left + width + SLACK:
                x, y = start, y + setting.line
            if x + wide > left + width + SLACK or y + size > top + height + SLACK:
                return []
            snap = self._device.snap
            side, drop = snap(SQUARE * size), SQUARE_DROP * size
            marks.append(Choice(snap(x), snap(y + drop), side, item[0] == TICKED))
            marks += setting.marks(item[1:], x + SQUARE_ROOM * size, y)
            x += wide + CHOICE_GAP * size
        return marks

    def _rows(self, box: Box) -> list[Mark]:
        keys = [key for key in box.fields if self._values.get(key)]
        if not keys:
            return []
        for key in keys:
            self._check_glyphs(key, self._values[key], box)
        for names in box.names:
            for value in self._settings(box):
                rows = _Rows(value, next(self._settings(box, value.size * box.name_scale)), names)
                if marks := rows.marks([(self._name(key), self._values[key]) for key in keys]):
                    return marks
        raise self._too_long(max(keys, key=lambda key: value.width(self._values[key])))

    def _settings(self, box: Box, largest: float | None = None) -> Iterator[_Setting]:
        sizes = self._device.sizes(largest or box.size[0], box.size[1])
        return (_Setting(box, self._device, size) for size in sizes)

    def _name(self, key: str | None) -> str:
        return self._design.fields[key].label if key else self._design.title

    def _too_long(self, key: str | None) -> LabelError:
        return LabelError(
            "text_too_long",
            f"“{self._name(key)}”太长，这张标签印不下，请缩短或换大一号的标签",
            key,
        )

    def _check_glyphs(self, key: str | None, text: str, box: Box) -> None:
        lacking = self._device.fonts.missing(box.face, text.replace("\n", ""))
        if lacking:
            shown = "、".join(
                mark if mark.isprintable() else f"U+{ord(mark):04X}" for mark in lacking
            )
            raise LabelError(
                "glyph_missing", f"“{self._name(key)}”里的“{shown}”印不出来，请换一个写法", key
            )


@dataclass(frozen=True)
class _Rows:
    """Fields at one size; `names` stand beside them in a `column`, `inline` or not at all."""

    value: _Setting
    name: _Setting
    names: str

    def marks(self, fields: Sequence[tuple[str, str]]) -> list[Mark]:
        """Nothing where they do not fit."""
        box, size = self.value.box, self.value.size
        left, top, width, height = box.at
        column = self.names == "column"
        indent = 0.0
        if column:
            indent = max(self.name.width(name) for name, _ in fields) + NAME_GAP * size
        texts = [f"{name}：{text}" if self.names == "inline" else text for name, text in fields]
        rows = [wrap(text, width - indent, self.value.width) for text in texts]
        tall = [(len(lines) - 1) * self.value.line + size for lines in rows]
        spare = height - sum(tall)
        if spare < (len(rows) - 1) * (box.leading - 1) * size - SLACK:
            return []
        if box.weight:
            # Ruled rows have half a gap above the first and below the last.
            gap = spare / len(rows)
            y = top + gap / 2
        else:
            gap = min(spare / max(len(rows) - 1, 1), ROW_GAP * size)
            y = top + (spare - (len(rows) - 1) * gap) * box.shares[1]
        marks: list[Mark] = []
        for at, lines in enumerate(rows):
            if column:
                # Name and value share a baseline, whatever their sizes.
                drop = ASCENT * (size - self.name.size)
                marks += self.name.marks(fields[at][0], left, y + drop)
            for line in lines:
                marks += self.value.marks(line, left + indent, y, box.strong and at == 0)
                y += self.value.line
            y += tall[at] - len(lines) * self.value.line + gap
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
