"""打印机: where it is, what it speaks, and how far it prints beside the mark."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, make_response, request, url_for
from flask.typing import ResponseReturnValue

from tracer.actions.actor import own
from tracer.actions.forms import parse
from tracer.actions.printing.paper import calibration
from tracer.actions.printing.printers import (
    MeasureForm,
    PrinterForm,
    add_printer,
    change_printer,
    measure,
    retire_printer,
)
from tracer.actions.printing.sending import send_calibration
from tracer.domain.errors import Conflict, Refusal
from tracer.domain.printers import DPI, PrinterLanguage
from tracer.queries.lines import Line, joined
from tracer.queries.printing.choices import calibration_papers, printers, sends_to
from tracer.store.tables import Printer
from tracer.store.world import Tx
from tracer.web.producer import hall
from tracer.web.producer.certificates import download
from tracer.web.producer.pages import back, form_page, options, page
from tracer.web.producer.questions import Asking, Option, answers
from tracer.web.producer.sending import send
from tracer.web.shared.door import actor, world
from tracer.web.shared.errors import status_of

_SIDES = {
    "side": (Option("right", "偏右"), Option("left", "偏左")),
    "direction": (Option("down", "偏下"), Option("up", "偏上")),
}


@hall.get("/printers")
def printer_list() -> str:
    """The producer's printers."""
    with world().read() as tx:
        rows = printers(tx, actor().producer)
    lines = [
        Line(row.public_id, row.name, joined(PrinterLanguage(row.language).label, row.address))
        for row in rows
    ]
    return page(
        "lines",
        "打印机",
        back("打标签", "printing"),
        lines=lines,
        leads_to="farm.printer",
        add={"text": "登记打印机", "href": url_for("farm.new_printer")},
        empty="还没有登记打印机。不登记也能打：下载文件，或者把图片分享给打印机的手机应用。",
    )


@hall.get("/printers/new")
def new_printer() -> str:
    """Ask for a printer."""
    return _printer_form({}, None, None)


@hall.post("/printers/new")
def add_a_printer() -> ResponseReturnValue:
    """Keep a printer."""
    given = answers()

    def act(tx: Tx) -> str:
        row = add_printer(tx, actor(), parse(PrinterForm, given))
        return url_for("farm.printer", public_id=row.public_id)

    return send(act, lambda refusal: _printer_form(given, refusal, None))


@hall.get("/printers/<public_id>")
def printer(public_id: str) -> str:
    """One printer, its calibration page, and what was measured on it."""
    return _printer_page(public_id, {}, None)


@hall.get("/printers/<public_id>/edit")
def changing_printer(public_id: str) -> str:
    """Ask what changed."""
    return _printer_form({}, None, public_id)


@hall.post("/printers/<public_id>/edit")
def change_a_printer(public_id: str) -> ResponseReturnValue:
    """Keep what changed."""
    given = answers()

    def act(tx: Tx) -> str:
        change_printer(tx, actor(), public_id, parse(PrinterForm, given))
        return url_for("farm.printer", public_id=public_id)

    return send(
        act, lambda refusal: _printer_form(given, refusal, public_id), mine=(Printer, public_id)
    )


@hall.get("/printers/<public_id>/calibration")
def printer_test(public_id: str) -> Response:
    """The calibration page for a paper, in the printer's language."""
    with world().read() as tx:
        row = own(tx, actor(), Printer, public_id)
        content = calibration(tx, actor(), row, request.args.get("stock", ""))
    if row.language == PrinterLanguage.PDF:
        return download(content, "application/pdf", "calibration.pdf")
    return download(content, "application/octet-stream", f"calibration.{row.language}")


@hall.post("/printers/<public_id>/calibration")
def try_printer(public_id: str) -> ResponseReturnValue:
    """Send the calibration page to the printer. The page sent twice prints once."""
    given, claimed = answers(), []

    def act(tx: Tx) -> str:
        claimed.append(str(given.get("stock", "")))
        return url_for("farm.printer", public_id=public_id)

    answer = send(
        act, lambda refusal: _printer_page(public_id, {}, refusal), mine=(Printer, public_id)
    )
    for stock in claimed:
        trouble = _tried(public_id, stock)
        if trouble is not None:
            return make_response(_printer_page(public_id, {}, trouble), status_of(trouble))
    return answer


