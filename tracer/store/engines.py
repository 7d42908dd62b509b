"""Engines: one for reading, one for writing, with the durability checked at start.

One writer at a time on either database. SQLite has that by nature; PostgreSQL takes one advisory
lock at the start of every writing transaction, because the log's indexes must be contiguous and in
the order of commits. A rule proven on one database then holds on the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event, make_url, text

WRITER_LOCK = 20_260_201  # the day the certificate law came into force


class UnsafeDatabase(RuntimeError):
    """The database would not survive a power cut, so the service does not start."""


@dataclass(frozen=True)
class Engines:
    """``reader`` never writes; a transaction on ``writer`` holds the one writing place."""

    reader: Engine
    writer: Engine

    @property
    def is_sqlite(self) -> bool:
        return self.writer.dialect.name == "sqlite"

    def dispose(self) -> None:
        self.reader.dispose()
        self.writer.dispose()


def open_engines(url: str) -> Engines:
    """Engines for a SQLAlchemy URL (SQLite file or PostgreSQL), durability verified."""
    if make_url(url).get_backend_name() == "sqlite":
        return _open_sqlite(url)
    return _open_postgres(url)


def _open_sqlite(url: str) -> Engines:
    database = make_url(url).database
    if not database or database == ":memory:":
        raise UnsafeDatabase("SQLite 数据库要放在文件里")
    Path(database).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    engines = Engines(reader=_engine(url), writer=_engine(url))
    for engine, begin in ((engines.reader, "BEGIN"), (engines.writer, "BEGIN IMMEDIATE")):
        _prepare_sqlite(engine, begin, query_only=engine is engines.reader)
    with engines.writer.connect() as connection:
        mode = connection.execute(text("PRAGMA journal_mode")).scalar()
        synchronous = connection.execute(text("PRAGMA synchronous")).scalar()
    if (mode, synchronous) != ("wal", 2):
        engines.dispose()
        raise UnsafeDatabase(f"SQLite 不安全：journal_mode={mode} synchronous={synchronous}")
    return engines


def _engine(url: str, **options: Any) -> Engine:
    """An engine whose errors hold no values: they are logged, and values are people's data."""
    return create_engine(url, hide_parameters=True, **options)


def _prepare_sqlite(engine: Engine, begin: str, query_only: bool) -> None:
    @event.listens_for(engine, "connect")
    def _connect(connection, _record) -> None:  # type: ignore[no-untyped-def]
        # The driver's own BEGIN is switched off: it starts deferred, and two deferred writers
        # that meet fail instead of waiting.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA busy_timeout = 10000")
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.execute("PRAGMA foreign_keys = ON")
        if query_only:
            cursor.execute("PRAGMA query_only = ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection) -> None:  # type: ignore[no-untyped-def]
        connection.exec_driver_sql(begin)


def _open_postgres(url: str) -> Engines:
    reader = _engine(
        url,
        pool_pre_ping=True,
        execution_options={"isolation_level": "REPEATABLE READ", "postgresql_readonly": True},
    )
    writer = _engine(url, pool_pre_ping=True)
    engines = Engines(reader, writer)

    @event.listens_for(writer, "begin")
    def _begin(connection) -> None:  # type: ignore[no-untyped-def]
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({WRITER_LOCK})")

    with writer.connect() as connection:
        answer = connection.execute(text("SHOW synchronous_commit")).scalar()
    if answer == "off":
        engines.dispose()
        raise UnsafeDatabase("PostgreSQL 的 synchronous_commit 不能关闭")
    return engines
