"""Housekeeping: kept answers, what editable rows said before, addresses once printed."""

from __future__ import annotations

from typing import Any

from sqlmodel import JSON, BigInteger, Column, Field, SQLModel


class Idempotency(SQLModel, table=True):
    """The answer to a request, stored in the transaction of its effect."""

    account_id: int = Field(foreign_key="account.id", primary_key=True)
    key: str = Field(primary_key=True)
    request_hash: str
    status: int
    body: str
    created_at: int = Field(sa_type=BigInteger)


class Revision(SQLModel, table=True):
    """What a row of an editable table (producer, plot, product, input) said before an edit."""

    id: int | None = Field(default=None, primary_key=True)
    table: str
    row_id: int
    before: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    account_id: int | None = Field(default=None, foreign_key="account.id")
    recorded_at: int = Field(sa_type=BigInteger)


class Site(SQLModel, table=True):
    """A public address that certificates or labels carry: codes once printed stay ours."""

    address: str = Field(primary_key=True)
    first_used_at: int = Field(sa_type=BigInteger)
