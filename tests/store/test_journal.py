"""The scan journal: every answered scan is read back once, whatever dies beside it."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracer.store import journal as store_journal
from tracer.store.journal import SIZE, Journal, Place, Scan, pack, records_of, unpack

scans = st.builds(
    Scan,
    kind=st.sampled_from(["label", "certificate", "batch"]),
    subject=st.integers(0, 2**64 - 1),
    at=st.integers(0, 2**32 - 1),
    visitor=st.integers(0, 2**63 - 1),
    robot=st.booleans(),
)


def scan(subject: int) -> Scan:
    return Scan("label", subject, at=1_783_000_000, visitor=7)


def everything(journal: Journal) -> list[Scan]:
    return [one for number in journal.segments() for one in unpack(journal.read(number, 0))]


def scans_in(pieces: Iterable[bytes]) -> list[Scan]:
    return [one for piece in pieces for one in unpack(piece)]


def tear(journal: Journal, count: int) -> None:
    """What a writer leaves that dies within a record."""
    with (journal.folder / f"{journal.segments()[-1]:08d}.scans").open("ab") as stream:
        stream.write(pack(scan(99))[:count])


@given(st.lists(scans, max_size=20))
def test_what_is_packed_is_unpacked(many: list[Scan]) -> None:
    assert list(unpack(b"".join(map(pack, many)))) == many


@given(scans, st.integers(0, SIZE - 1), st.integers(1, 255))
def test_a_changed_byte_is_left_out(one: Scan, position: int, change: int) -> None:
    record = bytearray(pack(one))
    record[position] ^= change
    assert list(unpack(bytes(record) + pack(scan(1)))) == [scan(1)]


# Subjects and visitors whose bytes are alike: one is found across the boundaries of others too.
alike = st.sampled_from([0, 1, 256, 0x0101010101010101])


@given(
    st.lists(
        st.builds(
            Scan, st.sampled_from(["label", "batch"]), alike, st.just(0x01010101), visitor=alike
        ),
        max_size=30,
    ),
    alike,
    st.sampled_from(["label", "batch"]),
)
def test_one_subject_is_found_among_all(many: list[Scan], subject: int, kind: str) -> None:
    wanted = [one for one in many if (one.kind, one.subject) == (kind, subject)]
    assert list(records_of(b"".join(map(pack, many)), kind, subject)) == wanted


def test_what_is_not_asked_for_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page must not pay for everybody's scans."""
    data = b"".join(pack(scan(subject)) for subject in range(5_000))
    unpacked = []

    def counted(piece: bytes) -> Iterable[Scan]:
        unpacked.append(len(piece) // SIZE)
        return unpack(piece)

    monkeypatch.setattr(store_journal, "unpack", counted)
    assert list(records_of(data, "label", 4_321)) == [scan(4_321)]
    assert sum(unpacked) == 1


def test_an_append_tells_the_place_behind_it(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal")
    assert journal.append(scan(1)) == Place(1, SIZE)
    assert journal.append(scan(2)) == Place(1, 2 * SIZE)
    assert journal.settle(1) == 2 * SIZE
    journal.close()
    again = Journal(tmp_path / "journal")
    assert again.append(scan(3)) == Place(1, 3 * SIZE)
    assert everything(again) == [scan(1), scan(2), scan(3)]
    again.close()


@pytest.mark.parametrize("count", [1, 11, SIZE - 1])
def test_a_torn_record_costs_no_other(tmp_path: Path, count: int) -> None:
    journal = Journal(tmp_path / "journal")
    other = Journal(tmp_path / "journal")
    for subject in (1, 2):
        journal.append(scan(subject))
    tear(journal, count)
    for subject in (3, 4):
        other.append(scan(subject))
        journal.append(scan(subject + 10))
    assert everything(journal) == [scan(subject) for subject in (1, 2, 3, 13, 4, 14)]
    journal.close()
    other.close()


def test_a_full_disk_is_an_error_and_the_next_scan_is_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = Journal(tmp_path / "journal")
    journal.append(scan(1))
    real = os.write
    monkeypatch.setattr(os, "write", lambda handle, data: real(handle, data[:5]))
    with pytest.raises(OSError, match="torn"):
        journal.append(scan(2))
    monkeypatch.undo()
    journal.append(scan(3))
    assert everything(journal) == [scan(1), scan(3)]
    journal.close()


def test_the_tail_is_what_is_not_folded_yet(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal", segment_bytes=3 * SIZE)
    places = [journal.append(scan(subject)) for subject in range(1, 9)]
    assert journal.segments() == [1, 2, 3]
    folded = {1: 3 * SIZE, 2: 1 * SIZE}
    assert scans_in(journal.between(folded, places[6])) == [scan(5), scan(6), scan(7)]
    assert scans_in(journal.between({}, places[1])) == [scan(1), scan(2)]
    assert scans_in(journal.beyond(folded, places[1])) == [scan(3), scan(4)]
    assert scans_in(journal.beyond(folded, places[6])) == []
    assert journal.read(9, 0) == b""
    journal.close()


def _append_many(folder: str, first: int, count: int, segment_bytes: int) -> None:
    journal = Journal(Path(folder), segment_bytes)
    for subject in range(first, first + count):
        journal.append(scan(subject))
    journal.close()


def test_processes_and_threads_rotate_together(tmp_path: Path) -> None:
    """Three processes, four threads in each, and torn records falling in between."""
    folder, segment_bytes, count = tmp_path / "journal", 500 * SIZE, 2_000
    folder.mkdir()
    spawn = multiprocessing.get_context("spawn")
    arguments = [(str(folder), number * count, count, segment_bytes) for number in range(3)]
    processes = [spawn.Process(target=_append_many, args=one) for one in arguments]
    for process in processes:
        process.start()
    own = Journal(folder, segment_bytes)

    def append_some(first: int) -> None:
        for subject in range(first, first + 250):
            own.append(scan(subject))
            if subject % 50 == 0:
                tear(own, 1 + subject % 23)

    threads = [
        threading.Thread(target=append_some, args=(3 * count + number * 250,))
        for number in range(4)
    ]
    for thread in threads:
        thread.start()
    for task in [*threads, *processes]:
        task.join()
    own.close()
    assert [process.exitcode for process in processes] == [0, 0, 0]
    read = Counter(one.subject for one in everything(own))
    assert len(own.segments()) > 10
    assert read == Counter(range(3 * count + 1_000))
