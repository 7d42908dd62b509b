"""``/verify``: hand in a certificate in any form and see every check. Nothing is kept."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from tracer.domain.clock import format_instant
from tracer.domain.errors import Refusal
from tracer.domain.words import Outcome
from tracer.proof.evidence import MAX_BYTES, Source
from tracer.proof.verdict import Verdict
from tracer.proof.verify import verify
from tracer.queries.knowledge import StoreKnowledge
from tracer.queries.trace_model import TracePage
from tracer.queries.trace_page import certificate_page
from tracer.store.world import Tx
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
    """The verdict on what was handed in."""
    try:
        material = _material()
    except Refusal as refusal:
        return render_template("public/verify.html", refusal=refusal), 422
    with door.world().read() as tx:
        verdict = verify(material, StoreKnowledge(tx))
        found = _known_page(tx, verdict)
    if found is not None and verdict.source is Source.RECORD:
        # Only a number was handed in: what a person's own page masks, this page masks too.
        shown: dict[str, object] = {"reason": found.sentence, "checks": found.checks}
    else:
        shown = {"reason": verdict.reason_zh, "checks": verdict.checks}
    return render_template(
        "public/verify.html",
        verdict=verdict,
        rows=_says(verdict, found),
        certificate_id=found.promise.certificate_id if found and found.promise else "",
        as_of=format_instant(tx.now),
        **shown,
    )


def _known_page(tx: Tx, verdict: Verdict) -> TracePage | None:
    """The public page of the certificate, where it is one of this installation."""
    if verdict.statement is None:
        return None
    page = certificate_page(tx, verdict.statement.certificate_id)
    return page if page.promise is not None else None


def _says(verdict: Verdict, found: TracePage | None) -> list[tuple[str, str]]:
    """What the certificate says, as far as it may be believed and the asker may see it."""
    if verdict.statement is None or verdict.outcome not in BELIEVED:
        return []
    said = verdict.statement.readable()
    if found is not None and verdict.source is Source.RECORD:
        said |= {"承诺主体": found.issuer, "联系方式": found.contact}
    return list(said.items())


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
