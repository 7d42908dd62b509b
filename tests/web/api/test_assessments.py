"""Programs read open calls, published results and the licences of a product."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.web import assessing
from tests.web.people import add_account
from tracer.actions.assessment.licences import suspend
from tracer.actions.people.accounts import create_token
from tracer.domain.words import Role
from tracer.store.world import World


@pytest.fixture
def headers(world: World) -> dict[str, str]:
    add_account(world, Role.INSPECTOR, "platform")
    with world.write() as tx:
        return {"Authorization": f"Bearer {create_token(tx, 'platform')}"}


def test_calls_results_and_licences(
    client: FlaskClient, world: World, headers: dict[str, str]
) -> None:
    case = assessing.licensed(world)
    (call,) = client.get("/api/v1/calls", headers=headers).get_json()["items"]
    assert (call["mark"], call["edition"]) == ("蓼兰优品", "liaolan/draft")
    assert (call["opens_on"], call["closes_on"]) == ("2026-07-08", "2026-08-07")
    result = client.get(f"/api/v1/assessments/{case.assessment}", headers=headers).get_json()
    assert (result["total"], result["passed"], result["agrees"]) == ("100", True, True)
    rows = [row for group in result["groups"] for row in group["rows"]]
    assert len(rows) == 22
    assert [one["who"] for one in rows[0]["marks"]] == ["专家1", "专家2", "专家3"]
    address = f"/api/v1/licences?product={case.farm.product}"
    (licence,) = client.get(address, headers=headers).get_json()["items"]
    assert (licence["id"], licence["state"]) == (case.licence, "in_force")
    with world.write() as tx:
        suspend(tx, case.desk.operator, case.licence, "抽查")
    (licence,) = client.get(address, headers=headers).get_json()["items"]
    assert licence["state"] == "suspended"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("assessments/nothing", 404),
        ("licences", 422),
        ("licences?product=00000000000", 200),
        ("licences?product=x&more=1", 422),
    ],
)
def test_what_is_not_there(
    client: FlaskClient, headers: dict[str, str], path: str, status: int
) -> None:
    assert client.get(f"/api/v1/{path}", headers=headers).status_code == status


def test_an_unpublished_result_is_not_there(
    client: FlaskClient, world: World, headers: dict[str, str]
) -> None:
    case = assessing.closed(world)
    address = f"/api/v1/assessments/{case.assessment}"
    assert client.get(address, headers=headers).status_code == 404
