"""我的标签纸: paper that is in no list, measured with a ruler and kept."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field
from sqlmodel import select

import labels
from tracer.actions.actor import Actor, own
from tracer.actions.forms import Form
from tracer.domain.errors import Conflict, Refusal
from tracer.domain.ids import new_id
from tracer.store.tables import OwnStock
from tracer.store.world import Tx

# Millimetres as typed, to a tenth and finer: 63.5
Length = Annotated[float, Field(ge=0, le=1000, allow_inf_nan=False)]


class StockForm(Form):
    """One page as the printer sees it, and how labels lie on it. Lengths in millimetres.

    Without ``columns`` and ``rows`` it is a roll: one label a page. ``left`` and ``top`` are the
    margins before the first label, the gaps what lies between two.
    """

    name: Annotated[str, Field(title="名称", min_length=1, max_length=40)]
    width: Annotated[Length, Field(title="一张标签多宽")]
    height: Annotated[Length, Field(title="一张标签多高")]
    columns: Annotated[int, Field(title="横着几张", ge=1, le=50)] = 1
    rows: Annotated[int, Field(title="竖着几张", ge=1, le=50)] = 1
    page_width: Annotated[Length | None, Field(title="整张纸多宽")] = None
    page_height: Annotated[Length | None, Field(title="整张纸多高")] = None
    left: Annotated[Length, Field(title="左边留多少")] = 0
    top: Annotated[Length, Field(title="上边留多少")] = 0
    gap_across: Annotated[Length, Field(title="左右两张之间")] = 0
    gap_down: Annotated[Length, Field(title="上下两张之间")] = 0
    dpi: Annotated[int, Field(title="打印机每英寸点数")] = 300


def measured(form: StockForm) -> labels.Stock:
    """The paper that a form describes; a Refusal where no printer could use it."""
    cell = (form.width, form.height)
    grid = (form.columns, form.rows)
    if grid != (1, 1) and (form.page_width is None or form.page_height is None):
        raise Refusal("no_page", "一张纸上有好几张标签，要填整张纸的宽和高", "page_width")
    size = (form.page_width or form.width, form.page_height or form.height)
    try:
        return labels.custom_stock(
            form.name,
            size,
            cell=cell,
            grid=grid,
            first=(form.left, form.top),
            gap=(form.gap_across, form.gap_down),
            dpi=form.dpi,
        )
    except labels.LabelError as error:
        raise Refusal(error.code, error.message, _FIELDS.get(error.field or "")) from error


def add_stock(tx: Tx, actor: Actor, form: StockForm) -> OwnStock:
    """Keep a producer's own paper. A paper never changes: measured anew it is another one."""
    paper = measured(form)
    taken = select(OwnStock).where(
        OwnStock.producer_id == actor.producer, OwnStock.name == form.name
    )
    if tx.session.exec(taken).first() is not None:
        raise Conflict("name_taken", "已经有叫这个名称的标签纸，请换一个名称", "name")
    row = OwnStock(
        public_id=new_id(),
        producer_id=actor.producer,
        name=form.name,
        paper=paper.to_dict(),
        created_at=tx.now,
    )
    tx.session.add(row)
    tx.session.flush()
    return row


def retire_stock(tx: Tx, actor: Actor, stock_id: str) -> None:
    """Offer a paper no more; what was printed on it can still be printed again."""
    row = own(tx, actor, OwnStock, stock_id)
    row.retired_at = row.retired_at or tx.now


def own_paper(tx: Tx, actor: Actor, stock_id: str) -> dict[str, Any]:
    """The measures of the actor's own paper."""
    row = own(tx, actor, OwnStock, stock_id)
    if row.retired_at is not None:
        raise Conflict("stock_retired", f"“{row.name}”已经不用了，请选别的标签纸", "stock")
    return dict(row.paper)


# Where the form asks for what the engine calls by its own words.
_FIELDS = {
    "title": "name",
    "size": "page_width",
    "cell": "width",
    "grid": "columns",
    "first": "left",
    "gap": "gap_across",
    "dpi": "dpi",
}
