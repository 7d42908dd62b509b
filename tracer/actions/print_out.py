"""Sending labels of a run to a printer, and keeping in the run how far that came."""

from __future__ import annotations

from dataclasses import dataclass

from tracer.actions.actor import Actor, own
from tracer.actions.delivery import Spool, deliver
from tracer.actions.print_paper import (
    calibration,
    place_reached,
    printer_job,
    standing_of,
    write_pdf,
)
from tracer.actions.print_steps import FinishForm, finish, stop
from tracer.domain.errors import Conflict
from tracer.domain.printers import PrinterAddress, PrinterLanguage, parse_address
from tracer.domain.printing import Part
from tracer.store.tables import Printer, PrintRun
from tracer.store.world import Tx, World


def send_calibration(world: World, actor: Actor, printer_id: str, stock: str) -> str:
    """Print the calibration page for a paper; what stopped it, empty where nothing did."""
    with world.read() as tx:
        printer = own(tx, actor, Printer, printer_id)
        address = _address_of(printer)
        page = calibration(tx, actor, printer, stock)
    spool = Spool()
    with spool.file:
        spool.file.write(page)
        raw = printer.language != PrinterLanguage.PDF
        return deliver(spool, address, "tracer-calibration", raw).trouble


@dataclass(frozen=True)
class Sent:
    """``last`` place of the part that surely reached the printer; ``trouble`` what stopped it."""

    last: int
    trouble: str = ""


def spool_part(tx: Tx, run: PrintRun, part: Part, printer: Printer) -> Spool:
    """The job of a part, in the printer's language and moved by its shift."""
    spool, shift = Spool(), (printer.shift_x_um, printer.shift_y_um)
    if printer.language == PrinterLanguage.PDF:
        write_pdf(tx, run, part, spool.file, shift)
        spool.ends = [spool.size] * part.count * part.copies
    else:
        spool.fill(printer_job(tx, run, part, printer.language, printer.dpi, shift))
    return spool


def send_part(world: World, actor: Actor, run_id: str, printer_id: str, part: Part) -> Sent:
    """Send a part and record what came of it: finished, or stopped after a label.

    Only a part that goes on where the run stands is recorded: reprints have their own step.
    """
    with world.read() as tx:
        run = own(tx, actor, PrintRun, run_id)
        printer = own(tx, actor, Printer, printer_id)
        address = _address_of(printer)
        spool = spool_part(tx, run, part, printer)
    with spool.file:
        raw = printer.language != PrinterLanguage.PDF
        came = deliver(spool, address, f"tracer-{run_id}", raw)
    output = f"{printer.language} {address}"
    with world.write() as tx:
        run = own(tx, actor, PrintRun, run_id)
        last = part.last if not came.trouble else place_reached(tx, run, part, came.prints)
        if standing_of(tx, run).good + 1 == part.first:
            _record(tx, actor, run, part, Sent(last, came.trouble), output)
    return Sent(last, came.trouble)


def _address_of(printer: Printer) -> PrinterAddress:
    if printer.address is None or printer.retired_at is not None:
        raise Conflict("no_address", "这台打印机没有填地址，请下载文件打印", "printer")
    return parse_address(printer.address)


def _record(tx: Tx, actor: Actor, run: PrintRun, part: Part, sent: Sent, output: str) -> None:
    if sent.last == part.last:
        finish(tx, actor, run.public_id, FinishForm(last=part.last), output)
    elif sent.last >= part.first:
        stop(tx, actor, run, sent.last, sent.trouble, output)
