"""Prints as printers make them, and photos as telephones take them: what a grader is tried with."""

import io
import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache

import zxingcpp
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageOps

from labels import LabelError, grade, label_png
from labels.advice import AROUND, BLURRED, FAIR, FAT, GOOD, LINE, PALE, SIDE, STAIN, THIN
from tests.labels.values import CERTIFICATE, SIGNED_TAG, TAG, longest

# Pixels a printer's dot is drawn with before the camera looks, so that ink may run by part of one.
FINE = 4
INK, PAPER, TABLE = 30, 215, 110

Point = tuple[float, float]


@dataclass(frozen=True)
class Print:
    """A label and the code on it."""

    text: str
    design: str
    dpi: int

    def __str__(self) -> str:
        return f"{self.design}-{self.dpi}"


PRINTS = (
    Print(TAG, "trace-40x30", 203),
    Print(TAG, "trace-40x30", 300),
    Print(SIGNED_TAG, "trace-60x40", 203),
    Print(SIGNED_TAG, "trace-60x40", 300),
    Print(CERTIFICATE, "certificate-80x60", 203),
)


@dataclass(frozen=True)
class View:
    """How a telephone saw a label.  Lengths are in modules of its code."""

    module: float = 10.0  # pixels
    turn: float = 0.0  # degrees
    tilt: float = 0.0  # share by which the far edge is shorter than the near one
    slant: float = 0.0  # the same from side to side
    bend: float = 0.0  # how far a wave of the bag moves the paper
    blur: float = 0.08
    shake: float = 0.0
    noise: float = 3.0  # greys
    dark: float = 0.0  # share of the light that is missing at one side
    shadow: float = 0.0  # share that the telephone's own shadow takes
    glare: float = 0.0
    sharpen: float = 0.3
    quality: int = 85
    seed: int = 7


def any_view(seed: int) -> View:
    """A usual view: not quite square, not quite sharp, the light a little from one side."""
    chance = random.Random(seed)
    return View(
        module=chance.uniform(6, 14),
        turn=chance.choice((0, 90, 180, 270)) + chance.uniform(-15, 15),
        tilt=chance.uniform(0, 0.15),
        slant=chance.uniform(0, 0.1),
        blur=chance.uniform(0.05, 0.12),
        noise=chance.uniform(1, 5),
        dark=chance.uniform(0, 0.25),
        quality=chance.randint(70, 95),
        seed=seed,
    )


@cache
def printed(one: Print) -> Image.Image:
    """The label as it leaves a good printer, FINE pixels a dot."""
    form = "2025-producer" if one.design.startswith("certificate") else "trace"
    painted = label_png(one.design, longest(form), one.text, dpi=one.dpi)
    label = Image.open(io.BytesIO(painted)).convert("L")
    return label.resize((label.width * FINE, label.height * FINE), Image.Resampling.NEAREST)


@dataclass(frozen=True)
class Place:
    """Where the code lies on a fine label, in pixels."""

    left: float
    top: float
    side: float
    module: float


def place(label: Image.Image) -> Place:
    """Found by reading the label."""
    (code,) = zxingcpp.read_barcodes(label)
    at = code.position
    side = at.bottom_right.x - at.top_left.x
    size = 17 + 4 * int(code.extra["Version"])
    module = round(side / size / FINE) * FINE
    return Place(at.top_left.x, at.top_left.y, side, module)


