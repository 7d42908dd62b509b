"""How an incident moves: one step at a time, each kept, none taken twice."""

from __future__ import annotations

from collections.abc import Sequence

from sqlmodel import col, select

from tracer.actions.actor import Actor
from tracer.domain.errors import Conflict, NotFound
from tracer.domain.supervision import Decision, Stage, Step, after
from tracer.store.tables import Incident, IncidentStep, StoredFile
from tracer.store.world import Tx


def find(tx: Tx, public_id: str) -> Incident:
    """The incident with that public id, for the desk."""
    row = tx.session.exec(select(Incident).where(Incident.public_id == public_id)).one_or_none()
    if row is None:
        raise NotFound("没有这个事件，请回到列表重新选择")
    return row


def steps_of(tx: Tx, incident: Incident) -> Sequence[IncidentStep]:
    """All steps of an incident in order."""
    return tx.session.exec(
        select(IncidentStep)
        .where(IncidentStep.incident_id == incident.id)
        .order_by(col(IncidentStep.id))
    ).all()


def take(
    tx: Tx,
    actor: Actor,
    incident: Incident,
    step: Step,
    text: str,
    *,
    decision: Decision | None = None,
    evidence: str | None = None,
    files: Sequence[str] = (),
) -> Incident:
    """Take a step and move the incident on; the same step sent again changes nothing.

    A Conflict tells where the incident stands if the step cannot be taken now.
    """
    last = steps_of(tx, incident)[-1]
    new = IncidentStep(
        incident_id=incident.id or 0,
        step=step.value,
        decision=decision.value if decision else None,
        text=text,
        evidence=evidence,
        files=list(files),
        account_id=actor.account_id,
        at=tx.now,
    )
    if _content(last) == _content(new):
        return incident
    stage = after(Stage(incident.stage), step, decision)
    if stage is None:
        now = Stage(incident.stage).label
        raise Conflict("stage_passed", f"这件事现在是“{now}”，不能再办这一步，请刷新页面")
    tx.session.add(new)
    incident.stage = stage.value
    tx.session.flush()
    return incident


def files_of(tx: Tx, actor: Actor, public_id: str | None) -> list[str]:
    """The kept file that a form names, as the steps hold it; it must be the actor's own."""
    if public_id is None:
        return []
    row = tx.session.exec(select(StoredFile).where(StoredFile.public_id == public_id)).one_or_none()
    if row is None or row.producer_id != actor.producer_id:
        raise NotFound("没有找到上传的材料，请重新上传")
    return [row.public_id]


def _content(row: IncidentStep) -> tuple[object, ...]:
    return (row.step, row.decision, row.text, row.evidence, row.files, row.account_id)
