"""What the recipe asks of whoever holds the records. The recipe itself never sees a database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from tracer.proof.leaf import IssuedEntry


@dataclass(frozen=True)
class StoredCertificate:
    """A certificate's row. ``columns`` maps every ``Statement`` field name to the row's value.

    The columns are handed over as they are stored, unchecked: comparing them with the signed bytes
    is the recipe's work. ``producer`` is the public id of the producer the row belongs to.
    """

    statement: bytes
    signature: bytes
    columns: Mapping[str, object]
    producer: str


@dataclass(frozen=True)
class KeyRecord:
    """A signing key: SPKI DER, its producer, and every name that producer had under it.

    In force for leaves recorded from ``valid_from`` (Unix seconds) on, with an index below
    ``revoked_at_index``: a stolen key loses its future, not its past.
    """

    public_key: bytes
    producer: str
    names: tuple[str, ...]
    valid_from: int
    revoked_at_index: int | None = None


@dataclass(frozen=True)
class LogRecord:
    """The ``issued`` leaf of a certificate as the log holds it, and what opens it."""

    entry: IssuedEntry
    leaf: bytes
    leaf_hash: bytes


@dataclass(frozen=True)
class Recall:
    """召回 of the batch or of one it was made from: why, since when, and what buyers should do."""

    reason: str
    advice: str
    at: int


@dataclass(frozen=True)
class Voiding:
    """作废: why, when, what to do with the goods, and the certificate that took its place."""

    reason: str
    at: int
    advice: str = ""
    replaced_by: str | None = None


@dataclass(frozen=True)
class Status:
    """What happened to a certificate after it was issued."""

    voiding: Voiding | None = None
    recall: Recall | None = None


@dataclass(frozen=True)
class LabelRecord:
    """A label code that was printed; without a certificate where none is bound to it.

    ``spoiled``: its print went wrong and was thrown away, so it is on no goods.
    """

    certificate_id: str | None
    spoiled: bool = False


class Knowledge(Protocol):
    """The records, as of one instant."""

    @property
    def as_of(self) -> int:
        """The instant (Unix seconds) up to which these records are complete."""

    @property
    def sites(self) -> tuple[str, ...]:
        """The public addresses printed on codes, now and in the past: ``https://host``."""

    def certificate(self, reference: str) -> StoredCertificate | None:
        """The certificate with this id or 20-digit number."""

    def label(self, code: str) -> LabelRecord | None:
        """The printed label with this code."""

    def key(self, kid: bytes) -> KeyRecord | None:
        """The certificate-signing key with this 8-byte name."""

    def log(self, certificate_id: str) -> LogRecord | None:
        """The leaf that recorded the issue of this certificate."""

    def status(self, certificate_id: str) -> Status:
        """Whether it was voided, replaced or recalled since."""
