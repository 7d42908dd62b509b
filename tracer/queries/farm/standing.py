"""Where the producer stands: credit by product, and what inspectors found."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import col, select

from tracer.domain.clock import format_instant
from tracer.domain.words import Outcome
from tracer.queries.credit.advice import Advice, product_advice
from tracer.queries.credit_view import (
    CreditView,
    PostingLine,
    latest_postings,
    product_credit,
)
from tracer.queries.lines import Line, joined
from tracer.queries.supervision.inspector import CONCLUSIONS
from tracer.store.tables import Certificate, CreditScore, Finding, Product
from tracer.store.world import Tx

_TONES = {"admitted": "genuine", "held": "void", "informed": "unsure"}
_MOST = 100


@dataclass(frozen=True)
class CreditPage:
    """A product's credit with its latest postings; ``credit`` is None while nothing counts."""

    id: str
    product: str
    credit: CreditView | None
    postings: tuple[PostingLine, ...]
    advice: Advice


@dataclass(frozen=True)
class FindingLine:
    """What one inspection found. ``certificate`` is a public id, empty where none was known."""

    found: str
    place: str
    verdict: str
    conclusion: str
    tone: str
    note: str
    tests: tuple[tuple[str, str, bool], ...]  # item, value with limit, passed
    certificate: str
    goods: str
    code: str
    unread: bool


def credits(tx: Tx, producer_id: int) -> tuple[Line, ...]:
    """The products with their grade and points, the best first."""
    rows = tx.session.exec(
        select(Product, CreditScore)
        .join(
            CreditScore,
            (col(CreditScore.target_id) == Product.id) & (col(CreditScore.target) == "product"),
            isouter=True,
        )
        .where(Product.producer_id == producer_id)
    ).all()
    rated = sorted(rows, key=lambda row: -float(row[1].published) if row[1] else 0.0)
    return tuple(
        Line(
            product.public_id,
            product.name,
            f"{score.published.removesuffix('.0')} 分" if score else "还没有计分的记录",
            score.grade if score else "",
        )
        for product, score in rated
    )


def credit_page(tx: Tx, product: Product) -> CreditPage:
    """One product's credit, row by row."""
    return CreditPage(
        product.public_id,
        product.name,
        product_credit(tx, product.id or 0),
        latest_postings(tx, product.id or 0),
        product_advice(tx, product),
    )


def findings(tx: Tx, producer_id: int) -> tuple[FindingLine, ...]:
    """What inspectors recorded about this producer's goods, newest first."""
    rows = tx.session.exec(
        select(Finding)
        .where(Finding.producer_id == producer_id)
        .order_by(col(Finding.id).desc())
        .limit(_MOST)
    )
    return tuple(_finding(tx, row) for row in rows)


def _finding(tx: Tx, row: Finding) -> FindingLine:
    certificate = tx.session.get(Certificate, row.certificate_id) if row.certificate_id else None
    tests = tuple(
        (
            test["item"],
            joined(test["value"], f"限量 {test['limit']}" if test.get("limit") else ""),
            bool(test["passed"]),
        )
        for test in row.items
    )
    return FindingLine(
        found=format_instant(row.found_at),
        place=row.place,
        verdict=Outcome(row.verdict).label,
        conclusion=CONCLUSIONS[row.conclusion],
        tone=_TONES[row.conclusion],
        note=row.note,
        tests=tests,
        certificate=certificate.public_id if certificate else "",
        goods=certificate.product if certificate else "没有对上合格证",
        code=f"合格证 {certificate.number}" if certificate else row.code,
        unread=row.producer_read_at is None,
    )
