"""Calls of public supervision: the desk reads reports and opens incidents, producers answer."""

from __future__ import annotations

from pydantic import BaseModel
from sqlmodel import col, select

from tracer.actions.actor import Actor, own, require
from tracer.actions.supervision import incidents, opening, supervise
from tracer.domain.errors import NotFound
from tracer.domain.words import Role
from tracer.queries.records.supervision import IncidentRecord, PublicReportRecord
from tracer.store.tables import Incident, PublicReport
from tracer.store.world import Tx
from tracer.web.api.calls import get, post
from tracer.web.api.certificates import PageForm

TAG = "监督"
PAGE = 100


class PublicReportList(BaseModel):
    """Reports from the public, newest first; ``next`` is None on the last page."""

    items: list[PublicReportRecord]
    next: str | None


class IncidentList(BaseModel):
    """Incidents, newest first; ``next`` is None on the last page."""

    items: list[IncidentRecord]
    next: str | None


@get("/public-reports", PublicReportList, "平台收到的举报投诉", TAG, query=PageForm)
def reports(tx: Tx, actor: Actor, query: PageForm) -> PublicReportList:
    require(actor, Role.OPERATOR)
    rows = select(PublicReport)
    if query.after is not None:
        last = tx.session.exec(
            select(PublicReport).where(PublicReport.public_id == query.after)
        ).one_or_none()
        if last is None:
            raise NotFound()
        rows = rows.where(col(PublicReport.id) < last.id)
    page = tx.session.exec(rows.order_by(col(PublicReport.id).desc()).limit(PAGE + 1)).all()
    items = [PublicReportRecord.of(tx, row) for row in page[:PAGE]]
    return PublicReportList(items=items, next=items[-1].id if len(page) > PAGE else None)


@post("/incidents", opening.IncidentForm, IncidentRecord, "立案", TAG)
def open_incident(tx: Tx, actor: Actor, form: opening.IncidentForm) -> IncidentRecord:
    return IncidentRecord.of(tx, opening.open_incident(tx, actor, form))


@get("/incidents", IncidentList, "事件：平台看全部，生产者看自己的", TAG, query=PageForm)
def listed(tx: Tx, actor: Actor, query: PageForm) -> IncidentList:
    rows = select(Incident)
    if actor.role is not Role.OPERATOR:
        rows = rows.where(Incident.producer_id == actor.producer)
    if query.after is not None:
        rows = rows.where(col(Incident.id) < _reach(tx, actor, query.after).id)
    page = tx.session.exec(rows.order_by(col(Incident.id).desc()).limit(PAGE + 1)).all()
    items = [IncidentRecord.of(tx, row) for row in page[:PAGE]]
    return IncidentList(items=items, next=items[-1].id if len(page) > PAGE else None)


@get("/incidents/<incident>", IncidentRecord, "一个事件和它的经过", TAG)
def one(tx: Tx, actor: Actor, incident: str) -> IncidentRecord:
    return IncidentRecord.of(tx, _reach(tx, actor, incident))


@post("/incidents/<incident>/answer", supervise.StatementForm, IncidentRecord, "说明情况", TAG)
def answer(tx: Tx, actor: Actor, form: supervise.StatementForm, incident: str) -> IncidentRecord:
    return IncidentRecord.of(tx, supervise.answer(tx, actor, incident, form))


def _reach(tx: Tx, actor: Actor, incident: str) -> Incident:
    if actor.role is Role.OPERATOR:
        return incidents.find(tx, incident)
    return own(tx, actor, Incident, incident)
