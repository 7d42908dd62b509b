"""Reports as the desk and the producer read them; a telephone is for the desk alone."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import col, select

from tracer.domain.clock import format_instant
from tracer.domain.supervision import Concern
from tracer.queries.supervision.public import standard
from tracer.store.contacts import contact_of
from tracer.store.tables import (
    Producer,
    Product,
    PublicReport,
    StoredFile,
)
from tracer.store.world import Tx

MOST = 200


@dataclass(frozen=True)
class FileLink:
    """A paper or photo: its public id, and what to call the link."""

    id: str
    word: str


@dataclass(frozen=True)
class ReportView:
    """What one person told. ``phone`` is empty except at the desk."""

    id: str
    channel: str
    concern: str
    claim: str  # which information is said to be false
    product_id: str
    product: str
    producer_id: str
    producer: str
    at: str
    text: str
    photos: tuple[FileLink, ...]
    phone: str


def report_view(tx: Tx, row: PublicReport, with_contact: bool) -> ReportView:
    """One report; its telephone only where ``with_contact`` says that an operator asks."""
    concern = Concern(row.concern)
    product = tx.session.get_one(Product, row.product_id)
    producer = tx.session.get_one(Producer, row.producer_id)
    return ReportView(
        id=row.public_id,
        channel=concern.channel.label,
        concern=concern.label,
        claim=row_name(row.row) if row.row else "",
        product_id=product.public_id,
        product=product.name,
        producer_id=producer.public_id,
        producer=producer.name,
        at=format_instant(row.created_at),
        text=row.text,
        photos=file_links(tx, row.files),
        phone=contact_of(tx.secrets, row) if with_contact else "",
    )


def file_links(tx: Tx, ids: list[str]) -> tuple[FileLink, ...]:
    """Links to stored files by their public ids."""
    rows = tx.session.exec(select(StoredFile).where(col(StoredFile.public_id).in_(ids)))
    words = {row.public_id: row.media_type for row in rows}
    return tuple(
        FileLink(one, "看 PDF" if words.get(one) == "application/pdf" else "看照片") for one in ids
    )


def row_name(row: str) -> str:
    """A row's number and title in the credit standard."""
    pack = standard()
    return f"{row} {pack.scored(pack.table_of(row))[row].title}"


def loose_reports(tx: Tx, owner: Producer) -> list[PublicReport]:
    """What was reported about a producer and belongs to no incident yet, the oldest first."""
    return list(
        tx.session.exec(
            select(PublicReport)
            .where(PublicReport.producer_id == owner.id, col(PublicReport.incident_id).is_(None))
            .order_by(col(PublicReport.id))
            .limit(MOST)
        )
    )
