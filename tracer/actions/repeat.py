"""再来一批: the same as last time, with today's weight. One number from home to label."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field
from sqlmodel import col, select

from tracer.actions.actor import Actor, own
from tracer.actions.certificates.issue import IssueForm, issue
from tracer.actions.farm.batches import HarvestForm, record_harvest
from tracer.actions.farm.farmwork import Ref
from tracer.actions.figures import Amount, Unit
from tracer.actions.forms import Form
from tracer.actions.printing.runs import PrintForm, print_labels
from tracer.domain.clock import day_of
from tracer.domain.errors import Refusal
from tracer.domain.quantity import parse_quantity
from tracer.domain.words import Basis, BatchKind
from tracer.store.tables import Batch, Campaign, Certificate, Operation, PrintRun
from tracer.store.world import Tx

DESIGN, STOCK = "certificate-80x60", "roll-80x60"


class RepeatForm(Form):
    """Today's harvest of the batch's campaign. The unit is the last batch's unless told."""

    ref: Ref = None
    batch: Annotated[str, Field(title="上一批", min_length=1, max_length=20)]
    quantity: Annotated[Amount, Field(title="重量或数量")]
    unit: Annotated[Unit | None, Field(title="单位")] = None


@dataclass(frozen=True)
class Repeated:
    """What one number made: today's batch, its certificate and a label of it."""

    batch: Batch
    certificate: Certificate
    run: PrintRun


def repeat(tx: Tx, actor: Actor, form: RepeatForm) -> Repeated:
    """Harvest, promise and print in one transaction; resending the same ``ref`` repeats nothing.

    The basis is the one that needs no report of its own (质量安全控制符合要求): a test of the last
    batch says nothing about this one.
    """
    last = own(tx, actor, Batch, form.batch)
    campaign = tx.session.get(Campaign, last.campaign_id) if last.campaign_id else None
    if campaign is None or last.kind != BatchKind.HARVEST:
        raise Refusal("not_repeatable", "只有采收的批次可以再来一批，请从采收记录开始", "batch")
    unit = form.unit or last.unit
    made = _made_before(tx, actor, campaign, form, unit)
    if made is not None:
        return made
    harvest = tx.session.get(Operation, last.operation_id) if last.operation_id else None
    batch = record_harvest(
        tx,
        actor,
        HarvestForm.model_validate(
            {
                "ref": form.ref,
                "campaign": campaign.public_id,
                "kind": harvest.kind if harvest else None,
                "made_on": day_of(tx.now),
                "operator": harvest.operator if harvest else actor.name,
                "quantity": form.quantity,
                "unit": unit,
            }
        ),
    )
    done = _done_before(tx, batch)
    if done is not None:
        return done
    certificate = issue(
        tx,
        actor,
        IssueForm.model_validate(
            {
                "batch": batch.public_id,
                "quantity": form.quantity,
                "unit": unit,
                "basis": (Basis.CONTROL,),
            }
        ),
    )
    run = print_labels(
        tx,
        actor,
        PrintForm(certificate=certificate.public_id, design=DESIGN, stock=STOCK, count=1),
    )
    return Repeated(batch, certificate, run)


def _made_before(
    tx: Tx, actor: Actor, campaign: Campaign, form: RepeatForm, unit: str
) -> Repeated | None:
    """What this form made when it was first sent, on whatever day that was.

    A telephone without signal sends it again after midnight: "today" has moved on since, so the
    harvest is found by its ``ref``. None where the ``ref`` is new or named another harvest.
    """
    if form.ref is None:
        return None
    harvest = tx.session.exec(
        select(Operation).where(
            Operation.producer_id == actor.producer,
            Operation.ref == form.ref,
            Operation.version == 1,
        )
    ).first()
    wanted = parse_quantity(form.quantity, unit)
    if harvest is None or (harvest.campaign_id, harvest.quantity_milli, harvest.unit) != (
        campaign.id,
        wanted.milli,
        wanted.unit,
    ):
        return None
    batch = tx.session.exec(select(Batch).where(Batch.operation_id == harvest.id)).first()
    return _done_before(tx, batch) if batch is not None else None


def _done_before(tx: Tx, batch: Batch) -> Repeated | None:
    """What the same form made the first time it was sent."""
    certificate = tx.session.exec(
        select(Certificate).where(Certificate.batch_id == batch.id).order_by(col(Certificate.id))
    ).first()
    if certificate is None:
        return None
    run = tx.session.exec(
        select(PrintRun).where(PrintRun.certificate_id == certificate.id).order_by(col(PrintRun.id))
    ).first()
    return Repeated(batch, certificate, run) if run is not None else None
