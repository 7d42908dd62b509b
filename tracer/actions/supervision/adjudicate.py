"""查实: the desk hears the producer, decides, confirms, and hears the appeal.

A deduction is posted in the transaction of its confirmation, exactly one for an incident, however
many reports told of it; an appeal that succeeds posts its exact reverse (表 C.1 注 4、5，表 C.2
序号 12 至 16). Both are leaves of the log.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field
from sqlmodel import col, select

from tracer.actions import credit, log
from tracer.actions.actor import Actor, require
from tracer.actions.forms import Form
from tracer.actions.supervision import incidents
from tracer.actions.text import FOR_ALL, Line, Prose, PublicId, one_of
from tracer.domain.errors import Forbidden, Refusal
from tracer.domain.supervision import (
    APPEAL_DAYS,
    Decision,
    IncidentKind,
    Stage,
    Step,
    due,
    hands,
)
from tracer.domain.words import Role
from tracer.proof.contents import decision_content
from tracer.proof.leaf import Event
from tracer.store.contacts import contact_of
from tracer.store.tables import (
    Incident,
    Posting,
    Producer,
    PublicReport,
    StoredFile,
)
from tracer.store.world import Tx


class DecisionForm(Form):
    """决定, with what it rests on. Both are published where it is upheld; the file never is."""

    decision: Annotated[Decision, one_of(Decision), Field(title="决定")]
    reason: Annotated[Prose, FOR_ALL, Field(title="理由")]
    evidence: Annotated[Prose, FOR_ALL, Field(title="依据的材料")]
    file: Annotated[PublicId | None, Field(title="材料照片或 PDF")] = None


class OpinionForm(Form):
    """复核意见."""

    opinion: Annotated[Line, Field(title="复核意见")]


def decide(tx: Tx, actor: Actor, public_id: str, form: DecisionForm) -> Incident:
    """Decide an incident. What is upheld waits for a second operator before it costs anything."""
    require(actor, Role.OPERATOR)
    row = incidents.find(tx, public_id)
    unheard = row.stage == Stage.OPEN and tx.now < row.answer_due
    if form.decision is Decision.UPHELD and unheard:
        raise Refusal("not_heard", "生产者还没有说明，也没到期限，先不能认定属实", "decision")
    if form.decision is Decision.REPORT_FALSE and not _linked(tx, row):
        raise Refusal("no_reports", "这件事没有举报，请选属实或不属实", "decision")
    _keeps_reporters_secret(tx, row, form)
    return incidents.take(
        tx,
        actor,
        row,
        Step.DECIDED,
        form.reason,
        decision=form.decision,
        evidence=form.evidence,
        files=incidents.files_of(tx, actor, form.file),
    )


def confirm(tx: Tx, actor: Actor, public_id: str, form: OpinionForm) -> Incident:
    """The second pair of eyes: from now on the decision stands, and its deduction is posted."""
    row = _for_another(tx, actor, public_id, Step.CONFIRMED)
    standing = row.stage == Stage.PROPOSED
    incidents.take(tx, actor, row, Step.CONFIRMED, form.opinion)
    if standing:
        row.appeal_due = due(tx.now, APPEAL_DAYS)
        _post(tx, row, "incident", 1)
        _record(tx, row, Step.DECIDED, "incident")
    return row


def send_back(tx: Tx, actor: Actor, public_id: str, form: OpinionForm) -> Incident:
    """The second pair of eyes does not agree: it is to be decided again."""
    row = _for_another(tx, actor, public_id, Step.RETURNED)
    return incidents.take(tx, actor, row, Step.RETURNED, form.opinion)


def decide_appeal(tx: Tx, actor: Actor, public_id: str, form: DecisionForm) -> Incident:
    """Decide an appeal; one that is upheld takes the deduction back exactly."""
    row = _for_another(tx, actor, public_id, Step.APPEAL_DECIDED)
    _keeps_reporters_secret(tx, row, form)
    standing = row.stage == Stage.APPEALED
    incidents.take(
        tx,
        actor,
        row,
        Step.APPEAL_DECIDED,
        form.reason,
        decision=form.decision,
        evidence=form.evidence,
        files=incidents.files_of(tx, actor, form.file),
    )
    if standing and form.decision is Decision.UPHELD:
        _post(tx, row, "appeal", -1)
        _record(tx, row, Step.APPEAL_DECIDED, "appeal")
    return row


def _post(tx: Tx, incident: Incident, evidence_kind: str, times: int) -> None:
    """The one deduction of an incident, or its reverse; households have no index of their own."""
    false = incident.kind == IncidentKind.FALSE_INFORMATION
    fact = {"false" if false else "n": times}
    row, evidence_id = incident.row, incident.public_id
    if credit.pack().table_of(row) == credit.TABLES[credit.SUBJECT]:
        producer = tx.session.get_one(Producer, incident.producer_id)
        credit.count_subject(tx, producer, row, evidence_kind, evidence_id, **fact)
    else:
        credit.count(tx, incident.product_id or 0, row, evidence_kind, evidence_id, **fact)


def _record(tx: Tx, incident: Incident, words: Step, evidence_kind: str) -> None:
    """Write the newest step into the log; ``words`` is the step whose reason is published."""
    steps = incidents.steps_of(tx, incident)
    taken = steps[-1]
    said = next(one for one in reversed(steps) if one.step == words)
    posting = tx.session.exec(
        select(Posting).where(
            Posting.row == incident.row,
            Posting.evidence_kind == evidence_kind,
            Posting.evidence_id == incident.public_id,
        )
    ).one_or_none()
    papers = tx.session.exec(
        select(StoredFile.sha256).where(col(StoredFile.public_id).in_(said.files))
    )
    content = decision_content(
        incident.public_id,
        taken.step,
        incident.kind,
        incident.row,
        posting.amount if posting else "",
        title=incident.title,
        document=incident.document or "",
        reason=said.text,
        evidence=said.evidence or "",
        files=list(papers),
    )
    taken.log_index, taken.salt = log.append(tx, Event.DECIDED, incident.public_id, content)
    tx.session.flush()


def _for_another(tx: Tx, actor: Actor, public_id: str, step: Step) -> Incident:
    """The incident, if ``step`` would not be a look at this operator's own work."""
    require(actor, Role.OPERATOR)
    row = incidents.find(tx, public_id)
    steps = incidents.steps_of(tx, row)
    resent = steps[-1].step == step and steps[-1].account_id == actor.account_id
    taken = hands(((Step(one.step), one.account_id) for one in steps), step)
    if not resent and actor.account_id in taken:
        raise Forbidden("自己办过的这件事，要由另一位管理员来看")
    return row


def _linked(tx: Tx, incident: Incident) -> list[PublicReport]:
    return list(
        tx.session.exec(select(PublicReport).where(PublicReport.incident_id == incident.id))
    )


def _keeps_reporters_secret(tx: Tx, incident: Incident, form: DecisionForm) -> None:
    """What is published must not hold a reporter's telephone, written in whatever way."""
    for one in _linked(tx, incident):
        phone = _digits(contact_of(tx.secrets, one))
        for field, text in (("reason", form.reason), ("evidence", form.evidence)):
            if phone and phone in _digits(text):
                raise Refusal("names_reporter", "里面有举报人的电话，这段话会公布，请删掉", field)


def _digits(text: str) -> str:
    return "".join(char for char in text if char.isdigit())
