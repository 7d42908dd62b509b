"""资料 by API: a program reads what is asked, fills it in, and never gets private values back."""

from __future__ import annotations

import json
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlmodel import select

from tests.actions.farm import Farm, start_farm
from tests.actions.papers import HONOUR, ID_CARD, MARK
from tracer.actions.people.accounts import create_token
from tracer.store.tables import Producer
from tracer.store.world import World


@pytest.fixture
def farm(world: World) -> Farm:
    with world.write() as tx:
        return start_farm(tx)


@pytest.fixture
def call(client: FlaskClient, world: World, farm: Farm) -> Any:
    with world.write() as tx:
        token = create_token(tx, "luqi")

    def send(path: str, body: dict[str, Any] | None = None, key: str = "") -> Any:
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": key or str(uuid4())}
        method = "GET" if body is None else "POST"
        return client.open(f"/api/v1{path}", method=method, json=body, headers=headers)

    return send


def test_a_program_fills_in_what_it_reads(call: Any, farm: Farm) -> None:
    rows = {one["row"]: one for one in call("/elements").get_json()["items"]}
    assert rows["B.1-6"]["fields"][0]["title"] == "荣誉名称"
    assert rows["B.1-1"]["fields"][0]["column"] == "producer.name"
    assert rows["B.3-1"]["records"] == 1
    mark = {"row": "B.2-7", "product": farm.product, "values": MARK, "publish": True}
    made = call("/elements", mark)
    assert made.status_code == 201
    entry = made.get_json()["entry"]
    assert (entry["published"], entry["product"]) == (True, farm.product)
    edited = mark | {"values": MARK | {"issuer": "别的中心"}}
    assert call(f"/elements/{entry['id']}/edit", edited).status_code == 201
    rows = {one["row"]: one for one in call("/elements").get_json()["items"]}
    assert [one["values"]["issuer"] for one in rows["B.2-7"]["entries"]] == ["别的中心"]


def test_private_values_are_taken_and_never_given(call: Any) -> None:
    said = call("/elements", {"row": "B.1-2", "values": {"id_card": ID_CARD}})
    assert said.get_json()["entry"]["sealed"] == ["id_card"]
    for text in (said.text, call("/elements").text):
        assert ID_CARD not in text


def test_what_is_not_sent_stays_and_an_empty_text_empties(call: Any, world: World) -> None:
    for values in (
        {"registered_capital": "100 万元", "registered_on": "2019-03-12"},
        {"registered_capital": ""},
        {"address": "河东村"},
    ):
        assert call("/elements", {"row": "B.1-1", "values": values}).status_code == 201
    with world.read() as tx:
        row = tx.session.exec(select(Producer)).one()
    assert (row.address, row.registered_on) == ("河东村", date(2019, 3, 12))
    assert row.registered_capital is None


def test_the_fourth_edit_waits(call: Any) -> None:
    answers = [
        call("/elements", {"row": "B.1-1", "values": {"address": f"河东村 {n} 号"}}).get_json()
        for n in range(4)
    ]
    assert [one["waiting"] for one in answers] == [False, False, False, True]
    assert "平台管理员" in answers[3]["notes"][0]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"row": "B.9-9", "values": {}}, "row"),
        ({"row": "B.1-6", "values": HONOUR | {"issuer": ""}}, "issuer"),
        ({"row": "B.1-6", "values": {"name": ["甲", "乙"]}}, "name"),
        ({"row": "B.1-6", "values": "甲"}, "values"),
        ({"row": "B.2-7", "values": MARK}, "product"),
    ],
)
def test_a_mistake_is_named_by_its_field(call: Any, body: dict[str, Any], field: str) -> None:
    answer = call("/elements", body)
    assert answer.status_code == 422
    assert answer.get_json()["error"]["field"] == field


def test_resending_gives_the_first_answer(call: Any) -> None:
    body, key = {"row": "B.1-6", "values": HONOUR}, str(uuid4())
    first, again = call("/elements", body, key), call("/elements", body, key)
    assert json.loads(first.text) == json.loads(again.text)
    rows = {one["row"]: one for one in call("/elements").get_json()["items"]}
    assert len(rows["B.1-6"]["entries"]) == 1
