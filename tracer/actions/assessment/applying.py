"""申报: a producer or base fills in the application, brings the papers, and submits it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field, StringConstraints
from sqlmodel import col, func, select

from tracer.actions.actor import Actor, require
from tracer.actions.actor import own as own_row
from tracer.actions.assessment.calls import find_call
from tracer.actions.assessment.flow_forms import merged, refuse_missing
from tracer.actions.assessment.moving import (
    facts_now,
    find,
    need,
    own,
    pack_of,
    standard_of,
    take,
)
from tracer.actions.farm.reports import store_file
from tracer.actions.forms import Form
from tracer.actions.text import Line, one_of
from tracer.domain.assessing import OPEN_TO_APPLICANT, Stage, Step
from tracer.domain.bases import ApplicantKind, Industry
from tracer.domain.clock import day_of
from tracer.domain.errors import Forbidden, NotFound, Refusal
from tracer.domain.ids import new_id
from tracer.domain.words import Role
from tracer.standards.flow import Flow, FlowForm
from tracer.standards.flow_loader import flow_of
from tracer.standards.pack import EVIDENCE, Pack
from tracer.store.assessments import evidence_of, steps_of
from tracer.store.files import clean_upload
from tracer.store.tables import (
    Assessment,
    AssessmentEvidence,
    Base,
    Call,
    Producer,
    Product,
)
from tracer.store.world import Tx

EVIDENCE_MOST = 300  # papers of one application
_WORDS = {"base.applicant_kind": ApplicantKind, "base.industry": Industry}


@dataclass(frozen=True)
class Upload:
    """A file as it came in."""

    name: str
    content: bytes


class EvidenceForm(Form):
    """What a paper proves: ``item`` is a row, a gate or a material; empty for the whole."""

    item: Annotated[str, StringConstraints(max_length=40), Field(title="证明哪一项")] = ""
    kind: Annotated[str, one_of(EVIDENCE), Field(title="材料类别")]
    title: Annotated[Line, Field(title="材料名称或说明")]


def start(tx: Tx, actor: Actor, call_id: str, product_id: str | None = None) -> Assessment:
    """An application under a call, filled with what the service knows.

    One that is under way for the same product or base is given back.
    """
    require(actor, Role.PRODUCER, Role.BASE)
    call = find_call(tx, call_id)
    flow = flow_of(pack_of(tx, call))
    producer, product, base = _subject(tx, actor, flow, product_id)
    known = tx.session.exec(
        select(Assessment).where(
            Assessment.call_id == call.id,
            Assessment.product_id == (product.id if product else None),
            Assessment.base_id == (base.id if base else None),
            Assessment.stage != Stage.WITHDRAWN,
        )
    ).first()
    if known is not None:
        return known
    _refuse_unless_open(tx, call)
    known_of = {"producer": producer, "product": product, "base": base}
    row = Assessment(
        public_id=new_id(),
        number=_number(tx),
        call_id=call.id or 0,
        producer_id=producer.id if producer else None,
        product_id=product.id if product else None,
        base_id=base.id if base else None,
        stage=Stage.DRAFT.value,
        form=_prefilled(flow.form, known_of, tx),
        recommendation=_prefilled(flow.recommendation, known_of, tx),
        applied_by=actor.account_id,
        created_at=tx.now,
    )
    tx.session.add(row)
    tx.session.flush()
    take(tx, actor, row, Step.STARTED)
    return row


def save_form(tx: Tx, actor: Actor, assessment_id: str, values: Mapping[str, Any]) -> Assessment:
    """Keep any part of the application form; an unknown question is refused."""
    row = own(tx, actor, assessment_id)
    need(row, *OPEN_TO_APPLICANT)
    _, flow = standard_of(tx, row)
    row.form = merged(row.form, flow.form.fields.values(), values)
    tx.session.flush()
    return row


def add_evidence(
    tx: Tx, actor: Actor, assessment_id: str, form: EvidenceForm, file: Upload | None = None
) -> AssessmentEvidence:
    """A paper with its file, or a sentence; the same one sent again is there once."""
    row = own(tx, actor, assessment_id)
    need(row, *OPEN_TO_APPLICANT)
    pack, flow = standard_of(tx, row)
    if form.item not in {"", *_provable(pack, flow)}:
        raise Refusal("unknown_row", f"表里没有第 {form.item} 行，请核对行号", "item")
    kept = evidence_of(tx.session, row)
    stored = (
        store_file(tx, row.producer_id, file.name, clean_upload(file.content)) if file else None
    )
    content = (form.item, form.kind, form.title, stored.id if stored else None)
    same = next((one for one in kept if _content(one) == content), None)
    if same is not None:
        return same
    if len(kept) >= EVIDENCE_MOST:
        raise Refusal("too_many", f"材料最多 {EVIDENCE_MOST} 份，请先撤掉用不着的", "file")
    evidence = AssessmentEvidence(
        public_id=new_id(),
        assessment_id=row.id or 0,
        item=form.item,
        kind=form.kind,
        title=form.title,
        file_id=stored.id if stored else None,
        recorded_by=actor.account_id,
        recorded_at=tx.now,
    )
    tx.session.add(evidence)
    tx.session.flush()
    return evidence


def withdraw_evidence(
    tx: Tx, actor: Actor, assessment_id: str, evidence_id: str
) -> AssessmentEvidence:
    """A paper no longer counts; it stays on record."""
    row = own(tx, actor, assessment_id)
    need(row, *OPEN_TO_APPLICANT)
    evidence = tx.session.exec(
        select(AssessmentEvidence).where(
            AssessmentEvidence.public_id == evidence_id, AssessmentEvidence.assessment_id == row.id
        )
    ).one_or_none()
    if evidence is None:
        raise NotFound("没有这份材料，请刷新页面")
    if evidence.withdrawn_at is None:
        evidence.withdrawn_at = tx.now
        tx.session.flush()
    return evidence


def recommend(tx: Tx, actor: Actor, assessment_id: str, values: Mapping[str, Any]) -> Assessment:
    """推荐表, kept in parts by an operator for the 推荐单位."""
    require(actor, Role.OPERATOR)
    row = find(tx, assessment_id)
    need(row, *OPEN_TO_APPLICANT, Stage.SUBMITTED)
    _, flow = standard_of(tx, row)
    if flow.recommendation is None:
        raise Refusal("no_recommendation", "这项标准不用推荐表")
    row.recommendation = merged(row.recommendation, flow.recommendation.fields.values(), values)
    tx.session.flush()
    return row


def finish_recommendation(tx: Tx, actor: Actor, assessment_id: str) -> Assessment:
    """The 推荐单位 has said all it has to; refused while a required answer is missing."""
    require(actor, Role.OPERATOR)
    row = find(tx, assessment_id)
    _, flow = standard_of(tx, row)
    if flow.recommendation is None:
        raise Refusal("no_recommendation", "这项标准不用推荐表")
    refuse_missing(flow.recommendation.fields, row.recommendation)
    if steps_of(tx.session, row)[-1].step != Step.RECOMMENDED:
        take(tx, actor, row, Step.RECOMMENDED)
    return row


def submit(tx: Tx, actor: Actor, assessment_id: str, declared: bool) -> Assessment:
    """Hand the application in: all that is required is there and the declaration is made.

    After the call's last day only what was returned may be handed in again.
    """
    row = own(tx, actor, assessment_id)
    if row.stage == Stage.SUBMITTED:
        return row
    need(row, *OPEN_TO_APPLICANT)
    _, flow = standard_of(tx, row)
    if row.stage == Stage.DRAFT:
        _refuse_unless_open(tx, tx.session.get_one(Call, row.call_id))
    refuse_missing(flow.form.fields, row.form)
    _refuse_missing_papers(tx, row, flow)
    if not declared:
        raise Refusal("not_declared", "请先看申请人声明，同意后打勾再提交", "declared")
    row.submitted_at = tx.now
    take(tx, actor, row, Step.SUBMITTED)
    return row


def take_back(tx: Tx, actor: Actor, assessment_id: str) -> Assessment:
    """The applicant gives up this application; until the call ends a new one may be started."""
    row = own(tx, actor, assessment_id)
    take(tx, actor, row, Step.TAKEN_BACK)
    return row


def _subject(
    tx: Tx, actor: Actor, flow: Flow, product_id: str | None
) -> tuple[Producer | None, Product | None, Base | None]:
    if flow.applicant == "base":
        if actor.role is not Role.BASE:
            raise Forbidden("这项标准由基地申请方申报")
        return None, None, tx.session.get_one(Base, actor.base)
    if actor.role is not Role.PRODUCER:
        raise Forbidden("这项标准由生产者为自己的产品申报")
    if product_id is None:
        raise Refusal("missing", "请选要申报的产品", "product")
    product = own_row(tx, actor, Product, product_id)
    return tx.session.get_one(Producer, actor.producer), product, None


def _refuse_unless_open(tx: Tx, call: Call) -> None:
    today = day_of(tx.now)
    if today < call.opens_on:
        raise Refusal("not_open", f"{call.opens_on.isoformat()} 开始申报，请到时再来")
    if today > call.closes_on:
        raise Refusal("call_ended", "申报已截止，请等下一次申报通知")


def _prefilled(form: FlowForm | None, known: Mapping[str, Any], tx: Tx) -> dict[str, str]:
    """The answers that the service's own records give."""
    found: dict[str, str] = {}
    for key, one in form.fields.items() if form else ():
        table, _, column = one.prefill.partition(".")
        today = day_of(tx.now).isoformat()
        value = today if table == "today" else getattr(known.get(table), column, None)
        if value:
            found[key] = _WORDS[one.prefill](value).label if one.prefill in _WORDS else str(value)
    return found


