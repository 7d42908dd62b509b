"""What postings rest on: the newest pieces of evidence of each row, with their public pages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from sqlmodel import col, func, select

from tracer.domain.clock import day_of, format_day, start_of
from tracer.queries.credit_view import evidence_word, signed
from tracer.store.tables import Batch, Posting, TestReport
from tracer.store.world import Tx

_NEWEST = 5  # pieces of evidence told for a row


@dataclass(frozen=True)
class Evidence:
    """What a posting rests on. ``path`` is its public page, empty where it has none."""

    day: str
    what: str
    amount: str
    path: str


def evidence_of(
    tx: Tx, target: str, target_id: int, day: date, told: dict[tuple[str, str], str]
) -> tuple[dict[str, list[Evidence]], dict[str, int]]:
    """By row: the newest pieces of evidence, and how many there are.

    ``told`` is where the report itself tells about a piece, by kind and id.
    """
    place = func.row_number().over(partition_by=col(Posting.row), order_by=col(Posting.id).desc())
    many = func.count().over(partition_by=col(Posting.row))
    numbered = (
        select(Posting.id, place.label("place"), many.label("many"))
        .where(
            Posting.target == target,
            Posting.target_id == target_id,
            Posting.occurred_at < start_of(day) + 86400,
        )
        .subquery()
    )
    found: dict[str, list[Evidence]] = {}
    counts: dict[str, int] = {}
    rows = tx.session.exec(
        select(Posting, numbered.c.many)
        .join(numbered, numbered.c.id == Posting.id)
        .where(numbered.c.place <= _NEWEST)
        .order_by(col(Posting.id).desc())
    ).all()
    paths = _paths(tx, [posting for posting, _ in rows]) | told
    for posting, count in rows:
        counts[posting.row] = count
        found.setdefault(posting.row, []).append(
            Evidence(
                format_day(day_of(posting.occurred_at)),
                evidence_word(posting.evidence_kind),
                signed(Fraction(posting.amount)),
                paths.get((posting.evidence_kind, posting.evidence_id), ""),
            )
        )
    return found, counts


def _paths(tx: Tx, postings: Iterable[Posting]) -> dict[tuple[str, str], str]:
    """The public pages of certificates, batches and test reports (shown with their batch)."""
    paths: dict[tuple[str, str], str] = {}
    reports = []
    for posting in postings:
        key = posting.evidence_kind, posting.evidence_id
        if posting.evidence_kind == "certificate":
            paths[key] = f"/C/{posting.evidence_id}"
        elif posting.evidence_kind == "batch":
            paths[key] = f"/B/{posting.evidence_id}"
        elif posting.evidence_kind == "report":
            reports.append(posting.evidence_id)
    if reports:
        rows = tx.session.exec(
            select(TestReport.public_id, Batch.public_id)
            .join(Batch, col(Batch.id) == TestReport.batch_id)
            .where(col(TestReport.public_id).in_(reports))
        )
        paths |= {("report", report): f"/B/{batch}" for report, batch in rows}
    return paths
