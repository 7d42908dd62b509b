"""Where labels lie on their stock."""

from dataclasses import replace

from labels.design import Design
from labels.device import Device
from labels.errors import LabelError
from labels.stock import Pair, Stock
from labels.stock import stock as stock_named


def stock_for(design: Design, given: str | Stock | None) -> Stock:
    """The stock a design is printed on, its own unless given; LabelError `stock_small`."""
    chosen = given if isinstance(given, Stock) else stock_named(given or design.stock)
    if not chosen.holds(design.size):
        raise LabelError("stock_small", f"“{design.title}”比这种标签纸大，请换标签纸", "stock")
    return chosen.cut(design.size[1])


def roll_for(design: Design, given: str | Stock | None) -> Stock:
    """The same for a label printer; LabelError `stock_sheet` for sheets of several labels.

    A design made for sheets is printed on labels of its own size unless a roll is given.
    """
    chosen = stock_for(design, given)
    if chosen.cells == 1:
        return chosen
    if given is not None:
        raise LabelError("stock_sheet", "标签打印机用不了整张的标签纸，请选一卷标签纸", "stock")
    return replace(chosen, size=design.size, cell=design.size, columns=1, rows=1, first=(0, 0))


def in_cell(stock: Stock, cell: int, size: Pair, device: Device, shift: Pair = (0, 0)) -> Pair:
    """Left and top edge of a label: in the middle of its cell, on the dot grid, then shifted."""
    corner = stock.corner(cell)
    x, y = (
        round((corner[axis] + (stock.cell[axis] - size[axis]) / 2) / device.dot) * device.dot
        + shift[axis]
        for axis in (0, 1)
    )
    return x, y
