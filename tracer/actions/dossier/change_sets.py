"""The desk's part in edits beyond the free ones: what waits is carried out, or dropped (D12)."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from pydantic import Field
from sqlmodel import select

from tracer.actions.actor import Actor, require
from tracer.actions.dossier.filling import apply_changes
from tracer.actions.forms import Form
from tracer.actions.private_files import forget_files
from tracer.actions.text import Line, one_of
from tracer.domain.elements import ChangeMark
from tracer.domain.errors import Conflict, NotFound
from tracer.domain.words import Role
from tracer.store.changes import seal_wanted, wanted_values, without_private
from tracer.store.tables import ChangeSet, Producer
from tracer.store.world import Tx

MARKS = (ChangeMark.PAID, ChangeMark.WAIVED, ChangeMark.REFUSED)


class MarkForm(Form):
    """处理: the 300 yuan of the standard were paid, or waived, or the edit is not taken."""

    mark: Annotated[ChangeMark, one_of(MARKS), Field(title="处理结果")]
    note: Annotated[Line | None, Field(title="说明")] = None


def mark_change_set(tx: Tx, actor: Actor, public_id: str, form: MarkForm) -> ChangeSet:
    """Mark an edit that waits; paid or waived it is carried out at once.

    The same mark again changes nothing; another one is a Conflict, for it was decided already.
    """
    require(actor, Role.OPERATOR)
    row = tx.session.exec(select(ChangeSet).where(ChangeSet.public_id == public_id)).one_or_none()
    if row is None:
        raise NotFound("没有这次修改，请回到列表重新选择")
    if row.mark == form.mark:
        return row
    if row.mark != ChangeMark.WAITING:
        raise Conflict("marked", f"这次修改已经处理过：{ChangeMark(row.mark).label}")
    row.mark = form.mark.value
    row.note = form.note
    row.marked_by = actor.account_id
    row.marked_at = tx.now
    wanted = wanted_values(tx.secrets, row)
    row.sealed = seal_wanted(tx.secrets, row.public_id, without_private(wanted))
    tx.session.flush()
    if form.mark is not ChangeMark.REFUSED:
        producer = tx.session.get_one(Producer, row.producer_id)
        acting = replace(actor, producer_id=producer.id)
        apply_changes(tx, acting, producer, wanted)
    else:
        forget_files(tx, wanted)
    return row
