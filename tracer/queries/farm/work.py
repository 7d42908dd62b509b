"""Campaigns and works as their owner sees them, and what the next record is likely to say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlmodel import col, func, select

from tracer.domain.clock import format_day
from tracer.domain.operations import (
    AFTER_HARVEST,
    OperationKind,
    kinds_for,
    operation_kind,
)
from tracer.domain.quantity import Quantity
from tracer.domain.reference import load as reference
from tracer.domain.words import InputKind, ProducerKind, Sector
from tracer.queries.farm.records import WorkLine, title_of, work_answers, work_line
from tracer.queries.lines import Line, joined
from tracer.store.lookups import current_operations
from tracer.store.tables import (
    Batch,
    Campaign,
    Input,
    InputUse,
    Operation,
    Plot,
    Producer,
    Product,
)
from tracer.store.world import Tx

# Works that move goods between batches are done on the batch's own page.
_ON_BATCHES = frozenset({"purchase", "mixing", "splitting"})
_FREQUENT = 6


@dataclass(frozen=True)
class CampaignPage:
    """A campaign: what grows where since when, and its records, newest first."""

    id: str
    title: str
    name: str
    period: str
    is_open: bool
    works: tuple[WorkLine, ...]
    batches: tuple[Line, ...]


@dataclass(frozen=True)
class KindChoice:
    """One kind of work to choose. ``makes_batch`` leads to a page of its own."""

    code: str
    label: str
    makes_batch: bool


@dataclass(frozen=True)
class KindsPage:
    """The kinds of work of a campaign: those done most often, then all others of each group.

    ``usual`` says whether the producer has habits yet.
    """

    campaign: str
    title: str
    usual: bool
    frequent: tuple[KindChoice, ...]
    groups: tuple[tuple[str, tuple[KindChoice, ...]], ...]


@dataclass(frozen=True)
class InputChoice:
    """One input that a work may use; ``note`` is what its label says for this crop."""

    id: str
    name: str
    note: str


def campaigns(tx: Tx, producer_id: int, only_open: bool = False) -> tuple[Line, ...]:
    """Campaigns, the one recorded in last first; closed ones after the open."""
    rows = _campaign_rows(tx, producer_id, only_open)
    return tuple(
        Line(
            campaign.public_id,
            joined(product.name, plot.name),
            joined(campaign.name, _last_words(tx, campaign)),
            "" if campaign.ended_on is None else "已结束",
        )
        for campaign, product, plot in rows
    )


def campaign_page(tx: Tx, campaign: Campaign) -> CampaignPage:
    """One campaign with all records that count."""
    works = reversed(current_operations(tx.session, [campaign.id or 0]))
    batches = tx.session.exec(
        select(Batch)
        .where(Batch.campaign_id == campaign.id, Batch.quantity_milli > 0)
        .order_by(col(Batch.made_on).desc(), col(Batch.id).desc())
    )
    ended = format_day(campaign.ended_on) if campaign.ended_on else "现在"
    return CampaignPage(
        id=campaign.public_id,
        title=title_of(tx, campaign),
        name=campaign.name,
        period=f"{format_day(campaign.started_on)} 到{ended}",
        is_open=campaign.ended_on is None,
        works=tuple(work_line(tx, work) for work in works),
        batches=tuple(
            Line(
                batch.public_id,
                str(Quantity(batch.quantity_milli, batch.unit)),
                joined(format_day(batch.made_on), f"批次 {batch.code}"),
            )
            for batch in batches
        ),
    )


def kinds_page(tx: Tx, campaign: Campaign) -> KindsPage:
    """What may be recorded in a campaign, the producer's own habits first."""
    product = tx.session.get_one(Product, campaign.product_id)
    producer = tx.session.get_one(Producer, campaign.producer_id)
    kinds = [kind for kind in kinds_for(product.sector) if kind.code not in _ON_BATCHES]
    if producer.kind == ProducerKind.PURCHASER:
        kinds = [kind for kind in kinds if AFTER_HARVEST in kind.domains]
    if product.sector not in (Sector.LIVESTOCK, Sector.PROCESSING):
        kinds = [kind for kind in kinds if kind.code != "slaughter"]
    done = Counter(
        work.kind for work in current_operations(tx.session, _like(tx, campaign, product))
    )
    usual = sorted((kind for kind in kinds if done[kind.code]), key=lambda k: -done[k.code])
    harvests = [kind for kind in kinds if kind.harvests]
    frequent = list(dict.fromkeys((*usual[:_FREQUENT], *harvests)))
    rest = [kind for kind in kinds if kind not in frequent]
    after = [kind for kind in rest if AFTER_HARVEST in kind.domains]
    own = [kind for kind in rest if AFTER_HARVEST not in kind.domains]
    groups = (("别的活", own), ("采收以后", after))
    return KindsPage(
        campaign=campaign.public_id,
        title=title_of(tx, campaign),
        usual=bool(usual),
        frequent=tuple(_choice(kind) for kind in frequent),
        groups=tuple(
            (heading, tuple(_choice(kind) for kind in group)) for heading, group in groups if group
        ),
    )


