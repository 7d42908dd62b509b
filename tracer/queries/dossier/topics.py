"""资料 in plain groups: which rows of tables B.1 to B.5 a producer fills, and how they are told.

Rows that other records speak for (batches, reports, certificates …) are left out.
"""

from __future__ import annotations

from dataclasses import dataclass

from tracer.domain.elements import ElementField, ElementRow, rows_for
from tracer.domain.errors import NotFound
from tracer.domain.masking import Subject
from tracer.queries.lines import Line

_FIXED = frozenset({"producer.kind", "producer.name", "producer.uscc", "producer.county"})

# A topic's first row names it.
GROUPS: tuple[tuple[str, tuple[tuple[str, tuple[str, ...]], ...]], ...] = (
    (
        "登记和人",
        (
            ("登记信息", ("B.1-1",)),
            ("法定代表人", ("B.1-2",)),
            ("户主", ("6.1.1.2-1",)),
            ("村委会证明", ("6.1.1.2-2",)),
            ("联系方式", ("B.1-3",)),
            ("经营情况", ("B.1-4",)),
            ("位置", ("B.1-7",)),
        ),
    ),
    (
        "介绍自己",
        (
            ("企业介绍", ("B.1-5",)),
            ("荣誉", ("B.1-6",)),
            ("标志", ("B.1-8",)),
            ("生产基地", ("B.1-9",)),
            ("知识产权", ("B.1-10",)),
            ("企业文化", ("B.1-11",)),
        ),
    ),
    (
        "怎么生产",
        (
            ("执行标准", tuple(f"B.4-{n}" for n in range(1, 7))),
            ("投入品", tuple(f"B.4-{n}" for n in range(7, 11))),
            ("生产技术", tuple(f"B.4-{n}" for n in range(11, 16))),
            ("病虫害防治", tuple(f"B.4-{n}" for n in range(16, 20))),
            ("作业人员", ("B.4-21",)),
            ("质量控制措施", ("B.3-1",)),
            ("质量承诺", ("B.3-4",)),
        ),
    ),
)
OF_PRODUCT = (("图片", ("B.2-6",)), ("资质证书", ("B.2-7",)))
TITLES = {
    rows[0]: title
    for topics in (*(topics for _, topics in GROUPS), OF_PRODUCT)
    for title, rows in topics
}
ROWS = {
    rows[0]: rows
    for topics in (*(topics for _, topics in GROUPS), OF_PRODUCT)
    for _, rows in topics
}


# The pages of the producer's hall where the records are that fill a row by themselves.
_RECORDS = {
    "batches": "batches",
    "reports": "batches",
    "certificates": "certificates",
    "operations": "campaigns",
    "reviews": "credits",
    "reports_of": "incidents",
    "policies": "policies",
}


def records_page(row: ElementRow) -> str:
    """Where the records are that fill a row; empty for rows that are filled in by hand."""
    return "" if row.fields else _RECORDS.get(row.derived.partition(":")[0], "")


def is_fixed(field: ElementField) -> bool:
    """Whether a field is told here but changed elsewhere, or by the operator only."""
    return field.column in _FIXED


def topic_of(row: str) -> str:
    """The key of the topic that a row belongs to; NotFound for rows that are not filled in."""
    for key, rows in ROWS.items():
        if row in rows:
            return key
    raise NotFound("没有这个资料项目，请从列表里重新选")


def place_of(earned: str) -> str:
    """Where a body fills a row of table C.1, below the dossier's address: ``/B.1-4/fill?field=…``.

    What a product's papers or somebody else must fill leads to its topic, or to all of them.
    """
    for row in rows_for(Subject.LEGAL_PERSON):
        if row.of_product:
            continue
        if row.once == earned:
            return f"/{topic_of(row.key)}"
        for field in row.fields:
            if field.earns == earned:
                asked = not (row.many or is_fixed(field))
                return f"/{row.key}/fill?field={field.name}" if asked else f"/{topic_of(row.key)}"
    return ""


@dataclass(frozen=True)
class TopicLine:
    """A topic in the overview.

    ``note`` says what is there or still open, ``gain`` the points that are open (``+50``, or
    empty), ``product`` the public id where the topic is a product's.
    """

    key: str
    title: str
    note: str
    gain: str
    mark: str
    tone: str
    product: str = ""


@dataclass(frozen=True)
class Open:
    """The one thing to fill in next: where, what, and what it brings."""

    key: str
    field: str
    words: str
    gain: str


@dataclass(frozen=True)
class ProductLine:
    """A product's introduction, which its own page asks for, and its other topics."""

    id: str
    name: str
    introduced: bool
    topics: tuple[TopicLine, ...]


@dataclass(frozen=True)
class Derived:
    """A row that everyday records fill: how many speak for it, and the page where they are."""

    title: str
    records: int
    page: str


@dataclass(frozen=True)
class Overview:
    """All topics. ``rated`` is False for households, which earn nothing here."""

    rated: bool
    next: Open | None
    groups: tuple[tuple[str, tuple[TopicLine, ...]], ...]
    products: tuple[ProductLine, ...]
    derived: tuple[Derived, ...]


@dataclass(frozen=True)
class File:
    """A file of an entry: its public id, what kind of file, and what to call it."""

    id: str
    picture: bool
    word: str


@dataclass(frozen=True)
class Told:
    """One field as it is filled: text or files, or neither. ``gain`` is open, like ``+10``."""

    name: str
    title: str
    text: str
    files: tuple[File, ...]
    gain: str
    private: bool

    @property
    def filled(self) -> bool:
        return bool(self.text or self.files)


@dataclass(frozen=True)
class Edit:
    """A counted edit: when, of what, what became of it, and the desk's words.

    ``rows`` are the rows of table C.1 that it changes.
    """

    asked: str
    rows: frozenset[str]
    what: str
    mark: str
    note: str
    waiting: bool


@dataclass(frozen=True)
class TopicPage:
    """One topic.

    A row that holds one entry tells its ``fields``; rows that hold many list their ``entries``,
    and ``rows`` are the kinds that may be added, as key and printed item. ``entry`` is the public
    id of the one entry, where it has been written.
    """

    key: str
    title: str
    product: str
    product_name: str
    many: bool
    fields: tuple[Told, ...]
    entry: str
    published: bool
    may_publish: bool
    entries: tuple[Line, ...]
    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class EntryPage:
    """One entry with all it says. ``warning`` is what looks odd about it."""

    id: str
    row: str
    topic: str
    product: str
    title: str
    kind: str
    fields: tuple[Told, ...]
    published: bool
    consented: bool
    expired: bool
    warning: str
