"""Tables in and out: the template, the import with its table of mistakes, the export."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click
from rich.console import Console
from rich.progress import Progress
from rich.table import Column, Table
from sqlmodel import select

from tracer.actions.actor import Actor
from tracer.actions.exchange import book
from tracer.actions.exchange.files import read_tables
from tracer.actions.exchange.giving_out import certificate_grid, export_tables
from tracer.actions.exchange.rows import ImportRefused, Mistake
from tracer.actions.exchange.sheets import CERTIFICATES
from tracer.actions.exchange.taking_in import Tally, count_rows, import_tables
from tracer.actions.people.accounts import actor_of
from tracer.cli.saving import saving
from tracer.domain.errors import Refusal
from tracer.domain.words import Role
from tracer.installation import ready_world
from tracer.store.tables import Account
from tracer.store.world import Tx

_SHOWN = 50  # mistakes on the screen; --json gives all


@click.command("import")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--template", is_flag=True, help="不导入，而是把空白模板写到 FILE.xlsx")
@click.option("--sheet", help="CSV 是哪张表，比如 农事记录；不写就看文件名")
@click.option("--login", help="以哪个账号导入；不写就用平台管理员")
@click.option("--json", "as_json", is_flag=True, help="以 JSON 输出")
def import_(
    file: Path, template: bool, sheet: str | None, login: str | None, as_json: bool
) -> None:
    """从 FILE（.xlsx、.csv 或 .json）导入生产者、地块、产品、作业、批次、检测报告等。

    有一处不对就全部不导入，并列出是哪张表、哪一行、哪一列；同一份表可以再导入，已有的不会重复。
    先用 --template 得到空白模板。
    """
    if template:
        _write_new(file, book.template())
        click.echo(json.dumps({"template": str(file)}) if as_json else f"模板已写到 {file}")
        return
    if not file.exists():
        raise click.BadParameter(f"没有 {file} 这个文件", param_hint="FILE")
    tables = read_tables(file.name, file.read_bytes(), sheet)
    try:
        with ready_world() as world, world.write() as tx:
            tallies = _import(tx, _actor(tx, login), tables, as_json)
    except ImportRefused as refused:
        _tell_mistakes(refused, as_json)
        click.get_current_context().exit(1)
    if as_json:
        click.echo(json.dumps(_counts(tallies), ensure_ascii=False))
        return
    if not tallies:
        click.echo("表格里没有要导入的行")
    for name, tally in tallies.items():
        click.echo(f"{name}：新增 {tally.added} 条，已存在 {tally.existing} 条")


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--login", help="只导出这个账号看得到的；不写就用平台管理员，导出全部")
def export(file: Path, login: str | None) -> None:
    """导出到 FILE（.xlsx 或 .json），表的样子和导入模板一样；身份证号不导出。"""
    if file.suffix.lower() not in (".xlsx", ".json"):
        raise click.BadParameter("文件名要以 .xlsx 或 .json 结尾", param_hint="FILE")
    with ready_world() as world, world.read() as tx:
        actor = _actor(tx, login)
        tables = export_tables(tx, actor)
        certificates = certificate_grid(tx, actor)
    if file.suffix.lower() == ".json":
        content = json.dumps(tables, ensure_ascii=False, indent=1).encode()
    else:
        content = book.workbook(tables, {CERTIFICATES: certificates})
    _write_new(file, content)
    click.echo(f"已导出 {sum(map(len, tables.values()))} 行到 {file}")


def _import(
    tx: Tx, actor: Actor, tables: dict[str, list[list[str]]], quiet: bool
) -> dict[str, Tally]:
    """The import, with a bar where somebody is watching."""
    if quiet or not sys.stderr.isatty():
        return import_tables(tx, actor, tables)
    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("导入", total=count_rows(tables))
        return import_tables(tx, actor, tables, lambda: bar.advance(task))


def _actor(tx: Tx, login: str | None) -> Actor:
    accounts = select(Account).where(Account.disabled_at == None)  # noqa: E711
    if login is not None:
        account = tx.session.exec(accounts.where(Account.login == login.strip().lower())).first()
        if account is None:
            raise Refusal("unknown_login", f"没有“{login}”这个账号", "login")
        return actor_of(account)
    account = tx.session.exec(accounts.where(Account.role == Role.OPERATOR.value)).first()
    if account is None:
        raise Refusal("no_operator", "还没有平台管理员账号，请先运行 tracer init")
    return actor_of(account)


def _counts(tallies: dict[str, Tally]) -> dict[str, dict[str, int]]:
    return {
        name: {"added": tally.added, "existing": tally.existing} for name, tally in tallies.items()
    }


def _tell_mistakes(refused: ImportRefused, as_json: bool) -> None:
    if as_json:
        error = refused.as_dict() | {"mistakes": [one.as_dict() for one in refused.mistakes]}
        click.echo(json.dumps({"error": error}, ensure_ascii=False))
        return
    table = Table("表", "行", "列", Column("要怎样改", overflow="fold"))
    for one in refused.mistakes[:_SHOWN]:
        table.add_row(*_row(one))
    Console(stderr=True).print(table)
    if len(refused.mistakes) > _SHOWN:
        click.echo(f"只列出前 {_SHOWN} 处；--json 可以列出全部", err=True)
    click.echo(refused.message, err=True)


def _row(one: Mistake) -> tuple[str, str, str, str]:
    return one.sheet, str(one.row or ""), one.column, one.message


def _write_new(file: Path, content: bytes) -> None:
    """Write a file that is not there yet: nobody's work is overwritten."""
    with saving(file):
        if file.exists():
            raise Refusal("file_exists", f"{file} 已经存在，请换一个文件名")
        file.write_bytes(content)
