"""When a policy covers a day."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tracer.domain.insurance import format_limit, in_force

FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)
DAY = timedelta(days=1)


def test_both_ends_of_the_term_are_covered() -> None:
    assert not in_force(FIRST, LAST, None, FIRST - DAY)
    assert in_force(FIRST, LAST, None, FIRST)
    assert in_force(FIRST, LAST, None, LAST)
    assert not in_force(FIRST, LAST, None, LAST + DAY)


def test_the_day_it_was_ended_is_not_covered() -> None:
    ended = date(2026, 7, 8)
    assert in_force(FIRST, LAST, ended, ended - DAY)
    assert not in_force(FIRST, LAST, ended, ended)


@given(st.dates(), st.dates(), st.none() | st.dates(), st.dates())
def test_ending_only_takes_days_away(
    valid_from: date, valid_to: date, ended_on: date | None, on: date
) -> None:
    whole = in_force(valid_from, valid_to, None, on)
    ended = ended_on is not None and on >= ended_on
    assert in_force(valid_from, valid_to, ended_on, on) == (whole and not ended)


def test_limits_as_people_say_them() -> None:
    assert format_limit(1_000_000) == "100 万元"
    assert format_limit(12_345) == "12,345 元"
    assert format_limit(120_000_000) == "12,000 万元"
