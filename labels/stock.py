"""Label stock as data: the sheets and rolls of `stock.toml`."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from labels.errors import LabelError

Pair = tuple[float, float]


@dataclass(frozen=True)
class Stock:
    """One sheet or roll.  Lengths in mm from the top left corner of the page."""

    name: str
    title: str
    size: Pair
    cell: Pair
    columns: int
    rows: int
    first: Pair
    pitch: Pair
    dpi: int

    @property
    def cells(self) -> int:
        """Labels on one page."""
        return self.columns * self.rows

    def corner(self, cell: int) -> Pair:
        """Left and top edge of a cell; cells are counted from 0, row by row."""
        row, column = divmod(cell, self.columns)
        return self.first[0] + column * self.pitch[0], self.first[1] + row * self.pitch[1]


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
        raise LabelError("stock_unknown", f"没有名为“{name}”的标签纸，请从列表里选。") from None


def _stock(name: str, entry: dict) -> Stock:
    size = tuple(entry["size"])
    cell = tuple(entry.get("cell", size))
    columns, rows = entry.get("grid", (1, 1))
    first = tuple(entry.get("first", (0, 0)))
    made = Stock(
        name=name,
        title=entry["title"],
        size=size,
        cell=cell,
        columns=columns,
        rows=rows,
        first=first,
        pitch=tuple(entry.get("pitch", cell)),
        dpi=entry["dpi"],
    )
    right, bottom = made.corner(made.cells - 1)
    if right + cell[0] > size[0] + 1e-6 or bottom + cell[1] > size[1] + 1e-6:
        raise ValueError(f"stock {name}: the last cell leaves the page")
    return made
