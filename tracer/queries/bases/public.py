"""Bases as lists and public pages show them: organisations, no person and no telephone."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from sqlmodel import col, func, or_, select

from tracer.domain.assessing import LicenceState
from tracer.domain.bases import ApplicantKind, Industry
from tracer.domain.clock import day_of, format_day
from tracer.domain.reference import load as reference
from tracer.queries.bases.members import base_answers
from tracer.queries.persons import is_person, published
from tracer.store.assessments import state_of
from tracer.store.base_facts import in_force, residents_of
from tracer.store.tables import (
    Account,
    Base,
    BaseProduct,
    BaseResident,
    Batch,
    Licence,
    Producer,
    Product,
)
from tracer.store.world import Tx

_MOST = 200


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
