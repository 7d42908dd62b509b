"""Where an assessment may go, and when a licence holds."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracer.domain.assessing import (
    LicenceAct,
    LicenceState,
    Stage,
    Step,
    licence_number,
    licence_state,
    may,
    may_act,
    parse_licence_number,
    years_later,
)
from tracer.domain.errors import Refusal

PREFIXES = st.text("ABCDEFGHIJKLMNOPQRSTVWXYZ", min_size=2, max_size=8)


def test_every_stage_can_be_reached_and_only_the_last_ones_are_final() -> None:
    reached = {Stage.DRAFT}
    while True:
        more = {to for stage in reached for step in Step if (to := may(stage, step))}
        if more <= reached:
            break
        reached |= more
    assert reached == set(Stage)
    final = {stage for stage in Stage if not any(may(stage, step) for step in Step)}
    assert final == {Stage.LICENSED, Stage.REFUSED, Stage.WITHDRAWN}


def test_nothing_is_licensed_that_has_no_result() -> None:
    assert [stage for stage in Stage if may(stage, Step.LICENSED)] == [Stage.CLOSED]
    assert {stage for stage in Stage if may(stage, Step.CLOSED)} == {Stage.SUBMITTED, Stage.MARKING}


@pytest.mark.parametrize(
    ("begins", "ends"),
    [
        (date(2026, 7, 8), date(2029, 7, 7)),
        (date(2026, 1, 1), date(2028, 12, 31)),
        (date(2026, 3, 1), date(2029, 2, 28)),
        (date(2028, 2, 29), date(2031, 2, 28)),
        (date(2025, 3, 1), date(2028, 2, 29)),
    ],
)
def test_three_years_end_the_day_before(begins: date, ends: date) -> None:
    assert years_later(begins, 3) == ends


@given(PREFIXES, st.integers(2020, 2999), st.integers(1, 99999))
def test_a_licence_number_is_read_back_however_it_is_typed(
    prefix: str, year: int, sequence: int
) -> None:
    number = licence_number(prefix, year, sequence)
    assert parse_licence_number(f" {number.lower()} ") == number


@given(PREFIXES, st.integers(2020, 2999), st.integers(1, 9999), st.data())
def test_one_wrong_digit_is_told(
    prefix: str, year: int, sequence: int, data: st.DataObject
) -> None:
    number = licence_number(prefix, year, sequence)
    places = [i for i, char in enumerate(number[:-2]) if char.isdigit()]
    place = data.draw(st.sampled_from(places))
    other = data.draw(st.sampled_from([d for d in "0123456789" if d != number[place]]))
    with pytest.raises(Refusal, match="编号有误"):
        parse_licence_number(number[:place] + other + number[place + 1 :])


@pytest.mark.parametrize(
    "text", ["", "LLYP", "LLYP-2026-7-X", "U1-2026-0001-X", "蓼兰-2026-0001-X"]
)
def test_what_is_no_licence_number_is_told(text: str) -> None:
    with pytest.raises(Refusal):
        parse_licence_number(text)


def test_both_days_of_validity_belong_to_a_licence() -> None:
    begins, ends = date(2026, 7, 8), date(2029, 7, 7)
    one = timedelta(days=1)
    states = [
        licence_state([], begins, ends, on) for on in (begins - one, begins, ends, ends + one)
    ]
    assert states == [
        LicenceState.NOT_YET,
        LicenceState.IN_FORCE,
        LicenceState.IN_FORCE,
        LicenceState.EXPIRED,
    ]


@given(st.lists(st.sampled_from(list(LicenceAct)), max_size=6))
def test_a_withdrawn_licence_stays_withdrawn(wanted: list[LicenceAct]) -> None:
    taken: list[LicenceAct] = []
    for act in wanted:
        if may_act(taken[-1] if taken else None, act):
            taken.append(act)
    begins = date(2026, 7, 8)
    state = licence_state(taken, begins, date(2029, 7, 7), begins)
    assert (state is LicenceState.WITHDRAWN) == (LicenceAct.WITHDRAWN in taken)
    assert LicenceAct.WITHDRAWN not in taken[:-1]
