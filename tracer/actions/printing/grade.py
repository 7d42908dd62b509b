"""A photographed label of a run, graded against what it should be. Nothing of it is kept."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

import labels
from tracer.actions.actor import Actor, own
from tracer.actions.forms import Form
from tracer.actions.printing.label_names import LabelName, label_named
from tracer.actions.printing.paper import text_of_label
from tracer.domain.errors import Refusal
from tracer.domain.printers import DPI
from tracer.proof.labelcode import resolve
from tracer.store.tables import PrintRun
from tracer.store.world import Tx

_NAME_IT = "码印坏了、读不出来的，再拍时填上是哪一张"


class GradeForm(Form):
    """Which label was photographed: asked only where its code cannot be read."""

    label: Annotated[LabelName | None, Field(title="拍的是哪一张")] = None


def grade_print(
    tx: Tx, actor: Actor, public_id: str, photo: bytes, form: GradeForm
) -> labels.Grade:
    """How well the photographed label of a run came out.

    A Refusal of ``photo`` where the photo cannot be judged or shows no label of this run.
    """
    run = own(tx, actor, PrintRun, public_id)
    try:
        found = labels.grade(photo)
    except labels.LabelError as error:
        if error.code != "not_found" or form.label is None:
            raise _refusal(error, _NAME_IT if error.code == "not_found" else None) from error
        return _unread(tx, run, photo, label_named(tx, run, form.label, "label"))
    if found.text not in _texts(tx, run, _number_in(tx, run, found.text)):
        raise _other()
    return found


def _unread(tx: Tx, run: PrintRun, photo: bytes, number: int) -> labels.Grade:
    """A label that does not read any more, against all that its code may say."""
    told = _other()
    for text in _texts(tx, run, number):
        try:
            return labels.grade(photo, text)
        except labels.LabelError as error:
            told = _refusal(error)
    raise told


def _number_in(tx: Tx, run: PrintRun, text: str) -> int:
    """The place in the run of the label whose symbol says so; 1 where all say the same."""
    if run.design.startswith("certificate-"):
        return 1
    code = text.upper().partition("/T/")[2].partition("/")[0]
    index = resolve(code, tx.secrets.label_key)
    number = 0 if index is None else index - run.first_index + 1
    if not 1 <= number <= run.count:
        raise _other()
    return number


def _texts(tx: Tx, run: PrintRun, number: int) -> set[str]:
    """What the symbol of a label may say: a coarse printer is given a shorter text."""
    return {text_of_label(tx, run, number, dpi) for dpi in DPI}


def _other() -> Refusal:
    return Refusal("other_label", "照片里的标签不是这次打的，请拍这次打的一张", "photo")


def _refusal(error: labels.LabelError, hint: str | None = None) -> Refusal:
    return Refusal(error.code, error.message, "photo", hint)
