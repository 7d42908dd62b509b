"""Guards against forged forms and guessing: one CSRF check, one rate limiter.

Counts are kept in the memory of each worker process: a limit may be passed as many times as there
are workers, which slows guessing enough and needs no further service.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from flask import Flask, Response, after_this_request, request
from flask.typing import ResponseReturnValue
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_wtf.csrf import CSRFProtect
from limits import parse

from tracer.web.shared import known
from tracer.web.shared.errors import answer

csrf = CSRFProtect()
limiter = Limiter(get_remote_address, storage_uri="memory://")
MISSES = parse("600 per 10 minutes")


def _refused(response: Response) -> bool:
    return response.status_code >= 400


def login_typed() -> str:
    """The login of a sign-in form, as the limits count it."""
    return request.form.get("login", "").strip().lower()[:40]


def _place() -> str:
    """Where a sign-in comes from: the browser the account knows, else the address."""
    return known.number_for(login_typed()) or get_remote_address()


def _account_and_place() -> str:
    return f"{login_typed()} {_place()}"


def _account() -> str:
    """Strangers share one quota of an account; a browser the account knows has its own."""
    return f"{login_typed()} {known.number_for(login_typed()) or ''}"


passwords_of_one = limiter.limit(
    "10 per hour", key_func=_account_and_place, methods=["POST"], deduct_when=_refused
)
passwords_from_one_place = limiter.limit(
    "30 per hour", key_func=_place, methods=["POST"], deduct_when=_refused
)
passwords_from_anywhere = limiter.limit(
    "50 per hour", key_func=_account, methods=["POST"], deduct_when=_refused
)
asking = limiter.limit("60 per minute")
reporting = limiter.limit("30 per hour", methods=["POST"])
heavy = limiter.limit("30 per minute")


def guessing(view: Callable[..., ResponseReturnValue]) -> Callable[..., ResponseReturnValue]:
    """Stop an address that goes on asking for codes that do not exist.

    Only misses count and only misses are refused: thousands of phones share an address, and whoever
    holds a genuine label is answered whatever the others try.
    """

    @wraps(view)
    def run(**parts: str) -> ResponseReturnValue:
        after_this_request(_miss)
        return view(**parts)

    return run


def _miss(response: Response) -> Response:
    missed = response.status_code == 404
    if missed and not limiter.limiter.hit(MISSES, "guessing", get_remote_address()):
        return answer(429)
    return response


def guard(app: Flask) -> None:
    """Put the guards before every view."""
    csrf.init_app(app)
    limiter.init_app(app)
