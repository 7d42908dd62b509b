"""The server as it is really started: three ways, one service; demo data beside it."""

from __future__ import annotations

import json
import sqlite3
import sys
from contextlib import closing
from urllib.request import Request, urlopen

import pytest

from tests.serving import LiveServer, Service


def get(url: str, **headers: str) -> str:
    with urlopen(Request(url, headers=headers), timeout=30) as answer:  # noqa: S310
        assert answer.status == 200
        text: str = answer.read().decode()
        return text


@pytest.mark.parametrize("way", ["tracer serve", "granian", "gunicorn"])
def test_the_same_service_under_each_server(service: Service, way: str) -> None:
    assert service.command("db", "upgrade").returncode == 0
    bind = f"127.0.0.1:{service.port}"
    commands = {
        "tracer serve": None,
        "granian": ["granian", "--interface", "wsgi", "--port", str(service.port), "wsgi:app"],
        "gunicorn": ["gunicorn", "-w", "2", "--threads", "4", "-b", bind, "wsgi:app"],
    }
    command = commands[way]
    service.start(command and [sys.executable, "-m", *command])
    assert json.loads(get(f"{service.url}/healthz")) == {"status": "ok"}
    assert "请输入" in get(f"{service.url}/") or "查" in get(f"{service.url}/")
    assert json.loads(get(f"{service.url}/api/openapi.json"))["openapi"] == "3.1.0"
    service.stop()
    assert "Traceback" not in service.log()


def test_the_demo_on_postgres(service: Service, empty_postgres_url: str) -> None:
    service.environment["TRACER_DATABASE_URL"] = empty_postgres_url
    assert service.command("db", "upgrade").returncode == 0
    demo = service.answer("demo", "load")
    assert not (service.folder / "db").exists()
    service.start()
    assert "签名有效" in get(demo["certificates"][0]["url"])
    assert json.loads(get(f"{service.url}/readyz"))["status"] == "ok"
    service.stop()
    assert service.answer("log", "fsck")["problems"] == []
    assert service.answer("credit", "replay")["differences"] == []
    assert "Traceback" not in service.log()


def test_a_server_does_not_start_on_an_old_schema(service: Service) -> None:
    told = service.command("serve", "--port", str(service.port))
    assert told.returncode == 1
    assert "tracer db upgrade" in told.stderr
    assert "Traceback" not in told.stderr


def test_the_demo_is_what_programs_rely_on(live_server: LiveServer) -> None:
    demo = live_server.demo
    assert {account["role"] for account in demo["accounts"]} == {
        "producer",
        "inspector",
        "expert",
        "operator",
        "base",
    }
    for account in demo["accounts"]:
        assert set(account) == {"role", "login", "password"}
    for name, keys in {
        "certificates": {"number", "url"},
        "labels": {"url", "tier"},
        "print_runs": {"id"},
        "products": {"id", "name"},
    }.items():
        assert demo[name], name
        assert keys <= set(demo[name][0])
    for url in (demo["labels"][0]["url"], demo["certificates"][0]["url"]):
        assert url.startswith(live_server.url)
        assert "承诺" in get(url)


def test_the_demo_may_be_loaded_again_beside_the_running_server(live_server: LiveServer) -> None:
    again = live_server.service.answer("demo", "load")
    assert again == live_server.demo
    assert json.loads(get(f"{live_server.url}/readyz"))["status"] == "ok"


def test_the_demos_records_stand_up_to_every_check(live_server: LiveServer) -> None:
    assert live_server.service.answer("log", "fsck")["problems"] == []
    assert live_server.service.answer("credit", "replay")["differences"] == []
    number = live_server.demo["certificates"][0]["number"]
    assert live_server.service.command("verify", number).returncode in (0, 1)


def test_passwords_are_slow_to_guess(live_server: LiveServer) -> None:
    """The second of the two costs that RFC 9106 recommends, and the salt is each account's own."""
    database = live_server.service.folder / "db" / "tracer.sqlite3"
    with closing(sqlite3.connect(database)) as connection:
        kept = [hash for (hash,) in connection.execute("SELECT password_hash FROM account")]
    assert len(kept) > 5
    assert {hash[:31] for hash in kept} == {"$argon2id$v=19$m=65536,t=3,p=4$"}
    assert len({hash[31:].partition("$")[0] for hash in kept}) == len(kept)


def test_a_token_opens_the_api(live_server: LiveServer) -> None:
    account = live_server.account("producer")
    made = live_server.service.command("token", "create", "--login", account["login"])
    token = made.stdout.strip()
    mine = json.loads(
        get(f"{live_server.url}/api/v1/certificates", Authorization=f"Bearer {token}")
    )
    assert mine["items"]


def test_demo_accounts_never_join_real_ones(service: Service) -> None:
    words = ("init", "--login", "boss", "--password-stdin")
    assert service.command(*words, stdin="长长的密码2026\n").returncode == 0
    told = service.command("demo", "load")
    assert (told.returncode, "Traceback" in told.stderr) == (1, False)
