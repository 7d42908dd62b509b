"""What templates may call: addresses of static files, numbers and dates as people read them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask, Response, request, url_for
from jinja2 import Undefined
from jinja2.utils import missing

from tracer.domain.clock import format_day, format_instant
from tracer.proof.labelcode import pretty

_FOREVER = "public, max-age=31536000, immutable"


class Absent(Undefined):
    """A name that a view leaves out is empty; a field that its model does not have is an error."""

    def __init__(
        self, hint: str | None = None, obj: Any = missing, name: str | None = None, **how: Any
    ) -> None:
        super().__init__(hint, obj, name, **how)
        if not (obj is None or obj is missing or isinstance(obj, Mapping)):
            self._fail_with_undefined_error()


def furnish(app: Flask) -> None:
    """Give templates their few functions, and static files a name that changes with them."""
    static = Path(app.static_folder or "")

    def asset(name: str) -> str:
        """The address of a static file, with its content's hash so that it may be kept forever."""
        path = static / name
        return url_for("static", filename=name, v=_hash(path, path.stat().st_mtime_ns))

    @app.after_request
    def _keep(response: Response) -> Response:
        if request.endpoint == "static" and response.status_code == 200 and "v" in request.args:
            response.headers["Cache-Control"] = _FOREVER
        return response

    app.jinja_env.globals.update(asset=asset)
    app.jinja_env.filters.update(day=format_day, instant=format_instant, grouped=pretty)
    app.jinja_env.undefined = Absent
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True


@lru_cache(maxsize=256)
def _hash(path: Path, _changed: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:10]