def photographed(label: Image.Image, view: View, place: Place) -> Image.Image:
    """The label on a table, in greys."""
    paper = lit(
        label.point([INK + grey * (PAPER - INK) // 255 for grey in range(256)]), view, place
    )
    scale = view.module / place.module
    width, height = label.width * scale, label.height * scale
    reach = math.hypot(width, height) if view.turn % 90 else max(width, height)
    side = round(reach + 10 * view.module)
    cos, sin = (turn(math.radians(view.turn)) for turn in (math.cos, math.sin))
    corners = []
    for x, y in ((-1, -1), (1, -1), (1, 1), (-1, 1)):
        near = (1 - view.tilt * (1 - y) / 2) * (1 - view.slant * (1 - x) / 2)
        u, v = x * width / 2 * near, y * height / 2 * near
        corners.append((side / 2 + u * cos - v * sin, side / 2 + u * sin + v * cos))
    ends = [(0, 0), (paper.width, 0), paper.size, (0, paper.height)]
    # Looked at finer than the camera does where a pixel holds more than one of the label's.
    finer = max(1, math.ceil(1 / scale))
    larger = [(x * finer, y * finer) for x, y in corners]
    seen = paper.transform(
        (side * finer, side * finer),
        Image.Transform.PERSPECTIVE,
        perspective(larger, ends),
        Image.Resampling.BILINEAR,
        fillcolor=TABLE,
    ).reduce(finer)
    return taken(seen, view)


def lit(paper: Image.Image, view: View, place: Place) -> Image.Image:
    """The telephone's shadow over a part of the code; a lamp mirrored in it."""
    if view.shadow:
        light = Image.new("L", paper.size, 255)
        x, y, side = place.left, place.top, place.side
        edge = [(0, 0), (x + side * 0.7, 0), (x + side * 0.4, paper.height), (0, paper.height)]
        ImageDraw.Draw(light).polygon(edge, fill=round(255 * (1 - view.shadow)))
        soft = light.filter(ImageFilter.GaussianBlur(place.module))
        paper = ImageChops.multiply(paper, soft)
    if view.glare:
        lamp = Image.new("L", paper.size)
        x, y, reach = (
            place.left + place.side * 0.6,
            place.top + place.side * 0.55,
            place.side * 0.18,
        )
        ends = (x - reach, y - 0.7 * reach, x + reach, y + 0.7 * reach)
        ImageDraw.Draw(lamp).ellipse(ends, fill=round(255 * view.glare))
        soft = lamp.filter(ImageFilter.GaussianBlur(reach / 3))
        paper = ImageChops.screen(paper, soft)
    return paper


def taken(seen: Image.Image, view: View) -> Image.Image:
    """What lens, light and chip make of it."""
    if view.bend:
        seen = waved(seen, view.bend * view.module)
    if view.dark:
        ramp = Image.linear_gradient("L").rotate(90).resize(seen.size)
        light = [round(255 - view.dark * (255 - grey)) for grey in range(256)]
        seen = ImageChops.multiply(seen, ramp.point(light))
    # Light is blurred, not greys.
    seen = seen.point([round(255 * (grey / 255) ** 2.2) for grey in range(256)])
    seen = seen.filter(ImageFilter.GaussianBlur(view.blur * view.module))
    if view.shake:
        seen = seen.filter(ImageFilter.BoxBlur((view.shake * view.module / 2, 0)))
    seen = seen.point([round(255 * (light / 255) ** (1 / 2.2)) for light in range(256)])
    if view.sharpen:
        seen = seen.filter(ImageFilter.UnsharpMask(1.5, round(100 * view.sharpen), 2))
    return noisy(seen, view.noise, view.seed)


def jpeg(photo: Image.Image, quality: int = 85, **how: object) -> bytes:
    out = io.BytesIO()
    photo.save(out, "JPEG", quality=quality, **how)
    return out.getvalue()


def perspective(places: Sequence[Point], paper: Sequence[Point]) -> list[float]:
    """The eight numbers that take places of a photo to those of the paper, as Pillow wants them."""
    rows: list[list[float]] = []
    for (x, y), (u, v) in zip(places, paper, strict=True):
        rows.append([x, y, 1, 0, 0, 0, -u * x, -u * y, u])
        rows.append([0, 0, 0, x, y, 1, -v * x, -v * y, v])
    for at in range(8):
        largest = max(range(at, 8), key=lambda row: abs(rows[row][at]))
        rows[at], rows[largest] = rows[largest], rows[at]
        rows[at] = [one / rows[at][at] for one in rows[at]]
        for row in range(8):
            if row != at:
                share = rows[row][at]
                rows[row] = [
                    one - share * own for one, own in zip(rows[row], rows[at], strict=True)
                ]
    return [row[8] for row in rows]


def noisy(photo: Image.Image, noise: float, seed: int) -> Image.Image:
    chance = random.Random(seed)
    grain = [min(255, max(0, round(chance.gauss(128, noise)))) for _ in range(128 * 128)]
    tile = Image.frombytes("L", (128, 128), bytes(grain))
    grains = Image.new("L", photo.size)
    for x in range(0, photo.width, 128):
        for y in range(0, photo.height, 128):
            grains.paste(tile, (x, y))
    return ImageChops.add(photo, grains, offset=-128)


def waved(seen: Image.Image, far: float) -> Image.Image:
    """The paper on a round and wrinkled bag: rows and columns are no straight lines."""
    cells = 16

    def moved(x: float, y: float) -> Point:
        u, v = x / seen.width, y / seen.height
        return (
            x + far * math.sin(5.1 * v + 0.7) + 0.5 * far * math.sin(9 * u * v),
            y + far * math.sin(6.3 * u + 1.1),
        )

    mesh = []
    for column in range(cells):
        for row in range(cells):
            left, right = (seen.width * at // cells for at in (column, column + 1))
            top, bottom = (seen.height * at // cells for at in (row, row + 1))
            ends = ((left, top), (left, bottom), (right, bottom), (right, top))
            quad = tuple(one for x, y in ends for one in moved(x, y))
            mesh.append(((left, top, right, bottom), quad))
    return seen.transform(
        seen.size, Image.Transform.MESH, mesh, Image.Resampling.BILINEAR, fillcolor=TABLE
    )


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
    Kind("ink stays back", frozenset({THIN}), "BCDF", spoil=spread(-0.22)),
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
