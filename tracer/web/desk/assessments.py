"""Applications on the desk: check, return, give to experts, close, grant or refuse."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tracer.actions.actor import require
from tracer.actions.assessment import applying, assessing, closing
from tracer.actions.forms import parse
from tracer.domain.errors import Forbidden, NotFound, Refusal
from tracer.domain.words import Role
from tracer.queries.assessment import desk as assessment_desk
from tracer.queries.assessment import lists as assessment_lists
from tracer.queries.assessment.parts import find, opened, stored_file
from tracer.queries.assessment.result import result_page
from tracer.standards.asking import answer_of, fields_of
from tracer.store.tables import Assessment
from tracer.store.world import Tx
from tracer.web.desk.views import hall
from tracer.web.shared import assessment_papers
from tracer.web.shared.attachments import attachment
from tracer.web.shared.door import actor, form_data, signed_in, world
from tracer.web.shared.errors import status_of
from tracer.web.shared.row_answers import typed_row

_REPORT = tuple(name for name in closing.ReportForm.model_fields if name != "more")
_PLUMBING = frozenset({"csrf_token", "finish"})


@hall.context_processor
def _rooms() -> dict[str, tuple[tuple[str, str], ...]]:
    """The desk's navigation: what an account may open. An expert's own work comes first."""
    me = signed_in()
    read = (("producers", "生产主体"), ("bases", "基地"))
    told = (("incidents", "监督"), ("findings", "查验"))
    if me is not None and me.role is Role.EXPERT:
        return {"rooms": (("sheets", "打分表"), *read, *told)}
    return {"rooms": (*read, ("assessments", "评价"), *told, ("accounts", "账号"))}


@hall.get("/assessments")
def assessments() -> ResponseReturnValue:
    """All applications by what they wait for."""
    require(actor(), Role.OPERATOR)
    with world().read() as tx:
        parts = assessment_lists.desk_assessments(tx)
    return render_template("desk/assessments.html", parts=parts)


@hall.get("/assessments/<assessment>")
def assessment(assessment: str) -> ResponseReturnValue:
    """One application with what is to be done."""
    return _page(assessment, None)


@hall.post("/assessments/<assessment>/return")
def return_application(assessment: str) -> ResponseReturnValue:
    """Send it back to be completed."""
    note = request.form.get("note", "")
    return _step(assessment, lambda tx: assessing.return_application(tx, actor(), assessment, note))


@hall.post("/assessments/<assessment>/recommendation")
def recommend(assessment: str) -> ResponseReturnValue:
    """Keep the 推荐表; with its second button it is finished."""

    def act(tx: Tx) -> None:
        applying.recommend(tx, actor(), assessment, _typed())
        if request.form.get("finish") == "yes":
            applying.finish_recommendation(tx, actor(), assessment)

    return _step(assessment, act)


@hall.post("/assessments/<assessment>/gates")
def answer_gates(assessment: str) -> ResponseReturnValue:
    """Keep the answers to the conditions; what is blank stays open."""
    return _step(
        assessment,
        lambda tx: assessing.answer_gates(tx, actor(), assessment, _gates(tx, assessment)),
    )


@hall.post("/assessments/<assessment>/experts")
def start_marking(assessment: str) -> ResponseReturnValue:
    """Give it to the chosen experts."""
    chosen = request.form.getlist("experts")
    return _step(assessment, lambda tx: assessing.start_marking(tx, actor(), assessment, chosen))


@hall.post("/assessments/<assessment>/ties")
def declare_tie(assessment: str) -> ResponseReturnValue:
    """An expert may not judge this applicant."""
    return _step(
        assessment,
        lambda tx: assessing.declare_tie(tx, actor(), parse(assessing.TieForm, form_data())),
    )


@hall.post("/assessments/<assessment>/result")
def close(assessment: str) -> ResponseReturnValue:
    """Bring out the result."""
    typed = _typed()
    form = {name: typed.pop(name, "") for name in _REPORT}
    return _step(
        assessment,
        lambda tx: closing.close(
            tx, actor(), assessment, parse(closing.ReportForm, {**form, "more": typed})
        ),
    )


@hall.post("/assessments/<assessment>/licence")
def license_it(assessment: str) -> ResponseReturnValue:
    """Grant the mark."""
    return _step(
        assessment,
        lambda tx: closing.license(
            tx, actor(), assessment, parse(closing.LicenceForm, form_data())
        ),
    )


@hall.post("/assessments/<assessment>/refusal")
def refuse(assessment: str) -> ResponseReturnValue:
    """Do not grant it."""
    reason = request.form.get("reason", "")
    return _step(assessment, lambda tx: closing.refuse(tx, actor(), assessment, reason))


@hall.get("/assessments/<assessment>/result")
def assessment_result(assessment: str) -> ResponseReturnValue:
    """Who gave what and why, with names, computed again."""
    require(actor(), Role.OPERATOR)
    with world().read() as tx:
        page = result_page(tx, find(tx, assessment), names=True)
    return render_template("desk/result.html", page=page)


@hall.get("/assessments/<assessment>/files/<evidence>")
def assessment_file(assessment: str, evidence: str) -> Response:
    """A paper of an application."""
    require(actor(), Role.OPERATOR)
    with world().read() as tx:
        return attachment(tx, stored_file(tx, find(tx, assessment), evidence))


def _step(public_id: str, act: Callable[[Tx], object]) -> ResponseReturnValue:
    try:
        with world().write() as tx:
            act(tx)
    except (NotFound, Forbidden):
        raise
    except Refusal as refusal:
        return make_response(_page(public_id, refusal), status_of(refusal))
    return redirect(url_for("desk.assessment", assessment=public_id), 303)


def _for_the_operator(tx: Tx, public_id: str) -> Assessment:
    require(actor(), Role.OPERATOR)
    return find(tx, public_id)


assessment_papers.open_in(hall, _for_the_operator)


def _typed() -> dict[str, str]:
    return {name: text for name, text in request.form.items() if name not in _PLUMBING}


def _gates(tx: Tx, public_id: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for gate in opened(tx, find(tx, public_id)).pack.table().gates:
        fields = fields_of(gate)
        inputs, note = typed_row(gate.key, fields)
        answer = answer_of(fields, inputs)
        if answer is not None:
            found[gate.key] = {"value": answer, "note": note}
    return found


def _page(public_id: str, refusal: Refusal | None) -> str:
    require(actor(), Role.OPERATOR)
    with world().read() as tx:
        page = assessment_desk.desk_page(tx, find(tx, public_id), _typed())
    return render_template("desk/assessment.html", page=page, refusal=refusal, typed=request.form)
