"""What changed between two editions, field by field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from fractions import Fraction
from typing import Any

from tracer.standards.exact import plain
from tracer.standards.pack import Item, Pack


@dataclass(frozen=True)
class Change:
    """One field of one part; an empty side means that the part is not there."""

    where: str
    field: str
    old: str
    new: str


def compare(old: Pack, new: Pack) -> list[Change]:
    """Every difference, in the order of the new edition, what was dropped last."""
    before, after = dict(_facts("", old)), dict(_facts("", new))
    places = [*after, *(place for place in before if place not in after)]
    return [
        Change(*place, before.get(place, ""), after.get(place, ""))
        for place in places
        if before.get(place, "") != after.get(place, "")
    ]


def _facts(where: str, part: Any) -> Iterator[tuple[tuple[str, str], str]]:
    for field in fields(part):
        value = getattr(part, field.name)
        if field.name in ("digest", "folder"):
            continue
        if is_dataclass(value):
            yield from _facts(f"{where} {field.name}".strip(), value)
        elif isinstance(value, tuple) and value and is_dataclass(value[0]):
            for child in value:
                name = getattr(child, "key", "") or child.name
                yield from _facts(name if isinstance(child, Item) else f"{where} {name}", child)
        else:
            yield (where.strip(), field.name), _said(value)


def _said(value: Any) -> str:
    if isinstance(value, Fraction):
        return plain(value)
    if isinstance(value, Mapping):
        return "，".join(f"{name}={_said(one)}" for name, one in value.items())
    if isinstance(value, (tuple, list)):
        return "、".join(_said(one) for one in value)
    return "" if value is None else str(value)
