"""Texts are cut into the segments that keep a symbol small."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labels.errors import LabelError
from labels.payload import ALPHANUMERIC, BYTES, NUMERIC, capacity, plan
from tests.labels.values import CERTIFICATE, SIGNED_TAG, TAG


def test_a_link_keeps_its_scheme_in_bytes_and_the_rest_alphanumeric():
    made = plan(TAG)
    assert [(segment.mode, segment.text) for segment in made.segments] == [
        (BYTES, "https"),
        (ALPHANUMERIC, "://T.EXAMPLE.CN/T/WMQ39WM2XHWM"),
    ]


def test_a_signature_goes_in_numeric_mode():
    made = plan(CERTIFICATE)
    assert [segment.mode for segment in made.segments] == [BYTES, ALPHANUMERIC, NUMERIC]
    assert len(made.segments[2].text) == 700


@pytest.mark.parametrize(
    ("text", "version"), [(TAG, 3), (SIGNED_TAG, 8), (CERTIFICATE, 13)], ids=str
)
def test_each_tier_keeps_to_its_version(text, version):
    assert plan(text).version <= version


def test_codes_of_one_run_are_cut_alike_even_when_one_is_all_digits():
    def modes(code: str) -> list[tuple[int, int]]:
        segments = plan(f"https://T.EXAMPLE.CN/T/{code}").segments
        return [(segment.mode, len(segment.text)) for segment in segments]

    assert modes("234567892345") == modes("7K3M9QF2XHPA")


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=300))
def test_the_segments_are_the_text(text):
    made = plan(text)
    assert "".join(segment.text for segment in made.segments) == text
    assert all(segment.text for segment in made.segments)
    assert 1 <= made.version <= 40


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=300))
def test_segments_never_cost_more_than_plain_bytes(text):
    plain = 4 + 16 + 8 * len(text)
    smaller = plan(text).version - 1
    assert smaller == 0 or capacity(smaller) < plain


@pytest.mark.parametrize("text", ["", "番茄", "https://例子.CN/"])
def test_text_outside_ascii_is_refused(text):
    with pytest.raises(LabelError) as refused:
        plan(text)
    assert refused.value.code == "qr_text"


def test_more_than_the_largest_symbol_holds_is_refused():
    with pytest.raises(LabelError) as refused:
        plan("a" * 3000)
    assert refused.value.code == "qr_too_long"
