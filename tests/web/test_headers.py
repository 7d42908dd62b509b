"""Headers of every answer, static files that may be kept, and health."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlmodel import text

from tests.actions.farm import start_farm
from tracer.app import create_app
from tracer.config import Settings
from tracer.store.secrets import Secrets
from tracer.store.world import World


@pytest.mark.parametrize("path", ["/", "/sign-in", "/healthz", "/T/7K3M9QF2XHPA", "/nothing"])
def test_every_answer_is_dressed(client: FlaskClient, path: str) -> None:
    headers = client.get(path).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "geolocation=()" in headers["Permissions-Policy"]
    assert headers["Cache-Control"] == "no-store"
    assert "max-age" in headers["Strict-Transport-Security"]


def test_without_tls_nothing_promises_it(world: World) -> None:
    app = create_app(Settings(_env_file=None, data=world.folder), world)
    answer = app.test_client().get("/sign-in")
    assert "Strict-Transport-Security" not in answer.headers
    assert "Secure" not in answer.headers["Set-Cookie"]


@pytest.mark.parametrize("path", ["/", "/verify", "/T/7K3M9QF2XHPA", "/C/7K3M9Q2XW4D"])
def test_public_pages_set_no_cookie_and_carry_no_script(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert "Set-Cookie" not in answer.headers
    assert "<script" not in answer.text
    assert not re.search(r"\son\w+=|\sstyle=|javascript:", answer.text)


def test_static_files_are_kept_under_their_content(client: FlaskClient) -> None:
    page = client.get("/").text
    address = re.search(r'href="(/static/css/base\.css\?v=[0-9a-f]+)"', page)
    assert address
    with client.get(address[1]) as kept, client.get("/static/css/base.css") as plain:
        assert "immutable" in kept.headers["Cache-Control"]
        assert kept.headers["X-Content-Type-Options"] == "nosniff"
        assert "immutable" not in plain.headers["Cache-Control"]


def test_forwarded_addresses_count_only_behind_a_trusted_proxy(world: World) -> None:
    for hops, expected in ((0, "127.0.0.1"), (1, "203.0.113.9")):
        settings = Settings(_env_file=None, data=world.folder, trusted_proxies=hops)
        app = create_app(settings, world)
        seen = []

        @app.before_request
        def look(seen: list[str | None] = seen) -> None:
            from flask import request

            seen.append(request.remote_addr)

        app.test_client().get("/healthz", headers={"X-Forwarded-For": "203.0.113.9"})
        assert seen == [expected]


def test_health_of_a_good_installation(client: FlaskClient, world: World) -> None:
    with world.write() as tx:
        start_farm(tx)
    assert client.get("/healthz").get_json() == {"status": "ok"}
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.get_json() == {
        "status": "ok",
        "checks": {"database": True, "schema": True, "keys": True, "log": True},
    }


def test_not_ready_when_the_log_has_a_gap(client: FlaskClient, world: World) -> None:
    with world.write() as tx:
        start_farm(tx)
        tx.session.connection().execute(text('UPDATE log_leaf SET "index" = 7'))
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.get_json()["checks"]["log"] is False


def test_not_ready_when_the_newest_leaf_was_changed(client: FlaskClient, world: World) -> None:
    with world.write() as tx:
        start_farm(tx)
        tx.session.connection().execute(text("UPDATE log_leaf SET leaf = leaf_hash"))
    assert client.get("/readyz").get_json()["checks"]["log"] is False


def test_being_ready_costs_no_more_as_the_log_grows(client: FlaskClient, world: World) -> None:
    asked: list[str] = []

    @event.listens_for(world.engines.reader, "before_cursor_execute")
    def _note(_connection, _cursor, statement, *_rest) -> None:  # type: ignore[no-untyped-def]
        asked.append(statement.lower())

    assert client.get("/readyz").status_code == 200
    about_log = [statement for statement in asked if "log_leaf" in statement]
    assert about_log
    assert not any("count(" in statement for statement in about_log)


def test_not_ready_under_another_key(app: Flask, world: World) -> None:
    with world.write() as tx:
        start_farm(tx)
    other = World(
        world.engines,
        Secrets(bytes(32)),
        world.files,
        world.journal,
        world.clock,
        world.folder,
        world.site,
    )
    client = create_app(Settings(_env_file=None, data=world.folder), other).test_client()
    assert client.get("/readyz").get_json()["checks"]["keys"] is False


def test_not_ready_before_the_schema_is_there(client: FlaskClient, world: World) -> None:
    with world.write() as tx:
        tx.session.connection().execute(text("UPDATE alembic_version SET version_num = 'old'"))
    answer = client.get("/readyz")
    assert (answer.status_code, answer.get_json()["checks"]["schema"]) == (503, False)
