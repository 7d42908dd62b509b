"""Accounts, from the machine itself: for when nobody can sign in to the desk."""

from __future__ import annotations

import json

import click

from tracer.actions.accounts import reset_password
from tracer.installation import ready_world


@click.group()
def account() -> None:
    """管理登录账号。"""


@account.command()
@click.option("--login", required=True, help="哪个账号忘了密码")
@click.option("--json", "as_json", is_flag=True, help="以 JSON 输出")
def password(login: str, as_json: bool) -> None:
    """换一个新密码，只显示这一次；这个账号在各处的登录同时结束。"""
    with ready_world() as world, world.write() as tx:
        secret = reset_password(tx, login)
    click.echo(json.dumps({"password": secret}) if as_json else secret)
