"""A policy for the tests of 码上保."""

from __future__ import annotations

from typing import Any

from tracer.actions.forms import parse
from tracer.actions.insurance import PolicyForm


def policy_form(**changed: Any) -> PolicyForm:
    """A policy of a year from 2026-01-01, with fields changed."""
    return parse(
        PolicyForm,
        {
            "insurer": "人保财险",
            "number": "PZAB202637028300001",
            "valid_from": "2026-01-01",
            "valid_to": "2026-12-31",
            "limit": "100",
            **changed,
        },
    )
