"""Kinds of good and bad photos of prints, and what is to be said of each."""

import io
import random
from collections.abc import Callable
from dataclasses import dataclass, replace

import zxingcpp
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageOps

from labels import LabelError, grade, label_png
from labels.advice import AROUND, BLURRED, FAIR, FAT, GOOD, LINE, PALE, SIDE, STAIN, THIN
from tests.labels.photos import (
    FINE,
    INK,
    TABLE,
    Place,
    Print,
    View,
    any_view,
    jpeg,
    photographed,
    place,
    printed,
)
from tests.labels.values import TAG, longest


@dataclass(frozen=True)
class Kind:
    """Something that happens to prints or photos, and what is to be said of it.

    `spoil` makes the print, `see` the view, `then` the finished photo.  `told` are the sentences
    and codes of refusals that help; `letters` are the grades that are right where there is one.
    """

    name: str
    told: frozenset[str]
    letters: str = "ABCDF"
    spoil: Callable[[Image.Image, Place, random.Random], Image.Image] | None = None
    see: Callable[[View, random.Random], View] | None = None
    then: Callable[[Image.Image], Image.Image] | None = None


def photo_of(kind: Kind, one: Print, seed: int) -> Image.Image:
    """One photo of a kind; each seed another view."""
    chance = random.Random(f"{kind.name}{one}{seed}")
    label, view = printed(one), any_view(seed)
    at = place(label)
    if kind.spoil:
        label = kind.spoil(label.copy(), at, chance)
    if kind.see:
        view = kind.see(view, chance)
    seen = photographed(label, view, at)
    return kind.then(seen) if kind.then else seen


def dead_dots(dots: int) -> Callable[[Image.Image, Place, random.Random], Image.Image]:
    """Heating points of the print head that are out: a white line down the whole label."""

    def spoil(label: Image.Image, at: Place, chance: random.Random) -> Image.Image:
        left = at.left // FINE * FINE + FINE * round(chance.uniform(0.1, 0.9) * at.side / FINE)
        ends = (left, 0, left + dots * FINE - 1, label.height)
        if chance.random() < 0.5:
            top = left - at.left + at.top
            ends = (0, top, label.width, top + dots * FINE - 1)
        ImageDraw.Draw(label).rectangle(ends, fill=255)
        return label

    return spoil


