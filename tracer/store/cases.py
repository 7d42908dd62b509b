"""Rows become the plain case that the gate looks at (domain.gate)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from sqlmodel import Session, col, func, select

from tracer.domain.gate import (
    BatchFacts,
    DrugUse,
    Harvest,
    LabelUse,
    PromiseCase,
    Report,
    Source,
    TestedItem,
    form_role,
)
from tracer.domain.quantity import Quantity, unit_of
from tracer.domain.reference import load as reference
from tracer.domain.words import Basis, BatchKind, InputKind, ProducerKind, ReportKind
from tracer.store.lookups import ancestors, current_operations, operations_on, recall_of
from tracer.store.stock import moved_on, quantity_of, standing_certificates
from tracer.store.tables import (
    Batch,
    BatchEdge,
    Campaign,
    Certificate,
    Input,
    InputUse,
    Operation,
    Plot,
    Producer,
    Product,
    ReportItem,
    SourceProof,
    TestReport,
    Voiding,
)

_WATER = "water_temperature"


def promise_case(
    session: Session,
    batch: Batch,
    requested: Quantity,
    basis: Sequence[Basis],
    today: date,
    replacing: Certificate | None = None,
) -> PromiseCase:
    """Everything a promise over ``requested`` of ``batch`` would rest on.

    ``replacing`` is a certificate that would go in the same moment: its quantity is free again.
    """
    producer = session.get_one(Producer, batch.producer_id)
    product = session.get_one(Product, batch.product_id)
    made_of = [session.get_one(Batch, one) for one in ancestors(session, batch.id or 0)]
    facts = _facts(session, batch, made_of)
    moved = moved_on(session, batch)
    return PromiseCase(
        producer_kind=ProducerKind(producer.kind),
        product=product.name,
        category=product.category,
        crop=product.crop or product.name,
        batch=facts,
        requested=requested,
        form=reference().form_for(form_role(facts), today).edition,
        basis=tuple(basis),
        issued_on=today,
        harvests=tuple(_harvest(session, one) for one in made_of if one.kind == BatchKind.HARVEST),
        certified=tuple(
            Quantity(row.quantity_milli, unit_of(row.unit).code)
            for row in standing_certificates(session, batch)
            if replacing is None or row.id != replacing.id
        ),
        moved_out=(moved,) if moved.milli else (),
        reports=_reports(session, batch, made_of),
        suspended=producer.suspended_at is not None,
        recalled=recall_of(session, batch.id or 0) is not None,
    )


def campaign_harvest(session: Session, campaign: Campaign, on: date) -> Harvest:
    """A harvest of the campaign on a day, with all that was used before it."""
    works = campaign_works(session, campaign)
    known = {work.id for work in works}
    before = [work for work in operations_on(session, campaign.plot_id) if work.id not in known]
    return Harvest(
        batch_ref=campaign.name,
        harvested_on=on,
        uses=tuple(_use(session, work) for work in works if work.input_id is not None),
        water_temperatures=tuple(
            (work.occurred_on, int(Decimal(work.details[_WATER]) * 10))
            for work in works
            if work.details.get(_WATER)
        ),
        before=tuple(_use(session, work) for work in before if work.input_id is not None),
    )


def campaign_works(session: Session, campaign: Campaign) -> list[Operation]:
    """The campaign's records, and those of others on its plot since it began.

    What was sprayed on a plot is on everything that grows there, whatever it was booked under.
    """
    works = {work.id: work for work in current_operations(session, {campaign.id or 0})}
    for work in operations_on(session, campaign.plot_id):
        if work.occurred_on >= campaign.started_on:
            works[work.id] = work
    return sorted(works.values(), key=lambda work: (work.occurred_on, work.id or 0))


def works_behind(session: Session, batch: Batch) -> list[Operation]:
    """What was done for a batch up to the day it was made.

    Parts and mixtures are made of goods that were harvested before: what was done on the plot
    between then and the splitting is not in them.
    """
    if batch.campaign_id is None or batch.kind in (BatchKind.SPLIT, BatchKind.MERGE):
        return []
    works = campaign_works(session, session.get_one(Campaign, batch.campaign_id))
    return [work for work in works if work.occurred_on <= batch.made_on]


def _facts(session: Session, batch: Batch, made_of: list[Batch]) -> BatchFacts:
    bought = any(one.kind == BatchKind.PURCHASE for one in made_of)
    origins = [one for one in made_of if one.kind in (BatchKind.HARVEST, BatchKind.PURCHASE)]
    return BatchFacts(
        ref=batch.code,
        kind=BatchKind(batch.kind),
        made_on=batch.made_on,
        quantity=quantity_of(batch),
        sources=tuple(Source(one.code, _proofs(session, one)) for one in origins if bought),
        same_goods=_same_goods(session, batch),
    )


def _proofs(session: Session, batch: Batch) -> int:
    """How many proofs of a source hold: a certificate of this service only while it stands."""
    held = session.exec(
        select(func.count())
        .select_from(SourceProof)
        .join(Voiding, col(Voiding.certificate_id) == SourceProof.certificate_id, isouter=True)
        .where(SourceProof.batch_id == batch.id, col(Voiding.certificate_id).is_(None))
    ).one()
    # Own produce is spoken for by its own certificate; what was bought in never by the buyer's.
    own = batch.kind == BatchKind.HARVEST
    return held + (len(standing_certificates(session, batch)) if own else 0)


def _same_goods(session: Session, batch: Batch) -> tuple[str, ...]:
    """The batches of which this one is a plain part, nearest first."""
    codes = []
    while batch.kind == BatchKind.SPLIT:
        edge = session.exec(select(BatchEdge).where(BatchEdge.child_id == batch.id)).one()
        batch = session.get_one(Batch, edge.parent_id)
        codes.append(batch.code)
    return tuple(codes)


def _harvest(session: Session, batch: Batch) -> Harvest:
    if batch.campaign_id is None:
        return Harvest(batch.code, batch.made_on)
    campaign = session.get_one(Campaign, batch.campaign_id)
    found = campaign_harvest(session, campaign, batch.made_on)
    return replace(found, batch_ref=batch.code)


def _use(session: Session, work: Operation) -> DrugUse:
    used = session.get_one(Input, work.input_id)
    lines = session.exec(select(InputUse).where(InputUse.input_id == used.id))
    return DrugUse(
        record_ref=work.public_id,
        used_on=work.occurred_on,
        kind=InputKind(used.kind),
        name=used.name,
        ingredients=tuple(used.ingredients),
        label_uses=tuple(_label(line) for line in lines),
        registration_no=used.registration_no,
        content=used.content or "",
        formulation=used.formulation or "",
        method=work.method or "",
        dose=Decimal(work.dose) if work.dose else None,
        dose_unit=work.dose_unit or "",
        ended_on=work.ended_on,
        plot=session.get_one(Plot, work.plot_id).name,
        campaign=session.get_one(Campaign, work.campaign_id).name,
    )


def _label(line: InputUse) -> LabelUse:
    return LabelUse(
        crop=line.crop,
        interval_days=line.phi_days,
        interval_unstated=line.interval_unstated,
        degree_days=line.degree_days,
        max_uses=line.max_uses,
        max_dose=Decimal(line.max_dose) if line.max_dose else None,
        dose_unit=line.dose_unit or "",
    )


def _reports(session: Session, batch: Batch, made_of: list[Batch]) -> tuple[Report, ...]:
    """Reports of the batch and of what it was made of.

    A failed report of any plain part of the same goods counts too: splitting off a kilogram and
    testing that does not clear the rest.
    """
    own = {one.id for one in made_of}
    found = [_report(session, row, one) for one in made_of for row in _rows(session, one)]
    for one in _parts(session, made_of):
        if one.id not in own:
            reports = (_report(session, row, one) for row in _rows(session, one))
            found += [report for report in reports if not report.is_good]
    return tuple(found)


def _parts(session: Session, made_of: list[Batch]) -> list[Batch]:
    """What was split off any of the batches, and off those parts again."""
    parts: dict[int, Batch] = {}
    level = [one.id or 0 for one in made_of]
    while level:
        rows = session.exec(
            select(Batch)
            .join(BatchEdge, col(BatchEdge.child_id) == Batch.id)
            .where(col(BatchEdge.parent_id).in_(level), Batch.kind == BatchKind.SPLIT.value)
        ).all()
        level = [row.id or 0 for row in rows if row.id not in parts]
        parts |= {row.id or 0: row for row in rows}
    return list(parts.values())


def _rows(session: Session, batch: Batch) -> list[TestReport]:
    return list(session.exec(select(TestReport).where(TestReport.batch_id == batch.id)))


def _report(session: Session, row: TestReport, batch: Batch) -> Report:
    items = session.exec(select(ReportItem).where(ReportItem.report_id == row.id))
    return Report(
        record_ref=row.number,
        batch_ref=batch.code,
        kind=ReportKind(row.kind),
        tested_on=row.tested_on,
        passed=row.passed,
        items=tuple(TestedItem(item.analyte, item.passed) for item in items),
        sampled_on=row.sampled_on,
    )
