"""The files of a print run: one label as a picture, a part as sheets or for a label printer."""

from __future__ import annotations

from dataclasses import replace

from flask import Response, request

from tracer.actions.actor import own
from tracer.actions.printing import paper as print_paper
from tracer.domain.printing import Part
from tracer.queries.printing.run import run_page
from tracer.store.tables import Printer, PrintRun
from tracer.store.world import Tx
from tracer.web.producer import hall
from tracer.web.producer.certificates import download, wanted_dpi
from tracer.web.shared.door import actor, world


@hall.get("/runs/<public_id>/label.png")
def run_png(public_id: str) -> Response:
    """One label of a run as a picture for a label printer's own app."""
    number = request.args.get("n", 1, type=int)
    with world().read() as tx:
        row = own(tx, actor(), PrintRun, public_id)
        content = print_paper.run_png(tx, row, number, wanted_dpi())
    return download(content, "image/png", f"{public_id}-{number}.png")


@hall.get("/runs/<public_id>/label.svg")
def run_svg(public_id: str) -> Response:
    """One label of a run as a drawing."""
    number = request.args.get("n", 1, type=int)
    with world().read() as tx:
        content = print_paper.run_svg(tx, own(tx, actor(), PrintRun, public_id), number)
    return download(content, "image/svg+xml", f"{public_id}-{number}.svg")


@hall.get("/runs/<public_id>/sheet.png")
def run_sheet(public_id: str) -> Response:
    """The first sheet of a part as it will print."""
    with world().read() as tx:
        row = own(tx, actor(), PrintRun, public_id)
        content = print_paper.sheet_png(tx, row, _asked_part(tx, row))
    return download(content, "image/png", f"{public_id}-sheet.png")


@hall.get("/runs/<public_id>/labels.pdf")
def run_pdf(public_id: str) -> Response:
    """Labels of a run as sheets, or one to a page: those the address names."""
    with world().read() as tx:
        row = own(tx, actor(), PrintRun, public_id)
        part, (shift, _dpi) = _asked_part(tx, row), _moved_by(tx)
        content = print_paper.run_pdf(tx, row, part, shift)
    return download(content, "application/pdf", f"{public_id}-{part.first}-{part.last}.pdf")


@hall.get("/runs/<public_id>/labels.<any(zpl, tspl, escpos):language>")
def run_job(public_id: str, language: str) -> Response:
    """The same for a label printer, in its own language."""
    with world().read() as tx:
        row = own(tx, actor(), PrintRun, public_id)
        part, (shift, dpi) = _asked_part(tx, row), _moved_by(tx)
        content = b"".join(print_paper.printer_job(tx, row, part, language, dpi, shift))
    name = f"{public_id}-{part.first}-{part.last}.{language}"
    return download(content, "application/octet-stream", name)


def _asked_part(tx: Tx, row: PrintRun) -> Part:
    """The places that an address names, at most a file of them; else what is to be printed next."""
    if "first" not in request.args:
        return run_page(tx, row).part or print_paper.file_of(tx, row, print_paper.whole(row))
    first = request.args.get("first", 1, type=int)
    last = request.args.get("last", None, type=int)
    cell = request.args.get("cell", 1, type=int)
    part = print_paper.part_of(row, first, last, cell)
    copies = min(part.copies, max(1, request.args.get("copies", part.copies, type=int)))
    return print_paper.file_of(tx, row, replace(part, copies=copies))


def _moved_by(tx: Tx) -> tuple[print_paper.Shift, int]:
    """Shift and dots per inch of the printer that an address names; else neither is its own."""
    if "printer" not in request.args:
        return print_paper.UNMOVED, wanted_dpi()
    printer = own(tx, actor(), Printer, request.args["printer"])
    return (printer.shift_x_um, printer.shift_y_um), printer.dpi