def last_answers(
    tx: Tx, campaign: Campaign, kind: str, operator: str, today: date
) -> dict[str, Any]:
    """What a new record of ``kind`` most likely says: the last one, done today."""
    works = current_operations(tx.session, _like(tx, campaign, None))
    same = [work for work in works if work.kind == kind]
    here = [work for work in same if work.campaign_id == campaign.id]
    answers: dict[str, Any] = {"occurred_on": today.isoformat(), "operator": operator}
    if kind == "purchase":
        answers["origin"] = _last_origin(tx, campaign)
    if works:
        answers["operator"] = works[-1].operator
    if same:
        last = (here or same)[-1]
        answers |= {
            name: value
            for name, value in work_answers(tx, last).items()
            if name not in ("occurred_on", "ended_on", "quantity", "note", "number", "plot")
        }
    return answers


def input_choices(tx: Tx, campaign: Campaign, rules: OperationKind) -> tuple[InputChoice, ...]:
    """The producer's inputs that a kind of work may use, those used before first."""
    product = tx.session.get_one(Product, campaign.product_id)
    rows = tx.session.exec(
        select(Input)
        .where(
            Input.producer_id == campaign.producer_id,
            col(Input.kind).in_([kind.value for kind in rules.inputs]),
        )
        .order_by(col(Input.name))
    ).all()
    used = Counter(
        work.input_id for work in current_operations(tx.session, _like(tx, campaign, None))
    )
    return tuple(
        InputChoice(row.public_id, row.name, _label_words(tx, row, product))
        for row in sorted(rows, key=lambda row: -used[row.id])
    )


def _campaign_rows(
    tx: Tx, producer_id: int, only_open: bool
) -> Sequence[tuple[Campaign, Product, Plot]]:
    newest = (
        select(func.max(Operation.recorded_at))
        .where(Operation.campaign_id == Campaign.id)
        .correlate(Campaign)
        .scalar_subquery()
    )
    query = (
        select(Campaign, Product, Plot)
        .join(Product, col(Product.id) == Campaign.product_id)
        .join(Plot, col(Plot.id) == Campaign.plot_id)
        .where(Campaign.producer_id == producer_id)
        .order_by(
            col(Campaign.ended_on).is_not(None),
            func.coalesce(newest, Campaign.created_at).desc(),
            col(Campaign.id).desc(),
        )
    )
    if only_open:
        query = query.where(col(Campaign.ended_on).is_(None))
    return tx.session.exec(query).all()


def _last_words(tx: Tx, campaign: Campaign) -> str:
    works = current_operations(tx.session, [campaign.id or 0])
    if not works:
        return f"{format_day(campaign.started_on)}开始"
    last = works[-1]
    day = f"{last.occurred_on.month}月{last.occurred_on.day}日"
    return f"上次 {day} {operation_kind(last.kind).label}"


def _last_origin(tx: Tx, campaign: Campaign) -> str:
    """Where the campaign's last batch was grown."""
    last = tx.session.exec(
        select(Batch).where(Batch.campaign_id == campaign.id).order_by(col(Batch.id).desc())
    ).first()
    return last.origin if last else ""


def _like(tx: Tx, campaign: Campaign, product: Product | None) -> Sequence[int]:
    """Campaigns whose habits this one follows: all of the producer, or those of one sector."""
    query = select(Campaign.id).where(Campaign.producer_id == campaign.producer_id)
    if product is not None:
        query = query.join(Product).where(Product.sector == product.sector)
    return [one for one in tx.session.exec(query) if one is not None]


def _choice(kind: OperationKind) -> KindChoice:
    return KindChoice(kind.code, kind.label, kind.harvests)


def _label_words(tx: Tx, row: Input, product: Product) -> str:
    """What the label says of this crop, as far as it is recorded."""
    if row.kind not in (InputKind.PESTICIDE, InputKind.VETERINARY_DRUG):
        return row.maker or ""
    crop = product.crop or product.name
    for use in tx.session.exec(select(InputUse).where(InputUse.input_id == row.id)):
        if not reference().crops.covers(use.crop, crop):
            continue
        if use.phi_days is not None:
            word = "休药期" if row.kind == InputKind.VETERINARY_DRUG else "安全间隔期"
            return f"{word} {use.phi_days} 天"
        return "标签未标注间隔期" if use.interval_unstated else "还没填间隔期"
    return f"标签上没有{crop}"
