"""查实: the desk opens an incident, hears the producer, decides, confirms, and hears the appeal.

A deduction is posted in the transaction of its confirmation, exactly one for an incident, however
many reports told of it; an appeal that succeeds posts its exact reverse (表 C.1 注 4、5，表 C.2
序号 12 至 16).
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, ValidationInfo, field_validator
from sqlmodel import col, select

from tracer.actions import credit, incidents
from tracer.actions.actor import Actor, require
from tracer.actions.forms import Form
from tracer.actions.reports import store_file
from tracer.actions.text import Line, Name, Prose, PublicId, one_of
from tracer.domain.errors import Conflict, Forbidden, NotFound, Refusal
from tracer.domain.ids import new_id
from tracer.domain.supervision import (
    ANSWER_DAYS,
    APPEAL_DAYS,
    DOCUMENTED,
    Decision,
    IncidentKind,
    Stage,
    Step,
    due,
    hands,
)
from tracer.domain.words import Role
from tracer.store.contacts import contact_of
from tracer.store.files import clean_upload
from tracer.store.tables import (
    Finding,
    Incident,
    IncidentStep,
    Producer,
    Product,
    PublicReport,
    StoredFile,
)
from tracer.store.world import Tx

ROWS = {
    IncidentKind.QUALITY: "C.2-12",
    IncidentKind.COMPLAINT: "C.2-13",
    IncidentKind.FALSE_CERTIFICATE: "C.2-14",
    IncidentKind.SAMPLING: "C.2-15",
    IncidentKind.ACCIDENT: "C.1-21",
    IncidentKind.PENALTY: "C.1-22",
    IncidentKind.OVERUSE: "C.1-23",
}
"""The row each kind is deducted in; false information is deducted in the row it was told in."""

# A certificate that was issued falsely is deducted in C.2-14 alone.
_CERTIFICATE_ROW = "C.2-7"
_BEFORE_DECISION = (Stage.OPEN, Stage.ANSWERED, Stage.PROPOSED)


class IncidentForm(Form):
    """立案: what is said to have happened, and what it rests on."""

    kind: Annotated[IncidentKind, one_of(IncidentKind), Field(title="事件类别")]
    row: Annotated[
        str | None, Field(title="不实的信息项", max_length=20, validate_default=True)
    ] = None
    producer: Annotated[PublicId, Field(title="生产主体")]
    product: Annotated[PublicId | None, Field(title="产品")] = None
    title: Annotated[Line, Field(title="事由")]
    text: Annotated[Prose, Field(title="情况")]
    document: Annotated[Name | None, Field(title="文书编号")] = None
    file: Annotated[PublicId | None, Field(title="文书或照片")] = None
    reports: Annotated[tuple[PublicId, ...], Field(title="举报投诉", max_length=200)] = ()
    finding: Annotated[PublicId | None, Field(title="查验记录")] = None

    @field_validator("row")
    @classmethod
    def _deductible(cls, row: str | None, info: ValidationInfo) -> str | None:
        if info.data.get("kind") is not IncidentKind.FALSE_INFORMATION:
            return None
        if row not in false_rows():
            raise ValueError("请选是哪一项信息不实")
        return row


class LinkForm(Form):
    """Which reports tell of an incident that is open already."""

    reports: Annotated[tuple[PublicId, ...], Field(title="举报投诉", min_length=1, max_length=200)]


class DecisionForm(Form):
    """决定, with what it rests on. The reason is published where it is upheld."""

    decision: Annotated[Decision, one_of(Decision), Field(title="决定")]
    reason: Annotated[Prose, Field(title="理由")]
    evidence: Annotated[Prose, Field(title="依据的材料")]
    file: Annotated[PublicId | None, Field(title="材料照片或 PDF")] = None


class OpinionForm(Form):
    """复核意见."""

    opinion: Annotated[Line, Field(title="复核意见")]


def false_rows() -> dict[str, str]:
    """Rows whose information may turn out false, by number, with their names in the standard."""
    return {
        item.key: f"{item.key} {item.title}"
        for table in credit.TABLES.values()
        for item in credit.pack().scored(table).values()
        if "deduct" in item.params and item.key != _CERTIFICATE_ROW
    }


def keep_document(tx: Tx, actor: Actor, name: str, content: bytes) -> StoredFile:
    """Keep a paper or photo of the desk's own."""
    require(actor, Role.OPERATOR)
    return store_file(tx, None, name[:100] or "文件", clean_upload(content))


