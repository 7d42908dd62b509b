"""How one field of the dossier is told: where its value is kept, its words, its files."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlmodel import col, select

from tracer.domain.clock import format_until
from tracer.domain.elements import ElementField, FieldKind, Owner
from tracer.domain.reference import load as reference
from tracer.domain.words import ProducerKind
from tracer.queries.dossier.topics import File
from tracer.store.tables import Producer, Product, StoredFile
from tracer.store.world import Tx

_PICTURE = "image/jpeg"


def value_of(
    field: ElementField, producer: Producer, product: Product | None, said: Mapping[str, Any]
) -> Any:
    """A field's value: in a column of its owner, else in what its entry ``said``.

    Of an 身份证号 that a column keeps only its keyed hash, which tells that it is there.
    """
    if field.owner is Owner.PRODUCER:
        kept = "id_card_hash" if field.column_name == "id_card" else field.column_name
        return getattr(producer, kept)
    if field.owner is Owner.PRODUCT:
        return getattr(product, field.column_name) if product is not None else None
    return said.get(field.name)


def text_of(field: ElementField, value: Any) -> str:
    """A value in words."""
    if field.column == "producer.kind":
        return ProducerKind(value).label
    if field.column == "producer.county":
        return reference().place_name(value)
    if field.kind is FieldKind.DAY:
        return format_until(date.fromisoformat(value) if isinstance(value, str) else value)
    return str(value)


def files_of(tx: Tx, value: Any) -> tuple[File, ...]:
    """The files that a value names, each with what to call it."""
    ids = [value] if isinstance(value, str) else list(value)
    kinds = dict(
        tx.session.exec(
            select(StoredFile.public_id, StoredFile.media_type).where(
                col(StoredFile.public_id).in_(ids)
            )
        ).all()
    )
    found = []
    for place, one in enumerate(ids, 1):
        picture = kinds.get(one) == _PICTURE
        number = f" {place}" if len(ids) > 1 else ""
        found.append(File(one, picture, f"看{'照片' if picture else 'PDF'}{number}"))
    return tuple(found)
