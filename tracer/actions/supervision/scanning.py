"""Folding: the scan journal becomes counters, each record exactly once.

The journal's position moves in the transaction that counts its records: a folder killed at any
moment has either counted them or not moved.
"""

from __future__ import annotations

import fcntl
import logging
import os
import threading
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session, col, delete, select

from tracer.domain.clock import day_of
from tracer.store.journal import SIZE, Scan, unpack
from tracer.store.lookups import batch_of_code
from tracer.store.tables import (
    JournalPosition,
    ScanDay,
    ScanDevice,
    ScanTally,
)
from tracer.store.world import Tx, World

_LOG = logging.getLogger(__name__)

RECORDS_A_FOLD = 20_000
PAUSE_SECONDS = 0.5
DEVICE_DAYS = 2


@dataclass
class _Sum:
    scans: int = 0
    robots: int = 0
    first_at: int | None = None
    last_at: int | None = None

    def add(self, scan: Scan) -> None:
        if scan.robot:
            self.robots += 1
            return
        self.scans += 1
        self.first_at = scan.at if self.first_at is None else min(self.first_at, scan.at)
        self.last_at = scan.at if self.last_at is None else max(self.last_at, scan.at)


def fold(world: World, records: int = RECORDS_A_FOLD) -> int:
    """Count what the journal holds beyond its folded position, up to ``records`` of a segment.

    Returns how many records moved; 0 means that nothing waits.
    """
    if not _waiting(world):
        return 0
    moved = 0
    with world.write() as tx:
        _forget_devices(tx)
        for segment in world.journal.segments():
            position = tx.session.get(JournalPosition, segment)
            if position is None:
                position = JournalPosition(segment=segment, offset=0)
                tx.session.add(position)
            # The position is committed for good, so what it counts must be on the disk for good:
            # else a power cut leaves it beyond the end, and new scans are never counted.
            safe = world.journal.settle(segment)
            end = min(safe, position.offset + records * SIZE)
            data = world.journal.read(segment, position.offset, end)
            if data:
                _count(tx.session, list(unpack(data)))
                position.offset += len(data)
                moved += len(data) // SIZE
    return moved


def _forget_devices(tx: Tx) -> None:
    """Drop the devices of days that get no more scans: their key is destroyed after two days."""
    oldest = day_of(tx.now) - timedelta(days=DEVICE_DAYS)
    tx.session.execute(delete(ScanDevice).where(col(ScanDevice.day) < oldest))


def _waiting(world: World) -> bool:
    """Whether anything is unfolded: asked without taking the writing place."""
    with world.read() as tx:
        folded = {row.segment: row.offset for row in tx.session.exec(select(JournalPosition))}
    for segment in world.journal.segments():
        start = folded.get(segment, 0)
        if world.journal.read(segment, start, start + SIZE):
            return True
    return False


def _count(session: Session, scans: list[Scan]) -> None:
    sums: dict[tuple[str, int], _Sum] = defaultdict(_Sum)
    for scan in scans:
        sums[scan.kind, scan.subject].add(scan)
    batches: dict[tuple[str, int], int | None] = {}
    for key in sorted(sums):
        _add(session, key, sums[key])
        batch = batch_of_code(session, *key)
        batches[key] = batch.id if batch else None
    days: dict[tuple[date, int], int] = defaultdict(int)
    devices: set[tuple[date, int, int]] = set()
    for scan in scans:
        batch_id = batches[scan.kind, scan.subject]
        if batch_id is None or scan.robot:
            continue
        day = day_of(scan.at)
        days[day, batch_id] += 1
        devices.add((day, batch_id, scan.visitor))
    fresh: dict[tuple[date, int], int] = defaultdict(int)
    for day, batch_id, visitor in sorted(devices):
        if session.get(ScanDevice, (day, batch_id, visitor)) is None:
            session.add(ScanDevice(day=day, batch_id=batch_id, visitor=visitor))
            fresh[day, batch_id] += 1
    for (day, batch_id), number in sorted(days.items()):
        row = session.get(ScanDay, (day, batch_id))
        if row is None:
            row = ScanDay(day=day, batch_id=batch_id, scans=0, devices=0)
            session.add(row)
        row.scans += number
        row.devices += fresh[day, batch_id]


def _add(session: Session, key: tuple[str, int], more: _Sum) -> None:
    row = session.get(ScanTally, key)
    if row is None:
        row = ScanTally(kind=key[0], subject=key[1], scans=0, robots=0)
        session.add(row)
    row.scans += more.scans
    row.robots += more.robots
    if more.first_at is not None and more.last_at is not None:
        row.first_at = more.first_at if row.first_at is None else min(row.first_at, more.first_at)
        row.last_at = more.last_at if row.last_at is None else max(row.last_at, more.last_at)


class Folder(threading.Thread):
    """Folds every half second; of several processes, the one that holds the lock file does it."""

    def __init__(self, world: World, pause: float = PAUSE_SECONDS) -> None:
        super().__init__(name="scan-folder", daemon=True)
        self._world = world
        self._pause = pause
        self._stopped = threading.Event()

    def run(self) -> None:
        self._world.journal.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = os.open(self._world.journal.folder / "fold.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            while not self._stopped.wait(self._pause):
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    continue
                try:
                    while fold(self._world) and not self._stopped.is_set():
                        pass
                except (SQLAlchemyError, OSError):
                    # Nothing is lost: the journal keeps what could not be counted now.
                    _LOG.exception("scans not folded; trying again")
        finally:
            os.close(lock)

    def stop(self) -> None:
        """Ask the thread to end and wait until it has."""
        self._stopped.set()
        self.join()
