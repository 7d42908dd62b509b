"""码上保: policies, the products they are claimed for, and their end."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from pydantic import Field, ValidationInfo, field_validator
from sqlmodel import select

from tracer.actions import credit, revisions
from tracer.actions.actor import Actor, own
from tracer.actions.figures import Day, Decimals
from tracer.actions.forms import Form
from tracer.actions.text import Line, Name, Prose, PublicId
from tracer.domain.clock import day_of, format_day
from tracer.domain.errors import Conflict, Refusal
from tracer.domain.ids import new_id
from tracer.domain.insurance import MOST_YEARS, OLDEST_YEARS, years_after
from tracer.store.policies import covers
from tracer.store.tables import InsuredProduct, Policy, Product, StoredFile
from tracer.store.world import Tx

_WAN = 10_000


class PolicyForm(Form):
    """产品质量安全责任险: the policy as its paper says (表 B.5)."""

    insurer: Annotated[Name, Field(title="保险公司")]
    number: Annotated[Name, Field(title="保单号")]
    valid_from: Annotated[Day, Field(title="保险起期")]
    valid_to: Annotated[Day, Field(title="保险止期")]
    limit: Annotated[Decimals, Field(title="保额")]  # 万元
    payout: Annotated[Prose | None, Field(title="赔付说明")] = None
    file: Annotated[PublicId | None, Field(title="保单照片")] = None

    @field_validator("valid_to")
    @classmethod
    def _in_order(cls, valid_to: date, info: ValidationInfo) -> date:
        valid_from = info.data.get("valid_from")
        if valid_from is not None and valid_to < valid_from:
            raise ValueError("保险止期早于保险起期，请对照保单改正")
        if valid_from is not None and years_after(valid_from, MOST_YEARS) < valid_to:
            raise ValueError(f"一张保单最长 {MOST_YEARS} 年，请对照保单改正保险止期")
        return valid_to

    @field_validator("limit")
    @classmethod
    def _whole_yuan(cls, limit: str) -> str:
        yuan = Decimal(limit) * _WAN
        if not yuan or yuan != int(yuan):
            raise ValueError("保额要大于 0，单位是万元，最小到元，比如 50 或 0.5")
        return limit


class EndPolicyForm(Form):
    """退保: why a policy no longer holds."""

    reason: Annotated[Line, Field(title="原因")]


def record_policy(tx: Tx, actor: Actor, form: PolicyForm) -> Policy:
    """A new policy; the existing one where the form is resent.

    Insurer and number name a policy within a producer.
    """
    values = _values(tx, actor, form)
    known = _find(tx, actor, form)
    if known is not None:
        content, now = revisions.as_plain(values), revisions.plain(known)
        if revisions.same(content, revisions.states(tx, known, now)):
            return known
        raise revisions.differing(form, content, now, f"保单“{form.number}”")
    _check_begin(tx, form)
    if form.valid_to < day_of(tx.now):
        raise Refusal("expired", "这张保单已经到期，请登记新的保单", "valid_to")
    row = Policy(
        public_id=new_id(),
        producer_id=actor.producer,
        recorded_by=actor.account_id,
        created_at=tx.now,
        **values,
    )
    tx.session.add(row)
    tx.session.flush()
    return row


def edit_policy(tx: Tx, actor: Actor, policy_id: str, form: PolicyForm) -> Policy:
    """Correct what was typed wrong; what it said before is kept. A photo not given again stays.

    A policy that is over is not edited into force again: a new term is a new policy.
    """
    row = own(tx, actor, Policy, policy_id)
    if row.ended_at is not None:
        raise Conflict("policy_ended", "这张保单已经退保，不能再改")
    other = _find(tx, actor, form)
    if other is not None and other.id != row.id:
        raise Conflict("already_recorded", f"保单“{form.number}”已经登记过，请查对保单号", "number")
    _check_begin(tx, form)
    today = day_of(tx.now)
    if row.valid_to < today <= form.valid_to:
        raise Conflict("policy_expired", "这张保单已经到期，续保的请登记新的保单", "valid_to")
    values = _values(tx, actor, form)
    if form.file is None:
        del values["file_id"]
    revisions.revise(tx, actor, row, values)
    return row


def claim_insurance(tx: Tx, actor: Actor, policy_id: str, product_id: str) -> InsuredProduct:
    """申领码上保: from now on the policy covers the product; claimed twice is claimed once.

    Row C.2-9 counts once for a product, whatever policies follow each other (D11).
    """
    policy = own(tx, actor, Policy, policy_id)
    product = own(tx, actor, Product, product_id)
    known = tx.session.get(InsuredProduct, (policy.id, product.id))
    if known is not None:
        return known
    _check_in_force(tx, policy, "product")
    row = InsuredProduct(
        policy_id=policy.id or 0,
        product_id=product.id or 0,
        claimed_by=actor.account_id,
        claimed_at=tx.now,
    )
    tx.session.add(row)
    tx.session.flush()
    credit.count(tx, product.id or 0, "C.2-9", "insured_product", product.public_id)
    return row


def end_policy(tx: Tx, actor: Actor, policy_id: str, form: EndPolicyForm) -> Policy:
    """退保: from this day on nothing is covered. What was printed and earned stays as it was."""
    row = own(tx, actor, Policy, policy_id)
    if row.ended_at is None:
        row.ended_at, row.ended_reason = tx.now, form.reason
        tx.session.flush()
    return row


def policy_to_print(tx: Tx, actor: Actor, policy_id: str, product_id: int | None) -> Policy:
    """The actor's policy that covers a print run's product today; else a Refusal.

    A roll without a batch has no product yet, so nothing can stand behind it.
    """
    policy = own(tx, actor, Policy, policy_id)
    if product_id is None:
        raise Refusal("policy_needs_batch", "码上保标签要先选好批次，再打印", "policy")
    if tx.session.get(InsuredProduct, (policy.id, product_id)) is None:
        raise Refusal("not_insured", "这个产品还没有申领码上保，请先申领", "policy")
    _check_in_force(tx, policy, "policy")
    return policy


def _check_begin(tx: Tx, form: PolicyForm) -> None:
    if years_after(form.valid_from, OLDEST_YEARS) < day_of(tx.now):
        said = f"保险起期在 {OLDEST_YEARS} 年以前，请对照保单改正"
        raise Refusal("too_long_ago", said, "valid_from")


def _values(tx: Tx, actor: Actor, form: PolicyForm) -> dict[str, Any]:
    return form.model_dump(exclude={"limit", "file"}) | {
        "limit_yuan": int(Decimal(form.limit) * _WAN),
        "file_id": own(tx, actor, StoredFile, form.file).id if form.file else None,
    }


def _find(tx: Tx, actor: Actor, form: PolicyForm) -> Policy | None:
    return tx.session.exec(
        select(Policy).where(
            Policy.producer_id == actor.producer,
            Policy.insurer == form.insurer,
            Policy.number == form.number,
        )
    ).first()


def _check_in_force(tx: Tx, policy: Policy, field: str) -> None:
    today = day_of(tx.now)
    if covers(policy, today):
        return
    if policy.ended_at is not None:
        raise Conflict("policy_ended", "这张保单已经退保，请换一张在保的保单", field)
    if today < policy.valid_from:
        day = format_day(policy.valid_from)
        raise Conflict("policy_not_yet", f"这张保单{day}才生效，到那天再办", field)
    raise Conflict("policy_expired", "这张保单已经到期，请先登记新的保单", field)
