"""An assessment's papers to take away: application, recommendation, report and licence as PDF."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, make_response
from flask.typing import ResponseReturnValue

from tracer.actions.assessment.paper import licence_pdf, paper_pdf
from tracer.domain.assessing import LicenceState
from tracer.domain.clock import day_of
from tracer.domain.errors import Conflict, NotFound
from tracer.queries.assessment import report as papers
from tracer.queries.assessment.licences import licence_of
from tracer.store.assessments import state_of
from tracer.store.tables import Assessment, Licence
from tracer.store.world import Tx
from tracer.web.shared.door import world

Find = Callable[[Tx, str], Assessment]
"""The assessment with that public id if who asks may read it; NotFound otherwise."""


def open_in(hall: Blueprint, find: Find) -> None:
    """Put the papers on a hall below ``/assessments/<assessment>``."""

    def paper(make: Callable[[Tx, Assessment], dict[str, Any]], name: str) -> None:
        def view(assessment: str) -> ResponseReturnValue:
            with world().read() as tx:
                row = find(tx, assessment)
                said = make(tx, row)
            return _attached(paper_pdf(said), f"{name}-{row.number}.pdf")

        hall.add_url_rule(f"/assessments/<assessment>/{name}.pdf", f"{name}_pdf", view)

    def licence(assessment: str) -> ResponseReturnValue:
        with world().read() as tx:
            row = licence_of(tx, find(tx, assessment))
            if row is None:
                raise NotFound("这份申请还没有发证")
            return licence_paper(tx, row)

    paper(papers.application_paper, "application")
    paper(papers.recommendation_paper, "recommendation")
    paper(papers.report_paper, "report")
    hall.add_url_rule("/assessments/<assessment>/licence.pdf", "licence_pdf", licence)


def licence_paper(tx: Tx, row: Licence, public: bool = False) -> ResponseReturnValue:
    """The certificate of a licence that was not taken away; ``public`` for anybody who asks."""
    state = state_of(tx.session, row, day_of(tx.now))
    if state in (LicenceState.SUSPENDED, LicenceState.WITHDRAWN):
        raise Conflict("licence_ended", f"这张证书现在是“{state.label}”，不能下载，请看它的公开页")
    content = licence_pdf(papers.licence_paper(tx, row, public), epoch=row.issued_at)
    return _attached(content, f"{row.number}.pdf")


def _attached(content: bytes, name: str) -> ResponseReturnValue:
    response = make_response(content)
    response.content_type = "application/pdf"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response
