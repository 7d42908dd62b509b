"""Papers that speak for a batch: test reports, proofs of what was bought in, and their files."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, ValidationInfo, field_validator
from sqlmodel import col, select

from tracer.actions import credit, revisions
from tracer.actions.actor import Actor, own
from tracer.actions.figures import Day, YesNo
from tracer.actions.forms import Form
from tracer.actions.text import Line, Name, PublicId, clean, one_of
from tracer.domain.clock import day_of
from tracer.domain.errors import Refusal
from tracer.domain.ids import new_id
from tracer.domain.words import BatchKind, ReportKind, SourceProofKind
from tracer.store.files import CleanFile, clean_upload
from tracer.store.tables import (
    Batch,
    Certificate,
    ReportItem,
    SourceProof,
    StoredFile,
    TestReport,
    Voiding,
)
from tracer.store.world import Tx


class ReportItemForm(Form):
    """检测项目: one line of a report, as printed."""

    analyte: Annotated[Name, Field(title="检测项目")]
    method: Annotated[Name | None, Field(title="检测方法")] = None
    value: Annotated[Name, Field(title="检测结果")]
    limit: Annotated[Name | None, Field(title="限量")] = None
    unit: Annotated[Name | None, Field(title="单位")] = None
    passed: Annotated[YesNo, Field(title="是否合格")]


class ReportForm(Form):
    """检测报告 of one batch."""

    number: Annotated[Name, Field(title="报告编号")]
    batch: Annotated[PublicId, Field(title="批次")]
    kind: Annotated[ReportKind, one_of(ReportKind), Field(title="检测方式")]
    laboratory: Annotated[Name, Field(title="检测单位")]
    method: Annotated[Line | None, Field(title="检测依据")] = None
    sampled_on: Annotated[Day, Field(title="抽样日期")]
    tested_on: Annotated[Day, Field(title="检测日期")]
    items: Annotated[
        tuple[ReportItemForm, ...], Field(title="检测项目", min_length=1, max_length=300)
    ]
    passed: Annotated[YesNo, Field(title="检测结论")]
    file: Annotated[PublicId | None, Field(title="报告文件")] = None

    @field_validator("tested_on")
    @classmethod
    def _in_order(cls, tested_on: Any, info: ValidationInfo) -> Any:
        sampled_on = info.data.get("sampled_on")
        if sampled_on is not None and tested_on < sampled_on:
            raise ValueError("检测日期早于抽样日期，请改正其中一个")
        return tested_on

    @field_validator("passed")
    @classmethod
    def _agrees(cls, passed: bool, info: ValidationInfo) -> bool:
        items = info.data.get("items", ())
        failed = "、".join(item.analyte for item in items if not item.passed)
        if passed and failed:
            raise ValueError(f"{failed}不合格，结论不能是合格，请对照报告改正")
        return passed


class SourceProofForm(Form):
    """What a purchaser holds for a batch that was bought in (Order 2025 No. 4)."""

    batch: Annotated[PublicId, Field(title="批次")]
    kind: Annotated[SourceProofKind, one_of(SourceProofKind), Field(title="凭证种类")]
    number: Annotated[Name, Field(title="凭证编号")]
    issuer: Annotated[Name, Field(title="开具人")]
    issued_on: Annotated[Day | None, Field(title="开具日期")] = None
    file: Annotated[PublicId | None, Field(title="凭证照片")] = None


def keep_file(tx: Tx, actor: Actor, name: str, content: bytes) -> StoredFile:
    """Keep a photo or PDF of the actor's producer; the same content is kept once."""
    return store_file(tx, actor.producer, name, clean_upload(content))


def store_file(tx: Tx, producer_id: int | None, name: str, file: CleanFile) -> StoredFile:
    """The row of a file that belongs to a producer, or to the platform where it has none."""
    known = tx.session.exec(
        select(StoredFile).where(
            StoredFile.producer_id == producer_id, StoredFile.sha256 == file.sha256
        )
    ).first()
    if known is not None:
        return known
    row = StoredFile(
        public_id=new_id(),
        producer_id=producer_id,
        sha256=tx.files.put(file),
        media_type=file.media_type,
        size=len(file.content),
        name=file_name(name),
        created_at=tx.now,
    )
    tx.session.add(row)
    tx.session.flush()
    return row


