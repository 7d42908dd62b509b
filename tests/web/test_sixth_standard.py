"""A made-up sixth standard on every page that the packaged ones have, with no change of code."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from tests.conftest import SITE
from tests.standards.conftest import CASES, PACK
from tests.standards.test_flow import FLOW
from tests.web import assessing
from tests.web.assessing import EXPERTS, FARMER, OPERATOR, as_, text_of
from tracer.domain.clock import FixedClock
from tracer.store.world import World


@pytest.fixture
def world(tmp_path: Path, sqlite_url: str, clock: FixedClock) -> Iterator[World]:
    """An installation with a folder of standards of its own."""
    edition = tmp_path / "own" / "sixth" / "1"
    edition.mkdir(parents=True)
    (edition / "pack.toml").write_text(PACK, "utf-8")
    (edition / "cases.toml").write_text(CASES, "utf-8")
    (edition / "flow.toml").write_text(FLOW, "utf-8")
    opened = World.open(tmp_path / "data", sqlite_url, SITE, clock=clock, packs=tmp_path / "own")
    yield opened
    opened.close()


def test_a_call_is_opened_under_it(client: FlaskClient, world: World) -> None:
    _, _, call = assessing.called(world, "sixth")
    page = text_of(client.get(f"/calls/{call.public_id}"))
    assert "第六标" in page
    assert "按档打分" in page
    assert "第六个标准" in as_(client, OPERATOR).get("/desk/calls").text
    assert "第六标" in as_(client, FARMER).get("/farm/assessments").text


def test_its_sheet_is_filled_on_the_page(client: FlaskClient, world: World) -> None:
    case = assessing.given_out(world, "sixth")
    page = as_(client, EXPERTS[0]).get(f"/desk/sheets/{case.sheets[0]}")
    assert page.status_code == 200
    assert "必须满分" in page.text


def test_its_result_licence_and_papers_are_shown(client: FlaskClient, world: World) -> None:
    case = assessing.licensed(world, "sixth")
    for address in (f"/assessment/{case.assessment}", f"/L/{case.licence}"):
        page = client.get(address)
        assert page.status_code == 200
        assert "第六标" in page.text
    assert client.get(f"/L/{case.licence}.pdf").data.startswith(b"%PDF-")
    for login, address in (
        (FARMER, f"/farm/assessments/{case.assessment}"),
        (OPERATOR, f"/desk/assessments/{case.assessment}"),
        (OPERATOR, f"/desk/licences/{case.licence}"),
    ):
        assert as_(client, login).get(address).status_code == 200
    report = as_(client, FARMER).get(f"/farm/assessments/{case.assessment}/report.pdf")
    assert report.data.startswith(b"%PDF-")
