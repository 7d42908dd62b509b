"""Reports and incidents as other programs read them: no telephone, and no name of who acted."""

from __future__ import annotations

from typing import Self

from pydantic import BaseModel
from sqlmodel import col, select

from tracer.domain.clock import iso_instant
from tracer.domain.supervision import Concern, Stage, Step
from tracer.queries.records.farm import Record
from tracer.store.tables import Incident, IncidentStep, Producer, Product, PublicReport
from tracer.store.world import Tx


class PublicReportRecord(Record):
    channel: str
    concern: str
    row: str | None
    producer: str
    product: str
    text: str
    incident: str | None
    told_at: str

    @classmethod
    def of(cls, tx: Tx, row: PublicReport) -> Self:
        incident = tx.session.get(Incident, row.incident_id) if row.incident_id else None
        return cls(
            id=row.public_id,
            channel=Concern(row.concern).channel.value,
            concern=row.concern,
            row=row.row,
            producer=tx.session.get_one(Producer, row.producer_id).public_id,
            product=tx.session.get_one(Product, row.product_id).public_id,
            text=row.text,
            incident=incident.public_id if incident else None,
            told_at=iso_instant(row.created_at),
        )


class StepRecord(BaseModel):
    """One step: what happened, and what was said. ``logged`` is the number of its leaf."""

    step: str
    step_zh: str
    decision: str | None
    text: str
    evidence: str | None
    at: str
    logged: int | None


class IncidentRecord(Record):
    kind: str
    stage: str
    stage_zh: str
    row: str
    title: str
    document: str | None
    producer: str
    product: str | None
    opened_at: str
    answer_until: str
    appeal_until: str | None
    steps: list[StepRecord]

    @classmethod
    def of(cls, tx: Tx, row: Incident) -> Self:
        product = tx.session.get(Product, row.product_id) if row.product_id else None
        steps = tx.session.exec(
            select(IncidentStep)
            .where(IncidentStep.incident_id == row.id)
            .order_by(col(IncidentStep.id))
        )
        return cls(
            id=row.public_id,
            stage_zh=Stage(row.stage).label,
            producer=tx.session.get_one(Producer, row.producer_id).public_id,
            product=product.public_id if product else None,
            opened_at=iso_instant(row.opened_at),
            answer_until=iso_instant(row.answer_due - 1),
            appeal_until=iso_instant(row.appeal_due - 1) if row.appeal_due else None,
            steps=[_step(one) for one in steps],
            **row.model_dump(include={"kind", "stage", "row", "title", "document"}),
        )


def _step(row: IncidentStep) -> StepRecord:
    return StepRecord(
        step=row.step,
        step_zh=Step(row.step).label,
        decision=row.decision,
        text=row.text,
        evidence=row.evidence,
        at=iso_instant(row.at),
        logged=row.log_index,
    )
