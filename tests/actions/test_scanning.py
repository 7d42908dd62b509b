"""Scans are counted exactly once, whatever dies, and the n-th scan is told its own number."""

from __future__ import annotations

import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from tests.actions.farm import start_farm
from tracer.actions.printing.runs import PrintForm, bind_run, print_labels
from tracer.actions.supervision.review import review, review_token
from tracer.actions.supervision.scanning import Folder, fold
from tracer.domain.clock import FixedClock, day_of
from tracer.domain.errors import Conflict, Refusal
from tracer.domain.words import Rating
from tracer.proof.labelcode import code
from tracer.queries.trace.scans import standing
from tracer.store.journal import SIZE, Journal, Scan
from tracer.store.tables import (
    Batch,
    JournalPosition,
    LabelCounter,
    PrintRun,
    ScanDay,
    ScanDevice,
    ScanTally,
)
from tracer.store.world import World


def printed(world: World, count: int = 10) -> tuple[Batch, PrintRun]:
    with world.write() as tx:
        farm = start_farm(tx)
        batch = farm.harvest(tx)
        form = PrintForm(batch=batch.public_id, design="trace-a4-3x8", stock="a4-3x8", count=count)
        return batch, print_labels(tx, farm.actor, form)


def scan(subject: int, at: int = 1_783_400_000, visitor: int = 1, robot: bool = False) -> Scan:
    return Scan("label", subject, at, visitor, robot)


def told(world: World, subject: int) -> tuple[int, int | None]:
    """Scan a label; what its page says of scans."""
    place = world.journal.append(scan(subject))
    with world.read() as tx:
        found = standing(tx, world.journal, "label", subject, place)
    return found.scans, found.first_at


def test_folding_counts_each_record_once(any_world: World) -> None:
    batch, run = printed(any_world)
    for visitor in (1, 1, 2):
        any_world.journal.append(scan(run.first_index, visitor=visitor))
    any_world.journal.append(scan(run.first_index, robot=True))
    any_world.journal.append(scan(run.first_index + 1, at=1_783_400_000 + 86_400))
    any_world.journal.append(scan(999_999))  # a label nobody printed
    assert fold(any_world) == 6
    assert fold(any_world) == 0
    with any_world.read() as tx:
        tally = tx.session.get_one(ScanTally, ("label", run.first_index))
        assert (tally.scans, tally.robots) == (3, 1)
        days = tx.session.exec(select(ScanDay).order_by(ScanDay.day)).all()  # type: ignore[arg-type]
        assert [(day.batch_id, day.scans, day.devices) for day in days] == [
            (batch.id, 3, 2),
            (batch.id, 1, 1),
        ]


