"""举报 and 投诉 from the page of a code, and the receipt that tells what came of it."""

from __future__ import annotations

from flask import make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tracer.actions.forms import parse
from tracer.actions.supervision import supervise
from tracer.actions.supervision.page_token import page_token
from tracer.domain.errors import NotFound, Refusal
from tracer.domain.supervision import ANSWER_DAYS, Channel, Concern
from tracer.queries.supervision.public import receipt_page
from tracer.queries.trace.model import TracePage
from tracer.queries.trace.page import batch_page, certificate_page, label_page
from tracer.store.files import MAX_BYTES, CleanFile
from tracer.store.world import Tx
from tracer.web.public.lobby import hall
from tracer.web.shared import door, guards
from tracer.web.shared.errors import status_of

_PAGES = {"T": label_page, "C": certificate_page, "B": batch_page}
_ADDRESS = "/<any(tip,complaint):channel>/<any(T,C,B,t,c,b):kind>/<text>"


@hall.get(_ADDRESS)
@guards.guessing
def report_form(channel: str, kind: str, text: str) -> ResponseReturnValue:
    """Ask what is wrong with the goods behind a code."""
    with door.world().read() as tx:
        return _form(tx, Channel(channel), _found(tx, kind, text))


@hall.post(_ADDRESS)
@guards.csrf.exempt
@guards.reporting
def report(channel: str, kind: str, text: str) -> ResponseReturnValue:
    """Record it and lead to the receipt."""
    world = door.world()
    with world.read() as tx:
        page = _found(tx, kind, text)
    given = door.form_data()
    token = str(given.pop("token", ""))
    if channel == Channel.COMPLAINT:
        given["concern"] = Concern.DAMAGE.value
    try:
        form, photo = parse(supervise.PublicReportForm, given), _photo()
        with world.write() as tx:
            visitor = door.visitor(tx.now)
            row = supervise.report(tx, page.kind, page.subject, token, form, visitor, photo)
    except Refusal as refusal:
        with world.read() as tx:
            again = _form(tx, Channel(channel), page, refusal)
        return make_response(again, status_of(refusal))
    return redirect(url_for("public.receipt", number=row.public_id), 303)


@hall.get("/report/<number>")
@guards.guessing
def receipt(number: str) -> ResponseReturnValue:
    """Where a report stands, by its receipt number."""
    with door.world().read() as tx:
        page = receipt_page(tx, number)
    return render_template("public/receipt.html", page=page)


def _found(tx: Tx, kind: str, text: str) -> TracePage:
    page = _PAGES[kind.upper()](tx, text)
    if not page.batch_id:
        raise NotFound("这个码后面还没有货，请拨打 12316 或 12315 反映")
    return page


def _form(tx: Tx, channel: Channel, page: TracePage, refusal: Refusal | None = None) -> str:
    return render_template(
        "public/tell.html",
        channel=channel,
        page=page,
        token=page_token(tx.secrets, page.kind, page.subject, tx.now),
        claims=supervise.CLAIMS.items(),
        concerns=[
            (Concern.QUALITY.value, "质量安全有问题"),
            (Concern.FALSE_INFORMATION.value, "页面上的信息不实"),
        ],
        days=ANSWER_DAYS,
        typed=request.form,
        refusal=refusal,
    )


def _photo() -> CleanFile | None:
    upload = request.files.get("photo")
    if upload is None or not upload.filename:
        return None
    with upload.stream as stream:
        return supervise.clean_photo(stream.read(MAX_BYTES + 1))
