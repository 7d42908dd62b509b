"""Characters that no database column takes: refused once, before any view reads the request."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import Flask, request

from tracer.domain.errors import Refusal


def refuse_unstorable(texts: Iterable[str]) -> None:
    """Raise a Refusal where a text holds NUL or half a surrogate pair.

    PostgreSQL stores neither; SQLite stores NUL and then compares only what stands before it.
    """
    for text in texts:
        if "\0" in text or any("\ud800" <= char <= "\udfff" for char in text):
            raise Refusal("bad_character", "内容里有看不见的特殊字符，请删掉重新填写")


def texts_of(value: Any) -> Iterable[str]:
    """Every text within a JSON value, names of members included."""
    waiting = [value]
    while waiting:
        match waiting.pop():
            case str(text):
                yield text
            case list(items):
                waiting.extend(items)
            case dict(members):
                yield from members
                waiting.extend(members.values())


def screen(app: Flask) -> None:
    """Look at path, query and form of every request. The API looks at JSON as it reads it."""

    @app.before_request
    def _look() -> None:
        refuse_unstorable([request.path])
        for fields in (request.args, request.form):
            for name, values in fields.lists():
                refuse_unstorable([name, *values])
