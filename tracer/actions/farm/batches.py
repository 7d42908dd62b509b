"""Batches: harvested, bought in, made from others, split and merged; quantities always balance."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints
from sqlmodel import select

from tracer.actions import credit
from tracer.actions.actor import Actor, own
from tracer.actions.farm import farmwork, flow
from tracer.actions.farm.farmwork import OperationForm, Ref
from tracer.actions.farm.flow import SourceForm
from tracer.actions.figures import Amount, Day, Unit
from tracer.actions.forms import Form
from tracer.actions.text import Code, Line, Name, PublicId, checked
from tracer.domain.errors import Refusal
from tracer.domain.operations import OperationKind, operation_kind, operation_kinds
from tracer.domain.quantity import Quantity, parse_quantity
from tracer.domain.words import BatchKind, ProducerKind
from tracer.store.tables import Batch, Campaign, Producer, Product
from tracer.store.world import Tx

TRANSFORMING = ("processing", "slaughter")
PURCHASE = "purchase"
MOST_ORIGIN = 60  # characters
_BUYERS = frozenset(ProducerKind) - {ProducerKind.HOUSEHOLD, ProducerKind.FAMILY_FARM}
_Kind = Annotated[
    str, StringConstraints(max_length=40), checked(lambda text: operation_kind(text).code)
]


class WorkForm(Form):
    """What every work that makes a batch has in common."""

    ref: Ref = None
    campaign: Annotated[PublicId, Field(title="生产作业")]
    made_on: Annotated[Day, Field(title="日期")]
    operator: Annotated[Name, Field(title="执行人")]
    quantity: Annotated[Amount, Field(title="数量")]
    unit: Annotated[Unit | None, Field(title="单位")] = None
    code: Annotated[Code | None, Field(title="批次编号")] = None
    note: Annotated[Line | None, Field(title="备注")] = None


class HarvestForm(WorkForm):
    """采收: picked, caught, laid or sent off the farm. The unit is the product's unless told."""

    kind: Annotated[_Kind | None, Field(title="采收方式")] = None


class TransformForm(WorkForm):
    """加工 or 屠宰: batches become another product, the campaign's."""

    kind: Annotated[_Kind, Field(title="加工方式")] = "processing"
    method: Annotated[Name, Field(title="加工方法")]
    sources: Annotated[tuple[SourceForm, ...], Field(title="来源批次", min_length=1, max_length=50)]


class PurchaseForm(WorkForm):
    """收购: a batch bought in from another producer, which needs its proof (SourceProofForm)."""

    supplier: Annotated[Name, Field(title="供货人")]
    origin: Annotated[Name, Field(title="产地")]
    number: Annotated[Name | None, Field(title="单据编号")] = None


class PartForm(Form):
    """One part of a batch that is split."""

    quantity: Annotated[Amount, Field(title="数量")]
    unit: Annotated[Unit | None, Field(title="单位")] = None
    code: Annotated[Code | None, Field(title="批次编号")] = None


class SplitForm(Form):
    """拆分 or 分装: parts leave a batch; what is not taken stays in it."""

    batch: Annotated[PublicId, Field(title="批次")]
    made_on: Annotated[Day, Field(title="日期")]
    parts: Annotated[tuple[PartForm, ...], Field(title="拆出的批次", min_length=1, max_length=50)]


class MergeForm(Form):
    """合并 or 混装 of batches of one product; a total that is given must be the exact sum."""

    made_on: Annotated[Day, Field(title="日期")]
    sources: Annotated[tuple[SourceForm, ...], Field(title="来源批次", min_length=2, max_length=50)]
    quantity: Annotated[Amount | None, Field(title="合计数量")] = None
    unit: Annotated[Unit | None, Field(title="单位")] = None
    code: Annotated[Code | None, Field(title="批次编号")] = None


def record_harvest(tx: Tx, actor: Actor, form: HarvestForm) -> Batch:
    """The harvest's record and its batch; the existing batch where the form is resent."""
    _, product = campaign_of(tx, actor, form)
    kind = form.kind or only_harvest(product.sector).code
    if not operation_kind(kind).harvests or kind in TRANSFORMING:
        raise Refusal("no_harvest", f"{operation_kind(kind).label}不是采收，请重新选择", "kind")
    return _make(tx, actor, form, BatchKind.HARVEST, kind, product.origin)


def transform_batches(tx: Tx, actor: Actor, form: TransformForm) -> Batch:
    """The processing's record and its batch, of the campaign's product."""
    _, product = campaign_of(tx, actor, form)
    if form.kind not in TRANSFORMING:
        raise Refusal(
            "no_transform", f"{operation_kind(form.kind).label}不是加工，请重新选择", "kind"
        )
    return _make(
        tx,
        actor,
        form,
        BatchKind.TRANSFORM,
        form.kind,
        product.origin,
        form.sources,
        method=form.method,
    )


def buy_batch(tx: Tx, actor: Actor, form: PurchaseForm) -> Batch:
    """The purchase's record and its batch. Households and family farms do not buy in to resell."""
    if tx.session.get_one(Producer, actor.producer).kind not in _BUYERS:
        raise Refusal("no_buyer", "农户和家庭农场的账号不能登记收购，请用收购者的账号")
    return _make(
        tx,
        actor,
        form,
        BatchKind.PURCHASE,
        PURCHASE,
        form.origin,
        supplier=form.supplier,
        number=form.number,
    )


