"""Reports from the public and what the desk makes of them: open, decide, confirm, hear appeals."""

from __future__ import annotations

from collections.abc import Callable

from flask import Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tracer.actions.actor import require
from tracer.actions.forms import parse
from tracer.actions.supervision import adjudicate, opening
from tracer.domain.errors import NotFound, Refusal
from tracer.domain.supervision import Decision, IncidentKind
from tracer.domain.words import Role
from tracer.queries.supervision import incident as incident_pages
from tracer.queries.supervision import lists as incident_lists
from tracer.store.files import MAX_BYTES
from tracer.store.tables import Incident
from tracer.store.world import Tx
from tracer.web.desk.views import hall
from tracer.web.shared.attachments import attachment
from tracer.web.shared.door import actor, form_data, world
from tracer.web.shared.errors import status_of


@hall.get("/incidents")
def incidents() -> ResponseReturnValue:
    """What came in, what is under way, what is done, and who rates too often."""
    with world().read() as tx:
        page = incident_lists.incidents_page(tx, _operates())
    return render_template("desk/incidents.html", page=page, may=_operates())


@hall.get("/incidents/new")
def new_incident() -> ResponseReturnValue:
    """The form to open one: from ``?report=``, ``?finding=`` or, by hand, ``?producer=``."""
    return _opening_page(None)


@hall.post("/incidents/new")
def open_incident() -> ResponseReturnValue:
    """Open it, or lead to the one that is about the same."""
    given = form_data("reports")
    try:
        require(actor(), Role.OPERATOR)
        with world().write() as tx:
            form = parse(opening.IncidentForm, given | _kept(tx))
            row = opening.open_incident(tx, actor(), form)
    except Refusal as refusal:
        return make_response(_opening_page(refusal), status_of(refusal))
    return _to(row.public_id)


@hall.get("/incidents/<incident>")
def incident(incident: str) -> ResponseReturnValue:
    """One incident with all its steps."""
    return _incident_page(incident, None)


@hall.post("/incidents/<incident>/reports")
def join_reports(incident: str) -> ResponseReturnValue:
    """More reports of the same."""
    return _step(
        incident,
        lambda tx: opening.link_reports(
            tx, actor(), incident, parse(opening.LinkForm, form_data("reports"))
        ),
    )


@hall.post("/incidents/join")
def join_incident() -> ResponseReturnValue:
    """The report goes to an incident that is open already."""
    return join_reports(request.form.get("incident", ""))


@hall.post("/incidents/<incident>/decision")
def decide(incident: str) -> ResponseReturnValue:
    """Decide."""
    return _step(incident, lambda tx: adjudicate.decide(tx, actor(), incident, _decision(tx)))


@hall.post("/incidents/<incident>/confirmation")
def confirm(incident: str) -> ResponseReturnValue:
    """Confirm what another operator decided, or send it back to be decided again."""
    act = adjudicate.confirm if request.form.get("agree") == "yes" else adjudicate.send_back

    def look(tx: Tx) -> Incident:
        said = {"opinion": request.form.get("opinion", "")}
        return act(tx, actor(), incident, parse(adjudicate.OpinionForm, said))

    return _step(incident, look)


@hall.post("/incidents/<incident>/appeal")
def decide_appeal(incident: str) -> ResponseReturnValue:
    """Decide an appeal."""
    return _step(
        incident, lambda tx: adjudicate.decide_appeal(tx, actor(), incident, _decision(tx))
    )


@hall.get("/incidents/files/<file>")
def incident_file(file: str) -> Response:
    """A photo or paper of a report or step."""
    with world().read() as tx:
        return attachment(tx, incident_pages.file_of(tx, file))


def _operates() -> bool:
    return actor().role is Role.OPERATOR


def _step(public_id: str, act: Callable[[Tx], Incident]) -> ResponseReturnValue:
    try:
        with world().write() as tx:
            act(tx)
    except NotFound:
        raise
    except Refusal as refusal:
        return make_response(_incident_page(public_id, refusal), status_of(refusal))
    return _to(public_id)


def _to(public_id: str) -> ResponseReturnValue:
    return redirect(url_for("desk.incident", incident=public_id), 303)


def _decision(tx: Tx) -> adjudicate.DecisionForm:
    return parse(adjudicate.DecisionForm, form_data() | _kept(tx))


def _kept(tx: Tx) -> dict[str, str]:
    """The uploaded paper, kept, as the form names it; nothing where none was chosen."""
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        return {}
    with upload.stream as stream:
        content = stream.read(MAX_BYTES + 1)
    return {"file": opening.keep_document(tx, actor(), upload.filename, content).public_id}


def _opening_page(refusal: Refusal | None) -> str:
    require(actor(), Role.OPERATOR)
    asked = request.args if request.method == "GET" else request.form
    report = request.args.get("report", "")
    with world().read() as tx:
        page = incident_pages.opening_page(
            tx, report, asked.get("finding", ""), asked.get("producer", "")
        )
    return render_template(
        "desk/incident_new.html",
        page=page,
        kinds=[(kind.value, kind.label) for kind in IncidentKind],
        rows=opening.false_rows().items(),
        chosen=request.form.getlist("reports") or [report],
        kind=request.form.get("kind") or page.kind,
        typed=request.form,
        refusal=refusal,
    )


def _incident_page(public_id: str, refusal: Refusal | None) -> str:
    with world().read() as tx:
        page = incident_pages.incident_page(tx, public_id, actor().account_id, actor().role)
    decisions = [(one.value, one.label) for one in Decision]
    if not page.reports:
        decisions = [pair for pair in decisions if pair[0] != Decision.REPORT_FALSE]
    return render_template(
        "desk/incident.html",
        page=page,
        decisions=decisions,
        typed=request.form,
        refusal=refusal,
        may=_operates(),
    )
