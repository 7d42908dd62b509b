"""What no database can store is refused in a sentence at every door, on either database."""

from __future__ import annotations

import json

import pytest
from flask.testing import FlaskClient

from tests.web.people import add_account, sign_in
from tracer.actions.people.accounts import create_token
from tracer.app import create_app
from tracer.config import Settings
from tracer.domain.words import Role
from tracer.store.world import World

SITE = "https://hgz.example.cn"


@pytest.fixture
def visitor(any_world: World) -> FlaskClient:
    app = create_app(Settings(_env_file=None, data=any_world.folder, public_url=SITE), any_world)
    app.config.update(SERVER_NAME=SITE.removeprefix("https://"), PREFERRED_URL_SCHEME="https")
    return app.test_client()


def test_forms_paths_and_queries(visitor: FlaskClient, any_world: World) -> None:
    add_account(any_world, Role.OPERATOR)
    answers = [
        sign_in(visitor, "zh\0ang"),
        visitor.get("/T/7K%003M"),
        visitor.get("/verify", query_string={"number": "1\x002"}),
        visitor.get("/desk/producers/a%00b"),
    ]
    assert [answer.status_code for answer in answers] == [422] * 4
    assert all("看不见的特殊字符" in answer.text for answer in answers)


@pytest.mark.parametrize("text", ["a\0b", "\ud800", "b\udfff"])
def test_programs(visitor: FlaskClient, any_world: World, text: str) -> None:
    add_account(any_world, Role.PRODUCER)
    with any_world.write() as tx:
        token = create_token(tx, "zhang")
    for body in ({"text": text}, {text: 1}, {"items": [{"name": text}]}):
        answer = visitor.post(
            "/api/v1/verifications",
            data=json.dumps(body),
            headers={
                "Authorization": f"Bearer {token}",
                "Content-Type": "application/json",
                "Idempotency-Key": "k" * 10,
            },
        )
        assert answer.status_code == 422
        assert answer.json["error"]["code"] == "bad_character"
