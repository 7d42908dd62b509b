"""Public ids and printed numbers: what they look like, how they are made, how a typo is told.

A public id is 10 random Crockford Base32 characters (50 bits, no I L O U) and a Luhn mod 32 check
character. A certificate number has 20 digits: county 6, issue day YYMMDD 6, sequence 7, Luhn 1.
"""

from __future__ import annotations

import secrets
from datetime import date

from tracer.domain.errors import Refusal

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
ID_LENGTH = 11
NUMBER_LENGTH = 20
_VALUE = {char: i for i, char in enumerate(CROCKFORD)}
_SEPARATORS = str.maketrans("", "", " -\u3000\u00b7")
_LOOKALIKES = str.maketrans("OIL", "011")


def normalise_code(text: str) -> str:
    """Upper case, without spaces and hyphens, O read as 0 and I, L as 1."""
    return text.translate(_SEPARATORS).upper().translate(_LOOKALIKES)


def is_crockford(text: str) -> bool:
    """Whether every character belongs to the Crockford alphabet (after normalising)."""
    return bool(text) and all(char in _VALUE for char in text)


def _luhn(values: list[int], base: int) -> int:
    """The check value that follows ``values``: Luhn's rule in any even base."""
    total = 0
    for position, value in enumerate(reversed(values)):
        if position % 2 == 0:
            value *= 2
            value = value // base + value % base
        total += value
    return -total % base


def check_character(body: str) -> str:
    """The Crockford character that follows ``body``."""
    return CROCKFORD[_luhn([_VALUE[char] for char in body], 32)]


def check_digit(digits: str) -> str:
    """The decimal Luhn digit that follows ``digits``."""
    return str(_luhn([int(digit) for digit in digits], 10))


def new_id() -> str:
    """A fresh random public id."""
    body = "".join(secrets.choice(CROCKFORD) for _ in range(ID_LENGTH - 1))
    return body + check_character(body)


def parse_id(text: str) -> str:
    """The normalised id, or a Refusal: ``bad_length``, ``bad_character`` or ``bad_check``."""
    code = normalise_code(text)
    if len(code) != ID_LENGTH:
        raise Refusal("bad_length", f"号码应为 {ID_LENGTH} 位，请对照标签再看一遍", "id")
    if not is_crockford(code):
        raise Refusal("bad_character", "号码里有不该出现的字符，请对照标签再看一遍", "id")
    if check_character(code[:-1]) != code[-1]:
        raise Refusal("bad_check", "号码有误，有一两个字符看错了，请对照标签再看一遍", "id")
    return code


def certificate_number(county: str, day: date, sequence: int) -> str:
    """The 20-digit number printed on a certificate.

    ``county`` is the 6-digit GB/T 2260 code, ``sequence`` counts from 1 within county and day.
    """
    if len(county) != 6 or not (county.isascii() and county.isdigit()):
        raise ValueError(f"county code {county!r}")
    if not 1 <= sequence <= 9_999_999:
        raise Refusal("sequence_full", "本县今天的合格证编号已用完，请明天再开具")
    body = f"{county}{day:%y%m%d}{sequence:07d}"
    return body + check_digit(body)


def parse_number(text: str) -> str:
    """The 20 digits of a certificate number, or a Refusal like :func:`parse_id`."""
    digits = text.translate(_SEPARATORS)
    if len(digits) != NUMBER_LENGTH:
        raise Refusal("bad_length", "合格证编号应为 20 位数字，请对照合格证再看一遍", "number")
    if not (digits.isascii() and digits.isdigit()):
        raise Refusal("bad_character", "合格证编号只有数字，请对照合格证再看一遍", "number")
    if check_digit(digits[:-1]) != digits[-1]:
        raise Refusal("bad_check", "合格证编号有误，有一两位看错了，请对照合格证再看一遍", "number")
    return digits
