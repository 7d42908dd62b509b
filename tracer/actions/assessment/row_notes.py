"""An answer to a row or condition with its note, read at the door like every other text.

Notes stand in the scored table that anybody may read once there is a licence.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from tracer.actions.forms import Form, parse
from tracer.actions.text import FOR_ALL, Prose
from tracer.domain.errors import Refusal
from tracer.standards.marking import read_row
from tracer.standards.pack import Item


class NoteForm(Form):
    """What somebody says about the answer to a row."""

    note: Annotated[Annotated[Prose, FOR_ALL] | None, Field(title="说明")] = None


def noted_row(item: Item, raw: object) -> dict[str, Any]:
    """A row's answer as it is kept, ``{"value": …, "note": …}``; a Refusal names the row."""
    row = read_row(item, raw)
    try:
        said = parse(NoteForm, {"note": row["note"]})
    except Refusal as refusal:
        raise Refusal(refusal.code, f"{item.name}：{refusal.message}", item.key) from refusal
    return {"value": row["value"], "note": said.note or ""}
