"""码上保 as other programs read it."""

from __future__ import annotations

from datetime import date
from typing import Self

from sqlmodel import col, select

from tracer.domain.clock import day_of, iso_instant
from tracer.queries.records.farm import Record
from tracer.store.policies import covers
from tracer.store.tables import InsuredProduct, Policy, Product
from tracer.store.world import Tx


class PolicyRecord(Record):
    """A policy; ``products`` are those it was claimed for, ``in_force`` speaks of today."""

    insurer: str
    number: str
    valid_from: date
    valid_to: date
    limit_yuan: int
    payout: str | None
    in_force: bool
    ended_at: str | None
    ended_reason: str | None
    products: list[str]

    @classmethod
    def of(cls, tx: Tx, row: Policy) -> Self:
        claimed = tx.session.exec(
            select(Product.public_id)
            .join(InsuredProduct, col(InsuredProduct.product_id) == Product.id)
            .where(InsuredProduct.policy_id == row.id)
            .order_by(col(Product.id))
        )
        told = {"insurer", "number", "valid_from", "valid_to", "limit_yuan", "payout"}
        return cls(
            id=row.public_id,
            in_force=covers(row, day_of(tx.now)),
            ended_at=iso_instant(row.ended_at) if row.ended_at is not None else None,
            products=list(claimed),
            **row.model_dump(include=told | {"ended_reason"}),
        )


def policies_of(tx: Tx, producer_id: int) -> list[PolicyRecord]:
    """All policies of a producer, in the order in which they were recorded."""
    rows = tx.session.exec(
        select(Policy).where(Policy.producer_id == producer_id).order_by(col(Policy.id))
    )
    return [PolicyRecord.of(tx, row) for row in rows]
