"""Entries of 数据元 as they stand: which versions are current, and all that they say."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlmodel import Session, col, select

from tracer.store.seals import seal_values, unseal_values
from tracer.store.secrets import Secrets
from tracer.store.tables import Element

_PURPOSE = "element"


def current_entries(
    session: Session, producer_id: int, row: str | None = None
) -> Sequence[Element]:
    """The versions that stand, oldest entry first: not followed by another, not withdrawn."""
    followed = select(Element.follows_id).where(
        Element.producer_id == producer_id, col(Element.follows_id).is_not(None)
    )
    found = select(Element).where(
        Element.producer_id == producer_id,
        col(Element.withdrawn_at).is_(None),
        col(Element.id).not_in(followed),
    )
    if row is not None:
        found = found.where(Element.row == row)
    return session.exec(found.order_by(col(Element.id))).all()


def first_versions(session: Session, entries: Collection[Element]) -> dict[int, str]:
    """By id of an entry's version: the public id of its first one, which names it for good."""
    first = {entry.id or 0: entry.public_id for entry in entries}
    below = {entry.follows_id: entry.id or 0 for entry in entries if entry.follows_id is not None}
    while below:
        older = session.exec(select(Element).where(col(Element.id).in_(below))).all()
        first |= {below[one.id or 0]: one.public_id for one in older}
        below = {one.follows_id: below[one.id or 0] for one in older if one.follows_id is not None}
    return first


def latest_version(session: Session, entry: Element) -> Element:
    """The newest version of an entry."""
    while True:
        found = session.exec(select(Element).where(Element.follows_id == entry.id)).first()
        if found is None:
            return entry
        entry = found


def versions(session: Session, entry: Element) -> list[Element]:
    """All versions of an entry up to this one, newest first."""
    found = [entry]
    while entry.follows_id is not None:
        entry = session.get_one(Element, entry.follows_id)
        found.append(entry)
    return found


def seal_private(secrets: Secrets, public_id: str, values: dict[str, Any]) -> bytes | None:
    """An entry's private values, sealed; None where it has none."""
    return seal_values(secrets, _PURPOSE, public_id, values) if values else None


def private_values(secrets: Secrets, entry: Element) -> dict[str, Any]:
    """An entry's private values."""
    return unseal_values(secrets, _PURPOSE, entry.public_id, entry.sealed)


def all_values(secrets: Secrets, entry: Element | None) -> dict[str, Any]:
    """All that an entry says, private values too; nothing where there is no entry."""
    if entry is None:
        return {}
    return entry.values | private_values(secrets, entry)
