"""What a straight picture of a symbol tells: module by module, edge by edge, line by line."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate, pairwise, product
from statistics import mean, median

from PIL import Image, ImageFilter

from labels.qr import QUIET_ZONE
from labels.straight import SCALE, Sight

# How much light each grey of a photo stands for.
LIGHT = [(max(grey, 1) / 255) ** 2.2 for grey in range(256)]
# What a light module counts for the paper's brightness at the next one, there for the next …
NEAR = 0.45
# Places across a line that must be dark for it to be judged, and the share that must have lost.
ENOUGH = 4
LOST = 0.8
# Glare is brighter than the paper of other places by this much, in greys.
GLARE = 12

Matrix = list[list[float]]


@dataclass(frozen=True)
class Measured:
    """A symbol in a photo, measured.

    `dark` are the modules that should be, `sure` tells of each, from 1 through 0, undecided, to
    -1, how clearly it is what it should be.  `contrast` is the share of the paper's light that ink
    takes, `dark_around` the dark share of the quiet zone.  `growth` is how far each edge of the ink
    has moved out, in modules; `line` how much less ink than elsewhere the weakest line across the
    whole symbol has, from 0 to 1; `side` the same of the weaker half.  `glare` tells that ink is
    missing where the paper is brighter than elsewhere.
    """

    dark: list[list[bool]]
    sure: Matrix
    contrast: float
    dark_around: float
    growth: float
    line: float
    side: float
    glare: bool

    @property
    def wrong(self) -> list[tuple[int, int]]:
        """The modules that are not what they should be, as column and row."""
        return [(x, y) for y, row in enumerate(self.sure) for x, one in enumerate(row) if one <= 0]

    @property
    def weakest(self) -> dict[bool, float]:
        """How sure the weakest modules that should be dark, and those that should not, are."""
        told: dict[bool, list[float]] = {True: [], False: []}
        for row, own in zip(self.sure, self.dark, strict=True):
            for one, is_dark in zip(row, own, strict=True):
                told[is_dark].append(one)
        return {colour: sorted(own)[len(own) // 20] for colour, own in told.items()}


def measured(sight: Sight) -> Measured:
    """Measure a symbol that was laid straight."""
    size = sight.symbol.size
    dark = [[module == "1" for module in row] for row in sight.symbol.rows()]
    greys = _modules(sight.picture)
    paper = _paper(greys, dark)
    values = _shares(greys, paper)
    inside = [row[QUIET_ZONE:-QUIET_ZONE] for row in _rows(values)[QUIET_ZONE:-QUIET_ZONE]]
    flat = sorted(value for row in inside for value in row)
    # The darkest and the lightest module; one in fifty may be a speck.
    darkest, lightest = flat[len(flat) // 50], flat[-1 - len(flat) // 50]
    span, middle = max(lightest - darkest, 1e-6), (lightest + darkest) / 2
    sure = [
        [2 * (middle - value if is_dark else value - middle) / span for value, is_dark in pairs]
        for pairs in (zip(row, own, strict=True) for row, own in zip(inside, dark, strict=True))
    ]
    whole = range(size)
    around = [
        value < middle
        for y, row in enumerate(_rows(values), -QUIET_ZONE)
        for x, value in enumerate(row, -QUIET_ZONE)
        if x not in whole or y not in whole
    ]
    fine = _rows(_shares(sight.picture, paper))
    edge = QUIET_ZONE * SCALE
    ink = [[(lightest - value) / span for value in row[edge:-edge]] for row in fine[edge:-edge]]
    return Measured(
        dark=dark,
        sure=sure,
        contrast=1 - darkest / max(lightest, 1e-6),
        dark_around=sum(around) / len(around),
        growth=_growth(ink, dark),
        line=max(_line(ink, dark), _line(_turned(ink), _turned(dark))),
        side=_side(sure, dark),
        glare=_glare(_rows(list(greys.tobytes())), sure, dark),
    )


def _modules(picture: Image.Image) -> Image.Image:
    """One pixel a module: the mean of its middle nine."""
    side = picture.width // SCALE
    return picture.filter(ImageFilter.BoxBlur(1)).resize((side, side), Image.Resampling.NEAREST)


def _paper(greys: Image.Image, dark: list[list[bool]]) -> Image.Image:
    """How bright the paper is, a pixel a module, told by the modules near that should be light.

    So neither a shadow nor a lamp at one side is taken for ink.
    """
    edge = [0.0] * QUIET_ZONE
    empty = [[0.0] * greys.width] * QUIET_ZONE
    light, count = [*empty], [*empty]
    for row, own in zip(_rows(list(greys.tobytes()))[QUIET_ZONE:], dark, strict=False):
        weights = [*edge, *(0.0 if is_dark else 1.0 for is_dark in own), *edge]
        light.append([grey * weight for grey, weight in zip(row, weights, strict=True)])
        count.append(weights)
    lights, counts = (_spread(_turned(_spread([*rows, *empty]))) for rows in (light, count))
    return Image.frombytes(
        "L",
        greys.size,
        bytes(
            max(1, round(own / weight))
            for column, weights in zip(_turned(lights), _turned(counts), strict=True)
            for own, weight in zip(column, weights, strict=True)
        ),
    )


def _spread(rows: Matrix) -> Matrix:
    """Each value and those beside it in its row, less the further away they are."""
    spread = []
    for row in rows:
        ahead = list(accumulate(row, lambda sum, own: sum * NEAR + own))
        behind = list(accumulate(reversed(row), lambda sum, own: sum * NEAR + own))
        behind.reverse()
        spread.append([a + b - own for a, b, own in zip(ahead, behind, row, strict=True)])
    return spread


def _shares(picture: Image.Image, paper: Image.Image) -> list[float]:
    """The share of the paper's light that comes back from each pixel."""
    beside = paper.resize(picture.size, Image.Resampling.BILINEAR)
    pairs = zip(picture.tobytes(), beside.tobytes(), strict=True)
    return [LIGHT[grey] / LIGHT[white] for grey, white in pairs]


