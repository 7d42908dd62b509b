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
            marks += setting.marks(line, left + (width - setting.width(line)) * box.shares[0], y)
            y += setting.line
        return marks

    def _choices(self, box: Box) -> list[Mark]:
        """Squares with their words, one line if they fit, else indented below each other."""
        key = box.fields[0]
        items = self._values.get(key, "").split("\n")
        for item in items:
            if item[:1] not in (TICKED, EMPTY) or not item[1:]:
                raise LabelError(
                    "choices", f"“{self._name(key)}”的每一行要以 {TICKED} 或 {EMPTY} 开头。", key
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
        texts = {key: self._values[key] for key in keys}
        for key, text in texts.items():
            self._check_glyphs(key, text, box)
        if box.names == "inline":
            texts = {key: f"{self._name(key)}：{text}" for key, text in texts.items()}
        width, height = box.at[2:]
        for value in self._settings(box):
            size = value.size
            name = next(self._settings(box, size * box.name_scale))
            indent = 0.0
            if box.names == "column":
                indent = max(name.width(self._name(key)) for key in keys) + NAME_GAP * size
            lines = {key: wrap(text, width - indent, value.width) for key, text in texts.items()}
            spare = height - sum((len(part) - 1) * value.line + size for part in lines.values())
            if spare >= (len(keys) - 1) * (box.leading - 1) * size - SLACK:
                break
        else:
            raise self._too_long(max(keys, key=lambda key: len(lines[key])))
        left, y = box.at[:2]
        # Ruled rows have half a gap above the first and below the last.
        gap = spare / max(len(keys) - (not box.weight), 1)
        y += gap / 2 if box.weight else 0
        marks: list[Mark] = []
        for key in keys:
            if box.names == "column":
                # Name and value share a baseline, whatever their sizes.
                marks += name.marks(self._name(key), left, y + ASCENT * (size - name.size))
            for at, line in enumerate(lines[key]):
                marks += value.marks(line, left + indent, y + at * value.line)
            y += (len(lines[key]) - 1) * value.line + size + gap
            if box.weight:
                marks.append(Bar(left, y - gap / 2, width, box.weight))
        return marks

    def _settings(self, box: Box, largest: float | None = None) -> Iterator[_Setting]:
        sizes = self._device.sizes(largest or box.size[0], box.size[1])
        return (_Setting(box, self._device, size) for size in sizes)

    def _name(self, key: str | None) -> str:
        return self._design.fields[key].label if key else self._design.title

    def _too_long(self, key: str | None) -> LabelError:
        return LabelError(
            "text_too_long",
            f"“{self._name(key)}”太长，这张标签印不下，请缩短或换大一号的标签。",
            key,
        )

    def _check_glyphs(self, key: str | None, text: str, box: Box) -> None:
        lacking = self._device.fonts.missing(box.face, text.replace("\n", ""))
        if lacking:
            shown = "、".join(
                mark if mark.isprintable() else f"U+{ord(mark):04X}" for mark in lacking
            )
            raise LabelError(
                "glyph_missing", f"“{self._name(key)}”里的“{shown}”印不出来，请换一个写法。", key
            )


def _frame(x: float, y: float, width: float, height: float, weight: float) -> list[Mark]:
    return [
        Bar(x, y, width, weight),
        Bar(x, y + height - weight, width, weight),
        Bar(x, y, weight, height),
        Bar(x + width - weight, y, weight, height),
    ]
