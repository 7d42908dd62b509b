"""数据元: what tables B.1 to B.5 of T/GVEAIA 016.1 collect, and which rows of table C it earns.

The rows are ``reference/data/elements.csv``, what each asks for ``element_fields.csv``. A row is
keyed as it is printed (``B.1-6``); the two that clause 6.1.1.2 adds for households are keyed by the
clause. Table B.5 is numbered 1 to 10, for its print leaves out 4.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from tracer.domain.errors import Refusal
from tracer.domain.masking import Subject
from tracer.domain.reference.rows import Provenance, provenance, read_csv, words
from tracer.domain.words import Word

_BODIES = {Subject.LEGAL_PERSON: "organisation", Subject.NATURAL_PERSON: "household"}
_STANDARDS = {
    "B.4-1": re.compile(r"(ISO|IEC|ITU|CAC|CXS|CXC|CODEX|OIE|ISPM)\b.*\d", re.IGNORECASE),
    "B.4-2": re.compile(r"GB(/[TZ])?\s*\d+(\.\d+)*"),
    "B.4-3": re.compile(
        r"(NY|SC|SN|LY|SB|GH|QB|HJ|SL|WB|RB|JB|DZ|GA|HG|YC|LS|NB|BB|MZ|QX|YY)(/[TZ])?\s*\d+"
    ),
    "B.4-4": re.compile(r"DB\s*\d{2,6}(/[TZ])?\s*[A-Z]?\d+"),
    "B.4-5": re.compile(r"T/[0-9A-Z]+\s*\d+"),
    "B.4-6": re.compile(r"Q/\s*[0-9A-Z]+"),
}


class FieldKind(StrEnum):
    """How a field is filled in."""

    TEXT = "text"
    PROSE = "prose"
    DAY = "day"
    NUMBER = "number"
    FILE = "file"
    FILES = "files"
    CHOICE = "choice"


class Owner(StrEnum):
    """Whose column holds a field."""

    PRODUCER = "producer"
    PRODUCT = "product"


class ChangeMark(Word):
    """What became of an edit of filled C.1 fields (表 C.1 注 3)."""

    FREE = "free", "免费修改"
    WAITING = "waiting", "等待处理"
    PAID = "paid", "已付费，已生效"
    WAIVED = "waived", "已免费用，已生效"
    REFUSED = "refused", "没有采用"


FREE_CHANGES = 3
"""How many edits a Beijing calendar year are free."""


@dataclass(frozen=True)
class ElementField:
    """One thing that a row asks for.

    ``private``: kept enciphered. ``shown``: what strangers see of it once its entry is published:
    ``show``, ``hide``, ``consent`` (only with the person's own), or a field of public_fields.csv,
    whose rule then holds. ``listed``: part of the entry's title. ``column``: the column that holds
    it (``producer.address``), empty where entries do. ``earns``: the row of table C.1 that it
    fills, for the choices of ``earns_for`` or, where there are none, for any value. ``needs``:
    the fields that must be filled along with it.
    """

    row: str
    name: str
    title: str
    kind: FieldKind
    required: bool
    private: bool
    shown: str
    listed: bool
    choices: tuple[str, ...]
    column: str
    earns: str
    earns_for: tuple[str, ...]
    needs: tuple[str, ...]
    hint: str
    provenance: Provenance

    @property
    def owner(self) -> Owner | None:
        """Whose column holds it; None where entries do."""
        owner, _, name = self.column.partition(".")
        return Owner(owner) if name else None

    @property
    def column_name(self) -> str:
        """The name of its column, empty without one."""
        return self.column.partition(".")[2]

    @property
    def is_file(self) -> bool:
        """Whether it names kept files."""
        return self.kind in (FieldKind.FILE, FieldKind.FILES)

    def earns_with(self, value: object) -> bool:
        """Whether this value fills its row of table C.1."""
        return bool(self.earns and value) and (not self.earns_for or value in self.earns_for)


@dataclass(frozen=True)
class ElementRow:
    """One row: its printed words, who fills it, and how.

    ``many``: several entries may stand side by side. ``each`` is the row of table C.2 that every
    published entry counts in, ``once`` the row of table C.1 that the first entry fills. ``derived``
    says which other records speak for it, empty where none do.
    """

    key: str
    table: str
    number: int
    class_name: str
    item: str
    content: str
    applies_to: frozenset[str]
    many: bool
    each: str
    once: str
    derived: str
    fields: tuple[ElementField, ...]
    provenance: Provenance

    @property
    def entry_fields(self) -> tuple[ElementField, ...]:
        """The fields that entries hold."""
        return tuple(field for field in self.fields if not field.column)

    def columns(self, owner: Owner) -> tuple[ElementField, ...]:
        """The fields that columns of the producer or of the product hold."""
        return tuple(field for field in self.fields if field.owner is owner)

    @property
    def of_product(self) -> bool:
        """Whether an entry must name its product."""
        return self.applies_to == {"product"}

    @property
    def may_name_product(self) -> bool:
        """Whether an entry may name a product."""
        return "product" in self.applies_to

    def applies(self, subject: Subject) -> bool:
        """Whether this kind of subject fills it: a body, or a person (农户, 6.1.1.2)."""
        return self.of_product or _BODIES[subject] in self.applies_to


@lru_cache
def element_rows() -> dict[str, ElementRow]:
    """All rows by key, in printed order."""
    fields: dict[str, list[ElementField]] = {}
    for field in _fields():
        fields.setdefault(field.row, []).append(field)
    return {
        row["key"]: ElementRow(
            key=row["key"],
            table=row["table"],
            number=int(row["row"]),
            class_name=row["class"],
            item=row["item"],
            content=row["content"],
            applies_to=frozenset(words(row["applies_to"])),
            many=row["many"] == "yes",
            each=row["each"],
            once=row["once"],
            derived=row["derived"],
            fields=tuple(fields.get(row["key"], ())),
            provenance=provenance(row),
        )
        for row in read_csv("elements")
    }


def element_row(key: str) -> ElementRow:
    """The row with that key; a Refusal for an unknown one."""
    found = element_rows().get(key)
    if found is None:
        raise Refusal("unknown_row", "没有这个资料项目，请从列表里重新选", "row")
    return found


def rows_for(subject: Subject) -> tuple[ElementRow, ...]:
    """The rows that a body, or a person, fills, in printed order."""
    return tuple(row for row in element_rows().values() if row.applies(subject))


@lru_cache
def column_rows(owner: Owner) -> dict[str, str]:
    """By column: the row of table C.1 that it fills."""
    return {
        field.column_name: field.earns
        for row in element_rows().values()
        for field in row.columns(owner)
        if field.earns
    }


def field_at(place: str) -> ElementField:
    """The field that an edit speaks of: ``producer.address``, or ``B.1-1/licence_photo``."""
    row, _, name = place.rpartition("/")
    return next(
        field
        for one in element_rows().values()
        for field in one.fields
        if (field.column == place if not row else (one.key, field.name) == (row, name))
    )


def standard_warning(row: str, number: str) -> str:
    """What is odd about a standard's number (rows B.4-1 to B.4-6); empty where nothing is.

    Numbers have odd shapes, so this is advice: the paper decides.
    """
    pattern = _STANDARDS.get(row)
    if pattern is None or pattern.match(number.strip().upper()):
        return ""
    kind = element_row(row).item
    return f"“{number}”不像{kind}的编号，请对照封面看一下；没有写错就不用改"


def _fields() -> Iterator[ElementField]:
    for row in read_csv("element_fields"):
        yield ElementField(
            row=row["row"],
            name=row["field"],
            title=row["title"],
            kind=FieldKind(row["kind"]),
            required=row["required"] == "yes",
            private=row["private"] == "yes",
            shown=row["shown"],
            listed=row["listed"] == "yes",
            choices=words(row["choices"]),
            column=row["column"],
            earns=row["earns"],
            earns_for=words(row["earns_for"]),
            needs=words(row["needs"]),
            hint=row["hint"],
            provenance=provenance(row),
        )
