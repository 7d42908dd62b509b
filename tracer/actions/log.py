"""The log: every effect that matters is a leaf, written in the effect's own transaction."""

from __future__ import annotations

from sqlmodel import func, select

from tracer.proof.leaf import Event, Leaf, commit, new_salt
from tracer.store.tables import LogLeaf
from tracer.store.world import Tx


def append(tx: Tx, event: Event, subject: str, content: bytes) -> tuple[int, bytes]:
    """Write the next leaf; returns its index and the salt that opens its commitment.

    The store lets one writing transaction run at a time, so indexes are contiguous and in the
    order of commits.
    """
    last = tx.session.exec(select(func.max(LogLeaf.index))).one()
    index = 0 if last is None else last + 1
    salt = new_salt()
    leaf = Leaf(event, subject, commit(salt, content), tx.now)
    tx.session.add(
        LogLeaf(
            index=index,
            event=event.value,
            subject=subject,
            leaf=leaf.to_bytes(),
            leaf_hash=leaf.hash(),
            recorded_at=tx.now,
        )
    )
    tx.session.flush()
    return index, salt
