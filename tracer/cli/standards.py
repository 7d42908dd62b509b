"""``tracer standards``: look at the standards, check them, score answers.

Only ``replay`` needs a database.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, TextIO

import click
from rich.box import SQUARE
from rich.console import Console
from rich.table import Table as Grid

from tracer.domain.errors import Refusal
from tracer.standards import explain, load, packs, score, template
from tracer.standards.answers import parse_answers
from tracer.standards.assessment import Assessment
from tracer.standards.audit import audit
from tracer.standards.compare import compare
from tracer.standards.exact import plain
from tracer.standards.explanation import Explanation
from tracer.standards.loader import PACKS
from tracer.standards.pack import Table
from tracer.standards.printed import printed, summary
from tracer.standards.verbs import VERBS


class _Standards(click.Group):
    """What is refused here is wrong use: the answers or the id have to be put right."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except Refusal as refusal:
            click.echo(refusal.message, err=True)
            ctx.exit(2)


as_json = click.option("--json", "as_json", is_flag=True, help="输出 JSON，供程序读取")


@click.group(cls=_Standards)
@click.option(
    "--packs",
    "root",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=PACKS,
    help="标准数据所在的文件夹，不写就用自带的",
)
@click.pass_context
def standards(ctx: click.Context, root: Path) -> None:
    """查看、检查、计算各项评价标准。

    ID 写标准的代号，如 liaolan；要指定版本就写 liaolan/版本。
    """
    ctx.obj = root


@standards.command("list")
@as_json
@click.pass_obj
def list_(root: Path, as_json: bool) -> None:
    """列出所有标准。"""
    found = packs(root)
    if as_json:
        _echo_json([summary(pack) for pack in found])
        return
    for pack in found:
        click.echo(f"{pack.ref}\t{pack.number}\t{pack.title}（{pack.status}）")


@standards.command()
@as_json
@click.pass_obj
@click.pass_context
def check(ctx: click.Context, root: Path, as_json: bool) -> None:
    """检查所有标准数据，并核对全部算例；有一处不对就以 1 退出。"""
    audits = audit(root)
    if as_json:
        _echo_json([{"id": a.ref, "cases": a.cases, "problems": list(a.problems)} for a in audits])
    else:
        for one in audits:
            click.echo(f"{one.ref}：{'有误' if one.problems else '无误'}，算例 {one.cases} 个")
            for problem in one.problems:
                click.echo(f"  {problem}")
    ctx.exit(1 if not audits or any(one.problems for one in audits) else 0)


@standards.command()
@click.argument("id_", metavar="ID")
@as_json
@click.pass_obj
def show(root: Path, id_: str, as_json: bool) -> None:
    """按标准原来的表格打印一项标准。"""
    pack = load(id_, root=root)
    if as_json:
        _echo_json(printed(pack))
        return
    console = Console(soft_wrap=False)
    console.print(f"{pack.number} {pack.title}（{pack.status}）", markup=False)
    for table in pack.tables:
        console.print(_grid(table))
        for note in table.notes:
            console.print(f"  {note}", markup=False)
    if pack.grades:
        grades = Grid(title="等级", box=SQUARE, title_justify="left")
        for heading in ("等级", "分值", "评级", "评级说明"):
            grades.add_column(heading, overflow="fold")
        for grade in pack.grades:
            bound = "其余" if grade.at_least is None else f"≥{plain(grade.at_least)}"
            grades.add_row(grade.name, bound, grade.rating, grade.text)
        console.print(grades)


@standards.command("template")
@click.argument("id_", metavar="ID")
@click.option("--table", help="标准有几张表时选一张，不写就用第一张")
@click.pass_obj
def template_(root: Path, id_: str, table: str | None) -> None:
    """打印一份空白答卷（JSON），里面的 help 说明每一行怎么填。"""
    _echo_json(template(load(id_, root=root), table))


@standards.command("score")
@click.argument("id_", metavar="ID")
@click.argument("answers", type=click.File(encoding="utf-8"))
@as_json
@click.option("--explain", "way", is_flag=True, help="同时给出还差什么、怎么最快补上")
@click.pass_obj
@click.pass_context
def score_(
    ctx: click.Context, root: Path, id_: str, answers: TextIO, as_json: bool, way: bool
) -> None:
    """计算一份答卷（JSON 文件，- 表示标准输入）；结论为否时以 1 退出。"""
    pack, given = load(id_, root=root), parse_answers(_text(answers))
    assessment = score(pack, given)
    explanation = explain(pack, given) if way else None
    if as_json:
        extra = {"explanation": explanation.as_dict()} if explanation else {}
        _echo_json({**assessment.as_dict(), **extra})
    else:
        _print(assessment)
        if explanation:
            _print_way(explanation)
    ctx.exit(1 if assessment.passed is False else 0)


