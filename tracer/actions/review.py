"""评价: the page that a genuine label opens may rate its product, once per label."""

from __future__ import annotations

import base64
import hashlib
import hmac

from tracer.actions import credit
from tracer.domain.errors import Conflict, NotFound, Refusal
from tracer.domain.words import Rating
from tracer.store.lookups import run_of_label
from tracer.store.secrets import Secrets
from tracer.store.tables import Batch, Review
from tracer.store.world import Tx

TOKEN_SECONDS = 24 * 3600


def review_token(secrets: Secrets, label_index: int, now: int) -> str:
    """What a scan's page carries so that it, and only it, may rate: valid for a day."""
    return f"{now:x}.{_seal(secrets, label_index, now)}"


def review(tx: Tx, label_index: int, token: str, rating: Rating, visitor: int) -> Review:
    """Record what the scanner of a label says; a second rating of one label is a Conflict."""
    _check(tx, label_index, token)
    run = run_of_label(tx.session, label_index)
    batch = tx.session.get(Batch, run.batch_id) if run and run.batch_id else None
    if batch is None:
        raise NotFound("这个标签还没有启用，不能评价")
    if tx.session.get(Review, label_index) is not None:
        raise Conflict("already_reviewed", "这个标签已经评价过了，谢谢")
    row = Review(
        label_index=label_index,
        product_id=batch.product_id,
        batch_id=batch.id or 0,
        rating=rating.value,
        visitor=visitor,
        created_at=tx.now,
    )
    tx.session.add(row)
    tx.session.flush()
    credit.count(
        tx,
        batch.product_id,
        "C.2-11",
        "review",
        str(label_index),
        good=int(rating is Rating.GOOD),
        all=1,
    )
    return row


def _check(tx: Tx, label_index: int, token: str) -> None:
    stale = Refusal("review_token", "页面已过期，请重新扫码后再评价")
    stamp, _, seal = token.partition(".")
    try:
        made_at = int(stamp, 16)
    except ValueError as error:
        raise stale from error
    if not hmac.compare_digest(seal, _seal(tx.secrets, label_index, made_at)):
        raise stale
    if not made_at <= tx.now <= made_at + TOKEN_SECONDS:
        raise stale


def _seal(secrets: Secrets, label_index: int, made_at: int) -> str:
    key = secrets.derive("review-token")
    digest = hashlib.blake2b(f"{label_index}|{made_at}".encode(), key=key, digest_size=12).digest()
    return base64.urlsafe_b64encode(digest).decode()
