"""Results computed again from what was stored: the answers, the edition, its file's hash."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlmodel import col, select

from tracer.domain.errors import Refusal
from tracer.standards import load, score
from tracer.standards.assessment import Assessment as Scored
from tracer.store.tables import Assessment, AssessmentResult, Call
from tracer.store.world import Tx


@dataclass(frozen=True)
class Replay:
    """One result computed again. ``scored`` is None where that cannot be done; ``problem`` says
    what differs, and is empty where nothing does."""

    number: str
    scored: Scored | None
    problem: str = ""


def replay(tx: Tx) -> Iterator[Replay]:
    """Every stored result, in order, computed again."""
    rows = tx.session.exec(
        select(AssessmentResult).order_by(col(AssessmentResult.assessment_id))
    ).all()
    for result in rows:
        yield recompute(tx, result)


def recompute(tx: Tx, result: AssessmentResult) -> Replay:
    """One result computed again by the edition it was made with."""
    row = tx.session.get_one(Assessment, result.assessment_id)
    call = tx.session.get_one(Call, row.call_id)
    try:
        pack = load(call.standard, call.edition, more=tx.packs)
        scored = score(pack, result.answers)
    except Refusal as refusal:
        return Replay(row.number, None, refusal.message)
    if pack.digest != result.digest:
        return Replay(row.number, scored, f"标准 {pack.ref} 的数据文件和出结果时不一样")
    total = None if scored.total is None else str(scored.total)
    if (total, scored.outcome, bool(scored.passed)) != (
        result.total,
        result.outcome,
        result.passed,
    ):
        return Replay(
            row.number,
            scored,
            f"存的是 {result.outcome}（{result.total}），算出来是 {scored.outcome}（{total}）",
        )
    return Replay(row.number, scored)
