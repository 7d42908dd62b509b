"""Counting a scan: written to the journal before it is answered, or not answered at all."""

from __future__ import annotations

import re

from flask import request
from werkzeug.exceptions import ServiceUnavailable

from tracer.store.journal import Place, Scan
from tracer.web.shared.door import visitor, world
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
