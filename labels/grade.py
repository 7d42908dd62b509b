"""A photographed print against the symbol it should be: how well it prints, and what to do.

After ISO/IEC 15415 in plain form: the same parameters and grades, from a photo instead of a
calibrated reader, so an indication and no verification.  Reflectance is told by the ratio of dark
to light, which does not depend on the exposure.
"""

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import compress

import zxingcpp
from PIL import Image, ImageFilter, ImageOps

from labels.advice import advice
from labels.basis import Block, blocks, stride
from labels.errors import LabelError
from labels.qr import QUIET_ZONE, Run, Symbol

LETTERS = "FDCBA"
# The least value for grades 4, 3, 2, 1 (ISO/IEC 15415, tables 4 to 7).
CONTRAST = (0.70, 0.55, 0.40, 0.20)
MODULATION = (0.50, 0.40, 0.30, 0.20)
UNUSED = (0.62, 0.50, 0.37, 0.25)
# How much of the quiet zone may be dark: a speck is none of the printer's.
QUIET = (0.01, 0.02, 0.04, 0.08)
LEAST_PIXELS = 3.0
MOST_PIXELS = 60_000_000
# Pixels a module is looked at with; of these the middle nine are its value.
SCALE = 5
GAMMA = 2.2

Point = tuple[float, float]


@dataclass(frozen=True)
class Grade:
    """How a print was found.

    `points` from 4 to 0 are `letter` A to F, the least of the parameters' grades; from 2 on a print
    serves.  `contrast`, `modulation` (of the weakest module that was right) and `unused` (error
    correction left in the worst block) are shares of 1, `dark_around` that of the quiet zone;
    `wrong` counts modules.  `pixels` is how large a module is in the photo.
    """

    points: int
    letter: str
    contrast: float
    modulation: float
    wrong: int
    unused: float
    dark_around: float
    pixels: float
    advice: str

    @property
    def serves(self) -> bool:
        return self.points >= 2


def grade(photo: bytes, text: str) -> Grade:
    """Grade the symbol of `text` in a photo (JPEG, PNG …).

    Raises LabelError `photo`, `not_found`, `other_code`, `photo_small`.
    """
    picture = _opened(photo)
    corners, decoded = _located(picture, text)
    symbol, corners = _matched(picture, corners, text)
    values = _looked_at(picture, corners, symbol.size)
    return _graded(symbol, values, decoded, _pixels(corners, symbol.size))


