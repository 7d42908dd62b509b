"""Batches from tables: each in its turn, after the batches it is made of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tracer.actions.actor import Actor
from tracer.actions.exchange.names import Names
from tracer.actions.exchange.rows import Line, fill
from tracer.actions.farm import flow
from tracer.actions.farm.batches import (
    HarvestForm,
    MergeForm,
    PartForm,
    PurchaseForm,
    SplitForm,
    TransformForm,
    buy_batch,
    merge_batches,
    record_harvest,
    split_batch,
    transform_batches,
)
from tracer.actions.farm.flow import SourceForm
from tracer.actions.forms import Form
from tracer.domain.errors import Refusal
from tracer.domain.quantity import parse_quantity
from tracer.domain.words import BatchKind
from tracer.store.tables import Batch, Operation
from tracer.store.world import Tx

CODE, COMES_FROM, SOURCE, AMOUNT = "批次编号", "来历", "来源批次", "用量"
Key = tuple[int, str, str]  # producer's row id and batch number
_WORKS: dict[BatchKind, type[Form]] = {
    BatchKind.HARVEST: HarvestForm,
    BatchKind.PURCHASE: PurchaseForm,
    BatchKind.TRANSFORM: TransformForm,
}
_SHARED = frozenset({"code", "made_on", "quantity", "unit"})


def in_turn(
    rows: Sequence[tuple[Key, Line]], sources: Mapping[Key, Sequence[Line]]
) -> Iterator[tuple[Line, bool]]:
    """The rows, each after those of its sources; with False where they go round in a circle.

    Who takes all that is left of a batch comes after those who take a stated amount of it.
    """
    waiting = list(rows)
    while waiting:
        unmade = {key for key, _ in waiting}
        stated = {
            source
            for key, line in waiting
            for source, rest in _sources(key, line, sources)
            if not rest
        }
        ready: list[tuple[Key, Line]] = []
        blocked: list[tuple[Key, Line]] = []
        for key, line in waiting:
            waits = any(
                source in unmade or (rest and source in stated)
                for source, rest in _sources(key, line, sources)
            )
            (blocked if waits else ready).append((key, line))
        for _, line in ready or blocked:
            yield line, bool(ready)
        waiting = blocked if ready else []


def _sources(
    key: Key, line: Line, sources: Mapping[Key, Sequence[Line]]
) -> Iterator[tuple[Key, bool]]:
    """The batches a row is made of, each with whether all that is left of it is taken."""
    split = line.cells.get(COMES_FROM) == BatchKind.SPLIT.label
    for row in sources.get(key, ()):
        rest = not split and AMOUNT not in row.cells
        yield (key[0], row.cells.get(SOURCE, ""), ""), rest


def take_batch(tx: Tx, names: Names, actor: Actor, line: Line, sources: Sequence[Line]) -> Batch:
    """The batch of a row, made by the action that belongs to where it comes from."""
    kind = next((kind for kind in BatchKind if kind.label == line.cells.get(COMES_FROM)), None)
    if kind is None:
        known = "、".join(kind.label for kind in BatchKind)
        raise Refusal("invalid", f"{COMES_FROM}要从这些里选：{known}", COMES_FROM)
    data: dict[str, Any] = line.fields()
    allowed = _WORKS[kind].model_fields.keys() if kind in _WORKS else _SHARED
    for field in data.keys() - allowed:
        raise Refusal("invalid", f"{kind.label}的批次不用填这一格，请清空", field)
    if kind in (BatchKind.HARVEST, BatchKind.PURCHASE) and sources:
        raise Refusal("invalid", f"{kind.label}的批次没有来源，请删掉“批次关系”里的行", COMES_FROM)
    if kind is BatchKind.SPLIT:
        return _split(tx, names, actor, data, sources)
    if kind is not BatchKind.MERGE:
        data |= {
            "campaign": names.campaign(actor, data.get("campaign")),
            "ref": _ref(tx, actor, data.get("code")),
        }
    if kind is BatchKind.HARVEST:
        return record_harvest(tx, actor, fill(HarvestForm, data))
    if kind is BatchKind.PURCHASE:
        return buy_batch(tx, actor, fill(PurchaseForm, data))
    made_of = {**data, "sources": [_source(names, actor, row) for row in sources]}
    if kind is BatchKind.MERGE:
        return merge_batches(tx, actor, fill(MergeForm, made_of))
    return transform_batches(tx, actor, fill(TransformForm, made_of))


def _split(
    tx: Tx, names: Names, actor: Actor, data: Mapping[str, str], sources: Sequence[Line]
) -> Batch:
    if len(sources) != 1:
        raise Refusal("invalid", "拆分出来的批次要在“批次关系”里写明从哪一批拆的，只写一行", "code")
    part = fill(PartForm, {name: text for name, text in data.items() if name != "made_on"})
    source = fill(SourceForm, _source(names, actor, sources[0]))
    if source.quantity is not None:
        unit = part.unit or source.unit or "kg"
        taken = parse_quantity(source.quantity, source.unit or unit)
        if taken.base != parse_quantity(part.quantity, unit).base:
            raise Refusal("unbalanced", "数量和“批次关系”里的用量不一样，请改正", "quantity")
    form = {"batch": source.batch, "made_on": data.get("made_on"), "parts": [part]}
    return split_batch(tx, actor, fill(SplitForm, form))[0]


def _source(names: Names, actor: Actor, row: Line) -> dict[str, Any]:
    fields = row.fields()
    del fields["code"]
    return fields | {"batch": names.batch(actor, fields.get("batch"))}


def _ref(tx: Tx, actor: Actor, code: str | None) -> str | None:
    """The record's own name: that of the batch which is there, so that it is told again."""
    known = flow.find_code(tx, actor, code)
    if known is not None and known.operation_id is not None:
        return tx.session.get_one(Operation, known.operation_id).ref
    return code and f"批次 {code}"