def _refuse_missing_papers(tx: Tx, row: Assessment, flow: Flow) -> None:
    brought = {one.item for one in evidence_of(tx.session, row)}
    facts = facts_now(tx, row, flow)
    lacking = [
        one
        for one in flow.materials
        if one.required
        and one.key not in brought
        and not (one.fact in facts and facts[one.fact].counted)
    ]
    if lacking:
        rest = "、".join(one.title for one in lacking[1:])
        first = lacking[0]
        raise Refusal(
            "missing_paper",
            f"还缺材料“{first.title}”，请拍照或上传 PDF",
            first.key,
            f"还有：{rest}" if rest else None,
        )


def _provable(pack: Pack, flow: Flow) -> set[str]:
    table = pack.table()
    rows = {one.key for one in (*table.items, *table.gates)}
    return rows | {one.key for one in flow.materials}


def _content(one: AssessmentEvidence) -> tuple[str, str, str, int | None]:
    return (one.item, one.kind, one.title, one.file_id)


def _number(tx: Tx) -> str:
    """The next number of the year; the one writing transaction makes it unique."""
    year = day_of(tx.now).year
    used = tx.session.exec(
        select(func.count()).where(col(Assessment.number).startswith(f"{year}-"))
    ).one()
    return f"{year}-{used + 1:04d}"
