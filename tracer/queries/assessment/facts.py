"""What the service itself holds about a row, a condition or a paper, as pages show it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tracer.domain.assessing import FACTS, Fact
from tracer.domain.clock import day_of
from tracer.queries.assessment.parts import Opened
from tracer.standards.asking import fields_of, typed_of
from tracer.standards.marking import suggest
from tracer.standards.pack import Item
from tracer.standards.verbs import VERBS
from tracer.store.facts import facts_for
from tracer.store.world import Tx


@dataclass(frozen=True)
class Link:
    """A page of the records."""

    href: str
    text: str


@dataclass(frozen=True)
class FactView:
    """A fact. ``said`` is the answer it gives to a row in words, ``answer`` as it is, ``take`` as
    the row's inputs take it; all empty where it only informs."""

    title: str
    text: str
    links: tuple[Link, ...]
    said: str = ""
    answer: Any = None
    take: Mapping[str, str] = field(default_factory=dict)


def facts_of(tx: Tx, one: Opened) -> dict[str, Fact]:
    """The facts: as they stand today, from the start of marking on as they stood then."""
    if one.row.facts:
        return {
            name: Fact(**{**told, "links": tuple(told["links"])})
            for name, told in one.row.facts["facts"].items()
        }
    return facts_for(tx.session, one.row, one.flow.facts(), day_of(tx.now))


def fact_view(name: str, fact: Fact) -> FactView:
    """A fact by itself."""
    links = tuple(
        Link(href, "看记录" if len(fact.links) == 1 else f"看记录 {number}")
        for number, href in enumerate(fact.links, 1)
    )
    return FactView(FACTS[name], fact.text, links)


def row_fact(one: Opened, item: Item, facts: Mapping[str, Fact]) -> FactView | None:
    """The fact beside a row, with the answer it gives where it fills the row."""
    rule = one.flow.rows.get(item.key)
    if rule is None or rule.fact not in facts:
        return None
    return answered(one, item, rule.fact, facts[rule.fact], rule.fills)


def gate_fact(one: Opened, gate: Item, facts: Mapping[str, Fact]) -> FactView | None:
    """The fact beside a condition."""
    name = one.flow.gates.get(gate.key, "")
    return answered(one, gate, name, facts[name], True) if name in facts else None


def answered(one: Opened, item: Item, name: str, fact: Fact, fills: bool) -> FactView:
    """A fact with the answer it gives."""
    plain = fact_view(name, fact)
    answer = suggest(item, fact) if fills else None
    if answer is None:
        return plain
    verb, fields = VERBS[item.verb], fields_of(item, one.pack.table().items)
    return FactView(
        plain.title,
        plain.text,
        plain.links,
        said=verb.say(item, verb.read(item, answer)),
        answer=answer,
        take={
            f"v:{item.key}{':' + name if name else ''}": text
            for name, text in typed_of(fields, answer).items()
        },
    )
