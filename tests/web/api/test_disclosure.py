"""Programs read the ranking and the reports, as described."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlmodel import select

from tests.actions.farm import start_farm
from tests.web.goods import sell
from tests.web.people import add_account
from tracer.actions.people.accounts import create_token
from tracer.domain.words import Role
from tracer.store.tables import Producer
from tracer.store.world import World


@pytest.fixture
def headers(world: World) -> dict[str, str]:
    add_account(world, Role.INSPECTOR, "platform")
    with world.write() as tx:
        return {"Authorization": f"Bearer {create_token(tx, 'platform')}"}


def test_ranking_and_reports(client: FlaskClient, world: World, headers: dict[str, str]) -> None:
    goods = sell(world)
    with world.write() as tx:
        person = {"kind": "农户", "name": "李长河", "uscc": None, "id_card": "370283198001010019"}
        start_farm(tx, "changhe", **person)
        household = tx.session.exec(select(Producer.public_id).where(Producer.uscc == None)).one()  # noqa: E711
    found = client.get("/api/v1/credit?name=hg", headers=headers).get_json()
    assert [line["producer"] for line in found["items"]] == ["绿畦蔬菜专业合作社", "李**"]
    assert found["after"] == ""
    report = client.get(f"/api/v1/credit/{goods.farm.product}?on=2026-07-08", headers=headers)
    assert report.get_json()["index"] == "65"
    assert report.get_json()["history"] == [{"day": "2026-07-08", "index": "65.0"}]
    told = client.get(f"/api/v1/credit/{household}", headers=headers)
    assert told.get_json()["rated"] is False
    assert "李长河" not in told.text
    for path, status in (
        ("credit?kind=x", 422),
        ("credit?grade=Z", 422),
        ("credit/7K3M9Q2XW4E", 404),
        (f"credit/{household}?on=x", 422),
        (f"credit/{household}?on=2030-01-01", 422),
    ):
        assert client.get(f"/api/v1/{path}", headers=headers).status_code == status, path
    assert client.get("/api/v1/credit").status_code == 401
    described = client.get("/api/openapi.json").get_json()["paths"]
    assert {"/api/v1/credit", "/api/v1/credit/{subject}"} <= set(described)
