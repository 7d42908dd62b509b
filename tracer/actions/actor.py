"""Who acts, and the one door through which an actor reaches a row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from sqlmodel import SQLModel, select

from tracer.domain.errors import Forbidden, NotFound
from tracer.domain.words import Role
from tracer.store.world import Tx

Row = TypeVar("Row", bound=SQLModel)


@dataclass(frozen=True)
class Actor:
    """A signed-in account. ``producer_id`` is set for producers only, ``base_id`` for bases."""

    account_id: int
    role: Role
    name: str
    producer_id: int | None = None
    base_id: int | None = None

    @property
    def producer(self) -> int:
        """The producer this account acts for; Forbidden where it acts for none."""
        if self.producer_id is None:
            raise Forbidden("这件事要由生产者自己的账号来办")
        return self.producer_id

    @property
    def base(self) -> int:
        """The 一乡一品 base this account acts for; Forbidden where it acts for none."""
        if self.base_id is None:
            raise Forbidden("这件事要由基地申请方的账号来办")
        return self.base_id


def require(actor: Actor, *roles: Role) -> None:
    """Forbidden unless the actor has one of ``roles``."""
    if actor.role not in roles:
        raise Forbidden()


def own(tx: Tx, actor: Actor, table: type[Row], public_id: str) -> Row:
    """The actor's own row with that public id.

    What belongs to another producer is NotFound, exactly like what does not exist.
    """
    column = table.public_id  # type: ignore[attr-defined]
    row = tx.session.exec(select(table).where(column == public_id)).one_or_none()
    if row is None or row.producer_id != actor.producer:  # type: ignore[attr-defined]
        raise NotFound()
    return row
