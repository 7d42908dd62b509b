"""Label stock as data: the sheets and rolls of `stock.toml`, and those a user measured himself."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Self

from labels.errors import LabelError

Pair = tuple[float, float]

# Smaller labels hold no code that phones read, larger pages fit no printer meant here.
LEAST_CELL_MM, LARGEST_PAGE_MM, MOST_CELLS = 15, 450, 500
OWN = "own"


@dataclass(frozen=True)
class Stock:
    """One sheet or roll.  Lengths in mm from the top left corner of the page.

    `gap` lies between two labels, across and down.  A `continuous` roll is cut behind each label:
    its height is 0 until `cut` gives it one.
    """

    name: str
    title: str
    size: Pair
    cell: Pair
    columns: int
    rows: int
    first: Pair
    gap: Pair
    dpi: int
    continuous: bool = False

    @property
    def cells(self) -> int:
        """Labels on one page."""
        return self.columns * self.rows

    @property
    def pitch(self) -> Pair:
        """From one label to the next, across and down."""
        return self.cell[0] + self.gap[0], self.cell[1] + self.gap[1]

    def corner(self, cell: int) -> Pair:
        """Left and top edge of a cell; cells are counted from 0, row by row."""
        row, column = divmod(cell, self.columns)
        return self.first[0] + column * self.pitch[0], self.first[1] + row * self.pitch[1]

    def cut(self, height: float) -> "Stock":
        """A continuous roll cut behind a label of that height; any other stock as it is."""
        if not self.continuous:
            return self
        return replace(self, size=(self.size[0], height), cell=(self.cell[0], height))

    def holds(self, size: Pair) -> bool:
        """Whether a label of that size fits into a cell."""
        return size[0] <= self.cell[0] and (self.continuous or size[1] <= self.cell[1])

    def filled_by(self, size: Pair) -> float:
        """The part of a cell that a label of that size fills."""
        width, height = self.cut(size[1]).cell
        return size[0] * size[1] / (width * height)

    def to_dict(self) -> dict[str, Any]:
        """Plain data to keep: lengths in whole micrometres."""
        return {
            "title": self.title,
            "size": _micrometres(self.size),
            "cell": _micrometres(self.cell),
            "grid": [self.columns, self.rows],
            "first": _micrometres(self.first),
            "gap": _micrometres(self.gap),
            "dpi": self.dpi,
            "continuous": self.continuous,
        }

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any]) -> Self:
        """What `to_dict` gave, checked like `custom_stock`."""
        lengths = {key: _millimetres(kept[key]) for key in ("size", "cell", "first", "gap")}
        grid = (int(kept["grid"][0]), int(kept["grid"][1]))
        made = cls(
            OWN, kept["title"], lengths["size"], lengths["cell"], *grid, lengths["first"],
            lengths["gap"], kept["dpi"], kept["continuous"],
        )  # fmt: skip
        _require_possible(made)
        return made


def custom_stock(
    title: str,
    size: Pair,
    *,
    cell: Pair | None = None,
    grid: tuple[int, int] = (1, 1),
    first: Pair = (0, 0),
    gap: Pair = (0, 0),
    dpi: int = 300,
    continuous: bool = False,
) -> Stock:
    """Paper that is in no list, as measured with a ruler.

    `size` is the page and `cell` one label (the whole page unless given), in mm; `grid` counts
    labels across and down, `first` is the left and top margin, `gap` what lies between labels.
    Raises LabelError `own_stock` with the field at fault.
    """
    cell = size if cell is None else cell
    made = Stock(OWN, title.strip(), size, cell, *grid, first, gap, dpi, continuous)
    _require_possible(made)
    return made


@cache
def stocks() -> Mapping[str, Stock]:
    """All stock by name, in the order of `stock.toml`."""
    table = tomllib.loads(files("labels").joinpath("stock.toml").read_text("utf-8"))
    return MappingProxyType({name: _stock(name, entry) for name, entry in table.items()})


def stock(name: str) -> Stock:
    """One stock; raises LabelError `stock_unknown`."""
    try:
        return stocks()[name]
    except KeyError:
        raise LabelError("stock_unknown", f"没有名为“{name}”的标签纸，请从列表里选") from None


def _stock(name: str, entry: Mapping[str, Any]) -> Stock:
    given: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in entry.items()
    }
    return replace(custom_stock(**given), name=name)


def _require_possible(made: Stock) -> None:
    """Refuse what no printer can print."""
    grid = (made.columns, made.rows)
    over = [
        made.first[axis] + grid[axis] * made.pitch[axis] - made.gap[axis] - made.size[axis]
        for axis in (0, 1)
    ]
    sides = made.size[:1] if made.continuous else made.size
    label = made.cell[:1] if made.continuous else made.cell
    refusals = [
        (not made.title, "title", "请给这种标签纸起个名字"),
        (made.dpi not in (203, 300, 600), "dpi", "打印机每英寸的点数请选 203、300 或 600"),
        (min(made.columns, made.rows) < 1, "grid", "横着、竖着至少各有 1 张标签"),
        (made.cells > MOST_CELLS, "grid", f"一页最多 {MOST_CELLS} 张标签，请改小行数或列数"),
        (
            max(sides) > LARGEST_PAGE_MM,
            "size",
            f"纸的长和宽都不能超过 {LARGEST_PAGE_MM} 毫米，请重新量",
        ),
        (
            min(label) < LEAST_CELL_MM,
            "cell",
            f"标签的长和宽都要有 {LEAST_CELL_MM} 毫米，再小二维码就扫不出来了",
        ),
        (min(made.first) < 0, "first", "左边距和上边距不能小于 0，没有就填 0"),
        (min(made.gap) < 0, "gap", "标签之间的空隙不能小于 0，没有就填 0"),
        (
            max(over) > 1e-6,
            "cell",
            f"标签排到纸外面了，{'右边' if over[0] > 1e-6 else '下边'}多出"
            f" {max(over):.1f} 毫米，请重新量纸、标签、边距和空隙",
        ),
        (
            made.continuous and made.cells > 1,
            "grid",
            "连续纸横着、竖着都只能填 1 张",
        ),
    ]
    for wrong, field, message in refusals:
        if wrong:
            raise LabelError("own_stock", message, field)


def _micrometres(pair: Pair) -> list[int]:
    return [round(1000 * side) for side in pair]


def _millimetres(pair: Any) -> Pair:
    return pair[0] / 1000, pair[1] / 1000
