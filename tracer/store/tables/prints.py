"""What was printed. A run is one row, however many labels: codes are derived from their index."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Index, text
from sqlmodel import JSON, BigInteger, Column, Field, SQLModel, UniqueConstraint

_OPEN = text("ended_at IS NULL")


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
    # How it is printed: hidden fields, copies, pairs, the logo, the paper where it is the
    # producer's own. Stored, so that the same run is painted alike for ever.
    options: dict[str, Any] = Field(
        default_factory=dict, sa_column=Column(JSON, nullable=False, server_default="{}")
    )
    policy_id: int | None = Field(default=None, foreign_key="policy.id", index=True)  # 码上保
    bound_at: int | None = Field(default=None, sa_type=BigInteger)  # None: 尚未启用
    created_by: int = Field(foreign_key="account.id")
    created_at: int = Field(sa_type=BigInteger)


class LabelCounter(SQLModel, table=True):
    """The next label index of the installation: one row."""

    __tablename__ = "label_counter"
    id: int = Field(primary_key=True)
    next_index: int = Field(sa_type=BigInteger)


class PrintStep(SQLModel, table=True):
    """What happened to ``first`` … ``last`` of a run (counted from 1). Never changed.

    Labels where they were reprinted or spoiled, else places (tracer.domain.printing). The run's own
    row says that they were made.
    """

    __tablename__ = "print_step"
    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(unique=True)
    run_id: int = Field(foreign_key="print_run.id", index=True)
    step: str  # jammed, resumed, reprinted, spoiled, finished
    first: int
    last: int
    start_cell: int = Field(default=1, sa_column_kwargs={"server_default": "1"})  # where it begins
    reason: str | None = None  # jam, lost, damaged
    note: str | None = None
    output: str | None = None  # pdf, png, zpl … and where it went
    account_id: int = Field(foreign_key="account.id")
    at: int = Field(sa_type=BigInteger)


class Printer(SQLModel, table=True):
    """A producer's printer: where it is, what it speaks, how far it prints beside the mark."""

    __table_args__ = (UniqueConstraint("producer_id", "name"),)
    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(unique=True)
    producer_id: int = Field(foreign_key="producer.id", index=True)
    name: str
    language: str  # pdf, zpl, tspl, escpos
    dpi: int
    address: str | None = None  # host:port of a raw socket, or an ipp:// queue; None: a file
    shift_x_um: int = 0  # micrometres to the right
    shift_y_um: int = 0  # micrometres down
    retired_at: int | None = Field(default=None, sa_type=BigInteger)
    created_at: int = Field(sa_type=BigInteger)


class PrintSending(SQLModel, table=True):
    """``first`` … ``last`` of a run, or of its reprint ``step_id``, on their way to a printer.

    The row is the claim: while ``ended_at`` is empty nobody else sends of this run or to this
    printer. ``trouble`` is what stopped it, or, before it ended, that somebody asked it to stop.
    """

    __tablename__ = "print_sending"
    __table_args__ = (
        Index(
            "ix_print_sending_open_run",
            "run_id",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
        Index(
            "ix_print_sending_open_printer",
            "printer_id",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
    )
    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(unique=True)
    run_id: int = Field(foreign_key="print_run.id", index=True)
    printer_id: int = Field(foreign_key="printer.id")
    step_id: int | None = Field(default=None, foreign_key="print_step.id")
    first: int
    last: int
    start_cell: int
    copies: int
    wanted: int  # prints of the whole sending
    prints: int = 0  # prints that surely left
    reached: int | None = None  # the last one of first … last that came through; set at the end
    account_id: int = Field(foreign_key="account.id")
    started_at: int = Field(sa_type=BigInteger)
    beat_at: int = Field(sa_type=BigInteger)  # when its deliverer last said that it lives
    ended_at: int | None = Field(default=None, sa_type=BigInteger)
    trouble: str | None = None


class OwnStock(SQLModel, table=True):
    """我的尺寸: paper that is in no list. Lengths in micrometres."""

    __tablename__ = "own_stock"
    __table_args__ = (UniqueConstraint("producer_id", "name"),)
    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(unique=True)
    producer_id: int = Field(foreign_key="producer.id", index=True)
    name: str
    paper: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    retired_at: int | None = Field(default=None, sa_type=BigInteger)
    created_at: int = Field(sa_type=BigInteger)


class StockPlace(SQLModel, table=True):
    """The first free cell of the sheet that a producer left in the printer."""

    __tablename__ = "stock_place"
    producer_id: int = Field(foreign_key="producer.id", primary_key=True)
    stock: str = Field(primary_key=True)
    next_cell: int
    updated_at: int = Field(sa_type=BigInteger)
