"""Merkle tree hashes of RFC 6962 §2.1, with SHA-256."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence


def leaf_hash(data: bytes) -> bytes:
    """SHA-256(0x00 ‖ data)."""
    return hashlib.sha256(b"\0" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 ‖ left ‖ right)."""
    return hashlib.sha256(b"\1" + left + right).digest()


def root(leaf_hashes: Sequence[bytes]) -> bytes:
    """The tree's root; of no leaves, SHA-256 of nothing.

    Pairing level by level and carrying an odd last hash up gives the tree that the RFC defines by
    splitting at the largest power of two.
    """
    level = list(leaf_hashes)
    if not level:
        return hashlib.sha256().digest()
    while len(level) > 1:
        paired = [node_hash(*pair) for pair in zip(level[::2], level[1::2], strict=False)]
        level = paired + level[len(paired) * 2 :]
    return level[0]
