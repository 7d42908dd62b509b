"""Sending labels of a run to a printer, and keeping in the run how far that came.

A sending is claimed in the transaction that checks what the page's button said, carried out in a
thread of its own, and ended in one transaction together with its step in the run. Whoever carries
one says every second that he lives: one that has fallen silent is ended by whoever looks next, as a
jam after what it said last.
"""

from __future__ import annotations

import logging
import threading
from contextlib import ExitStack
from functools import partial
from typing import Annotated

from pydantic import Field
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from tracer.actions.actor import Actor, own
from tracer.actions.forms import Form
from tracer.actions.printing.delivery import Delivered, Spool, deliver
from tracer.actions.printing.paper import (
    calibration,
    laid,
    place_reached,
    printer_job,
    run_labels,
    standing_of,
    write_pdf,
)
from tracer.actions.printing.steps import FinishForm, finish, reprint_of
from tracer.actions.printing.steps import stop as stop_after
from tracer.actions.printing.under_way import check_free, check_idle
from tracer.domain.errors import Conflict, Refusal
from tracer.domain.ids import new_id
from tracer.domain.printers import PrinterAddress, PrinterLanguage, parse_address
from tracer.domain.printing import PRINTS_A_FILE, Part, next_part
from tracer.domain.words import Role
from tracer.store.prints import barred
from tracer.store.sendings import (
    is_lost,
    lost_ones,
    open_count,
    open_sending,
    part_sent,
    rest_of,
    sending_of,
)
from tracer.store.tables import Printer, PrintRun, PrintSending, PrintStep
from tracer.store.world import Tx, World

DELIVERER = "print-sending"  # the name of a thread that delivers
MAX_SENDINGS = 16  # at once, of the whole installation
MAX_OF_ONE = 4  # of them by one producer
STOPPED = "停下了"
LOST = "服务器在打印时停了"
_LOG = logging.getLogger(__name__)
# Whoever tries a printer waits for it: of the few threads that answer pages, most stay free.
_trying = threading.BoundedSemaphore(2)


class SendForm(Form):
    """To which printer; ``step`` is a reprint of the run.

    ``first`` and ``last`` are what the page's button said: where something else comes next by now,
    nothing is sent. Without them it is whatever comes next.
    """

    printer: Annotated[str, Field(title="打印机", min_length=1, max_length=20)]
    step: Annotated[str | None, Field(title="重打", max_length=20)] = None
    first: Annotated[int | None, Field(title="从第几张", ge=1)] = None
    last: Annotated[int | None, Field(title="到第几张", ge=1)] = None


def send(world: World, tx: Tx, actor: Actor, run_id: str, form: SendForm) -> PrintSending:
    """Claim what comes next of a run, and deliver it from the moment that the claim is kept."""
    row = claim(tx, actor, run_id, form)
    deliverer = threading.Thread(
        target=carry, args=(world, row.public_id), name=DELIVERER, daemon=True
    )
    event.listen(tx.session, "after_commit", lambda _session: deliverer.start(), once=True)
    return row


def claim(tx: Tx, actor: Actor, run_id: str, form: SendForm) -> PrintSending:
    """Take a printer for what comes next of a run; whoever claims it must :func:`carry` it.

    Conflicts: ``sending``, ``printer_busy``, ``server_busy``, ``jammed``, ``sent_before``,
    ``page_old`` and what cannot be printed any more.
    """
    run = own(tx, actor, PrintRun, run_id)
    printer = own(tx, actor, Printer, form.printer)
    _address_of(tx, printer)
    for one in lost_ones(tx.session, tx.now):
        _end(tx, one, Delivered(one.prints, LOST))
    check_idle(tx, run)
    check_free(tx, printer)
    _check_room(tx, actor)
    step = reprint_of(tx, run, form.step) if form.step else None
    part = _part(tx, run, step, form)
    run_labels(tx, run, part, printer.dpi)  # refuses what cannot be printed any more
    row = PrintSending(
        public_id=new_id(),
        run_id=run.id or 0,
        printer_id=printer.id or 0,
        step_id=step.id if step else None,
        first=part.first,
        last=part.last,
        start_cell=part.start_cell,
        copies=part.copies,
        wanted=part.count * part.copies,
        account_id=actor.account_id,
        started_at=tx.now,
        beat_at=tx.now,
    )
    tx.session.add(row)
    tx.session.flush()
    return row


def carry(world: World, sending_id: str) -> None:
    """Deliver what was claimed and record what came of it: finished, or stopped after a label."""
    try:
        came = _delivered(world, sending_id)
    except Refusal as refusal:
        came = Delivered(0, refusal.message, begun=False)
    except OSError:
        _LOG.exception("a sending could not be made")
        came = Delivered(0, "服务器存不下要打的内容，请联系管理员看看磁盘", begun=False)
    with world.write() as tx:
        _end(tx, sending_of(tx.session, sending_id), came)


def stop(tx: Tx, actor: Actor, run_id: str) -> None:
    """Ask what is on its way of a run to stop; its deliverer does within a second or two.

    Where nothing is any more there is nothing to do.
    """
    row = open_sending(tx.session, own(tx, actor, PrintRun, run_id))
    if row is None:
        return
    row.trouble = row.trouble or STOPPED
    if is_lost(row, tx.now):
        _end(tx, row, Delivered(row.prints, LOST))


def close_lost(world: World) -> None:
    """End the sendings whose server was stopped: as jams after what they said last."""
    with world.read() as tx:
        found = [row.public_id for row in lost_ones(tx.session, tx.now)]
    for sending_id in found:
        with world.write() as tx:
            row = sending_of(tx.session, sending_id)
            if is_lost(row, tx.now):
                _end(tx, row, Delivered(row.prints, LOST))


