"""/api/v1: all of the main job for other programs, described by /api/openapi.json."""

from tracer.web.api import certificates, checks, farm, prints
from tracer.web.api.calls import hall

__all__ = ["certificates", "checks", "farm", "hall", "prints"]