@hall.post("/printers/<public_id>/measure")
def measure_it(public_id: str) -> ResponseReturnValue:
    """Keep what was measured on the calibration page."""
    given = answers()

    def act(tx: Tx) -> str:
        measure(tx, actor(), public_id, parse(MeasureForm, given))
        return url_for("farm.printer", public_id=public_id, kept=1)

    return send(
        act, lambda refusal: _printer_page(public_id, given, refusal), mine=(Printer, public_id)
    )


@hall.post("/printers/<public_id>/retire")
def drop_printer(public_id: str) -> ResponseReturnValue:
    """Offer it no more."""

    def act(tx: Tx) -> str:
        retire_printer(tx, actor(), public_id)
        return url_for("farm.printer_list")

    return send(
        act, lambda refusal: _printer_page(public_id, {}, refusal), mine=(Printer, public_id)
    )


def _tried(public_id: str, stock: str) -> Refusal | None:
    """Send the page; what went wrong, if anything did."""
    try:
        told = send_calibration(world(), actor(), public_id, stock)
    except Refusal as refusal:
        return refusal
    return Conflict("printer_trouble", told, "address") if told else None


def _printer_form(given: Mapping[str, Any], refusal: Refusal | None, public_id: str | None) -> str:
    known: dict[str, Any] = {"dpi": 203}
    if public_id is not None:
        with world().read() as tx:
            row = own(tx, actor(), Printer, public_id)
        known = row.model_dump(include={"name", "language", "dpi", "address"})
    ask = Asking(PrinterForm, {**known, **given})
    questions = [
        ask.text("name", hint="比如 库房标签机"),
        ask.one("language", options(list(PrinterLanguage))),
        ask.one("dpi", [Option(str(dpi), f"{dpi} 点") for dpi in DPI], hint="一般是 203 点"),
    ]
    if world().printers:
        questions.append(
            ask.text(
                "address",
                hint="打印机连着网线或无线网的，填 192.168.1.20:9100 这样；不填就下载文件",
                attrs={"autocomplete": "off", "inputmode": "url"},
            )
        )
    return form_page(
        "登记打印机" if public_id is None else "改打印机",
        questions,
        back("打印机", "printer_list")
        if public_id is None
        else back("打印机", "printer", public_id=public_id),
        refusal=refusal,
        intro="" if world().printers else "这里不能直接送到打印机，打的时候下载文件。",
    )


def _printer_page(public_id: str, given: Mapping[str, Any], refusal: Refusal | None) -> str:
    with world().read() as tx:
        row = own(tx, actor(), Printer, public_id)
        sends = row.retired_at is None and sends_to(tx, row)
        on_sheets = row.language == PrinterLanguage.PDF
        papers = calibration_papers(tx, actor().producer, on_sheets)
    ask = Asking(MeasureForm, {"side": "right", "direction": "down", **given})
    millimetres = {"unit": "毫米", "required": False}
    return form_page(
        row.name,
        [
            ask.one("side", _SIDES["side"]),
            ask.number("across", **millimetres),
            ask.one("direction", _SIDES["direction"]),
            ask.number("down", **millimetres),
        ],
        back("打印机", "printer_list"),
        button="记下偏差",
        refusal=refusal,
        printer=row,
        language=PrinterLanguage(row.language).label,
        on_sheets=on_sheets,
        papers=papers,
        sends=sends,
        shift=_shift_words(row),
        kept="kept" in request.args,
        template="printer",
    )


def _shift_words(row: Printer) -> str:
    """What is moved: 右移 1.5 毫米，下移 0.5 毫米."""
    across = _moved("右移", "左移", row.shift_x_um)
    down = _moved("下移", "上移", row.shift_y_um)
    return "，".join(filter(None, (across, down))) or "没有偏差"


def _moved(more: str, less: str, micrometres: int) -> str:
    return (
        f"{more if micrometres > 0 else less} {abs(micrometres) / 1000:g} 毫米"
        if micrometres
        else ""
    )
