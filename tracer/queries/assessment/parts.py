"""What every page of an assessment is made of: its subject, its standard, its papers, its steps."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlmodel import col, select

from tracer.domain.assessing import Stage, Step
from tracer.domain.clock import format_day, format_instant
from tracer.domain.errors import NotFound
from tracer.domain.words import Role
from tracer.queries.persons import published
from tracer.standards import load
from tracer.standards.flow import Flow, FormField
from tracer.standards.flow_loader import flow_of
from tracer.standards.pack import EVIDENCE, Item, Pack
from tracer.store.tables import (
    Account,
    Assessment,
    AssessmentEvidence,
    AssessmentStep,
    Base,
    Call,
    Producer,
    Product,
    StoredFile,
)
from tracer.store.world import Tx

REPORT = (
    FormField("purpose", "评价目的"),
    FormField("place", "实施地点"),
    FormField("time", "实施时间"),
    FormField("people", "评价人员"),
    FormField("process", "主要过程", "prose"),
    FormField("special", "特殊情况的处理", "prose", required=False),
)
"""What every report tells beside the marks; a standard's own fields follow."""

TONES = {
    Stage.SUBMITTED: "unsure",
    Stage.RETURNED: "void",
    Stage.MARKING: "unsure",
    Stage.LICENSED: "genuine",
    Stage.REFUSED: "void",
}


@dataclass(frozen=True)
class Subject:
    """What is assessed and who applied for it; a stranger reads a person's name masked."""

    name: str
    holder: str
    public_holder: str
    product_id: str = ""
    producer_id: str = ""
    base_id: str = ""


@dataclass(frozen=True)
class FileView:
    """A paper that was handed in; ``file`` is false where it is a sentence only."""

    id: str
    title: str
    kind: str
    file: bool


@dataclass(frozen=True)
class StepLine:
    """One step of an assessment."""

    at: str
    word: str
    who: str
    note: str


@dataclass(frozen=True)
class Opened:
    """An assessment with everything that reading it needs."""

    row: Assessment
    call: Call
    pack: Pack
    flow: Flow
    subject: Subject

    @property
    def stage(self) -> Stage:
        return Stage(self.row.stage)

    @property
    def standard(self) -> str:
        return standard_line(self.pack)


def standard_line(pack: Pack) -> str:
    """The standard as a page names it, with how far it has come."""
    return f"{pack.number}《{pack.title}》（{pack.status}）"


def gate_verdict(gate: Item, met: bool) -> str:
    """A condition in words. One that names what must not be is there or not, never “符合”."""
    if gate.verb == "absent":
        return "没有这种情况" if met else "有这种情况"
    return "符合" if met else "不符合"


def pack_of(tx: Tx, call: Call) -> Pack:
    """The edition that a call was opened with."""
    return load(call.standard, call.edition, more=tx.packs)


def find(tx: Tx, public_id: str) -> Assessment:
    """The assessment with that public id, or NotFound."""
    row = tx.session.exec(select(Assessment).where(Assessment.public_id == public_id)).one_or_none()
    if row is None:
        raise NotFound("没有这份申请，请回到列表重新选择")
    return row


def owned(tx: Tx, public_id: str, producer_id: int | None, base_id: int | None) -> Assessment:
    """The applicant's own assessment; what is another's does not exist for it."""
    row = find(tx, public_id)
    mine = (row.base_id == base_id) if row.base_id else (row.producer_id == producer_id)
    if not mine or (producer_id is None and base_id is None):
        raise NotFound("没有这份申请，请回到列表重新选择")
    return row


def opened(tx: Tx, row: Assessment) -> Opened:
    """The assessment with its call, pack, flow and subject."""
    call = tx.session.get_one(Call, row.call_id)
    pack = pack_of(tx, call)
    return Opened(row, call, pack, flow_of(pack), subject_of(tx, row))


def subject_of(tx: Tx, row: Assessment) -> Subject:
    """What an assessment is about: from the result on as it was called then."""
    told = row.report
    if row.base_id is not None:
        base = tx.session.get_one(Base, row.base_id)
        holder = told.get("holder", base.applicant)
        return Subject(told.get("subject", base.name), holder, holder, base_id=base.public_id)
    producer = tx.session.get_one(Producer, row.producer_id)
    product = tx.session.get_one(Product, row.product_id)
    holder = told.get("holder", producer.name)
    return Subject(
        name=told.get("subject", f"{product.name} {product.spec or ''}".strip()),
        holder=holder,
        public_holder=published(producer, "name", holder),
        product_id=product.public_id,
        producer_id=producer.public_id,
    )


def files_of(tx: Tx, row: Assessment) -> dict[str, tuple[FileView, ...]]:
    """The papers that stand, by the row or material they belong to."""
    found: dict[str, list[FileView]] = defaultdict(list)
    for one in tx.session.exec(
        select(AssessmentEvidence)
        .where(
            AssessmentEvidence.assessment_id == row.id,
            col(AssessmentEvidence.withdrawn_at).is_(None),
        )
        .order_by(col(AssessmentEvidence.id))
    ):
        view = FileView(one.public_id, one.title, EVIDENCE[one.kind], one.file_id is not None)
        found[one.item].append(view)
    return {item: tuple(views) for item, views in found.items()}


def stored_file(tx: Tx, row: Assessment, evidence: str) -> StoredFile:
    """The file of one paper of this assessment, or NotFound."""
    found = tx.session.exec(
        select(StoredFile)
        .join(AssessmentEvidence, col(AssessmentEvidence.file_id) == StoredFile.id)
        .where(
            AssessmentEvidence.public_id == evidence,
            AssessmentEvidence.assessment_id == row.id,
        )
    ).one_or_none()
    if found is None:
        raise NotFound("没有这份材料，请回到申请页重新打开")
    return found


def steps_of(tx: Tx, row: Assessment, with_names: bool) -> tuple[StepLine, ...]:
    """All steps in order; an applicant reads roles, not names."""
    rows = tx.session.exec(
        select(AssessmentStep, Account)
        .join(Account, col(Account.id) == AssessmentStep.account_id)
        .where(AssessmentStep.assessment_id == row.id)
        .order_by(col(AssessmentStep.id))
    )
    return tuple(
        StepLine(
            format_instant(step.at),
            Step(step.step).label,
            account.name if with_names else Role(account.role).label,
            step.note or "",
        )
        for step, account in rows
    )


def last_note(steps: Iterable[StepLine], step: Step) -> str:
    """What was said at the last step of that kind; empty where there was none."""
    return next((one.note for one in reversed(list(steps)) if one.word == step.label), "")


def days_left(closes_on: date, today: date) -> str:
    """Until when a call takes applications, in words."""
    left = (closes_on - today).days
    until = f"申报到 {format_day(closes_on)}"
    if left < 0:
        return f"{format_day(closes_on)}已截止"
    return f"{until}，今天截止" if left == 0 else f"{until}，还有 {left} 天"
