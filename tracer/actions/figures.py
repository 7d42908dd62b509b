"""Days, numbers and units at the door: read the way people write them, never guessed."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

from pydantic import BeforeValidator, Field, StringConstraints

from tracer.actions.text import checked
from tracer.domain.clock import LONG_TERM
from tracer.domain.quantity import parse_quantity, unit_of

_DAY = re.compile(r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?")
_ANSWERS = {"是": True, "有": True, "合格": True, "否": False, "无": False, "不合格": False}
_HALF_WIDTH = str.maketrans("０１２３４５６７８９．。", "0123456789..")
_DECIMAL = re.compile(r"[0-9]{1,7}(\.[0-9]{1,6})?")


def _day(value: object) -> date:
    """A calendar day from 2026-07-08, 2026/7/8, 2026年7月8日 or a sheet's date cell."""
    if isinstance(value, datetime):
        value = value.date()
    if isinstance(value, date):
        found = value
    else:
        match = _DAY.fullmatch(value.strip()) if isinstance(value, str) else None
        if match is None:
            raise ValueError("日期要写成 2026-07-08 这样")
        try:
            found = date(*(int(part) for part in match.groups()))
        except ValueError:
            raise ValueError(f"没有 {match.group()} 这一天，请检查日期") from None
    if not 1900 <= found.year <= 2999:
        raise ValueError("日期的年份不对，请检查")
    return found


def _until(value: object) -> date:
    return LONG_TERM if isinstance(value, str) and value.strip() == "长期" else _day(value)


def _number(value: object) -> object:
    """A number as plain decimal text without trailing zeros."""
    if isinstance(value, bool):
        raise ValueError("要填数字，比如 30 或 0.5")
    if isinstance(value, int | float):
        value = repr(value).removesuffix(".0")
    text = value.strip().translate(_HALF_WIDTH) if isinstance(value, str) else ""
    if not _DECIMAL.fullmatch(text):
        raise ValueError("要填数字，比如 30 或 0.5")
    plain = format(Decimal(text), "f")
    return plain.rstrip("0").rstrip(".") if "." in plain else plain.lstrip("0") or "0"


def _whole(value: object) -> object:
    if isinstance(value, str):
        value = value.strip().translate(_HALF_WIDTH)
    if isinstance(value, bool) or (isinstance(value, str) and not value.isascii()):
        raise ValueError("要填整数")
    return value


def _yes(value: object) -> object:
    return _ANSWERS.get(value.strip(), value) if isinstance(value, str) else value


Day = Annotated[date, BeforeValidator(_day)]
"""A Beijing calendar day."""

Until = Annotated[date, BeforeValidator(_until)]
"""The last day that a paper holds; 长期 for those that have none."""

Decimals = Annotated[str, BeforeValidator(_number)]
"""A number that is not negative, as decimal text: at most seven digits and six decimals."""

Amount = Annotated[Decimals, checked(lambda text: parse_quantity(text, "kg").number)]
"""A positive amount with at most three decimals; its unit stands beside it."""

Unit = Annotated[str, StringConstraints(max_length=20), checked(lambda text: unit_of(text).code)]
"""A unit's code; its Chinese label is understood too."""

Days = Annotated[int, BeforeValidator(_whole), Field(ge=0, le=3650)]
"""A number of days."""

Times = Annotated[int, BeforeValidator(_whole), Field(ge=1, le=1000)]
"""How often something may be done."""

YesNo = Annotated[bool, BeforeValidator(_yes)]
"""是 or 否, 合格 or 不合格; programs say true and false."""


def thousandths(amount: str) -> int:
    """An :data:`Amount` in thousandths of its unit."""
    return parse_quantity(amount, "kg").milli
