"""Demo data, for trying things out on a machine of one's own."""

from __future__ import annotations

import json
from dataclasses import asdict

import click

from tracer.actions.demo.village import load_demo
from tracer.domain.words import Role
from tracer.installation import ready_world


@click.group()
def demo() -> None:
    """装入演示数据。"""


@demo.command()
@click.option("--json", "as_json", is_flag=True, help="以 JSON 输出")
def load(as_json: bool) -> None:
    """装入一个虚构村庄的两季记录、账号、合格证和标签；可重复运行，服务开着也行。

    演示账号的密码人人知道：已有正式账号的地方不装。
    """
    with ready_world() as world:
        summary = load_demo(world)
        site = world.site
    if as_json:
        click.echo(json.dumps(asdict(summary), ensure_ascii=False))
        return
    click.echo("演示账号（密码都一样）：")
    for account in summary.accounts:
        click.echo(f"  {Role(account['role']).label}  {account['login']}  {account['password']}")
    click.echo(f"登录：{site}/sign-in")
    short = next(label["url"] for label in summary.labels if label["tier"] == "tag")
    click.echo(f"一张标签：{short}")
