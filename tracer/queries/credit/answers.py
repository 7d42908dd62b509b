"""What a live index counts, as the answers that ``tracer standards score`` takes."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from sqlmodel import col, select

from tracer.domain.clock import day_of
from tracer.domain.errors import NotFound
from tracer.queries.credit.report import exemptions
from tracer.queries.credit_view import EDITION, PACK
from tracer.standards import credit as rules
from tracer.standards import load
from tracer.store.tables import CreditScore, Producer, Product
from tracer.store.world import Tx


def answers_of(tx: Tx, public_id: str) -> dict[str, Any]:
    """The answers for the product or producer with that public id, as of now."""
    product = tx.session.exec(select(Product).where(Product.public_id == public_id)).first()
    if product is not None:
        exempt = list(exemptions(product, day_of(tx.now)))
        return _answers("C.2", exempt, _tallies(tx, "product", product.id or 0))
    producer = tx.session.exec(select(Producer).where(Producer.public_id == public_id)).first()
    if producer is None:
        raise NotFound("没有这个产品或生产主体，请核对编号")
    if not rules.rates(load(PACK, EDITION), "C.1", producer.kind):
        return _answers("C.1", [producer.kind], {})
    rows = _tallies(tx, "subject", producer.id or 0)
    return _answers("C.1", [], {**rows, "C.1-注2": _mean(tx, producer.id or 0)})


def _answers(table: str, exempt: list[str], rows: dict[str, Any]) -> dict[str, Any]:
    return {"standard": PACK, "edition": EDITION, "table": table, "exempt": exempt, "rows": rows}


def _tallies(tx: Tx, target: str, target_id: int) -> dict[str, Any]:
    score = tx.session.get(CreditScore, (target, target_id))
    return dict(score.tallies) if score else {}


def _mean(tx: Tx, producer_id: int) -> dict[str, Any]:
    """The exact indexes of the products made still, as a sum and a number (表 C.1 注 2)."""
    totals = tx.session.exec(
        select(CreditScore.total)
        .join_from(
            Product,
            CreditScore,
            (col(CreditScore.target_id) == Product.id) & (col(CreditScore.target) == "product"),
            isouter=True,
        )
        .where(Product.producer_id == producer_id, col(Product.retired_at).is_(None))
    ).all()
    exact = sum((Fraction(total or 0) for total in totals), Fraction(0))
    return {"sum": str(exact), "n": len(totals)}
