"""What strangers see of the dossier: published entries, each field by its own rule.

An entry of a natural person is published with that person's separate consent only; what a field
may tell stands in reference data (``shown`` in element_fields.csv, public_fields.csv).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlmodel import col, select

from tracer.domain.clock import day_of, format_until, start_of
from tracer.domain.elements import ElementField, ElementRow, FieldKind, element_row
from tracer.domain.errors import NotFound
from tracer.domain.masking import Subject, names_a_person, public_text, subject_of
from tracer.store.dossier import all_values, current_entries, first_versions, latest_version
from tracer.store.tables import Element, ElementFile, Producer, StoredFile
from tracer.store.world import Tx

_SHOW, _CONSENT = "show", "consent"
_EMPLOYEE = "员工"  # whom an honour may be given to, beside the subject itself
_PICTURE = "image/jpeg"
_DAY = 86_400

# Headings in the order of interest to whoever holds the goods, with the rows below each.
_SECTIONS = (
    ("产品图片", ("B.2-6",)),
    ("产品资质", ("B.2-7",)),
    ("执行标准", tuple(f"B.4-{n}" for n in range(1, 7))),
    ("生产技术", tuple(f"B.4-{n}" for n in range(11, 16))),
    ("病虫害防治", tuple(f"B.4-{n}" for n in range(16, 20))),
    ("投入品", tuple(f"B.4-{n}" for n in range(7, 11))),
    ("质量控制和承诺", ("B.3-1", "B.3-4")),
    ("作业人员", ("B.4-21",)),
    ("荣誉", ("B.1-6",)),
    ("生产基地", ("B.1-9",)),
    ("介绍", ("B.1-5",)),
    ("标志", ("B.1-8",)),
    ("知识产权", ("B.1-10",)),
    ("文化", ("B.1-11",)),
)
_INTRODUCTION = "B.1-5"
PUBLIC_ROWS = frozenset(row for _, rows in _SECTIONS for row in rows)
"""The rows whose entries may be shown to everybody."""


@dataclass(frozen=True)
class Disclosed:
    """One published entry. ``id`` is what it is linked by, of its first version.

    ``facts`` are names and values; ``mark`` is 已过期 or empty; ``pictures`` are public ids of
    photos that everybody may see.
    """

    id: str
    title: str
    facts: tuple[tuple[str, str], ...]
    mark: str
    pictures: tuple[str, ...]


@dataclass(frozen=True)
class Section:
    """The published entries under one heading, with what they are about in a few words."""

    title: str
    gist: str
    entries: tuple[Disclosed, ...]

    def as_dict(self) -> dict[str, Any]:
        """The section for programs: facts by name, pictures by address."""
        entries = [
            {
                "id": one.id,
                "title": one.title,
                "facts": dict(one.facts),
                "mark": one.mark,
                "pictures": [f"/pictures/{id_}.jpg" for id_ in one.pictures],
            }
            for one in self.entries
        ]
        return {"title": self.title, "entries": entries}


def disclosed(tx: Tx, producer: Producer, product_id: int | None, on: date) -> tuple[Section, ...]:
    """What is published of a producer, and of that product of its, by heading.

    A report of a past day tells what was entered by then and is still published: consent that was
    taken back since holds for the past too.
    """
    entries = [
        entry
        for entry in current_entries(tx.session, producer.id or 0)
        if entry.published
        and entry.product_id in (None, product_id)
        and entry.recorded_at < start_of(on) + _DAY
    ]
    subject = subject_of(producer.kind, producer.uscc)
    photos, ids = _photos(tx, entries), first_versions(tx.session, entries)
    found = []
    for title, keys in _SECTIONS:
        told = [
            _disclosed(tx, subject, one, ids[one.id or 0], on, photos)
            for one in entries
            if one.row in keys
        ]
        if _INTRODUCTION in keys and subject is Subject.LEGAL_PERSON and on == day_of(tx.now):
            told = _introduced(told, producer.introduction or "")
        said = tuple(one for one in told if one.title or one.facts or one.pictures)
        if said:
            found.append(Section(title, _gist(said), said))
    return tuple(found)


def public_picture(tx: Tx, public_id: str) -> StoredFile:
    """A photo that a published entry shows to everybody; NotFound for any other file."""
    rows = tx.session.exec(
        select(StoredFile, Element)
        .join(ElementFile, col(ElementFile.file_id) == StoredFile.id)
        .join(Element, col(Element.id) == ElementFile.element_id)
        .where(StoredFile.public_id == public_id, col(Element.published))
    )
    for file, entry in rows:
        standing = latest_version(tx.session, entry) is entry and entry.withdrawn_at is None
        row = element_row(entry.row)
        shows = row.key in PUBLIC_ROWS and public_id in _shown_files(tx, entry)
        if standing and shows and file.media_type == _PICTURE and not file.sealed:
            return file
    raise NotFound("没有这张照片")


def _disclosed(
    tx: Tx, subject: Subject, entry: Element, public_id: str, on: date, photos: frozenset[str]
) -> Disclosed:
    row = element_row(entry.row)
    values = all_values(tx.secrets, entry)
    consent = entry.consented_at is not None
    facts = [
        (field.title, text)
        for field in row.entry_fields
        if not field.is_file and not field.listed and field.name in values
        if (text := _shown(field, values[field.name], subject, consent))
    ]
    return Disclosed(
        id=public_id,
        title=" ".join(filter(None, (_kind(row), _named(row, entry)))),
        facts=tuple(facts),
        mark="已过期" if entry.valid_to is not None and entry.valid_to < on else "",
        pictures=tuple(one for one in _shown_files(tx, entry) if one in photos),
    )


def _shown(field: ElementField, value: Any, subject: Subject, consent: bool) -> str:
    if field.shown == _CONSENT:
        return str(value) if consent else ""
    if field.shown != _SHOW:
        return public_text(field.shown, str(value), subject, consent) or ""
    if field.kind is FieldKind.DAY:
        return format_until(date.fromisoformat(value))
    # Free text is its writer's, but nobody's telephone or 身份证号 gets out by it.
    return "" if names_a_person(str(value)) else str(value)


def _introduced(told: list[Disclosed], introduction: str) -> list[Disclosed]:
    """The introduction that every producer can write, before what the row asks besides."""
    if not introduction or names_a_person(introduction):
        return told
    facts = (("企业概况", introduction), *(fact for one in told for fact in one.facts))
    return [Disclosed("", "", facts, "", tuple(id_ for one in told for id_ in one.pictures))]


def _named(row: ElementRow, entry: Element) -> str:
    """The entry's own title; where nothing names it, its heading says what it is."""
    named = any(field.listed for field in row.entry_fields)
    return entry.title if named and not names_a_person(entry.title) else ""


