"""合格证: the list, one certificate, its paper, and voiding it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, make_response, request, url_for
from flask.typing import ResponseReturnValue

from labels import LabelError, design
from tracer.actions.actor import own
from tracer.actions.certificates import paper
from tracer.actions.certificates.void import VoidForm, void
from tracer.actions.forms import parse
from tracer.domain.errors import NotFound, Refusal
from tracer.domain.printers import DPI
from tracer.queries.farm import certificates as farm_certificates
from tracer.store.tables import Certificate
from tracer.store.world import Tx
from tracer.web.producer import hall
from tracer.web.producer.pages import back, form_page, page
from tracer.web.producer.questions import Asking, answers
from tracer.web.producer.sending import send
from tracer.web.shared.door import actor, world

_PNG_DESIGN = "certificate-100x70"


@hall.get("/certificates")
def certificates() -> str:
    """All certificates."""
    with world().read() as tx:
        lines = farm_certificates.certificates(tx, actor().producer)
    return page(
        "lines",
        "合格证",
        back("首页", "home"),
        lines=lines,
        leads_to="farm.certificate",
        empty="还没有开过合格证。采收以后，从批次里开具。",
    )


@hall.get("/certificates/<public_id>")
def certificate(public_id: str) -> str:
    """One certificate: its picture, its paper, what may be done with it."""
    with world().read() as tx:
        view = farm_certificates.certificate_page(tx, own(tx, actor(), Certificate, public_id))
    return page(
        "certificate",
        "承诺达标合格证",
        back("合格证", "certificates"),
        view=view,
        papers=[design(name) for name in paper.CERTIFICATE_DESIGNS],
    )


@hall.get("/certificates/<public_id>.pdf")
def certificate_pdf(public_id: str) -> Response:
    """The signed PDF in the size asked for."""
    name = request.args.get("design", paper.CERTIFICATE_DESIGNS[0])
    with world().read() as tx:
        row = own(tx, actor(), Certificate, public_id)
        content = painted(lambda: paper.certificate_pdf(tx, public_id, name))
    return download(content, "application/pdf", f"{row.number}.pdf")


@hall.get("/certificates/<public_id>.png")
def certificate_png(public_id: str) -> Response:
    """The certificate as a picture for a label printer's own app."""
    name = request.args.get("design", _PNG_DESIGN)
    with world().read() as tx:
        row = own(tx, actor(), Certificate, public_id)
        content = painted(lambda: paper.certificate_png(tx, public_id, name, wanted_dpi()))
    return download(content, "image/png", f"{row.number}.png")


@hall.get("/certificates/<public_id>.json")
def certificate_json(public_id: str) -> Response:
    """The certificate as a file that anyone can check."""
    with world().read() as tx:
        row = own(tx, actor(), Certificate, public_id)
        content = paper.certificate_json(tx, public_id)
    return download(content, "application/json", f"{row.number}.json")


@hall.get("/certificates/<public_id>/void")
def voiding(public_id: str) -> str:
    """Ask why a certificate no longer stands."""
    return _void_page(public_id, {}, None)


@hall.post("/certificates/<public_id>/void")
def void_it(public_id: str) -> ResponseReturnValue:
    """Void a certificate."""
    given = answers()

    def act(tx: Tx) -> str:
        void(tx, actor(), public_id, parse(VoidForm, given))
        return url_for("farm.certificate", public_id=public_id)

    return send(
        act, lambda refusal: _void_page(public_id, given, refusal), mine=(Certificate, public_id)
    )


def painted(paint: Any) -> bytes:
    """What ``paint`` returns; a label that cannot be painted is told in its own sentence."""
    try:
        content: bytes = paint()
    except LabelError as error:
        raise Refusal(error.code, error.message, error.field) from error
    return content


def wanted_dpi() -> int:
    """The printer's dots per inch that the address asks for."""
    dpi = request.args.get("dpi", DPI[0], type=int)
    if dpi not in DPI:
        raise NotFound("打印机每英寸的点数只有 203、300、600 三种，请从页面上选")
    return dpi


def download(content: bytes, media_type: str, name: str) -> Response:
    """A file, shown in the page unless ``?save`` asks for a copy."""
    response = make_response(content)
    response.headers["Content-Type"] = media_type
    how = "attachment" if "save" in request.args else "inline"
    response.headers["Content-Disposition"] = f'{how}; filename="{name}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _void_page(public_id: str, given: Mapping[str, Any], refusal: Refusal | None) -> str:
    with world().read() as tx:
        row = own(tx, actor(), Certificate, public_id)
    ask = Asking(VoidForm, given)
    return form_page(
        "作废合格证",
        [
            ask.long("reason", hint="扫码的人看得到，比如 数量填错"),
            ask.long("advice", hint="比如 这批货已经拉回，没有卖出"),
        ],
        back("合格证", "certificate", public_id=public_id),
        button="作废",
        grave=True,
        refusal=refusal,
        subtitle=f"{row.product} · {row.number}",
        intro="作废以后不能恢复，扫码的人会看到“已作废”和原因。只是填错的，用换证。",
    )
