"""Notices of a base (5.6.1): what was sent to whom, and who has read it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import col, select

from tracer.domain.bases import NoticeConcern
from tracer.domain.clock import day_of, format_instant
from tracer.store.base_facts import notices_to, residents_of
from tracer.store.tables import (
    Base,
    BaseNotice,
    NoticeReading,
)
from tracer.store.world import Tx

_MOST = 200


@dataclass(frozen=True)
class NoticeLine:
    """A notice; ``unread`` names who has not read it yet, ``to`` whom it was sent to."""

    id: str
    title: str
    text: str
    concern: str
    at: str
    to: str
    read: int
    of: int
    unread: str


@dataclass(frozen=True)
class InboxLine:
    """A notice as a producer sees it."""

    id: str
    title: str
    text: str
    concern: str
    base: str
    at: str
    read: bool


def notices(tx: Tx, base_id: int) -> tuple[NoticeLine, ...]:
    """What the base sent, newest first, and who has read it."""
    rows = tx.session.exec(
        select(BaseNotice)
        .where(BaseNotice.base_id == base_id)
        .order_by(col(BaseNotice.id).desc())
        .limit(_MOST)
    ).all()
    return tuple(_notice(tx, row) for row in rows)


def inbox(tx: Tx, producer_id: int) -> tuple[InboxLine, ...]:
    """The notices a producer was sent, newest first."""
    names = {row.id: row.name for row in tx.session.exec(select(Base))}
    return tuple(
        InboxLine(
            notice.public_id,
            notice.title,
            notice.text,
            NoticeConcern(notice.concern).label,
            names[notice.base_id],
            format_instant(notice.sent_at),
            reading is not None,
        )
        for notice, reading in notices_to(tx.session, producer_id)
    )


def unread(tx: Tx, producer_id: int) -> int:
    """How many notices a producer has not read."""
    return sum(reading is None for _, reading in notices_to(tx.session, producer_id))


def _notice(tx: Tx, row: BaseNotice) -> NoticeLine:
    day = day_of(row.sent_at)
    members = [
        producer
        for _, producer in residents_of(tx.session, row.base_id, day)
        if row.producer_id in (None, producer.id)
    ]
    read = set(
        tx.session.exec(select(NoticeReading.producer_id).where(NoticeReading.notice_id == row.id))
    )
    return NoticeLine(
        id=row.public_id,
        title=row.title,
        text=row.text,
        concern=NoticeConcern(row.concern).label,
        at=format_instant(row.sent_at),
        to="全部入驻企业" if row.producer_id is None else "、".join(one.name for one in members),
        read=len(read),
        of=len(members),
        unread="、".join(one.name for one in members if one.id not in read),
    )
