"""公共监督: what the public reports, and what the desk makes of it. One incident, one deduction.

``files`` are public ids of stored files.
"""

from __future__ import annotations

from sqlmodel import JSON, BigInteger, Column, Field, SQLModel


class PublicReport(SQLModel, table=True):
    """举报 or 投诉 from a trace page; its public id is the receipt number."""

    __tablename__ = "public_report"
    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(unique=True)
    concern: str  # supervision.Concern
    row: str | None = None  # the row of the information said to be false
    batch_id: int = Field(foreign_key="batch.id", index=True)
    product_id: int = Field(foreign_key="product.id", index=True)
    producer_id: int = Field(foreign_key="producer.id", index=True)
    text: str
    contact_cipher: bytes | None = None  # telephone, only for the desk
    files: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    visitor: int = Field(sa_type=BigInteger, index=True)
    incident_id: int | None = Field(default=None, foreign_key="incident.id", index=True)
    created_at: int = Field(sa_type=BigInteger)


class Incident(SQLModel, table=True):
    """What happened once, whoever reported it how often. ``stage`` is where its steps led."""

    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(unique=True)
    kind: str  # supervision.IncidentKind
    stage: str = Field(index=True)  # supervision.Stage
    row: str  # the row that a deduction is posted to
    title: str
    document: str | None = None  # 文号
    producer_id: int = Field(foreign_key="producer.id", index=True)
    product_id: int | None = Field(default=None, foreign_key="product.id", index=True)
    finding_id: int | None = Field(default=None, foreign_key="finding.id", unique=True)
    opened_at: int = Field(sa_type=BigInteger)
    answer_due: int = Field(sa_type=BigInteger)  # the first instant that is too late
    appeal_due: int | None = Field(default=None, sa_type=BigInteger)  # from the confirmation


class IncidentStep(SQLModel, table=True):
    """One step of an incident, never changed."""

    __tablename__ = "incident_step"
    id: int | None = Field(default=None, primary_key=True)
    incident_id: int = Field(foreign_key="incident.id", index=True)
    step: str  # supervision.Step
    decision: str | None = None  # supervision.Decision
    text: str
    evidence: str | None = None  # what a decision rests on
    files: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    account_id: int = Field(foreign_key="account.id")
    at: int = Field(sa_type=BigInteger)
    # A decision in force is a leaf of the log; other steps have none.
    salt: bytes | None = None
    log_index: int | None = Field(default=None, sa_type=BigInteger, unique=True, index=True)
