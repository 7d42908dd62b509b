"""Tokens for other programs."""

from __future__ import annotations

import json

import click

from tracer.actions.accounts import create_token
from tracer.installation import ready_world


@click.group()
def token() -> None:
    """给别的程序发放接口令牌。"""


@token.command()
@click.option("--login", required=True, help="令牌以哪个账号的身份办事")
@click.option("--label", default="", help="这枚令牌给谁用，便于日后辨认")
@click.option("--json", "as_json", is_flag=True, help="以 JSON 输出")
def create(login: str, label: str, as_json: bool) -> None:
    """发放一枚令牌，只显示这一次。

    调用接口时写在请求头里：Authorization: Bearer 令牌。
    """
    with ready_world() as world, world.write() as tx:
        secret = create_token(tx, login, label)
    click.echo(json.dumps({"token": secret}) if as_json else secret)
