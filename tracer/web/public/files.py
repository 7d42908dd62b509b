"""The certificate to take away: PDF and JSON, where no person stands behind them."""

from __future__ import annotations

from flask import make_response
from flask.typing import ResponseReturnValue

from tracer.actions.certificates import paper
from tracer.domain.errors import NotFound
from tracer.queries.trace.model import TracePage
from tracer.queries.trace.page import certificate_page
from tracer.store.world import Tx
from tracer.web.public.lobby import hall
from tracer.web.shared import door, guards


@hall.get("/c/<text>.pdf")
@hall.get("/C/<text>.pdf")
@guards.heavy
def certificate_pdf(text: str) -> ResponseReturnValue:
    """The signed PDF of a certificate that stands."""
    with door.world().read() as tx:
        certificate_id = _open_to_all(tx, text)
        content = paper.certificate_pdf(tx, certificate_id)
    return _attached(content, "application/pdf", f"{certificate_id}.pdf")


@hall.get("/c/<text>.json")
@hall.get("/C/<text>.json")
@guards.heavy
def certificate_json(text: str) -> ResponseReturnValue:
    """The certificate for other programs to check; given for voided ones too."""
    with door.world().read() as tx:
        certificate_id = _open_to_all(tx, text)
        content = paper.certificate_json(tx, certificate_id)
    return _attached(content, "application/json", f"{certificate_id}.json")


def may_be_given(page: TracePage) -> bool:
    """Whether strangers may have the files: a person's telephone stands whole in them."""
    return page.promise is not None and not page.by_person


def _open_to_all(tx: Tx, text: str) -> str:
    page = certificate_page(tx, text)
    if page.promise is None:
        raise NotFound("没有这张合格证，请检查号码")
    if not may_be_given(page):
        raise NotFound("这张合格证由个人开具，原件请向开具人索取")
    return page.promise.certificate_id


def _attached(content: bytes, media_type: str, name: str) -> ResponseReturnValue:
    response = make_response(content)
    response.content_type = media_type
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
