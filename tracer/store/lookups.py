"""Questions that both actions and queries ask of the rows."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlalchemy import ColumnElement
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from tracer.domain.reference import Scope
from tracer.domain.reference import load as reference
from tracer.store.tables import (
    Batch,
    BatchEdge,
    Certificate,
    Operation,
    PrintRun,
    Product,
    Recall,
    SourceProof,
    Voiding,
)


def ancestors(session: Session, batch_id: int) -> list[int]:
    """The batch and all it was made from, itself first, each once."""
    found = [batch_id]
    level = {batch_id}
    while level:
        parents = set(
            session.exec(
                select(BatchEdge.parent_id).where(col(BatchEdge.child_id).in_(level))
            ).all()
        )
        level = parents - set(found)
        found.extend(sorted(level))
    return found


def current_operations(session: Session, campaign_ids: Iterable[int]) -> list[Operation]:
    """The newest version of every record of the campaigns, retracted ones left out, by day."""
    return _current(session, col(Operation.campaign_id).in_(list(campaign_ids)))


def operations_on(session: Session, plot_id: int) -> list[Operation]:
    """The same for everything that was done on a plot, in whatever campaign."""
    return _current(session, col(Operation.plot_id) == plot_id)


def _current(session: Session, where: ColumnElement[bool]) -> list[Operation]:
    """A correction may move a record to another campaign or plot: the old version is gone then."""
    newer = aliased(Operation)
    superseded = (
        select(newer.id)
        .where(
            newer.producer_id == Operation.producer_id,
            newer.ref == Operation.ref,
            newer.version > Operation.version,
        )
        .correlate(Operation)
        .exists()
    )
    rows = session.exec(
        select(Operation)
        .where(where, ~superseded, col(Operation.retracted).is_(False))
        .order_by(col(Operation.occurred_on), col(Operation.recorded_at), col(Operation.id))
    )
    return list(rows)


def certificates_of(session: Session, batch_id: int) -> list[tuple[Certificate, Voiding | None]]:
    """Certificates of exactly this batch with their voiding, newest first."""
    return list(
        session.exec(
            select(Certificate, Voiding)
            .join(Voiding, col(Voiding.certificate_id) == Certificate.id, isouter=True)
            .where(Certificate.batch_id == batch_id)
            .order_by(col(Certificate.log_index).desc())
        ).all()
    )


def recall_of(session: Session, batch_id: int) -> tuple[Recall, Batch] | None:
    """The recall that covers a batch: its own, or one of a batch it was made from.

    What was bought in with a certificate of this service is followed to the seller's batch.
    """
    made_of: set[int] = set()
    level = {batch_id}
    while level:
        found = {one for batch in level for one in ancestors(session, batch)} - made_of
        made_of |= found
        level = (
            set(
                session.exec(
                    select(Certificate.batch_id)
                    .join(SourceProof, col(SourceProof.certificate_id) == Certificate.id)
                    .where(col(SourceProof.batch_id).in_(found))
                )
            )
            - made_of
        )
    row = session.exec(
        select(Recall, Batch)
        .join(Batch)
        .where(col(Recall.batch_id).in_(made_of))
        .order_by(col(Recall.recalled_at))
    ).first()
    return (row[0], row[1]) if row else None


def run_of_label(session: Session, index: int) -> PrintRun | None:
    """The print run that label ``index`` belongs to; None where it was never printed."""
    run = session.exec(
        select(PrintRun)
        .where(PrintRun.first_index <= index)
        .order_by(col(PrintRun.first_index).desc())
        .limit(1)
    ).first()
    return run if run is not None and index < run.first_index + run.count else None


def batch_of_code(session: Session, kind: str, subject: int) -> Batch | None:
    """The batch behind a label, certificate or batch code; None where there is none (yet)."""
    if kind == "batch":
        return session.get(Batch, subject)
    if kind == "certificate":
        certificate = session.get(Certificate, subject)
        return session.get(Batch, certificate.batch_id) if certificate else None
    run = run_of_label(session, subject)
    return session.get(Batch, run.batch_id) if run and run.batch_id else None


def scope_of(product: Product, on: date) -> Scope:
    """Whether a product needs, may have or cannot have a 合格证 on a day."""
    return reference().scope_of(product.category, on, product.crop or product.name).scope
