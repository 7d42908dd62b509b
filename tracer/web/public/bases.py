"""Product bases as anyone may see them: ``/bases`` and ``/bases/<id>``."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from tracer.actions.bases.founding import find
from tracer.domain.errors import NotFound, Refusal
from tracer.domain.ids import parse_id
from tracer.queries.bases import public as base_public
from tracer.web.public.lobby import hall
from tracer.web.shared import door, guards


@hall.get("/bases")
@guards.asking
def bases() -> ResponseReturnValue:
    """All bases."""
    with door.world().read() as tx:
        lines = base_public.bases(tx)
    return render_template("public/bases.html", lines=lines)


@hall.get("/bases/<text>")
@guards.asking
def base(text: str) -> ResponseReturnValue:
    """One base: its area, chains, certified products and companies."""
    try:
        public_id = parse_id(text)
    except Refusal as refusal:
        raise NotFound("没有这个基地，请回到列表重新选择") from refusal
    with door.world().read() as tx:
        page = base_public.public_base(tx, find(tx, public_id))
    return render_template("public/base.html", page=page)
