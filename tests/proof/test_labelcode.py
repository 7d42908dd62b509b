"""Label codes: inverse, distinct, not guessable, forgiving to the eye."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracer.domain.ids import CROCKFORD
from tracer.proof.labelcode import code, pretty, resolve

KEY = bytes(range(32))
INDEXES = st.integers(0, 2**44 - 1) | st.integers(0, 2**24)


@given(INDEXES)
def test_resolve_is_the_inverse_of_code(index):
    assert resolve(code(index, KEY), KEY) == index


@given(INDEXES, INDEXES)
def test_two_labels_never_share_a_code(one, other):
    assert (code(one, KEY) == code(other, KEY)) == (one == other)


@given(INDEXES)
def test_another_key_knows_nothing(index):
    assert resolve(code(index, KEY), bytes(32)) is None


@pytest.mark.parametrize(
    ("index", "length"),
    [(0, 12), (2**24 - 1, 12), (2**24, 13), (2**29 - 1, 13), (2**29, 14), (2**44 - 1, 16)],
)
def test_the_length_tells_how_wide_the_index_is(index, length):
    assert len(code(index, KEY)) == length


@pytest.mark.parametrize("index", [-1, 2**44])
def test_an_index_outside_the_range_is_a_mistake_of_the_caller(index):
    with pytest.raises(ValueError, match="label index"):
        code(index, KEY)


def test_neighbours_look_unrelated():
    codes = [code(index, KEY) for index in range(2000)]
    assert len(set(codes)) == 2000
    # Unrelated codes agree by chance in 1 place of 32; counting would make most places agree.
    agreements = sum(a == b for x, y in pairwise(codes) for a, b in zip(x, y, strict=True))
    assert agreements / (1999 * 12) < 0.05


def test_random_guesses_are_rejected():
    dice = random.Random(7)
    for _ in range(20_000):
        guess = "".join(dice.choice(CROCKFORD) for _ in range(dice.randint(12, 16)))
        assert resolve(guess, KEY) is None


def test_every_single_wrong_character_is_rejected():
    right = code(12_345, KEY)
    for at in range(len(right)):
        for char in CROCKFORD:
            if char != right[at]:
                assert resolve(right[:at] + char + right[at + 1 :], KEY) is None


@given(INDEXES)
def test_a_code_reads_the_way_people_type_it(index):
    text = code(index, KEY)
    typed = pretty(text).lower().replace("0", "o").replace("1", "l").replace(" ", "-")
    assert resolve(typed, KEY) == index


@given(st.text(max_size=40))
def test_any_text_is_answered(text):
    assert resolve(text, KEY) is None


def test_pretty_groups_by_four():
    assert pretty("7K3M9QF2XHPA") == "7K3M 9QF2 XHPA"
    assert pretty("7K3M9QF2XHPAZ") == "7K3M 9QF2 XHPA Z"
