"""The records a promise rests on, named and as bytes, so that a later change can be told."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from sqlalchemy.orm import aliased
from sqlmodel import Session, SQLModel, col, func, select

from tracer.store.cases import works_behind
from tracer.store.lookups import ancestors
from tracer.store.tables import (
    Batch,
    Certificate,
    Input,
    InputUse,
    Operation,
    ReportItem,
    SourceProof,
    TestReport,
)

# Part of every certificate's commitment: a kind's fields are never changed, a new kind is added.
_SAYS: dict[str, tuple[type[SQLModel], str]] = {
    "batch": (Batch, "public_id code kind made_on quantity_milli unit origin"),
    "operation": (
        Operation,
        "public_id ref version kind occurred_on ended_on operator target method dose dose_unit"
        " quantity_milli unit details note retracted recorded_at",
    ),
    "input": (Input, "public_id kind name registration_no maker ingredients content formulation"),
    "label": (
        InputUse,
        "crop phi_days interval_unstated degree_days max_uses max_dose dose_unit",
    ),
    "report": (TestReport, "public_id number kind laboratory sampled_on tested_on passed"),
    "item": (ReportItem, "analyte method value limit unit passed"),
    "proof": (SourceProof, "public_id kind number issuer issued_on"),
}


def evidence_refs(session: Session, batch: Batch) -> list[str]:
    """The records that a promise over ``batch`` rests on now, as ``operation:12``, each once."""
    return sorted(set(_refs(session, batch)))


def evidence_bytes(session: Session, refs: Sequence[str]) -> list[bytes]:
    """Each record's bytes; a record that is gone leaves its name alone, and the root differs."""
    rows: dict[str, SQLModel] = {}
    for kind, (table, _) in _SAYS.items():
        ids = [int(ref.partition(":")[2]) for ref in refs if ref.startswith(f"{kind}:")]
        column = table.id  # type: ignore[attr-defined]
        for row in session.exec(select(table).where(col(column).in_(ids))) if ids else ():
            rows[f"{kind}:{row.id}"] = row  # type: ignore[attr-defined]
    return [_bytes(ref, rows.get(ref)) for ref in refs]


def corrections_since(session: Session, certificate: Certificate) -> int:
    """How many records behind a certificate got a newer version or were retracted since."""
    ids = [
        int(ref.partition(":")[2]) for ref in certificate.evidence if ref.startswith("operation:")
    ]
    newer = aliased(Operation)
    corrected = (
        select(newer.id)
        .where(
            newer.producer_id == Operation.producer_id,
            newer.ref == Operation.ref,
            newer.version > Operation.version,
        )
        .correlate(Operation)
        .exists()
    )
    found = select(func.count()).select_from(Operation).where(col(Operation.id).in_(ids), corrected)
    return session.exec(found).one()


def _refs(session: Session, batch: Batch) -> Iterator[str]:
    for batch_id in ancestors(session, batch.id or 0):
        one = session.get_one(Batch, batch_id)
        yield f"batch:{one.id}"
        for work in works_behind(session, one):
            yield from _work(session, work)
        for report in session.exec(select(TestReport).where(TestReport.batch_id == one.id)):
            yield f"report:{report.id}"
            for item in session.exec(select(ReportItem).where(ReportItem.report_id == report.id)):
                yield f"item:{item.id}"
        for proof in session.exec(select(SourceProof).where(SourceProof.batch_id == one.id)):
            yield f"proof:{proof.id}"


def _work(session: Session, work: Operation) -> Iterator[str]:
    yield f"operation:{work.id}"
    if work.input_id is not None:
        yield f"input:{work.input_id}"
        for line in session.exec(select(InputUse).where(InputUse.input_id == work.input_id)):
            yield f"label:{line.id}"


def _bytes(ref: str, row: SQLModel | None) -> bytes:
    names = set(_SAYS[ref.partition(":")[0]][1].split())
    said = None if row is None else row.model_dump(mode="json", include=names)
    return json.dumps([ref, said], ensure_ascii=False, sort_keys=True).encode()
