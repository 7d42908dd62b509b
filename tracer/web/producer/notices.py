"""What bases tell the producer (T/OTOP 1003 第 5.6.1 条)."""

from __future__ import annotations

from flask import request, url_for
from flask.typing import ResponseReturnValue

from tracer.actions.bases.notices import read_notice
from tracer.domain.errors import Refusal
from tracer.queries.bases import notices as base_notices
from tracer.store.world import Tx
from tracer.web.producer import hall
from tracer.web.producer.pages import back, page
from tracer.web.producer.sending import send
from tracer.web.shared.door import actor, world


@hall.get("/notices")
def notices() -> str:
    """Everything the producer was told, newest first."""
    return _page(None)


@hall.post("/notices")
def read() -> ResponseReturnValue:
    """Say that a notice was read."""

    def act(tx: Tx) -> str:
        read_notice(tx, actor(), request.form.get("notice", ""))
        return url_for("farm.notices")

    return send(act, _page)


def _page(refusal: Refusal | None) -> str:
    with world().read() as tx:
        lines = base_notices.inbox(tx, actor().producer)
    return page("notices", "基地通报", back("首页", "home"), lines=lines, refusal=refusal)
