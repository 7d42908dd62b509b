"""我的标签纸: paper that is in no list, measured with a ruler."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import url_for
from flask.typing import ResponseReturnValue

import labels
from tracer.actions.actor import own
from tracer.actions.forms import parse
from tracer.actions.printing.own_stock import StockForm, add_stock, measured, retire_stock
from tracer.domain.errors import Refusal
from tracer.queries.printing.choices import own_stocks
from tracer.store.tables import OwnStock
from tracer.store.world import Tx
from tracer.web.producer import hall
from tracer.web.producer.pages import back, form_page, page
from tracer.web.producer.questions import Asking, Option, answers
from tracer.web.producer.sending import send, wants_more_rows
from tracer.web.shared.door import actor, world

_MILLIMETRES = {"unit": "毫米"}
_DPI = {300: "普通打印机", 203: "标签打印机", 600: "高清的标签打印机"}


@hall.get("/stocks")
def stocks() -> str:
    """The producer's own papers."""
    with world().read() as tx:
        lines = own_stocks(tx, actor().producer)
    return page(
        "lines",
        "我的标签纸",
        back("打标签", "printing"),
        lines=lines,
        leads_to="farm.stock",
        add={"text": "量一种标签纸", "href": url_for("farm.new_stock")},
        empty="常见的标签纸打标签时可以直接选；不常见的，用尺子量一下，记在这里。",
    )


@hall.get("/stocks/new")
def new_stock() -> str:
    """Ask for the measures of a paper."""
    return _stock_form({}, None)


@hall.post("/stocks/new")
def add_a_stock() -> ResponseReturnValue:
    """Keep a paper, or only show how it would look."""
    given = answers()
    if wants_more_rows():
        return _stock_form(given, None, look=True)

    def act(tx: Tx) -> str:
        row = add_stock(tx, actor(), parse(StockForm, given))
        return url_for("farm.stock", public_id=row.public_id)

    return send(act, lambda refusal: _stock_form(given, refusal))


@hall.get("/stocks/<public_id>")
def stock(public_id: str) -> str:
    """One paper and its picture."""
    with world().read() as tx:
        row = own(tx, actor(), OwnStock, public_id)
    paper = labels.Stock.from_dict(row.paper)
    return page(
        "stock",
        row.name,
        back("我的标签纸", "stocks"),
        row=row,
        paper=paper,
        corners=[paper.corner(cell) for cell in range(paper.cells)],
    )


@hall.post("/stocks/<public_id>/retire")
def drop_stock(public_id: str) -> ResponseReturnValue:
    """Offer it no more."""

    def act(tx: Tx) -> str:
        retire_stock(tx, actor(), public_id)
        return url_for("farm.stocks")

    return send(act, lambda refusal: stock(public_id), mine=(OwnStock, public_id))


def _stock_form(given: Mapping[str, Any], refusal: Refusal | None, look: bool = False) -> str:
    paper = None
    if look:
        try:
            paper = measured(parse(StockForm, {"name": "样子", **given}))
        except Refusal as found:
            refusal = found
    ask = Asking(StockForm, {"columns": 1, "rows": 1, "dpi": 300, **given})
    return form_page(
        "量一种标签纸",
        [
            ask.text("name", hint="比如 镇上买的 30 格"),
            ask.number("width", **_MILLIMETRES),
            ask.number("height", **_MILLIMETRES),
            ask.number("columns", unit="张", hint="成卷的填 1", required=True),
            ask.number("rows", unit="张", hint="成卷的填 1", required=True),
        ],
        back("我的标签纸", "stocks"),
        more=[
            ask.number("page_width", hint="A4 纸是 210", **_MILLIMETRES),
            ask.number("page_height", hint="A4 纸是 297", **_MILLIMETRES),
            ask.number("left", **_MILLIMETRES),
            ask.number("top", **_MILLIMETRES),
            ask.number("gap_across", **_MILLIMETRES),
            ask.number("gap_down", **_MILLIMETRES),
            ask.one(
                "dpi", [Option(str(dpi), f"{dpi} 点（{whose}）") for dpi, whose in _DPI.items()]
            ),
        ],
        refusal=refusal,
        paper=paper,
        corners=[paper.corner(cell) for cell in range(paper.cells)] if paper else [],
        template="stock_form",
    )
