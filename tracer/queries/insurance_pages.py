"""码上保 as it is shown: the producer's policies, and what everybody sees of the one in force."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlmodel import col, select

from tracer.domain.clock import day_of, format_day, format_instant
from tracer.domain.insurance import format_limit
from tracer.queries.lines import Line, joined
from tracer.store.policies import covers, policy_for
from tracer.store.tables import InsuredProduct, Policy, Product, StoredFile
from tracer.store.world import Tx


@dataclass(frozen=True)
class Insured:
    """已投保: the policy that covers a product. ``id`` is what a print run names it by."""

    id: str
    insurer: str
    number: str
    limit: str
    until: str

    @property
    def line(self) -> str:
        """All of it in one line."""
        return f"{self.insurer}，保单号 {self.number}，保额 {self.limit}，到{self.until}"


@dataclass(frozen=True)
class PolicyPage:
    """One policy of the producer's.

    ``claimed`` are the names of the products it covers, ``open`` those that may still be claimed,
    as id and name; ``photo`` is the public id of the paper's picture or empty.
    """

    id: str
    title: str
    state: str
    tone: str
    in_force: bool
    ended: bool
    facts: tuple[tuple[str, str], ...]
    claimed: tuple[str, ...]
    open: tuple[tuple[str, str], ...]
    photo: str


def insured(tx: Tx, product_id: int, on: date) -> Insured | None:
    """What covered a product on a day; None where nothing did."""
    policy = policy_for(tx.session, product_id, on)
    if policy is None:
        return None
    return Insured(
        policy.public_id,
        policy.insurer,
        policy.number,
        format_limit(policy.limit_yuan),
        format_day(policy.valid_to),
    )


def policies(tx: Tx, producer_id: int) -> tuple[Line, ...]:
    """All policies of a producer, the newest term first."""
    rows = tx.session.exec(
        select(Policy)
        .where(Policy.producer_id == producer_id)
        .order_by(col(Policy.valid_to).desc(), col(Policy.id).desc())
    )
    return tuple(
        Line(
            row.public_id,
            joined(row.insurer, format_limit(row.limit_yuan)),
            f"保单号 {row.number}，到{format_day(row.valid_to)}",
            *_state(row, day_of(tx.now)),
        )
        for row in rows
    )


def policy_page(tx: Tx, row: Policy) -> PolicyPage:
    """One policy with the products it covers."""
    state, tone = _state(row, day_of(tx.now))
    products = tx.session.exec(
        select(Product, InsuredProduct.claimed_at)
        .join(
            InsuredProduct,
            (col(InsuredProduct.product_id) == Product.id)
            & (col(InsuredProduct.policy_id) == row.id),
            isouter=True,
        )
        .where(Product.producer_id == row.producer_id)
        .order_by(col(Product.id))
    ).all()
    file = tx.session.get(StoredFile, row.file_id) if row.file_id else None
    facts = (
        ("保险公司", row.insurer),
        ("保单号", row.number),
        ("保险期", f"{format_day(row.valid_from)}到{format_day(row.valid_to)}"),
        ("保额", format_limit(row.limit_yuan)),
        ("赔付说明", row.payout or ""),
        ("退保", format_instant(row.ended_at) if row.ended_at else ""),
        ("退保原因", row.ended_reason or ""),
    )
    in_force = covers(row, day_of(tx.now))
    return PolicyPage(
        id=row.public_id,
        title=joined(row.insurer, row.number),
        state=state,
        tone=tone,
        in_force=in_force,
        ended=row.ended_at is not None,
        facts=tuple((name, value) for name, value in facts if value),
        claimed=tuple(_named(product) for product, claimed_at in products if claimed_at),
        open=tuple(
            (product.public_id, _named(product))
            for product, claimed_at in products
            if in_force and not claimed_at
        ),
        photo=file.public_id if file else "",
    )


def policy_answers(row: Policy) -> dict[str, Any]:
    """A policy as its form asks for it."""
    return row.model_dump(include={"insurer", "number", "valid_from", "valid_to", "payout"}) | {
        "limit": f"{(Decimal(row.limit_yuan) / 10_000).normalize():f}"
    }


def _state(row: Policy, today: date) -> tuple[str, str]:
    if covers(row, today):
        return "在保", "genuine"
    if row.ended_at is not None:
        return "已退保", "void"
    return ("还没生效", "unsure") if today < row.valid_from else ("已到期", "void")


def _named(product: Product) -> str:
    return joined(product.name, product.spec)
