"""D12: an edit of what earned points is counted; three a calendar year are free (表 C.1 注 3).

Rows C.1-1 to C.1-17 are meant: their note speaks of what was filled in wrongly. One save is one
edit, however many fields it changes. The fourth waits, sealed, for the desk; until then the old
values stand. Filling what is empty is free, and households are not rated, so theirs all are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tracer.actions import credit
from tracer.actions.actor import Actor
from tracer.domain.clock import day_of
from tracer.domain.elements import ChangeMark
from tracer.domain.errors import Conflict
from tracer.domain.ids import new_id
from tracer.domain.words import Role
from tracer.store.changes import free_left, seal_wanted, waiting_set, wanted_values, without_private
from tracer.store.tables import ChangeSet, Producer
from tracer.store.world import Tx


@dataclass(frozen=True)
class Change:
    """A new value for a filled field.

    ``place`` is ``producer.address`` or, in an entry, ``B.1-1/licence_photo``; ``row`` is the row
    of table C.1; ``value`` is what JSON can hold, None where the field is emptied.
    """

    place: str
    row: str
    value: Any


def hold(tx: Tx, actor: Actor, producer: Producer, changes: Sequence[Change]) -> ChangeSet | None:
    """Count an edit, and say what becomes of it; None where it is not counted at all.

    A set that is marked waiting must not be applied by the caller. The same edit sent again while
    it waits is the edit that waits; another one is a Conflict.
    """
    if not changes or actor.role is Role.OPERATOR or not credit.is_rated(producer):
        return None
    wanted = {change.place: change.value for change in changes}
    waiting = waiting_set(tx.session, producer.id or 0)
    if waiting is not None:
        if wanted_values(tx.secrets, waiting) == wanted:
            return waiting
        raise Conflict("change_waiting", "上一次的修改还在等平台管理员处理，处理好以后再改")
    year = day_of(tx.now).year
    free = free_left(tx.session, producer.id or 0, year) > 0
    public_id = new_id()
    kept = without_private(wanted) if free else wanted
    row = ChangeSet(
        public_id=public_id,
        producer_id=producer.id or 0,
        year=year,
        fields=sorted({change.row for change in changes}, key=_number),
        sealed=seal_wanted(tx.secrets, public_id, kept),
        mark=(ChangeMark.FREE if free else ChangeMark.WAITING).value,
        asked_by=actor.account_id,
        asked_at=tx.now,
    )
    tx.session.add(row)
    tx.session.flush()
    return row


def waits(change: ChangeSet | None) -> bool:
    """Whether an edit is kept for the desk rather than carried out."""
    return change is not None and change.mark == ChangeMark.WAITING


def held(change: ChangeSet | None, changes: Sequence[Change]) -> frozenset[str]:
    """The places that must keep what they say, because their change waits."""
    return frozenset(one.place for one in changes) if waits(change) else frozenset()


def _number(row: str) -> int:
    return int(row.rpartition("-")[2])
