"""Inputs: one strict model for the web form, the API body and the import row alike."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator
from pydantic_core import ErrorDetails

from tracer.domain.errors import Refusal


class Form(BaseModel):
    """Base of all inputs: unknown fields are refused, nothing changes after it is read."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    @model_validator(mode="before")
    @classmethod
    def _not_given(cls, data: Any) -> Any:
        """An empty box, cell or null is a field that was not given."""
        if not isinstance(data, Mapping):
            return data
        return {
            name: value
            for name, value in data.items()
            if value is not None and not (isinstance(value, str) and not value.strip())
        }


AnyForm = TypeVar("AnyForm", bound=Form)

_SENTENCES = {
    "missing": "{label}没有填",
    "extra_forbidden": "没有“{label}”这一项",
    "string_too_short": "{label}没有填",
    "string_too_long": "{label}太长，最多 {max_length} 个字",
    "too_short": "{label}至少要有 {min_length} 项",
    "too_long": "{label}最多 {max_length} 项",
    "enum": "{label}要从这些里选：{expected}",
    "literal_error": "{label}要从这些里选：{expected}",
    "date_from_datetime_parsing": "{label}要写成 2026-07-08 这样的日期",
    "date_parsing": "{label}要写成 2026-07-08 这样的日期",
    "date_type": "{label}要写成 2026-07-08 这样的日期",
    "date_from_datetime_inexact": "{label}只要日期，不要时间",
    "int_parsing": "{label}要填整数",
    "int_type": "{label}要填整数",
    "int_from_float": "{label}要填整数",
    "int_parsing_size": "{label}的数太大，请检查",
    "float_parsing": "{label}要填数字，比如 30 或 0.5",
    "float_type": "{label}要填数字，比如 30 或 0.5",
    "finite_number": "{label}要填数字，比如 30 或 0.5",
    "bool_parsing": "{label}要填是或否",
    "greater_than": "{label}要大于 {gt}",
    "greater_than_equal": "{label}不能小于 {ge}",
    "less_than_equal": "{label}不能大于 {le}",
    "string_type": "{label}要填文字",
    "string_pattern_mismatch": "{label}的写法不对，请照示例填写",
    "list_type": "{label}要填成列表",
}


def parse(form: type[AnyForm], data: Mapping[str, Any]) -> AnyForm:
    """The form that ``data`` fills; the first mistake as a Refusal that names its field."""
    try:
        return form.model_validate(dict(data))
    except ValidationError as error:
        raise _refusal(form, error.errors()[0]) from error


def problems(form: type[AnyForm], data: Mapping[str, Any]) -> list[Refusal]:
    """All mistakes in ``data``, for a table of errors; empty where the form is good."""
    try:
        form.model_validate(dict(data))
    except ValidationError as error:
        return [_refusal(form, detail) for detail in error.errors()]
    return []


def _refusal(form: type[Form], detail: ErrorDetails) -> Refusal:
    path = ".".join(str(part) for part in detail["loc"])
    label = _label(form, detail)
    context: dict[str, Any] = dict(detail.get("ctx", {}))
    if "expected" in context:  # as "'jam', 'lost' or 'damaged'"
        context["expected"] = "、".join(re.findall("'([^']*)'", str(context["expected"])))
    cause = context.get("error")
    if isinstance(cause, Refusal):
        return Refusal(cause.code, cause.message, path or cause.field, cause.hint)
    if isinstance(cause, ValueError):
        return Refusal("invalid", str(cause), path)
    context |= {key: written(context[key]) for key in ("gt", "ge", "le") if key in context}
    sentence = _SENTENCES.get(detail["type"], "{label}的填法不对，请检查")
    return Refusal("invalid", sentence.format_map({"label": label, **context}), path)


def written(number: float) -> str:
    """A number as people write it: 0, 2.5, 0.001, 180, 100 万."""
    for unit, name in ((10**8, " 亿"), (10**4, " 万")):
        if number and number % unit == 0:
            return f"{number // unit:g}{name}"
    plain = format(Decimal(repr(number)), "f")
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def _label(form: type[BaseModel], detail: ErrorDetails) -> str:
    """The Chinese title of the field at fault, with its line in a list: 快检项目第 1 项的检测值."""
    if not detail["loc"]:
        return form.model_config.get("title") or "这张表"
    return _titled(form, list(detail["loc"]))


def _titled(form: type[BaseModel], path: list[int | str]) -> str:
    name, rest = str(path[0]), path[1:]
    field = form.model_fields.get(name)
    title = field.title if field is not None and field.title else name
    nested = _nested(field.annotation) if field is not None else None
    if nested is None or not rest:
        return title
    if isinstance(rest[0], int):
        title, rest = f"{title}第 {rest[0] + 1} 项", rest[1:]
    return f"{title}的{_titled(nested, rest)}" if rest else title


def _nested(annotation: Any) -> type[BaseModel] | None:
    """The form inside a list of forms."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for one in get_args(annotation) if (found := _nested(one))), None)
