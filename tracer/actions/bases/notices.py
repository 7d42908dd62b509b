"""5.6.1 通报: a base tells its residents about production, quality and risk."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field
from sqlmodel import select

from tracer.actions.actor import Actor, require
from tracer.actions.forms import Form
from tracer.actions.text import Name, Prose, PublicId, one_of
from tracer.domain.bases import NoticeConcern
from tracer.domain.clock import day_of, start_of
from tracer.domain.errors import NotFound, Refusal
from tracer.domain.ids import new_id
from tracer.domain.words import Role
from tracer.store.base_facts import notices_to, residents_of
from tracer.store.tables import BaseNotice, NoticeReading, Producer
from tracer.store.world import Tx


class NoticeForm(Form):
    """A notice to one resident, or to all where none is named."""

    concern: Annotated[NoticeConcern, one_of(NoticeConcern), Field(title="通报什么")]
    title: Annotated[Name, Field(title="标题")]
    text: Annotated[Prose, Field(title="内容")]
    producer: Annotated[PublicId | None, Field(title="发给谁")] = None


def send_notice(tx: Tx, actor: Actor, form: NoticeForm) -> BaseNotice:
    """Send a notice; the same words to the same people on one day are one notice."""
    require(actor, Role.BASE)
    residents = residents_of(tx.session, actor.base, day_of(tx.now))
    if not residents:
        raise Refusal("no_residents", "基地还没有入驻企业，请先登记入驻")
    producer_id = None
    if form.producer is not None:
        chosen = [row for _, row in residents if row.public_id == form.producer]
        if not chosen:
            raise Refusal("not_resident", "这个企业没有入驻，请重新选", "producer")
        producer_id = chosen[0].id
    content: dict[str, Any] = {
        "concern": form.concern.value,
        "title": form.title,
        "text": form.text,
        "producer_id": producer_id,
    }
    today = tx.session.exec(
        select(BaseNotice).where(
            BaseNotice.base_id == actor.base, BaseNotice.sent_at >= start_of(day_of(tx.now))
        )
    )
    for known in today:
        if all(getattr(known, name) == value for name, value in content.items()):
            return known
    row = BaseNotice(
        public_id=new_id(),
        base_id=actor.base,
        sent_by=actor.account_id,
        sent_at=tx.now,
        **content,
    )
    tx.session.add(row)
    tx.session.flush()
    return row


def read_notice(tx: Tx, actor: Actor, public_id: str) -> NoticeReading:
    """A producer says that it has read a notice sent to it."""
    producer = tx.session.get_one(Producer, actor.producer)
    mine = {notice.public_id: notice for notice, _ in notices_to(tx.session, producer.id or 0)}
    notice = mine.get(public_id)
    if notice is None:
        raise NotFound("没有这条通报，请回到列表重新选择")
    row = tx.session.get(NoticeReading, (notice.id, producer.id))
    if row is None:
        row = NoticeReading(notice_id=notice.id or 0, producer_id=producer.id or 0, read_at=tx.now)
        tx.session.add(row)
        tx.session.flush()
    return row
