"""The public addresses that certificates and labels were made with."""

from __future__ import annotations

from tracer.store.tables import Site
from tracer.store.world import Tx


def remember(tx: Tx) -> None:
    """Keep today's address: what carries it stays ours when the installation moves."""
    if tx.session.get(Site, tx.site) is None:
        tx.session.add(Site(address=tx.site, first_used_at=tx.now))
