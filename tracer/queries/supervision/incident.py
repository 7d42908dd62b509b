"""One incident as the desk and the producer see it: what was told, every step, what is next."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import String, cast
from sqlmodel import SQLModel, col, select

from tracer.domain.clock import format_instant
from tracer.domain.errors import NotFound
from tracer.domain.supervision import STANDING, Concern, Decision, IncidentKind, Stage, Step, hands
from tracer.domain.words import Role
from tracer.queries.supervision.lists import WAITING, due_of, tone_of
from tracer.queries.supervision.public import cost_of
from tracer.queries.supervision.reports import (
    FileLink,
    ReportView,
    file_links,
    loose_reports,
    report_view,
    row_name,
)
from tracer.store.tables import (
    Account,
    Certificate,
    Finding,
    Incident,
    IncidentStep,
    Producer,
    Product,
    PublicReport,
    StoredFile,
)
from tracer.store.world import Tx

Row = TypeVar("Row", bound=SQLModel)


@dataclass(frozen=True)
class StepView:
    """One step: when, what, by whom, and what was said."""

    at: str
    word: str
    who: str
    text: str
    evidence: str
    files: tuple[FileLink, ...]


@dataclass(frozen=True)
class IncidentPage:
    """One incident. ``turns`` are the steps that the asker may take now."""

    id: str
    title: str
    kind: str
    facts: tuple[tuple[str, str], ...]
    stage: str
    tone: str
    due: str
    reports: tuple[ReportView, ...]
    loose: tuple[ReportView, ...]  # reports about the same producer that belong nowhere yet
    steps: tuple[StepView, ...]
    turns: frozenset[str]
    another: bool  # it waits for an operator who has not had it in hand
    producer_id: str


@dataclass(frozen=True)
class OpeningPage:
    """What an incident may be opened from: a producer, its products, and what was told."""

    producer_id: str
    producer: str
    products: tuple[tuple[str, str], ...]
    reports: tuple[ReportView, ...]
    chosen: str  # the product that the report or finding is about
    kind: str  # what kind of incident the report or finding speaks of, empty by hand
    row: str  # the row that the report calls false
    open_ones: tuple[tuple[str, str], ...]  # incidents that a report may join, upheld ones too
    finding: str


def opening_page(tx: Tx, report: str, finding: str, producer: str) -> OpeningPage:
    """What the desk needs to open an incident from a report, from a finding, or by hand."""
    told = _find(tx, PublicReport, report) if report else None
    found = _find(tx, Finding, finding) if finding else None
    origin = told or found
    if origin is not None and origin.producer_id is not None:
        owner = tx.session.get_one(Producer, origin.producer_id)
    else:
        owner = _find(tx, Producer, producer)
    loose = [row for row in loose_reports(tx, owner) if told is None or row.id != told.id]
    reports = ([told] if told is not None else []) + loose
    products = tx.session.exec(
        select(Product).where(Product.producer_id == owner.id).order_by(col(Product.name))
    ).all()
    open_ones = tx.session.exec(
        select(Incident)
        .where(
            Incident.producer_id == owner.id,
            col(Incident.stage).in_([stage.value for stage in (*WAITING, *STANDING)]),
        )
        .order_by(col(Incident.id).desc())
    )
    product_id = told.product_id if told else None
    if found is not None and found.certificate_id is not None:
        product_id = tx.session.get_one(Certificate, found.certificate_id).product_id
    return OpeningPage(
        producer_id=owner.public_id,
        producer=owner.name,
        products=tuple((row.public_id, f"{row.name} {row.spec}".strip()) for row in products),
        reports=tuple(report_view(tx, row, True) for row in reports),
        chosen=tx.session.get_one(Product, product_id).public_id if product_id else "",
        kind=_kind(told, found),
        row=told.row or "" if told else "",
        open_ones=tuple(
            (row.public_id, f"{row.title}（{Stage(row.stage).label}）") for row in open_ones
        ),
        finding=found.public_id if found else "",
    )


def incident_page(tx: Tx, public_id: str, account_id: int, role: Role) -> IncidentPage:
    """One incident for the desk; telephones and turns are for operators."""
    row = _find(tx, Incident, public_id)
    operator = role is Role.OPERATOR
    turns, another = _desk_turns(tx, row, account_id) if operator else (frozenset[str](), False)
    owner = tx.session.get_one(Producer, row.producer_id)
    loose = loose_reports(tx, owner) if operator else []
    return _page(tx, row, turns, another, operator, loose)


def own_incident_page(tx: Tx, row: Incident) -> IncidentPage:
    """One incident for its producer."""
    turns = {
        Stage.OPEN: {Step.ANSWERED},
        Stage.ANSWERED: {Step.ANSWERED},
        Stage.UPHELD: {Step.APPEALED} if tx.now < (row.appeal_due or 0) else set(),
    }.get(Stage(row.stage), set())
    return _page(tx, row, frozenset(str(step) for step in turns), False, None, ())


def file_of(tx: Tx, public_id: str, producer_id: int | None = None) -> StoredFile:
    """A file of reports and steps; for a producer, of its own incidents only."""
    told = select(PublicReport.id).where(cast(PublicReport.files, String).contains(public_id))
    said = (
        select(IncidentStep.id)
        .join(Incident)
        .where(cast(IncidentStep.files, String).contains(public_id))
    )
    if producer_id is not None:
        told = told.join(Incident).where(Incident.producer_id == producer_id)
        said = said.where(Incident.producer_id == producer_id)
    row = tx.session.exec(select(StoredFile).where(StoredFile.public_id == public_id)).first()
    known = row and (tx.session.exec(told).first() or tx.session.exec(said).first())
    if row is None or not known:
        raise NotFound("没有这份材料，请回到事件页重新打开")
    return row


def _page(
    tx: Tx,
    row: Incident,
    turns: frozenset[str],
    another: bool,
    operator: bool | None,
    loose: Iterable[PublicReport],
) -> IncidentPage:
    """``operator`` is None for the producer, who sees neither names nor telephones."""
    owner = tx.session.get_one(Producer, row.producer_id)
    product = tx.session.get(Product, row.product_id) if row.product_id else None
    finding = tx.session.get(Finding, row.finding_id) if row.finding_id else None
    told = tx.session.exec(
        select(PublicReport)
        .where(PublicReport.incident_id == row.id)
        .order_by(col(PublicReport.id))
    )
    steps = tx.session.exec(
        select(IncidentStep, Account)
        .join(Account)
        .where(IncidentStep.incident_id == row.id)
        .order_by(col(IncidentStep.id))
    )
    return IncidentPage(
        id=row.public_id,
        title=row.title,
        kind=IncidentKind(row.kind).label,
        facts=(
            ("类别", IncidentKind(row.kind).label),
            ("生产主体", owner.name),
            ("产品", product.name if product else ""),
            ("评分行", row_name(row.row)),
            ("文书编号", row.document or ""),
            ("查验", f"{format_instant(finding.found_at)} {finding.place}" if finding else ""),
            ("扣分", cost_of(tx, row) if Stage(row.stage) in STANDING else ""),
        ),
        stage=Stage(row.stage).label,
        tone=tone_of(row),
        due=due_of(tx, row),
        reports=tuple(report_view(tx, one, bool(operator)) for one in told),
        loose=tuple(report_view(tx, one, bool(operator)) for one in loose),
        steps=tuple(_step(tx, one, account, operator is not None) for one, account in steps),
        turns=turns,
        another=another,
        producer_id=owner.public_id,
    )


def _kind(told: PublicReport | None, found: Finding | None) -> str:
    """What kind of incident is likely meant."""
    if told is None:
        return IncidentKind.SAMPLING.value if found else ""
    if told.row == "C.2-14":
        return IncidentKind.FALSE_CERTIFICATE.value
    return {
        Concern.FALSE_INFORMATION: IncidentKind.FALSE_INFORMATION,
        Concern.QUALITY: IncidentKind.QUALITY,
        Concern.DAMAGE: IncidentKind.COMPLAINT,
    }[Concern(told.concern)].value


def _desk_turns(tx: Tx, row: Incident, account_id: int) -> tuple[frozenset[str], bool]:
    """What this operator may do now, and whether it waits for another one instead."""
    stage = Stage(row.stage)
    if stage in (Stage.OPEN, Stage.ANSWERED):
        return frozenset({Step.DECIDED.value}), False
    turns = {
        Stage.PROPOSED: (Step.CONFIRMED, Step.RETURNED),
        Stage.APPEALED: (Step.APPEAL_DECIDED,),
    }.get(stage, ())
    if not turns:
        return frozenset(), False
    steps = tx.session.exec(
        select(IncidentStep.step, IncidentStep.account_id)
        .where(IncidentStep.incident_id == row.id)
        .order_by(col(IncidentStep.id))
    )
    if account_id in hands(((Step(step), account) for step, account in steps), turns[0]):
        return frozenset(), True
    return frozenset(turn.value for turn in turns), False


def _step(tx: Tx, row: IncidentStep, account: Account, with_name: bool) -> StepView:
    step = Step(row.step)
    word = step.label
    if row.decision is not None:
        said = Decision(row.decision)
        if step is Step.APPEAL_DECIDED:
            word = "申诉成立" if said is Decision.UPHELD else "申诉不成立"
        else:
            word = f"决定：{said.label}"
    return StepView(
        at=format_instant(row.at),
        word=word,
        who=account.name if with_name else Role(account.role).label,
        text=row.text,
        evidence=row.evidence or "",
        files=file_links(tx, row.files),
    )


def _find(tx: Tx, table: type[Row], public_id: str) -> Row:
    column = table.public_id  # type: ignore[attr-defined]
    row = tx.session.exec(select(table).where(column == public_id)).one_or_none()
    if row is None:
        raise NotFound()
    return row