def open_incident(tx: Tx, actor: Actor, form: IncidentForm) -> Incident:
    """Open an incident from reports, a finding or an authority's paper.

    Opening the same again gives the incident there is: by its finding, by a report that belongs
    to it, or by the same matter of the same producer that is not decided yet.
    """
    require(actor, Role.OPERATOR)
    producer = _one(tx, Producer, form.producer, "没有这个生产主体，请重新选择")
    product = _product(tx, form, producer)
    finding = _finding(tx, form, producer)
    reports = _reports(tx, form.reports, producer)
    if form.kind in DOCUMENTED and finding is None and not (form.document and form.file):
        missing = "file" if form.document else "document"
        raise Refusal("no_document", f"{form.kind.label}要有文书编号和文书照片", missing)
    if not (form.kind in DOCUMENTED or reports or finding):
        raise Refusal("no_reports", f"“{form.kind.label}”要从举报投诉或查验记录立案", "kind")
    known = _known(tx, form, producer, product, finding, reports)
    if known is not None:
        _link(tx, known, reports)
        return known
    row = Incident(
        public_id=new_id(),
        kind=form.kind.value,
        stage=Stage.OPEN.value,
        row=_row(form),
        title=form.title,
        document=form.document,
        producer_id=producer.id or 0,
        product_id=product.id if product else None,
        finding_id=finding.id if finding else None,
        opened_at=tx.now,
        answer_due=due(tx.now, ANSWER_DAYS),
    )
    tx.session.add(row)
    tx.session.flush()
    tx.session.add(
        IncidentStep(
            incident_id=row.id or 0,
            step=Step.OPENED.value,
            text=form.text,
            files=incidents.files_of(tx, actor, form.file),
            account_id=actor.account_id,
            at=tx.now,
        )
    )
    _link(tx, row, reports)
    return row


def link_reports(tx: Tx, actor: Actor, public_id: str, form: LinkForm) -> Incident:
    """Say that more reports tell of the same incident: they share what comes of it."""
    require(actor, Role.OPERATOR)
    row = incidents.find(tx, public_id)
    producer = tx.session.get_one(Producer, row.producer_id)
    _link(tx, row, _reports(tx, form.reports, producer))
    return row


def decide(tx: Tx, actor: Actor, public_id: str, form: DecisionForm) -> Incident:
    """Decide an incident. What is upheld waits for a second operator before it costs anything."""
    require(actor, Role.OPERATOR)
    row = incidents.find(tx, public_id)
    unheard = row.stage == Stage.OPEN and tx.now < row.answer_due
    if form.decision is Decision.UPHELD and unheard:
        raise Refusal("not_heard", "生产者还没有说明，也没到期限，先不能认定属实", "decision")
    if form.decision is Decision.REPORT_FALSE and not _linked(tx, row):
        raise Refusal("no_reports", "这件事没有举报，请选属实或不属实", "decision")
    _keeps_reporters_secret(tx, row, form.reason)
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
    row = _for_another(tx, actor, public_id, Step.CONFIRMED, Step.DECIDED)
    standing = row.stage == Stage.PROPOSED
    incidents.take(tx, actor, row, Step.CONFIRMED, form.opinion)
    if standing:
        row.appeal_due = due(tx.now, APPEAL_DAYS)
        _post(tx, row, "incident", 1)
    return row


def send_back(tx: Tx, actor: Actor, public_id: str, form: OpinionForm) -> Incident:
    """The second pair of eyes does not agree: it is to be decided again."""
    row = _for_another(tx, actor, public_id, Step.RETURNED, Step.DECIDED)
    return incidents.take(tx, actor, row, Step.RETURNED, form.opinion)


def decide_appeal(tx: Tx, actor: Actor, public_id: str, form: DecisionForm) -> Incident:
    """Decide an appeal; one that is upheld takes the deduction back exactly."""
    row = _for_another(tx, actor, public_id, Step.APPEAL_DECIDED, Step.DECIDED, Step.CONFIRMED)
    _keeps_reporters_secret(tx, row, form.reason)
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


