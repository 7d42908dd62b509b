"""Records of a base: a ledger of each kind, one record with its history, and its file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlmodel import col, select

from tracer.domain.bases import (
    STANDARD,
    RecordKind,
    record_kind,
)
from tracer.domain.clock import format_day, format_instant
from tracer.domain.errors import NotFound
from tracer.queries.lines import joined
from tracer.standards import load
from tracer.store.base_facts import standing_records
from tracer.store.tables import Account, BaseRecord, Producer, Product, StoredFile
from tracer.store.world import Tx

_SHORT = frozenset({"name", "whole", "number", "serial", "choice"})


@dataclass(frozen=True)
class RecordPage:
    """One record with what it corrected. ``state`` is empty while it stands."""

    id: str
    kind: str
    kind_title: str
    clause: str
    title: str
    state: str
    facts: tuple[tuple[str, str], ...]
    people: tuple[Mapping[str, str], ...]
    file: str
    changeable: bool
    history: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class RecordTable:
    """The standing records of a kind side by side, as a ledger."""

    kind: str
    title: str
    clause: str
    text: str
    hint: str
    columns: tuple[str, ...]
    lines: tuple[tuple[str, tuple[str, ...]], ...]  # the record's id, its cells
    total: str


def record_table(tx: Tx, base_id: int, key: str) -> RecordTable:
    """The ledger of one kind."""
    kind = record_kind(key)
    item = load(*STANDARD).scored("5")[kind.clause]
    shown = [field for field in kind.fields if field.kind in _SHORT]
    about = {"product": ("产品",), "producer": ("企业",)}.get(kind.about, ())
    rows = [row for row in standing_records(tx.session, base_id) if row.kind == key]
    lines = tuple(
        (
            row.public_id,
            (
                row.title,
                format_day(row.held_on),
                *((_about(tx, row),) if about else ()),
                *(str(row.values.get(field.key, "")) for field in shown),
            ),
        )
        for row in rows
    )
    return RecordTable(
        kind=key,
        title=kind.title,
        clause=item.clause,
        text=item.text,
        hint=kind.hint,
        columns=(kind.named, kind.dated, *about, *(field.title for field in shown)),
        lines=lines,
        total=_total(kind, rows),
    )


def record_page(tx: Tx, base_id: int, public_id: str) -> RecordPage:
    """One record of the base and what came before it; NotFound for another's."""
    row = _own(tx, base_id, public_id)
    kind = record_kind(row.kind)
    follower = tx.session.exec(select(BaseRecord).where(BaseRecord.follows_id == row.id)).first()
    state = ""
    if row.withdrawn_at is not None:
        state = f"已撤回：{row.values['reason']}"
    elif follower is not None:
        state = "已撤回" if follower.withdrawn_at is not None else "已更正，这是原来的内容"
    stored = tx.session.get(StoredFile, row.file_id) if row.file_id else None
    return RecordPage(
        id=row.public_id,
        kind=row.kind,
        kind_title=kind.title,
        clause=load(*STANDARD).scored("5")[kind.clause].clause,
        title=row.title,
        state=state,
        facts=(
            (kind.named, row.title),
            (kind.dated, format_day(row.held_on)),
            ("产品" if kind.about == "product" else "企业", _about(tx, row)),
            *(
                (field.title, str(row.values.get(field.key, "")))
                for field in kind.fields
                if field.kind != "people"
            ),
            ("记录人", tx.session.get_one(Account, row.recorded_by).name),
            ("记录时间", format_instant(row.recorded_at)),
        ),
        people=tuple(row.values.get("members", ())),
        file=stored.public_id if stored else "",
        changeable=follower is None and row.withdrawn_at is None,
        history=_history(tx, row),
    )


def record_answers(tx: Tx, base_id: int, public_id: str) -> dict[str, Any]:
    """A record as the form that made it, for correcting it."""
    row = _own(tx, base_id, public_id)
    people = row.values.get("members")
    lines = {"members": "\n".join("，".join(one.values()) for one in people)} if people else {}
    about = tx.session.get(Product, row.product_id) if row.product_id else None
    company = tx.session.get(Producer, row.producer_id) if row.producer_id else None
    return {
        **row.values,
        **lines,
        "title": row.title,
        "held_on": row.held_on.isoformat(),
        "about": about.public_id if about else company.public_id if company else "",
    }


def record_file(tx: Tx, base_id: int, public_id: str) -> StoredFile:
    """The file of one of the base's records."""
    row = tx.session.exec(
        select(StoredFile)
        .join(BaseRecord, col(BaseRecord.file_id) == StoredFile.id)
        .where(BaseRecord.base_id == base_id, StoredFile.public_id == public_id)
    ).first()
    if row is None:
        raise NotFound()
    return row


def _own(tx: Tx, base_id: int, public_id: str) -> BaseRecord:
    row = tx.session.exec(
        select(BaseRecord).where(BaseRecord.public_id == public_id, BaseRecord.base_id == base_id)
    ).one_or_none()
    if row is None:
        raise NotFound()
    return row


def _about(tx: Tx, row: BaseRecord) -> str:
    product = tx.session.get(Product, row.product_id) if row.product_id else None
    producer_id = product.producer_id if product else row.producer_id
    producer = tx.session.get(Producer, producer_id) if producer_id else None
    return joined(product.name if product else "", producer.name if producer else "")


def _total(kind: RecordKind, rows: list[BaseRecord]) -> str:
    if kind.key != "mark_issue" or not rows:
        return ""
    issued = sum(row.values["quantity"] for row in rows)
    returned = sum(row.values.get("returned", 0) for row in rows)
    return f"共发放 {issued:,} 枚，退回 {returned:,} 枚，在用 {issued - returned:,} 枚"


def _history(tx: Tx, row: BaseRecord) -> tuple[tuple[str, str, str], ...]:
    """What this record corrected, newest first: when, what, its id."""
    found = []
    before = row
    while before.follows_id is not None:
        before = tx.session.get_one(BaseRecord, before.follows_id)
        found.append((format_instant(before.recorded_at), before.title, before.public_id))
    return tuple(found)
