"""资料 as its own producer sees it: what is filled, what is open and what that would bring."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any

from sqlmodel import col, select

from tracer.domain.clock import day_of, format_day, format_until
from tracer.domain.elements import (
    ChangeMark,
    ElementField,
    ElementRow,
    FieldKind,
    Owner,
    element_row,
    standard_warning,
)
from tracer.domain.errors import NotFound
from tracer.domain.masking import Subject, subject_of
from tracer.domain.reference import load as reference
from tracer.domain.words import ProducerKind
from tracer.queries.credit_view import EDITION, PACK, signed
from tracer.queries.dossier_public import PUBLIC_ROWS
from tracer.queries.dossier_topics import (
    GROUPS,
    OF_PRODUCT,
    ROWS,
    TITLES,
    Edit,
    EntryPage,
    File,
    Open,
    Overview,
    ProductLine,
    Told,
    TopicLine,
    TopicPage,
    is_fixed,
    topic_of,
)
from tracer.queries.farm_lines import Line
from tracer.standards import credit as rules
from tracer.standards import load
from tracer.store.dossier import all_values, current_entries
from tracer.store.tables import ChangeSet, CreditScore, Element, Producer, Product, StoredFile
from tracer.store.world import Tx

_MOST = 20


def subject_kind(producer: Producer) -> Subject:
    """Whether a producer's dossier is a body's or a person's."""
    return subject_of(producer.kind, producer.uscc)


def overview(tx: Tx, producer_id: int) -> Overview:
    """Everything that a producer fills in, by group."""
    desk = _Reader(tx, tx.session.get_one(Producer, producer_id))
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
    )


def topic_page(tx: Tx, producer_id: int, key: str, product: Product | None) -> TopicPage:
    """One topic of a producer's; NotFound where it is not for this kind of subject."""
    desk = _Reader(tx, tx.session.get_one(Producer, producer_id))
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
    desk = _Reader(tx, tx.session.get_one(Producer, entry.producer_id))
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
        if (value := _value(field, producer, product, said)) not in (None, "")
    }


