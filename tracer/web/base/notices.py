"""通报 (5.6.1): what the base tells its residents, and who has read it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import url_for
from flask.typing import ResponseReturnValue

from tracer.actions.bases import notices as acts
from tracer.actions.forms import parse
from tracer.domain.bases import NoticeConcern
from tracer.domain.errors import Refusal
from tracer.queries.bases import members as base_members
from tracer.queries.bases import notices as base_notices
from tracer.store.world import Tx
from tracer.web.base import hall
from tracer.web.base.pages import back, form_page, page
from tracer.web.producer.pages import options
from tracer.web.producer.questions import Asking, Option, answers
from tracer.web.producer.sending import send
from tracer.web.shared.door import actor, world


@hall.get("/notices")
def notices() -> str:
    """What was sent."""
    with world().read() as tx:
        lines = base_notices.notices(tx, actor().base)
    return page("notices", "通报", back("基地", "home"), lines=lines)


@hall.get("/notices/new")
def new_notice() -> str:
    """Ask what to tell whom."""
    return _notice_page({"concern": NoticeConcern.QUALITY.value}, None)


@hall.post("/notices/new")
def send_notice() -> ResponseReturnValue:
    """Send a notice."""
    given = answers()

    def act(tx: Tx) -> str:
        acts.send_notice(tx, actor(), parse(acts.NoticeForm, given))
        return url_for("base.notices")

    return send(act, lambda refusal: _notice_page(given, refusal))


def _notice_page(given: Mapping[str, Any], refusal: Refusal | None) -> str:
    with world().read() as tx:
        lines = [one for one in base_members.residents(tx, actor().base) if not one.left]
    ask = Asking(acts.NoticeForm, given)
    everybody = Option("", "全部入驻企业")
    return form_page(
        "发一条通报",
        [
            ask.one("concern", options(tuple(NoticeConcern))),
            ask.text("title"),
            ask.long("text", hint="什么事，要他们做什么，什么时候以前"),
            ask.one("producer", [everybody, *(Option(one.id, one.name) for one in lines)]),
        ],
        back("通报", "notices"),
        button="发出",
        refusal=refusal,
        intro="发出以后收不回来；企业登录后在首页看得到。",
    )
