"""Counting a scan: written to the journal before it is answered, or not answered at all."""

from __future__ import annotations

import hashlib
import re

from flask import request
from werkzeug.exceptions import ServiceUnavailable

from tracer.domain.clock import day_of
from tracer.store.journal import Place, Scan
from tracer.store.secrets import day_key
from tracer.web.shared.door import world
from tracer.web.shared.logs import log

# Programs that open a link because somebody posted it or to index it. Plain HTTP clients count:
# whoever writes one chose to look.
_ROBOTS = re.compile(
    r"googlebot|bingbot|baiduspider|sogou .*spider|360spider|yisouspider|bytespider|petalbot"
    r"|yandexbot|duckduckbot|applebot|gptbot|facebookexternalhit|twitterbot|slackbot|telegrambot"
    r"|whatsapp|linkedinbot|discordbot|dingtalkbot|larkbot|skypeuripreview|google-safety",
    re.IGNORECASE,
)


def count(kind: str, subject: int) -> Place | None:
    """Journal this scan; the place behind it, or None for HEAD, which is nobody's look.

    Answers 503 where the journal cannot be written: never an uncounted page.
    """
    if request.method == "HEAD":
        return None
    now = world().clock.now()
    agent = request.user_agent.string
    scan = Scan(kind, subject, now, visitor(now), robot=bool(_ROBOTS.search(agent)))
    try:
        return world().journal.append(scan)
    except OSError as error:
        log.error("journal unwritable", kind=type(error).__name__)
        raise ServiceUnavailable from error


def visitor(now: int) -> int:
    """Today's name of the device, 63 bits: a hash under a key that is destroyed after two days."""
    key = day_key(world().folder / "secrets", day_of(now).isoformat())
    text = f"{request.remote_addr}|{request.user_agent.string}".encode()
    return int.from_bytes(hashlib.blake2b(text, key=key, digest_size=8).digest(), "big") >> 1
