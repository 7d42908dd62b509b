"""What a page brought for one row or condition: its inputs and its note."""

from __future__ import annotations

from collections.abc import Iterable

from flask import request

from tracer.standards.asking import Field


def typed_row(key: str, fields: Iterable[Field]) -> tuple[dict[str, str], str]:
    """The inputs of a row by the name of its field, and the note beside them.

    Inputs are named ``v:KEY`` or ``v:KEY:FIELD``, notes ``n:KEY``; see ``shared/_answers.html``.
    """
    typed = {
        field.name: request.form.get(f"v:{key}:{field.name}" if field.name else f"v:{key}", "")
        for field in fields
    }
    return typed, request.form.get(f"n:{key}", "").strip()
