"""Rows become the plain case that the gate looks at (domain.gate)."""

from __future__ import annotations

from collections.abc import Sequence
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
from tracer.store.lookups import ancestors, current_operations
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
        reports=_reports(session, made_of),
        suspended=producer.suspended_at is not None,
    )


def campaign_harvest(session: Session, campaign: Campaign, on: date) -> Harvest:
    """A harvest of the campaign on a day, with all that was used before it."""
    works = _works(session, campaign)
    return Harvest(
        batch_ref=campaign.name,
        harvested_on=on,
        uses=tuple(_use(session, work) for work in works if work.input_id is not None),
        water_temperatures=tuple(
            (work.occurred_on, int(Decimal(work.details[_WATER]) * 10))
            for work in works
            if work.details.get(_WATER)
        ),
    )


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
    held = session.exec(
        select(func.count()).select_from(SourceProof).where(SourceProof.batch_id == batch.id)
    ).one()
    return held + len(standing_certificates(session, batch))


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
    return Harvest(batch.code, batch.made_on, found.uses, found.water_temperatures)


def _works(session: Session, campaign: Campaign) -> list[Operation]:
    """The campaign's records, and those of others on its plot since it began.

    What was sprayed on a plot is on everything that grows there, whatever it was booked under.
    """
    beside = session.exec(
        select(Operation.campaign_id)
        .where(
            Operation.plot_id == campaign.plot_id,
            col(Operation.occurred_on) >= campaign.started_on,
            Operation.campaign_id != campaign.id,
        )
        .distinct()
    ).all()
    works = current_operations(session, {campaign.id or 0, *beside})
    return [
        work
        for work in works
        if work.campaign_id == campaign.id
        or (work.plot_id == campaign.plot_id and work.occurred_on >= campaign.started_on)
    ]


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


def _reports(session: Session, made_of: list[Batch]) -> tuple[Report, ...]:
    found = []
    for batch in made_of:
        for row in session.exec(select(TestReport).where(TestReport.batch_id == batch.id)):
            items = session.exec(select(ReportItem).where(ReportItem.report_id == row.id))
            found.append(
                Report(
                    record_ref=row.number,
                    batch_ref=batch.code,
                    kind=ReportKind(row.kind),
                    tested_on=row.tested_on,
                    passed=row.passed,
                    items=tuple(TestedItem(item.analyte, item.passed) for item in items),
                    sampled_on=row.sampled_on,
                )
            )
    return tuple(found)
