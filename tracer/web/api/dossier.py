"""Calls that fill in 资料 (tables B.1 to B.5 of T/GVEAIA 016.1) and read it back."""

from __future__ import annotations

from pydantic import BaseModel

from tracer.actions import change_limit
from tracer.actions.actor import Actor
from tracer.actions.dossier import filling as dossier
from tracer.actions.dossier.forms import EntryForm
from tracer.queries.records.dossier import ElementList, EntryRecord, elements_of
from tracer.store.world import Tx
from tracer.web.api.calls import get, post

DOSSIER = "资料"


class SavedRecord(BaseModel):
    """What came of a save; ``waiting`` where the desk has to agree to a change first."""

    entry: EntryRecord | None
    waiting: bool
    notes: list[str]


def _record(tx: Tx, saved: dossier.Saved) -> SavedRecord:
    return SavedRecord(
        entry=EntryRecord.of(tx, saved.entry) if saved.entry else None,
        waiting=change_limit.waits(saved.change),
        notes=list(saved.notes),
    )


@get("/elements", ElementList, "自己的资料：各项要填什么、填了什么", DOSSIER)
def elements(tx: Tx, actor: Actor) -> ElementList:
    return elements_of(tx, actor.producer)


@post("/elements", EntryForm, SavedRecord, "填一项资料", DOSSIER)
def fill(tx: Tx, actor: Actor, form: EntryForm) -> SavedRecord:
    """A row that columns hold keeps what is not sent; an empty text empties."""
    whole = dossier.with_columns(tx, actor, form)
    return _record(tx, dossier.add_entry(tx, actor, whole))


@post("/elements/<entry>/edit", EntryForm, SavedRecord, "修改一条资料（旧版本保留）", DOSSIER)
def edit(tx: Tx, actor: Actor, form: EntryForm, entry: str) -> SavedRecord:
    whole = dossier.with_columns(tx, actor, form)
    return _record(tx, dossier.edit_entry(tx, actor, entry, whole))
