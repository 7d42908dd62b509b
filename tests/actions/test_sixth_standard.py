"""A made-up sixth standard in a folder of one's own: the whole way, with no change of code."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.actions.assessing import (
    apply,
    close_it,
    license_it,
    mark,
    open_desk,
    open_gates,
)
from tests.actions.farm import start_farm
from tests.conftest import SITE
from tests.standards.conftest import CASES, PACK
from tests.standards.test_flow import FLOW
from tracer.actions.assessment.moving import standard_of
from tracer.domain.clock import FixedClock
from tracer.domain.errors import Refusal
from tracer.queries.assessment.licence_check import check_licence
from tracer.queries.assessment.replay import replay
from tracer.queries.fsck import fsck
from tracer.store.assessments import sheets_of
from tracer.store.tables import Assessment
from tracer.store.world import Tx, World

HALF = {
    "A-1": {"value": 3, "note": ""},
    "A-2": {"value": 10, "note": ""},
    "B-1": {"value": 5, "note": ""},
}


@pytest.fixture(params=["with a flow", "without"])
def packs(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    edition = tmp_path / "own" / "sixth" / "1"
    edition.mkdir(parents=True)
    (edition / "pack.toml").write_text(PACK, "utf-8")
    (edition / "cases.toml").write_text(CASES, "utf-8")
    if request.param == "with a flow":
        (edition / "flow.toml").write_text(FLOW, "utf-8")
    return tmp_path / "own"


@pytest.fixture
def own_world(tmp_path: Path, sqlite_url: str, clock: FixedClock, packs: Path) -> Iterator[World]:
    world = World.open(tmp_path / "data", sqlite_url, SITE, clock=clock, packs=packs)
    yield world
    world.close()


def assessed(tx: Tx, rows: Any = None) -> tuple[Any, Assessment]:
    desk = open_desk(tx, 1)
    row = apply(tx, desk, start_farm(tx), "sixth")
    open_gates(tx, desk, row)
    mark(tx, desk, row, rows)
    return desk, row


def test_it_is_licensed_logged_and_computed_again(own_world: World) -> None:
    with own_world.write() as tx:
        desk, row = assessed(tx)
        result = close_it(tx, desk, row)
        licence = license_it(tx, desk, row, 1)
        _, flow = standard_of(tx, row)
        assert (result.total, result.outcome) == ("30", "通过")
        assert licence.mark == flow.mark
        assert licence.number.startswith(f"{flow.licence.prefix}-2026-0001-")
        assert len(sheets_of(tx.session, row)) == 1
    with own_world.read() as tx:
        assert check_licence(tx, licence).genuine
        assert [one for one in fsck(tx) if one] == []
        assert [one.problem for one in replay(tx)] == [""]


def test_below_its_threshold_it_is_not(own_world: World) -> None:
    with own_world.write() as tx:
        desk, row = assessed(tx, HALF)
        result = close_it(tx, desk, row)
        assert (result.total, result.outcome, result.passed) == ("18", "不通过", False)
        with pytest.raises(Refusal, match="不通过"):
            license_it(tx, desk, row)


def test_a_file_that_changed_since_is_noticed(own_world: World, packs: Path) -> None:
    with own_world.write() as tx:
        desk, row = assessed(tx)
        result = close_it(tx, desk, row)
        result.digest = "0" * 64
    with own_world.read() as tx:
        assert [one.problem for one in replay(tx)] == ["标准 sixth/1 的数据文件和出结果时不一样"]
        assert any("改动过" in str(one) for one in fsck(tx))
