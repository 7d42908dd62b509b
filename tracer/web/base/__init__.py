"""The hall of a product base ``/base``: what the standard asks for, and what is there."""

from __future__ import annotations

from flask import Blueprint

from tracer.domain.words import Role
from tracer.web.shared.door import admit

hall = Blueprint("base", __name__, url_prefix="/base")
hall.before_request(admit(Role.BASE))

from tracer.web.base import (  # noqa: E402, F401  (each puts its views on the hall)
    assessments,
    home,
    members,
    notices,
    records,
)
