"""Lists of incidents and of what waits: for the desk and for the producer."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import col, func, or_, select

from tracer.domain.clock import day_of, format_day, start_of
from tracer.domain.supervision import STANDING, IncidentKind, Stage
from tracer.queries.supervision.reports import (
    ReportView,
    report_view,
)
from tracer.queries.supervision.reviews import Surge, recent_surges
from tracer.store.tables import (
    Incident,
    Producer,
    Product,
    PublicReport,
    Review,
)
from tracer.store.world import Tx

LIST = 200
WAITING = (Stage.OPEN, Stage.ANSWERED, Stage.PROPOSED, Stage.APPEALED)
_DAY = 86_400
_BURST_DAYS = 14


@dataclass(frozen=True)
class IncidentLine:
    """An incident in a list. ``due`` says who must act by when, empty once it is closed."""

    id: str
    title: str
    kind: str
    stage: str
    tone: str
    producer: str
    product: str
    day: str
    due: str
    late: bool


@dataclass(frozen=True)
class Burst:
    """A device that rated more labels of a product on one day than a shopper does."""

    day: str
    product_id: str
    product: str
    producer: str
    reviews: int


@dataclass(frozen=True)
class IncidentsPage:
    """The desk's list: what came in, what is under way, what looks like gaming."""

    reports: tuple[ReportView, ...]
    under_way: tuple[IncidentLine, ...]
    closed: tuple[IncidentLine, ...]
    bursts: tuple[Burst, ...]
    surges: tuple[Surge, ...]


def incidents_page(tx: Tx, with_contacts: bool) -> IncidentsPage:
    """Everything the desk has to look at, the oldest first; the newest of what is done."""
    loose = tx.session.exec(
        select(PublicReport)
        .where(col(PublicReport.incident_id).is_(None))
        .order_by(col(PublicReport.id))
        .limit(LIST)
    ).all()
    stages = [stage.value for stage in WAITING]
    waiting = tx.session.exec(
        select(Incident)
        .where(col(Incident.stage).in_(stages))
        .order_by(col(Incident.id))
        .limit(LIST)
    )
    closed = tx.session.exec(
        select(Incident)
        .where(col(Incident.stage).not_in(stages))
        .order_by(col(Incident.id).desc())
        .limit(50)
    )
    return IncidentsPage(
        reports=tuple(report_view(tx, row, with_contacts) for row in loose),
        under_way=tuple(incident_line(tx, row) for row in waiting),
        closed=tuple(incident_line(tx, row) for row in closed),
        bursts=_bursts(tx),
        surges=recent_surges(tx),
    )


def waiting_numbers(tx: Tx) -> tuple[tuple[str, str], ...]:
    """What waits at the desk, for its home page: reports, decisions, confirmations, appeals."""
    loose = tx.session.exec(
        select(func.count())
        .select_from(PublicReport)
        .where(col(PublicReport.incident_id).is_(None))
    ).one()
    decidable = or_(
        Incident.stage == Stage.ANSWERED.value,
        (col(Incident.stage) == Stage.OPEN.value) & (col(Incident.answer_due) <= tx.now),
    )
    counts = [
        ("新的举报投诉", loose),
        *(
            (word, tx.session.exec(select(func.count()).select_from(Incident).where(which)).one())
            for word, which in (
                ("待作决定", decidable),
                ("待复核", Incident.stage == Stage.PROPOSED.value),
                ("申诉待审", Incident.stage == Stage.APPEALED.value),
            )
        ),
    ]
    return tuple((word, f"{count:,}") for word, count in counts)


def own_incidents(tx: Tx, producer_id: int) -> tuple[IncidentLine, ...]:
    """A producer's incidents, newest first."""
    rows = tx.session.exec(
        select(Incident)
        .where(Incident.producer_id == producer_id)
        .order_by(col(Incident.id).desc())
        .limit(LIST)
    )
    return tuple(incident_line(tx, row) for row in rows)


def own_turns(tx: Tx, producer_id: int) -> tuple[Incident, ...]:
    """The incidents that wait for the producer's answer, the most urgent first."""
    return tuple(
        tx.session.exec(
            select(Incident)
            .where(Incident.producer_id == producer_id, Incident.stage == Stage.OPEN.value)
            .order_by(col(Incident.answer_due))
        )
    )


def incident_line(tx: Tx, row: Incident) -> IncidentLine:
    """An incident as a list shows it."""
    product = tx.session.get(Product, row.product_id) if row.product_id else None
    due = due_of(tx, row)
    return IncidentLine(
        id=row.public_id,
        title=row.title,
        kind=IncidentKind(row.kind).label,
        stage=Stage(row.stage).label,
        tone=tone_of(row),
        producer=tx.session.get_one(Producer, row.producer_id).name,
        product=product.name if product else "",
        day=format_day(day_of(row.opened_at)),
        due=due,
        late=row.stage == Stage.OPEN and tx.now >= row.answer_due,
    )


def due_of(tx: Tx, row: Incident) -> str:
    """Who must do what by when."""
    stage = Stage(row.stage)
    if stage is Stage.OPEN:
        day = format_day(day_of(row.answer_due - 1))
        if tx.now >= row.answer_due:
            return f"生产者在{day}前没有说明，请平台作出决定"
        return f"请生产者在{day}前说明情况"
    if stage is Stage.UPHELD and row.appeal_due is not None and tx.now < row.appeal_due:
        return f"生产者可以在{format_day(day_of(row.appeal_due - 1))}前申诉一次"
    return {
        Stage.ANSWERED: "请平台作出决定",
        Stage.PROPOSED: "请另一位管理员复核",
        Stage.APPEALED: "请没有经手过的管理员审查申诉",
    }.get(stage, "")


def tone_of(row: Incident) -> str:
    """The tone of the pill that names an incident's stage."""
    stage = Stage(row.stage)
    if stage in STANDING:
        return "void"
    return "unsure" if stage in WAITING else ""


def _bursts(tx: Tx) -> tuple[Burst, ...]:
    """Devices with ratings that do not count, by product and day, newest first."""
    since = start_of(day_of(tx.now)) - _BURST_DAYS * _DAY
    rows = tx.session.exec(
        select(Review.visitor, Review.product_id, func.count(), func.max(Review.created_at))
        .where(col(Review.counted).is_(False), Review.created_at >= since)
        .group_by(col(Review.visitor), col(Review.product_id))
        .order_by(func.max(Review.created_at).desc())
        .limit(LIST)
    )
    found = []
    for _visitor, product_id, count, at in rows:
        product = tx.session.get_one(Product, product_id)
        owner = tx.session.get_one(Producer, product.producer_id)
        found.append(
            Burst(format_day(day_of(at)), product.public_id, product.name, owner.name, count)
        )
    return tuple(found)
