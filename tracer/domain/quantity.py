"""Quantities: whole thousandths of a unit, so that sums are exact on every database."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tracer.domain.errors import Refusal

_LIMIT = 10**12  # a thousand million units in thousandths: beyond any harvest


@dataclass(frozen=True)
class Unit:
    """A unit people use; ``to_base`` is its size in the base unit of its dimension."""

    code: str
    label: str
    dimension: str  # "mass" in grams, "count" in pieces, "volume" in millilitres
    to_base: int


UNITS: dict[str, Unit] = {
    unit.code: unit
    for unit in (
        Unit("kg", "公斤", "mass", 1000),
        Unit("jin", "斤", "mass", 500),
        Unit("t", "吨", "mass", 1_000_000),
        Unit("g", "克", "mass", 1),
        Unit("piece", "个", "count", 1),
        Unit("egg", "枚", "count", 1),
        Unit("head", "头", "count", 1),
        Unit("bird", "只", "count", 1),
        Unit("fish", "尾", "count", 1),
        Unit("plant", "株", "count", 1),
        Unit("box", "箱", "box", 1),
        Unit("bag", "袋", "bag", 1),
        Unit("l", "升", "volume", 1000),
        Unit("ml", "毫升", "volume", 1),
    )
}
_BY_LABEL = {unit.label: unit.code for unit in UNITS.values()} | {
    "千克": "kg",
    "kg": "kg",
    "KG": "kg",
    "Kg": "kg",
    "市斤": "jin",
}


def unit_of(text: str) -> Unit:
    """The unit for a code or a Chinese label; a Refusal for anything else."""
    code = text if text in UNITS else _BY_LABEL.get(text.strip())
    if code is None:
        known = "、".join(unit.label for unit in UNITS.values())
        raise Refusal("unknown_unit", f"单位“{text}”不认识，请从这些里选：{known}", "unit")
    return UNITS[code]


@dataclass(frozen=True, order=False)
class Quantity:
    """An amount: ``milli`` thousandths of the unit with code ``unit``."""

    milli: int
    unit: str

    @property
    def base(self) -> int:
        """The amount in thousandths of the dimension's base unit: comparable within a dimension."""
        return self.milli * UNITS[self.unit].to_base

    @property
    def dimension(self) -> str:
        return UNITS[self.unit].dimension

    @property
    def number(self) -> str:
        """The bare decimal number without trailing zeros, as ``12.5``."""
        whole, rest = divmod(abs(self.milli), 1000)
        digits = f"{whole}.{rest:03d}".rstrip("0").rstrip(".")
        return f"-{digits}" if self.milli < 0 else digits

    def __str__(self) -> str:
        return f"{self.number} {UNITS[self.unit].label}"

    def convert(self, unit: str) -> Quantity:
        """The same amount in another unit of the dimension, rounded down to a thousandth."""
        if UNITS[unit].dimension != self.dimension:
            raise Refusal(
                "unit_mismatch",
                f"{UNITS[self.unit].label}不能换算成{UNITS[unit].label}，请改用同一类单位",
                "unit",
            )
        return Quantity(self.base // UNITS[unit].to_base, unit)


_NUMBER = re.compile(r"\d{1,9}(\.\d{1,3})?")


def parse_quantity(number: object, unit: str, field: str = "quantity") -> Quantity:
    """A positive quantity from what a person or a sheet gives; a Refusal names what is wrong.

    At most nine digits before the point and three after it, so that nothing is rounded silently.
    """
    if isinstance(number, bool) or not isinstance(number, (str, int, float)):
        raise Refusal("bad_number", "数量要填数字，比如 500 或 12.5", field)
    text = number.strip() if isinstance(number, str) else repr(number)
    text = text.removesuffix(".0")
    if not (text.isascii() and _NUMBER.fullmatch(text)):
        raise Refusal("bad_number", "数量要填数字，比如 500 或 12.5；小数点后最多三位", field)
    whole, _, rest = text.partition(".")
    milli = int(whole) * 1000 + int(rest.ljust(3, "0")) if rest else int(whole) * 1000
    if not 0 < milli < _LIMIT:
        raise Refusal("bad_number", "数量要大于零", field)
    return Quantity(milli, unit_of(unit).code)
