"""The village and its people at their browsers."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask

from tests.conftest import SITE, TODAY
from tests.web.producer import village as story
from tests.web.producer.desk import Visitor
from tests.web.producer.village import Village
from tracer.domain.clock import FixedClock
from tracer.store.world import World


@dataclass(frozen=True)
class Settled:
    """The village as it stands before any test, to copy."""

    folder: Path
    village: Village


@pytest.fixture(scope="session")
def settled(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Settled:
    folder = tmp_path_factory.mktemp("village") / "data"
    database = folder / "db" / "tracer.sqlite3"
    database.parent.mkdir(parents=True)
    shutil.copy(sqlite_template, database)
    world = World.open(folder, f"sqlite:///{database}", SITE, clock=FixedClock(TODAY))
    village = story.settle(world)
    world.close()
    return Settled(folder, village)


@pytest.fixture
def world(tmp_path: Path, settled: Settled, clock: FixedClock) -> Iterator[World]:
    """An installation in which the village has settled."""
    folder = tmp_path / "data"
    shutil.copytree(settled.folder, folder)
    url = f"sqlite:///{folder / 'db' / 'tracer.sqlite3'}"
    world = World.open(folder, url, SITE, clock=clock)
    yield world
    world.close()


@pytest.fixture
def village(settled: Settled) -> Village:
    return settled.village


@pytest.fixture
def visit(app: Flask, village: Village) -> Callable[[str], Visitor]:
    """A signed-in browser by login."""
    return lambda login: Visitor(app.test_client(), village.browsers[login])


@pytest.fixture
def farmer(visit: Callable[[str], Visitor]) -> Visitor:
    return visit(story.FARM)


@pytest.fixture
def neighbour(visit: Callable[[str], Visitor]) -> Visitor:
    return visit(story.NEIGHBOUR)
