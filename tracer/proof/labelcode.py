"""Label codes: a label's number in the installation, as a code nobody can guess or count.

A code is computed, not stored: ``tag ‖ (index xor mask)`` in Crockford Base32, where ``tag`` is
36 bits of a keyed hash of the index and ``mask`` a keyed function of the tag (the synthetic-IV
pattern). Twelve characters hold 24 bits of index; every further character adds five, and a code is
never longer than its index needs, so each index has one code and each code at most one index.
"""

from __future__ import annotations

import hashlib

from tracer.domain.ids import CROCKFORD, is_crockford, normalise_code

KEY_BYTES = 32
MIN_LENGTH = 12
MAX_LENGTH = 16  # 44 bits of index
_TAG_BITS = 36
_VALUE = {char: value for value, char in enumerate(CROCKFORD)}


def code(index: int, key: bytes) -> str:
    """The code of label ``index`` (0 … 2^44-1) under the installation's 32-byte label key."""
    for length in range(MIN_LENGTH, MAX_LENGTH + 1):
        width = _index_bits(length)
        if 0 <= index < 1 << width:
            tag = _tag(index, length, key)
            value = tag << width | index ^ _mask(tag, length, key)
            return "".join(CROCKFORD[value >> 5 * i & 31] for i in reversed(range(length)))
    raise ValueError(f"label index {index}")


def resolve(text: str, key: bytes) -> int | None:
    """The index of which ``text`` is the code, or None: made up, mistyped or of another key.

    Reads lower case, spaces and hyphens, and O I L as people mistake them.
    """
    typed = normalise_code(text)
    length = len(typed)
    if not MIN_LENGTH <= length <= MAX_LENGTH or not is_crockford(typed):
        return None
    value = 0
    for char in typed:
        value = value << 5 | _VALUE[char]
    width = _index_bits(length)
    tag, masked = value >> width, value & (1 << width) - 1
    index = masked ^ _mask(tag, length, key)
    return index if tag == _tag(index, length, key) else None


def pretty(text: str) -> str:
    """The code in groups of four, as printed under the symbol: 7K3M 9QF2 XHPA."""
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))


def _index_bits(length: int) -> int:
    return 5 * length - _TAG_BITS


def _tag(index: int, length: int, key: bytes) -> int:
    return _prf(b"label tag", index, length, key) >> 64 - _TAG_BITS


def _mask(tag: int, length: int, key: bytes) -> int:
    return _prf(b"label mask", tag, length, key) >> 64 - _index_bits(length)


def _prf(purpose: bytes, value: int, length: int, key: bytes) -> int:
    message = value.to_bytes(8, "big") + bytes([length])
    digest = hashlib.blake2b(message, key=key, digest_size=8, person=purpose).digest()
    return int.from_bytes(digest, "big")
