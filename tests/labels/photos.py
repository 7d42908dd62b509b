"""Prints as printers make them, and photos as telephones take them: what a grader is tried with."""

import io
import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import zxingcpp
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from labels import label_png
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
