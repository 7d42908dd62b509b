"""What the public and the platform hold against the producer: read it, answer it, appeal once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, request, url_for
from flask.typing import ResponseReturnValue

from tracer.actions.actor import own
from tracer.actions.farm.reports import keep_file
from tracer.actions.forms import parse
from tracer.actions.supervision import supervise
from tracer.domain.errors import Refusal
from tracer.queries.supervision import incident as incident_pages
from tracer.queries.supervision import lists as incident_lists
from tracer.store.tables import Incident
from tracer.store.world import Tx
from tracer.web.producer import hall
from tracer.web.producer.pages import back, form_page, page
from tracer.web.producer.questions import Asking, answers
from tracer.web.producer.sending import send
from tracer.web.shared.attachments import attachment
from tracer.web.shared.door import actor, world

_PAPER = "image/jpeg,image/png,image/webp,application/pdf"


@hall.get("/incidents")
def incidents() -> str:
    """All incidents, newest first."""
    with world().read() as tx:
        lines = incident_lists.own_incidents(tx, actor().producer)
    return page("incidents", "举报投诉和处理", back("首页", "home"), lines=lines)


@hall.get("/incidents/<public_id>")
def incident(public_id: str) -> str:
    """One incident: what it is about, every step, what may be done."""
    with world().read() as tx:
        view = incident_pages.own_incident_page(tx, own(tx, actor(), Incident, public_id))
    return page("incident", view.title, back("举报投诉", "incidents"), view=view)


@hall.get("/incidents/<public_id>/answer")
def answering(public_id: str) -> str:
    """Ask what the producer says to it."""
    return _answer_page(public_id, {}, None)


@hall.post("/incidents/<public_id>/answer")
def answer(public_id: str) -> ResponseReturnValue:
    """Record the producer's answer."""
    given = answers()

    def act(tx: Tx) -> str:
        supervise.answer(tx, actor(), public_id, _statement(tx, given))
        return url_for("farm.incident", public_id=public_id)

    return send(
        act, lambda refusal: _answer_page(public_id, given, refusal), mine=(Incident, public_id)
    )


@hall.get("/incidents/<public_id>/appeal")
def appealing(public_id: str) -> str:
    """Ask why the producer contests it."""
    return _appeal_page(public_id, {}, None)


@hall.post("/incidents/<public_id>/appeal")
def appeal(public_id: str) -> ResponseReturnValue:
    """Record the producer's appeal."""
    given = answers()

    def act(tx: Tx) -> str:
        supervise.appeal(tx, actor(), public_id, _statement(tx, given))
        return url_for("farm.incident", public_id=public_id)

    return send(
        act, lambda refusal: _appeal_page(public_id, given, refusal), mine=(Incident, public_id)
    )


@hall.get("/incidents/files/<file>")
def incident_file(file: str) -> Response:
    """A photo or paper of one of the producer's incidents."""
    with world().read() as tx:
        return attachment(tx, incident_pages.file_of(tx, file, actor().producer))


def _statement(tx: Tx, given: Mapping[str, Any]) -> supervise.StatementForm:
    """What was written, with the paper, kept."""
    upload = request.files.get("paper")
    kept = {}
    if upload is not None and upload.filename:
        content = upload.stream.read()
        kept = {"file": keep_file(tx, actor(), upload.filename, content).public_id}
    return parse(supervise.StatementForm, {**given, **kept})


def _answer_page(public_id: str, given: Mapping[str, Any], refusal: Refusal | None) -> str:
    return _statement_page(
        public_id,
        given,
        refusal,
        title="说明情况",
        hint="事情是怎样的，已经做了什么，打算怎么办",
        intro="平台看了您的说明再作决定。请附上检测报告、进货单、和买家商量的结果这些材料。",
        button="提交说明",
    )


def _appeal_page(public_id: str, given: Mapping[str, Any], refusal: Refusal | None) -> str:
    return _statement_page(
        public_id,
        given,
        refusal,
        title="申诉",
        hint="哪里认定得不对，有什么新的材料",
        intro="只能申诉一次，由没有经手过的管理员审查。申诉成立，扣的分全部恢复。",
        button="提交申诉",
    )


def _statement_page(
    public_id: str,
    given: Mapping[str, Any],
    refusal: Refusal | None,
    *,
    title: str,
    hint: str,
    intro: str,
    button: str,
) -> str:
    with world().read() as tx:
        row = own(tx, actor(), Incident, public_id)
    ask = Asking(supervise.StatementForm, given)
    return form_page(
        title,
        [
            ask.long("text", hint=hint),
            ask.file(
                "paper", "证明材料的照片或 PDF", hint="不超过 10 兆", attrs={"accept": _PAPER}
            ),
        ],
        back(row.title, "incident", public_id=public_id),
        button=button,
        refusal=refusal,
        intro=intro,
    )
