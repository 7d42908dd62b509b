"""Text at the door: one rule for everything people type, whatever door it comes through.

Compatibility forms are folded (NFKC), runs of white space become one space, and only characters
that can be read and printed are let in: Han with all its extensions, ASCII, Greek letters of
chemical names, and Chinese punctuation. Control, invisible, private and combining characters are
refused by name. Lengths count code points; UTF-8 needs at most four bytes for each.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from math import isfinite
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, StringConstraints

from tracer.domain.errors import Refusal
from tracer.domain.masking import names_a_person

# Full-width punctuation is how Chinese is written; NFKC would turn it into ASCII.
_KEPT = "（），：；！？"
_SHELTER = {ord(char): 0xF0000 + i for i, char in enumerate(_KEPT)}
_HOME = {shelter: char for char, shelter in zip(_KEPT, _SHELTER.values(), strict=True)}
_HAN = "々〇㐀-䶿一-鿿\ufa0e-\ufa29\U00020000-\U0003fffd"
_MARKS = "、。〈-】〔-〗“”‘’—·°±×÷≤≥‰"
_REFUSED = re.compile(f"[^ -~{_HAN}{_KEPT}{_MARKS}Α-Ωα-ω]")


def clean(text: str) -> str:
    """``text`` as it is kept; ValueError names the character that cannot be."""
    spaced = " ".join(text.split())
    if any(ord(char) in _HOME for char in spaced):
        raise ValueError("有看不见的特殊字符，请删掉后重新输入")
    folded = unicodedata.normalize("NFKC", spaced.translate(_SHELTER)).translate(_HOME)
    found = _REFUSED.search(folded)
    if found is None:
        return " ".join(folded.split())
    char = found.group()
    if not char.isprintable() or unicodedata.combining(char):
        raise ValueError("有看不见的特殊字符，请删掉后重新输入")
    raise ValueError(f"“{char}”不能用，请只用汉字、字母、数字和常用标点")


def checked(rule: Callable[[str], object]) -> AfterValidator:
    """A validator that keeps what ``rule`` makes of the text; its Refusal names the field."""

    def apply(text: str) -> str:
        try:
            return str(rule(text))
        except Refusal as refusal:
            raise ValueError(refusal.message) from refusal

    return AfterValidator(apply)


def one_of(choices: Iterable[str]) -> BeforeValidator:
    """A validator that takes one of the choices: a plain word, or a Word by code or by label."""
    by_text = {getattr(choice, "label", choice): choice for choice in choices}
    known = "、".join(by_text)
    by_text |= {str(choice): choice for choice in list(by_text.values())}

    def apply(value: object) -> object:
        if isinstance(value, str) and value.strip() in by_text:
            return by_text[value.strip()]
        short = isinstance(value, str) and len(value) <= 20 and value.isprintable()
        said = f"“{value}”" if short else "这个写法"
        raise ValueError(f"{said}不在可选范围里，请从这些里选：{known}")

    return BeforeValidator(apply)


def _digits(value: object) -> object:
    """A sheet's number as its digits: a cell does not know that 2026 is a name."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        return value
    return repr(value).removesuffix(".0")


def _within(longest: int) -> AfterValidator:
    def apply(text: str) -> str:
        cleaned = clean(text)
        if not 1 <= len(cleaned) <= longest:
            raise ValueError(f"文字太长，最多 {longest} 个字")
        return cleaned

    return AfterValidator(apply)


Name = Annotated[
    str, StringConstraints(min_length=1, max_length=60), BeforeValidator(_digits), _within(60)
]
"""A name, a place, a number as printed: up to 60 characters."""

Line = Annotated[
    str, StringConstraints(min_length=1, max_length=200), BeforeValidator(_digits), _within(200)
]
"""One sentence: up to 200 characters."""

Prose = Annotated[
    str, StringConstraints(min_length=1, max_length=2000), BeforeValidator(_digits), _within(2000)
]
"""A few paragraphs, kept as one: up to 2,000 characters."""


def _impersonal(text: str) -> str:
    if names_a_person(text):
        raise ValueError("这段话会公布，请去掉手机号、身份证号")
    return text


FOR_ALL = AfterValidator(_impersonal)
"""A text that will be published: nobody's mobile or 身份证 number may stand in it."""

Code = Annotated[
    str,
    StringConstraints(min_length=1, max_length=20, pattern=r"^[0-9A-Za-z][0-9A-Za-z._-]*$"),
    BeforeValidator(_digits),
]
"""A printable number that also fits a GS1 lot (AI 10): up to 20 letters, digits, ``. _ -``."""

PublicId = Annotated[str, StringConstraints(max_length=20, pattern=r"^[0-9A-Za-z]+$")]
"""The public id of a row; whether there is such a row is found by looking."""
