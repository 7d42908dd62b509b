"""The desk ``/desk``: operators and experts; every number opens its evidence."""

from tracer.web.desk import (
    assessments,
    bases,
    calls,
    dossiers,
    incidents,
    licences,
    reviews,
    sheets,
)
from tracer.web.desk.views import hall

__all__ = [
    "assessments",
    "bases",
    "calls",
    "dossiers",
    "hall",
    "incidents",
    "licences",
    "reviews",
    "sheets",
]
