"""Batches put right: as long as nothing rests on them, and never without a trace."""

from __future__ import annotations

from sqlmodel import select

from tracer.actions import revisions
from tracer.actions.actor import Actor, own
from tracer.actions.farm import farmwork, flow
from tracer.actions.farm.batches import HarvestForm, campaign_of, only_harvest, work
from tracer.actions.farm.farmwork import RetractForm
from tracer.domain.errors import Conflict, Refusal
from tracer.domain.quantity import parse_quantity
from tracer.domain.words import BatchKind
from tracer.store import stock
from tracer.store.lookups import certificates_of
from tracer.store.tables import Batch, Operation, PrintRun
from tracer.store.world import Tx


def correct_harvest(tx: Tx, actor: Actor, public_id: str, form: HarvestForm) -> Batch:
    """Correct a harvest and its batch together, as long as nothing rests on the batch."""
    batch = own(tx, actor, Batch, public_id)
    if batch.kind != BatchKind.HARVEST:
        raise Refusal("no_harvest", f"批次 {batch.code} 不是采收的，请撤回后重新登记")
    _free(tx, batch)
    campaign, product = campaign_of(tx, actor, form)
    kind = form.kind or only_harvest(product.sector).code
    quantity = parse_quantity(form.quantity, form.unit or product.unit)
    before = tx.session.get_one(Operation, batch.operation_id)
    record = farmwork.keep_correction(tx, actor, before.public_id, work(form, kind, quantity))
    taken = flow.find_code(tx, actor, form.code)
    if taken is not None and taken.id != batch.id:
        raise flow.code_taken(taken.code)
    revisions.revise(
        tx,
        actor,
        batch,
        {
            "operation_id": record.id,
            "campaign_id": campaign.id,
            "product_id": product.id,
            "code": form.code or batch.code,
            "made_on": form.made_on,
            "quantity_milli": quantity.milli,
            "unit": quantity.unit,
            "origin": product.origin,
        },
    )
    return batch


def withdraw_batch(tx: Tx, actor: Actor, public_id: str, form: RetractForm) -> Batch:
    """撤回 a batch that should not have been made: it is empty from now on, its sources get back
    what they gave, and its record is retracted. Harmless when repeated.
    """
    batch = own(tx, actor, Batch, public_id)
    if batch.quantity_milli == 0:
        return batch
    _free(tx, batch)
    printed = tx.session.exec(select(PrintRun).where(PrintRun.batch_id == batch.id)).first()
    if printed is not None:
        raise Conflict("printed", f"批次 {batch.code} 已经打印了标签，不能撤回，请联系平台管理员")
    sources = flow.give_back(tx, batch)
    revisions.keep_revision(
        tx, actor, batch, revisions.plain(batch) | {"sources": sources, "reason": form.reason}
    )
    batch.quantity_milli = 0
    if batch.operation_id is not None:
        record = tx.session.get_one(Operation, batch.operation_id)
        batch.operation_id = farmwork.keep_retraction(tx, actor, record.public_id, form).id
    tx.session.flush()
    return batch


def _free(tx: Tx, batch: Batch) -> None:
    """Conflict where a certificate, even a voided one, or another batch rests on this one."""
    if certificates_of(tx.session, batch.id or 0):
        raise Conflict(
            "certified",
            f"批次 {batch.code} 开过合格证，记录要留底，不能再改；"
            "证开错了请换证，货记错了请另登记一批",
        )
    if stock.moved_on(tx.session, batch).milli:
        raise Conflict("moved_on", f"批次 {batch.code} 已经拆分、合并或加工，请先撤回那些批次")
