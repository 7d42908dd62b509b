"""What is produced: the catalogue of T/GVEAIA 016.1 annex A, and which of it gets a certificate."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from tracer.domain.reference.rows import (
    Period,
    Provenance,
    period,
    provenance,
    read_csv,
    words,
)


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
