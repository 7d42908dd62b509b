"""The installation: engines, secrets, files, journal and clock, opened once by the wiring."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import make_url
from sqlmodel import Session

from tracer.domain.clock import Clock, SystemClock
from tracer.domain.printers import NEAR, Network
from tracer.store.engines import Engines, open_engines
from tracer.store.files import FileStore
from tracer.store.journal import Journal
from tracer.store.secrets import Secrets, load_secrets


@dataclass(frozen=True)
class Tx:
    """One transaction, and what an action may use in it. ``now`` is its one instant."""

    session: Session
    now: int
    secrets: Secrets
    files: FileStore
    site: str
    fonts: Path | None = None  # folder of the two faces; None: the packaged ones
    packs: Path | None = None  # folder of standards beside the packaged ones
    printers: tuple[Network, ...] = NEAR  # where labels may be sent; none: nowhere


@dataclass(frozen=True)
class World:
    """Everything that outlives a request."""

    engines: Engines
    secrets: Secrets
    files: FileStore
    journal: Journal
    clock: Clock
    folder: Path
    site: str  # scheme and host that printed codes carry
    fonts: Path | None = None
    packs: Path | None = None
    printers: tuple[Network, ...] = NEAR

    @classmethod
    def open(
        cls,
        folder: Path,
        database_url: str,
        site: str,
        kek_hex: str = "",
        clock: Clock | None = None,
        fonts: Path | None = None,
        packs: Path | None = None,
        printers: tuple[Network, ...] = NEAR,
    ) -> World:
        """Open (and where new, create) the data folder and connect the database."""
        url = make_url(database_url)
        database_folder = (
            Path(url.database).parent
            if url.get_backend_name() == "sqlite" and url.database
            else None
        )
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return cls(
            engines=open_engines(database_url),
            secrets=load_secrets(folder / "secrets", kek_hex, database_folder),
            files=FileStore(folder / "files"),
            journal=Journal(folder / "journal"),
            clock=clock or SystemClock(),
            folder=folder,
            site=site,
            fonts=fonts,
            packs=packs,
            printers=printers,
        )

    @contextmanager
    def write(self) -> Iterator[Tx]:
        """A writing transaction: all of it is kept, or none of it."""
        with Session(self.engines.writer, expire_on_commit=False) as session, session.begin():
            # The writing place is taken before the clock is read: later effects then never carry
            # an earlier instant, however long this one waited.
            session.connection()
            yield self._tx(session)

    @contextmanager
    def read(self) -> Iterator[Tx]:
        """A reading transaction: one consistent view, nothing is kept."""
        with Session(self.engines.reader, expire_on_commit=False) as session, session.begin():
            yield self._tx(session)

    def _tx(self, session: Session) -> Tx:
        return Tx(
            session,
            self.clock.now(),
            self.secrets,
            self.files,
            self.site,
            fonts=self.fonts,
            packs=self.packs,
            printers=self.printers,
        )

    def close(self) -> None:
        self.engines.dispose()
        self.journal.close()