def _for_another(tx: Tx, actor: Actor, public_id: str, step: Step, *taken: Step) -> Incident:
    """The incident, if this operator has taken none of the steps that are to be looked at."""
    require(actor, Role.OPERATOR)
    row = incidents.find(tx, public_id)
    steps = incidents.steps_of(tx, row)
    resent = steps[-1].step == step and steps[-1].account_id == actor.account_id
    taking = hands(((Step(one.step), one.account_id) for one in steps), *taken)
    if not resent and actor.account_id in taking:
        raise Forbidden("自己办过的这件事，要由另一位管理员来看")
    return row


def _row(form: IncidentForm) -> str:
    return form.row or ROWS[form.kind]


def _product(tx: Tx, form: IncidentForm, producer: Producer) -> Product | None:
    if form.product is None:
        if credit.pack().table_of(_row(form)) == credit.TABLES[credit.PRODUCT]:
            raise Refusal("no_product", "请选是哪个产品", "product")
        return None
    row = _one(tx, Product, form.product, "没有这个产品，请重新选择")
    if row.producer_id != producer.id:
        raise Refusal("other_product", "这个产品不是这家生产主体的，请重新选择", "product")
    return row


def _finding(tx: Tx, form: IncidentForm, producer: Producer) -> Finding | None:
    if form.finding is None:
        return None
    row = _one(tx, Finding, form.finding, "没有这条查验记录，请重新选择")
    if row.producer_id != producer.id:
        raise Refusal("other_finding", "这条查验记录不是这家生产主体的", "finding")
    return row


def _reports(tx: Tx, ids: tuple[str, ...], producer: Producer) -> list[PublicReport]:
    rows = [_one(tx, PublicReport, one, "没有这条举报投诉，请刷新页面") for one in ids]
    if any(row.producer_id != producer.id for row in rows):
        raise Refusal("other_report", "有一条举报投诉说的是别家，请分开处理", "reports")
    return rows


def _known(
    tx: Tx,
    form: IncidentForm,
    producer: Producer,
    product: Product | None,
    finding: Finding | None,
    reports: list[PublicReport],
) -> Incident | None:
    """The incident that this form speaks of, if it was opened before."""
    if finding is not None:
        found = tx.session.exec(select(Incident).where(Incident.finding_id == finding.id)).first()
        if found is not None:
            return found
    linked = next((one.incident_id for one in reports if one.incident_id), None)
    if linked is not None:
        return tx.session.get_one(Incident, linked)
    same = select(Incident).where(
        Incident.producer_id == producer.id,
        Incident.kind == form.kind.value,
        Incident.row == _row(form),
    )
    if form.document is not None:
        return tx.session.exec(same.where(Incident.document == form.document)).first()
    return tx.session.exec(
        same.where(
            Incident.product_id == (product.id if product else None),
            col(Incident.document).is_(None),
            col(Incident.stage).in_([stage.value for stage in _BEFORE_DECISION]),
        )
    ).first()


def _link(tx: Tx, incident: Incident, reports: list[PublicReport]) -> None:
    for one in reports:
        if one.incident_id not in (None, incident.id):
            raise Conflict("linked_elsewhere", "有一条举报投诉已经并入别的事件，请刷新页面")
        one.incident_id = incident.id
    tx.session.flush()


def _linked(tx: Tx, incident: Incident) -> list[PublicReport]:
    return list(
        tx.session.exec(select(PublicReport).where(PublicReport.incident_id == incident.id))
    )


def _keeps_reporters_secret(tx: Tx, incident: Incident, reason: str) -> None:
    """A reason is published: a reporter's telephone must not stand in it."""
    digits = _digits(reason)
    for one in _linked(tx, incident):
        phone = _digits(contact_of(tx.secrets, one))
        if phone and phone in digits:
            raise Refusal("names_reporter", "理由里有举报人的电话，理由会公布，请删掉", "reason")


def _digits(text: str) -> str:
    return "".join(char for char in text if char.isdigit())


def _one(tx: Tx, table: type[Any], public_id: str, sentence: str) -> Any:
    row = tx.session.exec(select(table).where(table.public_id == public_id)).one_or_none()
    if row is None:
        raise NotFound(sentence)
    return row
