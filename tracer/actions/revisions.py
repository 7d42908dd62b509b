"""Rows that may be sent twice and edited in the open.

A row that is sent again with the same content is the row that exists: a resent form, a second
import. Content that was true once and was edited since counts as the same; anything else is a
Conflict. An edit keeps what the row said before, so nothing is overwritten without trace.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from sqlmodel import SQLModel, select

from tracer.actions.actor import Actor
from tracer.actions.forms import Form
from tracer.domain.errors import Conflict
from tracer.store.tables import Revision
from tracer.store.world import Tx

# Columns that keep a form's field in another shape.
_FIELD_OF = {
    "area_milli_mu": "area",
    "quantity_milli": "quantity",
    "id_card_hash": "id_card",
    "limit_yuan": "limit",
    "file_id": "file",
}

Plain = dict[str, Any]


def plain(row: SQLModel) -> Plain:
    """A row's content as JSON can hold it."""
    return as_plain(row.model_dump())


def as_plain(values: Mapping[str, Any]) -> Plain:
    """Column values as JSON can hold them: days as text; what is enciphered stays out."""
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in values.items()
        if not isinstance(value, bytes)
    }


def same(new: Plain, kept: Iterable[Plain]) -> bool:
    """Whether any of the kept states says what ``new`` says."""
    return any(all(state.get(name) == value for name, value in new.items()) for state in kept)


def differing(form: Form, new: Plain, old: Plain, what: str) -> Conflict:
    """The Conflict that names ``what`` is recorded and the fields in which it differs."""
    names = [_FIELD_OF.get(name, name) for name, value in new.items() if old.get(name) != value]
    fields = type(form).model_fields
    titles = [fields[name].title or name if name in fields else name for name in names]
    return Conflict(
        "already_recorded",
        f"{what}已经登记过，{'、'.join(titles)}与原来的不一样，要改请到该记录里修改",
        names[0] if names else None,
    )


def states(tx: Tx, row: SQLModel, now: Plain) -> list[Plain]:
    """What an editable row says ``now``, then what it said before, newest first."""
    earlier = tx.session.exec(
        select(Revision)
        .where(Revision.table == _table(row), Revision.row_id == row.id)  # type: ignore[attr-defined]
        .order_by(Revision.id.desc())  # type: ignore[union-attr]
    )
    return [now, *(revision.before for revision in earlier)]


def keep_revision(tx: Tx, actor: Actor, row: SQLModel, before: Plain) -> None:
    """Write down what a row said before an edit."""
    tx.session.add(
        Revision(
            table=_table(row),
            row_id=row.id,  # type: ignore[attr-defined]
            before=before,
            account_id=actor.account_id,
            recorded_at=tx.now,
        )
    )


def revise(tx: Tx, actor: Actor, row: SQLModel, values: Mapping[str, Any]) -> None:
    """Give a row new values and keep the old ones; nothing is written where nothing changes."""
    before = plain(row)
    if same(as_plain(values), [before]):
        return
    keep_revision(tx, actor, row, before)
    for name, value in values.items():
        setattr(row, name, value)
    tx.session.flush()


def _table(row: SQLModel) -> str:
    return str(type(row).__tablename__)
