"""What an inspector sees: the verdict, the printed fields, and what is known beside them."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import col, func, select

from tracer.domain.clock import day_of, format_instant, start_of
from tracer.domain.errors import Refusal
from tracer.domain.quantity import Quantity, unit_of
from tracer.domain.words import Outcome, ProducerKind
from tracer.proof import qrtext
from tracer.proof.labelcode import resolve
from tracer.proof.verdict import Check
from tracer.proof.verify import verify
from tracer.queries.knowledge import StoreKnowledge
from tracer.queries.printing.run import label_facts, print_sums
from tracer.store.lookups import run_of_label
from tracer.store.stock import quantity_of, remaining
from tracer.store.tables import (
    Account,
    Batch,
    Certificate,
    Finding,
    PrintRun,
    Producer,
    ScanTally,
)
from tracer.store.world import Tx

VERDICTS = {
    Outcome.GENUINE: "genuine",
    Outcome.VOIDED: "void",
    Outcome.ALTERED: "void",
    Outcome.UNKNOWN: "unsure",
    Outcome.CANNOT_TELL: "unsure",
}
CONCLUSIONS = {"admitted": "准予入场", "held": "暂扣待查", "informed": "通报产地"}


@dataclass(frozen=True)
class FindingLine:
    """One finding in a list; ``id`` is its public id."""

    id: str
    at: str
    place: str
    verdict: str
    tone: str
    conclusion: str
    code: str
    product: str
    producer: str
    note: str
    tests: tuple[tuple[str, str, bool], ...]  # item, value, passed
    inspector: str


@dataclass(frozen=True)
class InspectorHome:
    """The scan box and today's work."""

    today: int
    findings: tuple[FindingLine, ...]


@dataclass(frozen=True)
class InspectionPage:
    """The verdict on what was scanned, as large as it gets, and what to compare with the goods."""

    code: str
    outcome: Outcome
    tone: str
    sentence: str
    checks: tuple[Check, ...]
    as_of: str
    certificate_id: str
    says: tuple[tuple[str, str], ...]  # printed fields, unmasked: the inspector holds the paper
    beside: tuple[tuple[str, str], ...]  # what the paper does not say
    label: tuple[tuple[str, str], ...]  # what was done with this very label in printing
    earlier: tuple[FindingLine, ...]


def inspector_home(tx: Tx, account_id: int) -> InspectorHome:
    """The inspector's own findings, newest first."""
    mine = select(Finding).where(Finding.inspector_id == account_id)
    midnight = start_of_today(tx)
    today = tx.session.exec(
        select(func.count())
        .select_from(Finding)
        .where(Finding.inspector_id == account_id, col(Finding.recorded_at) >= midnight)
    ).one()
    rows = tx.session.exec(mine.order_by(col(Finding.id).desc()).limit(50)).all()
    return InspectorHome(today, tuple(finding_line(tx, row) for row in rows))


def inspection(tx: Tx, text: str) -> InspectionPage:
    """The recipe run on a scanned or typed text, with what the service knows beside the paper."""
    verdict = verify(text, StoreKnowledge(tx))
    row = None
    if verdict.statement is not None:
        row = tx.session.exec(
            select(Certificate).where(Certificate.public_id == verdict.statement.certificate_id)
        ).one_or_none()
    return InspectionPage(
        code=text,
        outcome=verdict.outcome,
        tone=VERDICTS[verdict.outcome],
        sentence=verdict.reason_zh,
        checks=verdict.checks,
        as_of=format_instant(tx.now),
        certificate_id=row.public_id if row else "",
        says=tuple(verdict.statement.readable().items()) if verdict.statement else (),
        beside=_beside(tx, row) if row else (),
        label=_label(tx, text),
        earlier=_earlier(tx, row) if row else (),
    )


def finding_line(tx: Tx, row: Finding) -> FindingLine:
    """One finding as a line of a list."""
    certificate = tx.session.get(Certificate, row.certificate_id) if row.certificate_id else None
    return FindingLine(
        id=row.public_id,
        at=format_instant(row.found_at),
        place=row.place,
        verdict=Outcome(row.verdict).label,
        tone=VERDICTS[Outcome(row.verdict)],
        conclusion=CONCLUSIONS[row.conclusion],
        code=certificate.number if certificate else row.code[:60],
        product=certificate.product if certificate else "",
        producer=certificate.issuer if certificate else "",
        note=row.note,
        tests=tuple((item["item"], item["value"], item["passed"]) for item in row.items),
        inspector=tx.session.get_one(Account, row.inspector_id).name,
    )


def start_of_today(tx: Tx) -> int:
    """The first instant of the current Beijing day."""
    return start_of(day_of(tx.now))


def _beside(tx: Tx, row: Certificate) -> tuple[tuple[str, str], ...]:
    batch = tx.session.get_one(Batch, row.batch_id)
    producer = tx.session.get_one(Producer, row.producer_id)
    runs = tx.session.exec(select(PrintRun).where(PrintRun.certificate_id == row.id)).all()
    printed, reprinted, spoiled = print_sums(tx, list(runs))
    scans = tx.session.get(ScanTally, ("certificate", row.id))
    return (
        ("主体类别", ProducerKind(producer.kind).label),
        ("主体状态", "暂停开具" if producer.suspended_at else "正常"),
        ("批次", f"{batch.code}，共 {quantity_of(batch)}"),
        ("本证数量", str(Quantity(row.quantity_milli, unit_of(row.unit).code))),
        ("批次还没开证的", str(remaining(tx.session, batch))),
        ("已打印", f"{printed} 张，重打过 {reprinted} 张次，印坏作废 {spoiled} 张"),
        ("本证网页打开", f"{scans.scans if scans else 0} 次"),
    )


def _label(tx: Tx, text: str) -> tuple[tuple[str, str], ...]:
    """The facts of the label whose code was scanned; none where it was no label of ours."""
    try:
        found = qrtext.parse(text)
    except Refusal:
        return ()
    if not isinstance(found, qrtext.LabelText | qrtext.SignedLabelText):
        return ()
    index = resolve(found.code, tx.secrets.label_key)
    run = None if index is None else run_of_label(tx.session, index)
    return () if index is None or run is None else label_facts(tx, run, index)


def _earlier(tx: Tx, row: Certificate) -> tuple[FindingLine, ...]:
    rows = tx.session.exec(
        select(Finding)
        .where(Finding.certificate_id == row.id)
        .order_by(col(Finding.id).desc())
        .limit(20)
    )
    return tuple(finding_line(tx, one) for one in rows)
