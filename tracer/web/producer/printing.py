"""打标签: what for, which design on which paper, how many; and binding what was pre-printed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from flask import Response, request, url_for
from flask.typing import ResponseReturnValue

import labels
from tracer.actions.actor import own
from tracer.actions.forms import parse
from tracer.actions.printing.runs import PrintForm, bind_run, print_labels
from tracer.domain.clock import day_of
from tracer.domain.errors import NotFound, Refusal
from tracer.queries.farm import batches as farm_batches
from tracer.queries.insurance_pages import Insured, insured
from tracer.queries.printing import runs as farm_print
from tracer.queries.printing.choices import design_choices, print_how
from tracer.queries.printing.run import run_page
from tracer.store.prints import barred
from tracer.store.tables import Batch, Certificate, PrintRun, Product
from tracer.store.world import Tx
from tracer.web.producer import hall
from tracer.web.producer.certificates import download
from tracer.web.producer.pages import back, page
from tracer.web.producer.questions import Asking, answers
from tracer.web.producer.sending import send
from tracer.web.shared.door import actor, world

_AN_HOUR = "private, max-age=3600"


@hall.get("/print")
def printing() -> str:
    """Choose what labels are for."""
    with world().read() as tx:
        found = farm_print.printable(tx, actor().producer)
    return page("print_what", "打标签", back("首页", "home"), found=found)


@hall.get("/print/designs")
def designs() -> str:
    """Choose a design by its picture."""
    what = _what(request.args)
    with world().read() as tx:
        subject = _subject(tx, what)
        choices = design_choices(_certificate(tx, what))
    return page(
        "print_designs",
        "换标签样式",
        back("打标签", "new_run", **what),
        subtitle=subject,
        what=what,
        choices=choices,
    )


@hall.get("/print/new")
def new_run() -> str:
    """Ask for the count; design and paper are as last time, or as the address names them."""
    return _print_page(request.args, None)


@hall.post("/print/new")
def add_run() -> ResponseReturnValue:
    """Reserve the labels of a run."""
    given = _shown_fields(answers("show"))

    def act(tx: Tx) -> str:
        run = print_labels(tx, actor(), parse(PrintForm, given))
        return url_for("farm.run", public_id=run.public_id)

    return send(act, lambda refusal: _print_page(given, refusal))


@hall.get("/designs/<name>.png")
def design_png(name: str) -> Response:
    """A design with its own samples, as the form that the address names."""
    design = labels.designs().get(name)
    form = request.args.get("form", "")
    if design is None or (form and form not in design.forms):
        raise NotFound()
    response = download(_preview(name, form or None), "image/png", f"{name}.png")
    response.headers["Cache-Control"] = _AN_HOUR
    return response


@hall.get("/runs")
def runs() -> str:
    """All print runs."""
    with world().read() as tx:
        lines = farm_print.runs(tx, actor().producer)
    return page(
        "lines",
        "打印记录",
        back("首页", "home"),
        lines=lines,
        leads_to="farm.run",
        empty="还没有打过标签。",
    )


@hall.get("/runs/<public_id>/bind")
def binding(public_id: str) -> str:
    """Choose the batch of a pre-printed roll."""
    return _bind_page(public_id, None)


@hall.post("/runs/<public_id>/bind")
def bind(public_id: str) -> ResponseReturnValue:
    """Give a pre-printed roll its batch."""
    given = answers()

    def act(tx: Tx) -> str:
        if not isinstance(given.get("batch"), str):
            raise Refusal("no_batch", "请选一个批次", "batch")
        bind_run(tx, actor(), public_id, given["batch"])
        return url_for("farm.run", public_id=public_id)

    return send(act, lambda refusal: _bind_page(public_id, refusal), mine=(PrintRun, public_id))


@lru_cache(maxsize=64)
def _preview(name: str, form: str | None) -> bytes:
    """A design's picture, painted once: nobody's data is on it."""
    return labels.preview(name, form)


def _print_page(given: Mapping[str, Any], refusal: Refusal | None) -> str:
    what = _what(given)
    with world().read() as tx:
        subject = _subject(tx, what)
        view = print_how(
            tx,
            actor().producer,
            _certificate(tx, what),
            str(given.get("design", "")),
            str(given.get("stock", "")),
            chosen_cell(given, refusal),
        )
        covered_by = _insured(tx, what)
        refusal = refusal or _barred(tx, what)
    ask = Asking(PrintForm, {"count": view.count, "copies": 1, **given})
    return page(
        "print_how",
        "打标签",
        back("打标签", "printing"),
        subtitle=subject,
        what=what,
        view=view,
        count=ask.number("count", unit="张", attrs={"inputmode": "numeric"}),
        copies=ask.number(
            "copies", unit="份", required=False, attrs={"inputmode": "numeric"}, hint="码是一样的"
        ),
        together="together" in given or "copies" not in given,
        hidden=given.get("hide", ()),
        with_logo="logo" in given,
        insured=covered_by,
        insure="policy" in given,
        refusal=refusal,
    )


def _what(given: Mapping[str, Any]) -> dict[str, str]:
    """What the labels are for, as addresses and forms carry it."""
    return {name: str(given[name]) for name in ("certificate", "batch") if given.get(name)}


def _certificate(tx: Tx, what: Mapping[str, str]) -> Certificate | None:
    return own(tx, actor(), Certificate, what["certificate"]) if "certificate" in what else None


def _subject(tx: Tx, what: Mapping[str, str]) -> str:
    certificate = _certificate(tx, what)
    if certificate is not None:
        return f"{certificate.product} · 合格证 {certificate.number}"
    if "batch" in what:
        batch = own(tx, actor(), Batch, what["batch"])
        return f"{tx.session.get_one(Product, batch.product_id).name} · 批次 {batch.code}"
    return "预印一卷，用的时候再定是哪一批"


def _barred(tx: Tx, what: Mapping[str, str]) -> Refusal | None:
    """Why nothing may be printed for them: told before the page is filled in."""
    certificate = _certificate(tx, what)
    if certificate is not None:
        return barred(tx.session, certificate.batch_id, certificate.id)
    batch = own(tx, actor(), Batch, what["batch"]) if "batch" in what else None
    return barred(tx.session, batch.id if batch else None, None)


def _insured(tx: Tx, what: Mapping[str, str]) -> Insured | None:
    """码上保 that can be printed: the policy that covers the labels' product today."""
    goods: Batch | Certificate | None = _certificate(tx, what)
    if goods is None and "batch" in what:
        goods = own(tx, actor(), Batch, what["batch"])
    return insured(tx, goods.product_id, day_of(tx.now)) if goods else None


def _shown_fields(given: dict[str, Any]) -> dict[str, Any]:
    """The page ticks what is shown; the form names what is hidden."""
    may_hide = given.pop("may_hide", "").split()
    shown = given.pop("show", [])
    hide = [name for name in may_hide if name not in shown]
    given.setdefault("together", "no")
    return given | ({"hide": hide} if hide else {})


def chosen_cell(given: Mapping[str, Any], refusal: Refusal | None) -> int:
    """The cell that was chosen; 0 where none was, or another print has used it since."""
    text = str(given.get("start_cell"))
    if (refusal is not None and refusal.code == "sheet_moved") or not re.fullmatch(
        "[0-9]{1,6}", text
    ):
        return 0
    return int(text)


def _bind_page(public_id: str, refusal: Refusal | None) -> str:
    with world().read() as tx:
        view = run_page(tx, own(tx, actor(), PrintRun, public_id))
        lines = [line for line, _left in farm_batches.usable(tx, actor().producer)]
    return page(
        "bind",
        "启用预印标签",
        back("预印标签", "run", public_id=public_id),
        view=view,
        lines=lines,
        refusal=refusal,
    )
