"""Producers' dossiers at the desk: edits to mark, papers to look through. Operators only."""

from __future__ import annotations

import structlog
from flask import Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tracer.actions.actor import require
from tracer.actions.dossier.change_sets import MARKS, MarkForm, mark_change_set
from tracer.actions.forms import parse
from tracer.actions.private_files import open_private_file
from tracer.domain.errors import NotFound, Refusal
from tracer.domain.words import Role
from tracer.queries.dossier import desk as dossier_desk
from tracer.web.desk.views import hall
from tracer.web.shared.attachments import attachment, given_out
from tracer.web.shared.door import actor, form_data, world
from tracer.web.shared.errors import status_of

_log = structlog.get_logger()


@hall.get("/changes")
def changes() -> ResponseReturnValue:
    """Edits beyond the free ones: what they change, and what is to become of them."""
    return _changes_page("", None)


@hall.post("/changes/<change>/mark")
def mark_change(change: str) -> ResponseReturnValue:
    """Paid, waived or refused."""
    try:
        with world().write() as tx:
            mark_change_set(tx, actor(), change, parse(MarkForm, form_data()))
    except NotFound:
        raise
    except Refusal as refusal:
        return make_response(_changes_page(change, refusal), status_of(refusal))
    return redirect(url_for("desk.changes"), 303)


@hall.get("/producers/<producer>/dossier")
def producer_dossier(producer: str) -> ResponseReturnValue:
    """Everything a producer filled in; ``?open=1`` tells what is private, and is noted."""
    require(actor(), Role.OPERATOR)
    opened = "open" in request.args
    with world().read() as tx:
        page = dossier_desk.producer_dossier(tx, producer, opened)
    if opened:
        _log.info("private_values_opened", account=actor().account_id, producer=page.id)
    return render_template("desk/dossier.html", page=page)


@hall.get("/dossiers/files/<file>")
def dossier_file(file: str) -> Response:
    """A file of a producer's; sealed ones are opened here, and that is noted."""
    require(actor(), Role.OPERATOR)
    with world().read() as tx:
        row = dossier_desk.file_at_desk(tx, file)
        if not row.sealed:
            return attachment(tx, row)
        return given_out(row.public_id, open_private_file(tx, actor(), row.public_id))


def _changes_page(wrong: str, refusal: Refusal | None) -> str:
    require(actor(), Role.OPERATOR)
    with world().read() as tx:
        page = dossier_desk.changes(tx)
    return render_template(
        "desk/changes.html",
        page=page,
        marks=[(mark.value, _ACTS[mark.value]) for mark in MARKS],
        wrong=wrong,
        refusal=refusal,
        typed=request.form,
    )


_ACTS = {
    "paid": "费用已付，按新的改",
    "waived": "免费用，按新的改",
    "refused": "不改，保留原来的",
}
