"""Sending a page once: a form pressed twice has one effect, a refused one comes back filled in."""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from collections.abc import Callable

from flask import make_response, redirect, request
from flask.typing import ResponseReturnValue
from sqlmodel import SQLModel

from tracer.actions.actor import own
from tracer.actions.once import Answer, once
from tracer.domain.errors import Conflict, Forbidden, NotFound, Refusal
from tracer.store.world import Tx
from tracer.web.producer.questions import PLUMBING
from tracer.web.shared.door import actor, world
from tracer.web.shared.errors import status_of

_SENT_BEFORE = Conflict(
    "sent_before",
    "这一页刚才已经提交过，内容和现在的不一样",
    hint="先到列表里看看刚才那条；确实要再记一条，请再按一次",
)
_TICKET = re.compile(r"[\w-]{8,40}", re.ASCII)


def fresh_ticket() -> str:
    """The name of one sending: every page that is drawn carries a new one."""
    return secrets.token_urlsafe(12)


def ticket() -> str:
    """The name of this sending, as the page brought it."""
    name = request.form.get("once", "")
    if not _TICKET.fullmatch(name):
        raise Refusal("no_ticket", "这一页不完整，请刷新后重新填写")
    return name


def send(
    act: Callable[[Tx], str],
    again: Callable[[Refusal], str],
    mine: tuple[type[SQLModel], str] | None = None,
) -> ResponseReturnValue:
    """Run ``act`` once in a writing transaction and go to the address it returns.

    Sending the page again goes to the same address and changes nothing. A refusal shows the page
    that ``again`` draws, with the status that belongs to it. ``mine`` is the table and public id
    of what the page is about: to anybody but its owner it is 404 before anything else is said.
    """
    try:
        with world().write() as tx:
            if mine is not None:
                own(tx, actor(), *mine)
            done = once(tx, actor(), f"farm {ticket()}", _content(), lambda: _see(act(tx)))
    except (NotFound, Forbidden):
        raise
    except Refusal as refusal:
        told = _SENT_BEFORE if refusal.code == "idempotency_key_reused" else refusal
        return make_response(again(told), status_of(told))
    return redirect(done.body, done.status)


def wants_more_rows() -> bool:
    """Whether the page was sent by its button for further rows, not to be recorded yet."""
    return "more" in request.form


def _see(address: str) -> Answer:
    return Answer(303, address)


def _content() -> bytes:
    """Everything that makes this sending what it is: its address, its answers, its files."""
    fields = sorted((name, values) for name, values in request.form.lists() if name not in PLUMBING)
    files = []
    for name, upload in sorted(request.files.items(multi=True), key=lambda item: item[0]):
        files.append([name, hashlib.sha256(upload.stream.read()).hexdigest()])
        upload.stream.seek(0)
    return json.dumps([request.full_path, fields, files], ensure_ascii=False).encode()
