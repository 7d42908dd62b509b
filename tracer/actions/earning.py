"""What 数据元 earn: rows of table C.1 once for each subject, C.2-2 for each published 产品资质.

Nothing counts twice: not after an edit, nor after what was withdrawn is entered again.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlmodel import col, select

from tracer.actions import credit
from tracer.domain.clock import day_of
from tracer.domain.elements import ElementRow, Owner, column_rows
from tracer.domain.spelling import folded
from tracer.store.tables import Element, Posting, Producer
from tracer.store.world import Tx

FIELD, ENTRY = "field", "entry"


def earn_columns(tx: Tx, producer: Producer) -> None:
    """Post the rows of table C.1 whose columns are filled."""
    for column, row in column_rows(Owner.PRODUCER).items():
        kept = "id_card_hash" if column == "id_card" else column
        if getattr(producer, kept):
            credit.count_subject(tx, producer, row, FIELD, producer.public_id)


def catch_up(tx: Tx) -> int:
    """Post what was filled before its rows counted; returns how many subjects were looked at.

    Only an installation that was upgraded needs it, once; again it changes nothing.
    """
    rated = [one for one in tx.session.exec(select(Producer)).all() if credit.is_rated(one)]
    for producer in rated:
        earn_columns(tx, producer)
    return len(rated)


def earn_entry(
    tx: Tx, producer: Producer, row: ElementRow, entry: Element, values: Mapping[str, Any]
) -> None:
    """Post what an entry fills; ``values`` are all of its values, sealed ones too.

    A paper that has run out by the time it is entered fills nothing.
    """
    if entry.valid_to is not None and entry.valid_to < day_of(tx.now):
        return
    first = root(tx, entry)
    once = [field.earns for field in row.entry_fields if field.earns_with(values.get(field.name))]
    for earned in (*once, row.once):
        if not earned:
            continue
        if not row.many:
            credit.count_subject(tx, producer, earned, FIELD, producer.public_id)
        elif not _counted_for_subject(tx, producer, earned):
            credit.count_subject(tx, producer, earned, ENTRY, first.public_id)
    if row.each and entry.published and not _counted_before(tx, row, entry):
        credit.count(tx, entry.product_id or 0, row.each, ENTRY, first.public_id)


def has_filled(tx: Tx, producer: Producer, row: str) -> bool:
    """Whether a field of the producer has earned this row before, even if it is empty now."""
    found = select(Posting.id).where(
        Posting.row == row,
        Posting.evidence_kind == FIELD,
        Posting.evidence_id == producer.public_id,
    )
    return tx.session.exec(found.limit(1)).first() is not None


def root(tx: Tx, entry: Element) -> Element:
    """The first version of an entry: its public id names the entry for good."""
    while entry.follows_id is not None:
        entry = tx.session.get_one(Element, entry.follows_id)
    return entry


def _counted_for_subject(tx: Tx, producer: Producer, row: str) -> bool:
    found = select(Posting.id).where(
        Posting.target == credit.SUBJECT,
        Posting.target_id == producer.id,
        Posting.row == row,
        Posting.evidence_kind == ENTRY,
    )
    return tx.session.exec(found.limit(1)).first() is not None


def _counted_before(tx: Tx, row: ElementRow, entry: Element) -> bool:
    """Whether the same paper of the same product has counted under whatever entry.

    A paper is known by its number, however that is written and whatever it is said to be.
    """
    entries = tx.session.exec(
        select(Element).where(
            Element.producer_id == entry.producer_id,
            Element.product_id == entry.product_id,
            Element.row == row.key,
        )
    ).all()
    number = _bare(entry)
    roots = {root(tx, one).public_id for one in entries if _bare(one) == number}
    found = select(Posting.id).where(
        Posting.row == row.each,
        Posting.evidence_kind == ENTRY,
        col(Posting.evidence_id).in_(roots),
    )
    return tx.session.exec(found.limit(1)).first() is not None


def _bare(entry: Element) -> str:
    """The letters and digits of a paper's number."""
    return "".join(char for char in folded(entry.values["number"]) if char.isalnum())
