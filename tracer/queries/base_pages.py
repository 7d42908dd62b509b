"""The base's dashboard: every clause of the standard, what speaks for it, what is missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlmodel import col, select

from tracer.domain.bases import (
    STANDARD,
    ClauseState,
    RecordKind,
    Standing,
    kinds_of,
    record_kind,
)
from tracer.domain.clock import day_of, format_day, format_instant
from tracer.domain.errors import NotFound
from tracer.queries.farm_lines import joined
from tracer.standards import load
from tracer.standards.pack import Group, Item
from tracer.store.base_facts import COUNTED, BaseFacts, base_facts, residents_of, standing_records
from tracer.store.tables import Account, Base, BaseRecord, Producer, Product, StoredFile
from tracer.store.world import Tx

_TONES = {
    ClauseState.MET: "genuine",
    ClauseState.UNMET: "void",
    ClauseState.UNKNOWN: "unsure",
}
_SHORT = frozenset({"name", "whole", "number", "serial", "choice"})


@dataclass(frozen=True)
class KindLink:
    """A kind of record that may be added; ``lacking`` where the clause waits for it."""

    key: str
    title: str
    lacking: bool


@dataclass(frozen=True)
class RecordLine:
    """A record that stands."""

    id: str
    title: str
    note: str


@dataclass(frozen=True)
class ClauseRow:
    """One clause. ``said`` is what was counted, ``counted`` its key where rows are counted."""

    key: str
    clause: str
    title: str
    text: str
    word: str
    tone: str
    advisory: bool  # 鼓励: decides nothing
    said: str
    missing: tuple[str, ...]
    records: tuple[RecordLine, ...]
    kinds: tuple[KindLink, ...]
    counted: str


@dataclass(frozen=True)
class Section:
    """5.1 to 5.6, and the principles of chapter 4."""

    key: str
    title: str
    met: int
    of: int
    rows: tuple[ClauseRow, ...]


@dataclass(frozen=True)
class NextStep:
    """The one thing to do next."""

    clause: str
    title: str
    missing: str
    kind: str  # the record to write; empty where a clause is counted
    counted: str


@dataclass(frozen=True)
class Dashboard:
    """The base's home."""

    name: str
    applicant: str
    today: str
    met: int
    of: int
    next: NextStep | None
    numbers: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]


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


def dashboard(tx: Tx, base_id: int) -> Dashboard:
    """Where the base stands today, clause by clause."""
    base = tx.session.get_one(Base, base_id)
    today = day_of(tx.now)
    facts = base_facts(tx.session, base_id, today)
    pack = load(*STANDARD)
    groups = pack.table().groups
    sections = tuple(_section(group, facts) for group in sorted(groups, key=_conditions_first))
    rows = [row for section in sections for row in section.rows if not row.advisory]
    residents = len(residents_of(tx.session, base_id, today))
    return Dashboard(
        name=base.name,
        applicant=base.applicant,
        today=format_day(today, weekday=True),
        met=sum(row.tone == "genuine" for row in rows),
        of=len(rows),
        next=_next(rows),
        numbers=(
            ("入驻企业", str(residents)),
            ("获证产品", str(len(facts.certified))),
            ("记录", str(len(facts.records))),
            ("一年内通报", str(facts.notices)),
        ),
        sections=sections,
    )


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


def _conditions_first(group: Group) -> tuple[bool, str]:
    return not group.key.startswith("5"), group.key


def _section(group: Group, facts: BaseFacts) -> Section:
    rows = tuple(_row(item, facts, facts.standing(item.key)) for item in group.items)
    needed = [row for row in rows if not row.advisory]
    met = sum(row.tone == "genuine" for row in needed)
    return Section(group.key, group.title, met, len(needed), rows)


def _row(item: Item, facts: BaseFacts, standing: Standing) -> ClauseRow:
    kinds = kinds_of(item.key)
    keys = {kind.key: kind for kind in kinds}
    advisory = not item.max
    return ClauseRow(
        key=item.key,
        clause=item.clause,
        title=item.title,
        text=item.text,
        word="鼓励" if advisory and standing.state is not ClauseState.MET else standing.state.label,
        tone="" if advisory else _TONES[standing.state],
        advisory=advisory,
        said=standing.said if item.key in COUNTED else "",
        missing=standing.missing if not advisory else (),
        records=tuple(
            RecordLine(one.public_id, one.title, _note(keys[one.kind], one))
            for one in facts.records
            if one.kind in keys
        ),
        kinds=tuple(
            KindLink(kind.key, kind.title, kind.title in standing.missing) for kind in kinds
        ),
        counted=item.key if item.key in COUNTED else "",
    )


def _next(rows: list[ClauseRow]) -> NextStep | None:
    """What is asked first: the first clause that is not met, and of it the first thing missing."""
    for row in rows:
        if row.tone != "genuine":
            kind = next((kind.key for kind in row.kinds if kind.lacking), "")
            missing = row.missing[0] if row.missing else ""
            return NextStep(row.clause, row.title, missing, kind, row.counted)
    return None


def _note(kind: RecordKind, row: BaseRecord) -> str:
    return joined(kind.title, format_day(row.held_on))


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