@standards.command("replay")
@as_json
@click.pass_context
def replay_(ctx: click.Context, as_json: bool) -> None:
    """由存着的答卷和标准版本重算每一份评价结果；有不同就以 1 退出。要连数据库。"""
    # Imported here: the other commands start without a database's furniture.
    from tracer.installation import ready_world
    from tracer.queries.assessment.replay import replay

    with ready_world() as world, world.read() as tx:
        done = list(replay(tx))
    wrong = [one for one in done if one.problem]
    if as_json:
        problems = [{"number": one.number, "problem": one.problem} for one in wrong]
        _echo_json({"checked": len(done), "problems": problems})
    else:
        for one in wrong:
            click.echo(f"{one.number}：{one.problem}")
        click.echo(f"重算了 {len(done)} 份评价结果，{len(wrong)} 份不同")
    ctx.exit(1 if wrong else 0)


@standards.command()
@click.argument("old")
@click.argument("new")
@as_json
@click.pass_obj
@click.pass_context
def diff(ctx: click.Context, root: Path, old: str, new: str, as_json: bool) -> None:
    """比较两个版本，写成 ID/版本；有不同就以 1 退出。"""
    changes = compare(load(old, root=root), load(new, root=root))
    if as_json:
        _echo_json([vars(change) for change in changes])
    else:
        for change in changes:
            click.echo(f"{change.where} {change.field}：{change.old} → {change.new}".strip())
    ctx.exit(1 if changes else 0)


def _text(answers: TextIO) -> str:
    try:
        return answers.read()
    except UnicodeDecodeError:
        raise Refusal("bad_json", "答卷要存成 UTF-8 编码的 JSON", "answers") from None


def _echo_json(value: Any) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def _grid(table: Table) -> Grid:
    proofs = any(item.basis for item in table.items)
    grid = Grid(title=table.title, box=SQUARE, show_lines=True, title_justify="left")
    for heading in ("部分", "序号", "项目", "内容"):
        grid.add_column(heading, overflow="fold")
    grid.add_column("分值", justify="right", no_wrap=True)
    grid.add_column("证明依据" if proofs else "备注", overflow="fold")
    for gate in table.gates:
        grid.add_row("门槛", gate.key, gate.title, gate.text, "", gate.remark)
    for group in table.groups:
        bound = f"（{plain(group.max)}分）" if group.max else ""
        for number, item in enumerate(group.items):
            grid.add_row(
                f"{group.title}{bound}" if number == 0 else "",
                item.key,
                item.indicator or item.title,
                item.text,
                VERBS[item.verb].worth(item),
                item.basis if proofs else item.remark,
            )
    return grid


def _print(assessment: Assessment) -> None:
    for veto in assessment.vetoes:
        click.echo(f"否决 {veto.key} {veto.title or veto.text}：{veto.why}")
    total = "未评分" if assessment.published is None else f"总分 {assessment.published}"
    click.echo(f"结论：{assessment.outcome}，{total}")
    for warning in assessment.warnings:
        click.echo(f"提醒：{warning}")
    for group in assessment.groups:
        bound = "" if group.max is None else f" / {plain(group.max)}"
        click.echo(f"{group.title}：{plain(group.points)}{bound}")
    for row in assessment.items:
        click.echo(f"  {row.item.key} {row.item.title}  {plain(row.points)} 分：{row.why}")


def _print_way(explanation: Explanation) -> None:
    if not explanation.goal:
        click.echo("没有更高的目标了")
        return
    click.echo(f"离“{explanation.goal}”还差 {plain(explanation.gap)} 分")
    for step in explanation.way:
        must = "必须，" if step.must else ""
        times = f" × {step.times}" if step.times and step.times > 1 else ""
        click.echo(f"  {step.key} {step.title}：{must}{step.act}{times}")
    if not explanation.reached:
        click.echo("  只靠这些还到不了")
