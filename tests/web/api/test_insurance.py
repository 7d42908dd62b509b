"""码上保 by API: recorded, claimed, printed with, ended."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient

from tests.web.goods import Goods, sell
from tracer.actions.people.accounts import create_token
from tracer.store.world import World

POLICY = {
    "insurer": "大地保险",
    "number": "PDAA2026",
    "valid_from": "2026-01-01",
    "valid_to": "2026-12-31",
    "limit": "50.5",
}


@pytest.fixture
def goods(world: World) -> Goods:
    return sell(world)


@pytest.fixture
def call(client: FlaskClient, world: World, goods: Goods) -> Any:
    with world.write() as tx:
        token = create_token(tx, "luqi")

    def send(path: str, body: dict[str, Any] | None = None, key: str = "") -> Any:
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": key or str(uuid4())}
        method = "GET" if body is None else "POST"
        return client.open(f"/api/v1{path}", method=method, json=body, headers=headers)

    return send


def test_a_program_insures_a_product(call: Any, goods: Goods) -> None:
    made = call("/policies", POLICY, key="policy-0001")
    assert made.status_code == 201
    policy = made.get_json()
    assert (policy["limit_yuan"], policy["in_force"], policy["products"]) == (505_000, True, [])
    assert call("/policies", POLICY, key="policy-0001").get_json() == policy
    assert call("/policies", POLICY).get_json()["id"] == policy["id"]
    path = f"/policies/{policy['id']}"
    claimed = call(f"{path}/claims", {"product": goods.farm.product})
    assert claimed.get_json()["products"] == [goods.farm.product]
    run = {"design": "trace-a4-3x8", "stock": "a4-3x8", "count": 3}
    run |= {"certificate": goods.certificate, "policy": policy["id"]}
    assert call("/print-runs", run).get_json()["policy"] == policy["id"]
    corrected = call(f"{path}/edit", POLICY | {"limit": "100"}).get_json()
    assert corrected["limit_yuan"] == 1_000_000
    ended = call(f"{path}/end", {"reason": "换了保险公司"}).get_json()
    assert (ended["in_force"], ended["ended_reason"]) == (False, "换了保险公司")
    refused = call("/print-runs", run)
    assert refused.status_code == 409
    assert refused.get_json()["error"]["field"] == "policy"
    assert [one["id"] for one in call("/policies").get_json()["items"]] == [policy["id"]]


def test_what_is_wrong_is_named(call: Any, goods: Goods) -> None:
    wrong = call("/policies", POLICY | {"valid_to": "2025-01-01"})
    assert wrong.status_code == 422
    assert wrong.get_json()["error"]["field"] == "valid_to"
    nobody = call("/policies/7K3M9Q2XW4E/claims", {"product": goods.farm.product})
    assert nobody.status_code == 404