def add_report(tx: Tx, actor: Actor, form: ReportForm) -> TestReport:
    """A new report; numbers are unique within a producer.

    A failing report is recorded too, but earns no points: row C.2-3 (每发布一个产品质量检测报告)
    enhances a product's credit, and a report of failure is no enhancement.
    """
    batch = own(tx, actor, Batch, form.batch)
    values = form.model_dump(exclude={"batch", "items", "file"}) | {
        "kind": form.kind.value,
        "batch_id": batch.id,
        "file_id": own(tx, actor, StoredFile, form.file).id if form.file else None,
    }
    items = [item.model_dump() for item in form.items]
    known = tx.session.exec(
        select(TestReport).where(
            TestReport.producer_id == actor.producer, TestReport.number == form.number
        )
    ).first()
    if known is not None:
        content = revisions.as_plain(values) | {"items": items}
        now = revisions.plain(known) | {"items": _items(tx, known)}
        if revisions.same(content, [now]):
            return known
        raise revisions.differing(form, content, now, f"检测报告“{form.number}”")
    if form.tested_on > day_of(tx.now):
        raise Refusal("future", "检测日期还没到，请检查", "tested_on")
    row = TestReport(
        public_id=new_id(),
        producer_id=actor.producer,
        recorded_by=actor.account_id,
        recorded_at=tx.now,
        **values,
    )
    tx.session.add(row)
    tx.session.flush()
    tx.session.add_all(ReportItem(report_id=row.id or 0, **item) for item in items)
    if form.passed:
        credit.count(tx, batch.product_id, "C.2-3", "report", row.public_id)
    return row


def add_source_proof(tx: Tx, actor: Actor, form: SourceProofForm) -> SourceProof:
    """A proof for a batch that was bought in.

    A certificate of this service is found by its number and must stand: a voided one proves
    nothing.
    """
    batch = own(tx, actor, Batch, form.batch)
    if batch.kind != BatchKind.PURCHASE:
        raise Refusal("not_bought", f"批次 {batch.code} 不是收购的，不用登记来源凭证", "batch")
    values = form.model_dump(exclude={"batch", "file"}) | {
        "kind": form.kind.value,
        "batch_id": batch.id,
        "certificate_id": _certificate(tx, form),
        "file_id": own(tx, actor, StoredFile, form.file).id if form.file else None,
    }
    known = tx.session.exec(
        select(SourceProof).where(
            SourceProof.batch_id == batch.id,
            SourceProof.kind == form.kind.value,
            SourceProof.number == form.number,
        )
    ).first()
    if known is not None:
        content, now = revisions.as_plain(values), revisions.plain(known)
        if revisions.same(content, [now]):
            return known
        raise revisions.differing(form, content, now, f"来源凭证“{form.number}”")
    row = SourceProof(public_id=new_id(), recorded_at=tx.now, **values)
    tx.session.add(row)
    tx.session.flush()
    return row


def _items(tx: Tx, report: TestReport) -> list[dict[str, Any]]:
    rows = tx.session.exec(
        select(ReportItem).where(ReportItem.report_id == report.id).order_by(col(ReportItem.id))
    )
    return [row.model_dump(exclude={"id", "report_id"}) for row in rows]


def _certificate(tx: Tx, form: SourceProofForm) -> int | None:
    if form.kind is not SourceProofKind.CERTIFICATE:
        return None
    number = form.number.replace(" ", "").replace("-", "")
    certificate = tx.session.exec(
        select(Certificate).where(Certificate.number == number)
    ).one_or_none()
    if certificate is None:
        return None
    if tx.session.get(Voiding, certificate.id) is not None:
        raise Refusal(
            "proof_voided", f"合格证 {form.number} 已经作废，请向供货人要新的合格证", "number"
        )
    return certificate.id


def file_name(name: str) -> str:
    """The last part of an upload's name, if it is readable."""
    try:
        return clean(name.replace("\\", "/").rsplit("/", 1)[-1])[:100] or "文件"
    except ValueError:
        return "文件"
