"""Calls that read assessments: open calls, published results, and the marks that products hold."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from tracer.actions.actor import Actor
from tracer.actions.forms import Form
from tracer.actions.text import PublicId
from tracer.queries.assessment import licences as licence_pages
from tracer.queries.assessment import lists as assessment_lists
from tracer.queries.assessment.result import published_result
from tracer.store.world import Tx
from tracer.web.api.calls import get

TAG = "评价"


class Shown(BaseModel):
    """A record read from the page model of the same names."""

    model_config = ConfigDict(from_attributes=True)


class CallRecord(Shown):
    """A call that takes applications; ``edition`` is the standard's id and edition."""

    id: str
    title: str
    organisation: str
    notice: str
    mark: str
    standard: str
    edition: str
    applicant: str
    opens_on: date
    closes_on: date


class CallsRecord(BaseModel):
    """All open calls."""

    items: list[CallRecord]


class GivenRecord(Shown):
    """What one sheet says about a row; experts are numbered."""

    who: str
    said: str


class ScoredRowRecord(Shown):
    """One row of a scored table: points of its worth, and who gave what."""

    key: str
    title: str
    text: str
    clause: str
    points: str
    most: str
    marks: list[GivenRecord]


class ScoredGroupRecord(Shown):
    """One section of a scored table."""

    title: str
    points: str
    most: str
    rows: list[ScoredRowRecord]


class ResultRecord(Shown):
    """A published result. ``agrees`` is whether computing it again gave what is stored."""

    id: str
    number: str
    mark: str
    subject: str
    holder: str
    organisation: str
    edition: str
    digest: str
    outcome: str
    passed: bool
    total: str
    most: str
    groups: list[ScoredGroupRecord]
    agrees: bool
    log_index: int
    licence: str


class LicencesForm(Form):
    """Of which product."""

    product: Annotated[PublicId, Field(title="产品")]


class LicenceRecord(Shown):
    """A licence and how it stands today."""

    id: str
    number: str
    mark: str
    holder: str
    subject: str
    valid_from: date
    valid_to: date
    state: str
    assessment: str


class LicencesRecord(BaseModel):
    """All licences a product was ever given, oldest first."""

    items: list[LicenceRecord]


@get("/calls", CallsRecord, "接受申报的评价", TAG)
def calls(tx: Tx, actor: Actor) -> CallsRecord:
    lines = assessment_lists.open_calls(tx)
    return CallsRecord(items=[CallRecord.model_validate(line) for line in lines])


@get("/assessments/<assessment>", ResultRecord, "发了证的评价结果，逐行", TAG)
def result(tx: Tx, actor: Actor, assessment: str) -> ResultRecord:
    return ResultRecord.model_validate(published_result(tx, assessment))


@get("/licences", LicencesRecord, "产品的标识证书", TAG, query=LicencesForm)
def licences(tx: Tx, actor: Actor, query: LicencesForm) -> LicencesRecord:
    found = licence_pages.licences_of(tx, query.product)
    return LicencesRecord(items=[LicenceRecord.model_validate(line) for line in found])
