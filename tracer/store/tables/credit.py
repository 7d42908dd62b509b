"""农信指数: postings, and the score that they add up to."""

from __future__ import annotations

from typing import Any

from sqlmodel import JSON, BigInteger, Column, Field, Index, SQLModel, UniqueConstraint


class Posting(SQLModel, table=True):
    """One fact that counts in one row of the standard.

    The evidence is unique within a row: the same fact never counts twice.
    """

    __table_args__ = (
        UniqueConstraint("row", "evidence_kind", "evidence_id"),
        Index("ix_posting_history", "target", "target_id", "occurred_at"),
    )
    id: int | None = Field(default=None, primary_key=True)
    target: str  # "product" or "subject"
    target_id: int
    pack: str  # gveaia-016.1
    edition: str
    row: str  # C.2-5
    fact: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    amount: str  # change of the row's points as an exact fraction, "5" or "75/2"
    evidence_kind: str
    evidence_id: str
    occurred_at: int = Field(sa_type=BigInteger)


class CreditScore(SQLModel, table=True):
    """The folded postings of one target; ``tracer credit replay`` proves it."""

    __tablename__ = "credit_score"
    __table_args__ = (Index("ix_credit_score_ranking", "target", "ranking", "target_id"),)
    target: str = Field(primary_key=True)
    target_id: int = Field(primary_key=True)
    pack: str
    edition: str
    tallies: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    total: str  # exact fraction
    published: str  # rounded once, one decimal
    ranking: int = Field(default=0, sa_type=BigInteger)  # the published score in tenths, to sort by
    grade: str
    updated_at: int = Field(sa_type=BigInteger)
