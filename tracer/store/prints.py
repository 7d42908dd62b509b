"""Print runs as the domain sees them: their layout and their steps."""

from __future__ import annotations

from collections.abc import Iterable

from sqlmodel import Session, col, select

from tracer.domain.errors import Conflict
from tracer.domain.printing import Layout, Step, StepKind, covered
from tracer.store.dossier import current_entries
from tracer.store.lookups import recall_of
from tracer.store.tables import PrintRun, PrintStep, StoredFile, Voiding

LOGO_ROW = "B.1-8"  # 企业标志


def barred(session: Session, batch_id: int | None, certificate_id: int | None) -> Conflict | None:
    """Why no more paper may be made for goods; None where it may.

    They are recalled, or what they were made of is; or the certificate no longer stands. Of the two
    the recall is graver, and told.
    """
    recalled = None if batch_id is None else recall_of(session, batch_id)
    if recalled is not None:
        return Conflict("batch_recalled", f"批次 {recalled[1].code} 已召回，不能再打印")
    if certificate_id is not None and session.get(Voiding, certificate_id) is not None:
        return Conflict("certificate_voided", "这张合格证已作废，不能再打印")
    return None


def layout_of(run: PrintRun, cells: int) -> Layout:
    """How a run lies on paper of so many cells."""
    copies, together = run.options.get("copies", 1), run.options.get("together", False)
    return Layout(run.count, cells, run.start_cell, copies, together)


def step_rows(session: Session, run: PrintRun) -> list[PrintStep]:
    """The steps of a run, oldest first."""
    found = select(PrintStep).where(PrintStep.run_id == run.id).order_by(col(PrintStep.id))
    return list(session.exec(found))


def steps_of(session: Session, run: PrintRun) -> tuple[Step, ...]:
    """The steps of a run, oldest first."""
    return tuple(map(step_of, step_rows(session, run)))


def printing_steps(rows: Iterable[PrintStep]) -> list[PrintStep]:
    """The steps that say how far a run came: what happens to single labels is beside it."""
    return [row for row in rows if row.step not in (StepKind.REPRINTED, StepKind.SPOILED)]


def was_sent(rows: Iterable[PrintStep]) -> bool:
    """Whether what came last of some steps is what the service itself sent to a printer."""
    last = printing_steps(rows)[-1:]
    return any(row.step == StepKind.FINISHED and row.output is not None for row in last)


def step_of(row: PrintStep) -> Step:
    """A step as the domain sees it."""
    return Step(StepKind(row.step), row.first, row.last, row.start_cell)


def is_spoiled(session: Session, run: PrintRun, index: int) -> bool:
    """Whether label ``index`` of the installation, one of this run, is to be told as spoiled.

    A recall is graver and is told instead: nobody hides one by calling the labels spoiled.
    """
    steps = steps_of(session, run)
    if not covered(steps, StepKind.SPOILED, index - run.first_index + 1):
        return False
    return run.batch_id is None or recall_of(session, run.batch_id) is None


def logo_of(session: Session, producer_id: int) -> str | None:
    """SHA-256 of the picture that the producer registered as its own mark; None without one."""
    entries = current_entries(session, producer_id, LOGO_ROW)
    named = [entry.values["logo"] for entry in entries if "logo" in entry.values]
    return session.exec(
        select(StoredFile.sha256).where(
            col(StoredFile.public_id).in_(named[-1:]),
            StoredFile.media_type == "image/jpeg",
            col(StoredFile.sealed).is_(False),
        )
    ).first()
