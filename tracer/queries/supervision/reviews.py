"""Reviews as the desk looks at them: what counts, what does not and why, and what came at once."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

from sqlalchemy import tuple_
from sqlmodel import col, func, select

from tracer.domain.clock import day_of, format_day, format_instant, start_of
from tracer.domain.errors import NotFound, Refusal
from tracer.domain.supervision import SURGE, SURGE_SECONDS, surges
from tracer.domain.words import Rating
from tracer.store.tables import Account, Producer, Product, Review, ReviewSetAside
from tracer.store.world import Tx

PAGE = 100
SURGE_DAYS = 14
_DAY = 86_400


@dataclass(frozen=True)
class Surge:
    """Many good ratings of one product at once, from whatever devices."""

    product_id: str
    product: str
    producer: str
    day: str
    reviews: int
    minutes: int
    devices: int


@dataclass(frozen=True)
class ReviewLine:
    """One review. ``device`` tells devices of one day apart, and nothing else of them.

    ``why`` says why it does not count; it is empty for one that does.
    """

    index: int
    at: str
    rating: str
    device: str
    surge: bool
    counted: bool
    why: str


@dataclass(frozen=True)
class ReviewsPage:
    """A product's reviews, newest first; ``before`` leads to older ones and may be empty."""

    id: str
    product: str
    producer: str
    surges: tuple[Surge, ...]
    lines: tuple[ReviewLine, ...]
    before: str


def recent_surges(tx: Tx) -> tuple[Surge, ...]:
    """The surges of the last fortnight in what counts, newest first."""
    since = start_of(day_of(tx.now)) - SURGE_DAYS * _DAY
    where = (Review.rating == Rating.GOOD.value, col(Review.counted), Review.created_at >= since)
    # A surge fills one of the two clock hours that it touches at least by half.
    hour = col(Review.created_at) // SURGE_SECONDS
    busy = (
        select(Review.product_id)
        .where(*where)
        .group_by(col(Review.product_id), hour)
        .having(func.count() >= SURGE // 2)
    )
    rows = tx.session.exec(
        select(Review.product_id, Review.created_at, Review.visitor)
        .where(*where, col(Review.product_id).in_(busy))
        .order_by(col(Review.product_id), col(Review.created_at))
    )
    found: list[tuple[int, Surge]] = []
    for product_id, ratings in groupby(rows, key=itemgetter(0)):
        product = tx.session.get_one(Product, product_id)
        found += _surges(tx, product, [(at, visitor) for _, at, visitor in ratings])
    found.sort(key=itemgetter(0), reverse=True)
    return tuple(one for _, one in found)


def reviews_page(tx: Tx, public_id: str, before: str = "") -> ReviewsPage:
    """A page of one product's reviews, older than ``before`` where told."""
    product = tx.session.exec(select(Product).where(Product.public_id == public_id)).one_or_none()
    if product is None:
        raise NotFound("没有这个产品，请回到列表重新选择")
    query = (
        select(Review, ReviewSetAside, Account.name)
        .join(ReviewSetAside, col(ReviewSetAside.label_index) == Review.label_index, isouter=True)
        .join(Account, col(Account.id) == ReviewSetAside.account_id, isouter=True)
        .where(Review.product_id == product.id)
        .order_by(col(Review.created_at).desc(), col(Review.label_index).desc())
        .limit(PAGE + 1)
    )
    if before:
        place = tuple_(col(Review.created_at), col(Review.label_index))
        query = query.where(place < _place(before))
    rows = tx.session.exec(query).all()
    last = rows[PAGE - 1][0] if len(rows) > PAGE else None
    good = tx.session.exec(
        select(Review.created_at, Review.visitor)
        .where(
            Review.product_id == product.id,
            Review.rating == Rating.GOOD.value,
            col(Review.counted),
        )
        .order_by(col(Review.created_at))
    ).all()
    spans = surges([at for at, _ in good])
    found = sorted(_surges(tx, product, good), key=itemgetter(0), reverse=True)
    return ReviewsPage(
        id=product.public_id,
        product=product.name,
        producer=tx.session.get_one(Producer, product.producer_id).name,
        surges=tuple(one for _, one in found),
        lines=tuple(_line(row, aside, who or "", spans) for row, aside, who in rows[:PAGE]),
        before=f"{last.created_at}.{last.label_index}" if last else "",
    )


def _surges(
    tx: Tx, product: Product, ratings: Iterable[tuple[int, int]]
) -> list[tuple[int, Surge]]:
    """Each surge with its last instant; ``ratings`` are instants and devices in order of time."""
    known = list(ratings)
    spans = surges([at for at, _ in known])
    if not spans:
        return []
    producer = tx.session.get_one(Producer, product.producer_id).name
    return [
        (
            last,
            Surge(
                product_id=product.public_id,
                product=product.name,
                producer=producer,
                day=format_day(day_of(first)),
                reviews=number,
                minutes=-(-(last - first) // 60) or 1,
                devices=len({visitor for at, visitor in known if first <= at <= last}),
            ),
        )
        for first, last, number in spans
    ]


def _line(
    row: Review, aside: ReviewSetAside | None, who: str, spans: list[tuple[int, int, int]]
) -> ReviewLine:
    why = ""
    if aside is not None:
        why = f"{format_instant(aside.at)} {who}：{aside.reason}"
    elif not row.counted:
        why = "同一设备一天里评得太多"
    in_surge = any(first <= row.created_at <= last for first, last, _ in spans)
    return ReviewLine(
        index=row.label_index,
        at=format_instant(row.created_at),
        rating=Rating(row.rating).label,
        device=f"{row.visitor % 0x10000:04X}",
        surge=row.counted and row.rating == Rating.GOOD and in_surge,
        counted=row.counted,
        why=why,
    )


def _place(before: str) -> tuple[int, int]:
    if not re.fullmatch(r"[0-9]{1,15}\.[0-9]{1,18}", before):
        raise Refusal("bad_cursor", "翻页的记号不对，请从第一页重新看", "before")
    at, _, index = before.partition(".")
    return int(at), int(index)
