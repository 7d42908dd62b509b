"""Tokens for other programs."""

from __future__ import annotations

import json

import click

from tracer.actions.people.accounts import create_token, revoke_tokens
from tracer.domain.errors import Refusal
from tracer.installation import ready_world


@click.group()
def token() -> None:
    """给别的程序发放、收回接口令牌。"""


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


@token.command()
@click.option("--login", required=True, help="收回哪个账号的令牌")
@click.option("--label", help="只收回这个名目的；不写就全部收回")
def revoke(login: str, label: str | None) -> None:
    """收回令牌：从现在起用它调不动接口。一枚也没有收回时退出码为 1。"""
    with ready_world() as world, world.write() as tx:
        ended = revoke_tokens(tx, login, label)
    if not ended:
        raise Refusal("no_token", f"“{login}”没有在用的这种令牌，没有收回任何令牌")
    click.echo(f"收回了 {ended} 枚令牌")
