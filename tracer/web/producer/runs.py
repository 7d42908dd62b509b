"""One print run at the printer: the jam and where it goes on, reprints, spoiled labels."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, after_this_request, request, url_for
from flask.typing import ResponseReturnValue

from tracer.actions.actor import own
from tracer.actions.forms import parse
from tracer.actions.printing import paper as print_paper
from tracer.actions.printing import steps
from tracer.actions.printing.sending import close_lost
from tracer.actions.printing.steps import (
    FinishForm,
    JamForm,
    ReprintForm,
    ResumeForm,
    SpoilForm,
    finish,
    jam,
    reprint,
    resume,
    spoil,
)
from tracer.domain.errors import Refusal
from tracer.domain.printing import ReprintReason
from tracer.queries.printing.choices import next_cell, sheet_view
from tracer.queries.printing.run import RunPage, run_page
from tracer.store.tables import PrintRun
from tracer.store.world import Tx
from tracer.web.producer import hall
from tracer.web.producer.pages import back, form_page, options, page
from tracer.web.producer.printing import chosen_cell
from tracer.web.producer.questions import Asking, answers
from tracer.web.producer.sending import send
from tracer.web.shared.door import actor, world

_REFRESH_SECONDS = 2
_NAMED = "填第几张，或者照抄标签上的码"


@hall.get("/runs/<public_id>")
def run(public_id: str) -> str:
    """The labels of a run: what to print next, and what happened so far."""
    return show_run(public_id, None)


@hall.post("/runs/<public_id>/finish")
def finish_run(public_id: str) -> ResponseReturnValue:
    """All labels of the part came out well."""
    given = answers()

    def act(tx: Tx) -> str:
        finish(tx, actor(), public_id, parse(FinishForm, given))
        return url_for("farm.run", public_id=public_id)

    return send(act, lambda refusal: show_run(public_id, refusal), mine=(PrintRun, public_id))


@hall.get("/runs/<public_id>/jam")
def jamming(public_id: str) -> str:
    """Ask for the last good label."""
    return _jam_page(public_id, {}, None)


@hall.post("/runs/<public_id>/jam")
def jam_run(public_id: str) -> ResponseReturnValue:
    """The printer stopped."""
    given = answers()

    def act(tx: Tx) -> str:
        jam(tx, actor(), public_id, parse(JamForm, given))
        return url_for("farm.run", public_id=public_id)

    return send(
        act, lambda refusal: _jam_page(public_id, given, refusal), mine=(PrintRun, public_id)
    )


@hall.post("/runs/<public_id>/resume")
def resume_run(public_id: str) -> ResponseReturnValue:
    """Go on after the jam."""
    given = answers()

    def act(tx: Tx) -> str:
        resume(tx, actor(), public_id, parse(ResumeForm, given))
        return url_for("farm.run", public_id=public_id)

    return send(act, lambda refusal: show_run(public_id, refusal), mine=(PrintRun, public_id))


@hall.get("/runs/<public_id>/reprint")
def reprinting(public_id: str) -> str:
    """Ask which labels are printed again, and why."""
    return _reprint_page(public_id, {}, None)


@hall.post("/runs/<public_id>/reprint")
def reprint_run(public_id: str) -> ResponseReturnValue:
    """Print labels again under their own numbers."""
    given = answers()

    def act(tx: Tx) -> str:
        step = reprint(tx, actor(), public_id, parse(ReprintForm, given))
        return url_for("farm.run", public_id=public_id, step=step.public_id)

    return send(
        act, lambda refusal: _reprint_page(public_id, given, refusal), mine=(PrintRun, public_id)
    )


@hall.post("/runs/<public_id>/reprint/finish")
def finish_reprint(public_id: str) -> ResponseReturnValue:
    """A reprint came out."""
    step = answers().get("step", "")

    def act(tx: Tx) -> str:
        steps.finish_reprint(tx, actor(), public_id, step)
        return url_for("farm.run", public_id=public_id)

    return send(act, lambda refusal: show_run(public_id, refusal), mine=(PrintRun, public_id))


@hall.get("/runs/<public_id>/spoil")
def spoiling(public_id: str) -> str:
    """Ask which labels were spoiled."""
    return _spoil_page(public_id, {}, None)


@hall.post("/runs/<public_id>/spoil")
def spoil_run(public_id: str) -> ResponseReturnValue:
    """Their codes are dead from now on."""
    given = answers()

    def act(tx: Tx) -> str:
        spoil(tx, actor(), public_id, parse(SpoilForm, given))
        return url_for("farm.run", public_id=public_id)

    return send(
        act, lambda refusal: _spoil_page(public_id, given, refusal), mine=(PrintRun, public_id)
    )


def show_run(public_id: str, refusal: Refusal | None) -> str:
    """The page of a run, with what was refused; drawn anew by itself while the run is sent."""
    close_lost(world())
    step = request.values.get("step", "")
    with world().read() as tx:
        view = run_page(tx, own(tx, actor(), PrintRun, public_id), step)
    if view.sending and refusal is None:
        after_this_request(_drawn_anew)
    number = min(max(request.args.get("n", 1, type=int), 1), view.count)
    way_back = (
        back("合格证", "certificate", public_id=view.certificate)
        if view.certificate
        else back("打印记录", "runs")
    )
    return page(
        "run",
        view.title,
        way_back,
        view=view,
        number=number,
        fresh="new" in request.args,
        refusal=refusal,
    )


def _drawn_anew(response: Response) -> Response:
    response.headers["Refresh"] = str(_REFRESH_SECONDS)
    return response


def _jam_page(public_id: str, given: Mapping[str, Any], refusal: Refusal | None) -> str:
    view = _view(public_id)
    ask = Asking(JamForm, given)
    hint = f"{_NAMED}；一张好的也没有，填 0" if view.numbered else "一张好的也没有，填 0"
    questions = [ask.text("last_good", hint=hint, attrs={"autocomplete": "off"})]
    if view.layout.rounds > 1:
        questions.append(ask.number("round", unit="遍", required=True))
    return form_page(
        "卡纸了",
        questions,
        back(view.title, "run", public_id=public_id),
        button="下一步",
        refusal=refusal,
        subtitle=f"{view.design_title}，共 {view.count} 张"
        + (f"，打 {view.layout.rounds} 遍" if view.layout.rounds > 1 else ""),
        intro="先把卡住的纸取出来，找到最后一张印得完整的标签。",
    )


def _reprint_page(public_id: str, given: Mapping[str, Any], refusal: Refusal | None) -> str:
    view = _view(public_id)
    with world().read() as tx:
        row = own(tx, actor(), PrintRun, public_id)
        free = next_cell(tx, row.producer_id, row.stock)
        start = chosen_cell(given, refusal) or free
        sheet = sheet_view(print_paper.stock_of(row), start, free)
    ask = Asking(ReprintForm, given)
    hint = _NAMED if view.numbered else ""
    return form_page(
        "重打几张",
        [
            ask.text("first", hint=hint, attrs={"autocomplete": "off"}),
            ask.text("last", hint="只打一张就不填", attrs={"autocomplete": "off"}),
            ask.one("reason", options(list(ReprintReason))),
        ],
        back(view.title, "run", public_id=public_id),
        button="做好这几张",
        refusal=refusal,
        subtitle=f"{view.design_title}，共 {view.count} 张",
        intro="重打的标签号码不变，检查员看得到重打过几次；原来那张请撕掉，不要两张都贴。",
        sheet=sheet,
        template="reprint",
    )


def _spoil_page(public_id: str, given: Mapping[str, Any], refusal: Refusal | None) -> str:
    view = _view(public_id)
    ask = Asking(SpoilForm, given)
    return form_page(
        "印坏的作废",
        [
            ask.text("first", hint=_NAMED, attrs={"autocomplete": "off"}),
            ask.text("last", hint="只有一张就不填", attrs={"autocomplete": "off"}),
            ask.text("note", hint="比如 墨没干擦花了"),
        ],
        back(view.title, "run", public_id=public_id),
        button="作废这几张",
        grave=True,
        refusal=refusal,
        subtitle=f"{view.design_title}，共 {view.count} 张",
        intro="作废以后不能恢复，也不能重打；谁扫到它，都会看到“标签已作废”。只是要再印一张同样的，请用“重打几张”。",
    )


def _view(public_id: str) -> RunPage:
    with world().read() as tx:
        return run_page(tx, own(tx, actor(), PrintRun, public_id))
