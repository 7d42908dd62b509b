"""在等什么: what stands between the records and the next certificate, and what clears it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice

from sqlmodel import col, func, select

from tracer.domain.clock import day_of
from tracer.domain.gate import next_clear
from tracer.domain.words import Basis
from tracer.queries.assessment.lists import assessments_in_hand
from tracer.queries.farm.gate import gate_view
from tracer.queries.farm.records import making_of, title_of
from tracer.queries.lines import joined
from tracer.queries.supervision.lists import own_turns
from tracer.store.cases import campaign_harvest, promise_case
from tracer.store.lookups import recall_of
from tracer.store.stock import remaining
from tracer.store.tables import Batch, Campaign, Certificate, Finding, Plot, Product, Voiding
from tracer.store.world import Tx

_FRESH = timedelta(days=45)  # a batch older than this no longer waits for its certificate
_MOST = 12


@dataclass(frozen=True)
class Wait:
    """One thing that waits: its word, what it is about, and where to go.

    ``kind`` is incident, assessment, campaign, batch, issue or findings; ``id`` is empty for
    findings.
    """

    title: str
    note: str
    mark: str
    tone: str
    kind: str
    id: str


def waits(tx: Tx, producer_id: int) -> tuple[Wait, ...]:
    """All that waits: what must be answered, inspectors' findings, then batches, then plots."""
    batches = _batches(tx, producer_id, day_of(tx.now))
    told = {(wait.title, wait.note) for wait in batches}
    plots = [wait for wait in _campaigns(tx, producer_id) if (wait.title, wait.note) not in told]
    return (
        *_incidents(tx, producer_id),
        *_assessments(tx, producer_id),
        *_findings(tx, producer_id),
        *batches,
        *plots,
    )


def _assessments(tx: Tx, producer_id: int) -> tuple[Wait, ...]:
    """Applications that came back, or that are not handed in yet while the call is open."""
    return tuple(
        Wait(f"{one.mark}：{one.subject}", one.next, one.stage, one.tone, "assessment", one.id)
        for one in assessments_in_hand(tx, producer_id)
    )


def wait_of_campaign(tx: Tx, campaign: Campaign) -> Wait | None:
    """What the campaign's plot waits for before it may be harvested; None where nothing does."""
    today = day_of(tx.now)
    product = tx.session.get_one(Product, campaign.product_id)
    harvest = campaign_harvest(tx.session, campaign, today)
    clearance = next_clear(
        harvest.uses,
        product.category,
        product.crop or product.name,
        today,
        harvest.water_temperatures,
        harvest.before,
    )
    if clearance.earliest is not None and clearance.earliest <= today:
        return None
    use = clearance.waiting_for
    if clearance.earliest is None:
        note, mark = clearance.sentence, "要处理"
    else:
        day = f"{use.used_on.month}月{use.used_on.day}日用过{use.name}" if use else ""
        note = joined(day, clearance.sentence)
        mark = _in_days((clearance.earliest - today).days)
    return Wait(title_of(tx, campaign), note, mark, "unsure", "campaign", campaign.public_id)


def _in_days(days: int) -> str:
    return "明天可采收" if days == 1 else f"还有 {days} 天"


def _campaigns(tx: Tx, producer_id: int) -> list[Wait]:
    rows = tx.session.exec(
        select(Campaign)
        .where(Campaign.producer_id == producer_id, col(Campaign.ended_on).is_(None))
        .order_by(col(Campaign.id).desc())
    ).all()
    found = (wait for row in rows if (wait := wait_of_campaign(tx, row)))
    return list(islice(found, _MOST))


def _batches(tx: Tx, producer_id: int, today: date) -> list[Wait]:
    """Fresh batches without a certificate: what each waits for, or that it may be promised."""
    standing = (
        select(Certificate.id)
        .join(Voiding, col(Voiding.certificate_id) == Certificate.id, isouter=True)
        .where(Certificate.batch_id == Batch.id, col(Voiding.certificate_id).is_(None))
    )
    rows = tx.session.exec(
        select(Batch)
        .where(
            Batch.producer_id == producer_id,
            Batch.made_on >= today - _FRESH,
            Batch.quantity_milli > 0,
            ~standing.correlate(Batch).exists(),
        )
        .order_by(col(Batch.made_on).desc(), col(Batch.id).desc())
    ).all()
    found = (wait for row in rows if (wait := _wait_of_batch(tx, row, today)))
    return list(islice(found, _MOST))


def _wait_of_batch(tx: Tx, batch: Batch, today: date) -> Wait | None:
    left = remaining(tx.session, batch)
    if not left.milli or recall_of(tx.session, batch.id or 0) is not None:
        return None
    view = gate_view(
        tx, batch.producer_id, promise_case(tx.session, batch, left, [Basis.CONTROL], today)
    )
    if not view.certifiable:
        return None
    title = joined(tx.session.get_one(Product, batch.product_id).name, place_of(tx, batch))
    if view.open:
        word = making_of(tx, batch)
        note = f"{batch.made_on.month}月{batch.made_on.day}日{word}，还能开 {left}"
        return Wait(title, note, "可以开证", "genuine", "issue", batch.public_id)
    first = view.refusals[0]
    return Wait(title, first.text, first.short, first.tone, "batch", batch.public_id)


def _incidents(tx: Tx, producer_id: int) -> list[Wait]:
    """What the producer has to answer, with the days that are left."""
    found = []
    for row in own_turns(tx, producer_id):
        last = day_of(row.answer_due - 1)
        days = (last - day_of(tx.now)).days
        mark = "今天到期" if days == 0 else f"还有 {days} 天" if days > 0 else "过期了，请尽快"
        note = f"请在{last.month}月{last.day}日前说明情况"
        found.append(Wait(row.title, note, mark, "void", "incident", row.public_id))
    return found


def _findings(tx: Tx, producer_id: int) -> list[Wait]:
    unread = tx.session.exec(
        select(func.count())
        .select_from(Finding)
        .where(Finding.producer_id == producer_id, col(Finding.producer_read_at).is_(None))
    ).one()
    if not unread:
        return []
    return [Wait("检查员的查验记录", f"有 {unread} 条还没看", "去看看", "unsure", "findings", "")]


def place_of(tx: Tx, batch: Batch) -> str:
    """Where a batch grew; its number where it is made of others."""
    if batch.campaign_id is None:
        return f"批次 {batch.code}"
    campaign = tx.session.get_one(Campaign, batch.campaign_id)
    return tx.session.get_one(Plot, campaign.plot_id).name
