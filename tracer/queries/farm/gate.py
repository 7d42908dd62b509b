"""The gate's answer as the producer reads it: each sentence beside the record it is about."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import select

from tracer.domain.gate import GateResult, PromiseCase, Refused, Warned, check_promise
from tracer.store.tables import Batch, Input, Operation, TestReport
from tracer.store.world import Tx

# What a label does not say is put right at the input, not at the work that used it.
_OF_THE_LABEL = frozenset({"interval_unknown", "crop_not_on_label", "drug_unidentified"})
_SHORT = {
    "report_missing": "补检测",
    "report_not_covering": "补检测",
    "report_failed": "检测不合格",
    "source_proof_missing": "补凭证",
    "harvest_missing": "补采收记录",
    "interval_unknown": "补标签",
    "crop_not_on_label": "看标签",
    "drug_unidentified": "补标签",
    "interval_running": "间隔期没到",
    "degree_days_running": "休药期没到",
    "banned": "用了禁用药",
    "quantity_exceeded": "数量不够",
    "not_certifiable": "只打标签",
}
_GRAVE = frozenset({"report_failed", "banned"})


@dataclass(frozen=True)
class Sentence:
    """One reason. ``kind`` and ``id`` name what it is about: work, input, batch, proof or "".

    ``short`` is the reason in a word or two, ``tone`` void for what stops a batch for good.
    """

    text: str
    kind: str
    id: str
    short: str
    tone: str


@dataclass(frozen=True)
class GateView:
    """Whether a promise may be signed, and why not."""

    open: bool
    refusals: tuple[Sentence, ...]
    warnings: tuple[Sentence, ...]
    certifiable: bool  # whether this kind of product gets a certificate at all


def gate_view(tx: Tx, producer_id: int, case: PromiseCase) -> GateView:
    """The gate's answer to a case of this producer."""
    return as_view(tx, producer_id, check_promise(case))


def as_view(tx: Tx, producer_id: int, result: GateResult) -> GateView:
    """The gate's answer in sentences with their records."""
    return GateView(
        open=result.open,
        refusals=tuple(_sentence(tx, producer_id, one) for one in result.refusals),
        warnings=tuple(_sentence(tx, producer_id, one) for one in result.warnings),
        certifiable=all(one.rule != "not_certifiable" for one in result.refusals),
    )


def _sentence(tx: Tx, producer_id: int, found: Refused | Warned) -> Sentence:
    kind, public_id = _about(tx, producer_id, found)
    return Sentence(
        text=found.sentence,
        kind=kind,
        id=public_id,
        short=_SHORT.get(found.rule, "要处理"),
        tone="void" if found.rule in _GRAVE else "unsure",
    )


def _about(tx: Tx, producer_id: int, found: Refused | Warned) -> tuple[str, str]:
    """What a reason is about: the record that ``record_ref`` names."""
    ref = found.record_ref
    work = tx.session.exec(
        select(Operation).where(Operation.producer_id == producer_id, Operation.public_id == ref)
    ).first()
    if work is not None:
        if found.rule in _OF_THE_LABEL and work.input_id is not None:
            return "input", tx.session.get_one(Input, work.input_id).public_id
        return "work", ref
    report = tx.session.exec(
        select(TestReport).where(TestReport.producer_id == producer_id, TestReport.number == ref)
    ).first()
    if report is not None:
        return "batch", tx.session.get_one(Batch, report.batch_id).public_id
    batch = tx.session.exec(
        select(Batch).where(Batch.producer_id == producer_id, Batch.code == ref)
    ).first()
    if batch is None:
        return "", ""
    return "proof" if found.rule == "source_proof_missing" else "batch", batch.public_id
