"""This machine's installation, opened from its settings: what the server and the commands share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import OperationalError

from tracer.config import Settings
from tracer.domain.errors import Refusal
from tracer.store import schema
from tracer.store.engines import UnsafeDatabase
from tracer.store.secrets import SecretError
from tracer.store.world import World


def open_world(settings: Settings | None = None) -> World:
    """The world that the settings describe; the environment's settings when none are given.

    Raises a Refusal where the database cannot be reached or would not survive a power cut, or the
    key-encryption key is not usable.
    """
    settings = settings or Settings()
    try:
        return World.open(
            settings.data,
            settings.sqlalchemy_url,
            settings.site,
            settings.kek.get_secret_value(),
            fonts=settings.font_path,
            packs=settings.packs,
            printers=settings.printers,
        )
    except (UnsafeDatabase, SecretError) as error:
        raise Refusal("unsafe_installation", str(error)) from error
    except OperationalError as error:
        raise Refusal(
            "database_unreachable",
            "连不上数据库，请检查设置 TRACER_DATABASE_URL 和数据库是否开着",
            hint=str(error.orig),
        ) from error


@contextmanager
def ready_world(settings: Settings | None = None) -> Iterator[World]:
    """The same for one command, closed after it; a Refusal where the schema is not up to date."""
    world = open_world(settings)
    try:
        if schema.current_revision(world.engines.reader) != schema.newest_revision():
            raise Refusal("schema_behind", "数据库需要更新，请先运行 tracer db upgrade")
        yield world
    finally:
        world.close()
