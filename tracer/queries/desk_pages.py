"""The desk: who is on record, what inspectors found, and why each score is what it is."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import col, func, or_, select

from tracer.domain.clock import day_of, format_day, format_instant, start_of
from tracer.domain.errors import NotFound
from tracer.domain.quantity import Quantity, unit_of
from tracer.domain.reference import load as reference
from tracer.domain.words import ProducerKind, Role
from tracer.queries.credit_view import (
    CreditView,
    PostingLine,
    SubjectCard,
    latest_postings,
    product_credit,
    subject_card,
)
from tracer.queries.reminders import Reminder, reminders
from tracer.queries.supervision.inspector import FindingLine, finding_line
from tracer.queries.supervision.lists import waiting_numbers
from tracer.store.tables import (
    Account,
    Certificate,
    CreditScore,
    Finding,
    LogLeaf,
    Producer,
    Product,
    Voiding,
)
from tracer.store.world import Tx

LIST = 100


@dataclass(frozen=True)
class ProducerLine:
    """A producer in the list."""

    id: str
    name: str
    kind: str
    place: str
    certificates: int
    suspended: bool


@dataclass(frozen=True)
class DeskHome:
    """Numbers that answer a question, and what came in last."""

    numbers: tuple[tuple[str, str], ...]
    waits: tuple[tuple[str, str], ...]  # reports and incidents that wait for the desk
    reminders: tuple[Reminder, ...]  # those due today or overdue
    findings: tuple[FindingLine, ...]


@dataclass(frozen=True)
class ProductLine:
    """A product with its credit."""

    id: str
    name: str
    spec: str
    grade: str
    points: str


@dataclass(frozen=True)
class CertificateLine:
    """A certificate in a list."""

    id: str
    number: str
    product: str
    quantity: str
    issued_at: str
    voided: str  # the reason, empty while it stands


@dataclass(frozen=True)
class AccountLine:
    """Who signs in."""

    login: str
    name: str
    role: str
    producer: str
    disabled: bool
    operator: bool


@dataclass(frozen=True)
class ProducerPage:
    """Everything about one producer that the desk decides on."""

    id: str
    name: str
    facts: tuple[tuple[str, str], ...]
    suspended: str  # the reason, empty while it may issue
    credit: SubjectCard
    accounts: tuple[AccountLine, ...]
    products: tuple[ProductLine, ...]
    certificates: tuple[CertificateLine, ...]
    findings: tuple[FindingLine, ...]


@dataclass(frozen=True)
class ProductPage:
    """A product's credit, every row and every posting."""

    id: str
    name: str
    producer_id: str
    producer: str
    credit: CreditView | None
    postings: tuple[PostingLine, ...]


def desk_home(tx: Tx) -> DeskHome:
    """Today's numbers and the newest findings."""
    midnight = start_of(day_of(tx.now))

    def many(table: type, *where: object) -> str:
        query = select(func.count()).select_from(table)
        for condition in where:
            query = query.where(condition)  # type: ignore[arg-type]
        return f"{tx.session.exec(query).one():,}"

    return DeskHome(
        numbers=(
            ("生产主体", many(Producer)),
            ("今天开具", many(Certificate, Certificate.issued_at >= midnight)),
            ("一共开具", many(Certificate)),
            ("已作废", many(Voiding)),
            ("今天查验", many(Finding, Finding.recorded_at >= midnight)),
            ("日志条数", many(LogLeaf)),
        ),
        waits=waiting_numbers(tx),
        reminders=reminders(tx),
        findings=findings(tx, 10),
    )


def findings(tx: Tx, limit: int = LIST) -> tuple[FindingLine, ...]:
    """The newest findings of all inspectors."""
    rows = tx.session.exec(select(Finding).order_by(col(Finding.id).desc()).limit(limit))
    return tuple(finding_line(tx, row) for row in rows)


