"""A photographed print against the symbol it should be: how well it prints, and what to do.

After ISO/IEC 15415 in plain form: the same parameters and grades, from a photo instead of a
calibrated reader, so an indication and no verification.  Reflectance is told by the ratio of dark
to the paper beside it, which does not depend on the exposure.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from PIL import Image

from labels.advice import advice
from labels.basis import Block, blocks, stride
from labels.errors import LabelError
from labels.measure import Measured, measured
from labels.photo import Code, looks, opened, reads
from labels.straight import Sight, sight

LETTERS = "FDCBA"
# The least value for grades 4, 3, 2, 1 (ISO/IEC 15415, tables 4 to 7).
CONTRAST = (0.70, 0.55, 0.40, 0.20)
MODULATION = (0.50, 0.40, 0.30, 0.20)
UNUSED = (0.62, 0.50, 0.37, 0.25)
# How many modules between the corners may be wrong.
TIMING = (0, 0.07, 0.11, 0.14)
# How much of the quiet zone may be dark: a speck is none of the printer's.
QUIET = (0.01, 0.02, 0.04, 0.08)
# Pixels a module below which nothing can be said.
LEAST_PIXELS = 3.0
# Another symbol of the same size differs in a third of its modules.
OTHER = 0.25


@dataclass(frozen=True)
class Grade:
    """How a print was found.

    `points` from 4 to 0 are `letter` A to F, the least of the parameters' grades; from 2 on a print
    serves.  `contrast`, `modulation` (of the weakest module that was right) and `unused` (error
    correction left in the worst block) are shares of 1, `dark_around` that of the quiet zone;
    `wrong` counts modules; `growth` is how far edges of ink moved out, in modules.  `pixels` is how
    large a module is in the photo.
    """

    text: str
    points: int
    letter: str
    contrast: float
    modulation: float
    wrong: int
    unused: float
    growth: float
    dark_around: float
    pixels: float
    advice: str

    @property
    def serves(self) -> bool:
        return self.points >= 2


def grade(photo: bytes, text: str | None = None) -> Grade:
    """Grade the symbol of `text`, or the largest that can be read, in a photo (JPEG, PNG, WebP).

    Raises LabelError `photo`, `photo_large`, `photo_small`, `not_found`, `other_code`, `mirrored`,
    `inverted` or `glare`.
    """
    picture = opened(photo)
    code, seen, found = _found(picture, text)
    if code.side / seen.symbol.size < LEAST_PIXELS:
        raise LabelError("photo_small", "二维码在照片里太小，请靠近一些再拍", "photo")
    if seen.mirrored:
        raise LabelError(
            "mirrored",
            "码左右反了：标签上的字是正的，就用手机背面的镜头再拍；字也是反的，"
            "就在打印机设置里关掉“镜像”再印",
            "photo",
        )
    if seen.negative:
        raise LabelError(
            "inverted",
            "码黑白反了，很多手机读不出：在打印机设置里关掉“反白”（负片）再印，要白底黑码",
            "photo",
        )
    return _graded(seen, found, code)


def _found(picture: Image.Image, text: str | None) -> tuple[Code, Sight, Measured]:
    """The code that was read, else one that cannot be and is most of all the wanted symbol."""
    others = False
    for there in looks(picture):
        for code in there:
            if code.text and text in (None, code.text):
                return _ours(picture, code)
        for code in there:
            if text and not code.text:
                seen = sight(picture, code, text)
                found = measured(seen)
                if len(found.wrong) < OTHER * seen.symbol.size**2:
                    return code, seen, found
        others = others or any(code.text for code in there)
    if others:
        raise LabelError("other_code", "照片里是另一张标签的二维码，请拍这一张", "photo")
    raise LabelError("not_found", "照片里找不到二维码，请把整个码拍进去，拿稳，光要够", "photo")


def _ours(picture: Image.Image, code: Code) -> tuple[Code, Sight, Measured]:
    """A code that was read; another maker's lays the same text out in other modules."""
    foreign = LabelError(
        "other_code", "照片里的码不是这里印的，打不了分，请拍这里印的标签", "photo"
    )
    try:
        seen = sight(picture, code, code.text)
    except LabelError:
        raise foreign from None
    if (code.version, code.mask) != (seen.symbol.version, seen.symbol.mask):
        raise foreign
    return code, seen, measured(seen)


def _graded(seen: Sight, found: Measured, code: Code) -> Grade:
    made = blocks(seen.symbol.version)
    sure = found.sure
    unused = _unused(made, sure, 0)
    grades = {
        "contrast": _points(found.contrast, CONTRAST),
        "modulation": max(
            min(_points(least, MODULATION), _points(_unused(made, sure, least), UNUSED))
            for least in (*MODULATION, 0)
        ),
        "unused": _points(unused, UNUSED),
        "fixed": _fixed(found.wrong, len(sure)),
        "quiet": sum(found.dark_around <= most for most in QUIET),
        "decoded": 4 if code.plain or reads(seen.picture, seen.symbol.text) else 0,
    }
    points = min(grades.values())
    if points < 4 and found.glare:
        raise LabelError("glare", "码上有反光：换个角度，避开灯和太阳的影子再拍一张", "photo")
    return Grade(
        text=seen.symbol.text,
        points=points,
        letter=LETTERS[points],
        contrast=found.contrast,
        modulation=min((one for row in sure for one in row if one > 0), default=0),
        wrong=len(found.wrong),
        unused=unused,
        growth=found.growth,
        dark_around=found.dark_around,
        pixels=code.side / seen.symbol.size,
        advice=advice(grades, found),
    )


def _points(value: float, least: Sequence[float]) -> int:
    return sum(value >= one for one in least)


def _fixed(wrong: Collection[tuple[int, int]], size: int) -> int:
    """The grade of what readers find a symbol by: its corners, with the white beside them, and the
    rows of alternating modules between (ISO/IEC 18004, annex on print quality)."""
    low, high = range(8), range(size - 8, size)
    corners = [
        sum(x in across and y in down for x, y in wrong)
        for across, down in ((low, low), (high, low), (low, high))
    ]
    between = range(8, size - 8)
    timing = [
        sum(x in between and y == 6 for x, y in wrong),
        sum(y in between and x == 6 for x, y in wrong),
    ]
    return min(
        4 - min(4, max(corners)),
        sum(max(timing) <= most * len(between) for most in TIMING),
    )


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
