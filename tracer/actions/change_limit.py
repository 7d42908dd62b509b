"""D12: an edit of what earned points is counted; three a calendar year are free (表 C.1 注 3).

Rows C.1-1 to C.1-17 are meant: their note speaks of what was filled in wrongly. One save is one
edit, however many fields it changes. The fourth waits, sealed, for the desk; until then the old
values stand. Filling what is empty is free the first time: once its row has earned, filling it anew
is an edit. Emptying is none, and is never held up: who wants a value gone need not ask anybody
(个人信息保护法 art. 47). Households are not rated, so their edits are all free.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from tracer.actions import credit
from tracer.actions.actor import Actor
from tracer.actions.earning import has_filled
from tracer.actions.private_files import forget_files
from tracer.domain.clock import day_of
from tracer.domain.elements import ChangeMark, field_at
from tracer.domain.errors import Conflict
from tracer.domain.ids import new_id
from tracer.domain.words import Role
from tracer.store.changes import free_left, seal_wanted, waiting_set, wanted_values, without_private
from tracer.store.tables import ChangeSet, Producer
from tracer.store.world import Tx


@dataclass(frozen=True)
class Change:
    """A new value for a field.

    ``place`` is ``producer.address`` or, in an entry, ``B.1-1/licence_photo``; ``row`` is the row
    of table C.1; ``value`` is what JSON can hold, None where the field is emptied; ``fills``: it
    was empty.
    """

    place: str
    row: str
    value: Any
    fills: bool = False


@dataclass(frozen=True)
class Held:
    """What becomes of an edit: its set, None where it is not counted, and the places that wait.

    Those must keep what they say.
    """

    change: ChangeSet | None = None
    places: frozenset[str] = frozenset()


def hold(tx: Tx, actor: Actor, producer: Producer, changes: Sequence[Change]) -> Held:
    """Count an edit, and say what becomes of it; what it empties is forgotten at once.

    The same edit sent again while it waits is the edit that waits; another one is a Conflict.
    """
    _forget(tx, producer, {change.place for change in changes if not change.value})
    if actor.role is Role.OPERATOR or not credit.is_rated(producer):
        return Held()
    counted = [
        change
        for change in changes
        if change.value and (not change.fills or has_filled(tx, producer, change.row))
    ]
    if not counted:
        return Held()
    wanted = {change.place: change.value for change in counted}
    places = frozenset(wanted)
    waiting = waiting_set(tx.session, producer.id or 0)
    if waiting is not None:
        if wanted_values(tx.secrets, waiting) == wanted:
            return Held(waiting, places)
        raise Conflict("change_waiting", "上一次的修改还在等平台管理员处理，处理好以后再改")
    year = day_of(tx.now).year
    free = free_left(tx.session, producer.id or 0, year) > 0
    public_id = new_id()
    kept = without_private(wanted) if free else wanted
    row = ChangeSet(
        public_id=public_id,
        producer_id=producer.id or 0,
        year=year,
        fields=sorted({change.row for change in counted}, key=_number),
        sealed=seal_wanted(tx.secrets, public_id, kept),
        mark=(ChangeMark.FREE if free else ChangeMark.WAITING).value,
        asked_by=actor.account_id,
        asked_at=tx.now,
    )
    tx.session.add(row)
    tx.session.flush()
    return Held(row, frozenset() if free else places)


def waits(change: ChangeSet | None) -> bool:
    """Whether an edit is kept for the desk rather than carried out."""
    return change is not None and change.mark == ChangeMark.WAITING


def _forget(tx: Tx, producer: Producer, places: Collection[str]) -> None:
    """Take emptied places out of the edit that waits; one that wants nothing more is over."""
    waiting = waiting_set(tx.session, producer.id or 0)
    if waiting is None:
        return
    wanted = wanted_values(tx.secrets, waiting)
    gone = {place: value for place, value in wanted.items() if place in places}
    if not gone:
        return
    left = {place: value for place, value in wanted.items() if place not in gone}
    waiting.fields = sorted({field_at(place).earns for place in left or gone}, key=_number)
    waiting.sealed = seal_wanted(tx.secrets, waiting.public_id, left)
    if not left:
        waiting.mark, waiting.marked_at = ChangeMark.REFUSED.value, tx.now
        waiting.note = "生产者自己清空了，不用再改"
    forget_files(tx, gone)
    tx.session.flush()


def _number(row: str) -> int:
    return int(row.rpartition("-")[2])
