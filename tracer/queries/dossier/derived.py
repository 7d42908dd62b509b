"""Rows of 数据元 that the everyday records fill by themselves, and how many speak for each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlmodel import col, func, select

from tracer.domain.elements import ElementRow
from tracer.domain.supervision import Channel, Concern
from tracer.domain.words import Basis
from tracer.proof.statement import basis_bits
from tracer.store.lookups import current_operations
from tracer.store.tables import (
    Batch,
    Campaign,
    Certificate,
    Input,
    Plot,
    Policy,
    Product,
    PublicReport,
    Review,
    TestReport,
)
from tracer.store.world import Tx

_PAGES = {
    "plots": "plots",
    "campaigns": "campaigns",
    "batches": "batches",
    "reports": "batches",
    "certificates": "certificates",
    "inputs": "inputs",
    "operations": "campaigns",
    "reviews": "credits",
    "reports_of": "incidents",
    "policies": "policies",
}


def derived_page(row: ElementRow) -> str:
    """Which page of the producer's hall tells of a row's records; empty for rows filled here."""
    return _PAGES.get(row.derived.partition(":")[0], "")


def derived_count(tx: Tx, producer_id: int, row: ElementRow) -> int:
    """How many records speak for a row; 0 where none ever do."""
    kind, _, which = row.derived.partition(":")
    count = _COUNTS.get(kind)
    return count(tx, producer_id, which) if count else 0


def _rows_of(table: Any) -> Callable[[Tx, int, str], int]:
    return lambda tx, producer_id, _: _number(tx, table, table.producer_id == producer_id)


def _certificates(tx: Tx, producer_id: int, basis: str) -> int:
    """Certificates with a box of today's form; 自我承诺 stands on none that is issued here."""
    if basis not in set(Basis):
        return 0
    bit = basis_bits((Basis(basis),))
    return _number(
        tx,
        Certificate,
        col(Certificate.producer_id) == producer_id,
        col(Certificate.basis).op("&")(bit) != 0,
    )


def _operations(tx: Tx, producer_id: int, kind: str) -> int:
    campaigns = tx.session.exec(select(Campaign.id).where(Campaign.producer_id == producer_id))
    works = current_operations(tx.session, [one or 0 for one in campaigns])
    return sum(1 for work in works if not kind or work.kind == kind)


def _reviews(tx: Tx, producer_id: int, _: str) -> int:
    products = select(Product.id).where(Product.producer_id == producer_id)
    return _number(tx, Review, col(Review.product_id).in_(products), col(Review.counted))


def _public_reports(tx: Tx, producer_id: int, channel: str) -> int:
    concerns = [one.value for one in Concern if one.channel is Channel(channel)]
    return _number(
        tx,
        PublicReport,
        col(PublicReport.producer_id) == producer_id,
        col(PublicReport.concern).in_(concerns),
    )


def _policies(tx: Tx, producer_id: int, insurer: str) -> int:
    return _number(
        tx, Policy, col(Policy.producer_id) == producer_id, col(Policy.insurer) == insurer
    )


def _number(tx: Tx, table: Any, *where: Any) -> int:
    return tx.session.exec(select(func.count()).select_from(table).where(*where)).one()


_COUNTS: dict[str, Callable[[Tx, int, str], int]] = {
    "plots": _rows_of(Plot),
    "campaigns": _rows_of(Campaign),
    "batches": _rows_of(Batch),
    "reports": _rows_of(TestReport),
    "certificates": _certificates,
    "inputs": _rows_of(Input),
    "operations": _operations,
    "reviews": _reviews,
    "reports_of": _public_reports,
    "policies": _policies,
}
