"""The scan journal: a scan is written here before it is answered, and folded into tables later.

Records have 24 bytes and are appended with one ``write`` each, which the kernel keeps whole and in
order among processes. A killed process loses no answered scan; a scan may be kept unanswered.
The journal is a folder of numbered segments; a new one starts at 64 MB.

======  ====  =====================================================
offset  size  content
======  ====  =====================================================
0       1     kind: 1 label, 2 certificate, 3 batch
1       1     flags: 1 robot
2       2     check: low 16 bits of CRC-32 over the other 22 bytes
4       4     instant, Unix seconds
8       8     subject: label index or row id
16      8     visitor: keyed hash of the device, 63 bits
======  ====  =====================================================
"""

from __future__ import annotations

import os
import struct
import threading
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

SIZE = 24
SEGMENT_BYTES = 64 * 1024 * 1024
ROBOT = 1
KINDS = {"label": 1, "certificate": 2, "batch": 3}
_NAMES = {number: name for name, number in KINDS.items()}
_RECORD = struct.Struct("<BBHIQQ")
_SUBJECT = 8  # where the subject stands in a record


@dataclass(frozen=True)
class Scan:
    """One answered scan."""

    kind: str
    subject: int
    at: int
    visitor: int
    robot: bool = False


@dataclass(frozen=True, order=True)
class Place:
    """A position in the journal: everything before it is written."""

    segment: int
    offset: int


def pack(scan: Scan) -> bytes:
    """The 24 bytes of a scan."""
    kind, flags = KINDS[scan.kind], ROBOT if scan.robot else 0
    bare = _RECORD.pack(kind, flags, 0, scan.at, scan.subject, scan.visitor)
    return _RECORD.pack(kind, flags, zlib.crc32(bare) & 0xFFFF, scan.at, scan.subject, scan.visitor)


def unpack(data: bytes) -> Iterator[Scan]:
    """The scans in whole records; a damaged record is left out."""
    for kind, flags, check, at, subject, visitor in _RECORD.iter_unpack(data):
        bare = _RECORD.pack(kind, flags, 0, at, subject, visitor)
        if kind in _NAMES and zlib.crc32(bare) & 0xFFFF == check:
            yield Scan(_NAMES[kind], subject, at, visitor, bool(flags & ROBOT))


def records_of(data: bytes, kind: str, subject: int) -> Iterator[Scan]:
    """The scans of one subject in whole records; costs a search of the bytes, not unpacking all.

    A page asks this of everything that is not folded yet, 100,000 records on a busy morning.
    """
    name = subject.to_bytes(8, "little")
    at = data.find(name, _SUBJECT)
    while at >= 0:
        if at % SIZE == _SUBJECT:
            start = at - _SUBJECT
            yield from (one for one in unpack(data[start : start + SIZE]) if one.kind == kind)
        at = data.find(name, at + 1)


class Journal:
    """Appends and reads the journal's segments in ``folder``; safe for threads and processes."""

    def __init__(self, folder: Path, segment_bytes: int = SEGMENT_BYTES) -> None:
        self.folder = folder
        self.segment_bytes = segment_bytes
        self._lock = threading.Lock()
        self._segment = 0
        self._handle = -1

    def append(self, scan: Scan) -> Place:
        """Write a scan and return the place behind it. OSError (disk full) means: do not answer."""
        record, padding = pack(scan), 0
        with self._lock:
            handle = self._open()
            while True:
                written = os.write(handle, bytes(padding) + record)
                if written != padding + SIZE:
                    raise OSError("journal record torn")
                end = os.lseek(handle, 0, os.SEEK_CUR)
                if end % SIZE == 0:
                    return Place(self._segment, end)
                # A writer died within a record, or the disk was full: this one lies off the
                # boundaries, where no reader looks. Fill up to the next one and write it again.
                padding = -end % SIZE

    def settle(self, segment: int) -> int:
        """Make a segment survive a power cut, whoever wrote it; returns how many bytes do."""
        handle = os.open(self._path(segment), os.O_RDONLY)
        try:
            size = os.fstat(handle).st_size
            os.fdatasync(handle)
        finally:
            os.close(handle)
        folder = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        return size

    def segments(self) -> list[int]:
        """The numbers of the segments there are, in order."""
        return sorted(int(path.stem) for path in self.folder.glob("*.scans"))

    def read(self, segment: int, start: int, end: int | None = None) -> bytes:
        """Whole records of a segment from ``start`` up to ``end`` (or what is written)."""
        try:
            with self._path(segment).open("rb") as stream:
                stream.seek(start)
                data = stream.read() if end is None else stream.read(max(0, end - start))
        except FileNotFoundError:
            return b""
        return data[: len(data) // SIZE * SIZE]

    def between(self, folded: dict[int, int], until: Place) -> Iterator[bytes]:
        """Records up to ``until`` that ``folded`` (segment → offset) does not contain yet."""
        for segment in self.segments():
            if segment <= until.segment:
                end = until.offset if segment == until.segment else None
                yield self.read(segment, folded.get(segment, 0), end)

    def beyond(self, folded: dict[int, int], until: Place) -> Iterator[bytes]:
        """Records that ``folded`` contains although they came after ``until``."""
        for segment, offset in folded.items():
            if segment >= until.segment:
                start = until.offset if segment == until.segment else 0
                yield self.read(segment, start, max(start, offset))

    def close(self) -> None:
        with self._lock:
            if self._handle >= 0:
                os.close(self._handle)
                self._handle = -1

    def _path(self, segment: int) -> Path:
        return self.folder / f"{segment:08d}.scans"

    def _open(self) -> int:
        """The handle of the segment to append to; moves on when it is full."""
        if self._handle >= 0 and os.fstat(self._handle).st_size < self.segment_bytes:
            return self._handle
        if self._handle >= 0:
            os.close(self._handle)
            self._segment += 1
        else:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._segment = max(self.segments(), default=1)
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        self._handle = os.open(self._path(self._segment), flags, 0o600)
        return (
            self._open() if os.fstat(self._handle).st_size >= self.segment_bytes else self._handle
        )
