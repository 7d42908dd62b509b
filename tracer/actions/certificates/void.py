"""作废 and 召回. Nothing is edited or deleted: a voided certificate still answers, and says so."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field
from sqlmodel import select

from tracer.actions import log
from tracer.actions.actor import Actor, own
from tracer.actions.forms import Form
from tracer.actions.text import Line
from tracer.domain.errors import Conflict, NotFound
from tracer.domain.words import Role
from tracer.proof.contents import recall_content, voiding_content
from tracer.proof.leaf import Event
from tracer.store.tables import Batch, Certificate, Recall, Voiding
from tracer.store.world import Tx


class VoidForm(Form):
    """Why a certificate no longer stands, and what to do with the goods."""

    reason: Annotated[Line, Field(title="作废原因")]
    advice: Annotated[Line | None, Field(title="货物怎么处理")] = None


class RecallForm(Form):
    """Why a batch is called back, and where to bring it."""

    reason: Annotated[Line, Field(title="召回原因")]
    advice: Annotated[Line, Field(title="买到的人怎么办")]


def void(tx: Tx, actor: Actor, certificate_id: str, form: VoidForm) -> Voiding:
    """Void the actor's own certificate; the operator may void anybody's."""
    certificate = _reach(tx, actor, certificate_id)
    return record_voiding(tx, actor, certificate, form, None)


def record_voiding(
    tx: Tx,
    actor: Actor,
    certificate: Certificate,
    form: VoidForm,
    replaced_by: Certificate | None,
) -> Voiding:
    """The voiding row and its leaf; Conflict where the certificate is void already."""
    if tx.session.get(Voiding, certificate.id) is not None:
        raise Conflict("already_voided", "这张合格证已经作废，不用再作废一次")
    index, salt = log.append(
        tx,
        Event.REPLACED if replaced_by else Event.VOIDED,
        certificate.public_id,
        voiding_content(
            certificate.public_id,
            form.reason,
            form.advice,
            replaced_by.public_id if replaced_by else None,
        ),
    )
    row = Voiding(
        certificate_id=certificate.id or 0,
        reason=form.reason,
        advice=form.advice,
        replaced_by_id=replaced_by.id if replaced_by else None,
        voided_by=actor.account_id,
        voided_at=tx.now,
        salt=salt,
        log_index=index,
    )
    tx.session.add(row)
    tx.session.flush()
    return row


def recall(tx: Tx, actor: Actor, batch_id: str, form: RecallForm) -> Recall:
    """Recall the actor's own batch and, with it, all that was made from it."""
    batch = own(tx, actor, Batch, batch_id)
    if tx.session.get(Recall, batch.id) is not None:
        raise Conflict("already_recalled", "这个批次已经召回")
    index, salt = log.append(
        tx,
        Event.RECALLED,
        batch.public_id,
        recall_content(batch.public_id, form.reason, form.advice),
    )
    row = Recall(
        batch_id=batch.id or 0,
        reason=form.reason,
        advice=form.advice,
        recalled_by=actor.account_id,
        recalled_at=tx.now,
        salt=salt,
        log_index=index,
    )
    tx.session.add(row)
    tx.session.flush()
    return row


def _reach(tx: Tx, actor: Actor, certificate_id: str) -> Certificate:
    if actor.role is not Role.OPERATOR:
        return own(tx, actor, Certificate, certificate_id)
    row = tx.session.exec(
        select(Certificate).where(Certificate.public_id == certificate_id)
    ).one_or_none()
    if row is None:
        raise NotFound()
    return row
