"""Who and what is in a base: residents, products by chain, notices, and the base's own form."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from sqlmodel import col, func, or_, select

from tracer.domain.assessing import LicenceState
from tracer.domain.bases import ApplicantKind, Industry, NoticeConcern
from tracer.domain.clock import day_of, format_day, format_instant
from tracer.domain.reference import load as reference
from tracer.domain.words import ProducerKind
from tracer.queries.farm_lines import joined
from tracer.queries.persons import is_person, published
from tracer.store.assessments import state_of
from tracer.store.base_facts import in_force, notices_to, residents_of
from tracer.store.tables import (
    Account,
    Base,
    BaseNotice,
    BaseProduct,
    BaseResident,
    Batch,
    Licence,
    NoticeReading,
    Producer,
    Product,
)
from tracer.store.world import Tx

_MOST = 200


@dataclass(frozen=True)
class ProductLine:
    """A product of the base; ``mark`` says how its certificate stands."""

    id: str
    name: str
    producer: str
    chain: str
    certificate: str
    until: str
    mark: str
    tone: str


@dataclass(frozen=True)
class ResidentLine:
    """A resident, or one that left."""

    id: str
    name: str
    kind: str
    admitted: str
    met: str
    left: str


@dataclass(frozen=True)
class NoticeLine:
    """A notice; ``unread`` names who has not read it yet, ``to`` whom it was sent to."""

    id: str
    title: str
    text: str
    concern: str
    at: str
    to: str
    read: int
    of: int
    unread: str


@dataclass(frozen=True)
class InboxLine:
    """A notice as a producer sees it."""

    id: str
    title: str
    text: str
    concern: str
    base: str
    at: str
    read: bool


@dataclass(frozen=True)
class BaseLine:
    """A base in a list."""

    id: str
    name: str
    applicant: str
    place: str
    residents: int
    products: int


@dataclass(frozen=True)
class PublicProduct:
    """A certified product on the base's public page; ``batch`` opens its trace, if any."""

    id: str
    name: str
    producer: str
    certificate: str
    until: str
    batch: str


@dataclass(frozen=True)
class PublicBase:
    """The page anyone may see: organisations only, no person's name or telephone."""

    id: str
    name: str
    facts: tuple[tuple[str, str], ...]
    introduction: str
    chains: tuple[tuple[str, tuple[PublicProduct, ...]], ...]
    residents: tuple[tuple[str, str], ...]  # id, name
    licences: tuple[tuple[str, str, str], ...]  # id, mark, until; those in force


def products(tx: Tx, base_id: int) -> tuple[ProductLine, ...]:
    """The base's products by chain; those that left are not shown."""
    today = day_of(tx.now)
    rows = tx.session.exec(
        select(BaseProduct, Product, Producer)
        .join(Product, col(Product.id) == BaseProduct.product_id)
        .join(Producer, col(Producer.id) == Product.producer_id)
        .where(BaseProduct.base_id == base_id, col(BaseProduct.left_at).is_(None))
        .order_by(col(BaseProduct.chain), col(Product.name))
    )
    lines = []
    for member, product, producer in rows:
        mark, tone = ("有效", "genuine") if in_force(member, today) else ("过期", "void")
        if member.certificate_no is None:
            mark, tone = "没有证书", "unsure"
        lines.append(
            ProductLine(
                product.public_id,
                product.name,
                producer.name,
                member.chain,
                member.certificate_no or "",
                format_day(member.certified_to) if member.certified_to else "",
                mark,
                tone,
            )
        )
    return tuple(lines)


def product_answers(tx: Tx, base_id: int, public_id: str) -> dict[str, Any]:
    """The form of a product that is in the base; only its id where it is not yet."""
    row = tx.session.exec(
        select(BaseProduct)
        .join(Product, col(Product.id) == BaseProduct.product_id)
        .where(BaseProduct.base_id == base_id, Product.public_id == public_id)
    ).one_or_none()
    if row is None:
        return {"product": public_id}
    return {
        "product": public_id,
        "chain": row.chain,
        "certificate_no": row.certificate_no or "",
        "certified_on": row.certified_on or "",
        "certified_to": row.certified_to or "",
    }


