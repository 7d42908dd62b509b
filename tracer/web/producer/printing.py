"""打标签: what for, which design, how many; then the labels as picture and PDF."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from flask import Response, request, url_for
from flask.typing import ResponseReturnValue

import labels
from tracer.actions import print_paper
from tracer.actions.actor import own
from tracer.actions.forms import parse
from tracer.actions.printing import PrintForm, bind_run, print_labels
from tracer.domain.clock import day_of
from tracer.domain.errors import NotFound, Refusal
from tracer.queries import farm_batches, farm_print
from tracer.queries.insurance_pages import Insured, insured
from tracer.store.tables import Batch, Certificate, PrintRun, Product
from tracer.store.world import Tx
from tracer.web.producer import hall
from tracer.web.producer.certificates import download, wanted_dpi
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


@hall.get("/print/new")
def new_run() -> str:
    """Ask for design and count; the last answers are filled in."""
    what = {name: value for name in ("certificate", "batch") if (value := request.args.get(name))}
    return _print_page(what, None)


@hall.post("/print/new")
def add_run() -> ResponseReturnValue:
    """Reserve the labels of a run."""
    given = answers()

    def act(tx: Tx) -> str:
        form = parse(PrintForm, _with_stock(given))
        return url_for("farm.run", public_id=print_labels(tx, actor(), form).public_id)

    return send(act, lambda refusal: _print_page(given, refusal))


@hall.get("/designs/<name>.png")
def design_png(name: str) -> Response:
    """A design with its own samples."""
    if name not in labels.designs():
        raise NotFound()
    response = download(_preview(name), "image/png", f"{name}.png")
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


@hall.get("/runs/<public_id>")
def run(public_id: str) -> str:
    """The labels of a run: picture, PDF, and for pre-printed ones the batch they wait for."""
    with world().read() as tx:
        view = farm_print.run_page(tx, own(tx, actor(), PrintRun, public_id))
    number = min(max(request.args.get("n", 1, type=int), 1), view.count)
    way_back = (
        back("合格证", "certificate", public_id=view.certificate)
        if view.certificate
        else back("打印记录", "runs")
    )
    return page("run", view.title, way_back, view=view, number=number, fresh="new" in request.args)


@hall.get("/runs/<public_id>/label.png")
def run_png(public_id: str) -> Response:
    """One label of a run as a picture for a label printer's own app."""
    number = request.args.get("n", 1, type=int)
    with world().read() as tx:
        row = own(tx, actor(), PrintRun, public_id)
        content = print_paper.run_png(tx, row, number, wanted_dpi())
    return download(content, "image/png", f"{public_id}-{number}.png")


@hall.get("/runs/<public_id>/labels.pdf")
def run_pdf(public_id: str) -> Response:
    """All labels of a run: sheets, or one to a page; from ``?first`` on after a paper jam."""
    first = request.args.get("first", 1, type=int)
    with world().read() as tx:
        row = own(tx, actor(), PrintRun, public_id)
        part = print_paper.part_of(row, first, None, row.start_cell)
        content = print_paper.run_pdf(tx, row, part)
    return download(content, "application/pdf", f"{public_id}.pdf")


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


@lru_cache(maxsize=32)
def _preview(name: str) -> bytes:
    """A design's picture, painted once: nobody's data is on it."""
    return labels.preview(name)


def _print_page(given: Mapping[str, Any], refusal: Refusal | None) -> str:
    with world().read() as tx:
        subject = _subject(tx, given)
        covered_by = _insured(tx, given)
        last = farm_print.last_print(tx, actor().producer)
    choices = farm_print.design_choices("certificate" in given)
    design = str(given.get("design") or last.design)
    if design not in {choice.name for choice in choices}:
        design = choices[0].name
    ask = Asking(PrintForm, {"count": last.count, **given})
    return page(
        "print_how",
        "打标签",
        back("打标签", "printing"),
        subtitle=subject,
        what={name: given[name] for name in ("certificate", "batch") if name in given},
        choices=choices,
        design=design,
        count=ask.number("count", unit="张", attrs={"inputmode": "numeric"}),
        start=str(given.get("start_cell") or last.next_cell),
        cells_left=last.cells_left,
        insured=covered_by,
        insure="policy" in given,
        refusal=refusal,
    )


def _subject(tx: Tx, given: Mapping[str, Any]) -> str:
    if "certificate" in given:
        row = own(tx, actor(), Certificate, str(given["certificate"]))
        return f"{row.product} · 合格证 {row.number}"
    if "batch" in given:
        batch = own(tx, actor(), Batch, str(given["batch"]))
        return f"{tx.session.get_one(Product, batch.product_id).name} · 批次 {batch.code}"
    return "预印一卷，用的时候再定是哪一批"


def _insured(tx: Tx, given: Mapping[str, Any]) -> Insured | None:
    """码上保 that can be printed: the policy that covers the labels' product today."""
    goods: Batch | Certificate | None = None
    if "certificate" in given:
        goods = own(tx, actor(), Certificate, str(given["certificate"]))
    elif "batch" in given:
        goods = own(tx, actor(), Batch, str(given["batch"]))
    return insured(tx, goods.product_id, day_of(tx.now)) if goods else None


def _bind_page(public_id: str, refusal: Refusal | None) -> str:
    with world().read() as tx:
        view = farm_print.run_page(tx, own(tx, actor(), PrintRun, public_id))
        lines = [line for line, _left in farm_batches.usable(tx, actor().producer)]
    return page(
        "bind",
        "启用预印标签",
        back("预印标签", "run", public_id=public_id),
        view=view,
        lines=lines,
        refusal=refusal,
    )


def _with_stock(given: Mapping[str, Any]) -> dict[str, Any]:
    """The design fixes the paper it is printed on; rolls have no start cell."""
    design = labels.designs().get(str(given.get("design", "")))
    if design is None:
        raise Refusal("no_design", "请选一种标签样式", "design")
    filled = {**given, "stock": design.stock}
    if labels.stock(design.stock).cells == 1:
        filled.pop("start_cell", None)
    return filled
