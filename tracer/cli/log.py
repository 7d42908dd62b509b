"""The transparency log, checked."""

from __future__ import annotations

import json

import click

from tracer.domain.errors import Refusal
from tracer.installation import ready_world
from tracer.queries.fsck import fsck as check_log


@click.group()
def log() -> None:
    """核对透明日志。"""


@log.command()
@click.option("--json", "as_json", is_flag=True, help="以 JSON 输出")
def fsck(as_json: bool) -> None:
    """由各条记录重算日志，逐条比对；有出入则退出码为 1。"""
    with ready_world() as world, world.read() as tx:
        found = list(check_log(tx))
    wrong = [sentence for sentence in found if sentence is not None]
    if as_json:
        click.echo(json.dumps({"checked": len(found), "problems": wrong}, ensure_ascii=False))
    else:
        for sentence in wrong:
            click.echo(sentence)
        click.echo(f"核对了 {len(found)} 项，{len(wrong)} 项有出入")
    if wrong:
        raise Refusal("log_differs", "日志与记录不符，请停止开具，先查明原因")
