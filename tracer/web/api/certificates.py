"""Calls that issue, void and read certificates."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field
from sqlmodel import col, select

from tracer.actions.actor import Actor, own
from tracer.actions.certificates import issue as issuing
from tracer.actions.certificates import void as voiding
from tracer.actions.forms import Form
from tracer.actions.text import Line
from tracer.queries.records.trade import CertificateRecord
from tracer.store.tables import Batch, Certificate
from tracer.store.world import Tx
from tracer.web.api.calls import get, post

TAG = "合格证"
PAGE = 100


class ReplaceForm(issuing.IssueForm):
    """A new promise for the same batch, and why the old certificate goes."""

    reason: Annotated[Line, Field(title="作废原因")]
    advice: Annotated[Line | None, Field(title="货物怎么处理")] = None


class PageForm(Form):
    """Where a list goes on: the ``next`` of the page before."""

    after: Annotated[str | None, Field(title="从哪里继续", max_length=20)] = None


class CertificateList(BaseModel):
    """Certificates, newest first; ``next`` is None on the last page."""

    items: list[CertificateRecord]
    next: str | None


class RecallRecord(BaseModel):
    """A recall: which batch, why, and what buyers should do."""

    batch: str
    reason: str
    advice: str


@post("/certificates", issuing.IssueForm, CertificateRecord, "开具合格证", TAG)
def issue(tx: Tx, actor: Actor, form: issuing.IssueForm) -> CertificateRecord:
    return CertificateRecord.of(tx, issuing.issue(tx, actor, form))


@post("/certificates/<certificate>/void", voiding.VoidForm, CertificateRecord, "作废合格证", TAG)
def void(tx: Tx, actor: Actor, form: voiding.VoidForm, certificate: str) -> CertificateRecord:
    row = tx.session.get_one(Certificate, voiding.void(tx, actor, certificate, form).certificate_id)
    return CertificateRecord.of(tx, row)


@post("/certificates/<certificate>/replace", ReplaceForm, CertificateRecord, "换证", TAG)
def replace(tx: Tx, actor: Actor, form: ReplaceForm, certificate: str) -> CertificateRecord:
    order = issuing.IssueForm.model_construct(
        batch=form.batch, quantity=form.quantity, unit=form.unit, basis=form.basis
    )
    reason = voiding.VoidForm.model_construct(reason=form.reason, advice=form.advice)
    return CertificateRecord.of(tx, issuing.replace(tx, actor, certificate, order, reason))


@post("/batches/<batch>/recall", voiding.RecallForm, RecallRecord, "召回批次", TAG)
def recall(tx: Tx, actor: Actor, form: voiding.RecallForm, batch: str) -> RecallRecord:
    row = voiding.recall(tx, actor, batch, form)
    return RecallRecord(batch=batch, reason=row.reason, advice=row.advice)


@get("/certificates", CertificateList, "自己开具的合格证", TAG, query=PageForm)
def listed(tx: Tx, actor: Actor, query: PageForm) -> CertificateList:
    rows = select(Certificate).where(Certificate.producer_id == actor.producer)
    if query.after is not None:
        last = own(tx, actor, Certificate, query.after)
        rows = rows.where(col(Certificate.id) < last.id)
    page = tx.session.exec(rows.order_by(col(Certificate.id).desc()).limit(PAGE + 1)).all()
    more = page[PAGE - 1].public_id if len(page) > PAGE else None
    return CertificateList(items=[CertificateRecord.of(tx, row) for row in page[:PAGE]], next=more)


@get("/certificates/<certificate>", CertificateRecord, "一张合格证", TAG)
def one(tx: Tx, actor: Actor, certificate: str) -> CertificateRecord:
    return CertificateRecord.of(tx, own(tx, actor, Certificate, certificate))


@get("/batches/<batch>/certificates", CertificateList, "一个批次的合格证", TAG)
def of_batch(tx: Tx, actor: Actor, batch: str) -> CertificateList:
    row = own(tx, actor, Batch, batch)
    found = tx.session.exec(
        select(Certificate)
        .where(Certificate.batch_id == row.id)
        .order_by(col(Certificate.id).desc())
    )
    return CertificateList(items=[CertificateRecord.of(tx, each) for each in found], next=None)
