"""The sheet that a producer left in the printer: its first free cell, remembered for each paper."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from tracer.actions.printing.paper import laid
from tracer.domain.errors import Conflict
from tracer.domain.printing import Part, spoiled
from tracer.store.prints import steps_of
from tracer.store.tables import PrintRun, StockPlace
from tracer.store.world import Tx

_MAX_CELL = 500

Cell = Annotated[int, Field(title="从第几格开始", ge=1, le=_MAX_CELL)]
# The cell that a page proposed: where it is begun with but used since, whoever prints is told.
ProposedCell = Annotated[int | None, Field(title="页面提议的起始格", ge=1, le=_MAX_CELL)]


def check_place(
    tx: Tx, producer_id: int, stock: str, start_cell: int, proposed: int | None
) -> None:
    """Refuse a cell that a page proposed and another print has used since.

    A cell that somebody chose holds: who chooses sees the sheet.
    """
    place = tx.session.get(StockPlace, (producer_id, stock))
    free = place.next_cell if place else 1
    if start_cell == proposed != free:
        raise Conflict(
            "sheet_moved",
            f"这种标签纸刚才又打过别的，第一个空格现在是第 {free} 格，请看清再按一次",
            "start_cell",
        )


def remember_place(tx: Tx, run: PrintRun, part: Part) -> None:
    """Keep in mind where the sheet that a part leaves in the printer goes on."""
    layout = laid(run).of(part)
    if layout.cells == 1:
        return
    place = tx.session.get(StockPlace, (run.producer_id, run.stock))
    if place is None:
        place = StockPlace(producer_id=run.producer_id, stock=run.stock, next_cell=1, updated_at=0)
        tx.session.add(place)
    printed = layout.printed(part.first, part.last, spoiled(steps_of(tx.session, run)))
    place.next_cell = layout.cell_after(part.start_cell, printed)
    place.updated_at = tx.now
