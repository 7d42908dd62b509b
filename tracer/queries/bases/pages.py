"""The base's dashboard: every clause of the standard, what speaks for it, what is missing."""

from __future__ import annotations

from dataclasses import dataclass

from tracer.domain.bases import (
    STANDARD,
    ClauseState,
    RecordKind,
    Standing,
    kinds_of,
)
from tracer.domain.clock import day_of, format_day
from tracer.queries.lines import joined
from tracer.standards import load
from tracer.standards.pack import Group, Item
from tracer.store.base_facts import COUNTED, BaseFacts, base_facts, residents_of
from tracer.store.tables import Base, BaseRecord
from tracer.store.world import Tx

_TONES = {
    ClauseState.MET: "genuine",
    ClauseState.UNMET: "void",
    ClauseState.UNKNOWN: "unsure",
}


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
