"""Numbers are read without loss and rounded once."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracer.standards.exact import exact, half_up, json_number, plain


@given(st.decimals(-(10**6), 10**6, places=4), st.integers(0, 3))
def test_rounding_is_half_up_away_from_zero(value: Decimal, places: int) -> None:
    expected = value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    assert half_up(Fraction(value), places) == expected


def test_a_float_stands_for_its_shortest_decimal() -> None:
    assert exact(0.1) == Fraction(1, 10)
    assert exact(Decimal("218.70")) == Fraction(2187, 10)


@pytest.mark.parametrize(
    "junk", [True, "5", None, float("nan"), float("inf"), Decimal("1e40"), 10**50, [1]]
)
def test_what_is_no_number_is_told(junk: object) -> None:
    with pytest.raises(ValueError, match=r"not |too many"):
        exact(junk)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Fraction(3), "3"),
        (Fraction(9, 2), "4.5"),
        (Fraction(100, 9), "11.11"),
        (Fraction(300), "300"),
    ],
)
def test_people_read_no_trailing_zeroes(value: Fraction, text: str) -> None:
    assert plain(value) == text


def test_whole_numbers_are_whole_in_json() -> None:
    assert json_number(Decimal("85.00")) == 85
    assert isinstance(json_number(Decimal("85.00")), int)
    assert json_number(Decimal("84.83")) == 84.83
