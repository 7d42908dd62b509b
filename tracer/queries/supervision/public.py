"""公共监督 as the public sees it: the receipt of a report, and what was found true.

Nothing here says who reported: no text of a report, no photo, no telephone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from sqlmodel import col, or_, select

from tracer.domain.clock import day_of, format_day, start_of
from tracer.domain.errors import NotFound, Refusal
from tracer.domain.ids import parse_id
from tracer.domain.supervision import (
    STANDING,
    Concern,
    Decision,
    IncidentKind,
    Stage,
    Step,
    after,
)
from tracer.standards import load
from tracer.standards.exact import half_up
from tracer.standards.pack import Pack
from tracer.store.tables import Incident, IncidentStep, Posting, Product, PublicReport
from tracer.store.world import Tx

_MOST = 20


@dataclass(frozen=True)
class Receipt:
    """Where a report stands. ``done_on`` and ``reason`` are empty until there is a decision."""

    number: str
    channel: str
    concern: str
    product: str
    told_on: str
    word: str
    tone: str
    sentence: str
    reason: str
    done_on: str


@dataclass(frozen=True)
class Upheld:
    """What was found true of a product or of its producer, and what it cost.

    ``document`` is the number of the authority's paper, ``basis`` what the decision rests on, and
    ``papers`` how many documents the platform keeps of it: they stay there, for they may name
    people. A decision that has no leaf in the log was made before its basis was published.
    """

    id: str
    day: str
    kind: str
    title: str
    reason: str
    cost: str
    document: str
    basis: str
    papers: int
    logged: str  # the number of its leaf, empty for one that has none
    contested: bool  # an appeal against it is being heard
    withdrawn: bool = False  # it stood on the day asked for, and no longer does


def standard() -> Pack:
    """The credit standard whose rows incidents are deducted in."""
    return load("gveaia-016.1", "2021")


def receipt_page(tx: Tx, text: str) -> Receipt:
    """The page of ``/report/<number>``; NotFound for what is no receipt of ours."""
    unknown = NotFound("没有这个收据号，请对照收据再看一遍")
    try:
        public_id = parse_id(text)
    except Refusal as refusal:
        raise unknown from refusal
    row = tx.session.exec(
        select(PublicReport).where(PublicReport.public_id == public_id)
    ).one_or_none()
    if row is None:
        raise unknown
    concern = Concern(row.concern)
    incident = tx.session.get(Incident, row.incident_id) if row.incident_id else None
    word, tone, sentence = _standing(incident)
    reason, done_on = _outcome(tx, incident)
    return Receipt(
        number=row.public_id,
        channel=concern.channel.label,
        concern=concern.label,
        product=tx.session.get_one(Product, row.product_id).name,
        told_on=format_day(day_of(row.created_at)),
        word=word,
        tone=tone,
        sentence=sentence,
        reason=reason,
        done_on=done_on,
    )


def upheld(tx: Tx, producer_id: int, product_id: int) -> tuple[Upheld, ...]:
    """What stands against a product, and against its producer as a whole, newest first."""
    rows = tx.session.exec(
        select(Incident)
        .where(
            Incident.producer_id == producer_id,
            or_(col(Incident.product_id).is_(None), col(Incident.product_id) == product_id),
            col(Incident.stage).in_([stage.value for stage in STANDING]),
        )
        .order_by(col(Incident.id).desc())
        .limit(_MOST)
    )
    return tuple(_upheld(tx, row) for row in rows)


def upheld_on(
    tx: Tx, day: date, producer_id: int, product_id: int | None = None
) -> tuple[Upheld, ...]:
    """What stood at the end of a Beijing day against a product, or against a producer and all
    that is its own, newest first."""
    end = start_of(day) + 86400
    rows = select(Incident).where(Incident.producer_id == producer_id)
    if product_id is not None:
        rows = rows.where(Incident.product_id == product_id)
    found = []
    for row in tx.session.exec(rows.order_by(col(Incident.id).desc())):
        taken = tx.session.exec(
            select(IncidentStep)
            .where(IncidentStep.incident_id == row.id, IncidentStep.at < end)
            .order_by(col(IncidentStep.id))
        ).all()
        stage = Stage.OPEN
        for step in taken:
            decision = Decision(step.decision) if step.decision else None
            stage = after(stage, Step(step.step), decision) or stage
        if stage in STANDING:
            contested, withdrawn = stage is Stage.APPEALED, row.stage == Stage.REVERSED
            found.append(replace(_upheld(tx, row), contested=contested, withdrawn=withdrawn))
    return tuple(found[:_MOST])


def cost_of(tx: Tx, incident: Incident) -> str:
    """What an upheld incident cost, by the posting it made."""
    posting = tx.session.exec(
        select(Posting).where(
            Posting.evidence_kind == "incident", Posting.evidence_id == incident.public_id
        )
    ).first()
    if posting is None:
        return "农户不参加主体评分，只记录，不扣分"
    whose = "这个产品" if posting.target == "product" else "生产主体"
    points = str(half_up(abs(Fraction(posting.amount)), 1)).removesuffix(".0")
    return f"扣{whose}信用分 {points} 分，第 {posting.row} 行"


def last_step(tx: Tx, incident: Incident, *steps: Step) -> IncidentStep | None:
    """The newest of an incident's steps of these kinds."""
    return tx.session.exec(
        select(IncidentStep)
        .where(
            IncidentStep.incident_id == incident.id,
            col(IncidentStep.step).in_([step.value for step in steps]),
        )
        .order_by(col(IncidentStep.id).desc())
    ).first()


