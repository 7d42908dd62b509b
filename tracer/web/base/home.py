"""The dashboard, and the base's own data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import url_for
from flask.typing import ResponseReturnValue

from tracer.actions.bases import founding as acts
from tracer.actions.forms import parse
from tracer.domain.bases import ApplicantKind, Industry
from tracer.domain.errors import Refusal
from tracer.queries.bases import members as base_members
from tracer.queries.bases import pages as base_pages
from tracer.store.tables import Base
from tracer.store.world import Tx
from tracer.web.base import hall
from tracer.web.base.pages import back, form_page, page
from tracer.web.producer.pages import options
from tracer.web.producer.questions import Asking, Question, answers
from tracer.web.producer.sending import send
from tracer.web.shared.door import actor, world


@hall.get("")
def home() -> str:
    """Every clause: what is met, by what, what is missing and what to do."""
    with world().read() as tx:
        view = base_pages.dashboard(tx, actor().base)
    return page("home", view.name, view=view)


@hall.get("/about")
def about() -> str:
    """Show the base's data to change them."""
    with world().read() as tx:
        given = base_members.base_answers(tx.session.get_one(Base, actor().base))
    return _about_page(given, None)


@hall.post("/about")
def change_about() -> ResponseReturnValue:
    """Change the base's data."""
    given = answers()

    def act(tx: Tx) -> str:
        acts.edit_base(tx, actor(), parse(acts.BaseForm, given))
        return url_for("base.home")

    return send(act, lambda refusal: _about_page(given, refusal))


def base_questions(given: Mapping[str, Any]) -> list[Question]:
    """What is asked about a base."""
    ask = Asking(acts.BaseForm, given)
    return [
        ask.text("name"),
        ask.text("applicant", hint="创建和管理基地的政府部门、园区或集团"),
        ask.one("applicant_kind", options(tuple(ApplicantKind))),
        ask.one("industry", options(tuple(Industry))),
        ask.text("county", hint="6 位数字，比如 370283", attrs={"inputmode": "numeric"}),
        ask.long("boundary", hint="四至或者包括哪些村"),
        ask.number("area", label="面积", unit="亩"),
        ask.text("contact_name"),
        ask.text("contact_phone", attrs={"inputmode": "tel"}),
        ask.long("introduction", hint="公开页上看得到"),
    ]


def _about_page(given: Mapping[str, Any], refusal: Refusal | None) -> str:
    return form_page(
        "基地资料",
        base_questions(given),
        back("基地", "home"),
        refusal=refusal,
        intro="名称和申请方要改的话，请联系平台管理员。",
    )