def producers(tx: Tx, wanted: str = "") -> tuple[ProducerLine, ...]:
    """Producers whose name or 统一社会信用代码 holds ``wanted``, by name."""
    query = (
        select(Producer, func.count(col(Certificate.id)))
        .join(Certificate, col(Certificate.producer_id) == Producer.id, isouter=True)
        .group_by(col(Producer.id))
        .order_by(col(Producer.name))
        .limit(LIST)
    )
    if wanted:
        query = query.where(
            or_(
                col(Producer.name).contains(wanted, autoescape=True),
                col(Producer.uscc).contains(wanted.upper(), autoescape=True),
            )
        )
    return tuple(
        ProducerLine(
            row.public_id,
            row.name,
            ProducerKind(row.kind).label,
            _place(row),
            count,
            row.suspended_at is not None,
        )
        for row, count in tx.session.exec(query)
    )


def producer_page(tx: Tx, public_id: str) -> ProducerPage:
    """One producer with its accounts, products, certificates and findings."""
    row = tx.session.exec(select(Producer).where(Producer.public_id == public_id)).one_or_none()
    if row is None:
        raise NotFound("没有这个生产主体，请回到列表重新选择")
    return ProducerPage(
        id=row.public_id,
        name=row.name,
        facts=(
            ("类别", ProducerKind(row.kind).label),
            ("统一社会信用代码", row.uscc or ""),
            ("法定代表人", row.legal_person or ""),
            ("联系人", row.contact_name or ""),
            ("联系方式", row.contact_phone),
            ("所在地", _place(row)),
            ("地址", row.address),
            ("登记于", format_instant(row.created_at)),
        ),
        suspended=row.suspended_reason or "" if row.suspended_at else "",
        credit=subject_card(tx, row.id or 0),
        accounts=accounts(tx, row.id),
        products=_products(tx, row),
        certificates=_certificates(tx, row),
        findings=tuple(
            finding_line(tx, one)
            for one in tx.session.exec(
                select(Finding)
                .where(Finding.producer_id == row.id)
                .order_by(col(Finding.id).desc())
                .limit(LIST)
            )
        ),
    )


def product_page(tx: Tx, public_id: str) -> ProductPage:
    """One product's credit with its postings."""
    row = tx.session.exec(select(Product).where(Product.public_id == public_id)).one_or_none()
    if row is None:
        raise NotFound("没有这个产品，请回到列表重新选择")
    producer = tx.session.get_one(Producer, row.producer_id)
    return ProductPage(
        id=row.public_id,
        name=row.name,
        producer_id=producer.public_id,
        producer=producer.name,
        credit=product_credit(tx, row.id or 0),
        postings=latest_postings(tx, row.id or 0),
    )


def accounts(tx: Tx, producer_id: int | None = None) -> tuple[AccountLine, ...]:
    """Accounts, of one producer or all."""
    query = (
        select(Account, Producer.name)
        .join(Producer, col(Producer.id) == Account.producer_id, isouter=True)
        .order_by(col(Account.role), col(Account.login))
    )
    if producer_id is not None:
        query = query.where(Account.producer_id == producer_id)
    return tuple(
        AccountLine(
            row.login,
            row.name,
            Role(row.role).label,
            name or "",
            row.disabled_at is not None,
            row.role == Role.OPERATOR,
        )
        for row, name in tx.session.exec(query)
    )


def _products(tx: Tx, producer: Producer) -> tuple[ProductLine, ...]:
    rows = tx.session.exec(
        select(Product).where(Product.producer_id == producer.id).order_by(col(Product.name))
    )
    lines = []
    for row in rows:
        score = tx.session.get(CreditScore, ("product", row.id))
        lines.append(
            ProductLine(
                row.public_id,
                row.name,
                row.spec,
                score.grade if score else "",
                score.published.removesuffix(".0") if score else "",
            )
        )
    return tuple(lines)


def _certificates(tx: Tx, producer: Producer) -> tuple[CertificateLine, ...]:
    rows = tx.session.exec(
        select(Certificate, Voiding)
        .join(Voiding, col(Voiding.certificate_id) == Certificate.id, isouter=True)
        .where(Certificate.producer_id == producer.id)
        .order_by(col(Certificate.id).desc())
        .limit(LIST)
    )
    return tuple(
        CertificateLine(
            row.public_id,
            row.number,
            row.product,
            str(Quantity(row.quantity_milli, unit_of(row.unit).code)),
            format_day(day_of(row.issued_at)),
            voiding.reason if voiding else "",
        )
        for row, voiding in rows
    )


def _place(row: Producer) -> str:
    return reference().place_name(row.town or row.county)
