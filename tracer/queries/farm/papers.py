"""What the forms for papers can know beforehand."""

from __future__ import annotations

from sqlmodel import col, select

from tracer.domain.clock import day_of
from tracer.domain.quantity import Quantity
from tracer.domain.reference import load as reference
from tracer.domain.reference.substances import substance_names
from tracer.store.cases import promise_case
from tracer.store.tables import Batch, Operation, TestReport
from tracer.store.world import Tx


def used_ingredients(tx: Tx, batch: Batch) -> tuple[str, ...]:
    """用什么药、检什么药: the active ingredients on this batch that a report should cover."""
    case = promise_case(
        tx.session, batch, Quantity(batch.quantity_milli, batch.unit), [], day_of(tx.now)
    )
    names = (
        name
        for harvest in case.harvests
        for use in harvest.uses
        if use.is_drug and use.used_on <= harvest.harvested_on
        for name in substance_names(use.ingredients)
    )
    return tuple(name for name in dict.fromkeys(names) if reference().analytes(name) is not None)


def last_laboratory(tx: Tx, producer_id: int) -> dict[str, str]:
    """Who tested the producer's last batch, and how."""
    last = tx.session.exec(
        select(TestReport)
        .where(TestReport.producer_id == producer_id)
        .order_by(col(TestReport.id).desc())
    ).first()
    return {"laboratory": last.laboratory, "kind": last.kind} if last else {}


def supplier_of(tx: Tx, batch: Batch) -> str:
    """From whom a batch was bought, as its record says."""
    record = tx.session.get(Operation, batch.operation_id) if batch.operation_id else None
    supplier: str = record.details.get("supplier", "") if record else ""
    return supplier
