"""What is grown and what was done to it.

``ref`` is the producer's own name for a record (workbook row, phone's client id): unique within a
producer, it makes imports and resent forms idempotent.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import event, false
from sqlmodel import JSON, BigInteger, Column, Field, SQLModel, UniqueConstraint

from tracer.domain.spelling import findable


class Plot(SQLModel, table=True):
    """地块: a field, greenhouse, pond, house or workshop."""

    __table_args__ = (UniqueConstraint("producer_id", "name"),)
    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(unique=True)
    producer_id: int = Field(foreign_key="producer.id", index=True)
    name: str
    base_name: str | None = None  # 生产基地
    facility: str  # 露地 大棚 果园 茶园 池塘 栏舍 车间
    area_milli_mu: int | None = None  # thousandths of 亩
    town: str | None = None
    village: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    environment: str | None = None  # 产地环境
    created_at: int = Field(sa_type=BigInteger)


class Product(SQLModel, table=True):
    """产品主体."""

    __table_args__ = (UniqueConstraint("producer_id", "name", "spec"),)
    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(unique=True)
    producer_id: int = Field(foreign_key="producer.id", index=True)
    name: str
    found_by: str = ""  # the name with its pinyin; kept by the table itself
    spec: str = ""  # 包装规格
    origin: str  # down to county or town
    category: str  # catalogue key such as A1-12
    crop: str = ""  # the crop name labels of drugs use; the product's name where empty
    sector: str  # words.Sector
    unit: str = "kg"
    introduction: str | None = None
    gtin: str | None = None
    created_at: int = Field(sa_type=BigInteger)
    retired_at: int | None = Field(default=None, sa_type=BigInteger)  # 停产


@event.listens_for(Product, "before_insert")
@event.listens_for(Product, "before_update")
def _spell(_mapper: Any, _connection: Any, row: Product) -> None:
    row.found_by = findable(row.name)


class Input(SQLModel, table=True):
    """投入品 as bought: what its label says is in :class:`InputUse`."""

    __table_args__ = (UniqueConstraint("producer_id", "name", "registration_no"),)
    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(unique=True)
    producer_id: int = Field(foreign_key="producer.id", index=True)
    kind: str  # words.InputKind
    name: str
    registration_no: str = ""
    maker: str | None = None
    supplier: str | None = None  # 来源
    ingredients: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    content: str | None = None  # 有效成分含量
    formulation: str | None = None  # 剂型
    created_at: int = Field(sa_type=BigInteger)


class InputUse(SQLModel, table=True):
    """One line of an input's label: crop or species, interval, uses and dose."""

    __tablename__ = "input_use"
    __table_args__ = (UniqueConstraint("input_id", "crop"),)
    id: int | None = Field(default=None, primary_key=True)
    input_id: int = Field(foreign_key="input.id", index=True)
    crop: str  # crop, or species for veterinary drugs
    phi_days: int | None = None  # 安全间隔期, 休药期, 弃蛋期 or 弃奶期
    interval_unstated: bool = False  # 标签未标注安全间隔期, said by a person
    degree_days: int | None = None  # 度日, fish
    max_uses: int | None = None  # per season
    max_dose: str | None = None  # decimal number
    dose_unit: str | None = None


class Campaign(SQLModel, table=True):
    """生产作业: one season of one product on one plot."""

    __table_args__ = (UniqueConstraint("producer_id", "ref"),)
    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(unique=True)
    producer_id: int = Field(foreign_key="producer.id", index=True)
    ref: str
    product_id: int = Field(foreign_key="product.id", index=True)
    plot_id: int = Field(foreign_key="plot.id", index=True)
    name: str
    started_on: date
    ended_on: date | None = None
    created_at: int = Field(sa_type=BigInteger)