def split_batch(tx: Tx, actor: Actor, form: SplitForm) -> list[Batch]:
    """The parts as batches of their own; those that exist are returned where the form is resent."""
    parent = own(tx, actor, Batch, form.batch)
    codes = [part.code for part in form.parts if part.code is not None]
    if len(set(codes)) < len(codes):
        raise Refusal("code_twice", "两个拆出的批次写了同一个编号，请改其中一个", "parts")
    return [_split_off(tx, actor, parent, form, part) for part in form.parts]


def merge_batches(tx: Tx, actor: Actor, form: MergeForm) -> Batch:
    """One batch of all that is taken; the existing one where the form is resent."""
    known = flow.find_code(tx, actor, form.code)
    if known is not None:
        _must_be(tx, actor, known, BatchKind.MERGE, form.sources)
        return known
    taken = flow.take_all(tx, actor, form.sources, form.made_on)
    first = taken[0].parent
    if any(part.parent.product_id != first.product_id for part in taken):
        raise Refusal("other_product", "只有同一种产品才能合并，请重新选择批次", "sources")
    unit = form.unit or first.unit
    total = flow.total(taken, unit)
    if form.quantity is not None and parse_quantity(form.quantity, unit) != total:
        raise Refusal("unbalanced", f"来源批次合计是 {total}，与填的数量不一样，请改正", "quantity")
    row = flow.make_batch(
        tx,
        actor,
        BatchKind.MERGE,
        total,
        form.made_on,
        form.code,
        product_id=first.product_id,
        campaign_id=None,
        origin=_joined([part.parent.origin for part in taken]),
    )
    flow.link(tx, taken, row)
    return row


def _joined(origins: list[str]) -> str:
    """The places that several batches come from, short enough for a certificate."""
    places = list(dict.fromkeys(origins))
    text = "、".join(places)
    return text if len(text) <= MOST_ORIGIN else f"{places[0]}等 {len(places)} 处"


def campaign_of(tx: Tx, actor: Actor, form: WorkForm) -> tuple[Campaign, Product]:
    campaign = own(tx, actor, Campaign, form.campaign)
    return campaign, tx.session.get_one(Product, campaign.product_id)


def only_harvest(sector: str) -> OperationKind:
    """The one way a sector harvests; asks where there are several, as with eggs and milk."""
    ways = [
        kind
        for kind in operation_kinds().values()
        if kind.harvests and sector in kind.domains and kind.code not in TRANSFORMING
    ]
    if len(ways) != 1:
        known = "、".join(way.label for way in ways) or "加工"
        raise Refusal("which_harvest", f"请选采收方式：{known}", "kind")
    return ways[0]


def work(form: WorkForm, kind: str, quantity: Quantity, **more: str | None) -> OperationForm:
    """The record of a work that makes a batch."""
    return OperationForm(
        ref=form.ref,
        campaign=form.campaign,
        kind=kind,
        occurred_on=form.made_on,
        operator=form.operator,
        quantity=form.quantity,
        unit=quantity.unit,
        note=form.note,
        **more,
    )


def _make(
    tx: Tx,
    actor: Actor,
    form: WorkForm,
    kind: BatchKind,
    way: str,
    origin: str,
    sources: tuple[SourceForm, ...] = (),
    **more: str | None,
) -> Batch:
    """The record and its batch, or the batch of the record that the form repeats."""
    campaign, product = campaign_of(tx, actor, form)
    quantity = parse_quantity(form.quantity, form.unit or product.unit)
    record = farmwork.keep_operation(tx, actor, work(form, way, quantity, **more))
    known = tx.session.exec(select(Batch).where(Batch.operation_id == record.id)).first()
    if known is not None:
        if form.code not in (None, known.code):
            raise flow.code_taken(known.code)
        _must_be(tx, actor, known, kind, sources)
        return known
    taken = flow.take_all(tx, actor, sources, form.made_on)
    row = flow.make_batch(
        tx,
        actor,
        kind,
        quantity,
        form.made_on,
        form.code,
        product_id=product.id,
        campaign_id=campaign.id,
        operation_id=record.id,
        origin=origin,
    )
    flow.link(tx, taken, row)
    credit.count(tx, row.product_id, "C.2-6", "batch", row.public_id)
    return row


def _split_off(tx: Tx, actor: Actor, parent: Batch, form: SplitForm, part: PartForm) -> Batch:
    unit = part.unit or parent.unit
    source = SourceForm(batch=parent.public_id, quantity=part.quantity, unit=unit)
    known = flow.find_code(tx, actor, part.code)
    if known is not None:
        _must_be(tx, actor, known, BatchKind.SPLIT, (source,))
        return known
    taken = flow.take(tx, actor, source, form.made_on)
    row = flow.make_batch(
        tx,
        actor,
        BatchKind.SPLIT,
        parse_quantity(part.quantity, unit),
        form.made_on,
        part.code,
        product_id=parent.product_id,
        campaign_id=parent.campaign_id,
        origin=parent.origin,
    )
    flow.link(tx, [taken], row)
    return row


def _must_be(
    tx: Tx, actor: Actor, known: Batch, kind: BatchKind, sources: tuple[SourceForm, ...]
) -> None:
    """Conflict unless the existing batch is of that kind and was made of those sources."""
    kept = flow.sources_of(tx, known)
    same = known.kind == kind and len(sources) == len(kept)
    for source in sources:
        parent = own(tx, actor, Batch, source.batch)
        wanted = flow.wanted(parent, source)
        given = kept.get(parent.id or 0)
        same = same and given is not None and wanted in (None, Quantity(given, parent.unit))
    if not same:
        raise flow.code_taken(known.code)
