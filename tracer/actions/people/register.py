"""登记: a new producer stands up for itself, or the operator puts one on record."""

from __future__ import annotations

from sqlmodel import select

from tracer.actions.actor import Actor, require
from tracer.actions.people.enroll import ProducerForm, create_producer
from tracer.domain.errors import Conflict
from tracer.domain.words import Role
from tracer.store.tables import Account, Producer
from tracer.store.world import Tx


def register(tx: Tx, actor: Actor, form: ProducerForm) -> Producer:
    """Register a producer; a producer's account acts for the one it registered from then on.

    The operator may register others but gains no account of theirs: nobody issues for another.
    """
    require(actor, Role.PRODUCER, Role.OPERATOR)
    if actor.role is Role.OPERATOR:
        return create_producer(tx, form)
    account = tx.session.get_one(Account, actor.account_id)
    if account.producer_id is not None:
        raise Conflict("already_registered", "这个账号已经登记过生产主体，可以直接使用")
    producer = create_producer(tx, form)
    holder = tx.session.exec(select(Account).where(Account.producer_id == producer.id)).first()
    if holder is not None:
        raise Conflict("producer_taken", "这个主体已由别的账号登记，请联系平台管理员", "uscc")
    account.producer_id = producer.id
    tx.session.flush()
    return producer
