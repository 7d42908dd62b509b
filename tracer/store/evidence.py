"""The records a promise rests on, named and as bytes, so that a later change can be told."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from sqlmodel import Session, SQLModel, col, func, select

from tracer.store.lookups import ancestors, current_operations
from tracer.store.tables import (
    Batch,
    Certificate,
    Operation,
    ReportItem,
    SourceProof,
    TestReport,
)

_TABLES: dict[str, type[SQLModel]] = {
    "batch": Batch,
    "operation": Operation,
    "report": TestReport,
    "item": ReportItem,
    "proof": SourceProof,
}


def evidence_refs(session: Session, batch: Batch) -> list[str]:
    """The records that a promise over ``batch`` rests on now, as ``operation:12``."""
    return sorted(_refs(session, batch))


def evidence_bytes(session: Session, refs: Iterable[str]) -> list[bytes]:
    """Each record's bytes; a record that is gone leaves its name alone, and the root differs."""
    return [_bytes(session, ref) for ref in refs]


def corrections_since(session: Session, certificate: Certificate) -> int:
    """How many records behind a certificate got a newer version or were retracted since."""
    ids = [
        int(ref.partition(":")[2]) for ref in certificate.evidence if ref.startswith("operation")
    ]
    count = 0
    for row in session.exec(select(Operation).where(col(Operation.id).in_(ids))):
        newest = session.exec(
            select(func.max(Operation.version)).where(
                Operation.producer_id == row.producer_id, Operation.ref == row.ref
            )
        ).one()
        count += newest > row.version
    return count


def _refs(session: Session, batch: Batch) -> Iterator[str]:
    for batch_id in ancestors(session, batch.id or 0):
        one = session.get_one(Batch, batch_id)
        yield f"batch:{one.id}"
        if one.campaign_id is not None:
            for work in current_operations(session, {one.campaign_id}):
                if work.occurred_on <= one.made_on:
                    yield f"operation:{work.id}"
        for report in session.exec(select(TestReport).where(TestReport.batch_id == one.id)):
            yield f"report:{report.id}"
            for item in session.exec(select(ReportItem).where(ReportItem.report_id == report.id)):
                yield f"item:{item.id}"
        for proof in session.exec(select(SourceProof).where(SourceProof.batch_id == one.id)):
            yield f"proof:{proof.id}"


def _bytes(session: Session, ref: str) -> bytes:
    kind, _, row_id = ref.partition(":")
    row = session.get(_TABLES[kind], int(row_id))
    said = None if row is None else row.model_dump(mode="json")
    return json.dumps([ref, said], ensure_ascii=False, sort_keys=True).encode()
