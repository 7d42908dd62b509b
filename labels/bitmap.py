"""Marks onto printer dots: a picture of 1-bit pixels, one for each dot."""

import io
import math
from collections.abc import Sequence

from PIL import Image, ImageDraw

from labels.device import Device
from labels.fonts import face_at
from labels.marks import Bar, Choice, Code, Mark, Picture, Text
from labels.stock import Pair

BLACK, WHITE = 0, 1


def paint(marks: Sequence[Mark], size: Pair, device: Device) -> Image.Image:
    """The label as a picture of mode "1"."""
    picture = Image.new("1", _dots(size, device), WHITE)
    draw = ImageDraw.Draw(picture)
    draw.fontmode = "1"
    for mark in marks:
        match mark:
            case Text():
                _text(draw, mark, device)
            case Bar():
                x, y = _dots((mark.x, mark.y), device)
                width, height = (max(side, 1) for side in _dots((mark.width, mark.height), device))
                draw.rectangle((x, y, x + width - 1, y + height - 1), fill=BLACK)
            case Choice():
                _choice(draw, mark, device)
            case Code():
                picture.paste(_symbol(mark, device), _dots((mark.x, mark.y), device))
            case Picture():
                own = Image.frombytes("1", (mark.columns, mark.rows), mark.bits, "raw", "1;I")
                picture.paste(own, _dots((mark.x, mark.y), device))
    return picture


def png(picture: Image.Image, device: Device) -> bytes:
    """The picture as PNG, its dots a metre written in, so that it prints at its true size."""
    out = io.BytesIO()
    picture.save(out, "PNG", dpi=(25.4 / device.dot, 25.4 / device.dot), optimize=True)
    return out.getvalue()


def _dots(pair: Pair, device: Device) -> tuple[int, int]:
    return round(pair[0] / device.dot), round(pair[1] / device.dot)


def _text(draw: ImageDraw.ImageDraw, mark: Text, device: Device) -> None:
    font = face_at(device.fonts.path(mark.face), round(mark.size / device.dot))
    x, y = mark.x, round(mark.y / device.dot)
    around = mark.heavier / device.dot / 2
    for character, advance in zip(mark.text, mark.advances, strict=True):
        place = (round(x / device.dot), y)
        draw.text(place, character, BLACK, font, "ls", stroke_width=around)
        x += advance + mark.spacing


def _choice(draw: ImageDraw.ImageDraw, mark: Choice, device: Device) -> None:
    x, y = _dots((mark.x, mark.y), device)
    side = round(mark.side / device.dot)
    line = max(1, round(side * 0.07))
    draw.rectangle((x, y, x + side - 1, y + side - 1), outline=BLACK, width=line)
    if mark.ticked:
        points = [(0.2, 0.52), (0.43, 0.76), (0.86, 0.14)]
        path = [(x + round(side * dx), y + round(side * dy)) for dx, dy in points]
        draw.line(path, fill=BLACK, width=max(2, math.ceil(side * 0.13)), joint="curve")


def _symbol(mark: Code, device: Device) -> Image.Image:
    """The symbol at whole dots a module."""
    dots = round(mark.module / device.dot)
    side = mark.symbol.size * dots
    return Image.frombytes("1", (side, side), mark.symbol.packed(dots), "raw", "1;I")
