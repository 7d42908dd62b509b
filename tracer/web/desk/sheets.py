"""Score sheets: an expert marks row by row, kept while it is written, handed in once."""

from __future__ import annotations

from typing import Any

from flask import Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tracer.actions.actor import require
from tracer.actions.assessment import sheets as marking
from tracer.actions.assessment.assessing import TieForm, declare_tie
from tracer.actions.forms import parse
from tracer.domain.errors import Forbidden, NotFound, Refusal
from tracer.domain.words import Role
from tracer.queries.assessment import lists as assessment_lists
from tracer.queries.assessment import sheet as assessment_sheet
from tracer.queries.assessment.parts import opened, stored_file
from tracer.standards.asking import answer_of, fields_of
from tracer.standards.marking import row_of
from tracer.standards.pack import Pack
from tracer.store.world import Tx
from tracer.web.desk.views import hall
from tracer.web.shared.attachments import attachment
from tracer.web.shared.door import actor, form_data, world
from tracer.web.shared.errors import status_of, wants_json
from tracer.web.shared.row_answers import typed_row

_VERSION_DIGITS = 10


@hall.get("/sheets")
def sheets() -> ResponseReturnValue:
    """The sheets that one is asked to fill, and those that are done."""
    require(actor(), Role.EXPERT)
    with world().read() as tx:
        lines = assessment_lists.own_sheets(tx, actor().account_id)
    return render_template("desk/sheets.html", lines=lines)


@hall.get("/sheets/<sheet>")
def marking_page(sheet: str) -> ResponseReturnValue:
    """One sheet."""
    return _page(sheet, None, None)


@hall.post("/sheets/<sheet>")
def save_sheet(sheet: str) -> ResponseReturnValue:
    """Keep what was written: one row as it is typed, or the whole page; hand it in if asked."""
    require(actor(), Role.EXPERT)
    typed: assessment_sheet.Typed = {}
    try:
        with world().write() as tx:
            pack = _pack(tx, sheet)
            typed = _typed(pack)
            version = _version()
            row = marking.save_sheet(tx, actor(), sheet, version, _answers(pack, typed))
        if request.form.get("submit") == "yes":
            with world().write() as tx:
                marking.submit_sheet(tx, actor(), sheet, row.version)
    except (NotFound, Forbidden):
        raise
    except Refusal as refusal:
        if wants_json():
            raise
        return make_response(_page(sheet, refusal, typed), status_of(refusal))
    if wants_json():
        with world().read() as tx:
            return assessment_sheet.after_saving(tx, row, request.form.get("row", ""))
    return redirect(url_for("desk.marking_page", sheet=sheet), 303)


@hall.post("/sheets/<sheet>/tie")
def step_back(sheet: str) -> ResponseReturnValue:
    """The expert says why somebody else should mark this."""
    try:
        form = parse(TieForm, form_data())
        with world().write() as tx:
            declare_tie(tx, actor(), form)
    except (NotFound, Forbidden):
        raise
    except Refusal as refusal:
        return make_response(_page(sheet, refusal, None), status_of(refusal))
    return redirect(url_for("desk.sheets"), 303)


@hall.get("/sheets/<sheet>/files/<evidence>")
def sheet_file(sheet: str, evidence: str) -> Response:
    """A paper of the application that the sheet marks."""
    with world().read() as tx:
        _, row = assessment_sheet.own_sheet(tx, sheet, actor().account_id)
        return attachment(tx, stored_file(tx, row, evidence))


def _pack(tx: Tx, sheet: str) -> Pack:
    _, row = assessment_sheet.own_sheet(tx, sheet, actor().account_id)
    return opened(tx, row).pack


def _version() -> int:
    text = request.form.get("version", "")
    if not (text.isascii() and text.isdecimal() and len(text) < _VERSION_DIGITS):
        raise Refusal("no_version", "这一页不完整，请刷新后再填", "version")
    return int(text)


def _typed(pack: Pack) -> assessment_sheet.Typed:
    """What the page brought, by row: all rows, or the one that is saved as it is typed."""
    only = request.form.get("row")
    if only is not None:
        row_of(pack.scored(pack.table().key), only)
    return {
        item.key: typed_row(item.key, fields_of(item, pack.table().items))
        for item in pack.table().items
        if only in (None, item.key) and fields_of(item, pack.table().items)
    }


def _answers(pack: Pack, typed: assessment_sheet.Typed) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for item in pack.table().items:
        if item.key in typed:
            inputs, note = typed[item.key]
            answer = answer_of(fields_of(item, pack.table().items), inputs)
            if answer is None and note:
                raise Refusal(
                    "note_alone", f"{item.name}有说明、还没有打分，打了分一起保存", item.key
                )
            found[item.key] = None if answer is None else {"value": answer, "note": note}
    return found


def _page(sheet: str, refusal: Refusal | None, typed: assessment_sheet.Typed | None) -> str:
    require(actor(), Role.EXPERT)
    with world().read() as tx:
        page = assessment_sheet.sheet_page(tx, sheet, actor().account_id, typed)
    return render_template("desk/marking.html", page=page, refusal=refusal)
