"""Exact numbers: read without loss, rounded once, written the way people read them."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

_DIGITS = 30  # more digits or a larger exponent than this is no mark, count or sum


def exact(raw: object) -> Fraction:
    """The number as a fraction; a float stands for its shortest decimal. ValueError otherwise."""
    if isinstance(raw, bool) or not isinstance(raw, (int, float, Decimal, Fraction)):
        raise ValueError("not a number")
    if isinstance(raw, Fraction):
        return raw
    number = Decimal(repr(raw)) if isinstance(raw, float) else Decimal(raw)
    if not number.is_finite():
        raise ValueError("not finite")
    exponent = number.as_tuple().exponent
    if number and (number.adjusted() > _DIGITS or int(exponent) < -_DIGITS):
        raise ValueError("too many digits")
    return Fraction(number)


def half_up(value: Fraction, places: int) -> Decimal:
    """The value rounded once to ``places`` decimals; a half goes away from zero."""
    scaled = abs(value) * 10**places + Fraction(1, 2)
    digits = scaled.numerator // scaled.denominator
    return Decimal(digits if value >= 0 else -digits).scaleb(-places)


def plain(value: Fraction) -> str:
    """The value as people write it, at most two decimals: ``3``, ``4.5``, ``11.11``."""
    text = f"{half_up(value, 2):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def json_number(value: Fraction | Decimal) -> int | float:
    """The value as a JSON number, without a fraction part where it is whole."""
    return int(value) if value == int(value) else float(value)
