"""Leaves of the log: that something happened to a subject, and a commitment to what it was.

A leaf holds no personal data: the content stands behind SHA-256(salt ‖ content), and who destroys
the salt has erased the content without breaking the tree.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from tracer.proof import merkle
from tracer.proof.codec import CodecError, decode, encode

VERSION = 1
SALT_BYTES = 16
HASH_BYTES = 32
_SUBJECT_MAX = 64


class Event(StrEnum):
    """What a leaf records."""

    ISSUED = "issued"
    VOIDED = "voided"
    REPLACED = "replaced"
    RECALLED = "recalled"
    FINDING = "finding"
    KEY = "key"  # a signing key came into force
    KEY_REVOKED = "key_revoked"
    DECIDED = "decided"  # a deduction came into force, or was taken back
    ASSESSED = "assessed"  # an assessment was closed with its result
    LICENSED = "licensed"
    SUSPENDED = "suspended"
    RESUMED = "resumed"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class Leaf:
    """One entry. ``subject`` is a public id (or a key id in hex), ``recorded_at`` Unix seconds."""

    event: Event
    subject: str
    commitment: bytes
    recorded_at: int

    def __post_init__(self) -> None:
        if not 0 < len(self.subject) <= _SUBJECT_MAX or not self.subject.isascii():
            raise CodecError("a leaf's subject is a short id")
        if len(self.commitment) != HASH_BYTES:
            raise CodecError(f"a commitment has {HASH_BYTES} bytes")

    def to_bytes(self) -> bytes:
        return encode([VERSION, str(self.event), self.subject, self.commitment, self.recorded_at])

    @classmethod
    def from_bytes(cls, data: bytes) -> Leaf:
        """The leaf of which ``data`` is the encoding; CodecError for anything else."""
        match decode(data):
            case (1, str(event), str(subject), bytes(commitment), int(recorded_at)):
                if event not in set(Event):
                    raise CodecError("unknown event")
                return cls(Event(event), subject, commitment, recorded_at)
        raise CodecError("not a leaf")

    def hash(self) -> bytes:
        """The leaf's hash in the tree (RFC 6962)."""
        return merkle.leaf_hash(self.to_bytes())


def new_salt() -> bytes:
    """16 random bytes; kept beside the content, never in the log."""
    return secrets.token_bytes(SALT_BYTES)


def commit(salt: bytes, content: bytes) -> bytes:
    """SHA-256(salt ‖ content). The salt's fixed length keeps the two apart."""
    if len(salt) != SALT_BYTES:
        raise CodecError(f"a salt has {SALT_BYTES} bytes")
    return hashlib.sha256(salt + content).digest()


def issued_content(statement: bytes, signature: bytes, evidence_root: bytes) -> bytes:
    """What an ``issued`` leaf commits to: the signed bytes and the records they rest on."""
    return encode([VERSION, statement, signature, evidence_root])


@dataclass(frozen=True)
class IssuedEntry:
    """What opens the ``issued`` leaf of a certificate: its place, time, salt and evidence root."""

    index: int
    recorded_at: int
    salt: bytes
    evidence_root: bytes

    def leaf(self, certificate_id: str, statement: bytes, signature: bytes) -> Leaf:
        """The leaf that these signed bytes must have in the log."""
        content = issued_content(statement, signature, self.evidence_root)
        return Leaf(Event.ISSUED, certificate_id, commit(self.salt, content), self.recorded_at)


def evidence_root(records: Iterable[bytes]) -> bytes:
    """The Merkle root over the bytes of the records a promise rests on, in any order.

    Each record's bytes must hold its id and version. They are sorted, so that the order in which a
    query returned them does not matter.
    """
    return merkle.root([merkle.leaf_hash(record) for record in sorted(records)])
