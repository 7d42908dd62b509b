"""What a licence says, as signed bytes: one spelling, one meaning, a tag of its own."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracer.proof.codec import CodecError, decode, encode
from tracer.proof.keys import generate_key, kid_of
from tracer.proof.licence import LicenceStatement
from tracer.proof.sign import CERTIFICATE_TAG, LICENCE_TAG, sign, verify

ONE = LicenceStatement(
    licence_id="2B7HQ0ZVX3M",
    number="LLYP-2026-0001-0",
    mark="蓼兰优品",
    holder="平度禾下家庭农场",
    subject="红富士苹果",
    organisation="平度市现代农业协会",
    standard="liaolan/draft",
    digest="ab" * 32,
    assessment_id="7K2M9Q4T8WX",
    total="179/2",
    outcome="评为“蓼兰优品”",
    valid_from="2026-11-22",
    valid_to="2029-11-21",
    issued_at=1795300000,
    kid=bytes(8),
)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
DAYS = st.dates(date(2000, 1, 1), date(2999, 12, 31)).map(date.isoformat)


@given(TEXTS, TEXTS, TEXTS, st.tuples(DAYS, DAYS).map(sorted), st.integers(0, 1 << 40))
def test_what_is_written_is_read_back(
    holder: str, subject: str, total: str, days: list[str], issued_at: int
) -> None:
    one = replace(
        ONE,
        holder=holder,
        subject=subject,
        total=total,
        valid_from=days[0],
        valid_to=days[1],
        issued_at=issued_at,
    )
    assert LicenceStatement.from_bytes(one.to_bytes()) == one


@pytest.mark.parametrize("name", [field.name for field in fields(LicenceStatement)])
def test_every_field_is_signed(name: str) -> None:
    key = generate_key()
    signature = sign(LICENCE_TAG, ONE.to_bytes(), key)
    assert verify(LICENCE_TAG, ONE.to_bytes(), signature, key.public_key())
    other: dict[str, Any] = {
        "issued_at": 1,
        "kid": kid_of(key),
        "valid_from": "2026-11-21",
        "valid_to": "2030-01-01",
    }
    changed = replace(ONE, **{name: other.get(name, "别的")})
    assert not verify(LICENCE_TAG, changed.to_bytes(), signature, key.public_key())


def test_a_licence_is_no_certificate() -> None:
    key = generate_key()
    signature = sign(CERTIFICATE_TAG, ONE.to_bytes(), key)
    assert not verify(LICENCE_TAG, ONE.to_bytes(), signature, key.public_key())


@pytest.mark.parametrize(
    "changed",
    [
        {"valid_from": "2026-13-01"},
        {"valid_to": "20291121"},
        {"valid_to": "2026-11-21"},
        {"valid_to": "永久"},
    ],
)
def test_days_that_cannot_be_are_no_licence(changed: dict[str, str]) -> None:
    with pytest.raises(CodecError):
        replace(ONE, **changed)


def test_other_bytes_are_no_licence() -> None:
    items = list(decode(ONE.to_bytes()))
    wrong = [[2, *items[1:]], items[:-1], [*items, 1], [1, 2, *items[2:]]]
    for data in (b"", b"\x80", *map(encode, wrong)):
        with pytest.raises(CodecError):
            LicenceStatement.from_bytes(data)
