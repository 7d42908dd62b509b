"""资料 as other programs read it: the rows asked for, and the entries under them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Self

from pydantic import BaseModel

from tracer.domain.elements import ElementRow, rows_for
from tracer.domain.masking import subject_of
from tracer.queries.dossier.derived import derived_count
from tracer.queries.records.farm import Record
from tracer.store.dossier import current_entries, private_values
from tracer.store.tables import Element, Producer, Product
from tracer.store.world import Tx


class EntryRecord(Record):
    """One entry. Of private values only the names of the fields that are kept sealed."""

    row: str
    product: str | None
    ref: str | None
    title: str
    values: dict[str, str | list[str]]
    sealed: list[str]
    published: bool
    consented: bool

    @classmethod
    def of(cls, tx: Tx, row: Element) -> Self:
        product = tx.session.get(Product, row.product_id) if row.product_id else None
        return cls(
            id=row.public_id,
            product=product.public_id if product else None,
            sealed=sorted(private_values(tx.secrets, row)),
            consented=row.consented_at is not None,
            **row.model_dump(include={"row", "ref", "title", "values", "published"}),
        )


class FieldRecord(BaseModel):
    """What a row asks for; ``column`` says whose record holds it, null where entries do."""

    name: str
    title: str
    kind: str
    required: bool
    private: bool
    choices: list[str]
    column: str | None


class ElementRecord(BaseModel):
    """One row of tables B.1 to B.5; ``records`` counts other records that speak for it."""

    row: str
    item: str
    content: str
    many: bool
    fields: list[FieldRecord]
    entries: list[EntryRecord]
    records: int


class ElementList(BaseModel):
    """All rows that this kind of subject fills, in printed order."""

    items: list[ElementRecord]


def elements_of(tx: Tx, producer_id: int) -> ElementList:
    """A producer's dossier, row by row."""
    producer = tx.session.get_one(Producer, producer_id)
    entries: dict[str, list[EntryRecord]] = {}
    for one in current_entries(tx.session, producer_id):
        entries.setdefault(one.row, []).append(EntryRecord.of(tx, one))
    rows = rows_for(subject_of(producer.kind, producer.uscc))
    return ElementList(items=[_record(tx, producer_id, row, entries) for row in rows])


def _record(
    tx: Tx, producer_id: int, row: ElementRow, entries: Mapping[str, list[EntryRecord]]
) -> ElementRecord:
    return ElementRecord(
        row=row.key,
        item=row.item,
        content=row.content,
        many=row.many,
        fields=[
            FieldRecord(
                name=field.name,
                title=field.title,
                kind=field.kind.value,
                required=field.required,
                private=field.private,
                choices=list(field.choices),
                column=field.column or None,
            )
            for field in row.fields
        ],
        entries=entries.get(row.key, []),
        records=derived_count(tx, producer_id, row),
    )
