"""资料 as its own producer sees it: what is filled, what is open and what that would bring."""

from __future__ import annotations

from typing import Any

from sqlmodel import col, select

from tracer.domain.clock import day_of, format_day
from tracer.domain.elements import (
    ChangeMark,
    ElementRow,
    element_row,
    rows_for,
    standard_warning,
)
from tracer.domain.errors import NotFound
from tracer.domain.masking import Subject, subject_of
from tracer.queries.credit_view import EDITION, PACK
from tracer.queries.dossier.derived import derived_count
from tracer.queries.dossier.public import PUBLIC_ROWS
from tracer.queries.dossier.reader import Reader
from tracer.queries.dossier.topics import (
    GROUPS,
    OF_PRODUCT,
    ROWS,
    TITLES,
    Derived,
    Edit,
    EntryPage,
    Overview,
    ProductLine,
    TopicPage,
    records_page,
    topic_of,
)
from tracer.queries.dossier.values import value_of
from tracer.standards import load
from tracer.store.dossier import all_values
from tracer.store.tables import ChangeSet, Element, Producer, Product
from tracer.store.world import Tx

_MOST = 20


def subject_kind(producer: Producer) -> Subject:
    """Whether a producer's dossier is a body's or a person's."""
    return subject_of(producer.kind, producer.uscc)


def overview(tx: Tx, producer_id: int) -> Overview:
    """Everything that a producer fills in, by group."""
    producer = tx.session.get_one(Producer, producer_id)
    desk = Reader(tx, producer)
    products = tx.session.exec(
        select(Product).where(Product.producer_id == producer_id).order_by(col(Product.id))
    )
    groups = []
    for heading, topics in GROUPS:
        lines = [desk.line(title, rows, None) for title, rows in topics]
        groups.append((heading, tuple(line for line in lines if line is not None)))
    return Overview(
        rated=desk.rated,
        next=desk.next_open(),
        groups=tuple(groups),
        products=tuple(
            ProductLine(
                product.public_id,
                product.name,
                bool(product.introduction),
                tuple(
                    line
                    for title, rows in OF_PRODUCT
                    if (line := desk.line(title, rows, product)) is not None
                ),
            )
            for product in products
        ),
        derived=tuple(
            Derived(row.item, derived_count(tx, producer_id, row), there)
            for row in rows_for(subject_kind(producer))
            if (there := records_page(row))
        ),
    )


def topic_page(tx: Tx, producer_id: int, key: str, product: Product | None) -> TopicPage:
    """One topic of a producer's; NotFound where it is not for this kind of subject."""
    desk = Reader(tx, tx.session.get_one(Producer, producer_id))
    rows = desk.rows(ROWS.get(key, ()))
    if not rows or (rows[0].of_product and product is None):
        raise NotFound("没有这个资料项目，请从列表里重新选")
    entries = desk.entries(rows, product)
    one = None if rows[0].many or not entries else entries[0]
    return TopicPage(
        key=key,
        title=TITLES[key],
        product=product.public_id if product else "",
        product_name=product.name if product else "",
        many=rows[0].many,
        fields=() if rows[0].many else desk.told(rows[0], one),
        entry=one.public_id if one else "",
        published=one is not None and one.published,
        may_publish=rows[0].key in PUBLIC_ROWS,
        entries=tuple(desk.entry_line(entry) for entry in entries) if rows[0].many else (),
        rows=tuple((row.key, row.item) for row in rows),
    )


def entry_page(tx: Tx, entry: Element) -> EntryPage:
    """One entry of a row that holds many."""
    desk = Reader(tx, tx.session.get_one(Producer, entry.producer_id))
    row = element_row(entry.row)
    product = tx.session.get(Product, entry.product_id) if entry.product_id else None
    return EntryPage(
        id=entry.public_id,
        row=row.key,
        topic=topic_of(row.key),
        product=product.public_id if product else "",
        title=entry.title or row.item,
        kind=" · ".join(filter(None, (row.item, product.name if product else ""))),
        fields=tuple(one for one in desk.told(row, entry) if one.filled),
        published=entry.published,
        consented=entry.consented_at is not None,
        expired=entry.valid_to is not None and entry.valid_to < day_of(tx.now),
        warning=standard_warning(row.key, str(entry.values.get("number", ""))),
    )


def edits(tx: Tx, producer_id: int) -> tuple[Edit, ...]:
    """The counted edits of a producer (D12), newest first."""
    titles = load(PACK, EDITION).scored("C.1")
    rows = tx.session.exec(
        select(ChangeSet)
        .where(ChangeSet.producer_id == producer_id)
        .order_by(col(ChangeSet.id).desc())
        .limit(_MOST)
    )
    return tuple(
        Edit(
            format_day(day_of(row.asked_at)),
            frozenset(row.fields),
            "、".join(titles[key].title for key in row.fields),
            ChangeMark(row.mark).label,
            row.note or "",
            row.mark == ChangeMark.WAITING,
        )
        for row in rows
    )


def answers_of(
    tx: Tx, producer: Producer, row: ElementRow, product: Product | None, entry: Element | None
) -> dict[str, Any]:
    """What a row's form is filled with: all but files and what is private."""
    said = all_values(tx.secrets, entry)
    return {
        field.name: value
        for field in row.fields
        if not field.is_file and not field.private
        if (value := value_of(field, producer, product, said)) not in (None, "")
    }