def _kind(row: ElementRow) -> str:
    """国家标准, 生物防治 …: what the row's entries are, where their heading holds several rows."""
    return row.item if row.table == "B.4" and row.many and row.number < 20 else ""


def _gist(entries: Sequence[Disclosed]) -> str:
    """What a closed heading says of its entries."""
    titles = [one.title for one in entries if one.title]
    if not titles:
        pictures = sum(len(one.pictures) for one in entries)
        return f"{pictures} 张" if pictures and not any(one.facts for one in entries) else ""
    return titles[0] if len(titles) == 1 else f"{len(titles)} 项"


def _shown_files(tx: Tx, entry: Element) -> list[str]:
    """The public ids of an entry's files that everybody may see.

    The name of whoever was honoured stands on the photo, so it needs that person's consent too.
    """
    row, values = element_row(entry.row), all_values(tx.secrets, entry)
    named = values.get("holder") == _EMPLOYEE or any(
        field.shown == _CONSENT and field.name in values for field in row.entry_fields
    )
    if named and entry.consented_at is None:
        return []
    found: list[str] = []
    for field in row.entry_fields:
        if field.is_file and not field.private and field.shown == _SHOW and field.name in values:
            named = values[field.name]
            found += [named] if isinstance(named, str) else named
    return found


def _photos(tx: Tx, entries: Iterable[Element]) -> frozenset[str]:
    """Those of the entries' files that are photos: a PDF is not drawn on a page."""
    ids = [one for entry in entries for one in _shown_files(tx, entry)]
    if not ids:
        return frozenset()
    found = select(StoredFile.public_id).where(
        col(StoredFile.public_id).in_(ids), StoredFile.media_type == _PICTURE
    )
    return frozenset(tx.session.exec(found))
