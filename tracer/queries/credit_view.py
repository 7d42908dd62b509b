"""农信指数 as it is shown: grade, points, and every row with its reason."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from sqlmodel import col, select

from tracer.domain.clock import day_of, format_day
from tracer.domain.reference import Scope
from tracer.standards import credit as rules
from tracer.standards import load
from tracer.standards.exact import half_up
from tracer.standards.pack import Pack
from tracer.store.lookups import scope_of
from tracer.store.tables import CreditScore, Posting, Producer, Product
from tracer.store.world import Tx

PACK, EDITION = "gveaia-016.1", "2021"


@dataclass(frozen=True)
class CreditRow:
    """One row of the table: its number, name, points (as printed) and the sentence why."""

    key: str
    title: str
    points: str
    why: str


@dataclass(frozen=True)
class NextGrade:
    """The next better grade and how many points are missing."""

    name: str
    missing: str


@dataclass(frozen=True)
class CreditView:
    """A product's credit. ``share`` is the points as a percentage of the best grade's bound."""

    grade: str
    rating: str
    points: str
    share: int
    rows: tuple[CreditRow, ...]  # rows that brought or cost points
    next_grade: NextGrade | None
    standard: str
    updated_on: str


@dataclass(frozen=True)
class SubjectCard:
    """The market subject's own index; ``rated`` is False for households (表 C.1 注 1)."""

    id: str
    rated: bool
    points: str
    grade: str
    mean: str  # what the products' mean brings of it


@dataclass(frozen=True)
class PostingLine:
    """One posting: when, which row, by how much, resting on what."""

    day: str
    row: str
    title: str
    amount: str
    evidence: str


_EVIDENCE = {
    "field": "主体资料",
    "entry": "资质、荣誉、基地资料",
    "product": "产品介绍",
    "qualification": "产品资质",
    "report": "检测报告",
    "test_report": "检测报告",
    "campaign": "生产作业",
    "operation": "作业记录",
    "batch": "生产批次",
    "certificate": "合格证",
    "print_run": "打印记录",
    "insured_product": "申领码上保",
    "review": "消费者评价",
    "review_set_aside": "评价异常，不计分",
    "incident": "查实的事件",
    "appeal": "申诉成立，恢复",
}


def product_credit(tx: Tx, product_id: int) -> CreditView | None:
    """The product's credit; None while nothing has been posted."""
    score = tx.session.get(CreditScore, ("product", product_id))
    if score is None:
        return None
    pack = load(score.pack, score.edition)
    product = tx.session.get_one(Product, product_id)
    scope = scope_of(product, day_of(tx.now))
    exempt = (scope.value,) if scope is Scope.NOT_APPLICABLE else ()
    index = rules.index(pack, "C.2", score.tallies, exempt=exempt)
    rows = tuple(
        CreditRow(row.item.key, row.item.title, signed(row.points), row.why)
        for row in index.rows
        if row.points or row.item.key in score.tallies
    )
    best = pack.grades[0].at_least or Fraction(1)
    return CreditView(
        grade=index.grade.name,
        rating=index.grade.rating,
        points=score.published.removesuffix(".0"),
        share=max(0, min(100, int(index.total * 100 / best))),
        rows=rows,
        next_grade=_next_grade(pack, index.total, index.grade.name),
        standard=f"{pack.number}《{pack.title}》",
        updated_on=format_day(day_of(score.updated_at)),
    )


def subject_card(tx: Tx, producer_id: int) -> SubjectCard:
    """Where the producer itself stands."""
    producer = tx.session.get_one(Producer, producer_id)
    rated = rules.rates(load(PACK, EDITION), "C.1", producer.kind)
    score = tx.session.get(CreditScore, ("subject", producer_id))
    if not rated or score is None:
        return SubjectCard(producer.public_id, rated, "0", "", "0")
    own = rules.index(load(PACK, EDITION), "C.1", score.tallies).total
    return SubjectCard(
        producer.public_id,
        rated,
        score.published.removesuffix(".0"),
        score.grade,
        signed(Fraction(score.total) - own),
    )


def latest_postings(tx: Tx, product_id: int, limit: int = 50) -> tuple[PostingLine, ...]:
    """The newest postings of a product."""
    rows = tx.session.exec(
        select(Posting)
        .where(Posting.target == "product", Posting.target_id == product_id)
        .order_by(col(Posting.id).desc())
        .limit(limit)
    )
    return tuple(
        PostingLine(
            day=format_day(day_of(row.occurred_at)),
            row=row.row,
            title=load(row.pack, row.edition).scored("C.2")[row.row].title,
            amount=signed(Fraction(row.amount)),
            evidence=evidence_word(row.evidence_kind),
        )
        for row in rows
    )


def signed(points: Fraction) -> str:
    """+5, -20 or 0, rounded half up to one decimal."""
    text = str(half_up(points, 1)).removesuffix(".0")
    return f"+{text}" if points > 0 else text


def evidence_word(kind: str) -> str:
    """What people call a kind of evidence."""
    return _EVIDENCE.get(kind, kind)


def _next_grade(pack: Pack, total: Fraction, name: str) -> NextGrade | None:
    better = None
    for grade in pack.grades:
        if grade.name == name:
            break
        better = grade
    if better is None or better.at_least is None:
        return None
    published = Fraction(half_up(total, 1))  # the grade follows what people read
    missing = str(half_up(better.at_least - published, 1)).removesuffix(".0")
    return NextGrade(better.name, missing)
