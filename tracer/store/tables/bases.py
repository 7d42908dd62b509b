"""一乡一品产品基地: an area, its chains of products, its resident companies and its records."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlmodel import JSON, BigInteger, Column, Field, SQLModel


class Base(SQLModel, table=True):
    """产品基地. Its 申请方 (a government, a park's administration, a group) signs in by account."""

    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(unique=True)
    name: str = Field(unique=True)
    applicant: str  # 申请方
    applicant_kind: str
    industry: str  # 农林牧渔业, 工业, 文化旅游服务
    county: str  # 6-digit GB/T 2260 code
    boundary: str  # 基地范围
    area_milli_mu: int | None = Field(default=None, sa_type=BigInteger)
    contact_name: str
    contact_phone: str
    introduction: str | None = None
    created_at: int = Field(sa_type=BigInteger)


class BaseProduct(SQLModel, table=True):
    """A product of the base, in its 产业链, with its 一乡一品 certificate once it has one."""

    __tablename__ = "base_product"
    base_id: int = Field(foreign_key="base.id", primary_key=True)
    product_id: int = Field(foreign_key="product.id", primary_key=True, index=True)
    chain: str
    certificate_no: str | None = None
    certified_on: date | None = None
    certified_to: date | None = None
    added_at: int = Field(sa_type=BigInteger)
    left_at: int | None = Field(default=None, sa_type=BigInteger)


class BaseResident(SQLModel, table=True):
    """入驻企业."""

    __tablename__ = "base_resident"
    base_id: int = Field(foreign_key="base.id", primary_key=True)
    producer_id: int = Field(foreign_key="producer.id", primary_key=True, index=True)
    admitted_on: date
    met: str  # how it meets the 入驻标准
    left_on: date | None = None
    added_at: int = Field(sa_type=BigInteger)


class BaseRecord(SQLModel, table=True):
    """One record of how a base is run: a policy, the leading group, a training, a sampling …

    Never updated: a correction is a new row that names the one it follows, and so is a withdrawal,
    which says why.
    """

    __tablename__ = "base_record"
    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(unique=True)
    base_id: int = Field(foreign_key="base.id", index=True)
    kind: str = Field(index=True)
    title: str
    held_on: date
    values: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    product_id: int | None = Field(default=None, foreign_key="product.id")
    producer_id: int | None = Field(default=None, foreign_key="producer.id")
    file_id: int | None = Field(default=None, foreign_key="stored_file.id")
    follows_id: int | None = Field(default=None, foreign_key="base_record.id", unique=True)
    withdrawn_at: int | None = Field(default=None, sa_type=BigInteger)
    recorded_by: int = Field(foreign_key="account.id")
    recorded_at: int = Field(sa_type=BigInteger)


class BaseNotice(SQLModel, table=True):
    """5.6.1 通报: what a base tells its producers about production, quality and risk."""

    __tablename__ = "base_notice"
    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(unique=True)
    base_id: int = Field(foreign_key="base.id", index=True)
    concern: str  # production, quality, risk
    title: str
    text: str
    producer_id: int | None = Field(default=None, foreign_key="producer.id")  # None: all residents
    sent_by: int = Field(foreign_key="account.id")
    sent_at: int = Field(sa_type=BigInteger)


class NoticeReading(SQLModel, table=True):
    """A producer has seen a notice."""

    __tablename__ = "notice_reading"
    notice_id: int = Field(foreign_key="base_notice.id", primary_key=True)
    producer_id: int = Field(foreign_key="producer.id", primary_key=True)
    read_at: int = Field(sa_type=BigInteger)
