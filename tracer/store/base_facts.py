"""What a base's rows say about clauses 5.2.1, 5.4.2, 5.5.2 and the rest, on a given day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import aliased
from sqlmodel import Session, and_, col, or_, select

from tracer.domain.bases import (
    GRAVE,
    CertifiedProduct,
    Kept,
    Standing,
    by_records,
    cluster,
    coverage,
    informing,
    recent,
    window,
    years_before,
)
from tracer.domain.clock import day_of, start_of
from tracer.domain.supervision import DOCUMENTED, STANDING, IncidentKind
from tracer.store.lookups import recall_of
from tracer.store.tables import (
    BaseNotice,
    BaseProduct,
    BaseRecord,
    BaseResident,
    Batch,
    Element,
    Incident,
    NoticeReading,
    Producer,
    Product,
    TestReport,
)

_DAY = 86_400
NOTICES, CERTIFIED, EVENTS, FILES = "5.6.1", "5.2.1", "5.4.2", "5.5.2"
COUNTED = (CERTIFIED, EVENTS, FILES, NOTICES)
"""Clauses that are counted from rows rather than judged by papers."""


@dataclass(frozen=True)
class BaseFacts:
    """A base on the day ``on``."""

    on: date
    records: tuple[BaseRecord, ...]  # those that stand
    certified: tuple[CertifiedProduct, ...]
    incidents: tuple[date, ...]  # 重大、特大突发环境事件
    bad_records: tuple[date, ...]  # of the base, and authorities' decisions upheld on residents
    counterfeit: int
    notices: int  # sent in the twelve months before

    def standing(self, clause: str) -> Standing:
        """Where a clause stands, by its key in the pack."""
        kinds = {record.kind for record in self.records}
        if clause == CERTIFIED:
            return cluster(self.certified, "share" in kinds, "leading" in kinds)
        if clause == EVENTS:
            return window(self.incidents, self.bad_records, self._clean(), self.on)
        if clause == FILES:
            return coverage(self.certified, self.counterfeit)
        if clause == NOTICES:
            return informing(self.notices)
        kept = [Kept(one.kind, one.held_on, one.values, one.title) for one in self.records]
        return by_records(clause, kept, self.on)

    def _clean(self) -> bool:
        return any(
            one.kind == "clean_record" and recent(one.held_on, self.on) for one in self.records
        )


def base_facts(session: Session, base_id: int, on: date) -> BaseFacts:
    """Everything that is counted for a base, as it stood at the end of ``on``."""
    records = tuple(one for one in standing_records(session, base_id) if one.held_on <= on)
    grave = (
        one.held_on
        for one in records
        if one.kind == "environmental_event" and one.values["level"] in GRAVE
    )
    rows = session.exec(
        select(BaseProduct, Product)
        .join(Product, col(Product.id) == BaseProduct.product_id)
        .where(BaseProduct.base_id == base_id)
        .order_by(col(BaseProduct.chain), col(Product.name))
    ).all()
    products = [(member, row) for member, row in rows if in_force(member, on)]
    faked = session.exec(
        select(Incident.id)
        .join(BaseProduct, col(BaseProduct.product_id) == Incident.product_id)
        .where(
            BaseProduct.base_id == base_id,
            # A product that was taken out afterwards leaves what was found of it behind.
            or_(
                col(BaseProduct.left_at).is_(None),
                col(BaseProduct.left_at) >= col(Incident.opened_at),
            ),
            Incident.kind == IncidentKind.FALSE_CERTIFICATE,
            col(Incident.stage).in_([stage.value for stage in STANDING]),
            Incident.opened_at < start_of(on) + _DAY,
        )
    ).all()
    return BaseFacts(
        on=on,
        records=records,
        certified=tuple(
            CertifiedProduct(
                row.name,
                member.chain,
                filed=_filed(session, row, on),
                traced=_traced(session, row, on),
            )
            for member, row in products
        ),
        incidents=tuple(grave),
        bad_records=(
            *(one.held_on for one in records if one.kind == "bad_record"),
            *_decisions_on_residents(session, base_id, on),
        ),
        counterfeit=sum(one.kind == "counterfeit" for one in records) + len(faked),
        notices=_notices(session, base_id, on),
    )


def standing_records(session: Session, base_id: int) -> Sequence[BaseRecord]:
    """The base's records that were neither corrected nor withdrawn, newest first."""
    newer = aliased(BaseRecord)
    followed = select(newer.id).where(newer.follows_id == BaseRecord.id).correlate(BaseRecord)
    return session.exec(
        select(BaseRecord)
        .where(
            BaseRecord.base_id == base_id,
            col(BaseRecord.withdrawn_at).is_(None),
            ~followed.exists(),
        )
        .order_by(col(BaseRecord.held_on).desc(), col(BaseRecord.id).desc())
    ).all()


