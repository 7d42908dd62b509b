"""The dossier at the desk: edits that wait for a mark, and a producer's papers to look through."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlmodel import col, func, select

from tracer.domain.clock import format_instant
from tracer.domain.elements import ChangeMark, ElementField, element_row, element_rows
from tracer.domain.errors import NotFound
from tracer.queries.dossier.reader import Reader
from tracer.queries.dossier.topics import GROUPS, OF_PRODUCT, File, Told
from tracer.queries.dossier.values import files_of, text_of, value_of
from tracer.queries.insurance_pages import policy_page
from tracer.store.changes import wanted_values
from tracer.store.dossier import all_values, current_entries
from tracer.store.tables import Account, ChangeSet, Element, Policy, Producer, Product, StoredFile
from tracer.store.world import Tx

_MOST = 50


@dataclass(frozen=True)
class Field:
    """One field of an edit: what it says and what it is to say, as words or as files."""

    title: str
    old: str
    new: str
    old_files: tuple[File, ...]
    new_files: tuple[File, ...]


@dataclass(frozen=True)
class ChangeView:
    """An edit of filled C.1 fields. ``decided`` says when and by whom, empty while it waits."""

    id: str
    producer: str
    producer_id: str
    asked: str
    fields: tuple[Field, ...]
    mark: str
    note: str
    decided: str


@dataclass(frozen=True)
class Changes:
    """What waits, oldest first; what was marked, newest first. Free edits need no desk."""

    waiting: tuple[ChangeView, ...]
    done: tuple[ChangeView, ...]


@dataclass(frozen=True)
class Paper:
    """One entry, or one row that holds one: what it says, private values where opened."""

    title: str
    state: str
    tone: str
    fields: tuple[Told, ...]


@dataclass(frozen=True)
class ProducerDossier:
    """Everything a producer filled in, by heading; ``sealed``: something private is among it."""

    id: str
    name: str
    parts: tuple[tuple[str, tuple[Paper, ...]], ...]
    sealed: bool
    opened: bool


def waiting_changes(tx: Tx) -> int:
    """How many edits wait for the desk."""
    waiting = ChangeSet.mark == ChangeMark.WAITING.value
    return tx.session.exec(select(func.count(col(ChangeSet.id))).where(waiting)).one()


def changes(tx: Tx) -> Changes:
    """The edits beyond the free ones."""
    waiting = tx.session.exec(
        select(ChangeSet)
        .where(ChangeSet.mark == ChangeMark.WAITING.value)
        .order_by(col(ChangeSet.id))
    )
    done = tx.session.exec(
        select(ChangeSet)
        .where(col(ChangeSet.marked_at).is_not(None))
        .order_by(col(ChangeSet.marked_at).desc())
        .limit(_MOST)
    )
    return Changes(
        tuple(_change(tx, row) for row in waiting), tuple(_change(tx, row) for row in done)
    )


def producer_dossier(tx: Tx, public_id: str, opened: bool) -> ProducerDossier:
    """A producer's whole dossier; private values only where they are ``opened``."""
    producer = tx.session.exec(
        select(Producer).where(Producer.public_id == public_id)
    ).one_or_none()
    if producer is None:
        raise NotFound("没有这个生产主体，请回到列表重新选择")
    reader = Reader(tx, producer, opened)
    parts = []
    for _, topics in GROUPS:
        for title, keys in topics:
            papers = _papers(reader, keys, None)
            parts.append((title, papers))
    for product in tx.session.exec(select(Product).where(Product.producer_id == producer.id)):
        for title, keys in OF_PRODUCT:
            parts.append((f"{product.name} · {title}", _papers(reader, keys, product)))
    parts.append(("码上保", _policies(tx, producer)))
    told = tuple((title, papers) for title, papers in parts if papers)
    return ProducerDossier(
        producer.public_id,
        producer.name,
        told,
        any(one.private for _, papers in told for paper in papers for one in paper.fields),
        opened,
    )


