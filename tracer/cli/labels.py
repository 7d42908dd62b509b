"""Labels from the command line: files of a run, sending it to a printer, calibration, lists."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

import click
from sqlmodel import select

from labels import LabelError, calibration_job, calibration_pdf, designs, overview, stocks
from labels import grade as grade_print
from tracer.actions.actor import Actor
from tracer.actions.printing import paper as print_paper
from tracer.actions.printing import sending as print_out
from tracer.actions.printing.steps import ResumeForm, resume
from tracer.cli.saving import saving
from tracer.domain.errors import Conflict, NotFound, Refusal
from tracer.domain.printing import Part
from tracer.domain.words import Role
from tracer.installation import ready_world
from tracer.store.sendings import sending_of
from tracer.store.tables import Account, Printer, PrintRun, PrintSending
from tracer.store.world import Tx, World

ONE_LABEL = ("png", "svg")
PRINTER_LANGUAGES = ("zpl", "tspl", "escpos")
_LOOK_SECONDS = 0.3

OUT = click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="存成哪个文件"
)
DPI = click.option(
    "--dpi",
    type=click.Choice(["203", "300", "600"]),
    default="203",
    show_default=True,
    help="打印机每英寸的点数，用于 png 和打印机指令",
)


@click.group()
def labels() -> None:
    """生成标签文件，送去打印，校准打印机。"""


@labels.command()
@click.argument("run")
@click.option("--design", help="标签样式，不写就用打印时选的")
@click.option("--stock", help="标签纸，不写就用打印时选的")
@click.option(
    "--format",
    "kind",
    type=click.Choice(["pdf", *ONE_LABEL, *PRINTER_LANGUAGES]),
    default="pdf",
    show_default=True,
    help="pdf 是整张或整卷；png、svg 是一张标签；其余是标签打印机的指令",
)
@OUT
@click.option("--first", type=click.IntRange(1), default=1, show_default=True, help="从第几张起")
@click.option("--count", type=click.IntRange(1), help="张数，不写就到最后一张；png、svg 只有一张")
@click.option("--start-cell", type=click.IntRange(1), help="从标签纸的第几格开始，只用于 pdf")
@click.option("--copies", type=click.IntRange(1, 20), help="每张几份，不写就照打印时选的")
@click.option("--hide", multiple=True, help="不印的内容，比如 origin，可以写几次")
@DPI
def render(
    run: str,
    design: str | None,
    stock: str | None,
    kind: str,
    out: Path,
    first: int,
    count: int | None,
    start_cell: int | None,
    copies: int | None,
    hide: tuple[str, ...],
    dpi: str,
) -> None:
    """把打印编号 RUN 的标签存成文件；同一次打印，何时生成都一样。"""
    if kind in ONE_LABEL and count not in (None, 1):
        raise Refusal("one_label", f"{kind} 一次只有一张，请去掉 --count 或改用 pdf", "count")
    with ready_world() as world, world.read() as tx:
        row = _run(tx, run)
        # Taken out of the session: what is changed here holds for this file alone.
        tx.session.expunge(row)
        _change(row, design, stock, copies, hide)
        last = None if count is None else first + count - 1
        part = print_paper.part_of(row, first, last, start_cell or row.start_cell)
        size = _write(tx, row, kind, part, int(dpi), out)
    click.echo(f"已存到 {out}，{size / 1000:.0f} 千字节")


@labels.command()
@click.argument("run")
@click.option("--printer", required=True, help="登记过的打印机的名称")
def send(run: str, printer: str) -> None:
    """把打印编号 RUN 还没打的标签送到打印机；停下了，再来一次就接着送。按 Ctrl+C 停下。"""
    with ready_world() as world:
        print_out.close_lost(world)
        with world.read() as tx:
            row = _run(tx, run)
            actor, layout = _owner(tx, row), print_paper.laid(row)
            found = tx.session.exec(
                select(Printer).where(
                    Printer.producer_id == row.producer_id, Printer.name == printer
                )
            ).one_or_none()
        if found is None:
            raise NotFound(f"没有叫“{printer}”的打印机，请先在网页上登记")
        while (sending := _begun(world, actor, run, found.public_id)) is not None:
            sent = _watched(world, actor, run, sending)
            came = layout.told(sent.reached) if sent.reached else "一张也没有"
            if sent.trouble:
                raise Conflict(
                    "printer_trouble", f"{sent.trouble}，大约送到：{came}，请看最后一张好的"
                )
            click.echo(f"送到{came}，共 {row.count} 张")
    click.echo("都送到打印机了")


@labels.command()
@click.argument("stock")
@OUT
@click.option(
    "--format",
    "kind",
    type=click.Choice(["pdf", *PRINTER_LANGUAGES]),
    default="pdf",
    show_default=True,
    help="普通打印机用 pdf，标签打印机用它的指令",
)
@DPI
def calibrate(stock: str, out: Path, kind: str, dpi: str) -> None:
    """生成标签纸 STOCK 的校准页：打出来量一量偏了几毫米。"""
    try:
        page = (
            calibration_pdf(stock) if kind == "pdf" else calibration_job(stock, kind, dpi=int(dpi))
        )
    except LabelError as error:
        raise Refusal(error.code, error.message, error.field) from error
    with saving(out):
        out.write_bytes(page)
    click.echo(f"已存到 {out}{'，打印时选“实际大小”' if kind == 'pdf' else ''}")


@labels.command()
@click.argument("photo", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--text", help="二维码应有的全部内容；不写就从照片里读")
@click.option("--json", "as_json", is_flag=True, help="以 JSON 输出")
def grade(photo: Path, text: str | None, as_json: bool) -> None:
    """给印出来的码打分：PHOTO 是正对着标签拍的照片；不够用（D、F）则退出码为 1。"""
    try:
        found = grade_print(photo.read_bytes(), text)
    except LabelError as error:
        unread = error.code == "not_found" and text is None
        hint = "读不出的码，用 --text 写明它应有的内容，也能打分" if unread else None
        raise Refusal(error.code, error.message, error.field, hint) from error
    if as_json:
        click.echo(json.dumps(asdict(found), ensure_ascii=False))
    else:
        click.echo(
            f"{found.letter} 级：对比 {found.contrast:.0%}，清晰 {found.modulation:.0%}，"
            f"印错 {found.wrong} 点，纠错余量 {found.unused:.0%}"
        )
        click.echo(found.advice)
    if not found.serves:
        raise Refusal("poor_print", "这样的码有的手机读不出，请照上面说的处理后再打")


@labels.command("stocks")
def list_stocks() -> None:
    """列出认得的标签纸。"""
    for name, stock in stocks().items():
        click.echo(f"{name}  {stock.title}")


@labels.command("designs")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="画成一张图，存成 PNG")
def list_designs(out: Path | None) -> None:
    """列出标签样式。"""
    for name, design in designs().items():
        click.echo(f"{name}  {design.title}")
    if out is not None:
        picture = overview()
        with saving(out):
            out.write_bytes(picture)


def _run(tx: Tx, run: str) -> PrintRun:
    row = tx.session.exec(select(PrintRun).where(PrintRun.public_id == run)).one_or_none()
    if row is None:
        raise NotFound(f"没有打印编号 {run}，请检查号码")
    return row


def _owner(tx: Tx, row: PrintRun) -> Actor:
    """Whoever holds the command line acts as the one who made the run."""
    account = tx.session.get_one(Account, row.created_by)
    return Actor(account.id or 0, Role.PRODUCER, account.name, row.producer_id)


def _begun(world: World, actor: Actor, run: str, printer: str) -> str | None:
    """A sending of what comes next; a jammed run goes on. None where all was printed."""
    with world.write() as tx:
        row = _run(tx, run)
        at = print_paper.standing_of(tx, row)
        if at.good == print_paper.laid(row).places:
            return None
        if at.jammed:
            resume(tx, actor, run, ResumeForm())
        form = print_out.SendForm(printer=printer)
        return print_out.send(world, tx, actor, run, form).public_id


def _watched(world: World, actor: Actor, run: str, sending: str) -> PrintSending:
    """Wait until a sending has ended, and show how far it is; Ctrl-C stops it."""
    try:
        return _awaited(world, sending)
    except KeyboardInterrupt:
        with world.write() as tx:
            print_out.stop(tx, actor, run)
        return _awaited(world, sending)


def _awaited(world: World, sending: str) -> PrintSending:
    with click.progressbar(
        length=1, label="送到打印机", file=sys.stderr, hidden=not sys.stderr.isatty()
    ) as bar:
        while True:
            with world.read() as tx:
                row = sending_of(tx.session, sending)
            bar.length = row.wanted
            bar.update(row.prints - bar.pos)
            if row.ended_at is not None:
                return row
            time.sleep(_LOOK_SECONDS)
            print_out.close_lost(world)


def _change(
    row: PrintRun, design: str | None, stock: str | None, copies: int | None, hide: tuple[str, ...]
) -> None:
    options = dict(row.options)
    if design is not None or stock is not None:
        if design is not None and design not in designs():
            raise Refusal("no_design", f"没有叫 {design} 的样式，tracer labels designs 列出全部")
        if stock is not None and stock not in stocks():
            raise Refusal("no_stock", f"没有叫 {stock} 的标签纸，tracer labels stocks 列出全部")
        row.design = design or row.design
        fits = print_paper.stock_of(row).holds(designs()[row.design].size)
        row.stock = stock or (row.stock if fits else designs()[row.design].stock)
        if stock is not None or not fits:
            options.pop("paper", None)
            row.start_cell = 1
    if copies is not None:
        options["copies"] = copies
        options.setdefault("together", True)
    if hide:
        options["hide"] = list(hide)
    elif "hide" in options:
        # What the run leaves out may be nothing that another design shows.
        options["hide"] = [key for key in options["hide"] if key in designs()[row.design].fields]
    row.options = options


def _write(tx: Tx, run: PrintRun, kind: str, part: Part, dpi: int, out: Path) -> int:
    """Write the file beside its place and move it there whole; returns its size."""
    draft = out.with_name(out.name + ".part")
    with saving(out):
        try:
            with draft.open("wb") as file:
                if kind == "pdf":
                    print_paper.write_pdf(tx, run, part, file)
                else:
                    file.writelines(_pieces(tx, run, kind, part, dpi))
            draft.replace(out)
        finally:
            draft.unlink(missing_ok=True)
        return out.stat().st_size


def _pieces(tx: Tx, run: PrintRun, kind: str, part: Part, dpi: int) -> Iterable[bytes]:
    if kind == "png":
        return [print_paper.run_png(tx, run, part.first, dpi)]
    if kind == "svg":
        return [print_paper.run_svg(tx, run, part.first)]
    return print_paper.printer_job(tx, run, part, kind, dpi)
