"""The public hall: one scan, one second; no sign-in, no cookie, no script."""

from tracer.web.public import (
    assessments,
    bases,
    disclosure,
    files,
    pictures,
    supervision,
    verifying,
    views,
)
from tracer.web.public.lobby import hall

__all__ = [
    "assessments",
    "bases",
    "disclosure",
    "files",
    "hall",
    "pictures",
    "supervision",
    "verifying",
    "views",
]
