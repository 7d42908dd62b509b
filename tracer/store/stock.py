"""What is left of a batch: what came in, less what went on and what is already promised."""

from __future__ import annotations

from sqlmodel import Session, select

from tracer.domain.quantity import UNITS, Quantity, unit_of
from tracer.store.lookups import certificates_of
from tracer.store.tables import Batch, BatchEdge, Certificate


def quantity_of(batch: Batch) -> Quantity:
    """How much the batch was when it came to be."""
    return Quantity(batch.quantity_milli, batch.unit)


def moved_on(session: Session, batch: Batch) -> Quantity:
    """How much of the batch went into other batches, in the batch's unit."""
    edges = session.exec(select(BatchEdge.quantity_milli).where(BatchEdge.parent_id == batch.id))
    return Quantity(sum(edges), batch.unit)


def standing_certificates(session: Session, batch: Batch) -> list[Certificate]:
    """The batch's certificates that are not voided, newest first."""
    return [
        certificate
        for certificate, voiding in certificates_of(session, batch.id or 0)
        if voiding is None
    ]


def remaining(session: Session, batch: Batch) -> Quantity:
    """What may still be split, merged, transformed or promised, in the batch's unit.

    Goods that a standing certificate speaks of are gone: nothing is promised twice. Never below
    zero, and rounded down where a certificate counts in another unit than the batch.
    """
    left = quantity_of(batch).base - moved_on(session, batch).base
    for certificate in standing_certificates(session, batch):
        left -= Quantity(certificate.quantity_milli, unit_of(certificate.unit).code).base
    return Quantity(max(left // UNITS[batch.unit].to_base, 0), batch.unit)
