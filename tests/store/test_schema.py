"""Migrations: what they build is what the tables say, all of it or nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, inspect, text
from sqlmodel import SQLModel

from tracer.store import schema
from tracer.store.engines import Engines, open_engines
from tracer.store.world import World


@pytest.fixture(params=["sqlite", "postgres"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engines]:
    """A database without any table."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'empty.sqlite3'}"
    else:
        url = request.getfixturevalue("empty_postgres_url")
    engines = open_engines(url)
    yield engines
    engines.dispose()


def tables(engine: Engine) -> set[str]:
    return set(inspect(engine).get_table_names())


def test_migrations_build_what_the_tables_say(any_world: World) -> None:
    with any_world.engines.writer.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, SQLModel.metadata) == []


def test_upgrading_twice_is_harmless(empty: Engines) -> None:
    assert schema.current_revision(empty.reader) is None
    schema.upgrade(empty.writer)
    schema.upgrade(empty.writer)
    assert schema.current_revision(empty.reader) == schema.newest_revision()
    with empty.reader.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM label_counter")).scalar() == 1


def test_a_migration_that_fails_leaves_nothing_and_can_be_run_again(
    empty: Engines, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = command.upgrade

    def fail_at_the_end(*arguments: object) -> None:
        real(*arguments)  # type: ignore[arg-type]
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(command, "upgrade", fail_at_the_end)
    with pytest.raises(RuntimeError, match="the disk is full"):
        schema.upgrade(empty.writer)
    assert tables(empty.reader) == set()

    monkeypatch.undo()
    schema.upgrade(empty.writer)
    assert "certificate" in tables(empty.reader)


def test_a_migration_that_fails_half_way_leaves_nothing(
    empty: Engines, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The failure comes from the database itself, between two statements of one migration."""
    with empty.writer.begin() as connection:
        connection.execute(text("CREATE TABLE producer (in_the_way INTEGER)"))
    with pytest.raises(Exception, match="already exists"):
        schema.upgrade(empty.writer)
    assert tables(empty.reader) == {"producer"}
    with empty.writer.begin() as connection:
        connection.execute(text("DROP TABLE producer"))
    schema.upgrade(empty.writer)
    assert schema.current_revision(empty.reader) == schema.newest_revision()
