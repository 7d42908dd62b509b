"""评价: the page that a genuine label opens may rate its product, once per label.

A device's first three ratings of a day count. One that goes on rating is no shopper: from the
eleventh on, none of what it said that day counts, and the desk sees it. What many devices said
together only a person can judge: an operator sets single reviews aside, with a reason. Nothing is
deleted; what had counted is taken back by a posting of its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from pydantic import Field
from sqlmodel import col, delete, select

from tracer.actions import credit
from tracer.actions.actor import Actor, require
from tracer.actions.forms import Form
from tracer.actions.supervision.page_token import check_page_token, page_token
from tracer.actions.text import Line
from tracer.domain.clock import day_of, start_of
from tracer.domain.errors import Conflict, NotFound, Refusal
from tracer.domain.words import Rating, Role
from tracer.store.lookups import batch_of_code
from tracer.store.secrets import Secrets
from tracer.store.tables import OwnDevice, Product, Review, ReviewSetAside
from tracer.store.world import Tx

COUNTED_A_DAY = 3
BURST = 10  # more than these from one device on one day are a burst
MOST_LABELS = 2**63 - 1  # the highest index that the databases can hold
_ROW = "C.2-11"
_NAME_SECONDS = 2 * 86_400  # a device has another name every day


class SetAsideForm(Form):
    """Reviews by the index of their label, and why they do not count."""

    reviews: Annotated[
        tuple[Annotated[int, Field(ge=0, le=MOST_LABELS)], ...],
        Field(title="评价", min_length=1, max_length=500),
    ]
    reason: Annotated[Line, Field(title="理由")]


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


def set_aside(tx: Tx, actor: Actor, product_id: str, form: SetAsideForm) -> Product:
    """Take reviews of a product out of the count; those that do not count stay as they are."""
    require(actor, Role.OPERATOR)
    product = tx.session.exec(select(Product).where(Product.public_id == product_id)).one_or_none()
    if product is None:
        raise NotFound("没有这个产品，请回到列表重新选择")
    chosen = tx.session.exec(
        select(Review)
        .where(col(Review.label_index).in_(form.reviews), Review.product_id == product.id)
        .order_by(col(Review.label_index))
    ).all()
    if len(chosen) != len(set(form.reviews)):
        raise NotFound("有的评价不是这个产品的，请刷新页面重新选择")
    counted = [row for row in chosen if row.counted]
    _set_aside(tx, counted)
    for row in counted:
        tx.session.add(
            ReviewSetAside(
                label_index=row.label_index,
                reason=form.reason,
                account_id=actor.account_id,
                at=tx.now,
            )
        )
    tx.session.flush()
    return product


def _set_aside(tx: Tx, reviews: Iterable[Review]) -> None:
    for row in reviews:
        if row.counted:
            row.counted = False
            _post(tx, row, "review_set_aside", -1)


def _post(tx: Tx, row: Review, evidence_kind: str, times: int) -> None:
    good = times * int(row.rating == Rating.GOOD)
    evidence = str(row.label_index)
    credit.count(tx, row.product_id, _ROW, evidence_kind, evidence, good=good, all=times)
