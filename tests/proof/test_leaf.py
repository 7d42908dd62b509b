"""Leaves and tree hashes, against the values that RFC 6962 implementations share."""

from __future__ import annotations

import hashlib
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.proof.certificates import ISSUED_AT, public_id
from tracer.proof import merkle
from tracer.proof.codec import CodecError, decode, encode
from tracer.proof.leaf import Event, Leaf, commit, evidence_root, issued_content, new_salt

# The eight leaves and the roots that every implementation of RFC 6962 tests against.
LEAVES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = {
    0: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}
LEAF = Leaf(Event.ISSUED, public_id("7K3M9QF2XH"), bytes(range(32)), ISSUED_AT)


@pytest.mark.parametrize(("size", "root"), ROOTS.items())
def test_published_roots(size, root):
    assert merkle.root([merkle.leaf_hash(leaf) for leaf in LEAVES[:size]]).hex() == root


@given(st.lists(st.binary(max_size=8), max_size=70))
def test_the_root_is_the_rfc_definition(leaves):
    assert merkle.root([merkle.leaf_hash(leaf) for leaf in leaves]) == _by_the_book(leaves)


def _by_the_book(leaves: list[bytes]) -> bytes:
    """RFC 6962 §2.1 as printed: split at the largest power of two below the size."""
    if len(leaves) <= 1:
        return hashlib.sha256(b"\0" + leaves[0] if leaves else b"").digest()
    split = 1 << (len(leaves) - 1).bit_length() - 1
    left, right = _by_the_book(leaves[:split]), _by_the_book(leaves[split:])
    return hashlib.sha256(b"\1" + left + right).digest()


def test_a_leaf_reads_back_and_hashes():
    assert Leaf.from_bytes(LEAF.to_bytes()) == LEAF
    assert LEAF.hash() == hashlib.sha256(b"\0" + LEAF.to_bytes()).digest()


@pytest.mark.parametrize("event", Event)
def test_every_event_has_a_leaf(event):
    leaf = Leaf(event, "ab" * 8, bytes(32), 1)
    assert Leaf.from_bytes(leaf.to_bytes()) == leaf


@pytest.mark.parametrize(
    ("position", "value"),
    [
        (0, 2),
        (1, "invented"),
        (2, ""),
        (2, "x" * 65),
        (2, "张"),
        (3, bytes(31)),
        (3, "text"),
        (4, "1"),
    ],
)
def test_other_lists_are_not_leaves(position, value):
    items = list(decode(LEAF.to_bytes()))
    items[position] = value
    with pytest.raises(CodecError):
        Leaf.from_bytes(encode(items))


@given(st.binary(max_size=120))
def test_any_bytes_are_answered(data):
    with pytest.raises(CodecError):
        Leaf.from_bytes(data)


def test_a_commitment_hides_and_binds():
    salt = new_salt()
    assert len(salt) == 16
    assert salt != new_salt()
    content = issued_content(b"statement", b"signature", bytes(32))
    assert commit(salt, content) == hashlib.sha256(salt + content).digest()
    assert commit(new_salt(), content) != commit(salt, content)
    assert issued_content(b"statements", b"ignature", bytes(32)) != content
    with pytest.raises(CodecError):
        commit(salt[:-1], content)


def test_the_evidence_root_notices_every_change_and_no_order():
    records = [b"record %d version 1" % number for number in range(23)]
    root = evidence_root(records)
    shuffled = records[:]
    random.Random(3).shuffle(shuffled)
    assert evidence_root(shuffled) == root
    assert evidence_root([]) == hashlib.sha256().digest()
    for at, record in enumerate(records):
        assert evidence_root([*records[:at], record + b"!", *records[at + 1 :]]) != root
        assert evidence_root(records[:at] + records[at + 1 :]) != root
        assert evidence_root([*records, record]) != root
