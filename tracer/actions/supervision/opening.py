"""立案: the desk opens an incident from reports, a finding or an authority's paper."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, ValidationInfo, field_validator
from sqlmodel import col, select

from tracer.actions import credit
from tracer.actions.actor import Actor, require
from tracer.actions.farm.reports import store_file
from tracer.actions.forms import Form
from tracer.actions.supervision import incidents
from tracer.actions.text import FOR_ALL, Line, Name, Prose, PublicId, one_of
from tracer.domain.errors import Conflict, NotFound, Refusal
from tracer.domain.ids import new_id
from tracer.domain.supervision import (
    ANSWER_DAYS,
    DOCUMENTED,
    IncidentKind,
    Stage,
    Step,
    due,
)
from tracer.domain.words import Role
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
    title: Annotated[Line, FOR_ALL, Field(title="事由")]
    text: Annotated[Prose, Field(title="情况")]
    document: Annotated[Annotated[Name, FOR_ALL] | None, Field(title="文书编号")] = None
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


def _one(tx: Tx, table: type[Any], public_id: str, sentence: str) -> Any:
    row = tx.session.exec(select(table).where(table.public_id == public_id)).one_or_none()
    if row is None:
        raise NotFound(sentence)
    return row
