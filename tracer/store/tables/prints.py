"""What was printed. A run is one row, however many labels: codes are derived from their index."""

from __future__ import annotations

from sqlmodel import BigInteger, Field, SQLModel


class PrintRun(SQLModel, table=True):
    """打印: labels ``first_index`` … ``first_index + count - 1`` of the installation."""

    __tablename__ = "print_run"
    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(unique=True)
    producer_id: int = Field(foreign_key="producer.id", index=True)
    batch_id: int | None = Field(default=None, foreign_key="batch.id", index=True)
    certificate_id: int | None = Field(default=None, foreign_key="certificate.id", index=True)
    design: str
    stock: str
    first_index: int = Field(sa_type=BigInteger, unique=True)
    count: int
    start_cell: int = 1
    bound_at: int | None = Field(default=None, sa_type=BigInteger)  # None: 尚未启用
    created_by: int = Field(foreign_key="account.id")
    created_at: int = Field(sa_type=BigInteger)


class LabelCounter(SQLModel, table=True):
    """The next label index of the installation: one row."""

    __tablename__ = "label_counter"
    id: int = Field(primary_key=True)
    next_index: int = Field(sa_type=BigInteger)
