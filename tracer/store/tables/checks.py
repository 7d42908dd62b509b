"""What inspectors found."""

from __future__ import annotations

from typing import Any

from sqlmodel import JSON, BigInteger, Column, Field, SQLModel


class Finding(SQLModel, table=True):
    """查验 or 快检 of goods against their certificate; ``client_id`` makes resending harmless."""

    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(unique=True)
    client_id: str = Field(unique=True)
    inspector_id: int = Field(foreign_key="account.id", index=True)
    producer_id: int | None = Field(default=None, foreign_key="producer.id", index=True)
    certificate_id: int | None = Field(default=None, foreign_key="certificate.id", index=True)
    code: str  # what was scanned or typed
    verdict: str  # words.Outcome at that time
    conclusion: str  # admitted, held, informed
    place: str
    note: str = ""
    items: list[dict[str, Any]] = Field(
        default_factory=list, sa_column=Column(JSON, nullable=False)
    )
    found_at: int = Field(sa_type=BigInteger)
    recorded_at: int = Field(sa_type=BigInteger)
    producer_read_at: int | None = Field(default=None, sa_type=BigInteger)
    salt: bytes
    log_index: int = Field(sa_type=BigInteger, unique=True)
