"""Lists of calls, applications and sheets: what is open, what waits, and for whom."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlmodel import and_, col, func, or_, select

from tracer.domain.assessing import OPEN_TO_APPLICANT, Stage
from tracer.domain.clock import day_of, format_day
from tracer.domain.errors import NotFound, Refusal
from tracer.domain.words import Role
from tracer.queries.assessment.parts import (
    TONES,
    Opened,
    days_left,
    opened,
    pack_of,
    standard_line,
)
from tracer.standards import packs
from tracer.standards.flow import Flow
from tracer.standards.flow_loader import flow_of
from tracer.standards.pack import Pack
from tracer.store.tables import Assessment, Call, Product, ScoreSheet
from tracer.store.world import Tx

APPLICANTS = {"product": "产品（由生产主体申报）", "base": "产品基地（由基地申请方申报）"}
_MOST = 50  # applications the desk need not do anything about, shown
_NEXT = {
    Stage.DRAFT: "申请人填写",
    Stage.SUBMITTED: "核对条件，分派评分",
    Stage.RETURNED: "申请人补充",
    Stage.MARKING: "等打分表",
    Stage.CLOSED: "决定发不发证",
}
_MINE = {
    Stage.DRAFT: "接着填",
    Stage.SUBMITTED: "等评价机构核对",
    Stage.RETURNED: "照意见补充，再提交",
    Stage.MARKING: "专家正在打分",
    Stage.CLOSED: "结果已出，等发证决定",
    Stage.LICENSED: "可以使用标识",
    Stage.REFUSED: "看还差什么",
}


@dataclass(frozen=True)
class CallLine:
    """One call. ``when`` says until when it takes applications."""

    id: str
    title: str
    organisation: str
    notice: str
    mark: str
    standard: str
    edition: str
    applicant: str
    opens_on: date
    closes_on: date
    when: str
    opens: str
    open: bool
    ended: bool
    applications: int = 0


@dataclass(frozen=True)
class AssessmentLine:
    """One application in a list; ``next`` is what is to be done, by whom the list is for."""

    id: str
    number: str
    mark: str
    subject: str
    holder: str
    stage: str
    tone: str
    next: str
    day: str


@dataclass(frozen=True)
class SheetLine:
    """One score sheet of an expert."""

    id: str
    mark: str
    subject: str
    holder: str
    state: str
    tone: str
    done: bool


@dataclass(frozen=True)
class Applying:
    """A call that one may apply for, and with what: public id and name of each product."""

    call: CallLine
    products: tuple[tuple[str, str], ...]


def calls(tx: Tx) -> tuple[CallLine, ...]:
    """All calls, newest first, with how many applied."""
    counts = dict(
        tx.session.exec(
            select(Assessment.call_id, func.count()).group_by(col(Assessment.call_id))
        ).all()
    )
    rows = tx.session.exec(select(Call).order_by(col(Call.id).desc()))
    return tuple(_call(tx, row, counts.get(row.id or 0, 0)) for row in rows)


def standards(tx: Tx) -> tuple[tuple[str, str], ...]:
    """The editions that people can apply under, as choices: id and name."""
    return tuple((pack.ref, f"{flow.mark}：{standard_line(pack)}") for pack, flow in applicable(tx))


def applicable(tx: Tx) -> Iterator[tuple[Pack, Flow]]:
    """The editions with a table that people apply for; running scores have none."""
    for pack in packs(more=tx.packs):
        try:
            yield pack, flow_of(pack)
        except Refusal as refusal:
            if refusal.code != "no_applications":
                raise


def open_calls(tx: Tx, applicant: str = "") -> tuple[CallLine, ...]:
    """The calls that take applications today, of one kind of applicant or all."""
    today = day_of(tx.now)
    rows = tx.session.exec(
        select(Call)
        .where(Call.opens_on <= today, Call.closes_on >= today)
        .order_by(col(Call.closes_on), col(Call.id))
    )
    return tuple(
        _call(tx, row) for row in rows if not applicant or _flow(tx, row).applicant == applicant
    )


def call_row(tx: Tx, public_id: str) -> Call:
    """The call with that public id, or NotFound."""
    row = tx.session.exec(select(Call).where(Call.public_id == public_id)).one_or_none()
    if row is None:
        raise NotFound("没有这份申报通知，请回到列表重新选择")
    return row


def call_page(tx: Tx, public_id: str) -> tuple[CallLine, Pack, Flow]:
    """One call with its standard, for whoever thinks about applying."""
    row = call_row(tx, public_id)
    pack = pack_of(tx, row)
    return _call(tx, row), pack, flow_of(pack)


def applying(tx: Tx, public_id: str, producer_id: int) -> Applying:
    """What a producer may apply with."""
    products = tx.session.exec(
        select(Product).where(Product.producer_id == producer_id).order_by(col(Product.name))
    )
    return Applying(
        _call(tx, call_row(tx, public_id)),
        tuple((row.public_id, f"{row.name} {row.spec or ''}".strip()) for row in products),
    )


def own_assessments(
    tx: Tx, producer_id: int | None, base_id: int | None
) -> tuple[AssessmentLine, ...]:
    """An applicant's applications, newest first."""
    query = select(Assessment).order_by(col(Assessment.id).desc())
    if base_id is not None:
        query = query.where(Assessment.base_id == base_id)
    else:
        query = query.where(Assessment.producer_id == producer_id)
    return tuple(_line(opened(tx, row), _MINE) for row in tx.session.exec(query))


