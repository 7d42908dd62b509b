"""Identity numbers: real shapes pass, one wrong character never does."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracer.domain.errors import Refusal
from tracer.domain.identity import (
    is_chinese_gtin,
    parse_gtin,
    parse_id_card,
    parse_pesticide_registration,
    parse_phone,
    parse_uscc,
    uscc_holder,
)

TODAY = date(2026, 7, 8)
USCC = "0123456789ABCDEFGHJKLMNPQRTUWXY"
VILLAGE = "N2370283MF1234567T"


def uscc_of(body: str) -> str:
    total = sum(USCC.index(char) * 3**i for i, char in enumerate(body))
    return body + USCC[(31 - total % 31) % 31]


def id_card_of(body: str) -> str:
    # ISO 7064 MOD 11-2 by its definition, not by the weights that the code under test uses.
    remainder = 0
    for digit in body:
        remainder = (remainder + int(digit)) * 2 % 11
    check = (12 - remainder) % 11
    return body + ("X" if check == 10 else str(check))


def refusal(parse, *given_values) -> Refusal:
    with pytest.raises(Refusal) as caught:
        parse(*given_values)
    assert caught.value.message
    return caught.value


@pytest.mark.parametrize(
    ("code", "holder"),
    [
        (VILLAGE, "村级集体经济组织"),
        (uscc_of("93370283MA3C12345"), "农民专业合作社"),
        (uscc_of("91370283MA3C12345"), "企业"),
        (uscc_of("92370283MA3C12345"), "个体工商户"),
        (uscc_of("Y1370283MA3C12345"), "其他单位"),
        (uscc_of("12370283MA3C12345"), "机关、事业单位"),
    ],
)
def test_uscc_of_every_kind_of_body_is_accepted(code, holder):
    assert parse_uscc(code) == code
    assert uscc_holder(code) == holder


def test_uscc_is_normalised():
    assert parse_uscc(" ｎ2370283-mf12 34567t ") == VILLAGE


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (VILLAGE[:-1], "bad_length"),
        (VILLAGE.replace("M", "I"), "bad_character"),
        (VILLAGE.replace("M", "S"), "bad_character"),
        (uscc_of("B2370283MF1234567"), "bad_authority"),
        (VILLAGE[:-1] + "U", "bad_check"),
        ("", "bad_length"),
    ],
)
def test_uscc_refusals_say_what_is_wrong(text, code):
    assert refusal(parse_uscc, text).code == code


@given(st.text(USCC, min_size=16, max_size=16), st.integers(0, 17), st.sampled_from(USCC))
def test_uscc_one_changed_character_is_told(body, place, other):
    code = uscc_of("9" + body)
    assert parse_uscc(code) == code
    changed = code[:place] + other + code[place + 1 :]
    if changed != code:
        refusal(parse_uscc, changed)


@pytest.mark.parametrize(
    "body",
    [
        "37028319800101001",  # born before the county had its code
        "81000019900202001",  # residence permit for Hong Kong residents
        "11010119000101001",
        "37028320260708001",  # born today
    ],
)
def test_id_card_accepts_people_whom_county_tables_reject(body):
    number = id_card_of(body)
    assert parse_id_card(number.lower(), TODAY) == number


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (id_card_of("37028320260709001"), "bad_birth_date"),  # born tomorrow
        (id_card_of("37028318991231001"), "bad_birth_date"),
        (id_card_of("37028319800230001"), "bad_birth_date"),
        ("3702831980010100", "bad_length"),
        ("37028319800101A019", "bad_character"),
        ("37028319800101００1Y", "bad_character"),
        ("٣70283198001010019", "bad_character"),
    ],
)
def test_id_card_refusals_say_what_is_wrong(number, code):
    assert refusal(parse_id_card, number, TODAY).code == code


@given(
    st.dates(date(1900, 1, 1), TODAY),
    st.integers(0, 999999),
    st.integers(0, 999),
    st.integers(0, 17),
    st.sampled_from("0123456789"),
)
def test_id_card_one_changed_digit_is_told(born, county, sequence, place, other):
    number = id_card_of(f"{county:06d}{born:%Y%m%d}{sequence:03d}")
    assert parse_id_card(number, TODAY) == number
    changed = number[:place] + other + number[place + 1 :]
    if changed != number:
        refusal(parse_id_card, changed, TODAY)


@pytest.mark.parametrize(
    ("text", "phone"),
    [
        ("138 1234 5678", "13812345678"),
        ("+86 138-1234-5678", "13812345678"),
        ("008613812345678", "13812345678"),
        ("１３８１２３４５６７８", "13812345678"),
        ("0532-88881234", "0532-88881234"),
        ("（0532）88881234", "0532-88881234"),
        ("010 88881234", "010-88881234"),
        ("0631-1234567", "0631-1234567"),
        ("400-123-4567", "400-123-4567"),
        ("4001234567", "400-123-4567"),
    ],
)
def test_phones_are_normalised(text, phone):
    assert parse_phone(text) == phone


@pytest.mark.parametrize(
    "text", ["12812345678", "1381234567", "138123456789", "88881234", "", "电话"]
)
def test_other_phones_are_refused(text):
    assert refusal(parse_phone, text).code == "bad_phone"


@pytest.mark.parametrize(
    ("text", "gtin"),
    [
        ("6901234567892", "06901234567892"),
        ("690-1234-567892", "06901234567892"),
        ("16901234567899", "16901234567899"),
        ("96385074", "00000096385074"),
        ("012345678905", "00012345678905"),
    ],
)
def test_gtins_become_fourteen_digits(text, gtin):
    assert parse_gtin(text) == gtin


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("6901234567893", "bad_check"),
        ("69012345678", "bad_length"),
        ("690123456789a", "bad_character"),
        ("2012345678903", "restricted_gtin"),
        ("0212345678909", "restricted_gtin"),
        ("20123451", "restricted_gtin"),
    ],
)
def test_gtin_refusals(text, code):
    assert refusal(parse_gtin, text).code == code


def test_gtin_country():
    assert is_chinese_gtin(parse_gtin("6901234567892"))
    assert not is_chinese_gtin(parse_gtin("4006381333931"))


@pytest.mark.parametrize("text", ["PD20080660", "pd 20080660", "PD85105-12", "WP20100001F220003"])
def test_pesticide_registration_numbers(text):
    assert parse_pesticide_registration(text) == text.replace(" ", "").upper()


@pytest.mark.parametrize("text", ["20080660", "PD", "XX20080660", ""])
def test_odd_registration_numbers_are_told(text):
    assert refusal(parse_pesticide_registration, text).code == "bad_registration"


def sentence_for(parse, *given_values) -> str | None:
    try:
        parse(*given_values)
    except Refusal as refused:
        return refused.message
    return None


@given(st.text(max_size=40))
def test_any_text_is_either_taken_or_refused_in_a_sentence(text):
    sentences = [
        sentence_for(parse, text)
        for parse in (parse_uscc, parse_phone, parse_gtin, parse_pesticide_registration)
    ]
    for sentence in (*sentences, sentence_for(parse_id_card, text, TODAY)):
        assert sentence is None or "请" in sentence
