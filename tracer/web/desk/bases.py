"""Product bases at the desk: founding one and opening the account of its 申请方."""

from __future__ import annotations

from flask import make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tracer.actions import bases as acts
from tracer.actions.forms import parse
from tracer.actions.moderate import AccountForm, open_account
from tracer.domain.bases import ApplicantKind, Industry
from tracer.domain.errors import Refusal
from tracer.domain.words import Role
from tracer.queries import base_members
from tracer.web.desk.views import hall
from tracer.web.shared.door import actor, form_data, world
from tracer.web.shared.errors import status_of


@hall.get("/bases")
def bases() -> ResponseReturnValue:
    """All bases, and a form for one more."""
    return _bases_page(None)


@hall.post("/bases")
def found_base() -> ResponseReturnValue:
    """Found a base."""
    try:
        form = parse(acts.BaseForm, form_data())
        with world().write() as tx:
            row = acts.create_base(tx, actor(), form)
    except Refusal as refusal:
        return make_response(_bases_page(refusal), status_of(refusal))
    return redirect(url_for("desk.base", base=row.public_id), 303)


@hall.get("/bases/<base>")
def base(base: str) -> ResponseReturnValue:
    """One base with its accounts."""
    return _base_page(base, None)


@hall.post("/bases/<base>/accounts")
def add_base_account(base: str) -> ResponseReturnValue:
    """Open an account for the base; its first password is shown on this one page."""
    try:
        given = form_data() | {"role": Role.BASE.value, "base": base}
        with world().write() as tx:
            opened = open_account(tx, actor(), parse(AccountForm, given))
    except Refusal as refusal:
        return make_response(_base_page(base, refusal), status_of(refusal))
    return render_template(
        "desk/opened.html",
        title="账号已开好",
        login=opened.account.login,
        password=opened.password,
    )


def _bases_page(refusal: Refusal | None) -> str:
    with world().read() as tx:
        lines = base_members.bases(tx)
    return render_template(
        "desk/bases.html",
        lines=lines,
        refusal=refusal,
        typed=request.form,
        kinds=[(word.value, word.label) for word in ApplicantKind],
        industries=[(word.value, word.label) for word in Industry],
        may=actor().role is Role.OPERATOR,
    )


def _base_page(public_id: str, refusal: Refusal | None) -> str:
    with world().read() as tx:
        row = acts.find(tx, public_id)
        page = base_members.public_base(tx, row)
        people = base_members.accounts(tx, row)
    return render_template(
        "desk/base.html",
        page=page,
        people=people,
        refusal=refusal,
        typed=request.form,
        may=actor().role is Role.OPERATOR,
    )
