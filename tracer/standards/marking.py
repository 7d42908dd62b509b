"""A sheet while it is being filled: rows one by one, what is missing, what records suggest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from tracer.domain.assessing import Fact
from tracer.domain.errors import Refusal
from tracer.standards.answers import Answer, unwrap
from tracer.standards.exact import exact, json_number
from tracer.standards.pack import Item, Pack
from tracer.standards.sheet import mark_sheet
from tracer.standards.verbs import VERBS

_HALF = Fraction(1, 2)


def row_of(items: Mapping[str, Item], key: str) -> Item:
    """The row with that key; a Refusal for one the table does not have."""
    if key not in items:
        raise Refusal("unknown_row", f"表里没有第 {key} 行，请核对行号", key)
    return items[key]


def read_row(item: Item, raw: object) -> dict[str, Any]:
    """A row's answer as it is kept in JSON, ``{"value": …, "note": …}``, read by its verb first.

    A Refusal names the row.
    """
    value, note = unwrap(item, raw)
    VERBS[item.verb].read(item, value)
    return {"value": _kept(value), "note": note.strip()}


def missing_rows(pack: Pack, rows: Mapping[str, Any]) -> list[Item]:
    """The rows of the pack's table that still need an answer, in order.

    Of a choice one row is enough. A row that is worth nothing by itself is not missed, but one that
    brings points is, even where its verb reads a blank as none: an expert says so.
    """
    items = pack.scored(pack.table().key)
    answered = {items[key].choice for key in rows if key in items}
    return [
        item
        for key, item in items.items()
        if key not in rows
        and (item.max or not VERBS[item.verb].optional)
        and not (item.choice and item.choice in answered)
    ]


def unexplained(pack: Pack, rows: Mapping[str, Any]) -> list[Item]:
    """The rows said not to apply without a reason beside them."""
    items = pack.scored(pack.table().key)
    return [
        item
        for key, row in rows.items()
        if not row["note"]
        and (verb := VERBS[(item := items[key]).verb]).waived(item, verb.read(item, row["value"]))
    ]


def other_days(pack: Pack, rows: Mapping[str, Any], on: str) -> list[Item]:
    """The rows that end their years on another day than ``on`` without a reason beside them."""
    items = pack.scored(pack.table().key)
    return [
        items[key]
        for key, row in rows.items()
        if items[key].verb == "none_since" and not row["note"] and row["value"]["assessed_on"] != on
    ]


def answers_of(
    pack: Pack, gates: Mapping[str, Any], sheets: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """The answers to be scored and stored: experts are called 专家1, 专家2 … in their order."""
    table = pack.table()
    answers: dict[str, Any] = {
        "standard": pack.id,
        "edition": pack.edition,
        "table": table.key,
        "gates": {key: {"value": one["value"], "note": one["note"]} for key, one in gates.items()},
    }
    if table.experts is None:
        return {**answers, "rows": dict(sheets[0]) if sheets else {}}
    named = {f"专家{number}": dict(rows) for number, rows in enumerate(sheets, 1)}
    return {**answers, "experts": named}


def counted(pack: Pack, rows: Mapping[str, Any]) -> Fraction:
    """What the rows answered so far add up to, as the finished sheet would count them."""
    items = pack.scored(pack.table().key)
    sheet = {
        key: Answer(VERBS[items[key].verb].read(items[key], row["value"]), row["note"])
        for key, row in rows.items()
    }
    return sum(mark_sheet(items, sheet).counted.values(), Fraction(0))


def suggest(item: Item, fact: Fact) -> Any:
    """The answer that a fact gives to a row or gate, None where it gives none.

    A fact with an answer in the verb's own shape gives that. Otherwise marks take the share that
    counts, rounded down to the row's step, and clauses hold where all of it counts.
    """
    if item.verb in fact.answers:
        return fact.answers[item.verb] if _fits(item, fact.answers[item.verb]) else None
    if not fact.of:
        return None
    if item.verb == "mark" and item.max is not None:
        step = Fraction(item.params.get("step", _HALF))
        return json_number(item.max * fact.counted / fact.of // step * step)
    if item.verb == "clause":
        return "符合" if fact.whole else "不符合"
    return None


def differs(item: Item, given: object, suggested: object) -> bool:
    """Whether an answer is another one than what the records suggest."""
    verb = VERBS[item.verb]
    return bool(verb.read(item, given) != verb.read(item, suggested))


def _fits(item: Item, value: object) -> bool:
    try:
        VERBS[item.verb].read(item, value)
    except Refusal:
        return False
    return True


def _kept(value: Any) -> Any:
    """The same without decimals, which JSON cannot keep: a float means its shortest decimal."""
    if isinstance(value, Mapping):
        return {name: _kept(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_kept(one) for one in value]
    return json_number(exact(value)) if isinstance(value, float | Decimal) else value
