"""Numbers as phones and pinyin keyboards write them."""

from __future__ import annotations

import pytest
from pydantic import TypeAdapter, ValidationError

from tracer.actions.figures import Days, Decimals


@pytest.mark.parametrize(
    ("typed", "read"),
    [("１２", "12"), ("０．５", "0.5"), ("0。5", "0.5"), (" ３０ ", "30"), ("1２.50", "12.5")],
)
def test_full_width_digits_are_digits(typed: str, read: str) -> None:
    assert TypeAdapter(Decimals).validate_python(typed) == read


@pytest.mark.parametrize("typed", ["五", "5²", "①", "½", "-１", "１２ ３", "．"])
def test_nothing_else_is_taken_for_a_number(typed: str) -> None:
    with pytest.raises(ValidationError, match="要填数字"):
        TypeAdapter(Decimals).validate_python(typed)


def test_whole_numbers_too() -> None:
    assert TypeAdapter(Days).validate_python("１５") == 15
    with pytest.raises(ValidationError, match="要填整数"):
        TypeAdapter(Days).validate_python("١٥")
