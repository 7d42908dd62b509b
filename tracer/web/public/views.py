"""The public pages: a code's page, and the ways to reach it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import select

from tracer.actions.supervision import review as reviewing
from tracer.domain.errors import Refusal
from tracer.domain.words import Outcome, Rating
from tracer.proof import qrtext
from tracer.proof.labelcode import resolve
from tracer.proof.verify import verify
from tracer.queries.assessment.licences import licence_named
from tracer.queries.knowledge import StoreKnowledge
from tracer.queries.persons import masked
from tracer.queries.trace.model import WORDS, State, TracePage
from tracer.queries.trace.page import batch_page, certificate_page, label_page
from tracer.queries.trace.scans import standing
from tracer.store.tables import Certificate
from tracer.store.world import Tx
from tracer.web.public import files, scanning
from tracer.web.public.lobby import hall
from tracer.web.shared import door, guards

LOST = frozenset({State.UNKNOWN, State.BAD_CODE})
RATED = frozenset({State.GENUINE, State.NO_CERTIFICATE})


@hall.get("/")
def home() -> ResponseReturnValue:
    """What this is, and one input to check a code."""
    return _home()


@hall.post("/look-up")
@guards.csrf.exempt
@guards.asking
def look_up() -> ResponseReturnValue:
    """From whatever is printed or scanned to its page."""
    text = request.form.get("text", "").strip()
    if not text:
        return _home(refusal=Refusal("blank", "请先填上号码", "text")), 422
    licence = licence_named(text)
    if licence:
        return redirect(url_for("public.licence", text=licence), 303)
    try:
        return redirect(_page_of(qrtext.parse(text)), 303)
    except Refusal as refusal:
        told = Refusal(refusal.code, refusal.message, "text", refusal.hint)
        return _home(text[:200], told), 422


@hall.get("/t/<text>")
@hall.get("/T/<text>")
@hall.get("/t/<text>/<digits>")
@hall.get("/T/<text>/<digits>")
@guards.guessing
def label(text: str, digits: str = "") -> ResponseReturnValue:
    """A label's page; ``digits`` are the seal of a signed tag."""
    return _show(label_page, text, digits)


@hall.get("/c/<text>")
@hall.get("/C/<text>")
@hall.get("/c/<text>/<digits>")
@hall.get("/C/<text>/<digits>")
@guards.guessing
def certificate(text: str, digits: str = "") -> ResponseReturnValue:
    """A certificate's page by id or number; ``digits`` are the certificate itself."""
    return _show(certificate_page, text, digits)


@hall.get("/b/<text>")
@hall.get("/B/<text>")
@guards.guessing
def batch(text: str) -> ResponseReturnValue:
    """A batch's page."""
    return _show(batch_page, text, "")


@hall.get("/t/<text>/review")
@hall.get("/T/<text>/review")
def reviewed(text: str) -> ResponseReturnValue:
    """The page of thanks, asked for again: back to the label."""
    return redirect(url_for("public.label", text=text), 303)


@hall.post("/t/<text>/review")
@hall.post("/T/<text>/review")
@guards.csrf.exempt
@guards.asking
def review(text: str) -> ResponseReturnValue:
    """Rate the product of a label, with the token that its page carried."""
    world = door.world()
    ratings = {rating.value: rating for rating in Rating}
    rating = ratings.get(request.form.get("rating", ""))
    if rating is None:
        raise Refusal("no_rating", "请在好、中、差里选一个", "rating")
    index = resolve(text, world.secrets.label_key)
    refusal, counted = None, False
    try:
        if index is None:
            raise Refusal("unknown_label", "没有发放过这个标签，不能评价")
        with world.write() as tx:
            token = request.form.get("token", "")
            row = reviewing.review(tx, index, token, rating, door.visitor(tx.now))
            counted = row.counted
    except Refusal as caught:
        refusal = caught
    page = render_template(
        "public/thanks.html",
        code=text,
        rating=rating,
        refusal=refusal,
        counted=counted,
        most=reviewing.COUNTED_A_DAY,
    )
    return page, 422 if refusal else 200


def _show(find: Callable[[Tx, str], TracePage], text: str, digits: str) -> ResponseReturnValue:
    world = door.world()
    with world.read() as tx:
        page = find(tx, text)
        if digits and page.kind:
            page = _against_symbol(tx, page)
        place = scanning.count(page.kind, page.subject) if page.kind else None
        looks = standing(tx, world.journal, page.kind, page.subject, place) if place else None
        may_rate = page.label_index is not None and page.state in RATED and not page.reviewed
        html = render_template(
            "public/trace.html",
            page=page,
            code=text,
            standing=looks,
            token=reviewing.review_token(tx.secrets, page.label_index or 0, tx.now)
            if may_rate
            else "",
            files=files.may_be_given(page),
        )
    return html, 404 if page.state in LOST else 200


def _against_symbol(tx: Tx, page: TracePage) -> TracePage:
    """The page, unless the signed symbol that led here says something else than the records."""
    verdict = masked(tx, verify(f"{tx.site}{request.path}", StoreKnowledge(tx)))
    if verdict.outcome is not Outcome.ALTERED:
        return page
    return replace(
        page,
        state=State.ALTERED,
        word=WORDS[State.ALTERED],
        sentence=verdict.reason_zh,
        checks=verdict.checks,
    )


def _page_of(found: qrtext.QrText) -> str:
    """The address of the page behind a text."""
    match found:
        case qrtext.LabelText(code):
            return url_for("public.label", text=code)
        case qrtext.SignedLabelText(code, seal, signature):
            digits = qrtext.to_digits(seal + signature)
            return url_for("public.label", text=code, digits=digits)
        case qrtext.CertificateText(certificate_id) | qrtext.NumberText(certificate_id):
            return url_for("public.certificate", text=certificate_id)
        case qrtext.SignedCertificateText(certificate_id, statement, signature):
            digits = qrtext.to_digits(statement + signature)
            return url_for("public.certificate", text=certificate_id, digits=digits)
        case qrtext.BatchText(batch_id):
            return url_for("public.batch", text=batch_id)
    with door.world().read() as tx:
        row = tx.session.exec(select(Certificate.id).where(Certificate.public_id == found.id))
        endpoint = "public.batch" if row.first() is None else "public.certificate"
    return url_for(endpoint, text=found.id)


def _home(text: str = "", refusal: Refusal | None = None) -> str:
    return render_template("public/home.html", text=text, refusal=refusal)
