"""The desk marks the fourth edit and looks through papers; nobody else does."""

from __future__ import annotations

import html
import io
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlmodel import select
from structlog.testing import capture_logs

from tests.actions.farm import Farm, producer_form, start_farm
from tests.web.people import add_account, csrf_of, sign_in
from tracer.actions.dossier.filling import add_entry
from tracer.actions.dossier.forms import EntryForm
from tracer.actions.forms import parse
from tracer.actions.people.enroll import edit_producer
from tracer.actions.private_files import keep_private_file
from tracer.domain.words import Role
from tracer.store.tables import ChangeSet, Producer
from tracer.store.world import World

ID_CARD = "370283198001010019"


@dataclass
class Village:
    farm: Farm
    producer: str
    card: str


@pytest.fixture
def village(world: World) -> Village:
    """A producer whose fourth edit waits, with its 法定代表人's card on file."""
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "blue").save(out, "PNG")
    with world.write() as tx:
        farm = start_farm(tx)
        card = keep_private_file(tx, farm.actor, "身份证.png", out.getvalue()).public_id
        enter(tx, farm, "B.1-2", id_card=ID_CARD, id_card_front=card)
        honour = {"name": "示范合作社", "issuer": "平度市", "awarded_on": "2025-12-01"}
        enter(tx, farm, "B.1-6", **honour)
        for number in range(4):
            edit_producer(tx, farm.actor, producer_form(address=f"蓼兰镇河东村 {number} 号"))
        row = tx.session.get_one(Producer, farm.actor.producer)
        return Village(farm, row.public_id, card)


def enter(tx: Any, farm: Farm, row: str, **values: Any) -> None:
    add_entry(tx, farm.actor, parse(EntryForm, {"row": row, "values": values, "publish": True}))


@pytest.fixture
def desk(world: World, client: FlaskClient) -> FlaskClient:
    """An operator's browser."""
    add_account(world, Role.OPERATOR)
    sign_in(client)
    return client


def text(client: FlaskClient, path: str) -> str:
    page = client.get(path)
    assert page.status_code == 200, (path, page.status_code)
    return html.unescape(page.text)


def mark(client: FlaskClient, world: World, **answers: str) -> Any:
    page = client.get("/desk/changes")
    with world.read() as tx:
        change = tx.session.exec(
            select(ChangeSet.public_id).order_by(ChangeSet.id.desc())  # type: ignore[union-attr]
        ).first()
    form = {"csrf_token": csrf_of(page), **answers}
    return client.post(f"/desk/changes/{change}/mark", data=form)


def address(world: World) -> str:
    with world.read() as tx:
        return tx.session.exec(select(Producer.address)).one()


def test_what_waits_stands_old_beside_new(desk: FlaskClient, village: Village) -> None:
    assert "<b>1 件</b>等处理" in desk.get("/desk").text
    said = text(desk, "/desk/changes")
    assert "绿畦蔬菜专业合作社" in said
    assert said.index("蓼兰镇河东村 2 号") < said.index("蓼兰镇河东村 3 号")


@pytest.mark.parametrize(("word", "now"), [("paid", 3), ("waived", 3), ("refused", 2)])
def test_a_mark_settles_it(
    world: World, desk: FlaskClient, village: Village, word: str, now: int
) -> None:
    assert mark(desk, world, mark=word, note="核对过执照").status_code == 303
    assert address(world) == f"蓼兰镇河东村 {now} 号"
    said = text(desk, "/desk/changes")
    assert "没有等处理的修改" in said
    assert "核对过执照" in said
    again = mark(desk, world, mark="waived" if word == "paid" else "paid")
    assert again.status_code == 409
    assert "已经处理过" in html.unescape(again.text)


def test_a_mark_must_be_chosen(world: World, desk: FlaskClient, village: Village) -> None:
    answer = mark(desk, world, note="忘了选")
    assert answer.status_code == 422
    said = html.unescape(answer.text)
    assert "处理结果没有填" in said
    assert 'value="忘了选"' in said


def test_the_dossier_opens_what_is_private_only_when_asked(
    desk: FlaskClient, village: Village
) -> None:
    path = f"/desk/producers/{village.producer}/dossier"
    said = text(desk, path)
    assert "示范合作社" in said
    assert ID_CARD not in said
    with capture_logs() as logs:
        opened = text(desk, f"{path}?open=1")
        answer = desk.get(f"/desk/dossiers/files/{village.card}")
    assert ID_CARD in opened
    assert (answer.status_code, answer.mimetype) == (200, "image/jpeg")
    assert answer.headers["Cache-Control"] == "private, no-store"
    noted = {log["event"] for log in logs}
    assert {"private_values_opened", "private_file_opened"} <= noted
    assert all(ID_CARD not in str(log) for log in logs)


@pytest.mark.parametrize("role", [Role.EXPERT, Role.INSPECTOR])
def test_only_operators(world: World, app: Flask, village: Village, role: Role) -> None:
    add_account(world, role)
    client = app.test_client()
    sign_in(client)
    for path in (
        "/desk/changes",
        f"/desk/producers/{village.producer}/dossier",
        f"/desk/producers/{village.producer}/dossier?open=1",
        f"/desk/dossiers/files/{village.card}",
    ):
        assert client.get(path).status_code == 403, path


def test_a_stranger_signs_in_first(client: FlaskClient, village: Village) -> None:
    assert client.get("/desk/changes").status_code == 303
    assert client.get(f"/desk/dossiers/files/{village.card}").status_code == 303


def test_what_is_not_there(desk: FlaskClient, village: Village) -> None:
    assert desk.get("/desk/producers/7K3M9Q2XW4E/dossier").status_code == 404
    assert desk.get("/desk/dossiers/files/7K3M9Q2XW4E").status_code == 404
