"""Versions of entries: what one says, writing it, and knowing it again when it is sent again."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlmodel import col, select

from tracer.actions.actor import Actor
from tracer.actions.dossier.forms import VALID_TO
from tracer.actions.dossier.values import Values, title_of
from tracer.actions.earning import earn_entry
from tracer.actions.private_files import erase_private_file
from tracer.domain.elements import ElementRow, element_row
from tracer.domain.errors import Conflict
from tracer.domain.ids import new_id
from tracer.store.dossier import (
    all_values,
    current_entries,
    private_values,
    seal_private,
    versions,
)
from tracer.store.tables import Element, ElementFile, Producer, StoredFile
from tracer.store.world import Tx


@dataclass(frozen=True)
class Draft:
    """What a version is to say, private values and file ids included, and who may see it."""

    producer: Producer
    row: ElementRow
    product_id: int | None
    values: Values
    published: bool = False
    consented: bool = False

    def is_said_by(self, tx: Tx, entry: Element) -> bool:
        """Whether a version says exactly this."""
        return (
            all_values(tx.secrets, entry) == self.values
            and entry.product_id == self.product_id
            and entry.published is self.published
            and (entry.consented_at is not None) is self.consented
        )

    def is_told_by(self, tx: Tx, entry: Element) -> bool:
        """Whether a version tells the same; files and private values count only where given."""
        kept = all_values(tx.secrets, entry)
        return (entry.row, entry.product_id) == (self.row.key, self.product_id) and all(
            kept.get(field.name) == self.values.get(field.name)
            for field in self.row.entry_fields
            if field.name in self.values or not (field.private or field.is_file)
        )


def known(tx: Tx, draft: Draft, ref: str | None) -> Element | None:
    """The entry that was entered before: by its ``ref`` for good, else one that tells the same."""
    producer_id = draft.producer.id or 0
    if ref is None:
        for entry in current_entries(tx.session, producer_id, draft.row.key):
            if draft.is_told_by(tx, entry):
                if entry.published is not draft.published:
                    raise Conflict("already_recorded", "一样的一条已经有了，请到那一条里修改")
                return entry
        return None
    found = tx.session.exec(
        select(Element)
        .where(Element.producer_id == producer_id, Element.ref == ref)
        .order_by(col(Element.id).desc())
    ).first()
    if found is None:
        return None
    if not any(draft.is_told_by(tx, one) for one in versions(tx.session, found)):
        said = f"资料“{ref}”已经登记过，内容与原来的不一样，要改请到该记录里修改"
        raise Conflict("already_recorded", said, "ref")
    return found


def only_entry(
    tx: Tx, producer: Producer, row: ElementRow, product_id: int | None = None
) -> Element | None:
    """The entry of a row that holds one for its producer, or for each product."""
    for entry in current_entries(tx.session, producer.id or 0, row.key):
        if entry.product_id == product_id:
            return entry
    return None


def keep(
    tx: Tx, actor: Actor, draft: Draft, old: Element | None = None, ref: str | None = None
) -> Element | None:
    """A version that says the draft: the old one where it does, none where nothing is said."""
    if not draft.values:
        if old is not None:
            withdraw(tx, old)
        return None
    if old is not None and draft.is_said_by(tx, old):
        return old
    return _write(tx, actor, draft, old, ref)


def withdraw(tx: Tx, entry: Element) -> None:
    """Take the entry back as it stands now; what was private in it is nobody's need any more."""
    entry.withdrawn_at = tx.now
    erase(tx, entry, {field.name for field in element_row(entry.row).entry_fields})


def erase(tx: Tx, entry: Element, names: Collection[str]) -> None:
    """Take private values out of all versions up to this one, and their files off the disk.

    A person may ask for that (个人信息保护法 art. 47): it is the one way in which versions change.
    """
    private = [field for field in element_row(entry.row).entry_fields if field.private]
    gone: set[str] = set()
    for version in versions(tx.session, entry):
        values = private_values(tx.secrets, version)
        for field in private:
            if field.name in names and field.name in values:
                value = values.pop(field.name)
                gone |= {value} if field.is_file else set()
        version.sealed = seal_private(tx.secrets, version.public_id, values)
        gone -= {value for value in values.values() if version is entry}
    for file in tx.session.exec(select(StoredFile).where(col(StoredFile.public_id).in_(gone))):
        erase_private_file(tx, file)
    tx.session.flush()


def _write(tx: Tx, actor: Actor, draft: Draft, old: Element | None, ref: str | None) -> Element:
    """Write a version of an entry and post what it fills."""
    private = {field.name for field in draft.row.entry_fields if field.private}
    sealed = {name: value for name, value in draft.values.items() if name in private}
    shown = {name: value for name, value in draft.values.items() if name not in private}
    public_id = new_id()
    last = draft.values.get(VALID_TO)
    entry = Element(
        public_id=public_id,
        producer_id=draft.producer.id or 0,
        product_id=draft.product_id,
        row=draft.row.key,
        ref=old.ref if old else ref,
        title=title_of(draft.row, shown),
        values=shown,
        sealed=seal_private(tx.secrets, public_id, sealed),
        valid_to=date.fromisoformat(last) if last else None,
        published=draft.published,
        consented_at=tx.now if draft.consented else None,
        follows_id=old.id if old else None,
        recorded_by=actor.account_id,
        recorded_at=tx.now,
    )
    tx.session.add(entry)
    tx.session.flush()
    _link_files(tx, draft, entry)
    earn_entry(tx, draft.producer, draft.row, entry, draft.values)
    return entry


def _link_files(tx: Tx, draft: Draft, entry: Element) -> None:
    ids: list[str] = []
    for field in draft.row.entry_fields:
        if field.is_file and field.name in draft.values:
            named = draft.values[field.name]
            ids += [named] if isinstance(named, str) else named
    files = tx.session.exec(select(StoredFile).where(col(StoredFile.public_id).in_(ids))).all()
    places = {public_id: place for place, public_id in enumerate(dict.fromkeys(ids))}
    tx.session.add_all(
        ElementFile(element_id=entry.id or 0, file_id=file.id or 0, place=places[file.public_id])
        for file in files
    )
    tx.session.flush()
