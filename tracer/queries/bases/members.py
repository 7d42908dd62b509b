"""Who and what is in a base: residents, products by chain, and the base's own form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlmodel import col, or_, select

from tracer.domain.clock import day_of, format_day
from tracer.domain.words import ProducerKind
from tracer.queries.lines import joined
from tracer.queries.persons import published
from tracer.store.base_facts import in_force, residents_of
from tracer.store.tables import (
    Base,
    BaseProduct,
    BaseResident,
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


def base_answers(row: Base) -> dict[str, Any]:
    """The base as the form that changes it."""
    area = row.area_milli_mu
    return row.model_dump() | {"area": f"{area / 1000:.3f}".rstrip("0").rstrip(".") if area else ""}
