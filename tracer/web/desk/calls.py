"""申报通知: open one under a standard, end it, see who applied."""

from __future__ import annotations

from flask import make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tracer.actions.actor import require
from tracer.actions.assessment import calls as acts
from tracer.actions.forms import parse
from tracer.domain.errors import Refusal
from tracer.domain.words import Role
from tracer.queries.assessment import lists as assessment_lists
from tracer.web.desk.views import hall
from tracer.web.shared.door import actor, form_data, world
from tracer.web.shared.errors import status_of


@hall.get("/calls")
def calls() -> ResponseReturnValue:
    """All calls, and a form for one more."""
    return _page(None)


@hall.post("/calls")
def open_call() -> ResponseReturnValue:
    """Open a call."""
    try:
        form = parse(acts.CallForm, form_data())
        with world().write() as tx:
            acts.open_call(tx, actor(), form)
    except Refusal as refusal:
        return make_response(_page(refusal), status_of(refusal))
    return redirect(url_for("desk.calls"), 303)


@hall.post("/calls/<call>/end")
def end_call(call: str) -> ResponseReturnValue:
    """A call takes no new applications."""
    with world().write() as tx:
        acts.end_call(tx, actor(), call)
    return redirect(url_for("desk.calls"), 303)


def _page(refusal: Refusal | None) -> str:
    require(actor(), Role.OPERATOR)
    with world().read() as tx:
        lines = assessment_lists.calls(tx)
        standards = assessment_lists.standards(tx)
    return render_template(
        "desk/calls.html", lines=lines, standards=standards, typed=request.form, refusal=refusal
    )
