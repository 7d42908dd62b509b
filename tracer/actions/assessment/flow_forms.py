"""What a standard's forms ask, read at the door like every other input."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache
from typing import Annotated, Any

from pydantic import Field, StringConstraints, create_model

from tracer.actions.figures import Day, Decimals
from tracer.actions.forms import Form, parse
from tracer.actions.text import Line, Prose, checked, one_of
from tracer.domain.errors import Refusal
from tracer.domain.identity import parse_phone, parse_uscc
from tracer.standards.flow import FormField, missing

_KINDS: Mapping[str, Any] = {
    "text": Line,
    "prose": Prose,
    "day": Day,
    "number": Decimals,
    "phone": Annotated[str, StringConstraints(max_length=40), checked(parse_phone)],
    "uscc": Annotated[str, StringConstraints(max_length=40), checked(parse_uscc)],
    "email": Annotated[
        str, StringConstraints(max_length=200, pattern=r"^[^@\s]+@[^@\s]+\.[A-Za-z0-9-]{2,}$")
    ],
    "postcode": Annotated[str, StringConstraints(pattern=r"^[0-9]{6}$")],
}


def read_values(fields: Iterable[FormField], values: Mapping[str, Any]) -> dict[str, str]:
    """The answers as they are kept, all text; the first that is wrong as a Refusal.

    Any part of a form may come. An answer taken back is empty text.
    """
    read = parse(_model(tuple(fields)), values).model_dump()
    return {key: _plain(read[key]) for key in values}


def merged(
    kept: Mapping[str, str], fields: Iterable[FormField], values: Mapping[str, Any]
) -> dict[str, str]:
    """The kept answers with those of ``values`` in their place."""
    changed = {**kept, **read_values(fields, values)}
    return {key: value for key, value in changed.items() if value}


def refuse_missing(fields: Mapping[str, FormField], values: Mapping[str, str]) -> None:
    """One Refusal that names the first required answer that is missing; its hint has the rest."""
    lacking = missing(fields, values)
    if lacking:
        rest = "、".join(one.title for one in lacking[1:])
        first = lacking[0]
        raise Refusal(
            "missing",
            f"“{first.title}”还没有填，请补填",
            first.key,
            f"还有：{rest}" if rest else None,
        )


@lru_cache(maxsize=64)
def _model(fields: tuple[FormField, ...]) -> type[Form]:
    asked: dict[str, Any] = {
        one.key: (Annotated[_kind(one), Field(title=one.title)], None) for one in fields
    }
    return create_model("FlowForm", __base__=Form, **asked)


def _kind(one: FormField) -> Any:
    if one.kind == "choice":
        return Annotated[str, one_of(one.choices)] | None
    return _KINDS[one.kind] | None


def _plain(value: Any) -> str:
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, date) else str(value)
