"""The credit index, recomputed."""

from __future__ import annotations

import json

import click

from tracer.actions.credit_replay import replay as replay_scores
from tracer.domain.errors import Refusal
from tracer.installation import ready_world


@click.group()
def credit() -> None:
    """复算农信指数。"""


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
