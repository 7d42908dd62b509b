"""公共监督: anyone who holds a code may report; the producer answers, and may appeal once."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints, ValidationInfo, field_validator
from sqlmodel import select

from tracer.actions.actor import Actor, own
from tracer.actions.farm.reports import store_file
from tracer.actions.forms import Form
from tracer.actions.supervision import incidents
from tracer.actions.supervision.page_token import check_page_token
from tracer.actions.text import Prose, PublicId, checked, one_of
from tracer.domain.clock import day_of, start_of
from tracer.domain.errors import NotFound, Refusal
from tracer.domain.identity import parse_phone
from tracer.domain.ids import new_id
from tracer.domain.supervision import Concern, Stage, Step
from tracer.store.contacts import seal_contact
from tracer.store.files import CleanFile, clean_upload
from tracer.store.lookups import batch_of_code
from tracer.store.tables import Incident, PublicReport
from tracer.store.world import Tx

OPEN_A_DAY = 5
CLAIMS = {
    "C.2-1": "产品介绍",
    "C.2-2": "产品的认证、资质",
    "C.2-3": "检测报告",
    "C.2-5": "施肥、用药等农事记录",
    "C.2-6": "批次、采收日期、数量",
    "C.2-14": "合格证",
    "C.1-3": "生产者的地址",
    "C.1-13": "生产者的电话",
    "C.1-19": "生产者的基地认定等资质",
    "C.1-20": "生产者的荣誉",
    "unsure": "别的，或者说不清",
}
"""Which information a tip may call false: the row it scores in, and its plain name."""


class PublicReportForm(Form):
    """举报 or 投诉, from the page of a code."""

    concern: Annotated[Concern, one_of(Concern), Field(title="反映什么")]
    row: Annotated[
        Annotated[str, one_of(CLAIMS)] | None,
        Field(title="哪一项信息不实", validate_default=True),
    ] = None
    text: Annotated[Prose, Field(title="情况说明")]
    phone: Annotated[
        Annotated[str, StringConstraints(max_length=40), checked(parse_phone)] | None,
        Field(title="联系电话"),
    ] = None

    @field_validator("row")
    @classmethod
    def _of_false_information(cls, row: str | None, info: ValidationInfo) -> str | None:
        if info.data.get("concern") is not Concern.FALSE_INFORMATION:
            return None
        if row is None:
            raise ValueError("请选一下是哪一项信息不实")
        return row


class StatementForm(Form):
    """What a producer says to an incident, or to appeal, with a paper or photo."""

    text: Annotated[Prose, Field(title="情况说明")]
    file: Annotated[PublicId | None, Field(title="证明材料")] = None


def clean_photo(content: bytes) -> CleanFile:
    """A photo as it may be kept. It takes a while: do it before a writing transaction begins."""
    file = clean_upload(content, "photo")
    if file.media_type != "image/jpeg":
        raise Refusal("photo_only", "这里只收照片，请拍照上传", "photo")
    return file


def report(
    tx: Tx,
    kind: str,
    subject: int,
    token: str,
    form: PublicReportForm,
    visitor: int,
    photo: CleanFile | None = None,
) -> PublicReport:
    """Record what somebody reports about the goods behind a code.

    ``kind`` and ``subject`` name the code as its scans do, ``token`` is its page's, ``visitor``
    the day's name of the device. What one device says twice about the same thing is one report.
    """
    check_page_token(tx, kind, subject, token)
    batch = batch_of_code(tx.session, kind, subject)
    if batch is None:
        raise NotFound("这个标签还没有用到货上，请拨打 12316 反映")
    row = None if form.row == "unsure" else form.row
    today = start_of(day_of(tx.now))
    said = tx.session.exec(
        select(PublicReport).where(
            PublicReport.visitor == visitor, PublicReport.created_at >= today
        )
    ).all()
    for one in said:
        if (one.product_id, one.concern, one.row) == (batch.product_id, form.concern, row):
            return one
    if len(said) >= OPEN_A_DAY:
        raise Refusal(
            "too_many_reports",
            f"这台设备今天已经反映了 {OPEN_A_DAY} 件事，请明天再来；要紧的请拨打 12316",
        )
    public_id = new_id()
    made = PublicReport(
        public_id=public_id,
        concern=form.concern.value,
        row=row,
        batch_id=batch.id or 0,
        product_id=batch.product_id,
        producer_id=batch.producer_id,
        text=form.text,
        contact_cipher=seal_contact(tx.secrets, public_id, form.phone) if form.phone else None,
        files=[store_file(tx, None, "照片", photo).public_id] if photo else [],
        visitor=visitor,
        created_at=tx.now,
    )
    tx.session.add(made)
    tx.session.flush()
    return made


def answer(tx: Tx, actor: Actor, public_id: str, form: StatementForm) -> Incident:
    """What the producer says to an incident; it may add to it until the desk has decided."""
    row = own(tx, actor, Incident, public_id)
    files = incidents.files_of(tx, actor, form.file)
    return incidents.take(tx, actor, row, Step.ANSWERED, form.text, files=files)


def appeal(tx: Tx, actor: Actor, public_id: str, form: StatementForm) -> Incident:
    """Contest an upheld incident: once, within 15 days of its confirmation."""
    row = own(tx, actor, Incident, public_id)
    if row.stage == Stage.UPHELD and row.appeal_due is not None and tx.now >= row.appeal_due:
        raise Refusal("appeal_too_late", "申诉期已过，请直接联系平台管理员")
    files = incidents.files_of(tx, actor, form.file)
    return incidents.take(tx, actor, row, Step.APPEALED, form.text, files=files)
