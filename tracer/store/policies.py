"""Which insurance covers a product: asked by printing, by the public page and by the report."""

from __future__ import annotations

from datetime import date

from sqlmodel import Session, col, select

from tracer.domain.clock import day_of, start_of
from tracer.domain.insurance import in_force
from tracer.store.tables import InsuredProduct, Policy

_DAY = 86_400


def covers(policy: Policy, on: date) -> bool:
    """Whether a policy is in force on a Beijing day."""
    ended_on = day_of(policy.ended_at) if policy.ended_at is not None else None
    return in_force(policy.valid_from, policy.valid_to, ended_on, on)


def policy_for(session: Session, product_id: int, on: date) -> Policy | None:
    """The policy that covered a product on a day: claimed by then and in force; else None.

    Of several the one that holds longest. What was claimed later does not reach back: a report of
    a past day says what it said then.
    """
    claimed = session.exec(
        select(Policy)
        .join(InsuredProduct, col(InsuredProduct.policy_id) == Policy.id)
        .where(
            InsuredProduct.product_id == product_id,
            InsuredProduct.claimed_at < start_of(on) + _DAY,
            Policy.valid_to >= on,
        )
        .order_by(col(Policy.valid_to).desc(), col(Policy.id))
    )
    return next((policy for policy in claimed if covers(policy, on)), None)
