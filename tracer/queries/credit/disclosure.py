"""The disclosure platform (T/GVEAIA 016.1 第 6.6.2 条): who stands where, found and ranked.

Lists go on by key, never by offset: the hundredth page costs what the first one costs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import Row, Select, and_, literal, select, tuple_
from sqlmodel import col

from tracer.domain.clock import day_of
from tracer.domain.errors import Refusal
from tracer.domain.masking import public_text, subject_of
from tracer.domain.reference import Category
from tracer.domain.reference import load as reference
from tracer.domain.spelling import folded
from tracer.domain.words import ProducerKind
from tracer.queries.credit_view import EDITION, PACK
from tracer.standards import load
from tracer.standards.pack import Pack
from tracer.store.tables import CreditScore, NamePart, Producer, Product
from tracer.store.world import Tx

PAGE = 20
_CHUNK = 1000
_FEW = 500  # parts found that are rather sorted than waited for on the way down the ranking
_TABLES = {
    "A1": "种植",
    "A2": "珍稀野生",
    "A3": "畜牧",
    "A4": "水产",
    "A5": "加工品",
    "S": "食用菌",
}


@dataclass(frozen=True)
class Wanted:
    """What is looked for. ``category`` is a key of :func:`category_groups`, ``place`` a code of
    2, 4 or 6 digits; empty means any."""

    target: str = "product"  # or "subject"
    name: str = ""
    category: str = ""
    place: str = ""
    grade: str = ""


@dataclass(frozen=True)
class Standing:
    """One line of the ranking, as a stranger may see it."""

    id: str
    name: str
    spec: str
    producer: str
    kind: str
    category: str
    place: str
    points: str
    grade: str
    updated_on: date


@dataclass(frozen=True)
class Ranking:
    """A page of the ranking: the lines, the place of the first, and where the next page begins.

    ``after`` is empty on the last page. ``places`` are the code and name of each place to narrow
    to, the chosen one and those around it first.
    """

    lines: tuple[Standing, ...]
    first: int
    after: str
    places: tuple[tuple[str, str], ...]


def ranking(tx: Tx, wanted: Wanted, after: str = "") -> Ranking:
    """The page behind ``after``, the highest index first. A Refusal for a filter that is none."""
    query = _query(tx, wanted)
    first = 1
    if after:
        score, public_id, seen = _cursor(after)
        last = tx.session.connection().execute(_id_of(wanted.target, public_id)).scalar()
        place = tuple_(col(CreditScore.ranking), col(CreditScore.target_id))
        query = query.where(place < tuple_(literal(score), literal(last or 0)))
        first = seen + 1
    rows = tx.session.connection().execute(query.limit(PAGE + 1)).all()
    shown = rows[:PAGE]
    more = (
        f"{shown[-1].ranking}.{shown[-1].public_id}.{first + PAGE - 1}" if len(rows) > PAGE else ""
    )
    return Ranking(tuple(map(_standing, shown)), first, more, _places(tx, wanted.place))


def everybody(tx: Tx, wanted: Wanted) -> Iterator[Standing]:
    """Every line of the ranking, read as it is needed: for the open data."""
    query = _query(tx, wanted).execution_options(yield_per=_CHUNK)
    for row in tx.session.connection().execute(query):
        yield _standing(row)


@lru_cache(maxsize=1)
def category_groups() -> dict[str, tuple[str, frozenset[str]]]:
    """The groups of the catalogue by key, such as ``A1.蔬菜``: label, and the categories in it."""
    found: dict[str, list[Category]] = {}
    for category in reference().categories.values():
        found.setdefault(f"{category.table}.{category.class_name}", []).append(category)
    return {
        key: (
            f"{_TABLES[rows[0].table]}：{rows[0].class_name}",
            frozenset(row.key for row in rows),
        )
        for key, rows in found.items()
    }


def standard() -> str:
    """The standard that the indexes are counted by, and how far it has come."""
    pack = _pack()
    return f"{pack.number}《{pack.title}》（{pack.status}）"


def grades() -> tuple[str, ...]:
    """The grades, the best first."""
    return tuple(grade.name for grade in _pack().grades)


def _pack() -> Pack:
    return load(PACK, EDITION)


def _query(tx: Tx, wanted: Wanted) -> Select[Any]:
    of_product = wanted.target == "product"
    target = Product if of_product else Producer
    columns: tuple[Any, ...] = (
        col(target.public_id),
        col(target.name),
        (col(Product.spec) if of_product else literal("")).label("spec"),
        (col(Product.category) if of_product else literal("")).label("category"),
        col(Producer.name).label("producer"),
        col(Producer.kind),
        col(Producer.uscc),
        col(Producer.publish_name),
        col(Producer.county),
        col(Producer.town),
        col(CreditScore.ranking),
        col(CreditScore.published),
        col(CreditScore.grade),
        col(CreditScore.updated_at),
    )
    query: Select[Any] = select(*columns).select_from(CreditScore)
    if of_product:
        query = query.join(Product, col(Product.id) == CreditScore.target_id).join(
            Producer, col(Producer.id) == Product.producer_id
        )
    else:
        query = query.join(Producer, col(Producer.id) == CreditScore.target_id)
    query = query.where(col(CreditScore.target) == wanted.target)
    best: Any = col(CreditScore.ranking)
    if wanted.name:
        named = _named(wanted)
        few = tx.session.connection().execute(named.limit(_FEW + 1)).scalars().all()
        if len(few) > _FEW:
            same = col(NamePart.target_id) == col(CreditScore.target_id)
            query = query.where(named.where(same).correlate(CreditScore).exists())
        else:
            # So few are found first and sorted then: the index for the order would have to be
            # walked until they turn up, so SQLite must not take it.
            query = query.where(col(CreditScore.target_id).in_(set(few)))
            best = best + 0
    if wanted.grade:
        query = query.where(col(CreditScore.grade) == _known_grade(wanted.grade))
    if wanted.place:
        code = reference().region(wanted.place).code[:6]
        county = col(Producer.county)
        query = query.where(and_(county >= code.ljust(6, "0"), county <= code.ljust(6, "9")))
    if wanted.category and of_product:
        query = query.where(col(Product.category).in_(_known_group(wanted.category)))
    return query.order_by(best.desc(), col(CreditScore.target_id).desc())


def _named(wanted: Wanted) -> Select[Any]:
    """The ids of whose name a part begins with what is looked for."""
    begun = folded(wanted.name)
    return select(col(NamePart.target_id)).where(
        col(NamePart.target) == wanted.target,
        col(NamePart.part) >= begun,
        col(NamePart.part) < f"{begun}\U0010ffff",
    )


def _standing(row: Row[Any]) -> Standing:
    def shown(name: str) -> str:
        return public_text("name", name, subject_of(row.kind, row.uscc), row.publish_name) or ""

    category = reference().category(row.category) if row.category else None
    return Standing(
        id=row.public_id,
        name=row.name if category else shown(row.name),
        spec=row.spec,
        producer=shown(row.producer),
        kind=ProducerKind(row.kind).label,
        category=category.class_name if category else "",
        place=reference().place_name(row.town or row.county),
        points=row.published.removesuffix(".0"),
        grade=row.grade,
        updated_on=day_of(row.updated_at),
    )


def _places(tx: Tx, chosen: str) -> tuple[tuple[str, str], ...]:
    """The chosen place, those around it, and those below it in which somebody is recorded."""
    counties = tx.session.connection().execute(select(col(Producer.county)).distinct()).scalars()
    known = reference().regions
    around = [code for code in (chosen[:2], chosen[:4], chosen[:6]) if chosen and code in known]
    around = list(dict.fromkeys(around))
    length = len(chosen) + 2 if chosen else 2
    below = {
        code[:length] if code[:length] in known else code
        for code in counties
        if code.startswith(chosen)
    }
    codes = [*around, *sorted(below - set(around))]
    return tuple((code, reference().place_name(code)) for code in codes)


def _known_grade(name: str) -> str:
    if name not in grades():
        raise Refusal("unknown_grade", "等级请从列表里选", "grade")
    return name


def _known_group(key: str) -> frozenset[str]:
    if key not in category_groups():
        raise Refusal("unknown_category", "产品类别请从列表里选", "category")
    return category_groups()[key][1]


def _id_of(target: str, public_id: str) -> Select[Any]:
    table = Product if target == "product" else Producer
    return select(col(table.id)).where(col(table.public_id) == public_id)


def _cursor(after: str) -> tuple[int, str, int]:
    score, _, rest = after.partition(".")
    public_id, _, seen = rest.partition(".")
    if not all(re.fullmatch(r"-?[0-9]{1,15}", number) for number in (score, seen)):
        raise Refusal("bad_cursor", "翻页的记号不对，请从第一页重新看", "after")
    return int(score), public_id, max(0, int(seen))
