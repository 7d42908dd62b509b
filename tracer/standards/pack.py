"""What an edition of a standard says, as data: a pack of tables, groups and items.

A pack is read by :mod:`tracer.standards.loader` and never changes afterwards. Points are exact
fractions; ``max`` is ``None`` where the standard sets no limit.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import Any

from tracer.domain.errors import Refusal

EVIDENCE = {
    "licence": "证照",
    "land_title": "土地权属凭证或租赁合同",
    "statement": "承诺书、声明或说明",
    "rules": "制度、规程或标准文本",
    "plan": "规划、计划或方案",
    "record": "生产记录、台账",
    "photo": "照片",
    "test_report": "检测报告",
    "certificate": "认证证书、荣誉证书",
    "official": "主管部门出具的材料",
    "media": "媒体报道",
    "survey": "统计数据、满意度调查",
    "service": "本系统里的记录",
    "review": "消费者评价",
    "decision": "核实结论",
}
"""Kinds of evidence an item may ask for, with what people call them."""


@dataclass(frozen=True)
class Item:
    """One row of a standard's table, or one clause of its text."""

    key: str  # the standard's own number
    text: str  # verbatim
    verb: str  # how points are given, a name in tracer.standards.verbs.VERBS
    clause: str  # where the standard says so
    title: str = ""  # a short heading: the print's, or ours where it has none
    indicator: str = ""  # the second-level indicator above the row, verbatim
    basis: str = ""  # the proof the standard asks for, verbatim
    remark: str = ""  # the print's remark column, verbatim
    max: Fraction | None = None
    evidence: tuple[str, ...] = ()
    mandatory: bool = False  # below full is a veto
    choice: str = ""  # key of the choice group that counts one row only
    counts_in: str = ""  # key of the table it scores in, where that is not the one it is printed in
    report_group: str = ""  # heading under which a report lists it
    warning: str = ""  # said aloud when the row is below full
    decisions: tuple[str, ...] = ()  # numbers of the decisions explained in SOURCE.md
    params: Mapping[str, Any] = field(default_factory=dict)  # what the verb needs

    @property
    def name(self) -> str:
        """How a sentence names the row."""
        return f"第 {self.key} 行（{self.title}）" if self.title else f"第 {self.key} 行"


@dataclass(frozen=True)
class Group:
    """A section of a table; ``label`` corrects a printed heading that misleads."""

    key: str
    title: str
    items: tuple[Item, ...]
    max: Fraction | None = None
    label: str = ""


@dataclass(frozen=True)
class Choice:
    """Rows of which only the highest counts (几选一)."""

    key: str
    title: str
    clause: str
    mandatory: bool = False  # one of the rows must be full, else a veto


@dataclass(frozen=True)
class Exemption:
    """A case in which rows do not apply; with ``outcome`` the whole table does not."""

    key: str
    text: str
    clause: str
    rows: tuple[str, ...] = ()
    outcome: str = ""


@dataclass(frozen=True)
class Outcome:
    """How a total becomes an answer.

    ``rule``: ``threshold`` (the exact total reaches ``pass_at``), ``mandatory`` (no veto) or
    ``grades`` (the published total finds its grade). ``places`` is where the total is rounded.
    """

    rule: str
    places: int
    clause: str
    pass_at: Fraction | None = None
    passed: str = ""
    failed: str = ""
    blocked: str = ""  # what a gate leads to


@dataclass(frozen=True)
class Experts:
    """The table is marked by several experts and the plain mean counts."""

    at_least: int
    warn_below: int
    clause: str


@dataclass(frozen=True)
class Grade:
    """A grade holds from ``at_least`` (published total) upwards; the lowest has no bound."""

    name: str
    rating: str
    text: str
    at_least: Fraction | None = None


@dataclass(frozen=True)
class Table:
    """One scored table of a standard."""

    key: str
    title: str
    groups: tuple[Group, ...]
    outcome: Outcome
    gates: tuple[Item, ...] = ()
    choices: tuple[Choice, ...] = ()
    exemptions: tuple[Exemption, ...] = ()
    experts: Experts | None = None
    total: Fraction | None = None
    notes: tuple[str, ...] = ()  # what the print says beside or below the table, verbatim

    @cached_property
    def items(self) -> tuple[Item, ...]:
        """The rows in the order of the print."""
        return tuple(item for group in self.groups for item in group.items)


@dataclass(frozen=True)
class Pack:
    """One edition of one standard. ``digest`` is the SHA-256 of its ``pack.toml``."""

    id: str
    edition: str
    number: str
    title: str
    status: str
    issuer: str
    valid_from: date
    tables: tuple[Table, ...]
    grades: tuple[Grade, ...]
    digest: str
    folder: Path = field(compare=False)  # where it was read from

    @property
    def ref(self) -> str:
        return f"{self.id}/{self.edition}"

    def table(self, key: str | None = None) -> Table:
        """The table with that key; without a key the only one. A Refusal names the tables."""
        if key is None and len(self.tables) == 1:
            return self.tables[0]
        for table in self.tables:
            if table.key == key:
                return table
        known = "、".join(f"{table.key}（{table.title}）" for table in self.tables)
        raise Refusal("unknown_table", f"请写明用哪张表：{known}", "table")

    @cached_property
    def _scored(self) -> dict[str, dict[str, Item]]:
        found: dict[str, dict[str, Item]] = {table.key: {} for table in self.tables}
        for table in self.tables:
            for item in table.items:
                found[item.counts_in or table.key][item.key] = item
        return found

    def scored(self, table: str) -> Mapping[str, Item]:
        """The rows that score in a table, by key, own rows first in the order of the print."""
        return self._scored[table]

    def groups_in(self, table: str) -> Iterator[tuple[Group, tuple[Item, ...]]]:
        """The groups whose rows score in a table, with those rows, in the order of the print."""
        scored = self.scored(table)
        for printed in self.tables:
            for group in printed.groups:
                items = tuple(item for item in group.items if item.key in scored)
                if items:
                    yield group, items

    def table_of(self, row: str) -> str:
        """The key of the table in which a row scores; a Refusal for an unknown row."""
        for key, items in self._scored.items():
            if row in items:
                return key
        raise Refusal("unknown_row", f"{self.title}里没有第 {row} 行，请核对行号", row)


def most(items: Iterable[Item]) -> Fraction | None:
    """The most that rows can bring together, one row of each choice; None where without limit."""
    total = Fraction(0)
    best: dict[str, Fraction] = {}
    for item in items:
        if item.max is None:
            return None
        if item.choice:
            best[item.choice] = max(best.get(item.choice, Fraction(0)), item.max)
        else:
            total += item.max
    return total + sum(best.values())
