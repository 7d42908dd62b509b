"""Time: instants are Unix seconds, days are calendar days in Beijing."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Protocol

# A fixed offset, not Asia/Shanghai: the zone database puts the summers of 1986-1991 at UTC+9,
# and every rule of this product counts days in today's legal time.
BEIJING = timezone(timedelta(hours=8), "CST")
_WEEKDAYS = "一二三四五六日"
LONG_TERM = date(2999, 12, 31)
"""What papers call 长期: the last day of those that have none."""


class Clock(Protocol):
    """Anything that tells the instant in Unix seconds."""

    def now(self) -> int: ...


class SystemClock:
    """The machine's clock, which never runs backwards within one process."""

    def __init__(self) -> None:
        self._last = 0

    def now(self) -> int:
        self._last = max(self._last, int(time.time()))
        return self._last


class FixedClock:
    """A clock that stands still until it is moved: for tests and for recomputing the past."""

    def __init__(self, instant: int | datetime | date) -> None:
        if isinstance(instant, datetime):
            instant = int(instant.timestamp())
        elif isinstance(instant, date):
            instant = start_of(instant) + 12 * 3600
        self._now = instant

    def now(self) -> int:
        return self._now

    def advance(self, seconds: int) -> None:
        self._now += seconds


def day_of(instant: int) -> date:
    """The Beijing calendar day of an instant."""
    return datetime.fromtimestamp(instant, BEIJING).date()


def start_of(day: date) -> int:
    """The first instant of a Beijing calendar day."""
    return int(datetime(day.year, day.month, day.day, tzinfo=BEIJING).timestamp())


def format_day(day: date, weekday: bool = False) -> str:
    """2026年11月22日, with （周日） where asked."""
    text = f"{day.year}年{day.month}月{day.day}日"
    return f"{text}（周{_WEEKDAYS[day.weekday()]}）" if weekday else text


def format_until(day: date) -> str:
    """The last day that a paper holds: 2030年11月22日, or 长期."""
    return "长期" if day == LONG_TERM else format_day(day)


def format_instant(instant: int) -> str:
    """2026年11月22日 08:12, in Beijing time."""
    moment = datetime.fromtimestamp(instant, BEIJING)
    return f"{format_day(moment.date())} {moment:%H:%M}"


def iso_instant(instant: int) -> str:
    """2026-11-22T00:12:00Z, for programs."""
    return datetime.fromtimestamp(instant, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