def choosable_products(tx: Tx, base_id: int) -> tuple[tuple[str, str], ...]:
    """Products of current residents: id, and name with producer."""
    ids = [producer.id for _, producer in residents_of(tx.session, base_id, day_of(tx.now))]
    rows = tx.session.exec(
        select(Product, Producer)
        .join(Producer, col(Producer.id) == Product.producer_id)
        .where(col(Producer.id).in_(ids))
        .order_by(col(Producer.name), col(Product.name))
        .limit(_MOST)
    )
    return tuple((row.public_id, joined(row.name, producer.name)) for row, producer in rows)


def member_products(tx: Tx, base_id: int) -> tuple[tuple[str, str], ...]:
    """Products of the base, to choose from in a record."""
    return tuple((one.id, joined(one.name, one.producer)) for one in products(tx, base_id))


def residents(tx: Tx, base_id: int) -> tuple[ResidentLine, ...]:
    """Residents by name, then those that left."""
    rows = tx.session.exec(
        select(BaseResident, Producer)
        .join(Producer, col(Producer.id) == BaseResident.producer_id)
        .where(BaseResident.base_id == base_id)
        .order_by(col(BaseResident.left_on).is_not(None), col(Producer.name))
    )
    return tuple(
        ResidentLine(
            producer.public_id,
            producer.name,
            ProducerKind(producer.kind).label,
            format_day(row.admitted_on),
            row.met,
            format_day(row.left_on) if row.left_on else "",
        )
        for row, producer in rows
    )


def findable_producers(tx: Tx, base_id: int, wanted: str) -> tuple[tuple[str, str], ...]:
    """Producers with that name or 统一社会信用代码 that are not residents: id and name.

    The whole name or number has to be known: a base is no directory of farmers.
    """
    inside = {row.producer_id for row, _ in residents_of(tx.session, base_id, day_of(tx.now))}
    rows = tx.session.exec(
        select(Producer)
        .where(or_(col(Producer.name) == wanted, col(Producer.uscc) == wanted.upper()))
        .limit(10)
    )
    return tuple((row.public_id, row.name) for row in rows if row.id not in inside)


def named(tx: Tx, public_id: str) -> tuple[tuple[str, str], ...]:
    """The producer with that public id as a choice, by its public name; nothing where unknown."""
    row = tx.session.exec(select(Producer).where(Producer.public_id == public_id)).one_or_none()
    return ((row.public_id, published(row, "name", row.name)),) if row else ()


def notices(tx: Tx, base_id: int) -> tuple[NoticeLine, ...]:
    """What the base sent, newest first, and who has read it."""
    rows = tx.session.exec(
        select(BaseNotice)
        .where(BaseNotice.base_id == base_id)
        .order_by(col(BaseNotice.id).desc())
        .limit(_MOST)
    ).all()
    return tuple(_notice(tx, row) for row in rows)


def inbox(tx: Tx, producer_id: int) -> tuple[InboxLine, ...]:
    """The notices a producer was sent, newest first."""
    names = {row.id: row.name for row in tx.session.exec(select(Base))}
    return tuple(
        InboxLine(
            notice.public_id,
            notice.title,
            notice.text,
            NoticeConcern(notice.concern).label,
            names[notice.base_id],
            format_instant(notice.sent_at),
            reading is not None,
        )
        for notice, reading in notices_to(tx.session, producer_id)
    )


def unread(tx: Tx, producer_id: int) -> int:
    """How many notices a producer has not read."""
    return sum(reading is None for _, reading in notices_to(tx.session, producer_id))


def base_answers(row: Base) -> dict[str, Any]:
    """The base as the form that changes it."""
    area = row.area_milli_mu
    return row.model_dump() | {"area": f"{area / 1000:.3f}".rstrip("0").rstrip(".") if area else ""}


