"""Scans folded from the journal, and what scanners said.

``kind`` is "label", "certificate" or "batch"; ``subject`` is the label index or the row id.
"""

from __future__ import annotations

from datetime import date

from sqlmodel import BigInteger, Field, SQLModel


class JournalPosition(SQLModel, table=True):
    """How far a journal segment is folded, moved in the transaction that folds it."""

    __tablename__ = "journal_position"
    segment: int = Field(primary_key=True)
    offset: int = Field(sa_type=BigInteger)


class ScanTally(SQLModel, table=True):
    """Scans of one code since it exists."""

    __tablename__ = "scan_tally"
    kind: str = Field(primary_key=True)
    subject: int = Field(sa_type=BigInteger, primary_key=True)
    scans: int = Field(sa_type=BigInteger)
    robots: int = Field(sa_type=BigInteger, default=0)
    first_at: int | None = Field(default=None, sa_type=BigInteger)
    last_at: int | None = Field(default=None, sa_type=BigInteger)


class ScanDay(SQLModel, table=True):
    """Scans and distinct devices of one batch on one Beijing day."""

    __tablename__ = "scan_day"
    day: date = Field(primary_key=True)
    batch_id: int = Field(primary_key=True)
    scans: int
    devices: int


class ScanDevice(SQLModel, table=True):
    """A device seen on a day, under a key that is destroyed after two days."""

    __tablename__ = "scan_device"
    day: date = Field(primary_key=True)
    batch_id: int = Field(primary_key=True)
    visitor: int = Field(sa_type=BigInteger, primary_key=True)


class OwnDevice(SQLModel, table=True):
    """A device that a producer's account was used on, by that day's name of the device."""

    __tablename__ = "own_device"
    visitor: int = Field(sa_type=BigInteger, primary_key=True)
    producer_id: int = Field(foreign_key="producer.id", primary_key=True)
    seen_at: int = Field(sa_type=BigInteger)


class Review(SQLModel, table=True):
    """评价: one per label, from the page that a scan of it opened.

    Not ``counted`` is what one device said too often on one day, or an operator set aside.
    """

    label_index: int = Field(sa_type=BigInteger, primary_key=True)
    product_id: int = Field(foreign_key="product.id", index=True)
    batch_id: int = Field(foreign_key="batch.id", index=True)
    rating: str  # words.Rating
    visitor: int = Field(sa_type=BigInteger, index=True)
    counted: bool
    created_at: int = Field(sa_type=BigInteger)


class ReviewSetAside(SQLModel, table=True):
    """A review that an operator took out of the count, and why."""

    __tablename__ = "review_set_aside"
    label_index: int = Field(sa_type=BigInteger, primary_key=True, foreign_key="review.label_index")
    reason: str
    account_id: int = Field(foreign_key="account.id")
    at: int = Field(sa_type=BigInteger)
