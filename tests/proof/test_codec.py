"""One spelling for each list, and nothing but CodecError for everything else."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracer.proof.codec import MAX_BYTES, MAX_ITEMS, CodecError, decode, encode

ITEMS = st.lists(
    st.integers(0, 2**64 - 1) | st.binary(max_size=80) | st.text(max_size=40), max_size=12
)


@given(ITEMS)
def test_decode_is_the_inverse_of_encode(items):
    assert decode(encode(items)) == tuple(items)


@given(st.binary(max_size=60) | ITEMS.map(encode).flatmap(lambda b: st.just(b[:-1])))
def test_any_accepted_bytes_are_the_only_spelling(data):
    try:
        items = decode(data)
    except CodecError:
        return
    assert encode(items) == data


@given(ITEMS.map(encode), st.data())
def test_a_changed_byte_never_means_the_same(data, draw):
    at = draw.draw(st.integers(0, len(data) - 1))
    other = draw.draw(st.integers(0, 255).filter(lambda b: b != data[at]))
    changed = data[:at] + bytes([other]) + data[at + 1 :]
    with contextlib.suppress(CodecError):
        assert decode(changed) != decode(data)


@pytest.mark.parametrize(
    ("hexed", "attack"),
    [
        ("", "nothing"),
        ("00", "a bare integer"),
        ("8118", "cut inside a head"),
        ("811817", "23 in two bytes"),
        ("81190018", "24 in three bytes"),
        ("811a0000ffff", "65535 in five bytes"),
        ("811b00000000ffffffff", "4294967295 in nine bytes"),
        ("9800", "an empty array with a long head"),
        ("9f00ff", "an indefinite array"),
        ("815f4100ff", "indefinite bytes"),
        ("8120", "a negative integer"),
        ("81a0", "a map"),
        ("8180", "a nested array"),
        ("81c000", "a tag"),
        ("81f5", "true"),
        ("81f93c00", "a float"),
        ("811c", "a reserved length"),
        ("814200", "bytes cut short"),
        ("815b7fffffffffffffff", "bytes of an absurd length"),
        ("9bffffffffffffffff", "an array of an absurd length"),
        ("8162c328", "invalid UTF-8"),
        ("8163eda080", "a surrogate in UTF-8"),
        ("8162c080", "overlong UTF-8"),
        ("8100" + "00", "a trailing byte"),
        ("82" + "00", "an item too few"),
        ("1" * 100, "not an array"),
        ("a1" * 45, "maps as keys of maps"),
    ],
)
def test_refused(hexed, attack):
    with pytest.raises(CodecError):
        decode(bytes.fromhex(hexed))


@pytest.mark.parametrize("item", [True, -1, 2**64, 1.0, None, ["x"], bytearray(b"x"), "\ud800"])
def test_what_has_no_encoding_is_refused(item):
    with pytest.raises(CodecError):
        encode([item])


def test_sizes_are_bounded_both_ways():
    assert len(encode([b"x" * (MAX_BYTES - 4)])) == MAX_BYTES
    for items in ([b"x" * (MAX_BYTES - 3)], [0] * (MAX_ITEMS + 1)):
        with pytest.raises(CodecError):
            encode(items)
    with pytest.raises(CodecError):
        decode(b"\x98\x41" + bytes(65))
    with pytest.raises(CodecError):
        decode(b"\x81\x59\x0f\xfe" + bytes(4094))
