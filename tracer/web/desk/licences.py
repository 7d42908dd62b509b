"""证书登记簿: every licence, and its suspension, resumption and withdrawal."""

from __future__ import annotations

from flask import make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tracer.actions.actor import require
from tracer.actions.assessment import licences as acts
from tracer.domain.assessing import LicenceAct
from tracer.domain.errors import NotFound, Refusal
from tracer.domain.words import Role
from tracer.queries.assessment import licences as licence_pages
from tracer.web.desk.views import hall
from tracer.web.shared.door import actor, world
from tracer.web.shared.errors import status_of

_ACTS = {
    LicenceAct.SUSPENDED: acts.suspend,
    LicenceAct.RESUMED: acts.resume,
    LicenceAct.WITHDRAWN: acts.withdraw_licence,
}


@hall.get("/licences")
def licences() -> ResponseReturnValue:
    """The register."""
    require(actor(), Role.OPERATOR)
    with world().read() as tx:
        found = licence_pages.register(tx, request.args.get("after", 0, type=int))
    return render_template("desk/licences.html", found=found)


@hall.get("/licences/<licence>")
def licence(licence: str) -> ResponseReturnValue:
    """One licence, and what may be done with it."""
    return _page(licence, None)


@hall.post("/licences/<licence>")
def act_on_licence(licence: str) -> ResponseReturnValue:
    """Suspend, resume or withdraw it."""
    try:
        act = _ACTS.get(LicenceAct(request.form.get("act", "")))
    except ValueError:
        act = None
    try:
        if act is None:
            raise Refusal("no_act", "请选要办的事：暂停、恢复或撤销", "act")
        with world().write() as tx:
            act(tx, actor(), licence, request.form.get("reason", ""))
    except NotFound:
        raise
    except Refusal as refusal:
        return make_response(_page(licence, refusal), status_of(refusal))
    return redirect(url_for("desk.licence", licence=licence), 303)


def _page(public_id: str, refusal: Refusal | None) -> str:
    require(actor(), Role.OPERATOR)
    with world().read() as tx:
        row = licence_pages.licence_row(tx, public_id)
        page, line = licence_pages.licence_page(tx, row), licence_pages.register_line(tx, row)
    return render_template(
        "desk/licence.html", page=page, line=line, typed=request.form, refusal=refusal
    )
