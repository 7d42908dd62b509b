"""看看印得好不好: a label photographed, graded, and forgotten."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import make_response, request
from flask.typing import ResponseReturnValue

from labels import Grade
from tracer.actions.actor import own
from tracer.actions.forms import parse
from tracer.actions.printing.grade import GradeForm, grade_print
from tracer.domain.errors import NotFound, Refusal
from tracer.queries.printing.run import RunPage, run_page
from tracer.store.files import MAX_BYTES
from tracer.store.tables import PrintRun
from tracer.web.producer import hall
from tracer.web.producer.pages import back, form_page
from tracer.web.producer.questions import Asking, answers
from tracer.web.shared import guards
from tracer.web.shared.door import actor, world
from tracer.web.shared.errors import status_of

_CAMERA = {"accept": "image/*", "capture": "environment"}


@hall.get("/runs/<public_id>/look")
def looking(public_id: str) -> str:
    """Ask for a photo of a label."""
    return _look_page(public_id, {})


@hall.post("/runs/<public_id>/look")
@guards.heavy
def look(public_id: str) -> ResponseReturnValue:
    """How the photographed label came out, and what to do."""
    given = answers()
    try:
        with world().read() as tx:
            own(tx, actor(), PrintRun, public_id)
            found = grade_print(tx, actor(), public_id, _photo(), parse(GradeForm, given))
    except NotFound:
        raise
    except Refusal as refusal:
        return make_response(_look_page(public_id, given, refusal=refusal), status_of(refusal))
    return _look_page(public_id, {}, found=found)


def _photo() -> bytes:
    upload = request.files.get("photo")
    if upload is None or not upload.filename:
        raise Refusal("no_photo", "请先拍一张标签的照片", "photo")
    with upload.stream as stream:
        photo = stream.read(MAX_BYTES + 1)
    if len(photo) > MAX_BYTES:
        raise Refusal("file_too_large", "照片超过 10 兆，请用手机的普通尺寸再拍一张", "photo")
    return photo


def _look_page(
    public_id: str,
    given: Mapping[str, Any],
    *,
    refusal: Refusal | None = None,
    found: Grade | None = None,
) -> str:
    with world().read() as tx:
        view: RunPage = run_page(tx, own(tx, actor(), PrintRun, public_id))
    ask = Asking(GradeForm, given)
    hint = "码读不出来时才填：第几张，或者照抄标签上的码"
    return form_page(
        "看看印得好不好",
        [
            ask.file(
                "photo",
                "再拍一张" if found else "标签的照片",
                required=True,
                hint="正对着一张标签拍，码占照片的三分之一左右；避开反光",
                attrs=_CAMERA,
            )
        ],
        back(view.title, "run", public_id=public_id),
        more=[ask.text("label", hint=hint, attrs={"autocomplete": "off"})],
        more_open="label" in given or (refusal is not None and refusal.code == "not_found"),
        button="看结果",
        refusal=refusal,
        template="look",
        subtitle=view.design_title,
        found=found,
    )
