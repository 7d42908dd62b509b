"""A resent request gets the first answer again: kept in the transaction of its effect."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from tracer.actions.actor import Actor
from tracer.domain.errors import Conflict, Refusal
from tracer.store.tables import Idempotency
from tracer.store.world import Tx


@dataclass(frozen=True)
class Answer:
    """A finished answer: HTTP status and JSON text."""

    status: int
    body: str


def check_key(key: str) -> None:
    """Refuse a key that is missing, too short to be of one request, or not plain ASCII."""
    if not (8 <= len(key) <= 80 and key.isascii() and key.isprintable()):
        raise Refusal(
            "bad_idempotency_key",
            "Idempotency-Key 要有 8 到 80 个字符，建议用 UUID",
            "Idempotency-Key",
        )


def once(tx: Tx, actor: Actor, key: str, request: bytes, effect: Callable[[], Answer]) -> Answer:
    """Run ``effect`` unless this account sent ``key`` before; then give the first answer.

    ``request`` is everything that makes the request what it is (method, path, body): the same key
    with another request is a Conflict.
    """
    check_key(key)
    digest = hashlib.sha256(request).hexdigest()
    kept = tx.session.get(Idempotency, (actor.account_id, key))
    if kept is not None:
        if kept.request_hash != digest:
            raise Conflict(
                "idempotency_key_reused",
                "这个 Idempotency-Key 已经用于另一个请求，请换一个新的",
                "Idempotency-Key",
            )
        return Answer(kept.status, kept.body)
    answer = effect()
    tx.session.add(
        Idempotency(
            account_id=actor.account_id,
            key=key,
            request_hash=digest,
            status=answer.status,
            body=answer.body,
            created_at=tx.now,
        )
    )
    return answer
