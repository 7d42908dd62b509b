"""Calls that read the disclosure platform: the ranking, and credit reports of any day."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import BaseModel, Field

from tracer.actions.actor import Actor
from tracer.actions.forms import Form
from tracer.queries.credit import disclosure
from tracer.queries.credit.report import NOTE, credit_report
from tracer.store.world import Tx
from tracer.web.api.calls import get
from tracer.web.shared.ranking import RankingForm

TAG = "信用"


class StandingRecord(BaseModel):
    """One line of the ranking; persons are masked as on the public page."""

    id: str
    name: str
    spec: str
    producer: str
    kind: str
    category: str
    place: str
    points: str
    grade: str
    updated_on: date


class RankingRecord(BaseModel):
    """A page of the ranking; ``after`` asks for the next one, empty on the last."""

    items: list[StandingRecord]
    first: int
    after: str
    standard: str
    note: str = NOTE


class DayForm(Form):
    """Of which day; today where it is left out."""

    on: Annotated[date | None, Field(title="日期")] = None


class EvidenceRecord(BaseModel):
    """What a posting rests on, and its public page where it has one."""

    day: str
    what: str
    amount: str
    path: str


class ReportRowRecord(BaseModel):
    """One row of the table with its newest evidence."""

    key: str
    title: str
    points: str
    why: str
    clause: str
    evidence: list[EvidenceRecord]
    postings: int


class IndicatorGroupRecord(BaseModel):
    """约束性 or 增信性信用指标."""

    title: str
    points: str
    rows: list[ReportRowRecord]
    silent: list[str]


class PointRecord(BaseModel):
    """The index at the end of a day on which it changed."""

    day: date
    index: str


class MemberRecord(BaseModel):
    """A product of the subject."""

    id: str
    name: str
    spec: str
    points: str
    grade: str


class UpheldRecord(BaseModel):
    """What was found true: what it rests on, what it cost, and the number of its leaf."""

    id: str
    day: str
    kind: str
    title: str
    reason: str
    cost: str
    document: str
    basis: str
    papers: int
    logged: str
    contested: bool
    withdrawn: bool


class ReportRecord(BaseModel):
    """A credit report; ``rated`` is false for households, which have no index of their own."""

    target: str
    id: str
    name: str
    facts: dict[str, str]
    producer_id: str
    day: date
    today: bool
    rated: bool
    index: str
    grade_word: str
    grade: str
    rating: str
    meaning: str
    groups: list[IndicatorGroupRecord]
    history: list[PointRecord]
    members: list[MemberRecord]
    upheld: list[UpheldRecord]
    bounds: dict[str, int]
    standard: str
    status: str
    digest: str
    note: str


@get("/credit", RankingRecord, "信用公示：产品或主体的排名", TAG, query=RankingForm)
def ranking(tx: Tx, actor: Actor, query: RankingForm) -> RankingRecord:
    found = disclosure.ranking(tx, query.wanted, query.after)
    return RankingRecord(
        items=[StandingRecord(**vars(line)) for line in found.lines],
        first=found.first,
        after=found.after,
        standard=disclosure.standard(),
    )


@get("/credit/<subject>", ReportRecord, "产品或主体某一天的信用报告", TAG, query=DayForm)
def report(tx: Tx, actor: Actor, subject: str, query: DayForm) -> ReportRecord:
    return ReportRecord(**credit_report(tx, subject, query.on).as_dict())
