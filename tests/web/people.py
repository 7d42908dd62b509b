"""Accounts that the web tests sign in with."""

from __future__ import annotations

import re

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tracer.actions.people.accounts import create_account
from tracer.domain.words import Role
from tracer.store.world import World

PASSWORD = "麦子熟了2026"


def add_account(world: World, role: Role, login: str = "zhang") -> None:
    """An account of a role without a producer of its own."""
    with world.write() as tx:
        create_account(tx, login, PASSWORD, role, "张三丰")


def csrf_of(page: TestResponse) -> str:
    """The token in a page's form."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert found, "the page has no protected form"
    return found[1]


def sign_in(client: FlaskClient, login: str = "zhang", password: str = PASSWORD) -> TestResponse:
    """Fill in the sign-in form as a browser does."""
    token = csrf_of(client.get("/sign-in"))
    return client.post("/sign-in", data={"login": login, "password": password, "csrf_token": token})
