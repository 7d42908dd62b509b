"""A symbol in a photo laid straight: seen square from above, module by module.

The true symbol is known, so it lies where the modules that should be light are lightest against
the others: first its corners are sought, then the points of a net between them, for paper that is
bent or wrinkled.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

from PIL import Image

from labels.photo import Code, Point
from labels.qr import QUIET_ZONE, Run, Symbol

# Pixels a module: of the straight picture, while its place is sought, and of the photo, which is
# reduced to them before since more only bring noise.
SCALE = 5
SOUGHT = 3
ENOUGH = 6
# Modules from one point of the net to the next, and how far one may be moved.
STEP = 8
FURTHEST = 3.0
# Greys that a move must win.
WORTH = 0.3

_AROUND = ((1, 0), (-1, 0), (0, 1), (0, -1))
_BILINEAR = Image.Resampling.BILINEAR


@dataclass(frozen=True)
class Sight:
    """The symbol of a text as a photo shows it.

    `picture` has SCALE pixels a module and the quiet zone.
    """

    symbol: Symbol
    picture: Image.Image
    mirrored: bool
    negative: bool


def sight(photo: Image.Image, code: Code, text: str) -> Sight:
    """The symbol of `text` where `code` was found, as it was printed.

    Raises LabelError where no symbol holds the text.
    """
    symbols = [Run(text, mask).symbol(text) for mask in range(8)]
    size = symbols[0].size
    photo, corners = _cut_out(photo, code, size)
    seen = _straight(photo, corners, size)
    turned = seen.transpose(Image.Transpose.TRANSPOSE)
    likeness = {
        (symbol, mirrored): _lighter(turned if mirrored else seen, _inked(symbol, 1))
        for symbol in symbols
        for mirrored in (False, True)
    }
    symbol, mirrored = max(likeness, key=lambda one: abs(likeness[one]))
    sign = 1 if likeness[symbol, mirrored] > 0 else -1
    if mirrored:
        corners = [corners[0], *corners[:0:-1]]
    ink = _inked(symbol, SOUGHT)
    net = _Net(photo, _cornered(photo, corners, ink, sign, size), ink, sign, size)
    net.follow()
    return Sight(symbol, net.straight(), mirrored, sign < 0)


def _inked(symbol: Symbol, scale: int) -> Image.Image:
    """The symbol as a mask, set where ink should be."""
    bare = Image.frombytes("1", (symbol.size,) * 2, symbol.packed()).convert("L")
    return bare.resize((symbol.size * scale,) * 2, Image.Resampling.NEAREST)


def _lighter(seen: Image.Image, ink: Image.Image) -> float:
    """How much lighter the modules without ink are than those with it, in greys."""
    all_greys, inked = seen.histogram(), seen.histogram(ink)
    dark = sum(inked)
    light = seen.width * seen.height - dark
    ink_sum = sum(grey * count for grey, count in enumerate(inked))
    all_sum = sum(grey * count for grey, count in enumerate(all_greys))
    return (all_sum - ink_sum) / light - ink_sum / dark


def _cut_out(photo: Image.Image, code: Code, size: int) -> tuple[Image.Image, list[Point]]:
    """The part of the photo around the code, reduced, and the code's corners in it."""
    across, down = zip(*code.corners, strict=True)
    edge = 2 * QUIET_ZONE * max(max(across) - min(across), max(down) - min(down)) / size
    left, top = (max(0, int(min(ends) - edge)) for ends in (across, down))
    right = min(photo.width, int(max(across) + edge) + 1)
    bottom = min(photo.height, int(max(down) + edge) + 1)
    part = max(1, int(code.side / size / ENOUGH))
    reduced = photo.reduce(part, (left, top, right, bottom))
    return reduced, [((x - left) / part, (y - top) / part) for x, y in code.corners]


def _straight(photo: Image.Image, corners: Sequence[Point], size: int) -> Image.Image:
    """What lies between four corners, straight, so many pixels a side."""
    mapping = [one / size for one in _square(corners)]
    (a, b, c, d, e, f, g, h) = mapping
    perspective = (a, b, c * size, d, e, f * size, g, h)
    return photo.transform((size, size), Image.Transform.PERSPECTIVE, perspective, _BILINEAR)


def _square(corners: Sequence[Point]) -> tuple[float, ...]:
    """The unit square onto four corners (P. Heckbert, 1989), as Pillow writes perspectives."""
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = corners
    dx1, dx2, dy1, dy2 = x1 - x2, x3 - x2, y1 - y2, y3 - y2
    sx, sy = x0 - x1 + x2 - x3, y0 - y1 + y2 - y3
    whole = dx1 * dy2 - dx2 * dy1
    g, h = (sx * dy2 - dx2 * sy) / whole, (dx1 * sy - sx * dy1) / whole
    return (x1 - x0 + g * x1, x3 - x0 + h * x3, x0, y1 - y0 + g * y1, y3 - y0 + h * y3, y0, g, h)


