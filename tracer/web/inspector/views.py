"""Scan, compare with the goods, record what was found."""

from __future__ import annotations

import secrets

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tracer.actions.forms import parse
from tracer.actions.supervision.inspect import FindingForm, record_finding
from tracer.domain.errors import Refusal
from tracer.domain.words import Role
from tracer.queries.supervision.inspector import CONCLUSIONS, inspection, inspector_home
from tracer.web.shared.door import actor, admit, form_data, world
from tracer.web.shared.errors import status_of

hall = Blueprint("inspect", __name__, url_prefix="/inspect")
hall.before_request(admit(Role.INSPECTOR))

QUICK_TESTS = 3  # lines offered for quick tests; more findings may be recorded for one code


@hall.get("")
def home() -> ResponseReturnValue:
    """The scan box, and what this inspector has recorded."""
    with world().read() as tx:
        page = inspector_home(tx, actor().account_id)
    return render_template("inspector/home.html", page=page, recorded=request.args.get("recorded"))


@hall.get("/check")
def check() -> ResponseReturnValue:
    """The verdict on what was scanned or typed."""
    text = request.args.get("code", "").strip()[:4096]
    if not text:
        return redirect(url_for("inspect.home"))
    return _page(text, None)


@hall.post("/findings")
def record() -> ResponseReturnValue:
    """Record a finding; the same page sent twice records one."""
    try:
        form = parse(FindingForm, _finding())
        with world().write() as tx:
            record_finding(tx, actor(), form)
    except Refusal as refusal:
        code = request.form.get("code", "")[:4096]
        return make_response(_page(code, refusal), status_of(refusal))
    return redirect(url_for("inspect.home", recorded=1), 303)


def _page(text: str, refusal: Refusal | None) -> str:
    with world().read() as tx:
        page = inspection(tx, text)
    return render_template(
        "inspector/check.html",
        page=page,
        refusal=refusal,
        conclusions=tuple(CONCLUSIONS.items()),
        quick_tests=range(QUICK_TESTS),
        client_id=request.form.get("client_id") or secrets.token_urlsafe(16),
        typed=request.form,
    )


def _finding() -> dict[str, object]:
    """The form's fields, with its lines of quick tests gathered into a list."""
    data = form_data()
    items = []
    for line in range(QUICK_TESTS):
        names = ("item", "method", "value", "limit", "passed")
        filled = {
            name: value for name in names if (value := data.pop(f"{name}-{line}", None)) is not None
        }
        if filled.keys() - {"passed"}:
            items.append(filled)
    return {**data, "items": items}