def _upheld(tx: Tx, row: Incident) -> Upheld:
    decided = last_step(tx, row, Step.DECIDED)
    confirmed = last_step(tx, row, Step.CONFIRMED)
    if decided is None or confirmed is None:
        raise LookupError(f"incident {row.public_id} stands without decision")
    logged = confirmed.log_index is not None
    opened = last_step(tx, row, Step.OPENED)
    return Upheld(
        id=row.public_id,
        day=format_day(day_of(confirmed.at)),
        kind=IncidentKind(row.kind).label,
        title=row.title,
        reason=decided.text,
        cost=cost_of(tx, row),
        document=row.document or "",
        basis=(decided.evidence or "").rstrip("。") if logged else "",
        papers=len(decided.files) + (len(opened.files) if opened else 0),
        logged=str(confirmed.log_index) if logged else "",
        contested=row.stage == Stage.APPEALED,
    )


def _standing(incident: Incident | None) -> tuple[str, str, str]:
    """Word, tone and sentence for who reported."""
    if incident is None:
        return "已收到", "unsure", "平台会尽快查看，请过几天凭收据号再来看结果"
    stage = Stage(incident.stage)
    if stage in (Stage.OPEN, Stage.ANSWERED, Stage.PROPOSED):
        day = format_day(day_of(incident.answer_due - 1))
        said = f"已请生产者在{day}前说明情况" if stage is Stage.OPEN else "平台正在核实"
        return "正在查", "unsure", said
    return {
        Stage.UPHELD: ("查实了", "genuine", "您反映的情况属实，结果已经公布在追溯页上"),
        Stage.APPEALED: ("申诉中", "unsure", "查实以后生产者提出了申诉，正在另外审查"),
        Stage.FINAL: ("查实了", "genuine", "您反映的情况属实，生产者的申诉没有成立"),
        Stage.REVERSED: ("申诉成立", "unsure", "生产者的申诉成立，原来的决定已经撤销"),
        Stage.REJECTED: ("不属实", "unsure", "查过了，您反映的情况不属实"),
        Stage.REPORT_FALSE: ("不属实", "unsure", "查过了，反映的情况和事实不符"),
    }[stage]


def _outcome(tx: Tx, incident: Incident | None) -> tuple[str, str]:
    """The published reason and its day; both empty while nothing is decided for good."""
    if incident is None or incident.stage in (Stage.OPEN, Stage.ANSWERED, Stage.PROPOSED):
        return "", ""
    if incident.stage == Stage.REVERSED:
        step = last_step(tx, incident, Step.APPEAL_DECIDED)
    else:
        step = last_step(tx, incident, Step.DECIDED)
    if step is None:
        return "", ""
    done = last_step(tx, incident, Step.CONFIRMED, Step.APPEAL_DECIDED) or step
    return step.text, format_day(day_of(done.at))
