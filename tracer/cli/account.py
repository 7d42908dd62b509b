"""Accounts, from the machine itself: operators', and for when nobody can sign in to the desk."""

from __future__ import annotations

import json
import secrets

import click

from tracer.actions.people.accounts import create_account, reset_password
from tracer.domain.words import Role
from tracer.installation import ready_world


@click.group()
def account() -> None:
    """管理登录账号。"""


@account.command()
@click.option("--login", required=True, help="新账号的登录名")
@click.option("--name", required=True, help="这个人的姓名")
@click.option(
    "--role",
    type=click.Choice([Role.OPERATOR.value, Role.INSPECTOR.value, Role.EXPERT.value]),
    required=True,
    help="身份：operator 管理员，inspector 检查员，expert 专家",
)
@click.option("--json", "as_json", is_flag=True, help="以 JSON 输出")
def create(login: str, name: str, role: str, as_json: bool) -> None:
    """开一个账号，密码只显示这一次。管理员的账号只能在这里开。"""
    secret = secrets.token_urlsafe(9)
    with ready_world() as world, world.write() as tx:
        create_account(tx, login, secret, Role(role), name)
    click.echo(json.dumps({"password": secret}) if as_json else secret)


@account.command()
@click.option("--login", required=True, help="哪个账号忘了密码")
@click.option("--json", "as_json", is_flag=True, help="以 JSON 输出")
def password(login: str, as_json: bool) -> None:
    """换一个新密码，只显示这一次；这个账号在各处的登录同时结束。"""
    with ready_world() as world, world.write() as tx:
        secret = reset_password(tx, login)
    click.echo(json.dumps({"password": secret}) if as_json else secret)
