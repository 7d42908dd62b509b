"""One print run: what it prints, how far it came, and everything that happened to it."""

from __future__ import annotations

from dataclasses import dataclass

import labels
from tracer.domain.clock import format_instant
from tracer.domain.printers import PrinterLanguage
from tracer.domain.printing import (
    PRINTS_A_FILE,
    Layout,
    Part,
    ReprintReason,
    Step,
    StepKind,
    covered,
    labels_in,
    next_part,
    spoiled,
    standing,
)
from tracer.queries.lines import joined
from tracer.queries.printing.choices import SheetView, next_cell, printers, sends_to, sheet_view
from tracer.store.prints import barred, layout_of, printing_steps, step_rows, was_sent
from tracer.store.sendings import (
    broken_off,
    counted,
    last_sending,
    open_sending,
    printers_sent_to,
    rest_of,
)
from tracer.store.tables import (
    Account,
    Batch,
    Certificate,
    Policy,
    Printer,
    PrintRun,
    PrintSending,
    PrintStep,
    Product,
)
from tracer.store.world import Tx


@dataclass(frozen=True)
class PrinterChoice:
    """A printer that takes the run's paper: a label printer takes rolls alone.

    ``sends`` where it has an address, else its file is downloaded.
    """

    id: str
    name: str
    language: str
    sends: bool


@dataclass(frozen=True)
class SendingView:
    """What is on its way to a printer, who sends it, and how many of its prints have left."""

    printer: str
    who: str
    what: str
    prints: int
    wanted: int
    stopping: bool


@dataclass(frozen=True)
class StepLine:
    """Something that happened to a run; ``again`` is the id of a reprint, else empty."""

    when: str
    what: str
    note: str
    again: str


@dataclass(frozen=True)
class RunPage:
    """One print run. ``certificate`` and ``batch`` are public ids or empty; ``bound`` 已启用.
    ``barred`` is the code of why nothing more of it may be printed, empty where it may.

    ``width`` and ``height`` of a label are in tenths of a millimetre. ``part`` is what to print
    next, None where all is ``good``. ``again_id`` is the reprint that the page was opened for,
    ``again`` what of it was not sent yet. ``unsent`` are the ids of reprints that broke off in
    being sent, and what is left of each. ``sending`` is on its way now. ``trouble`` is what stopped
    the last sending where the run came no further since, ``came`` the last label of it that left.
    ``numbered``: each label has a code of its own. ``spoiled`` are the first and last labels of
    what was spoiled. ``sent``: the service itself sent what came last, and nobody has yet seen it
    printed. ``good`` and the parts are places of the ``layout``.
    """

    id: str
    title: str
    design: str
    design_title: str
    stock_title: str
    width: int
    height: int
    count: int
    copies: int
    layout: Layout
    numbered: bool
    sheet: SheetView | None
    start_cell: int
    printed: str
    bound: bool
    barred: str
    certificate: str
    batch: str
    batch_code: str
    policy: str  # 码上保: insurer and number, or empty
    good: int
    jammed: bool
    sent: bool
    spoiled: tuple[tuple[int, int], ...]
    part: Part | None
    again: Part | None
    again_id: str
    sending: SendingView | None
    trouble: str
    came: str
    printers: tuple[PrinterChoice, ...]
    unsent: tuple[tuple[str, str], ...]
    steps: tuple[StepLine, ...]

    def sound_from(self, place: int) -> int:
        """The first label from a place on that is not spoiled; 0 where there is none."""
        found = self.layout.reach(place, 0, self.spoiled) + 1
        return self.layout.label(found) if found <= self.layout.places else 0


def run_page(tx: Tx, run: PrintRun, step_id: str = "") -> RunPage:
    """One print run; ``step_id`` names a reprint of it that is to be printed."""
    design, stock = labels.design(run.design), paper_of(run)
    batch = tx.session.get(Batch, run.batch_id) if run.batch_id else None
    certificate = tx.session.get(Certificate, run.certificate_id) if run.certificate_id else None
    policy = tx.session.get(Policy, run.policy_id) if run.policy_id else None
    rows = step_rows(tx.session, run)
    layout = layout_of(run, stock.cells)
    at = standing(layout, _steps(rows))
    again = next(
        (row for row in rows if row.public_id == step_id and row.step == "reprinted"), None
    )
    under_way, last = open_sending(tx.session, run), last_sending(tx.session, run, again)
    broken = last if last and last.trouble and _is_news(last, rows) else None
    sent_to = printers_sent_to(tx.session, run)
    why = barred(tx.session, run.batch_id, run.certificate_id)
    return RunPage(
        id=run.public_id,
        title=run_name(tx, run),
        design=run.design,
        design_title=design.title,
        stock_title=stock.title,
        width=round(design.size[0] * 10),
        height=round(design.size[1] * 10),
        count=run.count,
        copies=layout.copies,
        layout=layout,
        numbered=not run.design.startswith("certificate-"),
        sheet=sheet_view(stock, 1 if at.jammed else next_cell(tx, run.producer_id, run.stock)),
        start_cell=run.start_cell,
        printed=format_instant(run.created_at),
        bound=run.batch_id is not None,
        barred=why.code if why else "",
        certificate=certificate.public_id if certificate else "",
        batch=batch.public_id if batch else "",
        batch_code=batch.code if batch else "",
        policy=joined(policy.insurer, policy.number) if policy else "",
        good=at.good,
        jammed=at.jammed,
        sent=was_sent(rows),
        spoiled=spoiled(_steps(rows)),
        part=next_part(layout, at, PRINTS_A_FILE),
        again=rest_of(tx.session, run, again) if again else None,
        again_id=again.public_id if again else "",
        sending=_sending(tx, layout, under_way) if under_way else None,
        trouble=broken.trouble or "" if broken else "",
        came=counted(layout, broken).told(broken.reached)
        if broken and broken.prints and broken.reached
        else "",
        printers=tuple(
            PrinterChoice(one.public_id, one.name, one.language, sends_to(tx, one))
            for one in printers(tx, run.producer_id)
            if stock.cells == 1 or one.language == PrinterLanguage.PDF
        ),
        unsent=tuple(
            (row.public_id, _labels(rest.first, rest.last))
            for row, rest in broken_off(
                tx.session, run, [row for row in rows if row.step == StepKind.REPRINTED]
            )
        ),
        steps=tuple(_line(layout, row, sent_to) for row in reversed(rows)),
    )


