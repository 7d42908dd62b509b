"""Product bases at the desk: founding one and opening the account of its 申请方."""

from __future__ import annotations

from flask import Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tracer.actions.bases import founding as acts
from tracer.actions.forms import parse
from tracer.actions.people.moderate import AccountForm, open_account
from tracer.domain.bases import ApplicantKind, Industry
from tracer.domain.errors import NotFound, Refusal
from tracer.domain.words import Role
from tracer.queries.bases import members as base_members
from tracer.queries.bases import pages as base_pages
from tracer.queries.bases import public as base_public
from tracer.queries.bases import records as base_records
from tracer.web.desk.views import hall
from tracer.web.shared.attachments import attachment
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


@hall.post("/bases/<base>")
def change_base(base: str) -> ResponseReturnValue:
    """Change a base's data."""
    try:
        with world().write() as tx:
            acts.change_base(tx, actor(), base, parse(acts.BaseForm, form_data()))
    except NotFound:
        raise
    except Refusal as refusal:
        return make_response(_base_page(base, refusal), status_of(refusal))
    return redirect(url_for("desk.base", base=base), 303)


@hall.get("/bases/<base>/records/<record>")
def base_record(base: str, record: str) -> ResponseReturnValue:
    """One record of a base, for whoever judges it."""
    with world().read() as tx:
        row = acts.find(tx, base)
        view = base_records.record_page(tx, row.id or 0, record)
    return render_template("desk/base_record.html", base=base, name=row.name, view=view)


@hall.get("/bases/<base>/files/<file>")
def base_file(base: str, file: str) -> Response:
    """The photo or paper of a base's record."""
    with world().read() as tx:
        return attachment(tx, base_records.record_file(tx, acts.find(tx, base).id or 0, file))


@hall.post("/bases/<base>/accounts")
def add_base_account(base: str) -> ResponseReturnValue:
    """Open an account for the base; its first password is shown on this one page."""
    try:
        given = form_data() | {"role": Role.BASE.value, "base": base}
        with world().write() as tx:
            opened = open_account(tx, actor(), parse(AccountForm, given))
    except Refusal as refusal:
        field = "person" if refusal.field == "name" else refusal.field
        told = Refusal(refusal.code, refusal.message, field, refusal.hint)
        return make_response(_base_page(base, told, opening=True), status_of(refusal))
    return render_template(
        "desk/opened.html",
        title="账号已开好",
        login=opened.account.login,
        password=opened.password,
    )


def _bases_page(refusal: Refusal | None) -> str:
    with world().read() as tx:
        lines = base_public.bases(tx)
    return render_template(
        "desk/bases.html",
        lines=lines,
        refusal=refusal,
        typed=request.form,
        **_choices(),
    )


def _base_page(public_id: str, refusal: Refusal | None, opening: bool = False) -> str:
    """``opening``: the refusal is about an account to open, not about the base's data."""
    with world().read() as tx:
        row = acts.find(tx, public_id)
        clauses = base_pages.dashboard(tx, row.id or 0)
        people = base_public.accounts(tx, row)
        known = base_members.base_answers(row)
    return render_template(
        "desk/base.html",
        id=public_id,
        known=known if opening else {**known, **request.form.to_dict()},
        opening=opening,
        view=clauses,
        people=people,
        refusal=refusal,
        **_choices(),
    )


def _choices() -> dict[str, object]:
    return {
        "kinds": [(word.value, word.label) for word in ApplicantKind],
        "industries": [(word.value, word.label) for word in Industry],
        "may": actor().role is Role.OPERATOR,
    }
