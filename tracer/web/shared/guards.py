"""Guards against forged forms and guessing: one CSRF check, one rate limiter.

Counts are kept in the memory of each worker process: a limit may be passed as many times as there
are workers, which slows guessing enough and needs no further service.
"""

from __future__ import annotations

from flask import Flask, Response, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_wtf.csrf import CSRFProtect

csrf = CSRFProtect()
limiter = Limiter(get_remote_address, storage_uri="memory://")


def _missed(response: Response) -> bool:
    return response.status_code == 404


def _refused(response: Response) -> bool:
    return response.status_code >= 400


def _account_and_address() -> str:
    return f"{request.form.get('login', '').strip().lower()[:40]} {get_remote_address()}"


def _account() -> str:
    return request.form.get("login", "").strip().lower()[:40]


# Only misses count: a shopper with a genuine label never fills the quota of an address that
# thousands of phones share.
guessing = limiter.shared_limit("60 per 10 minutes", scope="guessing", deduct_when=_missed)
passwords_of_one = limiter.limit(
    "10 per hour", key_func=_account_and_address, methods=["POST"], deduct_when=_refused
)
passwords_from_anywhere = limiter.limit(
    "50 per hour", key_func=_account, methods=["POST"], deduct_when=_refused
)
asking = limiter.limit("60 per minute")
reporting = limiter.limit("30 per hour", methods=["POST"])
heavy = limiter.limit("30 per minute")


def guard(app: Flask) -> None:
    """Put the guards before every view."""
    csrf.init_app(app)
    limiter.init_app(app)
