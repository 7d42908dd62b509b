"""Sendings of runs to printers: which are on their way, which were left behind, what is left."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from sqlmodel import Session, col, func, select
from sqlmodel.sql.expression import SelectOfScalar

from tracer.domain.printing import Layout, Part
from tracer.store.tables import Printer, PrintRun, PrintSending, PrintStep

LOST_SECONDS = 45  # a deliverer that was silent for so long is no more


def sending_of(session: Session, public_id: str) -> PrintSending:
    """The sending with that public id."""
    return session.exec(select(PrintSending).where(PrintSending.public_id == public_id)).one()


def part_sent(row: PrintSending) -> Part:
    """What a sending sends."""
    return Part(row.first, row.last, row.start_cell, row.copies)


def counted(layout: Layout, row: PrintSending) -> Layout:
    """How a sending of a run counts: reprinted are labels, whatever the rounds of the run."""
    return replace(layout, copies=1) if row.step_id else layout


def is_lost(row: PrintSending, now: int) -> bool:
    """Whether nobody delivers an open sending any more; after a leap of the clock as well."""
    return abs(now - row.beat_at) > LOST_SECONDS


def lost_ones(session: Session, now: int) -> list[PrintSending]:
    """The open sendings whose deliverers are no more."""
    return [row for row in session.exec(_open()) if is_lost(row, now)]


def open_sending(session: Session, run: PrintRun) -> PrintSending | None:
    """What is on its way of a run."""
    return session.exec(_open().where(PrintSending.run_id == run.id)).first()


def open_at(session: Session, printer: Printer) -> PrintSending | None:
    """What is on its way to a printer, whoever keeps its address."""
    same = select(Printer.id).where(Printer.address == printer.address)
    return session.exec(_open().where(col(PrintSending.printer_id).in_(same))).first()


def open_count(session: Session, producer_id: int | None = None) -> int:
    """How many sendings are on their way, of one producer or at all."""
    found = _open()
    if producer_id is not None:
        runs = select(PrintRun.id).where(PrintRun.producer_id == producer_id)
        found = found.where(col(PrintSending.run_id).in_(runs))
    return session.exec(select(func.count()).select_from(found.subquery())).one()


def last_sending(session: Session, run: PrintRun, step: PrintStep | None) -> PrintSending | None:
    """What was sent last of a run, or of a reprint of it."""
    return session.exec(
        select(PrintSending)
        .where(PrintSending.run_id == run.id, PrintSending.step_id == (step.id if step else None))
        .order_by(col(PrintSending.id).desc())
    ).first()


def newest_sending(session: Session, run: PrintRun) -> PrintSending | None:
    """What was sent last of a run or of any reprint of it."""
    newest = select(PrintSending).where(PrintSending.run_id == run.id)
    return session.exec(newest.order_by(col(PrintSending.id).desc())).first()


def printers_sent_to(session: Session, run: PrintRun) -> dict[int, str]:
    """The printers that a run was sent to, by when: the instants of the steps that it left."""
    rows = session.exec(
        select(PrintSending, Printer.name)
        .join(Printer, col(Printer.id) == PrintSending.printer_id)
        .where(PrintSending.run_id == run.id, col(PrintSending.step_id).is_(None))
    )
    return {row.ended_at: name for row, name in rows if row.ended_at is not None}


def rest_of(session: Session, run: PrintRun, reprint: PrintStep) -> Part | None:
    """What of a reprint was not sent yet; None where all of it was."""
    return _rest(last_sending(session, run, reprint), reprint)


def broken_off(
    session: Session, run: PrintRun, reprints: Iterable[PrintStep]
) -> list[tuple[PrintStep, Part]]:
    """The reprints of a run that were sent and did not go through, and what of each is left."""
    sent = select(PrintSending).where(
        PrintSending.run_id == run.id, col(PrintSending.step_id).is_not(None)
    )
    last = {row.step_id: row for row in session.exec(sent.order_by(col(PrintSending.id)))}
    ended = [one for one in reprints if one.id in last and last[one.id].ended_at is not None]
    rests = [(one, _rest(last[one.id], one)) for one in ended]
    return [(one, rest) for one, rest in rests if rest is not None]


def _rest(last: PrintSending | None, reprint: PrintStep) -> Part | None:
    came = last.reached if last and last.reached else reprint.first - 1
    if came >= reprint.last:
        return None
    # Only rolls can stop between: a sheet is one file, and goes through or does not.
    return Part(came + 1, reprint.last, reprint.start_cell if came < reprint.first else 1)


def _open() -> SelectOfScalar[PrintSending]:
    return select(PrintSending).where(col(PrintSending.ended_at).is_(None))
