"""The credit report (T/GVEAIA 016.1 第 6.6.1 条): index, grade, history and every point's reason.

Everything is a function of the postings up to the end of a Beijing day, so a report of a past day
says today what it said then. Persons are masked as on every public page.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from sqlmodel import col, select

from tracer.domain.clock import day_of, format_day, start_of
from tracer.domain.errors import NotFound, Refusal
from tracer.domain.ids import parse_id
from tracer.domain.reference import Scope
from tracer.domain.reference import load as reference
from tracer.domain.words import ProducerKind
from tracer.queries.credit.evidence import Evidence, evidence_of
from tracer.queries.credit.history import Point, changes, course, totals, until_retired
from tracer.queries.credit_view import EDITION, PACK, signed
from tracer.queries.dossier.public import Section, disclosed
from tracer.queries.insurance_pages import insured
from tracer.queries.persons import published
from tracer.queries.supervision.public import Upheld, upheld_on
from tracer.standards import credit as rules
from tracer.standards import load
from tracer.standards.assessment import grade_of
from tracer.standards.exact import half_up
from tracer.standards.pack import Pack
from tracer.store.lookups import scope_of
from tracer.store.tables import CreditScore, Posting, Producer, Product
from tracer.store.world import Tx

NOTE = "这是质量追溯信用分，不是征信，也不是政府部门的评级"


@dataclass(frozen=True)
class ReportRow:
    """One row of the table: points as printed, why, the clause, and its newest evidence."""

    key: str
    title: str
    points: str
    why: str
    clause: str
    evidence: tuple[Evidence, ...]
    postings: int  # how many there are in all


@dataclass(frozen=True)
class IndicatorGroup:
    """约束性 or 增信性信用指标 (D15: side by side, without weights)."""

    title: str
    points: str
    rows: tuple[ReportRow, ...]
    silent: tuple[str, ...]  # titles of rows in which nothing has been recorded


@dataclass(frozen=True)
class Member:
    """A product of the subject."""

    id: str
    name: str
    spec: str
    points: str
    grade: str


@dataclass(frozen=True)
class CreditReport:
    """A report on one product or market subject as of the end of ``day``.

    ``rated`` is False for households, which have no index of their own (表 C.1 注 1): index and
    grade are then empty, and there are no groups and no history.
    """

    target: str  # "product" or "subject"
    id: str
    name: str
    facts: tuple[tuple[str, str], ...]
    producer_id: str
    day: date
    today: bool
    rated: bool
    index: str
    grade_word: str  # 信用等级 of a product, 农安等级 of a subject (D13)
    grade: str
    rating: str
    meaning: str
    groups: tuple[IndicatorGroup, ...]
    history: tuple[Point, ...]
    members: tuple[Member, ...]
    dossier: tuple[Section, ...]  # what the producer published of itself
    upheld: tuple[Upheld, ...]  # what stood against it, with what each rests on
    bounds: tuple[tuple[str, int], ...]  # the grades and where they begin
    standard: str
    status: str
    digest: str  # SHA-256 of the rules' file
    note: str = NOTE

    @property
    def on(self) -> str:
        """The day in words."""
        return format_day(self.day)

    def as_dict(self) -> dict[str, Any]:
        """The report for programs."""
        said = asdict(self) | {"facts": dict(self.facts), "bounds": dict(self.bounds)}
        said |= {"day": self.day.isoformat(), "dossier": [part.as_dict() for part in self.dossier]}
        said["history"] = [
            {"day": point.day.isoformat(), "index": str(point.index)} for point in self.history
        ]
        return said


def credit_report(tx: Tx, text: str, on: date | None = None) -> CreditReport:
    """The report on the product or producer with that public id, as of today or of a past day.

    A Refusal for a day to come; NotFound for an unknown id, or a day before it was recorded.
    """
    today = day_of(tx.now)
    day = on or today
    if day > today:
        raise Refusal("future_day", f"最晚只能看到今天，请选 {format_day(today)}或更早的一天", "on")
    try:
        public_id = parse_id(text)
    except Refusal:
        raise NotFound("没有这份信用报告，请从公示查询里重新选") from None
    product = tx.session.exec(select(Product).where(Product.public_id == public_id)).first()
    producer = (
        tx.session.get_one(Producer, product.producer_id)
        if product
        else tx.session.exec(select(Producer).where(Producer.public_id == public_id)).first()
    )
    if producer is None:
        raise NotFound("没有这份信用报告，请从公示查询里重新选")
    if day_of((product or producer).created_at) > day:
        raise NotFound(f"{format_day(day)}还没有登记，请选晚一些的一天")
    if product is not None:
        return _of_product(tx, product, producer, day, today)
    return _of_subject(tx, producer, day, today)


def _of_product(
    tx: Tx, product: Product, producer: Producer, day: date, today: date
) -> CreditReport:
    pack = load(PACK, EDITION)
    exempt = exemptions(product, day)
    index = rules.index(
        pack, "C.2", _tallies(tx, "product", product.id or 0, day, today), exempt=exempt
    )
    past = [
        change
        for change in changes(tx, "product", [product.id or 0], day)
        if change.row not in exempt_rows(pack, exempt)
    ]
    reference_row = reference().category(product.category)
    facts = (
        ("规格", product.spec),
        ("产地", product.origin),
        ("产品类别", f"{reference_row.class_name}（{reference_row.label}）"),
        ("生产主体", published(producer, "name", producer.name)),
        ("状态", f"{format_day(stop)}起已停产" if (stop := retired_on(product, day)) else ""),
        ("已投保", covered.line if (covered := insured(tx, product.id or 0, day)) else ""),
    )
    return _report(
        tx, pack, "product", product.id or 0, index, day, today,
        public_id=product.public_id,
        name=product.name,
        facts=facts,
        producer_id=producer.public_id,
        owner_id=producer.id or 0,
        history=course(past, day),
    )  # fmt: skip


def _of_subject(tx: Tx, producer: Producer, day: date, today: date) -> CreditReport:
    pack = load(PACK, EDITION)
    products = tx.session.exec(
        select(Product)
        .where(Product.producer_id == producer.id, Product.created_at < start_of(day) + 86400)
        .order_by(col(Product.id))
    ).all()
    barred = {
        product.id or 0: exempt_rows(pack, exempt)
        for product in products
        if (exempt := exemptions(product, day))
    }
    of_products = [
        change
        for change in changes(tx, "product", [product.id or 0 for product in products], day)
        if change.row not in barred.get(change.target_id, frozenset())
    ]
    sums = totals(of_products)
    stops = {
        product.id or 0: stop
        for product in products
        if (stop := retired_on(product, day)) is not None
    }
    made = [product for product in products if product.id not in stops]
    members = sorted(
        ((sums.get(product.id or 0, Fraction(0)), product) for product in made),
        key=lambda pair: (-pair[0], pair[1].id),
    )
    kind = ProducerKind(producer.kind)
    rated = rules.rates(pack, "C.1", kind)
    index = rules.index(
        pack,
        "C.1",
        _tallies(tx, "subject", producer.id or 0, day, today) if rated else {},
        members=[total for total, _ in members],
    )
    shared = until_retired(of_products, stops)
    own = changes(tx, "subject", [producer.id or 0], day) if rated else []
    births = [day_of(product.created_at) for product in products]
    return _report(
        tx, pack, "subject", producer.id or 0, index, day, today,
        public_id=producer.public_id,
        name=published(producer, "name", producer.name),
        facts=(
            ("主体类型", kind.label),
            ("统一社会信用代码", published(producer, "uscc", producer.uscc or "")),
            ("所在地", reference().place_name(producer.town or producer.county)),
            ("登记产品", f"{len(made)} 个"),
            ("停产产品", f"{len(stops)} 个" if stops else ""),
        ),
        producer_id=producer.public_id,
        owner_id=producer.id or 0,
        history=course(own, day, shared, births, stops.values()) if rated else (),
        members=tuple(_member(pack, product, total) for total, product in members),
        rated=rated,
    )  # fmt: skip


def _report(
    tx: Tx,
    pack: Pack,
    target: str,
    target_id: int,
    index: rules.CreditIndex,
    day: date,
    today: date,
    *,
    public_id: str,
    name: str,
    facts: tuple[tuple[str, str], ...],
    producer_id: str,
    owner_id: int,
    history: tuple[Point, ...],
    members: tuple[Member, ...] = (),
    rated: bool = True,
) -> CreditReport:
    named = target_id if target == "product" else None
    stood = upheld_on(tx, day, owner_id, named)
    dossier = disclosed(tx, tx.session.get_one(Producer, owner_id), named, day)
    told = {("incident", one.id): f"#incident-{one.id}" for one in stood} | {
        ("entry", one.id): f"#entry-{one.id}" for part in dossier for one in part.entries if one.id
    }
    return CreditReport(
        target=target,
        id=public_id,
        name=name,
        facts=tuple((word, value) for word, value in facts if value),
        producer_id=producer_id,
        day=day,
        today=day == today,
        rated=rated,
        index=str(index.published).removesuffix(".0") if rated else "",
        grade_word="信用等级" if target == "product" else "农安等级",
        grade=index.grade.name if rated else "",
        rating=index.grade.rating if rated else "",
        meaning=index.grade.text if rated else "",
        groups=_groups(index, *evidence_of(tx, target, target_id, day, told)) if rated else (),
        dossier=dossier,
        upheld=stood,
        history=history,
        members=members,
        bounds=tuple((one.name, int(one.at_least)) for one in pack.grades if one.at_least),
        standard=f"{pack.number}《{pack.title}》",
        status=pack.status,
        digest=pack.digest,
    )


def _groups(
    index: rules.CreditIndex, evidence: dict[str, list[Evidence]], many: dict[str, int]
) -> tuple[IndicatorGroup, ...]:
    grouped: dict[str, list[rules.RowPoints]] = {}
    for row in index.rows:
        grouped.setdefault(row.item.report_group, []).append(row)
    return tuple(
        IndicatorGroup(
            title,
            signed(sum((row.points for row in rows), Fraction(0))),
            tuple(
                ReportRow(
                    row.item.key,
                    row.item.title,
                    signed(row.points),
                    row.why,
                    row.item.clause,
                    tuple(evidence.get(row.item.key, ())),
                    many.get(row.item.key, 0),
                )
                for row in rows
                if row.tally
            ),
            tuple(row.item.title for row in rows if not row.tally),
        )
        for title, rows in sorted(grouped.items(), key=lambda pair: pair[0] != "约束性信用指标")
    )


def _tallies(tx: Tx, target: str, target_id: int, day: date, today: date) -> rules.Tallies:
    """What the postings up to the day add up to; for today that is kept."""
    if day == today:
        score = tx.session.get(CreditScore, (target, target_id))
        return score.tallies if score else {}
    postings = tx.session.exec(
        select(Posting).where(
            Posting.target == target,
            Posting.target_id == target_id,
            Posting.occurred_at < start_of(day) + 86400,
        )
    ).all()
    return rules.fold(postings)


def _member(pack: Pack, product: Product, total: Fraction) -> Member:
    score = half_up(total, pack.table("C.2").outcome.places)
    points = str(score).removesuffix(".0")
    return Member(product.public_id, product.name, product.spec, points, grade_of(pack, score).name)


def retired_on(product: Product, day: date) -> date | None:
    """Since when a product is retired, as of the end of a day; None where it is made still."""
    stop = None if product.retired_at is None else day_of(product.retired_at)
    return stop if stop is not None and stop <= day else None


def exemptions(product: Product, day: date) -> tuple[str, ...]:
    """Which exemptions of the standard hold for a product: those that never get a 合格证 (D21)."""
    scope = scope_of(product, day)
    return (scope.value,) if scope is Scope.NOT_APPLICABLE else ()


def exempt_rows(pack: Pack, exempt: tuple[str, ...]) -> frozenset[str]:
    """The rows that bring a product nothing."""
    held = (one for one in pack.table("C.2").exemptions if one.key in exempt)
    return frozenset(row for one in held for row in one.rows)
