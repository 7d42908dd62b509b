"""The credit index, recomputed, and what it counts."""

from __future__ import annotations

import json

import click

from tracer.actions.credit_replay import replay as replay_scores
from tracer.actions.earning import catch_up as catch_up_fields
from tracer.domain.errors import Refusal
from tracer.installation import ready_world
from tracer.queries.credit.answers import answers_of


@click.group()
def credit() -> None:
    """复算和导出农信指数。"""


@credit.command()
@click.option("--json", "as_json", is_flag=True, help="以 JSON 输出")
def replay(as_json: bool) -> None:
    """由每一笔记录重新算出每个指数，与存着的比对；有出入则退出码为 1。"""
    with ready_world() as world, world.read() as tx:
        found = list(replay_scores(tx))
    different = [one for one in found if one is not None]
    if as_json:
        rows = [vars(one) for one in different]
        click.echo(json.dumps({"checked": len(found), "differences": rows}, ensure_ascii=False))
    else:
        for one in different:
            click.echo(f"{one.target} {one.target_id}：存着 {one.stored}，复算 {one.replayed}")
        click.echo(f"复算了 {len(found)} 个指数，{len(different)} 个有出入")
    if different:
        raise Refusal("credit_differs", "有指数与记录不符，请查明是谁改动了数据")


@credit.command("catch-up")
def catch_up() -> None:
    """补记升级以前就填好、当时还不计分的主体资料；再运行一次什么也不变。"""
    with ready_world() as world, world.write() as tx:
        number = catch_up_fields(tx)
    click.echo(f"看过了 {number} 个主体，填好的资料都已计分")


@credit.command()
@click.argument("id_", metavar="ID")
def answers(id_: str) -> None:
    """导出一个产品或主体计分的依据，可以交给 tracer standards score 另算一遍。"""
    with ready_world() as world, world.read() as tx:
        click.echo(json.dumps(answers_of(tx, id_), ensure_ascii=False, indent=2))