def _graded(
    symbol: Symbol, values: Sequence[Sequence[float]], decoded: bool, pixels: float
) -> Grade:
    size = symbol.size
    inside = [row[QUIET_ZONE:-QUIET_ZONE] for row in values[QUIET_ZONE:-QUIET_ZONE]]
    flat = sorted(value for row in inside for value in row)
    # The darkest and the lightest module; one in fifty may be a speck.
    darkest, lightest = flat[len(flat) // 50], flat[-1 - len(flat) // 50]
    span, middle = max(lightest - darkest, 1e-6), (lightest + darkest) / 2
    dark = [[module == "1" for module in row] for row in symbol.rows()]
    # From 1, clearly what it should be, through 0, undecided, to -1, clearly the other.
    sure = [
        [2 * (middle - value if is_dark else value - middle) / span for value, is_dark in pairs]
        for pairs in (zip(row, own, strict=True) for row, own in zip(inside, dark, strict=True))
    ]
    around = [
        value < middle
        for y, row in enumerate(values)
        for x, value in enumerate(row)
        if not (QUIET_ZONE <= x < size + QUIET_ZONE and QUIET_ZONE <= y < size + QUIET_ZONE)
    ]
    contrast = 1 - darkest / max(lightest, 1e-6)
    dark_around = sum(around) / len(around)
    made = blocks(symbol.version)
    unused = _unused(made, sure, 0)
    right = [value for row in sure for value in row if value > 0]
    grades = {
        "contrast": _points(contrast, CONTRAST),
        "modulation": max(
            min(_points(least, MODULATION), _points(_unused(made, sure, least), UNUSED))
            for least in (*MODULATION, 0)
        ),
        "unused": _points(unused, UNUSED),
        "quiet": sum(dark_around <= most for most in QUIET),
        "decoded": 4 if decoded else 0,
    }
    points = min(grades.values())
    return Grade(
        points=points,
        letter=LETTERS[points],
        contrast=contrast,
        modulation=min(right, default=0),
        wrong=sum(value <= 0 for row in sure for value in row),
        unused=unused,
        dark_around=dark_around,
        pixels=pixels,
        advice=advice(grades, sure, dark),
    )


def _points(value: float, least: Sequence[float]) -> int:
    return sum(value >= one for one in least)


def _unused(made: Sequence[Block], sure: Sequence[Sequence[float]], least: float) -> float:
    """The error correction left in the worst block if modules below `least` are errors."""
    size = len(sure)
    width = 8 * stride(size)
    left = 1.0
    for block in made:
        wrong = 0
        for codeword in block.codewords:
            places = (divmod(size * width - 1 - place, width) for place in codeword)
            wrong += any(sure[row][column] <= least for row, column in places)
        left = min(left, 1 - 2 * wrong / (len(block.codewords) - block.data))
    return max(left, 0.0)


def _opened(photo: bytes) -> Image.Image:
    try:
        with Image.open(io.BytesIO(photo)) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise LabelError("photo", "照片太大，请用手机的普通尺寸再拍一张。", "photo")
            return ImageOps.exif_transpose(opened).convert("L")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        raise LabelError("photo", "照片打不开，请换一张 JPG 或 PNG 照片。", "photo") from None


def _located(picture: Image.Image, text: str) -> tuple[list[Point], bool]:
    """The corners of the symbol from its top left one clockwise, and whether it was read."""
    found = zxingcpp.read_barcodes(
        picture, formats=zxingcpp.BarcodeFormat.QRCode, return_errors=True
    )
    read = [code for code in found if code.valid and code.text == text]
    unread = [code for code in found if not code.valid]
    if not read and not unread:
        if found:
            raise LabelError("other_code", "照片里是另一张标签的二维码，请拍这一张。", "photo")
        raise LabelError(
            "not_found", "照片里找不到二维码，请把整个码拍进去，拿稳，光要够。", "photo"
        )
    place = (read or unread)[0].position
    corners = (place.top_left, place.top_right, place.bottom_right, place.bottom_left)
    return [(float(point.x), float(point.y)) for point in corners], bool(read)


def _matched(picture: Image.Image, corners: list[Point], text: str) -> tuple[Symbol, list[Point]]:
    """The symbol under the mask that was printed, and its corners to a fraction of a pixel."""
    symbols = [Run(text, mask).symbol(text) for mask in range(8)]
    size = symbols[0].size
    pixels = _pixels(corners, size)
    if pixels < LEAST_PIXELS:
        raise LabelError("photo_small", "二维码在照片里太小，请靠近一些再拍。", "photo")
    symbol = max(symbols, key=lambda one: _likeness(picture, corners, one))
    for step in (pixels / 2, pixels / 4, pixels / 8, pixels / 8):
        for at in range(4):
            for dx, dy in ((step, 0), (-step, 0), (0, step), (0, -step)):
                x, y = corners[at]
                tried = [*corners[:at], (x + dx, y + dy), *corners[at + 1 :]]
                if _likeness(picture, tried, symbol) > _likeness(picture, corners, symbol):
                    corners = tried
    return symbol, corners


def _likeness(picture: Image.Image, corners: Sequence[Point], symbol: Symbol) -> int:
    """How much lighter the modules are that should be light."""
    size = (symbol.size, symbol.size)
    seen = picture.transform(
        size, Image.Transform.PERSPECTIVE, _mapping(corners, symbol.size, 0, 1), _BILINEAR
    ).tobytes()
    dark = list(map(int, "".join(symbol.rows())))
    inked = sum(dark)
    ink = sum(compress(seen, dark))
    return (sum(seen) - ink) // (len(dark) - inked) - ink // inked


_BILINEAR = Image.Resampling.BILINEAR


def _looked_at(picture: Image.Image, corners: Sequence[Point], size: int) -> list[list[float]]:
    """Every module and the quiet zone: how much light comes back, row by row."""
    modules = size + 2 * QUIET_ZONE
    seen = picture.transform(
        (SCALE * modules, SCALE * modules),
        Image.Transform.PERSPECTIVE,
        _mapping(corners, size, QUIET_ZONE, SCALE),
        _BILINEAR,
        fillcolor=255,
    )
    middle = seen.filter(ImageFilter.BoxBlur(1)).resize(
        (modules, modules), Image.Resampling.NEAREST
    )
    light = [(grey / 255) ** GAMMA for grey in range(256)]
    values = [light[grey] for grey in middle.tobytes()]
    return [values[at : at + modules] for at in range(0, len(values), modules)]


def _pixels(corners: Sequence[Point], size: int) -> float:
    """Pixels a module on the shortest side."""
    sides = zip(corners, [*corners[1:], corners[0]], strict=True)
    return min(math.dist(one, other) for one, other in sides) / size


def _mapping(corners: Sequence[Point], size: int, quiet: int, scale: int) -> tuple[float, ...]:
    """From pixels of a straight picture to those of the photo, as Pillow wants it.

    The straight picture has `scale` pixels a module and `quiet` modules around the symbol.
    """
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = corners
    # The unit square onto four corners (P. Heckbert, 1989).
    dx1, dx2, dy1, dy2 = x1 - x2, x3 - x2, y1 - y2, y3 - y2
    sx, sy = x0 - x1 + x2 - x3, y0 - y1 + y2 - y3
    whole = dx1 * dy2 - dx2 * dy1
    g, h = (sx * dy2 - dx2 * sy) / whole, (dx1 * sy - sx * dy1) / whole
    a, b, c = x1 - x0 + g * x1, x3 - x0 + h * x3, x0
    d, e, f = y1 - y0 + g * y1, y3 - y0 + h * y3, y0
    # u = x / (scale * size) - quiet / size, and v likewise.
    per, off = 1 / (scale * size), -quiet / size
    last = 1 + (g + h) * off
    return tuple(
        one / last
        for one in (
            a * per, b * per, c + (a + b) * off,
            d * per, e * per, f + (d + e) * off,
            g * per, h * per,
        )
    )  # fmt: skip