def bases(tx: Tx) -> tuple[BaseLine, ...]:
    """All bases by name, with how many companies and certified products they have today."""
    today = day_of(tx.now)
    companies = dict(
        tx.session.exec(
            select(BaseResident.base_id, func.count())
            .where(
                BaseResident.admitted_on <= today,
                or_(col(BaseResident.left_on).is_(None), col(BaseResident.left_on) > today),
            )
            .group_by(col(BaseResident.base_id))
        ).all()
    )
    certified = Counter(
        member.base_id for member in tx.session.exec(select(BaseProduct)) if in_force(member, today)
    )
    return tuple(
        BaseLine(
            row.public_id,
            row.name,
            row.applicant,
            reference().place_name(row.county),
            companies.get(row.id or 0, 0),
            certified[row.id or 0],
        )
        for row in tx.session.exec(select(Base).order_by(col(Base.name)).limit(_MOST))
    )


def public_base(tx: Tx, base: Base) -> PublicBase:
    """The base's public page."""
    today = day_of(tx.now)
    chains: dict[str, list[PublicProduct]] = {}
    rows = tx.session.exec(
        select(BaseProduct, Product, Producer)
        .join(Product, col(Product.id) == BaseProduct.product_id)
        .join(Producer, col(Producer.id) == Product.producer_id)
        .where(BaseProduct.base_id == base.id)
        .order_by(col(BaseProduct.chain), col(Product.name))
    )
    for member, product, producer in rows:
        if in_force(member, today):
            until = format_day(member.certified_to) if member.certified_to else ""
            chains.setdefault(member.chain, []).append(
                PublicProduct(
                    product.public_id,
                    product.name,
                    published(producer, "name", producer.name),
                    member.certificate_no or "",
                    until,
                    _newest_batch(tx, product),
                )
            )
    area = base_answers(base)["area"]
    return PublicBase(
        id=base.public_id,
        name=base.name,
        facts=(
            ("申请方", base.applicant),
            ("申请方类别", ApplicantKind(base.applicant_kind).label),
            ("基地类型", Industry(base.industry).label),
            ("所在地", reference().place_name(base.county)),
            ("基地范围", base.boundary),
            ("面积", f"{area} 亩" if area else ""),
        ),
        introduction=base.introduction or "",
        chains=tuple((chain, tuple(lines)) for chain, lines in chains.items()),
        residents=tuple(
            (row.public_id, row.name)
            for _, row in residents_of(tx.session, base.id or 0, today)
            if not is_person(row)
        ),
        licences=tuple(
            (row.public_id, row.mark, format_day(row.valid_to))
            for row in tx.session.exec(select(Licence).where(Licence.base_id == base.id))
            if state_of(tx.session, row, today) is LicenceState.IN_FORCE
        ),
    )


def accounts(tx: Tx, base: Base) -> tuple[tuple[str, str], ...]:
    """Login and name of who signs in for a base, for the desk."""
    rows = tx.session.exec(select(Account).where(Account.base_id == base.id))
    return tuple((row.login, row.name) for row in rows)


def _newest_batch(tx: Tx, product: Product) -> str:
    row = tx.session.exec(
        select(Batch)
        .where(Batch.product_id == product.id, Batch.quantity_milli > 0)
        .order_by(col(Batch.made_on).desc(), col(Batch.id).desc())
    ).first()
    return row.public_id if row else ""


def _notice(tx: Tx, row: BaseNotice) -> NoticeLine:
    day = day_of(row.sent_at)
    members = [
        producer
        for _, producer in residents_of(tx.session, row.base_id, day)
        if row.producer_id in (None, producer.id)
    ]
    read = set(
        tx.session.exec(select(NoticeReading.producer_id).where(NoticeReading.notice_id == row.id))
    )
    return NoticeLine(
        id=row.public_id,
        title=row.title,
        text=row.text,
        concern=NoticeConcern(row.concern).label,
        at=format_instant(row.sent_at),
        to="全部入驻企业" if row.producer_id is None else "、".join(one.name for one in members),
        read=len(read),
        of=len(members),
        unread="、".join(one.name for one in members if one.id not in read),
    )
