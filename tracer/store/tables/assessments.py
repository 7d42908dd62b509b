"""评价: from the call to the licence. One flow for every standard; packs hold what differs."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlmodel import JSON, BigInteger, Column, Field, SQLModel, UniqueConstraint


class Call(SQLModel, table=True):
    """申报通知: an association asks for applications under one edition of a standard."""

    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(unique=True)
    standard: str
    edition: str
    digest: str  # SHA-256 of the pack it was opened with
    title: str
    organisation: str  # 评价机构
    notice: str = ""
    opens_on: date
    closes_on: date  # the last day to apply
    created_by: int = Field(foreign_key="account.id")
    created_at: int = Field(sa_type=BigInteger)


class Assessment(SQLModel, table=True):
    """One application and what came of it. ``stage`` is a word of domain.assessing."""

    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(unique=True)
    number: str = Field(unique=True)  # what people quote, such as 2026-0003
    call_id: int = Field(foreign_key="call.id", index=True)
    producer_id: int | None = Field(default=None, foreign_key="producer.id", index=True)
    product_id: int | None = Field(default=None, foreign_key="product.id", index=True)
    base_id: int | None = Field(default=None, foreign_key="base.id", index=True)
    stage: str = Field(index=True)
    form: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    recommendation: dict[str, Any] = Field(
        default_factory=dict, sa_column=Column(JSON, nullable=False)
    )
    gates: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    facts: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    report: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    applied_by: int = Field(foreign_key="account.id")
    created_at: int = Field(sa_type=BigInteger)
    submitted_at: int | None = Field(default=None, sa_type=BigInteger)


class AssessmentStep(SQLModel, table=True):
    """One step of an assessment, never changed."""

    __tablename__ = "assessment_step"
    id: int | None = Field(default=None, primary_key=True)
    assessment_id: int = Field(foreign_key="assessment.id", index=True)
    step: str
    note: str | None = None
    account_id: int = Field(foreign_key="account.id")
    at: int = Field(sa_type=BigInteger)


class AssessmentEvidence(SQLModel, table=True):
    """What a row of the table rests on: a file or a sentence. Withdrawn, never deleted."""

    __tablename__ = "assessment_evidence"
    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(unique=True)
    assessment_id: int = Field(foreign_key="assessment.id", index=True)
    item: str  # the row's key in the pack; "" for the application as a whole
    kind: str  # a key of standards.pack.EVIDENCE
    title: str
    file_id: int | None = Field(default=None, foreign_key="stored_file.id")
    withdrawn_at: int | None = Field(default=None, sa_type=BigInteger)
    recorded_by: int = Field(foreign_key="account.id")
    recorded_at: int = Field(sa_type=BigInteger)


class ExpertTie(SQLModel, table=True):
    """回避: an expert who may not judge a producer."""

    __tablename__ = "expert_tie"
    account_id: int = Field(foreign_key="account.id", primary_key=True)
    producer_id: int = Field(foreign_key="producer.id", primary_key=True)
    reason: str
    recorded_by: int = Field(foreign_key="account.id")
    recorded_at: int = Field(sa_type=BigInteger)


class ScoreSheet(SQLModel, table=True):
    """打分表: what one expert gave, saved as it is written. ``version`` grows with every save."""

    __tablename__ = "score_sheet"
    __table_args__ = (UniqueConstraint("assessment_id", "account_id"),)
    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(unique=True)
    assessment_id: int = Field(foreign_key="assessment.id", index=True)
    account_id: int = Field(foreign_key="account.id", index=True)
    rows: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    version: int = 0
    saved_at: int | None = Field(default=None, sa_type=BigInteger)
    submitted_at: int | None = Field(default=None, sa_type=BigInteger)
    assigned_by: int = Field(foreign_key="account.id")
    assigned_at: int = Field(sa_type=BigInteger)


class AssessmentResult(SQLModel, table=True):
    """评价结果: what was scored, by which edition, with which answers. Never changed."""

    __tablename__ = "assessment_result"
    assessment_id: int = Field(foreign_key="assessment.id", primary_key=True)
    digest: str  # SHA-256 of the pack
    answers: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    total: str | None = None  # exact fraction; None where a gate closed the way
    outcome: str
    passed: bool
    closed_by: int = Field(foreign_key="account.id")
    closed_at: int = Field(sa_type=BigInteger)
    salt: bytes
    log_index: int = Field(sa_type=BigInteger, unique=True)


class Licence(SQLModel, table=True):
    """标识使用许可 or 认证证书. ``payload`` is what was signed; never updated, never deleted."""

    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(unique=True)
    number: str = Field(unique=True)
    assessment_id: int = Field(foreign_key="assessment.id", unique=True)
    producer_id: int | None = Field(default=None, foreign_key="producer.id", index=True)
    product_id: int | None = Field(default=None, foreign_key="product.id", index=True)
    base_id: int | None = Field(default=None, foreign_key="base.id", index=True)
    mark: str  # 蓼兰优品
    holder: str
    subject: str  # the product's or base's name
    valid_from: date
    valid_to: date
    kid: bytes
    payload: bytes
    signature: bytes
    issued_by: int = Field(foreign_key="account.id")
    issued_at: int = Field(sa_type=BigInteger)
    salt: bytes
    log_index: int = Field(sa_type=BigInteger, unique=True)


class LicenceStep(SQLModel, table=True):
    """暂停、恢复、撤销 of a licence."""

    __tablename__ = "licence_step"
    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(unique=True)
    licence_id: int = Field(foreign_key="licence.id", index=True)
    step: str  # suspended, resumed, withdrawn
    reason: str
    account_id: int = Field(foreign_key="account.id")
    at: int = Field(sa_type=BigInteger)
    salt: bytes
    log_index: int = Field(sa_type=BigInteger, unique=True)
