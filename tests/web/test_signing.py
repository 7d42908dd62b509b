"""Signing in and out: who gets in, where to, and for how long."""

from __future__ import annotations

from typing import Literal

import pytest
from argon2 import PasswordHasher
from flask import Blueprint, Flask
from flask.testing import FlaskClient
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import generate_csrf
from sqlmodel import select

from tests.web.people import PASSWORD, add_account, csrf_of, sign_in
from tracer.actions.people import accounts
from tracer.domain.clock import FixedClock
from tracer.domain.errors import Refusal
from tracer.domain.words import Role
from tracer.store.tables import SignIn
from tracer.store.world import World
from tracer.web.shared import door


@pytest.fixture
def probe(own_app: Flask) -> FlaskClient:
    """A client of an application with a small hall of its own, for operators."""
    hall = Blueprint("probe", __name__, url_prefix="/desk/probe")
    hall.before_request(door.admit(Role.OPERATOR))

    @hall.route("/", methods=["GET", "POST"])
    def room() -> ResponseReturnValue:
        return f'{door.actor().name} <input name="csrf_token" value="{generate_csrf()}">'

    own_app.register_blueprint(hall)
    return own_app.test_client()


@pytest.mark.parametrize(
    ("role", "home"),
    [
        (Role.PRODUCER, "/farm"),
        (Role.INSPECTOR, "/inspect"),
        (Role.EXPERT, "/desk"),
        (Role.OPERATOR, "/desk"),
    ],
)
def test_each_role_goes_to_its_own_hall(
    world: World, client: FlaskClient, role: Role, home: str
) -> None:
    add_account(world, role)
    answer = sign_in(client)
    assert (answer.status_code, answer.location) == (303, home)
    assert client.get("/sign-in").location == home


def test_the_cookie_is_for_this_host_and_no_script(world: World, client: FlaskClient) -> None:
    add_account(world, Role.OPERATOR)
    cookie = next(
        line for line in sign_in(client).headers.getlist("Set-Cookie") if "sign-in" in line
    )
    assert cookie.startswith("__Host-sign-in=")
    for part in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert part in cookie
    assert "Domain" not in cookie


def test_the_database_holds_no_secret(world: World, client: FlaskClient) -> None:
    add_account(world, Role.OPERATOR)
    sign_in(client)
    cookie = client.get_cookie("__Host-sign-in", domain="hgz.example.cn")
    assert cookie is not None
    with world.read() as tx:
        row = tx.session.exec(select(SignIn)).one()
    assert cookie.value not in str(row)


def test_a_wrong_password_and_an_unknown_login_read_the_same(
    world: World, client: FlaskClient
) -> None:
    add_account(world, Role.OPERATOR)
    wrong = sign_in(client, password="猜的密码1234")
    unknown = sign_in(client, login="nobody")
    assert wrong.status_code == unknown.status_code == 422
    assert "登录名或密码不对" in wrong.text
    assert "登录名或密码不对" in unknown.text
    assert PASSWORD not in wrong.text