def send_calibration(world: World, actor: Actor, printer_id: str, stock: str) -> str:
    """Print the calibration page for a paper; what stopped it, empty where nothing did."""
    with world.read() as tx:
        printer = own(tx, actor, Printer, printer_id)
        address = _address_of(tx, printer)
        check_free(tx, printer)
        page = calibration(tx, actor, printer, stock)
    if not _trying.acquire(blocking=False):
        return "服务器正在试别的打印机，请过一会儿再送，或者下载校准页打印"
    try:
        spool = Spool()
        with spool.file:
            spool.file.write(page)
            raw = printer.language != PrinterLanguage.PDF
            return deliver(spool, address, "tracer-calibration", raw).trouble
    finally:
        _trying.release()


def spool_part(tx: Tx, run: PrintRun, part: Part, printer: Printer) -> Spool:
    """The job of a part, in the printer's language and moved by its shift."""
    spool, shift = Spool(), (printer.shift_x_um, printer.shift_y_um)
    with ExitStack() as closing:
        closing.callback(spool.file.close)
        if printer.language == PrinterLanguage.PDF:
            write_pdf(tx, run, part, spool.file, shift)
            spool.ends = [spool.size] * part.count * part.copies
        else:
            spool.fill(printer_job(tx, run, part, printer.language, printer.dpi, shift))
        closing.pop_all()
    return spool


def _delivered(world: World, sending_id: str) -> Delivered:
    with world.read() as tx:
        row = sending_of(tx.session, sending_id)
        run = tx.session.get_one(PrintRun, row.run_id)
        printer = tx.session.get_one(Printer, row.printer_id)
        address = _address_of(tx, printer)
        spool = spool_part(tx, run, part_sent(row), printer)
    with spool.file:
        raw = printer.language != PrinterLanguage.PDF
        beat = partial(_beat, world, sending_id, len(spool.ends))
        return deliver(spool, address, f"tracer-{run.public_id}", raw, beat)


def _beat(world: World, sending_id: str, wanted: int, prints: int) -> str:
    """Say how far a sending came; what it is to stop for, nothing while it may go on."""
    try:
        with world.write() as tx:
            row = sending_of(tx.session, sending_id)
            if row.ended_at is not None:
                return row.trouble or STOPPED
            row.wanted, row.prints, row.beat_at = wanted, prints, tx.now
            run = tx.session.get_one(PrintRun, row.run_id)
            why = barred(tx.session, run.batch_id, run.certificate_id)
            return why.message if why else row.trouble or ""
    except OperationalError:
        # The next beat tells it; while none does, others take the sending for lost.
        _LOG.warning("a sending could not say how far it came", exc_info=True)
        return ""


def _end(tx: Tx, row: PrintSending, came: Delivered) -> None:
    """End a sending, once, and record in its run how far it came."""
    if row.ended_at is not None:
        return
    run, part = tx.session.get_one(PrintRun, row.run_id), part_sent(row)
    row.reached = place_reached(tx, run, part, came.prints) if came.trouble else part.last
    whole = row.reached == part.last
    row.prints, row.ended_at = came.prints, tx.now
    row.trouble = None if whole else came.trouble
    tx.session.flush()
    at = standing_of(tx, run)
    if row.step_id is not None or at.jammed or at.good + 1 != part.first:
        return
    printer = tx.session.get_one(Printer, row.printer_id)
    actor = Actor(row.account_id, Role.PRODUCER, "", run.producer_id)
    output = f"{printer.language} {printer.address}"
    if whole:
        finish(tx, actor, run.public_id, FinishForm(last=part.last), output)
    elif came.begun:
        stop_after(tx, actor, run, row.reached, came.trouble, output)


def _check_room(tx: Tx, actor: Actor) -> None:
    if open_count(tx.session, actor.producer) >= MAX_OF_ONE:
        told = f"已经有 {MAX_OF_ONE} 台打印机在打，请等一台打完再送，或者下载文件打印"
        raise Conflict("server_busy", told, "printer")
    if open_count(tx.session) >= MAX_SENDINGS:
        told = "服务器正在给别的打印机送，请过几分钟再送，或者下载文件打印"
        raise Conflict("server_busy", told, "printer")


def _part(tx: Tx, run: PrintRun, step: PrintStep | None, form: SendForm) -> Part:
    """What comes next, which must be what the page's button said."""
    if step is not None:
        part = rest_of(tx.session, run, step)
        if part is None:
            raise Conflict("sent_before", "这几张已经送去重打过了；还要就再按“重打几张”")
    else:
        at = standing_of(tx, run)
        part = next_part(laid(run), at, PRINTS_A_FILE)
        if part is None:
            raise Conflict("sent_before", "都已经送过了；要再印几张，请按“重打几张”")
        if form.first is not None and form.first <= at.good:
            raise Conflict("sent_before", "这几张刚才已经送过了，请看下面接着打哪几张")
        if at.jammed:
            raise Conflict("jammed", "上次停下了，请先看清最后一张好的，再按“接着打”")
    said = (form.first or part.first, form.last or part.last)
    if said != (part.first, part.last):
        raise Conflict("page_old", "这一页旧了，要打的已经不一样，请看下面再按一次")
    return part


def _address_of(tx: Tx, printer: Printer) -> PrinterAddress:
    if printer.address is None or printer.retired_at is not None:
        raise Conflict("no_address", "这台打印机没有填地址，请下载文件打印", "printer")
    return parse_address(printer.address, tx.printers)
