"""Browsers that an account signed in with before: a stranger's wrong tries do not lock them out.

The cookie holds a random number and a keyed hash that ties it to one login. It opens nothing; it
only gives its browser a quota of failed sign-ins of its own.
"""

from __future__ import annotations

import hmac
import secrets

from flask import request
from werkzeug.wrappers import Response

from tracer.web.shared import door

COOKIE_SECONDS = 365 * 86400
_PURPOSE = "known-browser"


def remember(response: Response, login: str) -> None:
    """Let the browser prove next time that this login was signed in with it."""
    number = secrets.token_hex(8)
    response.set_cookie(
        _cookie_name(),
        f"{number}.{_seal(login, number)}",
        max_age=COOKIE_SECONDS,
        secure=door.wiring().settings.secure,
        httponly=True,
        samesite="Lax",
        path="/",
    )


def number_for(login: str) -> str | None:
    """The number of this browser where it has signed in with the login before, else None."""
    number, _, seal = request.cookies.get(_cookie_name(), "").partition(".")
    good = hmac.compare_digest(seal.encode(), _seal(login, number).encode())
    return number if good else None


def _seal(login: str, number: str) -> str:
    return door.world().secrets.keyed_hash(_PURPOSE, f"{number} {login}")


def _cookie_name() -> str:
    return "__Host-known" if door.wiring().settings.secure else "known"