def _sending(tx: Tx, layout: Layout, row: PrintSending) -> SendingView:
    return SendingView(
        printer=tx.session.get_one(Printer, row.printer_id).name,
        who=tx.session.get_one(Account, row.account_id).name,
        what=counted(layout, row).told(row.first, row.last),
        prints=row.prints,
        wanted=row.wanted,
        stopping=row.trouble is not None,
    )


def _is_news(sending: PrintSending, rows: list[PrintStep]) -> bool:
    """Whether the run has come no further since a sending ended."""
    return sending.ended_at is not None and all(
        row.at <= sending.ended_at for row in printing_steps(rows)
    )


def paper_of(run: PrintRun) -> labels.Stock:
    """The paper of a run: from the list, or the producer's own as it was measured then."""
    own = run.options.get("paper")
    return labels.Stock.from_dict(own) if own else labels.stock(run.stock)


def run_name(tx: Tx, run: PrintRun) -> str:
    """What the labels are for."""
    if run.batch_id is None:
        return "预印标签"
    batch = tx.session.get_one(Batch, run.batch_id)
    return tx.session.get_one(Product, batch.product_id).name


def label_facts(tx: Tx, run: PrintRun, index: int) -> tuple[tuple[str, str], ...]:
    """What an inspector reads about one label, index ``index`` of the installation."""
    rows, number = step_rows(tx.session, run), index - run.first_index + 1
    steps = _steps(rows)
    again = [
        row for row in rows if row.step == StepKind.REPRINTED and row.first <= number <= row.last
    ]
    told = "；".join(f"{format_instant(row.at)}（{_reason(row)}）" for row in again)
    spoiled = covered(steps, StepKind.SPOILED, number)
    return (
        ("标签", f"这次打印 {run.count} 张里的第 {number} 张"),
        ("打印时间", format_instant(run.created_at)),
        ("重打", f"{len(again)} 次：{told}" if again else "没有"),
        ("状态", "已作废（印坏）" if spoiled else "尚未启用" if run.batch_id is None else "已启用"),
    )


def print_sums(tx: Tx, runs: list[PrintRun]) -> tuple[int, int, int]:
    """Labels of runs: made, reprinted (each as often as it was), spoiled."""
    steps = [step for run in runs for step in _steps(step_rows(tx.session, run))]
    made = sum(run.count for run in runs)
    return made, labels_in(steps, StepKind.REPRINTED), labels_in(steps, StepKind.SPOILED)


def _steps(rows: list[PrintStep]) -> tuple[Step, ...]:
    return tuple(Step(StepKind(row.step), row.first, row.last, row.start_cell) for row in rows)


def _labels(first: int, last: int) -> str:
    return f"第 {first} 张" if first == last else f"第 {first} 到 {last} 张"


def _line(layout: Layout, row: PrintStep, sent_to: dict[int, str]) -> StepLine:
    which = _labels(row.first, row.last)
    printer = f"“{sent_to[row.at]}”" if row.at in sent_to else "打印机"
    stopped = f"大约送到{layout.told(row.first - 1)}" if row.first > 1 else "一张也没送完"
    sent = {
        StepKind.JAMMED: f"送到{printer}，{stopped}停下了",
        StepKind.FINISHED: f"{layout.told(row.first, row.last)}送到{printer}了",
    }
    text = {
        StepKind.JAMMED: f"停下了，{layout.told_good(row.first - 1)}",
        StepKind.RESUMED: f"从{layout.told(row.first)}接着打",
        StepKind.REPRINTED: f"重打{which}（{_reason(row)}）",
        StepKind.SPOILED: f"作废{which}（印坏）",
        StepKind.FINISHED: f"{layout.told(row.first, row.last)}打好了",
    } | (sent if row.output else {})
    what = text[StepKind(row.step)]
    note = row.note if row.note and row.note not in what else ""
    again = row.public_id if row.step == StepKind.REPRINTED else ""
    return StepLine(format_instant(row.at), what, note, again)


def _reason(row: PrintStep) -> str:
    return ReprintReason(row.reason).label if row.reason else ""