def assessments_in_hand(tx: Tx, producer_id: int) -> tuple[AssessmentLine, ...]:
    """A producer's applications that wait for the producer, the oldest first.

    A draft waits only while its call takes applications; what was returned always does.
    """
    rows = tx.session.exec(
        select(Assessment)
        .join(Call, col(Call.id) == Assessment.call_id)
        .where(
            Assessment.producer_id == producer_id,
            or_(
                Assessment.stage == Stage.RETURNED,
                and_(Assessment.stage == Stage.DRAFT, Call.closes_on >= day_of(tx.now)),
            ),
        )
        .order_by(col(Assessment.id))
    )
    return tuple(_line(opened(tx, row), _MINE) for row in rows)


def desk_assessments(tx: Tx) -> tuple[tuple[str, tuple[AssessmentLine, ...]], ...]:
    """Applications by what they wait for, the desk's own work first; of the rest the newest."""
    ours = (Stage.SUBMITTED, Stage.MARKING, Stage.CLOSED)
    done = tuple(stage for stage in Stage if stage not in {*ours, *OPEN_TO_APPLICANT})
    parts = (
        ("要办的", ours, None),
        ("申请人在填的", OPEN_TO_APPLICANT, _MOST),
        ("办完的", done, _MOST),
    )
    return tuple(
        (
            title,
            tuple(
                _line(opened(tx, row), _NEXT)
                for row in tx.session.exec(
                    select(Assessment)
                    .where(col(Assessment.stage).in_(stages))
                    .order_by(col(Assessment.id).desc())
                    .limit(most)
                )
            ),
        )
        for title, stages, most in parts
    )


def own_sheets(tx: Tx, account_id: int) -> tuple[SheetLine, ...]:
    """An expert's sheets, those still to be marked first."""
    rows = tx.session.exec(
        select(ScoreSheet, Assessment)
        .join(Assessment, col(Assessment.id) == ScoreSheet.assessment_id)
        .where(ScoreSheet.account_id == account_id)
        .order_by(col(ScoreSheet.submitted_at).is_not(None), col(ScoreSheet.id).desc())
    )
    return tuple(_sheet(opened(tx, assessment), sheet) for sheet, assessment in rows)


def desk_waits(tx: Tx, account_id: int, role: Role) -> tuple[tuple[str, str], ...]:
    """What waits for this account, in words, with the desk's page it leads to."""
    if role is Role.EXPERT:
        sheets = tx.session.exec(
            select(func.count())
            .select_from(ScoreSheet)
            .join(Assessment, col(Assessment.id) == ScoreSheet.assessment_id)
            .where(
                ScoreSheet.account_id == account_id,
                col(ScoreSheet.submitted_at).is_(None),
                Assessment.stage == Stage.MARKING,
            )
        ).one()
        return ((f"{sheets} 张打分表等您打分", "sheets"),) if sheets else ()
    counts = dict(
        tx.session.exec(select(Assessment.stage, func.count()).group_by(Assessment.stage)).all()
    )
    return tuple(
        (f"{counts[stage]} 份申请：{_NEXT[stage]}", "assessments")
        for stage in (Stage.SUBMITTED, Stage.MARKING, Stage.CLOSED)
        if counts.get(stage)
    )


def _flow(tx: Tx, row: Call) -> Flow:
    return flow_of(pack_of(tx, row))


def _call(tx: Tx, row: Call, applications: int = 0) -> CallLine:
    today = day_of(tx.now)
    pack = pack_of(tx, row)
    flow = flow_of(pack)
    return CallLine(
        id=row.public_id,
        title=row.title,
        organisation=row.organisation,
        notice=row.notice,
        mark=flow.mark,
        standard=standard_line(pack),
        edition=pack.ref,
        applicant=APPLICANTS[flow.applicant],
        opens_on=row.opens_on,
        closes_on=row.closes_on,
        when=_when(row, today),
        opens=format_day(row.opens_on),
        open=row.opens_on <= today <= row.closes_on,
        ended=today > row.closes_on,
        applications=applications,
    )


def _when(row: Call, today: date) -> str:
    if today < row.opens_on:
        return f"{format_day(row.opens_on)}起接受申报"
    return days_left(row.closes_on, today)


def _line(one: Opened, words: dict[Stage, str]) -> AssessmentLine:
    row = one.row
    return AssessmentLine(
        id=row.public_id,
        number=row.number,
        mark=one.flow.mark,
        subject=one.subject.name,
        holder=one.subject.holder,
        stage=one.stage.label,
        tone=TONES.get(one.stage, ""),
        next=words.get(one.stage, ""),
        day=format_day(day_of(row.submitted_at or row.created_at)),
    )


def _sheet(one: Opened, sheet: ScoreSheet) -> SheetLine:
    if sheet.submitted_at is not None:
        state, tone = "已提交", "genuine"
    elif one.stage is not Stage.MARKING:
        state, tone = "没有提交，评价已结束", ""
    else:
        state, tone = f"填了 {len(sheet.rows)} 行" if sheet.rows else "还没有填", "unsure"
    return SheetLine(
        id=sheet.public_id,
        mark=one.flow.mark,
        subject=one.subject.name,
        holder=one.subject.holder,
        state=state,
        tone=tone,
        done=sheet.submitted_at is not None or one.stage is not Stage.MARKING,
    )
