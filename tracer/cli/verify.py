"""Verification without a browser: the same recipe as the web page."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import click

from tracer.config import Settings
from tracer.domain.clock import format_instant
from tracer.domain.words import Outcome
from tracer.installation import ready_world
from tracer.proof.verdict import Verdict
from tracer.proof.verify import verify as judge
from tracer.queries.knowledge import StoreKnowledge

_MARKS = {True: "✓", False: "✗", None: "–"}


@click.command()
@click.argument("material", metavar="内容或文件")
@click.option("--offline", is_flag=True, help="不查本机的记录，只看材料本身")
@click.option("--json", "as_json", is_flag=True, help="以 JSON 输出")
@click.pass_context
def verify(ctx: click.Context, material: str, offline: bool, as_json: bool) -> None:
    """核验合格证：PDF 或 JSON 文件、二维码内容、编号；“-”表示从标准输入读。

    本机有数据就按记录查到底；没有数据（或加 --offline）只能验签名，查不了登记和作废。
    有效退出码为 0，其余为 1。
    """
    verdict = _judge(_read(material), offline)
    if as_json:
        answer = {"verdict": verdict.outcome.value, "reasons": _reasons(verdict)}
        click.echo(json.dumps(answer | verdict.as_dict(), ensure_ascii=False, indent=2))
    else:
        click.echo(f"{verdict.outcome.label}：{verdict.reason_zh}")
        for check in verdict.checks:
            click.echo(f"  {_MARKS[check.passed]} {check.label_zh}：{check.detail_zh}")
        if verdict.as_of is not None:
            click.echo(f"记录截至 {format_instant(verdict.as_of)}")
    if verdict.outcome is not Outcome.GENUINE:
        ctx.exit(1)


def _read(material: str) -> bytes | str:
    if material == "-":
        return sys.stdin.buffer.read()
    return Path(material).read_bytes() if os.path.isfile(material) else material


def _judge(material: bytes | str, offline: bool) -> Verdict:
    settings = Settings()
    if offline or not (settings.database_url or settings.data.is_dir()):
        return judge(material)
    with ready_world(settings) as world, world.read() as tx:
        verdict = judge(material, StoreKnowledge(tx))
    return verdict


def _reasons(verdict: Verdict) -> list[str]:
    """The verdict's sentence, then what each check that did not pass says."""
    said = [check.detail_zh for check in verdict.checks if check.passed is not True]
    return list(dict.fromkeys([verdict.reason_zh, *said]))
