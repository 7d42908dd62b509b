"""Producers, accounts, findings and scores, for those who run the platform."""

from __future__ import annotations

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tracer.actions.actor import require
from tracer.actions.forms import parse
from tracer.actions.people.moderate import (
    AccountForm,
    SuspendForm,
    disable_account,
    open_account,
    renew_password,
    resume,
    suspend,
)
from tracer.domain.errors import Refusal
from tracer.domain.words import Role
from tracer.queries import desk_pages
from tracer.queries.assessment import lists as assessment_lists
from tracer.queries.dossier import desk as dossier_desk
from tracer.web.shared.door import actor, admit, form_data, world
from tracer.web.shared.errors import status_of

hall = Blueprint("desk", __name__, url_prefix="/desk")
hall.before_request(admit(Role.OPERATOR, Role.EXPERT))


@hall.get("")
def home() -> ResponseReturnValue:
    """Numbers of the day and what inspectors found."""
    with world().read() as tx:
        page = desk_pages.desk_home(tx)
        waits = assessment_lists.desk_waits(tx, actor().account_id, actor().role)
        changes = dossier_desk.waiting_changes(tx)
    may = actor().role is Role.OPERATOR
    return render_template("desk/home.html", page=page, evaluation=waits, changes=changes, may=may)


@hall.get("/producers")
def producers() -> ResponseReturnValue:
    """All producers, or those found by name or code."""
    wanted = request.args.get("q", "").strip()[:60]
    with world().read() as tx:
        lines = desk_pages.producers(tx, wanted)
    return render_template("desk/producers.html", lines=lines, wanted=wanted)


@hall.get("/producers/<producer>")
def producer(producer: str) -> ResponseReturnValue:
    """One producer."""
    return _producer_page(producer, None)


@hall.post("/producers/<producer>/suspend")
def suspend_producer(producer: str) -> ResponseReturnValue:
    """Stop a producer from issuing."""
    try:
        form = parse(SuspendForm, form_data())
        with world().write() as tx:
            suspend(tx, actor(), producer, form)
    except Refusal as refusal:
        return make_response(_producer_page(producer, refusal), status_of(refusal))
    return redirect(url_for("desk.producer", producer=producer), 303)


@hall.post("/producers/<producer>/resume")
def resume_producer(producer: str) -> ResponseReturnValue:
    """Let a producer issue again."""
    with world().write() as tx:
        resume(tx, actor(), producer)
    return redirect(url_for("desk.producer", producer=producer), 303)


@hall.get("/products/<product>")
def product(product: str) -> ResponseReturnValue:
    """Why a product's score is what it is."""
    with world().read() as tx:
        page = desk_pages.product_page(tx, product)
    return render_template("desk/product.html", page=page)


@hall.get("/findings")
def findings() -> ResponseReturnValue:
    """What inspectors found."""
    with world().read() as tx:
        lines = desk_pages.findings(tx)
    return render_template("desk/findings.html", lines=lines, may=actor().role is Role.OPERATOR)


@hall.get("/accounts")
def accounts() -> ResponseReturnValue:
    """Who signs in, and a form for one more."""
    return _accounts_page()


@hall.post("/accounts")
def add_account() -> ResponseReturnValue:
    """Open an account; its first password is shown on this one page."""
    try:
        form = parse(AccountForm, form_data())
        with world().write() as tx:
            opened = open_account(tx, actor(), form)
    except Refusal as refusal:
        return make_response(_accounts_page(refusal), status_of(refusal))
    return render_template(
        "desk/opened.html",
        title="账号已开好",
        login=opened.account.login,
        password=opened.password,
    )


@hall.post("/accounts/<login>/password")
def new_password(login: str) -> ResponseReturnValue:
    """Give an account a new password, shown on this one page."""
    with world().write() as tx:
        password = renew_password(tx, actor(), login)
    return render_template("desk/opened.html", title="密码已换新", login=login, password=password)


@hall.post("/accounts/<login>/disable")
def stop_account(login: str) -> ResponseReturnValue:
    """An account signs in no more."""
    with world().write() as tx:
        disable_account(tx, actor(), login)
    return redirect(url_for("desk.accounts"), 303)


def _accounts_page(refusal: Refusal | None = None) -> str:
    """Nobody but an operator needs to know the logins."""
    require(actor(), Role.OPERATOR)
    with world().read() as tx:
        lines = desk_pages.accounts(tx)
        known = desk_pages.producers(tx)
    return render_template(
        "desk/accounts.html",
        lines=lines,
        roles=[(role.value, role.label) for role in Role if role not in (Role.BASE, Role.OPERATOR)],
        producers=[(one.id, one.name) for one in known],
        refusal=refusal,
        typed=request.form,
    )


def _producer_page(public_id: str, refusal: Refusal | None) -> str:
    with world().read() as tx:
        page = desk_pages.producer_page(tx, public_id)
    return render_template(
        "desk/producer.html",
        page=page,
        refusal=refusal,
        typed=request.form,
        may=actor().role is Role.OPERATOR,
    )