def test_an_unknown_login_costs_as_much_as_a_wrong_password(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked: list[str] = []

    class Heard(PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:
            checked.append(str(hash))
            return super().verify(hash, password)

    hasher = Heard(time_cost=2, memory_cost=16, parallelism=1)
    monkeypatch.setattr(accounts, "HASHER", hasher)
    add_account(world, Role.OPERATOR)
    for login in ("zhang", "nobody"):
        with world.read() as tx, pytest.raises(Refusal, match="登录名或密码不对"):
            accounts.authenticate(tx, login, "猜的密码1234")
    assert len(checked) == 2
    assert [hasher.check_needs_rehash(one) for one in checked] == [False, False]


def test_the_form_needs_its_token(world: World, client: FlaskClient) -> None:
    add_account(world, Role.OPERATOR)
    client.get("/sign-in")
    answer = client.post("/sign-in", data={"login": "zhang", "password": PASSWORD})
    assert answer.status_code == 400
    assert "刷新" in answer.text


def test_the_secret_is_new_at_every_sign_in_and_ends_the_old(
    world: World, probe: FlaskClient
) -> None:
    add_account(world, Role.OPERATOR)
    sign_in(probe)
    first = probe.get_cookie("__Host-sign-in", domain="hgz.example.cn")
    assert first is not None
    with world.read() as tx:
        assert accounts.who(tx, first.value)
    token = csrf_of(probe.get("/desk/probe/"))
    probe.post("/sign-in", data={"login": "zhang", "password": PASSWORD, "csrf_token": token})
    second = probe.get_cookie("__Host-sign-in", domain="hgz.example.cn")
    assert second is not None
    assert second.value != first.value
    with world.read() as tx:
        assert accounts.who(tx, first.value) is None
        assert accounts.who(tx, second.value)


def test_a_planted_cookie_is_not_adopted(world: World, client: FlaskClient) -> None:
    add_account(world, Role.OPERATOR)
    client.set_cookie("__Host-sign-in", "planted", domain="hgz.example.cn", secure=True)
    sign_in(client)
    cookie = client.get_cookie("__Host-sign-in", domain="hgz.example.cn")
    assert cookie is not None
    assert cookie.value != "planted"


def test_signing_out_ends_the_row_too(world: World, probe: FlaskClient) -> None:
    add_account(world, Role.OPERATOR)
    sign_in(probe)
    cookie = probe.get_cookie("__Host-sign-in", domain="hgz.example.cn")
    assert cookie is not None
    token = csrf_of(probe.get("/desk/probe/"))
    assert probe.post("/sign-out", data={"csrf_token": token}).location == "/"
    probe.set_cookie("__Host-sign-in", cookie.value, domain="hgz.example.cn", secure=True)
    assert probe.get("/desk/probe/").status_code == 303


def test_twelve_idle_hours_end_it(world: World, probe: FlaskClient, clock: FixedClock) -> None:
    add_account(world, Role.OPERATOR)
    sign_in(probe)
    clock.advance(accounts.IDLE_SECONDS - 1)
    assert probe.get("/desk/probe/").text.startswith("张三丰")
    clock.advance(accounts.IDLE_SECONDS)
    assert probe.get("/desk/probe/").status_code == 200, "the last visit began a new interval"
    clock.advance(accounts.IDLE_SECONDS + 1)
    assert probe.get("/desk/probe/").location == "/sign-in"


def test_the_way_back_is_kept_but_only_within_the_own_hall(
    world: World, probe: FlaskClient
) -> None:
    add_account(world, Role.OPERATOR)
    add_account(world, Role.INSPECTOR, "lisi")
    assert probe.get("/desk/probe/").location == "/sign-in"
    assert sign_in(probe).location == "/desk/probe/"
    token = csrf_of(probe.get("/desk/probe/"))
    probe.post("/sign-out", data={"csrf_token": token})
    probe.get("/desk/probe/")
    assert sign_in(probe, "lisi").location == "/inspect"


def test_no_address_can_name_where_to_go(world: World, client: FlaskClient) -> None:
    add_account(world, Role.OPERATOR)
    token = csrf_of(client.get("/sign-in?next=https://evil.example&back=//evil.example"))
    answer = client.post(
        "/sign-in?next=https://evil.example",
        data={"login": "zhang", "password": PASSWORD, "csrf_token": token, "next": "//evil"},
    )
    assert answer.location == "/desk"


def test_another_role_is_turned_away(world: World, probe: FlaskClient) -> None:
    add_account(world, Role.INSPECTOR)
    sign_in(probe)
    answer = probe.get("/desk/probe/")
    assert answer.status_code == 403
    assert "没有办理此事的权限" in answer.text
    assert 'href="/inspect"' in answer.text


def test_a_form_sent_after_the_sign_in_ended_asks_to_sign_in(probe: FlaskClient) -> None:
    answer = probe.post("/desk/probe/", data={"csrf_token": "old"})
    assert answer.status_code == 401
    assert "请先登录" in answer.text


def test_guessing_passwords_of_one_account_stops_after_ten(
    world: World, client: FlaskClient
) -> None:
    add_account(world, Role.OPERATOR)
    token = csrf_of(client.get("/sign-in"))
    form = {"login": "zhang", "password": "猜的密码1234", "csrf_token": token}
    statuses = [client.post("/sign-in", data=form).status_code for _ in range(12)]
    assert statuses == [422] * 10 + [429] * 2
    right = client.post("/sign-in", data=form | {"password": PASSWORD})
    assert right.status_code == 429
    assert "过几分钟" in right.text
    assert client.post("/sign-in", data=form | {"login": "other"}).status_code == 422


def attempt(client: FlaskClient, token: str, login: str, password: str, address: str) -> int:
    form = {"login": login, "password": password, "csrf_token": token}
    origin = {"REMOTE_ADDR": address}
    return client.post("/sign-in", data=form, environ_overrides=origin).status_code


def test_one_address_does_not_try_many_accounts(world: World, client: FlaskClient) -> None:
    add_account(world, Role.OPERATOR)
    token = csrf_of(client.get("/sign-in"))
    tries = [
        attempt(client, token, f"user{number}", "春天的密码", "203.0.113.7") for number in range(31)
    ]
    assert tries == [422] * 30 + [429]
    assert attempt(client, token, "zhang", PASSWORD, "203.0.113.7") == 429
    assert attempt(client, token, "zhang", PASSWORD, "203.0.113.8") == 303


def test_strangers_do_not_lock_out_a_browser_the_account_knows(
    world: World, app: Flask, client: FlaskClient
) -> None:
    add_account(world, Role.OPERATOR)
    add_account(world, Role.INSPECTOR, "wang")
    sign_in(client)
    client.post("/sign-out", data={"csrf_token": csrf_of(client.get("/desk"))})
    stranger = app.test_client()
    token = csrf_of(stranger.get("/sign-in"))
    tries = [
        attempt(stranger, token, "zhang", "猜的密码", f"203.0.113.{number}") for number in range(51)
    ]
    assert tries == [422] * 50 + [429]
    assert attempt(stranger, token, "zhang", PASSWORD, "198.51.100.1") == 429
    known = client.get_cookie("__Host-known", domain="hgz.example.cn")
    assert known is not None
    own = csrf_of(client.get("/sign-in"))
    # Its own wrong tries are counted, and what it knows is this one account.
    wrong = [attempt(client, own, "zhang", "记错的密码", "198.51.100.2") for _ in range(9)]
    assert wrong == [422] * 9
    assert attempt(client, own, "zhang", PASSWORD, "198.51.100.2") == 303
    stranger.set_cookie(
        "__Host-known", known.value[:-1] + "x", domain="hgz.example.cn", secure=True
    )
    assert attempt(stranger, token, "zhang", PASSWORD, "198.51.100.3") == 429
