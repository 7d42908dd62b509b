"""Label files of a print run, for printing from another machine."""

from __future__ import annotations

from pathlib import Path

import click
from sqlmodel import select

from tracer.actions import print_paper
from tracer.domain.errors import NotFound, Refusal
from tracer.installation import ready_world
from tracer.store.tables import PrintRun
from tracer.store.world import Tx

ONE_LABEL = ("png", "svg")
PRINTER_LANGUAGES = ("zpl", "tspl", "escpos")


@click.group()
def labels() -> None:
    """生成标签文件。"""


@labels.command()
@click.argument("run")
@click.option("--design", help="标签样式，不写就用打印时选的")
@click.option(
    "--format",
    "kind",
    type=click.Choice(["pdf", *ONE_LABEL, *PRINTER_LANGUAGES]),
    default="pdf",
    show_default=True,
    help="pdf 是整张或整卷；png、svg 是一张标签；其余是标签打印机的指令",
)
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="存成哪个文件"
)
@click.option("--first", type=click.IntRange(1), default=1, show_default=True, help="从第几张起")
@click.option("--count", type=click.IntRange(1), help="张数，不写就到最后一张；png、svg 只有一张")
@click.option("--start-cell", type=click.IntRange(1), help="从标签纸的第几格开始，只用于 pdf")
@click.option(
    "--dpi",
    type=click.Choice(["203", "300", "600"]),
    default="203",
    show_default=True,
    help="打印机每英寸的点数，用于 png 和打印机指令",
)
def render(
    run: str,
    design: str | None,
    kind: str,
    out: Path,
    first: int,
    count: int | None,
    start_cell: int | None,
    dpi: str,
) -> None:
    """把打印编号 RUN 的标签存成文件；同一次打印，何时生成都一样。"""
    if kind in ONE_LABEL and count not in (None, 1):
        raise Refusal("one_label", f"{kind} 一次只有一张，请去掉 --count 或改用 pdf", "count")
    with ready_world() as world, world.read() as tx:
        row = tx.session.exec(select(PrintRun).where(PrintRun.public_id == run)).one_or_none()
        if row is None:
            raise NotFound(f"没有打印编号 {run}，请检查号码")
        # Taken out of the session: another design or start cell holds for this file alone.
        tx.session.expunge(row)
        row.design = design or row.design
        row.start_cell = start_cell or row.start_cell
        content = _paint(tx, row, kind, first, count, int(dpi))
    out.write_bytes(content)
    click.echo(f"已存到 {out}，{len(content) / 1000:.0f} 千字节")


def _paint(tx: Tx, run: PrintRun, kind: str, first: int, count: int | None, dpi: int) -> bytes:
    last = None if count is None else first + count - 1
    part = print_paper.part_of(run, first, last, run.start_cell)
    if kind == "pdf":
        return print_paper.run_pdf(tx, run, part)
    if kind == "png":
        return print_paper.run_png(tx, run, first, dpi)
    if kind == "svg":
        return print_paper.run_svg(tx, run, first)
    return b"".join(print_paper.printer_job(tx, run, part, kind, dpi))
