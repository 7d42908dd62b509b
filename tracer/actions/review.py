"""评价: the page that a genuine label opens may rate its product, once per label.

A device's first three ratings of a day count. One that goes on rating is no shopper: from the
eleventh on, none of what it said that day counts, and the desk sees it.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlmodel import col, delete, select

from tracer.actions import credit
from tracer.actions.page_token import check_page_token, page_token
from tracer.domain.clock import day_of, start_of
from tracer.domain.errors import Conflict, NotFound, Refusal
from tracer.domain.words import Rating
from tracer.store.lookups import batch_of_code
from tracer.store.secrets import Secrets
from tracer.store.tables import OwnDevice, Review
from tracer.store.world import Tx

COUNTED_A_DAY = 3
BURST = 10  # more than these from one device on one day are a burst
_ROW = "C.2-11"
_NAME_SECONDS = 2 * 86_400  # a device has another name every day


def review_token(secrets: Secrets, label_index: int, now: int) -> str:
    """What a label's page carries so that it, and only it, may rate."""
    return page_token(secrets, "label", label_index, now)


def review(tx: Tx, label_index: int, token: str, rating: Rating, visitor: int) -> Review:
    """Record what the scanner of a label says; a second rating of one label is a Conflict.

    ``visitor`` is the day's name of the device: that of the label's own producer is refused.
    """
    check_page_token(tx, "label", label_index, token)
    batch = batch_of_code(tx.session, "label", label_index)
    if batch is None:
        raise NotFound("这个标签还没有启用，不能评价")
    if tx.session.get(Review, label_index) is not None:
        raise Conflict("already_reviewed", "这个标签已经评价过了，谢谢")
    if tx.session.get(OwnDevice, (visitor, batch.producer_id)) is not None:
        raise Refusal("own_device", "这台设备今天登录过这家生产者的账号，不能评价自家的产品")
    today = start_of(day_of(tx.now))
    said = tx.session.exec(
        select(Review).where(Review.visitor == visitor, Review.created_at >= today)
    ).all()
    row = Review(
        label_index=label_index,
        product_id=batch.product_id,
        batch_id=batch.id or 0,
        rating=rating.value,
        visitor=visitor,
        counted=len(said) < COUNTED_A_DAY,
        created_at=tx.now,
    )
    tx.session.add(row)
    tx.session.flush()
    if row.counted:
        _post(tx, row, "review", 1)
    if len(said) >= BURST:
        _set_aside(tx, said)
    return row


def remember_own_device(tx: Tx, producer_id: int, visitor: int) -> None:
    """Note that a producer's account is used on this device today; older names mean nothing."""
    tx.session.exec(delete(OwnDevice).where(col(OwnDevice.seen_at) < tx.now - _NAME_SECONDS))
    known = tx.session.get(OwnDevice, (visitor, producer_id))
    if known is None:
        tx.session.add(OwnDevice(visitor=visitor, producer_id=producer_id, seen_at=tx.now))
    else:
        known.seen_at = tx.now


def _set_aside(tx: Tx, reviews: Iterable[Review]) -> None:
    for row in reviews:
        if row.counted:
            row.counted = False
            _post(tx, row, "review_set_aside", -1)


def _post(tx: Tx, row: Review, evidence_kind: str, times: int) -> None:
    good = times * int(row.rating == Rating.GOOD)
    evidence = str(row.label_index)
    credit.count(tx, row.product_id, _ROW, evidence_kind, evidence, good=good, all=times)