def pale(grey: int) -> Callable[[Image.Image, Place, random.Random], Image.Image]:
    """Too little heat: black comes out grey."""
    return lambda label, at, chance: label.point(
        [grey + own * (255 - grey) // 255 for own in range(256)]
    )


def spread(share: float) -> Callable[[Image.Image, Place, random.Random], Image.Image]:
    """Ink that runs by a share of a module at every edge, or stays back by one below 0."""

    def spoil(label: Image.Image, at: Place, chance: random.Random) -> Image.Image:
        reach = 2 * max(1, round(abs(share) * at.module)) + 1
        wide = ImageFilter.MinFilter(reach) if share > 0 else ImageFilter.MaxFilter(reach)
        return label.filter(wide)

    return spoil


def blot(grey: int, share: float) -> Callable[[Image.Image, Place, random.Random], Image.Image]:
    """A spot of dirt, or of paper that came off."""

    def spoil(label: Image.Image, at: Place, chance: random.Random) -> Image.Image:
        x = at.left + at.side * chance.uniform(0.4, 0.7)
        y = at.top + at.side * chance.uniform(0.4, 0.7)
        r = at.side * share
        ImageDraw.Draw(label).ellipse((x - r, y - 0.8 * r, x + r, y + 0.8 * r), fill=grey)
        return label

    return spoil


def stamped(label: Image.Image, at: Place, chance: random.Random) -> Image.Image:
    """A line beside the code, in its quiet zone."""
    x = at.left - 2.5 * at.module
    ends = (x, at.top + 0.1 * at.side, x + 1.5 * at.module, at.top + 0.9 * at.side)
    ImageDraw.Draw(label).rectangle(ends, fill=0)
    return label


def one_side(label: Image.Image, at: Place, chance: random.Random) -> Image.Image:
    """The print head presses on one side alone: the other comes out grey."""
    ramp = Image.linear_gradient("L").rotate(chance.choice((0, 90, 180, 270)))
    weak = Image.new("L", label.size)
    edge = round(at.side * 0.1)
    box = (round(at.left) - edge, round(at.top) - edge)
    side = round(at.side) + 2 * edge
    weak.paste(ramp.resize((side, side)).point([round(grey * 0.8) for grey in range(256)]), box)
    return ImageChops.lighter(label, weak)


def others(seen: Image.Image) -> Image.Image:
    """Two more labels of the run in the photo, larger than this one."""
    table = Image.new("L", (seen.width * 3, round(seen.height * 1.5)), TABLE)
    form = "trace"
    for number, code in enumerate(("7B2KQ9WM2XHW", "7B2KQ9WM2XHX")):
        values = longest(form) | {"code": f"{code[:4]} {code[4:8]} {code[8:]}"}
        png = label_png("trace-40x30", values, TAG[:-12] + code, dpi=203)
        label = (
            Image.open(io.BytesIO(png)).convert("L").point([INK + g * 7 // 10 for g in range(256)])
        )
        label = label.resize((seen.width, seen.width * label.height // label.width))
        table.paste(label, (2 * seen.width * number, 0))
    table.paste(seen, (seen.width, 0))
    return table


def cut_off(seen: Image.Image) -> Image.Image:
    """Only a part of the code is in the photo."""
    (code,) = zxingcpp.read_barcodes(seen)
    middle = round((code.position.top_left.x + code.position.bottom_right.x) / 2)
    return seen.crop((0, 0, middle, seen.height))


def stays(**changed: float) -> Callable[[View, random.Random], View]:
    return lambda view, chance: replace(view, **changed)


GOOD_ONES = frozenset({GOOD, FAIR})
KINDS = (
    Kind("square, sharp", GOOD_ONES, "A", see=lambda view, chance: View()),
    Kind("any usual view", GOOD_ONES, "AB"),
    Kind("from the side", GOOD_ONES, "AB", see=stays(tilt=0.35, slant=0.25)),
    Kind("round or wrinkled bag", GOOD_ONES, "AB", see=stays(bend=2.5)),
    Kind("far away", GOOD_ONES, "ABC", see=stays(module=4.2)),
    Kind("noise of a dark room", GOOD_ONES, "AB", see=stays(noise=12)),
    Kind("strongly compressed", GOOD_ONES, "AB", see=stays(quality=35)),
    Kind("light from one side", GOOD_ONES, "AB", see=stays(dark=0.6)),
    Kind("a shadow across", GOOD_ONES, "AB", see=stays(shadow=0.45)),
    Kind("several codes", GOOD_ONES, "AB", then=others),
    Kind("dead line, one dot", frozenset({LINE}), spoil=dead_dots(1)),
    Kind("dead line, three dots", frozenset({LINE}), spoil=dead_dots(3)),
    Kind("pale", frozenset({PALE}), "BC", spoil=pale(165)),
    Kind("very pale", frozenset({PALE}), "DF", spoil=pale(205)),
    Kind("ink spreads", frozenset({FAT, GOOD, FAIR}), "ABCD", spoil=spread(0.15)),
    Kind("ink spreads far", frozenset({FAT}), "BCDF", spoil=spread(0.27)),
    Kind("ink stays back", frozenset({THIN, GOOD, FAIR}), "ABCDF", spoil=spread(-0.22)),
    Kind("ink stays back far", frozenset({THIN}), "BCDF", spoil=spread(-0.27)),
    Kind("one side weak", frozenset({SIDE, PALE}), "BCDF", spoil=one_side),
    Kind("dirt on the code", frozenset({STAIN, GOOD}), spoil=blot(0, 0.13)),
    Kind("paper came off", frozenset({STAIN, GOOD}), spoil=blot(255, 0.13)),
    Kind("ink beside the code", frozenset({AROUND}), "BCDF", spoil=stamped),
    Kind("out of focus", frozenset({BLURRED}), "BCDF", see=stays(blur=0.42)),
    Kind("far out of focus", frozenset({BLURRED, "not_found"}), "DF", see=stays(blur=0.75)),
    Kind("shaken", frozenset({BLURRED, "not_found"}), "BCDF", see=stays(shake=1.3)),
    Kind("glare", frozenset({"glare"}), see=stays(glare=1.0)),
    Kind("mirrored", frozenset({"mirrored"}), then=ImageOps.mirror),
    Kind("negative", frozenset({"inverted"}), then=ImageOps.invert),
    Kind("cut off", frozenset({"not_found"}), then=lambda seen: cut_off(seen)),
)


def told(kind: Kind, one: Print, seed: int) -> tuple[str, str]:
    """The letter, empty where there is none, and the sentence or the code of the refusal."""
    photo = photo_of(kind, one, seed)
    try:
        found = grade(jpeg(photo), one.text)
    except LabelError as refused:
        return "", refused.code
    return found.letter, found.advice


def is_right(kind: Kind, letter: str, said: str) -> bool:
    return said in kind.told and (not letter or letter in kind.letters)
