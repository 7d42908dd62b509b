"""码上保: a product liability insurance behind a code (T/GVEAIA 016.1 第 6.5.2 条, 表 B.5)."""

from __future__ import annotations

from datetime import date

INSURERS = (
    "平安财险",
    "人保财险",
    "阳光保险",
    "人寿财险",
    "太平财险",
    "大地保险",
    "中华保险",
)
"""The insurers that 表 B.5 names; they are examples, any other is as good (D22)."""

MOST_YEARS = 5
"""The longest term of a policy; a longer one is a slip of the pen."""
OLDEST_YEARS = 10
"""A policy that began longer ago is a slip of the pen."""

_WAN = 10_000


def years_after(day: date, years: int) -> date:
    """The same day of a later year; 29 February becomes 1 March where there is none."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def in_force(valid_from: date, valid_to: date, ended_on: date | None, on: date) -> bool:
    """Whether a policy covers a day: both ends of its term do, the day it was ended does not."""
    return valid_from <= on <= valid_to and (ended_on is None or on < ended_on)


def format_limit(yuan: int) -> str:
    """保额 as people say it: 100 万元, or 12,345 元 where it is no whole ten thousand."""
    return f"{yuan:,} 元" if yuan % _WAN else f"{yuan // _WAN:,} 万元"