def file_at_desk(tx: Tx, public_id: str) -> StoredFile:
    """A producer's file for the desk to look at."""
    row = tx.session.exec(
        select(StoredFile).where(
            StoredFile.public_id == public_id, col(StoredFile.producer_id).is_not(None)
        )
    ).one_or_none()
    if row is None:
        raise NotFound("没有这个文件")
    return row


def _papers(reader: Reader, keys: tuple[str, ...], product: Product | None) -> tuple[Paper, ...]:
    rows = reader.rows(keys)
    if not rows:
        return ()
    entries = reader.entries(rows, product)
    if rows[0].many:
        found = []
        for entry in entries:
            line = reader.entry_line(entry)
            fields = _filled(reader.told(element_row(entry.row), entry))
            found.append(Paper(f"{line.title}（{line.note}）", line.mark, line.tone, fields))
        return tuple(found)
    fields = _filled(reader.told(rows[0], entries[0] if entries else None))
    return (Paper("", "", "", fields),) if fields else ()


def _policies(tx: Tx, producer: Producer) -> tuple[Paper, ...]:
    """What the producer recorded of its insurance, with the picture of each policy."""
    rows = tx.session.exec(
        select(Policy).where(Policy.producer_id == producer.id).order_by(col(Policy.id))
    )
    found = []
    for row in rows:
        view = policy_page(tx, row)
        said = [Told(name, name, text, (), "", False) for name, text in view.facts]
        said.append(Told("claimed", "申领的产品", "、".join(view.claimed), (), "", False))
        if view.photo:
            said.append(Told("photo", "保单", "", files_of(tx, view.photo), "", False))
        found.append(Paper(view.title, view.state, view.tone, _filled(tuple(said))))
    return tuple(found)


def _filled(fields: tuple[Told, ...]) -> tuple[Told, ...]:
    return tuple(one for one in fields if one.filled)


def _change(tx: Tx, row: ChangeSet) -> ChangeView:
    producer = tx.session.get_one(Producer, row.producer_id)
    wanted = wanted_values(tx.secrets, row)
    decided = ""
    if row.marked_at is not None:
        account = tx.session.get(Account, row.marked_by) if row.marked_by else None
        decided = f"{format_instant(row.marked_at)} {account.name if account else ''}".strip()
    return ChangeView(
        id=row.public_id,
        producer=producer.name,
        producer_id=producer.public_id,
        asked=format_instant(row.asked_at),
        # What was decided long ago stands in the record by now; its old values are gone.
        fields=tuple(_field(tx, producer, place, wanted[place]) for place in sorted(wanted))
        if not decided
        else (),
        mark=ChangeMark(row.mark).label,
        note=row.note or "",
        decided=decided,
    )


def _field(tx: Tx, producer: Producer, place: str, new: Any) -> Field:
    row, slash, name = place.partition("/")
    field = _entry_field(row, name) if slash else _column_field(place)
    entry = _entry(tx, producer, row) if slash else None
    old = value_of(field, producer, None, all_values(tx.secrets, entry))
    return Field(
        field.title,
        _told(field, old),
        _told(field, new),
        files_of(tx, old) if field.is_file and old else (),
        files_of(tx, new) if field.is_file and new else (),
    )


def _told(field: ElementField, value: Any) -> str:
    """A value in words; of an 身份证号 its end, which is enough to compare it with the card."""
    if not value or field.is_file:
        return ""
    if not field.private:
        return text_of(field, value)
    return f"尾号 {value[-4:]}" if _is_number(value) else "已登记"


def _is_number(value: Any) -> bool:
    return isinstance(value, str) and len(value) == 18


def _entry(tx: Tx, producer: Producer, row: str) -> Element | None:
    return next(iter(current_entries(tx.session, producer.id or 0, row)), None)


def _entry_field(row: str, name: str) -> ElementField:
    return next(field for field in element_row(row).fields if field.name == name)


def _column_field(place: str) -> ElementField:
    """The field that a column holds: of rows that tell the same column the first."""
    return next(
        field for row in element_rows().values() for field in row.fields if field.column == place
    )
