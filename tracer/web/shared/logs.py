"""One log line per request, without personal data: the route's pattern, never the address.

Opened codes are not logged at all unless something broke: a scan is nobody's business.
"""

from __future__ import annotations

import secrets
import sys
import time
from types import TracebackType

import structlog
from flask import Flask, Response, g, request

_QUIET_ENDPOINTS = frozenset({"static", "ops.healthz", "ops.readyz"})
_QUIET_ROUTES = ("/C/", "/B/", "/T/")

log = structlog.get_logger()


class Service(Flask):
    """Flask, with its own log of failures replaced: Flask's would name the opened code."""

    def log_exception(
        self,
        exc_info: tuple[type, BaseException, TracebackType] | tuple[None, None, None],
    ) -> None:
        log.error("failure", route=_route(), request_id=request_id(), exc_info=exc_info)


def configure(as_json: bool) -> None:
    """Send log lines to standard output, as JSON or for the eye."""
    shape: list[structlog.typing.Processor] = (
        [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
        if as_json
        else [
            # Without local variables: they hold what people typed.
            structlog.dev.ConsoleRenderer(
                colors=sys.stdout.isatty(),
                exception_formatter=structlog.dev.plain_traceback,
            )
        ]
    )
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *shape,
        ],
        logger_factory=structlog.PrintLoggerFactory(),
    )


def request_id() -> str:
    """The name under which this request is found in the log; shown on error pages."""
    if "request_id" not in g:
        g.request_id = secrets.token_hex(6)
    name: str = g.request_id
    return name


def log_requests(app: Flask) -> None:
    """Log every request when it is answered."""

    @app.before_request
    def _start() -> None:
        g.started = time.perf_counter()

    @app.after_request
    def _finish(response: Response) -> Response:
        response.headers["X-Request-Id"] = request_id()
        quiet = request.endpoint in _QUIET_ENDPOINTS or _route().upper().startswith(_QUIET_ROUTES)
        if not quiet or response.status_code >= 500:
            log.info(
                "request",
                method=request.method,
                route=_route(),
                status=response.status_code,
                ms=round(1000 * (time.perf_counter() - g.started), 1),
                request_id=request_id(),
            )
        return response


def _route() -> str:
    return request.url_rule.rule if request.url_rule else "-"
