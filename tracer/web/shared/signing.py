"""Signing in and out. The cookie holds a random secret that is new at every sign-in."""

from __future__ import annotations

from flask import Blueprint, make_response, redirect, render_template, request, session
from flask.typing import ResponseReturnValue

from tracer.actions.people import accounts
from tracer.domain.errors import Refusal
from tracer.web.shared import door, guards, known

# The server ends a sign-in that is idle; the cookie only has to outlive the browser's process.
COOKIE_SECONDS = 30 * 86400

signing = Blueprint("signing", __name__)


@signing.get("/sign-in")
def form() -> ResponseReturnValue:
    """The form; whoever is signed in goes home."""
    actor = door.signed_in()
    return redirect(door.HOMES[actor.role], 303) if actor else _form()


@signing.post("/sign-in")
@guards.passwords_from_anywhere
@guards.passwords_from_one_place
@guards.passwords_of_one
def enter() -> ResponseReturnValue:
    """Check login and password; start a new sign-in and end the browser's old one."""
    login, password = request.form.get("login", ""), request.form.get("password", "")
    old = request.cookies.get(door.cookie_name())
    try:
        with door.world().read() as tx:
            actor = accounts.authenticate(tx, login, password)
    except Refusal as refusal:
        return make_response(_form(login, refusal), 422)
    with door.world().write() as tx:
        secret = accounts.start_sign_in(tx, actor)
        door.note_device(tx, actor)
        if old:
            accounts.sign_out(tx, old)
    home = door.HOMES[actor.role]
    back = session.get("back", "")
    session.clear()
    response = redirect(back if f"{back}/".startswith(f"{home}/") else home, 303)
    response.set_cookie(
        door.cookie_name(),
        secret,
        max_age=COOKIE_SECONDS,
        secure=door.wiring().settings.secure,
        httponly=True,
        samesite="Lax",
    )
    known.remember(response, guards.login_typed())
    return response


@signing.post("/sign-out")
def leave() -> ResponseReturnValue:
    """End the sign-in in the database and in the session."""
    secret = request.cookies.get(door.cookie_name())
    if secret:
        with door.world().write() as tx:
            accounts.sign_out(tx, secret)
    session.clear()
    response = redirect("/", 303)
    response.delete_cookie(
        door.cookie_name(),
        secure=door.wiring().settings.secure,
        httponly=True,
        samesite="Lax",
    )
    return response


def _form(login: str = "", refusal: Refusal | None = None) -> str:
    return render_template("shared/sign_in.html", login=login[:80], refusal=refusal)