class _Reader:
    """A producer's dossier, read once."""

    def __init__(self, tx: Tx, producer: Producer) -> None:
        self._tx = tx
        self._producer = producer
        self._subject = subject_kind(producer)
        self._today = day_of(tx.now)
        self._entries = current_entries(tx.session, producer.id or 0)
        self._pack = load(PACK, EDITION)
        self.rated = rules.rates(self._pack, "C.1", producer.kind)
        score = tx.session.get(CreditScore, ("subject", producer.id))
        self._tallies: Mapping[str, Any] = score.tallies if score else {}

    def rows(self, keys: Iterable[str]) -> list[ElementRow]:
        """Those of the rows that this kind of subject fills."""
        return [row for key in keys if (row := element_row(key)).applies(self._subject)]

    def entries(self, rows: Sequence[ElementRow], product: Product | None) -> list[Element]:
        """The entries under rows: of a product's own topic its own, else all of rows with many."""
        keys = {row.key for row in rows}
        return [
            entry
            for entry in self._entries
            if entry.row in keys
            and (
                entry.product_id == (product.id if product else None)
                or (product is None and rows[0].many)
            )
        ]

    def line(self, title: str, keys: Iterable[str], product: Product | None) -> TopicLine | None:
        """A topic's line in the overview; None where the subject does not fill it."""
        rows = self.rows(keys)
        if not rows:
            return None
        entries = self.entries(rows, product)
        if rows[0].many:
            note = f"{len(entries)} 条" if entries else ""
            earned = {row.once for row in rows} | {f.earns for row in rows for f in row.fields}
            gain = self._gain(earned, rows[0].each if not entries else "")
            mark, tone = ("已填", "genuine") if entries else ("没填", "")
        else:
            note, gain, mark, tone = self._single(rows[0], entries[0] if entries else None)
        key = next(iter(rows)).key
        return TopicLine(
            topic_of(key), title, note, gain, mark, tone, product.public_id if product else ""
        )

    def _single(self, row: ElementRow, entry: Element | None) -> tuple[str, str, str, str]:
        """Note, gain and mark of a row that holds one entry."""
        told = self.told(row, entry)
        some = any(one.filled for one in told)
        asked = {f.name for f in row.fields if f.required or (f.earns and self.rated)}
        missing = [one for one in told if one.name in asked and not one.filled]
        if not missing:
            return "", "", *(("已填", "genuine") if some else ("没填", ""))
        open_rows = {f.earns for f in row.fields if f.name in {one.name for one in missing}}
        note = f"还差{'、'.join(one.title for one in missing[:3])}" if len(asked) > 1 else ""
        note += "等" if len(missing) > 3 else ""
        mark = (f"差 {len(missing)} 项", "unsure") if some else ("没填", "")
        return note, self._gain(open_rows), *mark

    def told(self, row: ElementRow, entry: Element | None) -> tuple[Told, ...]:
        """Each field of a row as it stands."""
        said = all_values(self._tx.secrets, entry)
        product = (
            self._tx.session.get(Product, entry.product_id)
            if entry is not None and entry.product_id
            else None
        )
        return tuple(self._told(field, product, said) for field in row.fields)

    def _told(self, field: ElementField, product: Product | None, said: Mapping[str, Any]) -> Told:
        value = _value(field, self._producer, product, said)
        files = self._files(value) if field.is_file and value else ()
        text = ""
        if value and not files:
            text = "已加密保存" if field.private else _text(field, value)
        return Told(
            field.name,
            field.title,
            text,
            files,
            "" if value else self._gain([field.earns]),
            field.private,
        )

    def _files(self, value: Any) -> tuple[File, ...]:
        ids = [value] if isinstance(value, str) else list(value)
        kinds = dict(
            self._tx.session.exec(
                select(StoredFile.public_id, StoredFile.media_type).where(
                    col(StoredFile.public_id).in_(ids)
                )
            ).all()
        )
        return tuple(
            File(one, picture, f"看{'照片' if picture else 'PDF'}{_nth(place, len(ids))}")
            for place, one in enumerate(ids, 1)
            for picture in (kinds.get(one) == "image/jpeg",)
        )

    def entry_line(self, entry: Element) -> Line:
        """An entry in its topic's list."""
        row = element_row(entry.row)
        product = self._tx.session.get(Product, entry.product_id) if entry.product_id else None
        until = f"到{format_until(entry.valid_to)}" if entry.valid_to else ""
        note = " · ".join(filter(None, (row.item, product.name if product else "", until)))
        if entry.valid_to is not None and entry.valid_to < self._today:
            state = ("已过期", "void")
        elif row.key not in PUBLIC_ROWS:
            state = ("", "")
        else:
            state = ("已公开", "genuine") if entry.published else ("没公开", "")
        return Line(entry.public_id, entry.title or row.item, note, *state)

    def next_open(self) -> Open | None:
        """The open field that brings most."""
        best: tuple[Fraction, Open] | None = None
        for _, topics in GROUPS:
            for _, keys in topics:
                for row in self.rows(keys):
                    if row.many:
                        continue
                    entries = self.entries([row], None)
                    for one, field in zip(
                        self.told(row, entries[0] if entries else None), row.fields, strict=True
                    ):
                        worth = self._worth(field.earns)
                        if one.filled or not worth or is_fixed(field):
                            continue
                        if best is None or worth > best[0]:
                            verb = "上传" if field.is_file else "填"
                            words = f"{verb}{field.title}"
                            best = worth, Open(row.key, field.name, words, signed(worth))
        return best[1] if best else None

    def _gain(self, earned: Iterable[str], each: str = "") -> str:
        """What open rows of table C.1 would bring together, and one more in row ``each`` of C.2."""
        total = sum((self._worth(row) for row in set(earned)), Fraction(0))
        total += rules.points(self._pack, each, {"n": 1}) if each else 0
        return signed(total) if total else ""

    def _worth(self, row: str) -> Fraction:
        if not row or not self.rated or self._tallies.get(row, {}).get("n"):
            return Fraction(0)
        return self._pack.scored("C.1")[row].max or Fraction(0)


def _value(
    field: ElementField, producer: Producer, product: Product | None, said: Mapping[str, Any]
) -> Any:
    if field.owner is Owner.PRODUCER:
        kept = "id_card_hash" if field.column_name == "id_card" else field.column_name
        return getattr(producer, kept)
    if field.owner is Owner.PRODUCT:
        return getattr(product, field.column_name) if product is not None else None
    return said.get(field.name)


def _text(field: ElementField, value: Any) -> str:
    if field.column == "producer.kind":
        return ProducerKind(value).label
    if field.column == "producer.county":
        return reference().place_name(value)
    if field.kind is FieldKind.DAY:
        return format_until(date.fromisoformat(value) if isinstance(value, str) else value)
    return str(value)


def _nth(place: int, many: int) -> str:
    return f" {place}" if many > 1 else ""
