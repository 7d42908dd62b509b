"""A made-up sixth standard in a folder of one's own has every page, with no change of code."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.actions import assessing as walk
from tests.conftest import SITE
from tests.standards.conftest import CASES, PACK
from tests.web import assessing
from tests.web.assessing import EXPERTS, FARMER, OPERATOR, as_, post, text_of
from tracer.actions.assessment.moving import find
from tracer.app import create_app
from tracer.config import Settings
from tracer.domain.clock import FixedClock
from tracer.store.assessments import sheets_of
from tracer.store.world import World


@pytest.fixture
def own_world(tmp_path: Path, sqlite_url: str, clock: FixedClock) -> Iterator[World]:
    edition = tmp_path / "own" / "sixth" / "1"
    edition.mkdir(parents=True)
    (edition / "pack.toml").write_text(PACK, "utf-8")
    (edition / "cases.toml").write_text(CASES, "utf-8")
    own = World.open(tmp_path / "data", sqlite_url, SITE, clock=clock, packs=tmp_path / "own")
    yield own
    own.close()


def test_every_page_knows_it(own_world: World) -> None:
    app = create_app(Settings(_env_file=None, data=own_world.folder, public_url=SITE), own_world)
    app.config.update(SERVER_NAME=assessing.HOST, PREFERRED_URL_SCHEME="https")
    client = app.test_client()
    case = assessing.submitted(own_world, "sixth")
    as_(client, OPERATOR)
    assert "第六个标准" in client.get("/desk/calls").text
    page = f"/desk/assessments/{case.assessment}"
    assert post(client, page, f"{page}/gates", **{"v:4-1": "无"}).status_code == 303
    given = post(client, page, f"{page}/experts", experts=case.desk.ids[0])
    assert given.status_code == 303
    with own_world.read() as tx:
        (sheet,) = sheets_of(tx.session, find(tx, case.assessment))
    as_(client, EXPERTS[0])
    marks = f"/desk/sheets/{sheet.public_id}"
    assert "只能填" not in client.get(marks).text
    typed = {"v:A-1": "10", "v:A-2": "10", "v:B-1": "5"}
    wrong = post(client, marks, marks, version="0", **typed | {"v:A-1": "4"})
    assert wrong.status_code == 422
    done = post(client, marks, marks, version="0", submit="yes", **typed)
    assert done.status_code == 303, text_of(done)
    as_(client, OPERATOR)
    assert post(client, page, f"{page}/result", **walk.REPORT).status_code == 303
    days = {"valid_from": "2026-07-08", "valid_to": "2027-07-07"}
    assert post(client, page, f"{page}/licence", **days).status_code == 303
    as_(client, FARMER)
    assert "可以按规定使用标识" in client.get(f"/farm/assessments/{case.assessment}").text
    public = text_of(client.get(f"/assessment/{case.assessment}"))
    assert "第六个标准" in public
    assert "与存档一致" in public
