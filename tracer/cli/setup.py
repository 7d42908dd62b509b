"""Preparing an installation: the schema, the secrets, the operator's account."""

from __future__ import annotations

import json
import sys

import click
from sqlmodel import select

from tracer.actions.keys import root_key
from tracer.actions.people.accounts import create_account
from tracer.config import Settings
from tracer.domain.errors import Refusal
from tracer.domain.words import Role
from tracer.installation import open_world
from tracer.store import schema
from tracer.store.tables import Account


@click.command()
@click.option("--login", help="管理员的登录名，不写就在屏幕上问")
@click.option("--name", default="平台管理员", show_default=True, help="管理员的称呼")
@click.option("--password-stdin", is_flag=True, help="从标准输入读密码，供脚本使用")
def init(login: str | None, name: str, password_stdin: bool) -> None:
    """准备一套正式的服务，不含演示数据。

    建好数据库和密钥，并开一个管理员账号。再次运行不会改动已有的数据。
    """
    settings = Settings()
    world = open_world(settings)
    schema.upgrade(world.engines.writer)
    with world.read() as tx:
        taken = tx.session.exec(select(Account).limit(1)).first()
    if taken is not None:
        raise Refusal(
            "not_empty",
            "这里已经有账号了，没有改动任何数据",
            hint=f"数据在 {settings.data.absolute()}；另起一套请把 TRACER_DATA 设为新文件夹",
        )
    login = login or click.prompt("管理员登录名")
    if password_stdin:
        password = sys.stdin.readline().rstrip("\r\n")
    else:
        password = click.prompt(
            "管理员密码（至少 8 位）", hide_input=True, confirmation_prompt="再输一次"
        )
    with world.write() as tx:
        root_key(tx)
        create_account(tx, login, password, Role.OPERATOR, name)
    world.close()
    click.echo(f"准备好了。数据在 {settings.data.absolute()}")
    click.echo(f"用 tracer serve 启动，再到 {settings.site}/sign-in 登录。")
    if not settings.kek.get_secret_value():
        click.echo(
            f"请另外抄存密钥文件 {settings.data.absolute() / 'secrets' / 'kek'}，"
            "不要和数据库放在一起：丢了它，签名钥匙就打不开。"
        )


@click.group()
def db() -> None:
    """查看或更新数据库结构。"""


@db.command()
def upgrade() -> None:
    """把数据库更新到本程序需要的结构；已是最新就什么也不做。"""
    world = open_world()
    before = schema.current_revision(world.engines.reader)
    schema.upgrade(world.engines.writer)
    after = schema.current_revision(world.engines.reader)
    world.close()
    click.echo(
        f"数据库已是最新（{after}）"
        if before == after
        else f"数据库已更新：{before or '空'} → {after}"
    )


@db.command()
@click.option("--json", "as_json", is_flag=True, help="以 JSON 输出")
def status(as_json: bool) -> None:
    """数据库是不是最新；不是则退出码为 1。"""
    world = open_world()
    current = schema.current_revision(world.engines.reader)
    world.close()
    newest = schema.newest_revision()
    if as_json:
        click.echo(json.dumps({"current": current, "newest": newest}))
    else:
        click.echo(f"数据库结构：{current or '空'}；本程序需要：{newest}")
    if current != newest:
        raise Refusal("schema_behind", "数据库需要更新，请运行 tracer db upgrade")
