"""Calls, scored tables and licences, for anybody; no sign-in, no cookie."""

from __future__ import annotations

from flask import make_response, render_template
from flask.typing import ResponseReturnValue

from tracer.proof.qrtext import licence_text
from tracer.queries.assessment import licences as licence_pages
from tracer.queries.assessment import lists as assessment_lists
from tracer.queries.assessment.result import published_result
from tracer.standards.printed import printed
from tracer.web.public.lobby import hall
from tracer.web.public.symbol import qr_svg
from tracer.web.shared import door, guards
from tracer.web.shared.assessment_papers import licence_paper


@hall.get("/calls")
def calls() -> ResponseReturnValue:
    """The calls that take applications."""
    with door.world().read() as tx:
        lines = assessment_lists.open_calls(tx)
    return render_template("public/calls.html", calls=lines)


@hall.get("/calls/<call>")
@guards.guessing
def call(call: str) -> ResponseReturnValue:
    """One call with the table it will be marked by."""
    with door.world().read() as tx:
        line, pack, flow = assessment_lists.call_page(tx, call)
    table = printed(pack)["tables"][0]
    counted = pack.table().outcome.rule == "threshold"
    return render_template("public/call.html", call=line, flow=flow, table=table, counted=counted)


@hall.get("/assessment/<assessment>")
@guards.guessing
def assessment(assessment: str) -> ResponseReturnValue:
    """The scored table behind a licence; experts are numbered, not named."""
    with door.world().read() as tx:
        page = published_result(tx, assessment)
    return render_template("public/assessment.html", page=page)


@hall.get("/l/<text>")
@hall.get("/L/<text>")
@guards.guessing
def licence(text: str) -> ResponseReturnValue:
    """Whether a licence holds, what it says, and what it rests on."""
    with door.world().read() as tx:
        page = licence_pages.licence_page(tx, licence_pages.licence_row(tx, text))
    return render_template("public/licence.html", page=page)


@hall.get("/L/<text>.svg")
@guards.guessing
@guards.heavy
def licence_qr(text: str) -> ResponseReturnValue:
    """The symbol that leads to a licence's page."""
    world = door.world()
    with world.read() as tx:
        row = licence_pages.licence_row(tx, text)
    response = make_response(qr_svg(licence_text(world.site, row.public_id)))
    response.content_type = "image/svg+xml"
    return response


@hall.get("/l/<text>.pdf")
@hall.get("/L/<text>.pdf")
@guards.guessing
@guards.heavy
def licence_pdf(text: str) -> ResponseReturnValue:
    """The certificate of a licence on paper; a person's name is masked."""
    with door.world().read() as tx:
        return licence_paper(tx, licence_pages.licence_row(tx, text), public=True)
