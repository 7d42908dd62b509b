"""数据元: what tables B.1 to B.5 collect beyond the columns of producer and product.

What a row asks for stands in domain reference data, so that these tables hold any row.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlmodel import JSON, BigInteger, Column, Field, SQLModel, UniqueConstraint


class Element(SQLModel, table=True):
    """One entry under a row of tables B.1 to B.5: a licence, honour, mark, standard, technique …

    An edit is a new row that names the one it follows; a row itself changes only when it is
    withdrawn, and when private values are erased (个人信息保护法 art. 47).
    """

    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(unique=True)
    producer_id: int = Field(foreign_key="producer.id", index=True)
    product_id: int | None = Field(default=None, foreign_key="product.id", index=True)
    row: str = Field(index=True)  # B.1-6
    ref: str | None = None  # the producer's own name for it, for imports
    title: str  # what may be shown of it in a list
    values: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    sealed: bytes | None = None  # the values that are nobody's business, wrapped
    valid_to: date | None = None
    published: bool = False
    consented_at: int | None = Field(default=None, sa_type=BigInteger)  # PIPL art. 25
    follows_id: int | None = Field(default=None, foreign_key="element.id", unique=True)
    withdrawn_at: int | None = Field(default=None, sa_type=BigInteger)
    recorded_by: int = Field(foreign_key="account.id")
    recorded_at: int = Field(sa_type=BigInteger)


class ElementFile(SQLModel, table=True):
    """A picture or document of an entry, in its order."""

    __tablename__ = "element_file"
    __table_args__ = (UniqueConstraint("element_id", "place"),)
    element_id: int = Field(foreign_key="element.id", primary_key=True)
    file_id: int = Field(foreign_key="stored_file.id", primary_key=True)
    place: int


class ChangeSet(SQLModel, table=True):
    """One saved edit of C.1 fields that were filled already: three a calendar year are free."""

    __tablename__ = "change_set"
    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(unique=True)
    producer_id: int = Field(foreign_key="producer.id", index=True)
    year: int  # Beijing calendar year
    fields: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    sealed: bytes  # the wanted values, wrapped: they may hold an 身份证号
    mark: str = Field(index=True)  # free, waiting, paid, waived, refused
    note: str | None = None
    asked_by: int = Field(foreign_key="account.id")
    asked_at: int = Field(sa_type=BigInteger)
    marked_by: int | None = Field(default=None, foreign_key="account.id")
    marked_at: int | None = Field(default=None, sa_type=BigInteger)


class Policy(SQLModel, table=True):
    """码上保: a product liability insurance and how long it holds."""

    __table_args__ = (UniqueConstraint("producer_id", "insurer", "number"),)
    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(unique=True)
    producer_id: int = Field(foreign_key="producer.id", index=True)
    insurer: str
    number: str
    valid_from: date
    valid_to: date  # the last day that is covered
    limit_yuan: int = Field(sa_type=BigInteger)
    payout: str | None = None  # 赔付说明
    file_id: int | None = Field(default=None, foreign_key="stored_file.id")
    ended_at: int | None = Field(default=None, sa_type=BigInteger)  # 退保
    ended_reason: str | None = None
    recorded_by: int = Field(foreign_key="account.id")
    created_at: int = Field(sa_type=BigInteger)


class InsuredProduct(SQLModel, table=True):
    """A product that a policy was claimed for (申领码上保)."""

    __tablename__ = "insured_product"
    policy_id: int = Field(foreign_key="policy.id", primary_key=True)
    product_id: int = Field(foreign_key="product.id", primary_key=True, index=True)
    claimed_by: int = Field(foreign_key="account.id")
    claimed_at: int = Field(sa_type=BigInteger)
