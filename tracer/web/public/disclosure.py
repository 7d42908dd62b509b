"""``/credit``: search and ranking, credit reports as page, PDF and JSON, and the open data."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

from flask import Response, jsonify, make_response, render_template, request, stream_with_context
from flask.typing import ResponseReturnValue

from tracer.actions.forms import parse
from tracer.actions.paper_report import report_pdf
from tracer.domain.clock import format_day, iso_instant, start_of
from tracer.domain.errors import Refusal
from tracer.queries.assessment.licences import MarkView, marks_of
from tracer.queries.credit import disclosure
from tracer.queries.credit.disclosure import Standing
from tracer.queries.credit.report import CreditReport, credit_report
from tracer.web.public.chart import history_svg
from tracer.web.public.lobby import hall
from tracer.web.public.open_data import as_csv, as_json
from tracer.web.shared import door, guards
from tracer.web.shared.ranking import RankingForm


@hall.get("/credit")
@guards.asking
def credit_search() -> ResponseReturnValue:
    """Search and ranking."""
    refusal, form, status = None, RankingForm(), 200
    try:
        form = _asked()
        with door.world().read() as tx:
            found = disclosure.ranking(tx, form.wanted, form.after)
    except Refusal as caught:
        refusal, status = caught, 422
        with door.world().read() as tx:
            found = disclosure.ranking(tx, disclosure.Wanted())
    with door.world().read() as tx:
        marks = marks_of(tx, [line.id for line in found.lines])
    groups = [(key, label) for key, (label, _) in disclosure.category_groups().items()]
    page = render_template(
        "public/search.html",
        form=form,
        found=found,
        marks=marks,
        refusal=refusal,
        groups=groups,
        grades=[(grade, f"{grade} 级") for grade in disclosure.grades()],
        asked={name: value for name, value in form.model_dump().items() if value},
    )
    return page, status


@hall.get("/credit/open-data.csv")
@guards.heavy
def open_data_csv() -> ResponseReturnValue:
    """The whole ranking for spreadsheets."""
    site = door.world().site
    return _streamed(lambda lines: as_csv(lines, site), "text/csv", "csv")


@hall.get("/credit/open-data.json")
@guards.heavy
def open_data_json() -> ResponseReturnValue:
    """The whole ranking for programs."""
    world = door.world()
    as_of, standard = iso_instant(world.clock.now()), disclosure.standard()
    return _streamed(
        lambda lines: as_json(lines, world.site, standard, as_of), "application/json", "json"
    )


@hall.get("/credit/<text>")
@guards.guessing
@guards.asking
def credit_report_page(text: str) -> ResponseReturnValue:
    """The credit report of a product or producer."""
    refusal = None
    try:
        report = _report(text, _day())
    except Refusal as caught:
        if caught.field != "on":
            raise
        refusal, report = caught, _report(text, None)
    told, chart = _chart(report)
    page = render_template(
        "public/report.html",
        report=report,
        marks=_marks(report),
        refusal=refusal,
        told=told,
        chart=chart,
        asked_on=request.args.get("on", "")[:10],
    )
    return page, 422 if refusal else 200


@hall.get("/credit/<text>.json")
@guards.guessing
@guards.heavy
def credit_report_json(text: str) -> ResponseReturnValue:
    """The credit report for programs."""
    return jsonify(_report(text, _day()).as_dict())


@hall.get("/credit/<text>.pdf")
@guards.guessing
@guards.heavy
def credit_report_pdf(text: str) -> ResponseReturnValue:
    """The credit report on paper."""
    report = _report(text, _day())
    told, chart = _chart(report)
    pdf = report_pdf(
        report.as_dict(),
        on=report.on,
        chart=chart,
        told=told,
        site=door.world().site,
        epoch=start_of(report.day),
    )
    response = make_response(pdf)
    response.content_type = "application/pdf"
    response.headers["Content-Disposition"] = (
        f'attachment; filename="credit-{report.id}-{report.day}.pdf"'
    )
    return response


def _asked() -> RankingForm:
    return parse(RankingForm, request.args.to_dict())


def _report(text: str, on: date | None) -> CreditReport:
    with door.world().read() as tx:
        return credit_report(tx, text, on)


def _marks(report: CreditReport) -> tuple[MarkView, ...]:
    with door.world().read() as tx:
        return marks_of(tx, [report.id]).get(report.id, ())


def _day() -> date | None:
    given = request.args.get("on", "").strip()
    if not given:
        return None
    try:
        return date.fromisoformat(given)
    except ValueError:
        raise Refusal("bad_day", "日期要写成 2026-07-08 这样", "on") from None


def _chart(report: CreditReport) -> tuple[str, str]:
    """What the chart says in words, and the chart; both empty where there is no history."""
    if not report.history:
        return "", ""
    first, last = report.history[0], report.history[-1]
    told = f"{format_day(first.day)}是 {first.index} 分，{format_day(last.day)}是 {last.index} 分"
    return told, history_svg(report.history, report.bounds, told)


def _streamed(
    write: Callable[[Iterator[Standing]], Iterator[str]], media_type: str, ending: str
) -> Response:
    """The lines, each read only when the one before has been sent: the list may be long."""
    form, world = _asked(), door.world()

    def lines() -> Iterator[str]:
        with world.read() as tx:
            yield from write(disclosure.everybody(tx, form.wanted))

    with world.read() as tx:
        disclosure.ranking(tx, form.wanted)  # refuses a wrong filter before anything is sent
    response = Response(stream_with_context(lines()), content_type=f"{media_type}; charset=utf-8")
    name = f"credit-{form.kind}-{world.clock.now()}.{ending}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
