"""/api/v1: all of the main job for other programs, described by /api/openapi.json."""

from tracer.web.api import (
    assessments,
    catalogue,
    certificates,
    checks,
    disclosure,
    dossier,
    farm,
    insurance,
    prints,
    supervision,
)
from tracer.web.api.calls import hall

__all__ = [
    "assessments",
    "catalogue",
    "certificates",
    "checks",
    "disclosure",
    "dossier",
    "farm",
    "hall",
    "insurance",
    "prints",
    "supervision",
]