class Operation(SQLModel, table=True):
    """作业内容: one version of one work record.

    A correction is a new row with the same ``ref`` and the next ``version``; the highest version
    counts. A retracted record is a version with ``retracted`` set and a reason in ``note``.
    """

    __table_args__ = (UniqueConstraint("producer_id", "ref", "version"),)
    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(unique=True)
    producer_id: int = Field(foreign_key="producer.id", index=True)
    ref: str
    version: int = 1
    campaign_id: int = Field(foreign_key="campaign.id", index=True)
    plot_id: int = Field(foreign_key="plot.id", index=True)
    kind: str  # code of domain.operations
    occurred_on: date = Field(index=True)
    ended_on: date | None = None  # 停用日期
    operator: str  # 执行人
    input_id: int | None = Field(default=None, foreign_key="input.id")
    target: str | None = None  # 防治对象 or 用途
    method: str | None = None  # 用法
    dose: str | None = None  # decimal number
    dose_unit: str | None = None
    quantity_milli: int | None = Field(default=None, sa_type=BigInteger)
    unit: str | None = None
    details: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    note: str | None = None
    retracted: bool = False
    recorded_by: int = Field(foreign_key="account.id")
    recorded_at: int = Field(sa_type=BigInteger)


class Batch(SQLModel, table=True):
    """生产批次: a node of the graph that splits, merges and transforms."""

    __table_args__ = (UniqueConstraint("producer_id", "code"),)
    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(unique=True)
    producer_id: int = Field(foreign_key="producer.id", index=True)
    product_id: int = Field(foreign_key="product.id", index=True)
    campaign_id: int | None = Field(default=None, foreign_key="campaign.id", index=True)
    operation_id: int | None = Field(default=None, foreign_key="operation.id")  # its harvest
    code: str  # 批次编号, printable
    kind: str  # words.BatchKind
    made_on: date  # harvested, slaughtered, caught, packed or bought on
    quantity_milli: int = Field(sa_type=BigInteger)
    unit: str
    origin: str
    created_by: int = Field(foreign_key="account.id")
    created_at: int = Field(sa_type=BigInteger)


class BatchEdge(SQLModel, table=True):
    """``quantity_milli`` of ``parent`` (in the parent's unit) went into ``child``."""

    __tablename__ = "batch_edge"
    parent_id: int = Field(foreign_key="batch.id", primary_key=True)
    child_id: int = Field(foreign_key="batch.id", primary_key=True, index=True)
    quantity_milli: int = Field(sa_type=BigInteger)


class SourceProof(SQLModel, table=True):
    """What a purchaser holds for a batch that was bought in."""

    __tablename__ = "source_proof"
    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(unique=True)
    batch_id: int = Field(foreign_key="batch.id", index=True)
    kind: str  # words.SourceProofKind
    number: str
    issuer: str
    issued_on: date | None = None
    certificate_id: int | None = Field(default=None, foreign_key="certificate.id")
    file_id: int | None = Field(default=None, foreign_key="stored_file.id")
    recorded_at: int = Field(sa_type=BigInteger)


class TestReport(SQLModel, table=True):
    """检测报告 of one batch."""

    __test__ = False
    __tablename__ = "test_report"
    __table_args__ = (UniqueConstraint("producer_id", "number"),)
    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(unique=True)
    producer_id: int = Field(foreign_key="producer.id", index=True)
    batch_id: int = Field(foreign_key="batch.id", index=True)
    number: str
    kind: str  # words.ReportKind
    laboratory: str
    method: str | None = None
    sampled_on: date
    tested_on: date
    passed: bool
    file_id: int | None = Field(default=None, foreign_key="stored_file.id")
    recorded_by: int = Field(foreign_key="account.id")
    recorded_at: int = Field(sa_type=BigInteger)


class ReportItem(SQLModel, table=True):
    """One tested item of a report."""

    __tablename__ = "report_item"
    id: int | None = Field(default=None, primary_key=True)
    report_id: int = Field(foreign_key="test_report.id", index=True)
    analyte: str
    method: str | None = None
    value: str  # as printed, such as 未检出 or 0.02
    limit: str | None = None
    unit: str | None = None
    passed: bool


class StoredFile(SQLModel, table=True):
    """A photo or report kept by its hash; pictures are re-encoded before they are kept."""

    __tablename__ = "stored_file"
    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(unique=True)
    producer_id: int | None = Field(default=None, foreign_key="producer.id", index=True)
    sha256: str = Field(index=True)
    media_type: str
    size: int
    name: str
    sealed: bool = Field(default=False, sa_column_kwargs={"server_default": false()})  # enciphered
    created_at: int = Field(sa_type=BigInteger)
