"""The records of one product of the last years, read once for all that is asked about them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from sqlmodel import Session, col, func, or_, select

from tracer.domain.bases import years_before
from tracer.domain.clock import day_of, start_of
from tracer.domain.operations import operation_kinds
from tracer.domain.supervision import STANDING, IncidentKind
from tracer.store.lookups import current_operations, recall_of
from tracer.store.tables import (
    Batch,
    BatchEdge,
    Campaign,
    Certificate,
    Incident,
    Operation,
    PrintRun,
    TestReport,
    Voiding,
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
    def origins(self) -> dict[int, set[int]]:
        """For each of the batches, itself and all it was made from."""
        made_of: dict[int, list[int]] = {}
        for child, parent in self.session.exec(
            select(BatchEdge.child_id, BatchEdge.parent_id)
            .join(Batch, col(Batch.id) == BatchEdge.child_id)
            .where(Batch.producer_id == self.producer_id)
        ):
            made_of.setdefault(child, []).append(parent)
        return {one.id or 0: _reached(one.id or 0, made_of) for one in self.batches}

    @cached_property
    def certified(self) -> dict[int, list[int]]:
        """The standing certificates of each batch that has one, by row."""
        found: dict[int, list[int]] = {}
        for batch, certificate in self.session.exec(
            select(Certificate.batch_id, Certificate.id)
            .join(Voiding, col(Voiding.certificate_id) == Certificate.id, isouter=True)
            .where(Certificate.product_id == self.product_id, col(Voiding.certificate_id).is_(None))
        ):
            found.setdefault(batch, []).append(certificate or 0)
        return found

    @cached_property
    def last_reports(self) -> dict[int, TestReport]:
        """The newest report behind each batch that was ever tested, by batch."""
        newest: dict[int, TestReport] = {}
        for report in self.session.exec(
            select(TestReport)
            .where(TestReport.producer_id == self.producer_id, TestReport.tested_on <= self.on)
            .order_by(col(TestReport.tested_on), col(TestReport.id))
        ):
            newest[report.batch_id] = report
        found = {}
        for batch, made_of in self.origins.items():
            behind = [newest[one] for one in made_of if one in newest]
            if behind:
                found[batch] = max(behind, key=lambda one: (one.tested_on, one.id or 0))
        return found

    @cached_property
    def closed(self) -> list[Batch]:
        """The batches with works, a test, a standing certificate, and labels that lead to it.

        Every harvest a batch is made from needs a work beside it in its campaign; what is recalled
        closes nothing.
        """
        grown = {
            batch: campaign
            for batch, campaign in self.session.exec(
                select(Batch.id, Batch.campaign_id).where(Batch.producer_id == self.producer_id)
            )
            if campaign is not None
        }
        worked = {
            work.campaign_id
            for work in current_operations(self.session, set(grown.values()))
            if not operation_kinds()[work.kind].harvests and work.occurred_on <= self.on
        }
        runs = self.session.exec(
            select(PrintRun.batch_id, PrintRun.certificate_id).where(
                PrintRun.producer_id == self.producer_id
            )
        ).all()
        labelled = {batch for batch, _ in runs}
        papered = {certificate for _, certificate in runs}
        return [
            one
            for one in self.batches
            if (key := one.id or 0) in self.certified
            and key in self.last_reports
            and (behind := {grown[origin] for origin in self.origins[key] if origin in grown})
            and behind <= worked
            and (key in labelled or not papered.isdisjoint(self.certified[key]))
            and recall_of(self.session, key) is None
        ]

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


def _reached(batch: int, made_of: Mapping[int, list[int]]) -> set[int]:
    found, level = {batch}, [batch]
    while level:
        level = [parent for one in level for parent in made_of.get(one, ()) if parent not in found]
        found |= set(level)
    return found
