"""How often a code was scanned, exactly, including scans that are not folded yet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlmodel import select

from tracer.store.journal import Journal, Place, Scan, records_of
from tracer.store.tables import JournalPosition, ScanTally
from tracer.store.world import Tx


@dataclass(frozen=True)
class Standing:
    """Scans of one code up to a place in the journal. Robots are never counted."""

    scans: int
    first_at: int | None


def standing(tx: Tx, journal: Journal, kind: str, subject: int, until: Place) -> Standing:
    """How many scans there were when the journal ended at ``until``.

    ``until`` is what writing the asker's own record returned: two scans at the same instant get
    two different numbers, in any number of processes. ``tx`` gives one consistent view of what is
    folded; records between there and ``until`` are added, and where folding is ahead, taken off.
    """
    tally = tx.session.get(ScanTally, (kind, subject))
    folded = {row.segment: row.offset for row in tx.session.exec(select(JournalPosition))}
    behind = list(_of(journal.between(folded, until), kind, subject))
    ahead = sum(1 for _ in _of(journal.beyond(folded, until), kind, subject))
    firsts = [scan.at for scan in behind]
    if tally and tally.first_at is not None:
        firsts.append(tally.first_at)
    scans = (tally.scans if tally else 0) + len(behind) - ahead
    return Standing(scans, min(firsts, default=None))


def _of(pieces: Iterable[bytes], kind: str, subject: int) -> Iterator[Scan]:
    return (scan for piece in pieces for scan in records_of(piece, kind, subject) if not scan.robot)
