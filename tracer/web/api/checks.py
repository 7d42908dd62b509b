"""Calls that verify certificates, record findings and read credit."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, Field

from tracer.actions.actor import Actor, own
from tracer.actions.forms import Form
from tracer.actions.supervision import inspect
from tracer.domain.errors import NotFound
from tracer.domain.words import Role
from tracer.proof.verify import verify as run_recipe
from tracer.queries.credit_view import product_credit
from tracer.queries.knowledge import StoreKnowledge
from tracer.queries.persons import masked
from tracer.queries.records.trade import FindingRecord
from tracer.store.tables import Product
from tracer.store.world import Tx
from tracer.web.api.calls import ask, get, post

CHECKS, CREDIT = "核验", "信用"


class VerifyForm(Form):
    """What was scanned or typed, or the text of a certificate's JSON file."""

    text: Annotated[
        str, Field(title="二维码内容、号码或合格证文件", min_length=1, max_length=20000)
    ]


class CheckRecord(BaseModel):
    """One step of the recipe; ``passed`` is null where it was not made."""

    number: int
    key: str
    label: str
    passed: bool | None
    detail: str


class VerdictRecord(BaseModel):
    """The answer of the recipe, see ``docs/proof.md``."""

    outcome: str
    outcome_zh: str
    code: str
    reason: str
    checks: list[CheckRecord]
    as_of: str | None
    source: str | None
    certificate_id: str | None
    certificate: dict[str, Any] | None
    voided: dict[str, Any] | None
    recalled: dict[str, Any] | None


class CreditRowRecord(BaseModel):
    """One row of the credit table."""

    key: str
    title: str
    points: str
    why: str


class CreditRecord(BaseModel):
    """A product's credit index with every row that brought or cost points."""

    product: str
    grade: str
    rating: str
    points: str
    rows: list[CreditRowRecord]
    standard: str


@ask("/verifications", VerifyForm, VerdictRecord, "核验合格证", CHECKS)
def verify(tx: Tx, actor: Actor, form: VerifyForm) -> VerdictRecord:
    verdict = run_recipe(form.text, StoreKnowledge(tx))
    if actor.role is not Role.INSPECTOR:
        verdict = masked(tx, verdict)
    return VerdictRecord(**verdict.as_dict())


@post("/findings", inspect.FindingForm, FindingRecord, "记录查验结果", CHECKS)
def record(tx: Tx, actor: Actor, form: inspect.FindingForm) -> FindingRecord:
    return FindingRecord.of(inspect.record_finding(tx, actor, form))


@get("/products/<product>/credit", CreditRecord, "产品的农信指数和每一分的来由", CREDIT)
def credit(tx: Tx, actor: Actor, product: str) -> CreditRecord:
    row = own(tx, actor, Product, product)
    view = product_credit(tx, row.id or 0)
    if view is None:
        raise NotFound("这个产品还没有信用记录")
    return CreditRecord(
        product=row.public_id,
        grade=view.grade,
        rating=view.rating,
        points=view.points,
        rows=[
            CreditRowRecord(key=one.key, title=one.title, points=one.points, why=one.why)
            for one in view.rows
        ],
        standard=view.standard,
    )
