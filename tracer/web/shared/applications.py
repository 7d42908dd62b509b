"""Applying for an assessment: the same pages in the halls of producers and of product bases."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tracer.actions.assessment import applying
from tracer.actions.forms import parse
from tracer.domain.clock import format_instant
from tracer.domain.errors import NotFound, Refusal
from tracer.domain.words import Role
from tracer.queries.assessment import application, lists
from tracer.queries.assessment.parts import owned, stored_file
from tracer.queries.assessment.result import result_page
from tracer.store.files import MAX_BYTES
from tracer.store.tables import Assessment
from tracer.store.world import Tx
from tracer.web.shared.attachments import attachment
from tracer.web.shared.door import actor, world
from tracer.web.shared.errors import status_of, wants_json


def open_in(hall: Blueprint, frame: str) -> None:
    """Put the pages on a hall at ``/assessments``; they are drawn inside its ``frame``."""
    pages = _Pages(frame)
    for rule, view in (
        ("", pages.assessments),
        ("/new", pages.new_assessment),
        ("/<assessment>", pages.assessment),
        ("/<assessment>/form/<section>", pages.assessment_section),
        ("/<assessment>/materials", pages.assessment_materials),
        ("/<assessment>/files/<evidence>", pages.assessment_file),
        ("/<assessment>/result", pages.assessment_result),
    ):
        hall.add_url_rule(f"/assessments{rule}", view.__name__, view)
    for rule, act in (
        ("", pages.start_assessment),
        ("/<assessment>/form/<section>", pages.save_section),
        ("/<assessment>/materials", pages.add_evidence),
        ("/<assessment>/materials/<evidence>/withdraw", pages.withdraw_evidence),
        ("/<assessment>/submit", pages.submit_assessment),
        ("/<assessment>/take-back", pages.take_back_assessment),
    ):
        hall.add_url_rule(f"/assessments{rule}", act.__name__, act, methods=["POST"])


class _Pages:
    """The views of one hall."""

    def __init__(self, frame: str) -> None:
        self._frame = frame

    def assessments(self) -> str:
        """What one has applied for, and what one may apply for."""
        me = actor()
        with world().read() as tx:
            mine = lists.own_assessments(tx, me.producer_id, me.base_id)
            calls = lists.open_calls(tx, "base" if me.role is Role.BASE else "product")
        return self._page("list", mine=mine, calls=calls)

    def new_assessment(self) -> str:
        """What a call asks, and with what to apply."""
        return self._new(request.args.get("call", ""), None)

    def start_assessment(self) -> ResponseReturnValue:
        """Begin to apply, or go on with what was begun."""
        call = request.form.get("call", "")
        try:
            with world().write() as tx:
                row = applying.start(tx, actor(), call, request.form.get("product") or None)
        except NotFound:
            raise
        except Refusal as refusal:
            return make_response(self._new(call, refusal), status_of(refusal))
        return _to("assessment", row.public_id)

    def assessment(self, assessment: str) -> str:
        """One application: what is filled, what is missing, where it stands."""
        return self._one(assessment, None)

    def assessment_section(self, assessment: str, section: str) -> str:
        """One part of the form."""
        return self._section(assessment, section, {}, None)

    def save_section(self, assessment: str, section: str) -> ResponseReturnValue:
        """Keep a part of the form: all of it, or one answer as it is typed."""
        typed = {name: text for name, text in request.form.items() if name not in _PLUMBING}
        try:
            with world().write() as tx:
                row = applying.save_form(tx, actor(), assessment, typed)
        except Refusal as refusal:
            if wants_json() or isinstance(refusal, NotFound):
                raise
            return make_response(
                self._section(assessment, section, typed, refusal), status_of(refusal)
            )
        if wants_json():
            return {"saved": f"已保存 {format_instant(tx.now)[-5:]}", "filled": False}
        with world().read() as tx:
            following = application.section_page(tx, row, section, {}).next_key
        if following:
            return _to("assessment_section", assessment, section=following)
        return _to("assessment", assessment)

    def assessment_materials(self, assessment: str) -> str:
        """The papers."""
        return self._materials(assessment, None)

    def add_evidence(self, assessment: str) -> ResponseReturnValue:
        """One more paper for a row or for the list."""
        item = request.form.get("item", "")

        def act(tx: Tx) -> None:
            form = parse(
                applying.EvidenceForm,
                {name: request.form.get(name, "") for name in ("item", "kind", "title")},
            )
            applying.add_evidence(tx, actor(), assessment, form, _upload())

        return self._do(
            act,
            lambda refusal: self._materials(assessment, refusal),
            lambda: _to("assessment_materials", assessment, _anchor=f"field-{item}"),
        )

    def withdraw_evidence(self, assessment: str, evidence: str) -> ResponseReturnValue:
        """A paper that was handed in by mistake."""
        with world().write() as tx:
            applying.withdraw_evidence(tx, actor(), assessment, evidence)
        return _to("assessment_materials", assessment)

    def assessment_file(self, assessment: str, evidence: str) -> Response:
        """A paper of one's own application."""
        with world().read() as tx:
            return attachment(tx, stored_file(tx, _own(tx, assessment), evidence))

    def submit_assessment(self, assessment: str) -> ResponseReturnValue:
        """Hand the application in."""
        declared = request.form.get("declared") == "yes"
        return self._do(
            lambda tx: applying.submit(tx, actor(), assessment, declared),
            lambda refusal: self._one(assessment, refusal),
            lambda: _to("assessment", assessment),
        )

    def take_back_assessment(self, assessment: str) -> ResponseReturnValue:
        """Give the application up."""
        return self._do(
            lambda tx: applying.take_back(tx, actor(), assessment),
            lambda refusal: self._one(assessment, refusal),
            lambda: _to("assessment", assessment),
        )

    def assessment_result(self, assessment: str) -> str:
        """Every row with its points, what is missing, and the shortest way there."""
        with world().read() as tx:
            page = result_page(tx, _own(tx, assessment))
        return self._page("result", page=page)

    def _new(self, call: str, refusal: Refusal | None) -> str:
        me = actor()
        with world().read() as tx:
            if me.role is Role.BASE:
                line, products = lists.call_page(tx, call)[0], None
            else:
                asked = lists.applying(tx, call, me.producer)
                line, products = asked.call, asked.products
        chosen = request.form.get("product") or (products[0][0] if products else "")
        return self._page("new", call=line, products=products, chosen=chosen, refusal=refusal)

    def _one(self, assessment: str, refusal: Refusal | None) -> str:
        with world().read() as tx:
            page = application.application_page(tx, _own(tx, assessment))
        return self._page("one", page=page, refusal=refusal)

    def _section(
        self, assessment: str, section: str, typed: dict[str, str], refusal: Refusal | None
    ) -> str:
        with world().read() as tx:
            page = application.section_page(tx, _own(tx, assessment), section, typed)
        return self._page("section", page=page, refusal=refusal)

    def _materials(self, assessment: str, refusal: Refusal | None) -> str:
        with world().read() as tx:
            page = application.materials_page(tx, _own(tx, assessment))
        return self._page("materials", page=page, refusal=refusal, typed=request.form)

    def _do(
        self,
        act: Callable[[Tx], object],
        again: Callable[[Refusal], str],
        done: Callable[[], ResponseReturnValue],
    ) -> ResponseReturnValue:
        try:
            with world().write() as tx:
                act(tx)
        except NotFound:
            raise
        except Refusal as refusal:
            return make_response(again(refusal), status_of(refusal))
        return done()

    def _page(self, name: str, **values: Any) -> str:
        return render_template(f"application/{name}.html", frame=self._frame, **values)


_PLUMBING = frozenset({"csrf_token", "row"})


def _own(tx: Tx, assessment: str) -> Assessment:
    me = actor()
    return owned(tx, assessment, me.producer_id, me.base_id)


def _upload() -> applying.Upload | None:
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        return None
    with upload.stream as stream:
        return applying.Upload(upload.filename, stream.read(MAX_BYTES + 1))


def _to(view: str, assessment: str, **parts: Any) -> ResponseReturnValue:
    return redirect(url_for(f".{view}", assessment=assessment, **parts), 303)
