"""Engines: durable or not started, one writer at a time, readers that cannot write."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest
from sqlalchemy import create_engine, event, text
from sqlalchemy.exc import DBAPIError

from tracer.domain.clock import FixedClock
from tracer.store import engines as store_engines
from tracer.store.engines import UnsafeDatabase, open_engines
from tracer.store.tables import LabelCounter
from tracer.store.world import World


def test_sqlite_is_opened_so_that_a_power_cut_loses_nothing(world: World) -> None:
    for engine in (world.engines.reader, world.engines.writer):
        with engine.connect() as connection:
            pragma = {
                name: connection.execute(text(f"PRAGMA {name}")).scalar()
                for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
            }
        assert pragma == {
            "journal_mode": "wal",
            "synchronous": 2,
            "foreign_keys": 1,
            "busy_timeout": 10_000,
        }


def test_sqlite_in_memory_is_refused() -> None:
    with pytest.raises(UnsafeDatabase, match="文件"):
        open_engines("sqlite:///:memory:")


def test_sqlite_that_would_not_sync_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A weakened build must be noticed: here every connection is switched to NORMAL afterwards."""

    def weak_engine(url: str, **options):  # type: ignore[no-untyped-def]
        engine = create_engine(url, **options)

        @event.listens_for(engine, "checkout")
        def _weaken(connection, _record, _proxy) -> None:  # type: ignore[no-untyped-def]
            connection.execute("PRAGMA synchronous = NORMAL")

        return engine

    monkeypatch.setattr(store_engines, "create_engine", weak_engine)
    with pytest.raises(UnsafeDatabase, match="synchronous=1"):
        open_engines(f"sqlite:///{tmp_path / 'weak.sqlite3'}")


def test_postgres_that_would_not_sync_is_refused(postgres_url: str) -> None:
    engine = create_engine(postgres_url)
    with engine.begin() as connection:
        name = connection.execute(text("SELECT current_database()")).scalar()
        connection.execute(text(f"ALTER DATABASE {name} SET synchronous_commit = off"))
    engine.dispose()
    with pytest.raises(UnsafeDatabase, match="synchronous_commit"):
        open_engines(postgres_url)


def test_a_reading_transaction_cannot_write(any_world: World) -> None:
    with pytest.raises(DBAPIError, match=r"(?i)read-?only"), any_world.read() as tx:
        tx.session.add(LabelCounter(id=2, next_index=0))


def test_a_reading_transaction_sees_one_moment(any_world: World) -> None:
    with any_world.read() as before:
        assert before.session.get_one(LabelCounter, 1).next_index == 0
        with any_world.write() as tx:
            tx.session.get_one(LabelCounter, 1).next_index = 5
        before.session.expire_all()
        assert before.session.get_one(LabelCounter, 1).next_index == 0


def test_a_failed_transaction_leaves_nothing(any_world: World) -> None:
    def fail_after_writing() -> None:
        with any_world.write() as tx:
            tx.session.get_one(LabelCounter, 1).next_index = 5
            tx.session.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_after_writing()
    with any_world.read() as tx:
        assert tx.session.get_one(LabelCounter, 1).next_index == 0


def test_writers_wait_for_each_other(any_world: World) -> None:
    """Read, think, write: without one writing place, two of these lose an increment or fail."""
    rounds, failures = 20, []

    def count() -> None:
        try:
            for _ in range(rounds):
                with any_world.write() as tx:
                    counter = tx.session.get_one(LabelCounter, 1)
                    counter.next_index += 1
        except DBAPIError as error:
            failures.append(error)

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with any_world.read() as tx:
        assert tx.session.get_one(LabelCounter, 1).next_index == 4 * rounds


def test_an_instant_is_read_when_the_writing_place_is_held(
    any_world: World, clock: FixedClock
) -> None:
    """Who waited for another writer must not carry an earlier instant than that one."""
    started, seen = threading.Event(), []

    def wait_and_write() -> None:
        started.set()
        with any_world.write() as tx:
            seen.append(tx.now)

    with any_world.write() as first:
        waiting = threading.Thread(target=wait_and_write)
        waiting.start()
        started.wait()
        time.sleep(0.2)  # long enough to be at the door of the writing place
        clock.advance(60)
    waiting.join()
    assert seen == [first.now + 60]


def test_what_people_typed_is_not_in_the_errors_that_are_logged(any_world: World) -> None:
    for engine in (any_world.engines.reader, any_world.engines.writer):
        with pytest.raises(DBAPIError) as caught, engine.connect() as connection:
            connection.execute(text("INSERT INTO nowhere VALUES (:name)"), {"name": "赵小满"})
        assert "赵小满" not in str(caught.value)
