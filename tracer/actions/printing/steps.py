"""What happens to a run in the printer: a jam and where it goes on, reprints, spoiled labels.

A step uses no new codes and posts nothing: a label counts once, however often it is printed.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field
from sqlmodel import select

from tracer.actions.actor import Actor, own
from tracer.actions.forms import Form
from tracer.actions.printing.label_names import LabelName, is_number, label_named, labels_named
from tracer.actions.printing.paper import cells_of, check_goods, laid, standing_of
from tracer.actions.printing.stock_place import Cell, ProposedCell, check_place, remember_place
from tracer.actions.printing.under_way import check_idle
from tracer.domain.errors import Conflict, NotFound, Refusal
from tracer.domain.ids import new_id
from tracer.domain.printing import (
    PRINTS_A_FILE,
    Part,
    ReprintReason,
    Standing,
    StepKind,
    spoiled,
    standing,
)
from tracer.store.prints import printing_steps, step_of, step_rows, steps_of, was_sent
from tracer.store.sendings import last_sending
from tracer.store.tables import PrintRun, PrintStep
from tracer.store.world import Tx

Note = Annotated[str | None, Field(title="说明", max_length=200)]


class JamForm(Form):
    """The last label that came out well; 0 where none did.

    ``round`` of a run that is printed again and again; without it only what can be meant in one
    round alone is understood.
    """

    last_good: Annotated[LabelName, Field(title="最后一张好的标签")]
    round: Annotated[int | None, Field(title="第几遍", ge=1)] = None
    note: Note = None


class ResumeForm(Form):
    """Where on the sheet the rest goes on."""

    start_cell: Cell = 1


class FinishForm(Form):
    """The last label that came out well; all of them where none is named.

    A number goes on counting where the run is printed again and again.
    """

    last: Annotated[LabelName | None, Field(title="打到第几张")] = None


class ReprintForm(Form):
    """Which labels are printed once more under their own numbers, and why."""

    first: Annotated[LabelName, Field(title="从哪一张")]
    last: Annotated[LabelName | None, Field(title="到哪一张")] = None
    reason: Annotated[ReprintReason, Field(title="为什么重打")]
    start_cell: Cell = 1
    proposed_cell: ProposedCell = None
    note: Note = None


class SpoilForm(Form):
    """Which labels were spoiled: their codes are dead from now on."""

    first: Annotated[LabelName, Field(title="从哪一张")]
    last: Annotated[LabelName | None, Field(title="到哪一张")] = None
    note: Note = None


def jam(tx: Tx, actor: Actor, run_id: str, form: JamForm) -> PrintStep:
    """The printer stopped after the last good label.

    Said again before it is resumed, the new answer holds. So it does of what the service itself
    sent last: a printer takes in labels long before it prints them.
    """
    run = own(tx, actor, PrintRun, run_id)
    check_idle(tx, run)
    return stop(tx, actor, run, _last_good(tx, run, form), form.note)


def stop(
    tx: Tx,
    actor: Actor,
    run: PrintRun,
    last_good: int,
    note: str | None = None,
    output: str | None = None,
) -> PrintStep:
    """:func:`jam` after a place that is known. ``output`` says where the run was printed."""
    layout, at = laid(run), _before_the_jam(tx, run)
    if last_good == layout.places:
        raise Refusal("all_good", "最后一张也是好的，请按“都打好了”", "last_good")
    if last_good < at.good:
        good = layout.told_up_to(at.good)
        raise Refusal("already_good", f"{good}已经记成打好了，请从后面的标签里选", "last_good")
    first = last_good + 1
    return _write(tx, actor, run, StepKind.JAMMED, first, layout.places, note=note, output=output)


def resume(tx: Tx, actor: Actor, run_id: str, form: ResumeForm) -> PrintStep:
    """Go on after a jam, with the label that comes next."""
    run = own(tx, actor, PrintRun, run_id)
    at = standing_of(tx, run)
    if not at.jammed:
        raise Conflict("not_jammed", "这次打印没有停下，请先按“卡纸了”说停在哪一张")
    _check_cell(run, form.start_cell)
    check_goods(tx, run.batch_id, run.certificate_id)
    layout, first = laid(run), at.good + 1
    step = _write(
        tx, actor, run, StepKind.RESUMED, first, layout.places, start_cell=form.start_cell
    )
    remember_place(tx, run, Part(first, layout.places, form.start_cell, layout.prints))
    return step


def finish(
    tx: Tx, actor: Actor, run_id: str, form: FinishForm, output: str | None = None
) -> PrintStep:
    """The labels up to ``last`` came out well."""
    run = own(tx, actor, PrintRun, run_id)
    check_idle(tx, run)
    at = standing_of(tx, run)
    last = laid(run).places if form.last is None else _last_finished(tx, run, form.last)
    if last <= at.good:
        raise Conflict("already_good", f"{laid(run).told_up_to(at.good)}已经记成打好了")
    return _write(
        tx, actor, run, StepKind.FINISHED, at.good + 1, last, start_cell=at.cell, output=output
    )


def reprint(tx: Tx, actor: Actor, run_id: str, form: ReprintForm) -> PrintStep:
    """Print labels once more: the same numbers and codes, counted for inspectors to see."""
    run = own(tx, actor, PrintRun, run_id)
    first, last = labels_named(tx, run, form.first, form.last)
    if last - first >= PRINTS_A_FILE:
        raise Refusal("too_many", f"一次最多重打 {PRINTS_A_FILE} 张，请分几次重打", "last")
    _check_cell(run, form.start_cell)
    check_place(tx, run.producer_id, run.stock, form.start_cell, form.proposed_cell)
    check_goods(tx, run.batch_id, run.certificate_id)
    dead = next(
        (
            max(begin, first)
            for begin, end in spoiled(steps_of(tx.session, run))
            if begin <= last and first <= end
        ),
        None,
    )
    if dead is not None:
        raise Conflict("label_spoiled", f"第 {dead} 张已经作废，不能重打，请另打新的标签", "first")
    step = _write(
        tx,
        actor,
        run,
        StepKind.REPRINTED,
        first,
        last,
        start_cell=form.start_cell,
        reason=form.reason.value,
        note=form.note,
    )
    remember_place(tx, run, Part(first, last, form.start_cell))
    return step


def finish_reprint(tx: Tx, actor: Actor, run_id: str, step_id: str) -> None:
    """The reprint came out: what broke off in being sent is not told as unsent any more."""
    run = own(tx, actor, PrintRun, run_id)
    check_idle(tx, run)
    step = reprint_of(tx, run, step_id)
    sent = last_sending(tx.session, run, step)
    if sent is not None:
        sent.reached = step.last


def reprint_of(tx: Tx, run: PrintRun, step_id: str) -> PrintStep:
    """A reprint of a run."""
    found = tx.session.exec(
        select(PrintStep).where(
            PrintStep.public_id == step_id,
            PrintStep.run_id == run.id,
            PrintStep.step == StepKind.REPRINTED,
        )
    ).one_or_none()
    if found is None:
        raise NotFound("没有这次重打，请刷新这一页")
    return found


def spoil(tx: Tx, actor: Actor, run_id: str, form: SpoilForm) -> PrintStep:
    """Labels that were spoiled and thrown away: whoever scans one is told so, for good."""
    run = own(tx, actor, PrintRun, run_id)
    if run.design.startswith("certificate-"):
        raise Refusal("one_code", "这次打印的标签都用同一张合格证的码，不能只作废其中几张", "first")
    first, last = labels_named(tx, run, form.first, form.last)
    return _write(tx, actor, run, StepKind.SPOILED, first, last, note=form.note)


def _write(
    tx: Tx, actor: Actor, run: PrintRun, kind: StepKind, first: int, last: int, **more: Any
) -> PrintStep:
    step = PrintStep(
        public_id=new_id(),
        run_id=run.id or 0,
        step=kind.value,
        first=first,
        last=last,
        account_id=actor.account_id,
        at=tx.now,
        **more,
    )
    tx.session.add(step)
    tx.session.flush()
    return step


def _before_the_jam(tx: Tx, run: PrintRun) -> Standing:
    """How far a run had come before the jam that is told, or told anew."""
    rows = step_rows(tx.session, run)
    came = printing_steps(rows)
    while came and came[-1].step == StepKind.JAMMED:
        rows.remove(came.pop())
    if was_sent(came):
        rows.remove(came.pop())
    return standing(laid(run), map(step_of, rows))


def _last_good(tx: Tx, run: PrintRun, form: JamForm) -> int:
    """The last place that came out well; 0 where none did."""
    rounds = laid(run).rounds
    if form.round is not None and form.round > rounds:
        raise Refusal("no_round", f"这次打印一共打 {rounds} 遍，请改正第几遍", "round")
    label = 0 if str(form.last_good) == "0" else label_named(tx, run, form.last_good, "last_good")
    if form.round is not None:
        return (form.round - 1) * run.count + label
    if label == 0 or rounds == 1:
        return label
    good = _before_the_jam(tx, run).good
    meant = [one for one in range(label, rounds * run.count + 1, run.count) if one >= good]
    if len(meant) > 1:
        raise Refusal("which_round", f"这些标签要打 {rounds} 遍，请填停在第几遍", "round")
    return meant[0] if meant else label


def _last_finished(tx: Tx, run: PrintRun, name: int | str) -> int:
    """The last place that came out well."""
    layout = laid(run)
    if layout.rounds > 1 and not is_number(name):
        raise Refusal(
            "which_round", "这张标签每一遍都有，请填数字：一遍接一遍地数，打到第几张", "last"
        )
    return label_named(tx, run, name, "last", layout.places)


def _check_cell(run: PrintRun, cell: int) -> None:
    if cell > cells_of(run):
        raise Refusal("no_cell", "这种标签纸没有这么多格，请改小起始格", "start_cell")
