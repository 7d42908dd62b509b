"""The records of one product of the last years, read once for all that is asked about them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from sqlmodel import Session, col, func, or_, select

from tracer.domain.bases import years_before
from tracer.domain.clock import day_of, start_of
from tracer.domain.supervision import STANDING, IncidentKind
from tracer.store.lookups import ancestors, current_operations
from tracer.store.tables import (
    Batch,
    BatchEdge,
    Campaign,
    Incident,
    Operation,
    TestReport,
)

YEARS = 3
_LINKS = 5  # records shown by address, the newest


@dataclass(frozen=True)
class HeldRecords:
    """What is on record about a product in the ``YEARS`` years that end on the day ``on``."""

    session: Session
    producer_id: int
    product_id: int
    on: date

    @property
    def since(self) -> date:
        return years_before(self.on, YEARS)

    @cached_property
    def campaigns(self) -> dict[int, Campaign]:
        """All campaigns of the product, by row."""
        rows = self.session.exec(select(Campaign).where(Campaign.product_id == self.product_id))
        return {row.id or 0: row for row in rows}

    @cached_property
    def works(self) -> list[Operation]:
        """What was done in them, as it stands after corrections."""
        return [
            work
            for work in current_operations(self.session, self.campaigns)
            if self.since < work.occurred_on <= self.on
        ]

    @cached_property
    def batches(self) -> list[Batch]:
        """The batches that did not go into others whole: what leaves the gate. Newest first."""
        moved = (
            select(func.coalesce(func.sum(BatchEdge.quantity_milli), 0))
            .where(BatchEdge.parent_id == Batch.id)
            .correlate(Batch)
            .scalar_subquery()
        )
        rows = self.session.exec(
            select(Batch)
            .where(
                Batch.product_id == self.product_id,
                Batch.made_on > self.since,
                Batch.made_on <= self.on,
                moved < Batch.quantity_milli,
            )
            .order_by(col(Batch.made_on).desc(), col(Batch.id).desc())
        )
        return list(rows)

    @cached_property
    def origins(self) -> dict[int, list[int]]:
        """For each of the batches, itself and all it was made from."""
        return {one.id or 0: ancestors(self.session, one.id or 0) for one in self.batches}

    @cached_property
    def last_reports(self) -> list[TestReport]:
        """The newest report behind each batch that was ever tested."""
        found = []
        for made_of in self.origins.values():
            newest = self.session.exec(
                select(TestReport)
                .where(col(TestReport.batch_id).in_(made_of), TestReport.tested_on <= self.on)
                .order_by(col(TestReport.tested_on).desc(), col(TestReport.id).desc())
                .limit(1)
            ).first()
            if newest is not None:
                found.append(newest)
        return found

    def links(self, batches: Iterable[Batch] | None = None) -> tuple[str, ...]:
        """Where a few of the batches are shown."""
        shown = self.batches if batches is None else batches
        return tuple(f"/B/{one.public_id}" for one in list(shown)[:_LINKS])

    def incidents(self, kinds: Iterable[IncidentKind]) -> list[Incident]:
        """What was upheld against the product, or the producer as a whole."""
        rows = self.session.exec(
            select(Incident).where(
                Incident.producer_id == self.producer_id,
                or_(col(Incident.product_id).is_(None), Incident.product_id == self.product_id),
                col(Incident.kind).in_([kind.value for kind in kinds]),
                col(Incident.stage).in_([stage.value for stage in STANDING]),
                Incident.opened_at >= start_of(self.since),
            )
        )
        return [row for row in rows if self.since < day_of(row.opened_at) <= self.on]
