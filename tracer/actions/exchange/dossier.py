"""资料 from and to tables: entries without their files and without what is private."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tracer.actions.actor import Actor
from tracer.actions.dossier.filling import take_entry
from tracer.actions.dossier.forms import EntryForm
from tracer.actions.exchange.columns import PRODUCER, Sheet
from tracer.actions.exchange.dossier_sheets import (
    DOSSIER_SHEETS,
    ITEM,
    PRODUCT,
    PUBLISH,
    ROWS_OF,
    SPEC,
    told,
)
from tracer.actions.exchange.names import Names
from tracer.actions.exchange.rows import Line, fill
from tracer.domain.elements import ElementRow
from tracer.domain.errors import Refusal
from tracer.store.dossier import current_entries
from tracer.store.tables import Element, Producer, Product
from tracer.store.world import Tx

_NAMING = frozenset({PRODUCER.title, PRODUCT.title, PUBLISH})


def take_line(tx: Tx, names: Names, actor: Actor, line: Line) -> Element | None:
    """Take one row of a sheet of 资料 in; what was entered before stays as it is."""
    row = _row(line)
    fields = {field.title: field.name for field in told(row)}
    titles = {column.title for column in line.sheet.columns if column.field}
    extra = next((title for title in line.cells if title in titles - fields.keys() - _NAMING), None)
    if extra is not None:
        raise Refusal("not_asked", f"“{row.item}”不填“{extra}”，请把这一格清空", extra)
    form = {
        "row": row.key,
        "product": names.product(actor, line.cells.get(PRODUCT.title), line.cells.get(SPEC.title)),
        "publish": line.cells.get(PUBLISH),
        "values": {name: line.cells[t] for t, name in fields.items() if t in line.cells},
    }
    return take_entry(tx, actor, fill(EntryForm, form))


def entry_rows(
    tx: Tx, producer: Producer, products: Mapping[int | None, Product]
) -> Iterator[tuple[Sheet, dict[str, Any]]]:
    """A producer's entries as they stand, by sheet: values by column title."""
    entries = current_entries(tx.session, producer.id or 0)
    for sheet in DOSSIER_SHEETS:
        rows = {row.key: row for row in ROWS_OF[sheet.name]}
        for entry in entries:
            if entry.row in rows and (values := _said(rows[entry.row], entry)):
                product = products.get(entry.product_id)
                yield (
                    sheet,
                    values
                    | {ITEM: rows[entry.row].item, PUBLISH: "是" if entry.published else ""}
                    | ({PRODUCT.title: product.name, SPEC.title: product.spec} if product else {}),
                )


def _row(line: Line) -> ElementRow:
    rows = ROWS_OF[line.sheet.name]
    if len(rows) == 1:
        return rows[0]
    said = line.cells.get(ITEM)
    for row in rows:
        if said in (row.item, row.key):
            return row
    known = "、".join(row.item for row in rows)
    raise Refusal("unknown_row", f"没有“{said}”这个项目，请从这些里选：{known}", ITEM)


def _said(row: ElementRow, entry: Element) -> dict[str, Any]:
    values = {field.title: entry.values.get(field.name) for field in told(row)}
    return {title: value for title, value in values.items() if value}
