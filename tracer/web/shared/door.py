"""The door of every view: the installation, who is signed in, and what a form brought."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from flask import current_app, g, request

from tracer.actions.actor import Actor, require
from tracer.actions.people import accounts
from tracer.actions.supervision.review import remember_own_device
from tracer.config import Settings
from tracer.domain.clock import day_of
from tracer.domain.errors import Refusal
from tracer.domain.words import Role
from tracer.store.secrets import day_key
from tracer.store.world import Tx, World

HOMES = {
    Role.PRODUCER: "/farm",
    Role.INSPECTOR: "/inspect",
    Role.EXPERT: "/desk",
    Role.OPERATOR: "/desk",
    Role.BASE: "/base",
}


@dataclass(frozen=True)
class Wiring:
    """What ``create_app`` opened, kept on the application."""

    settings: Settings
    world: World


class SignInNeeded(Refusal):
    """Nobody is signed in, or the sign-in has ended."""

    def __init__(self, message: str = "请先登录") -> None:
        super().__init__("sign_in_needed", message)


def wiring() -> Wiring:
    """The settings and world of the running application."""
    opened = current_app.extensions["tracer"]
    if not isinstance(opened, Wiring):
        raise TypeError("the application was not made by create_app")
    return opened


def world() -> World:
    """The installation this request is served by."""
    return wiring().world


def cookie_name() -> str:
    """The sign-in cookie; over TLS the prefix keeps other hosts and paths from setting it."""
    return "__Host-sign-in" if wiring().settings.secure else "sign-in"


def signed_in() -> Actor | None:
    """Who is signed in, or None; looked up once per request, and only when asked."""
    if "actor" not in g:
        g.actor = _look_up(request.cookies.get(cookie_name(), ""))
    found: Actor | None = g.actor
    return found


def actor() -> Actor:
    """Who is signed in; SignInNeeded (401) where nobody is."""
    found = signed_in()
    if found is None:
        raise SignInNeeded()
    return found


def visitor(now: int) -> int:
    """Today's name of the device, 63 bits: a hash under a key that is destroyed after two days."""
    key = day_key(world().folder / "secrets", day_of(now).isoformat())
    text = f"{request.remote_addr}|{request.user_agent.string}".encode()
    return int.from_bytes(hashlib.blake2b(text, key=key, digest_size=8).digest(), "big") >> 1


def note_device(tx: Tx, actor: Actor) -> None:
    """A producer's device is known by its name of the day: it may not rate its own goods."""
    if actor.producer_id is not None:
        remember_own_device(tx, actor.producer_id, visitor(tx.now))


def admit(*roles: Role) -> Callable[[], None]:
    """A ``before_request`` for a hall: 401 without sign-in, 403 for any other role."""

    def check() -> None:
        require(actor(), *roles)

    return check


def form_data(*lists: str) -> dict[str, object]:
    """What the form brought, by field name, ready for :func:`tracer.actions.forms.parse`.

    Fields left blank are left out, so that an optional one takes its default and a required one is
    told as missing. Names in ``lists`` come as lists, all others as their first value.
    """
    data: dict[str, object] = {}
    for name, values in request.form.lists():
        filled = [value for value in values if value.strip()]
        if name != "csrf_token" and filled:
            data[name] = filled if name in lists else filled[0]
    return data


def _look_up(secret: str) -> Actor | None:
    if not secret:
        return None
    with world().read() as tx:
        found = accounts.who(tx, secret)
        stale = found is not None and accounts.needs_touch(tx, secret)
    if found is not None and stale:
        with world().write() as tx:
            accounts.touch(tx, secret)
            note_device(tx, found)
    return found
