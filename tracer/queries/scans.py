"""How often a code was scanned, exactly, including scans that are not folded yet."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import select

from tracer.store.journal import Journal, Place
from tracer.store.tables import JournalPosition, ScanTally
from tracer.store.world import Tx


@dataclass(frozen=True)
class Standing:
    """Scans of one code up to a place in the journal. Robots are never counted."""

    scans: int
    first_at: int | None


def standing(tx: Tx, journal: Journal, kind: str, subject: int, until: Place) -> Standing:
    """The folded count plus the journal's tail up to ``until``.

    ``until`` is what writing the asker's own record returned: two scans at the same instant get
    two different numbers, in any number of processes. ``tx`` gives one consistent view, so no
    record is counted twice or left out while another process folds.
    """
    tally = tx.session.get(ScanTally, (kind, subject))
    scans = tally.scans if tally else 0
    first_at = tally.first_at if tally else None
    folded = {row.segment: row.offset for row in tx.session.exec(select(JournalPosition))}
    for scan in journal.tail(folded, until):
        if scan.robot or (scan.kind, scan.subject) != (kind, subject):
            continue
        scans += 1
        first_at = scan.at if first_at is None else min(first_at, scan.at)
    return Standing(scans, first_at)
