"""Promises and the log that proves when they were made."""

from __future__ import annotations

from datetime import date

from sqlmodel import JSON, BigInteger, Column, Field, SQLModel, UniqueConstraint


class IssuerKey(SQLModel, table=True):
    """A producer's P-256 signing key; the private half is wrapped, see proof.keys."""

    __tablename__ = "issuer_key"
    id: int | None = Field(default=None, primary_key=True)
    kid: bytes = Field(unique=True)  # 8 bytes
    producer_id: int | None = Field(default=None, foreign_key="producer.id", index=True)
    purpose: str = "certificate"  # "root": names the others to PDF readers; "licence": 评价证书
    public_key: bytes  # SubjectPublicKeyInfo DER
    wrapped: bytes
    x509: bytes  # DER
    valid_from: int = Field(sa_type=BigInteger)
    revoked_at: int | None = Field(default=None, sa_type=BigInteger)
    revoked_at_index: int | None = Field(default=None, sa_type=BigInteger)
    salt: bytes | None = None  # opens its leaf; the root key has none
    log_index: int | None = Field(default=None, sa_type=BigInteger, unique=True)


class Certificate(SQLModel, table=True):
    """承诺达标合格证. ``payload`` is what was signed; the columns beside it repeat it for people.

    Never updated, never deleted. A verification reads the columns against the payload.
    """

    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(unique=True)
    number: str = Field(unique=True)
    producer_id: int = Field(foreign_key="producer.id", index=True)
    product_id: int = Field(foreign_key="product.id", index=True)
    batch_id: int = Field(foreign_key="batch.id", index=True)
    form: str
    product: str
    quantity_milli: int = Field(sa_type=BigInteger)
    unit: str
    origin: str
    issuer: str
    contact: str
    basis: int  # bit set, see proof.statement
    issued_at: int = Field(sa_type=BigInteger, index=True)
    issued_by: int = Field(foreign_key="account.id")
    kid: bytes
    payload: bytes
    evidence: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    evidence_root: bytes  # Merkle root of the records the promise rests on, see store.evidence
    # Set later in the transaction that stores the payload: what is signed is on record first.
    signature: bytes | None = None  # raw r || s, 64 bytes
    salt: bytes | None = None  # opens the log leaf's commitment
    log_index: int | None = Field(default=None, sa_type=BigInteger, unique=True)
    replaces_id: int | None = Field(default=None, foreign_key="certificate.id")


class Voiding(SQLModel, table=True):
    """作废: at most one per certificate; ``replaced_by_id`` where a new one took its place."""

    certificate_id: int = Field(foreign_key="certificate.id", primary_key=True)
    reason: str
    advice: str | None = None  # what to do with the goods
    replaced_by_id: int | None = Field(default=None, foreign_key="certificate.id")
    voided_by: int = Field(foreign_key="account.id")
    voided_at: int = Field(sa_type=BigInteger)
    salt: bytes
    log_index: int = Field(sa_type=BigInteger, unique=True)


class Recall(SQLModel, table=True):
    """召回 of a batch and of everything made from it."""

    batch_id: int = Field(foreign_key="batch.id", primary_key=True)
    reason: str
    advice: str  # where to bring it
    recalled_by: int = Field(foreign_key="account.id")
    recalled_at: int = Field(sa_type=BigInteger)
    salt: bytes
    log_index: int = Field(sa_type=BigInteger, unique=True)


class LogLeaf(SQLModel, table=True):
    """One leaf of the Merkle log, written in the transaction of its effect."""

    __tablename__ = "log_leaf"
    index: int = Field(sa_type=BigInteger, primary_key=True)
    event: str
    subject: str = Field(index=True)  # public id
    leaf: bytes
    leaf_hash: bytes
    recorded_at: int = Field(sa_type=BigInteger)


class NumberSequence(SQLModel, table=True):
    """The last certificate sequence used in a county on a day."""

    __tablename__ = "number_sequence"
    __table_args__ = (UniqueConstraint("county", "day"),)
    id: int | None = Field(default=None, primary_key=True)
    county: str
    day: date
    last: int
