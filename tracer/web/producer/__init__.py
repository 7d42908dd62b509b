"""The producer's hall ``/farm``: phone first, one question a screen, the last answer first."""

from __future__ import annotations

from flask import Blueprint

from tracer.domain.words import Role
from tracer.web.shared.door import admit

hall = Blueprint("farm", __name__, url_prefix="/farm")
hall.before_request(admit(Role.PRODUCER))

from tracer.web.producer import (  # noqa: E402, F401  (each puts its views on the hall)
    assessments,
    batches,
    campaigns,
    certificates,
    dossier,
    dossier_entries,
    holdings,
    home,
    incidents,
    inputs,
    insurance,
    issuing,
    moves,
    notices,
    papers,
    printers,
    printing,
    repeat,
    run_files,
    run_look,
    run_sending,
    runs,
    standing,
    stocks,
    subject,
    work,
)
