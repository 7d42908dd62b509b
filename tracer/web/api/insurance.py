"""Calls that record 码上保: policies, the products they cover, their end."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field

from tracer.actions import insurance
from tracer.actions.actor import Actor, own
from tracer.actions.forms import Form
from tracer.actions.text import PublicId
from tracer.queries.records.insurance import PolicyRecord, policies_of
from tracer.store.tables import Policy
from tracer.store.world import Tx
from tracer.web.api.calls import get, post

TAG = "码上保"


class ClaimForm(Form):
    """申领码上保 for one product."""

    product: Annotated[PublicId, Field(title="产品")]


class PolicyList(BaseModel):
    """All policies of the producer."""

    items: list[PolicyRecord]


@get("/policies", PolicyList, "自己的保单", TAG)
def policies(tx: Tx, actor: Actor) -> PolicyList:
    return PolicyList(items=policies_of(tx, actor.producer))


@post("/policies", insurance.PolicyForm, PolicyRecord, "登记保单（保额以万元计）", TAG)
def record(tx: Tx, actor: Actor, form: insurance.PolicyForm) -> PolicyRecord:
    return PolicyRecord.of(tx, insurance.record_policy(tx, actor, form))


@post("/policies/<policy>/edit", insurance.PolicyForm, PolicyRecord, "改正保单", TAG)
def correct(tx: Tx, actor: Actor, form: insurance.PolicyForm, policy: str) -> PolicyRecord:
    return PolicyRecord.of(tx, insurance.edit_policy(tx, actor, policy, form))


@post("/policies/<policy>/claims", ClaimForm, PolicyRecord, "给产品申领码上保", TAG)
def claim(tx: Tx, actor: Actor, form: ClaimForm, policy: str) -> PolicyRecord:
    insurance.claim_insurance(tx, actor, policy, form.product)
    return PolicyRecord.of(tx, own(tx, actor, Policy, policy))


@post("/policies/<policy>/end", insurance.EndPolicyForm, PolicyRecord, "退保", TAG)
def end(tx: Tx, actor: Actor, form: insurance.EndPolicyForm, policy: str) -> PolicyRecord:
    return PolicyRecord.of(tx, insurance.end_policy(tx, actor, policy, form))
