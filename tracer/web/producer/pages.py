"""Drawing pages of the hall: the frame's few values, and the one page that most forms share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import render_template, url_for

from tracer.domain.errors import Refusal
from tracer.web.producer import hall
from tracer.web.producer.questions import Option, Question
from tracer.web.producer.sending import fresh_ticket


@dataclass(frozen=True)
class Back:
    """The way back: where it leads and what is there."""

    text: str
    href: str


def back(text: str, endpoint: str, **values: Any) -> Back:
    """The way back to a view of this hall."""
    return Back(text, url_for(f"farm.{endpoint}", **values))


def page(name: str, title: str, way_back: Back | None = None, **values: Any) -> str:
    """A page of this hall from ``templates/producer/<name>.html``."""
    return render_template(f"producer/{name}.html", title=title, back=way_back, **values)


@hall.context_processor
def _frame() -> dict[str, Any]:
    """What every form of the hall carries."""
    return {"fresh_ticket": fresh_ticket}


def form_page(
    title: str,
    questions: Sequence[Question],
    way_back: Back,
    *,
    button: str = "保存",
    more: Sequence[Question] = (),
    more_open: bool = False,
    refusal: Refusal | None = None,
    grave: bool = False,
    template: str = "form",
    **values: Any,
) -> str:
    """A page that asks. ``more`` is folded away until wanted, or until an answer there is wrong.

    ``more_open`` shows it: it is what comes next. ``grave`` marks what cannot be taken back.
    """
    asked = (*questions, *more, *values.get("last", ()))
    files = any(question.kind == "file" for question in asked)
    wrong_in_more = refusal is not None and refusal.field in {question.name for question in more}
    return page(
        template,
        title,
        way_back,
        questions=questions,
        button=button,
        grave=grave,
        more=more,
        more_open=more_open or wrong_in_more,
        refusal=refusal,
        told=_told(refusal, asked),
        files=files,
        **values,
    )


def _told(refusal: Refusal | None, asked: Iterable[Question]) -> Refusal | None:
    """The refusal for the top of the page, which must name the question it is about."""
    if refusal is None:
        return None
    labels = {question.name: question.label for question in asked}
    label = labels.get(refusal.field or "", "")
    if label in refusal.message:
        return refusal
    return Refusal(refusal.code, f"{label}：{refusal.message}", refusal.field, refusal.hint)


def options(words: Sequence[Any]) -> tuple[Option, ...]:
    """Coded words, or plain ones, as answers to choose."""
    return tuple(Option(str(word), getattr(word, "label", str(word))) for word in words)
