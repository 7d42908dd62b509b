"""What is produced: the catalogue of T/GVEAIA 016.1 annex A, and which of it gets a certificate."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache

from tracer.domain.reference.rows import (
    Period,
    Provenance,
    period,
    provenance,
    read_csv,
    words,
)
from tracer.domain.spelling import findable, folded, parts


class Scope(StrEnum):
    """Whether a 承诺达标合格证 belongs to a product (农业农村部令2025年第4号 art. 3)."""

    MANDATORY = "mandatory"
    VOLUNTARY = "voluntary"
    NOT_APPLICABLE = "not_applicable"


@dataclass(frozen=True)
class Category:
    """One row of the catalogue.

    ``key`` is table and row as printed (``A1-12``; serials repeat between tables); rows that the
    print leaves blank do not exist, and ``S-1`` is our own supplement. ``names`` are not unique in
    the catalogue. ``groups`` drive the rules: the first decides the scope of certificates.
    ``needs_review`` says what is doubtful about the printed row, empty where nothing is.
    """

    key: str
    table: str
    row: int
    class_name: str
    range_name: str
    names: tuple[str, ...]
    remark: str
    groups: tuple[str, ...]
    needs_review: str
    provenance: Provenance

    @property
    def is_animal(self) -> bool:
        """Livestock or fish: veterinary rules apply instead of those of plant protection."""
        return self.table in ("A3", "A4")

    @property
    def label(self) -> str:
        """The row's shortest telling name."""
        return self.range_name or self.class_name


def find_categories(categories: Mapping[str, Category], text: str) -> tuple[Category, ...]:
    """The rows found by a name, its pinyin or initials, begun at any character or syllable.

    What is called so comes first, then what begins so, then the rest, each in printed order.
    """
    begun = folded(text)
    if not begun:
        return ()
    ranked = [
        (min(places), category)
        for category in categories.values()
        if (places := [_place(name, begun) for name in _called(category) if _found(name, begun)])
    ]
    ranked.sort(key=lambda pair: pair[0])
    return tuple(category for _, category in ranked)


def _called(category: Category) -> Iterator[str]:
    """All that a row is called; 番茄（西红柿） is also called 番茄, and 西红柿."""
    for name in (*category.names, category.range_name, category.class_name):
        yield name
        yield from (other for other in re.split("[（）]", name) if other)


@lru_cache(maxsize=8192)
def _spelled(name: str) -> tuple[tuple[str, ...], frozenset[str]]:
    """The three whole spellings of a name, and the parts it is found by."""
    found_by = findable(name)
    return tuple(found_by.split(" ")), frozenset(parts(found_by))


def _found(name: str, begun: str) -> bool:
    return any(part.startswith(begun) for part in _spelled(name)[1])


def _place(name: str, begun: str) -> int:
    whole = _spelled(name)[0]
    if begun in whole:
        return 0
    return 1 if any(one.startswith(begun) for one in whole) else 2


@dataclass(frozen=True)
class ScopeRule:
    """The scope of a group, or of one ``name`` within it, while in force."""

    group: str
    name: str
    label: str
    scope: Scope
    in_force: Period
    provenance: Provenance


def load_categories() -> dict[str, Category]:
    """The catalogue by key, in printed order."""
    return {
        row["key"]: Category(
            row["key"],
            row["table"],
            int(row["row"]),
            row["class"],
            row["range"],
            words(row["names"]),
            row["remark"],
            words(row["groups"]),
            row["needs_review"],
            provenance(row),
        )
        for row in read_csv("product_categories")
    }


def load_scope_rules() -> tuple[ScopeRule, ...]:
    """Which groups need, may have or cannot have a certificate, and since when."""
    return tuple(
        ScopeRule(
            row["group"],
            row["name"],
            row["label"],
            Scope(row["scope"]),
            period(row),
            provenance(row),
        )
        for row in read_csv("cert_scope")
    )


def scope_rule(rules: tuple[ScopeRule, ...], category: Category, name: str, on: date) -> ScopeRule:
    """The rule for a product of ``category`` called ``name`` on a day; its own name goes first."""
    group = category.groups[0]
    matching = [
        rule
        for rule in rules
        if rule.group == group and rule.name in ("", name) and rule.in_force.covers(on)
    ]
    return max(matching, key=lambda rule: bool(rule.name))
