"""Programs of the desk and of producers see to incidents, each to its own, as described."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlmodel import select
from werkzeug.test import TestResponse

from tests.actions.farm import second_farm
from tests.actions.supervision import tell
from tests.web.goods import Goods, sell
from tests.web.people import add_account
from tracer.actions.people.accounts import create_token
from tracer.domain.words import Role
from tracer.store.tables import Batch, Producer
from tracer.store.world import World

PHONE = "13912345678"


class Api:
    """Calls with the token of one account."""

    def __init__(self, client: FlaskClient, world: World, login: str) -> None:
        self.client = client
        with world.write() as tx:
            self.headers = {"Authorization": f"Bearer {create_token(tx, login)}"}

    def get(self, path: str) -> TestResponse:
        return self.client.get(f"/api/v1{path}", headers=self.headers)

    def post(self, path: str, body: dict[str, Any], key: str = "") -> TestResponse:
        headers = self.headers | {"Idempotency-Key": key or str(uuid4())}
        return self.client.post(f"/api/v1{path}", json=body, headers=headers)


@pytest.fixture
def goods(world: World) -> Goods:
    made = sell(world)
    with world.write() as tx:
        second_farm(tx)
        batch = tx.session.exec(select(Batch).where(Batch.public_id == made.batch)).one()
        for visitor in (1, 2):
            tell(tx, batch, visitor=visitor, phone=PHONE)
    add_account(world, Role.OPERATOR, "desk")
    add_account(world, Role.EXPERT, "zhuanjia")
    return made


def test_from_report_to_answer(client: FlaskClient, world: World, goods: Goods) -> None:
    desk, mine = Api(client, world, "desk"), Api(client, world, "luqi")
    other, expert = Api(client, world, "hexia"), Api(client, world, "zhuanjia")
    told = desk.get("/public-reports")
    assert PHONE not in told.text
    reports = [one["id"] for one in told.get_json()["items"]]
    assert len(reports) == 2
    with world.read() as tx:
        producer = tx.session.get_one(Producer, goods.farm.actor.producer).public_id
    body = {
        "kind": "quality",
        "producer": producer,
        "product": goods.farm.product,
        "title": "黄瓜药味重",
        "text": "消费者反映药味刺鼻",
        "reports": reports,
    }
    for stranger in (mine, expert):
        assert stranger.post("/incidents", body).status_code == 403
        assert stranger.get("/public-reports").status_code == 403
    key = str(uuid4())
    opened, again = desk.post("/incidents", body, key), desk.post("/incidents", body, key)
    assert (opened.status_code, again.get_json()) == (201, opened.get_json())
    incident = opened.get_json()["id"]
    assert opened.get_json()["stage"] == "open"
    assert {one["incident"] for one in desk.get("/public-reports").get_json()["items"]} == {
        incident
    }

    assert [one["id"] for one in mine.get("/incidents").get_json()["items"]] == [incident]
    assert other.get("/incidents").get_json() == {"items": [], "next": None}
    path = f"/incidents/{incident}"
    assert other.get(path).status_code == 404
    assert other.post(f"{path}/answer", {"text": "不是我家的"}).status_code == 404
    assert expert.get("/incidents").status_code == 403
    assert desk.post(f"{path}/answer", {"text": "替他答"}).status_code == 403
    answered = mine.post(f"{path}/answer", {"text": "已经在查"})
    assert answered.status_code == 201
    assert [one["step"] for one in desk.get(path).get_json()["steps"]] == ["opened", "answered"]
    assert desk.get(path).get_json() == mine.get(path).get_json()
    assert "王禾" not in desk.get(path).text
    assert desk.get("/incidents?after=7K3M9Q2XW4E").status_code == 404


def test_the_calls_are_described(client: FlaskClient) -> None:
    paths = client.get("/api/openapi.json").get_json()["paths"]
    assert set(paths["/api/v1/incidents"]) == {"get", "post"}
    assert {"/api/v1/public-reports", "/api/v1/incidents/{incident}/answer"} <= set(paths)


def test_the_credit_report_tells_what_was_upheld(
    client: FlaskClient, world: World, goods: Goods
) -> None:
    desk = Api(client, world, "desk")
    assert desk.get(f"/credit/{goods.farm.product}").get_json()["upheld"] == []
