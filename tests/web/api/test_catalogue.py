"""Programs look the catalogue up as people do."""

from __future__ import annotations

from flask.testing import FlaskClient

from tests.web.people import add_account
from tracer.actions.people.accounts import create_token
from tracer.domain.words import Role
from tracer.store.world import World


def test_by_pinyin(client: FlaskClient, world: World) -> None:
    add_account(world, Role.INSPECTOR, "platform")
    with world.write() as tx:
        headers = {"Authorization": f"Bearer {create_token(tx, 'platform')}"}
    found = client.get("/api/v1/catalogue?q=fanqie", headers=headers).get_json()["items"]
    assert any("番茄（西红柿）" in row["names"] for row in found)
    everything = client.get("/api/v1/catalogue", headers=headers).get_json()["items"]
    assert len(everything) > len(found)
    assert any(row["needs_review"] for row in everything)
    assert client.get("/api/v1/catalogue?page=2", headers=headers).status_code == 422
    assert "/api/v1/catalogue" in client.get("/api/openapi.json").get_json()["paths"]