def _rows(flat: list[float]) -> Matrix:
    side = round(len(flat) ** 0.5)
    return [flat[at : at + side] for at in range(0, len(flat), side)]


def _turned(rows: list[list]) -> list[list]:
    return [list(column) for column in zip(*rows, strict=True)]


def _growth(ink: Matrix, dark: list[list[bool]]) -> float:
    """The area that is dark and should not be, less the other way round, along the edges.

    Blur moves no edge: what one side loses the other wins.
    """
    seen = sum(share > 0.5 for row in ink for share in row) / SCALE**2
    edges = sum(
        one != other
        for row in (*dark, *_turned(dark))
        for one, other in pairwise((False, *row, False))
    )
    return (seen - sum(map(sum, dark))) / edges


def _line(ink: Matrix, dark: list[list[bool]]) -> float:
    """How much less ink the weakest row has than those above and below, from 0 to 1.

    A row is a fifth of a module high, since one dead dot of a print head is no wider; looked at
    are the places whose module is dark and so is the one beyond the edge that is near.  Nearly all
    of them must have lost ink: a spot that lost some is no line.
    """
    rows: list[float | None] = []
    for y, row in enumerate(ink):
        own, part = divmod(y, SCALE)
        beyond = [own - 1] * (part <= SCALE // 2) + [own + 1] * (part >= SCALE // 2)
        beside = [dark[at] for at in beyond if 0 <= at < len(dark)]
        places = (
            x for x, is_dark in enumerate(dark[own]) if is_dark and any(at[x] for at in beside)
        )
        shares = sorted(row[x * SCALE + SCALE // 2] for x in places)
        rows.append(shares[int(LOST * len(shares))] if len(shares) >= ENOUGH else None)
    lost = [0.0]
    for y, share in enumerate(rows):
        before, after = (
            rows[max(0, y - 2 * SCALE) : max(0, y - SCALE)],
            rows[y + SCALE + 1 : y + 2 * SCALE + 1],
        )
        sides = [
            median(known)
            for side in (before, after)
            if (known := [one for one in side if one is not None])
        ]
        if share is not None and sides:
            lost.append(min(sides) - share)
    # In a blurred picture every row has lost some.
    usual = sorted(lost)[int(LOST * len(lost))]
    return max(lost) - 2 * max(usual, 0)


def _side(sure: Matrix, dark: list[list[bool]]) -> float:
    """How much less ink one half of the symbol has than the other, from 0 to 1."""
    size = len(dark)
    halves: dict[str, list[float]] = {"left": [], "right": [], "top": [], "bottom": []}
    for y, x in product(range(size), repeat=2):
        if dark[y][x]:
            halves["left" if 2 * x < size else "right"].append(sure[y][x])
            halves["top" if 2 * y < size else "bottom"].append(sure[y][x])
    means = {half: mean(own) for half, own in halves.items()}
    return max(abs(means["left"] - means["right"]), abs(means["top"] - means["bottom"])) / 2


def _glare(greys: Matrix, sure: Matrix, dark: list[list[bool]]) -> bool:
    """Whether ink is missing where the paper is brighter than elsewhere."""
    size = len(dark)
    rows = [row[QUIET_ZONE:-QUIET_ZONE] for row in greys[QUIET_ZONE:-QUIET_ZONE]]

    def light(left: int, top: int, right: int, bottom: int) -> Iterator[float]:
        for y, x in product(
            range(max(0, top), min(size, bottom)), range(max(0, left), min(size, right))
        ):
            if not dark[y][x]:
                yield rows[y][x]

    usual = median(light(0, 0, size, size))
    lost = [
        median(near)
        for y, x in product(range(size), repeat=2)
        if dark[y][x] and sure[y][x] <= 0 and (near := list(light(x - 2, y - 2, x + 3, y + 3)))
    ]
    return len(lost) > 2 and mean(lost) > usual + GLARE
