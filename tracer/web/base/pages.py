"""Drawing pages of the hall: the frame's few values, and the one page that its forms share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import render_template, url_for

from tracer.domain.errors import Refusal
from tracer.web.base import hall
from tracer.web.producer.pages import Back
from tracer.web.producer.questions import Question
from tracer.web.producer.sending import fresh_ticket


def back(text: str, endpoint: str, **values: Any) -> Back:
    """The way back to a view of this hall."""
    return Back(text, url_for(f"base.{endpoint}", **values))


def page(name: str, title: str, way_back: Back | None = None, **values: Any) -> str:
    """A page of this hall from ``templates/base/<name>.html``."""
    return render_template(f"base/{name}.html", title=title, back=way_back, **values)


def form_page(
    title: str,
    questions: Sequence[Question],
    way_back: Back,
    *,
    button: str = "保存",
    refusal: Refusal | None = None,
    grave: bool = False,
    intro: str = "",
    action: str = "",
) -> str:
    """A page that asks; ``grave`` marks what cannot be taken back, ``action`` where it is sent."""
    return page(
        "form",
        title,
        way_back,
        questions=questions,
        button=button,
        grave=grave,
        intro=intro,
        action=action,
        refusal=refusal,
        files=any(question.kind == "file" for question in questions),
    )


@hall.context_processor
def _frame() -> dict[str, Any]:
    """What every form of the hall carries."""
    return {"fresh_ticket": fresh_ticket}
