"""What happens to a batch later: split, merge, correct, withdraw, recall."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import url_for
from flask.typing import ResponseReturnValue

from tracer.actions.actor import own
from tracer.actions.certificates.void import RecallForm, recall
from tracer.actions.farm.batches import (
    HarvestForm,
    MergeForm,
    SplitForm,
    merge_batches,
    split_batch,
)
from tracer.actions.farm.corrections import correct_harvest, withdraw_batch
from tracer.actions.farm.farmwork import RetractForm
from tracer.actions.forms import parse
from tracer.domain.clock import day_of
from tracer.domain.errors import NotFound, Refusal
from tracer.domain.quantity import UNITS
from tracer.domain.words import BatchKind
from tracer.queries.farm import batch as farm_batch
from tracer.queries.farm import batches as farm_batches
from tracer.queries.farm import holdings as farm_holdings
from tracer.store.stock import quantity_of, remaining
from tracer.store.tables import Batch, Campaign, Operation, Product
from tracer.store.world import Tx
from tracer.web.producer import hall
from tracer.web.producer.pages import Back, back, form_page
from tracer.web.producer.questions import Asking, Option, answers
from tracer.web.producer.sending import send, wants_more_rows
from tracer.web.producer.sources import Sources
from tracer.web.shared.door import actor, world

_PARTS = 3


@hall.get("/batches/<public_id>/split")
def splitting(public_id: str) -> str:
    """Ask for the parts."""
    return _split_page(public_id, {}, None)


@hall.post("/batches/<public_id>/split")
def split(public_id: str) -> ResponseReturnValue:
    """Split parts off a batch."""
    given = answers()
    if wants_more_rows():
        return _split_page(public_id, given, None)

    def act(tx: Tx) -> str:
        split_batch(tx, actor(), parse(SplitForm, given | {"batch": public_id}))
        return url_for("farm.batch", public_id=public_id)

    return send(
        act, lambda refusal: _split_page(public_id, given, refusal), mine=(Batch, public_id)
    )


@hall.get("/merge")
def merging() -> str:
    """Ask which batches are put together."""
    return _merge_page({}, None)


@hall.post("/merge")
def merge() -> ResponseReturnValue:
    """Put batches together."""
    given = answers()
    sources = Sources.read(given)

    def act(tx: Tx) -> str:
        form = parse(MergeForm, given | {"sources": sources.chosen()})
        return url_for("farm.batch", public_id=merge_batches(tx, actor(), form).public_id)

    return send(act, lambda refusal: _merge_page(given, refusal))


@hall.get("/batches/<public_id>/correct")
def correcting_batch(public_id: str) -> str:
    """Show a harvest to correct it."""
    with world().read() as tx:
        row = own(tx, actor(), Batch, public_id)
        _harvested(row)
        record = tx.session.get(Operation, row.operation_id) if row.operation_id else None
        given = {
            "quantity": quantity_of(row).number,
            "unit": row.unit,
            "made_on": row.made_on.isoformat(),
            "operator": record.operator if record else actor().name,
            "code": row.code,
            "note": record.note if record else None,
        }
    return _correct_page(public_id, given, None)


@hall.post("/batches/<public_id>/correct")
def correct_batch(public_id: str) -> ResponseReturnValue:
    """Correct a harvest and its batch together."""
    given = answers()

    def act(tx: Tx) -> str:
        row = own(tx, actor(), Batch, public_id)
        _harvested(row)
        campaign = tx.session.get_one(Campaign, row.campaign_id)
        record = tx.session.get_one(Operation, row.operation_id)
        form = parse(HarvestForm, given | {"campaign": campaign.public_id, "kind": record.kind})
        correct_harvest(tx, actor(), public_id, form)
        return url_for("farm.batch", public_id=public_id)

    return send(
        act, lambda refusal: _correct_page(public_id, given, refusal), mine=(Batch, public_id)
    )


@hall.get("/batches/<public_id>/withdraw")
def withdrawing(public_id: str) -> str:
    """Ask why a batch should not count."""
    return _withdraw_page(public_id, {}, None)


@hall.post("/batches/<public_id>/withdraw")
def withdraw(public_id: str) -> ResponseReturnValue:
    """Withdraw a batch."""
    given = answers()

    def act(tx: Tx) -> str:
        withdraw_batch(tx, actor(), public_id, parse(RetractForm, given))
        return url_for("farm.batch", public_id=public_id)

    return send(
        act, lambda refusal: _withdraw_page(public_id, given, refusal), mine=(Batch, public_id)
    )


@hall.get("/batches/<public_id>/recall")
def recalling(public_id: str) -> str:
    """Ask why a batch is called back, and what its buyers should do."""
    return _recall_page(public_id, {}, None)


@hall.post("/batches/<public_id>/recall")
def call_back(public_id: str) -> ResponseReturnValue:
    """Recall a batch and all that was made of it."""
    given = answers()

    def act(tx: Tx) -> str:
        recall(tx, actor(), public_id, parse(RecallForm, given))
        return url_for("farm.batch", public_id=public_id)

    return send(
        act, lambda refusal: _recall_page(public_id, given, refusal), mine=(Batch, public_id)
    )


def _split_page(public_id: str, given: Mapping[str, Any], refusal: Refusal | None) -> str:
    with world().read() as tx:
        row = own(tx, actor(), Batch, public_id)
        title = tx.session.get_one(Product, row.product_id).name
        left = remaining(tx.session, row)
        today = day_of(tx.now).isoformat()
    parts = given.get("parts", [])
    wanted = max(_PARTS, len(parts) + (_PARTS if wants_more_rows() else 1))
    return form_page(
        "拆分",
        [Asking(SplitForm, {"made_on": today, **given}).date("made_on")],
        _to_batch(title, public_id),
        button="拆开",
        refusal=refusal,
        subtitle=f"{title} · 批次 {row.code} · 剩 {left}",
        parts=[*parts, *({} for _ in range(wanted - len(parts)))],
        unit=UNITS[row.unit].label,
        template="split",
    )


def _merge_page(given: Mapping[str, Any], refusal: Refusal | None) -> str:
    with world().read() as tx:
        usable = farm_batches.usable(tx, actor().producer)
        today = day_of(tx.now).isoformat()
    ask = Asking(MergeForm, {"made_on": today, **given})
    return form_page(
        "合并批次",
        [ask.date("made_on")],
        back("批次", "batches"),
        button="合成一批",
        more=[ask.text("code", hint="不填就自动编号")],
        refusal=refusal,
        sources=Sources.read(given).rows(usable),
        template="merge",
    )


def _correct_page(public_id: str, given: Mapping[str, Any], refusal: Refusal | None) -> str:
    with world().read() as tx:
        row = own(tx, actor(), Batch, public_id)
        product = tx.session.get_one(Product, row.product_id)
    units = [Option(code, label) for code, label in farm_holdings.units_like(row.unit)]
    ask = Asking(HarvestForm, given)
    return form_page(
        "更正采收记录",
        [ask.amount("quantity", "unit", units), ask.date("made_on"), ask.text("operator")],
        _to_batch(product.name, public_id),
        button="保存更正",
        more=[ask.text("code"), ask.long("note")],
        refusal=refusal,
        intro="原来的记录会留着，看得到改了什么。",
    )


def _withdraw_page(public_id: str, given: Mapping[str, Any], refusal: Refusal | None) -> str:
    return form_page(
        "撤回这个批次",
        [Asking(RetractForm, given).long("reason", hint="比如 记重了")],
        _to_batch(_title(public_id), public_id),
        button="撤回",
        grave=True,
        refusal=refusal,
        intro="撤回以后这个批次不再算数，用掉的来源批次会退回去；记录仍然看得到。",
    )


def _recall_page(public_id: str, given: Mapping[str, Any], refusal: Refusal | None) -> str:
    ask = Asking(RecallForm, given)
    return form_page(
        "召回这个批次",
        [
            ask.long("reason", hint="比如 抽检发现啶虫脒超标"),
            ask.long("advice", hint="比如 不要食用，送回原购买处退货"),
        ],
        _to_batch(_title(public_id), public_id),
        button="召回",
        grave=True,
        refusal=refusal,
        intro="召回以后，扫这批和用它做成的货，都会看到“已召回”和您写的办法。召回不能取消。",
    )


def _title(public_id: str) -> str:
    with world().read() as tx:
        return farm_batch.batch_page(tx, own(tx, actor(), Batch, public_id)).product


def _to_batch(title: str, public_id: str) -> Back:
    return back(title, "batch", public_id=public_id)


def _harvested(row: Batch) -> None:
    if row.kind != BatchKind.HARVEST or row.operation_id is None:
        raise NotFound("这个批次不是采收的，没有采收记录可以更正")
