"""What the desk must do today, and what it is late with."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import col, func, select

from tracer.domain.clock import day_of, format_day
from tracer.domain.supervision import DESK_DAYS, Concern, Stage, due
from tracer.queries.supervision.lists import LIST, WAITING
from tracer.store.tables import Incident, IncidentStep, Producer, Product, PublicReport
from tracer.store.world import Tx

_ACTS = {
    Stage.OPEN: "生产者到期没有说明，请作出决定",
    Stage.ANSWERED: "请作出决定",
    Stage.PROPOSED: "请另一位管理员复核",
    Stage.APPEALED: "请没有经手过的管理员审查申诉",
}


@dataclass(frozen=True)
class Reminder:
    """One thing to do. ``incident`` or ``report`` is the public id that its page opens by."""

    incident: str
    report: str
    title: str
    producer: str
    act: str
    when: str
    late: bool


def reminders(tx: Tx) -> tuple[Reminder, ...]:
    """What is due today or overdue at the desk, the longest overdue first.

    The desk takes each of its steps within 7 calendar days: it takes up a report, decides after
    the answer or the end of its time, confirms, hears an appeal.
    """
    found = [*_reports(tx), *_incidents(tx)]
    today = day_of(tx.now)
    waiting = [(end, one) for end, one in found if day_of(end - 1) <= today]
    waiting.sort(key=lambda pair: pair[0])
    return tuple(one for _, one in waiting)


def _reports(tx: Tx) -> list[tuple[int, Reminder]]:
    rows = tx.session.exec(
        select(PublicReport, Product, Producer)
        .join(Product, col(Product.id) == PublicReport.product_id)
        .join(Producer, col(Producer.id) == PublicReport.producer_id)
        .where(col(PublicReport.incident_id).is_(None))
        .order_by(col(PublicReport.id))
        .limit(LIST)
    )
    found = []
    for row, product, producer in rows:
        concern = Concern(row.concern)
        title = f"{concern.channel.label}：{concern.label} · {product.name}"
        end = due(row.created_at, DESK_DAYS)
        found.append((end, _reminder(tx, end, "", row.public_id, title, producer.name, "请受理")))
    return found


def _incidents(tx: Tx) -> list[tuple[int, Reminder]]:
    since = func.max(IncidentStep.at)
    rows = tx.session.exec(
        select(Incident, Producer, since)
        .join(Producer, col(Producer.id) == Incident.producer_id)
        .join(IncidentStep, col(IncidentStep.incident_id) == Incident.id)
        .where(col(Incident.stage).in_([stage.value for stage in WAITING]))
        .group_by(col(Incident.id), col(Producer.id))
        .order_by(col(Incident.id))
        .limit(LIST)
    )
    found = []
    for row, producer, at in rows:
        stage = Stage(row.stage)
        if stage is Stage.OPEN and tx.now < row.answer_due:
            continue  # the producer's turn
        end = due(row.answer_due - 1 if stage is Stage.OPEN else at, DESK_DAYS)
        act = _ACTS[stage]
        found.append((end, _reminder(tx, end, row.public_id, "", row.title, producer.name, act)))
    return found


def _reminder(
    tx: Tx, end: int, incident: str, report: str, title: str, producer: str, act: str
) -> Reminder:
    late = tx.now >= end
    when = f"应在{format_day(day_of(end - 1))}前办，已过期" if late else "今天是最后一天"
    return Reminder(incident, report, title, producer, act, when, late)
