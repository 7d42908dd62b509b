"""``/verify``: hand in a certificate in any form and see every check. Nothing is kept."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tracer.domain.clock import format_instant
from tracer.domain.errors import Refusal
from tracer.domain.words import Outcome
from tracer.proof.evidence import MAX_BYTES
from tracer.proof.verdict import Verdict
from tracer.proof.verify import verify
from tracer.queries.assessment.licences import licence_named
from tracer.queries.knowledge import StoreKnowledge
from tracer.queries.persons import masked
from tracer.web.public.lobby import hall
from tracer.web.shared import door, guards

BELIEVED = frozenset({Outcome.GENUINE, Outcome.VOIDED, Outcome.CANNOT_TELL})


@hall.get("/verify")
def verify_form() -> ResponseReturnValue:
    """The form: a file, or a text."""
    return render_template("public/verify.html")


@hall.post("/verify")
@guards.csrf.exempt
@guards.heavy
def check() -> ResponseReturnValue:
    """The verdict on what was handed in; a licence's page tells its own checks."""
    try:
        material = _material()
    except Refusal as refusal:
        return render_template("public/verify.html", refusal=refusal), 422
    if isinstance(material, str) and (licence := licence_named(material)):
        return redirect(url_for("public.licence", text=licence), 303)
    with door.world().read() as tx:
        knowledge = StoreKnowledge(tx)
        verdict = masked(tx, verify(material, knowledge))
        found = verdict.statement and knowledge.certificate(verdict.statement.certificate_id)
    return render_template(
        "public/verify.html",
        verdict=verdict,
        reason=verdict.reason_zh,
        checks=verdict.checks,
        rows=_says(verdict),
        certificate_id=found.columns["certificate_id"] if found else "",
        as_of=format_instant(tx.now),
    )


def _says(verdict: Verdict) -> list[tuple[str, str]]:
    """What the certificate says, as far as it may be believed."""
    if verdict.statement is None or verdict.outcome not in BELIEVED:
        return []
    return list(verdict.statement.readable().items())


def _material() -> bytes | str:
    """The file where one was chosen, else the text."""
    upload = request.files.get("file")
    if upload is not None:
        with upload.stream as stream:
            content = stream.read(MAX_BYTES + 1)
        if content:
            return content
    text = request.form.get("text", "").strip()
    if not text:
        raise Refusal("nothing_to_check", "请粘贴文字、填编号，或者选一个文件", "text")
    return text