def in_force(member: BaseProduct, on: date) -> bool:
    """Whether a product of the base holds a 一乡一品 certificate on a day."""
    return (
        member.certificate_no is not None
        and (member.certified_on is None or member.certified_on <= on)
        and (member.certified_to is None or on <= member.certified_to)
        and (member.left_at is None or on < day_of(member.left_at))
    )


def _filed(session: Session, product: Product, on: date) -> bool:
    """产品质量档案: a report that passed, or an entry of the product's dossier."""
    report = (
        select(TestReport.id)
        .join(Batch, col(Batch.id) == TestReport.batch_id)
        .where(Batch.product_id == product.id, TestReport.passed, TestReport.tested_on <= on)
    )
    entry = select(Element.id).where(
        Element.product_id == product.id, col(Element.withdrawn_at).is_(None)
    )
    return any(session.exec(rows.limit(1)).first() is not None for rows in (report, entry))


def _traced(session: Session, product: Product, on: date) -> bool:
    """A batch of the last twelve months with goods in it and no recall over it."""
    batches = session.exec(
        select(Batch)
        .where(
            Batch.product_id == product.id,
            Batch.quantity_milli > 0,
            Batch.made_on <= on,
            Batch.made_on > years_before(on, 1),
        )
        .order_by(col(Batch.made_on).desc())
    )
    return any(recall_of(session, batch.id or 0) is None for batch in batches)


def _decisions_on_residents(session: Session, base_id: int, on: date) -> list[date]:
    """Days of authorities' decisions (抽检不合格、处罚、事故、超规使用) that stand on residents.

    A resident that left afterwards leaves them behind: the base is not cleared by sending it away.
    """
    rows = session.exec(
        select(Incident, BaseResident)
        .join(BaseResident, col(BaseResident.producer_id) == Incident.producer_id)
        .where(
            BaseResident.base_id == base_id,
            col(Incident.kind).in_([kind.value for kind in DOCUMENTED]),
            col(Incident.stage).in_([stage.value for stage in STANDING]),
        )
    )
    return [
        day
        for incident, member in rows
        if (day := day_of(incident.opened_at)) <= min(on, member.left_on or on)
    ]


def _notices(session: Session, base_id: int, on: date) -> int:
    sent = session.exec(select(BaseNotice.sent_at).where(BaseNotice.base_id == base_id))
    return sum(recent(day_of(instant), on) for instant in sent)


def residents_of(session: Session, base_id: int, on: date) -> list[tuple[BaseResident, Producer]]:
    """Who is in the base on a day, by name."""
    rows = session.exec(
        select(BaseResident, Producer)
        .join(Producer, col(Producer.id) == BaseResident.producer_id)
        .where(
            BaseResident.base_id == base_id,
            BaseResident.admitted_on <= on,
            or_(col(BaseResident.left_on).is_(None), col(BaseResident.left_on) > on),
        )
        .order_by(col(Producer.name))
    )
    return [(row, producer) for row, producer in rows]


def notices_to(session: Session, producer_id: int) -> list[tuple[BaseNotice, NoticeReading | None]]:
    """The notices a producer was sent while it was in the base, newest first, and its reading."""
    rows = session.exec(
        select(BaseNotice, BaseResident, NoticeReading)
        .join(BaseResident, col(BaseResident.base_id) == BaseNotice.base_id)
        .join(
            NoticeReading,
            and_(
                col(NoticeReading.notice_id) == BaseNotice.id,
                col(NoticeReading.producer_id) == producer_id,
            ),
            isouter=True,
        )
        .where(
            BaseResident.producer_id == producer_id,
            or_(col(BaseNotice.producer_id).is_(None), BaseNotice.producer_id == producer_id),
        )
        .order_by(col(BaseNotice.id).desc())
    )
    return [(notice, reading) for notice, member, reading in rows if _was_in(member, notice)]


def _was_in(member: BaseResident, notice: BaseNotice) -> bool:
    """Whether the notice was sent while the producer was in the base, or in the year before."""
    sent = day_of(notice.sent_at)
    return member.left_on is None or sent < member.left_on