def test_a_position_is_never_ahead_of_what_a_power_cut_leaves(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process wrote the scans; the one that folds makes them durable first."""
    _, run = printed(world)
    writer = Journal(world.journal.folder)
    durable: dict[int, int] = {}  # file → bytes that are on the disk for good
    real = os.fdatasync

    def watched(handle: int) -> None:
        real(handle)
        state = os.fstat(handle)
        durable[state.st_ino] = state.st_size

    monkeypatch.setattr(os, "fdatasync", watched)
    for _ in range(3):
        writer.append(scan(run.first_index))
    assert fold(world) == 3
    path = world.journal.folder / "00000001.scans"
    with world.read() as tx:
        assert tx.session.get_one(JournalPosition, 1).offset == durable[path.stat().st_ino]
    writer.close()


def test_devices_are_forgotten_when_their_key_is(world: World, clock: FixedClock) -> None:
    _, run = printed(world)
    for _ in range(3):
        world.journal.append(scan(run.first_index, at=clock.now()))
        fold(world)
        clock.advance(86_400)
    world.journal.append(scan(run.first_index, at=clock.now()))
    fold(world)
    with world.read() as tx:
        kept = {row.day for row in tx.session.exec(select(ScanDevice))}
        assert kept == {day_of(clock.now()) - timedelta(days=days) for days in (0, 1, 2)}
        assert len(tx.session.exec(select(ScanDay)).all()) == 4


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"design": "nothing"}, "no_design"),
        ({"stock": "nothing"}, "no_stock"),
        ({"stock": "roll-60x40"}, "stock_small"),
        ({"start_cell": 25}, "no_cell"),
        ({"design": "certificate-80x60", "stock": "roll-80x60"}, "needs_certificate"),
    ],
)
def test_what_cannot_be_painted_uses_up_no_codes(
    world: World, changed: dict[str, object], code: str
) -> None:
    given = {"design": "trace-a4-3x8", "stock": "a4-3x8", "count": 24} | changed
    with world.write() as tx:
        farm = start_farm(tx)
        with pytest.raises(Refusal) as refused:
            print_labels(tx, farm.actor, PrintForm.model_validate(given))
        assert refused.value.code == code
        assert tx.session.get_one(LabelCounter, 1).next_index == 0


def test_the_page_tells_its_own_number_before_and_after_folding(world: World) -> None:
    _, run = printed(world)
    assert told(world, run.first_index) == (1, 1_783_400_000)
    fold(world)
    assert told(world, run.first_index)[0] == 2
    assert told(world, run.first_index + 1)[0] == 1


def test_threads_scanning_one_label_are_told_different_numbers(world: World) -> None:
    _, run = printed(world)
    with ThreadPoolExecutor(8) as pool:
        folder = Folder(world, pause=0.001)
        folder.start()
        numbers = list(pool.map(lambda _: told(world, run.first_index)[0], range(120)))
        folder.stop()
    assert sorted(numbers) == list(range(1, 121))


def test_a_folder_killed_anywhere_has_counted_each_record_once_in_the_end(
    tmp_path: Path, sqlite_url: str
) -> None:
    world = World.open(tmp_path / "data", sqlite_url, "https://hgz.example.cn")
    _, run = printed(world, 50)
    for number in range(4_000):
        world.journal.append(scan(run.first_index + number % 50))
    world.close()
    for wait in (0.15, 0.25, 0.4, 0.6):
        child = os.fork()
        if child == 0:
            mine = World.open(tmp_path / "data", sqlite_url, "https://hgz.example.cn")
            while fold(mine, records=200):
                pass
            os._exit(0)
        time.sleep(wait)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    world = World.open(tmp_path / "data", sqlite_url, "https://hgz.example.cn")
    while fold(world):
        pass
    with world.read() as tx:
        tallies = tx.session.exec(select(ScanTally)).all()
        assert [tally.scans for tally in tallies] == [80] * 50
    world.close()


def test_processes_append_whole_records(tmp_path: Path) -> None:
    folder = tmp_path / "journal"
    Journal(folder).append(scan(0))
    children = []
    for child in range(4):
        pid = os.fork()
        if pid == 0:
            journal = Journal(folder, segment_bytes=SIZE * 500)
            for number in range(1_000):
                journal.append(scan(child, visitor=number))
            os._exit(0)
        children.append(pid)
    for pid in children:
        assert os.waitpid(pid, 0)[1] == 0
    journal = Journal(folder)
    sizes = [len(journal.read(segment, 0)) for segment in journal.segments()]
    assert sum(sizes) == SIZE * 4_001
    assert len(sizes) > 4


def test_a_preprinted_roll_is_bound_once(world: World) -> None:
    with world.write() as tx:
        farm = start_farm(tx)
        form = PrintForm(design="trace-a4-3x8", stock="a4-3x8", count=24)
        run = print_labels(tx, farm.actor, form)
        first, second = farm.harvest(tx), farm.harvest(tx)
        assert bind_run(tx, farm.actor, run.public_id, first.public_id).batch_id == first.id
        assert bind_run(tx, farm.actor, run.public_id, first.public_id).batch_id == first.id
        with pytest.raises(Conflict):
            bind_run(tx, farm.actor, run.public_id, second.public_id)


def test_a_label_is_rated_once_with_the_token_of_its_page(world: World) -> None:
    _, run = printed(world)
    index = run.first_index
    with world.write() as tx:
        token = review_token(tx.secrets, index, tx.now)
        review(tx, index, token, Rating.GOOD, visitor=1)
        with pytest.raises(Conflict):
            review(tx, index, token, Rating.BAD, visitor=2)
        for other in ("", "x", token + "0", review_token(tx.secrets, index + 1, tx.now)):
            with pytest.raises(Refusal, match="过期"):
                review(tx, index + 2, other, Rating.GOOD, visitor=1)
        stale = review_token(tx.secrets, index + 1, tx.now - 86_401)
        with pytest.raises(Refusal, match="过期"):
            review(tx, index + 1, stale, Rating.GOOD, visitor=1)


def test_a_run_never_mixes_code_lengths(world: World) -> None:
    with world.write() as tx:
        farm = start_farm(tx)
        tx.session.get_one(LabelCounter, 1).next_index = (1 << 24) - 5
        form = PrintForm(design="trace-a4-3x8", stock="a4-3x8", count=24)
        run = print_labels(tx, farm.actor, form)
        assert run.first_index == 1 << 24
        codes = {len(code(run.first_index + at, tx.secrets.label_key)) for at in range(24)}
        assert codes == {13}
        assert print_labels(tx, farm.actor, form).first_index == (1 << 24) + 24
