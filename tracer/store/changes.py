"""Edits of filled C.1 fields (D12): how many are free still, which waits, and what it wants.

A place is ``producer.address``, or ``B.1-1/licence_photo`` in the entry of a row.
"""

from __future__ import annotations

from typing import Any

from sqlmodel import Session, col, func, select

from tracer.domain.elements import FREE_CHANGES, ChangeMark, field_at
from tracer.store.seals import seal_values, unseal_values
from tracer.store.secrets import Secrets
from tracer.store.tables import ChangeSet

_PURPOSE = "change-set"


def waiting_set(session: Session, producer_id: int) -> ChangeSet | None:
    """The edit of a producer that waits for the desk; there is one at most."""
    return session.exec(
        select(ChangeSet).where(
            ChangeSet.producer_id == producer_id, ChangeSet.mark == ChangeMark.WAITING.value
        )
    ).first()


def free_left(session: Session, producer_id: int, year: int) -> int:
    """How many free edits a producer has left in a Beijing calendar year."""
    used = session.exec(
        select(func.count(col(ChangeSet.id))).where(
            ChangeSet.producer_id == producer_id,
            ChangeSet.year == year,
            ChangeSet.mark == ChangeMark.FREE.value,
        )
    ).one()
    return max(0, FREE_CHANGES - used)


def seal_wanted(secrets: Secrets, public_id: str, wanted: dict[str, Any]) -> bytes:
    """The wanted values by place, sealed: they may hold an 身份证号."""
    return seal_values(secrets, _PURPOSE, public_id, wanted)


def without_private(wanted: dict[str, Any]) -> dict[str, Any]:
    """The wanted values that may be remembered once an edit is settled."""
    return {place: value for place, value in wanted.items() if not field_at(place).private}


def wanted_values(secrets: Secrets, change: ChangeSet) -> dict[str, Any]:
    """The wanted values by place, None where a field is emptied."""
    return unseal_values(secrets, _PURPOSE, change.public_id, change.sealed)