def _cornered(
    photo: Image.Image, corners: list[Point], ink: Image.Image, sign: int, size: int
) -> list[Point]:
    """The corners to a fraction of a pixel."""

    def worth(tried: list[Point]) -> float:
        return sign * _lighter(_straight(photo, tried, ink.width), ink)

    module = Code(tuple(corners)).side / size
    best = worth(corners)
    for part in (1, 2, 4, 8, 8):
        step = module / part
        for at, (dx, dy) in product(range(4), _AROUND):
            x, y = corners[at]
            tried = [*corners[:at], (x + dx * step, y + dy * step), *corners[at + 1 :]]
            if (found := worth(tried)) > best:
                corners, best = tried, found
    return corners


class _Net:
    """Points of the photo that rows and columns of the symbol are followed by.

    `nodes` are the modules, counted from the symbol's corner, that have points; the first and the
    last stand at the edge of the quiet zone and go with their neighbours.
    """

    def __init__(
        self, photo: Image.Image, corners: Sequence[Point], ink: Image.Image, sign: int, size: int
    ) -> None:
        cells = max(2, round(size / STEP))
        inner = [round(size * at / cells) for at in range(cells + 1)]
        self.nodes = [-QUIET_ZONE, *inner, size + QUIET_ZONE]
        self.photo, self.ink, self.sign, self.size = photo, ink, sign, size
        self.module = Code(tuple(corners)).side / size
        a, b, c, d, e, f, g, h = _square(corners)
        self.flat: dict[tuple[int, int], Point] = {}
        for column, row in product(range(len(self.nodes)), repeat=2):
            u, v = self.nodes[column] / size, self.nodes[row] / size
            depth = g * u + h * v + 1
            self.flat[column, row] = ((a * u + b * v + c) / depth, (d * u + e * v + f) / depth)
        self.points = dict(self.flat)

    def follow(self) -> None:
        """Move every point to where the modules around it are told best."""
        last = len(self.nodes) - 2
        inner = list(product(range(1, last + 1), range(1, last + 1)))
        for part in (1, 2, 4, 8):
            step = self.module / part
            for at in inner:
                best = self._worth(at)
                for dx, dy in _AROUND:
                    x, y = here = self.points[at]
                    there = (x + dx * step, y + dy * step)
                    flat = self.flat[at]
                    if (
                        max(abs(there[0] - flat[0]), abs(there[1] - flat[1]))
                        > FURTHEST * self.module
                    ):
                        continue
                    self.points[at] = there
                    if (found := self._worth(at)) > best + WORTH:
                        best = found
                    else:
                        self.points[at] = here
        for at, (x, y) in self.flat.items():
            beside = (min(max(at[0], 1), last), min(max(at[1], 1), last))
            if beside != at:
                (x0, y0), (x1, y1) = self.flat[beside], self.points[beside]
                self.points[at] = (x + x1 - x0, y + y1 - y0)

    def straight(self) -> Image.Image:
        """The symbol and its quiet zone."""
        whole = range(len(self.nodes) - 1)
        side = (self.size + 2 * QUIET_ZONE) * SCALE
        return self._seen(whole, whole, SCALE, (side, side))

    def _worth(self, at: tuple[int, int]) -> float:
        last = len(self.nodes) - 2
        columns, rows = (range(max(1, one - 1), min(last, one + 1)) for one in at)
        left, top = self.nodes[columns[0]], self.nodes[rows[0]]
        right, bottom = self.nodes[columns[-1] + 1], self.nodes[rows[-1] + 1]
        seen = self._seen(columns, rows, SOUGHT, ((right - left) * SOUGHT, (bottom - top) * SOUGHT))
        box = (left * SOUGHT, top * SOUGHT, right * SOUGHT, bottom * SOUGHT)
        return self.sign * _lighter(seen, self.ink.crop(box))

    def _seen(self, columns: range, rows: range, scale: int, size: tuple[int, int]) -> Image.Image:
        """The cells of the net in these columns and rows."""
        left, top = self.nodes[columns[0]], self.nodes[rows[0]]
        cells = []
        for column, row in product(columns, rows):
            box = (
                (self.nodes[column] - left) * scale,
                (self.nodes[row] - top) * scale,
                (self.nodes[column + 1] - left) * scale,
                (self.nodes[row + 1] - top) * scale,
            )
            ends = ((column, row), (column, row + 1), (column + 1, row + 1), (column + 1, row))
            cells.append((box, tuple(one for end in ends for one in self.points[end])))
        return self.photo.transform(size, Image.Transform.MESH, cells, _BILINEAR, fillcolor=255)
