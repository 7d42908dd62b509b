"""Errors: one page in Chinese, one JSON shape, and nothing of the inside."""

from __future__ import annotations

import sqlite3

import pytest
from flask import Blueprint, Flask
from flask.testing import FlaskClient
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import abort

from tracer.domain.errors import Conflict, Forbidden, NotFound, Refusal
from tracer.web.shared.door import SignInNeeded

JSON = {"Accept": "application/json"}
REFUSALS = {
    "not-found": (NotFound(), 404),
    "forbidden": (Forbidden(), 403),
    "conflict": (Conflict("taken", "这个名字已有人用"), 409),
    "refusal": (Refusal("bad_number", "数量要填数字", "quantity", "比如 12.5"), 422),
    "sign-in": (SignInNeeded(), 401),
}


@pytest.fixture
def probe(own_app: Flask) -> FlaskClient:
    """A client of an application whose small hall fails in every way there is."""
    hall = Blueprint("probe", __name__, url_prefix="/probe")

    @hall.get("/refuse/<name>")
    def refuse(name: str) -> ResponseReturnValue:
        raise REFUSALS[name][0]

    @hall.get("/abort/<int:status>")
    def stop(status: int) -> ResponseReturnValue:
        abort(status)

    @hall.get("/busy")
    def busy() -> ResponseReturnValue:
        raise OperationalError("SELECT 1", {}, sqlite3.OperationalError("database is locked"))

    @hall.get("/break")
    def break_down() -> ResponseReturnValue:
        raise ZeroDivisionError("geheim-7K3M")

    own_app.register_blueprint(hall)
    own_app.config["PROPAGATE_EXCEPTIONS"] = False
    return own_app.test_client()


@pytest.mark.parametrize("name", REFUSALS)
def test_a_refusal_tells_programs_its_code_and_status(probe: FlaskClient, name: str) -> None:
    refusal, status = REFUSALS[name]
    answer = probe.get(f"/probe/refuse/{name}", headers=JSON)
    assert answer.status_code == status
    assert answer.get_json() == {"error": refusal.as_dict()}


@pytest.mark.parametrize("name", ["not-found", "forbidden", "conflict", "refusal"])
def test_a_refusal_tells_people_its_sentence(probe: FlaskClient, name: str) -> None:
    refusal, status = REFUSALS[name]
    answer = probe.get(f"/probe/refuse/{name}")
    assert answer.status_code == status
    assert f"<h1>{refusal.message}</h1>" in answer.text
    if refusal.hint:
        assert refusal.hint in answer.text


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 413, 415, 422, 429, 500, 503])
def test_every_status_has_its_words(probe: FlaskClient, status: int) -> None:
    page = probe.get(f"/probe/abort/{status}")
    assert page.status_code == status
    assert 'lang="zh-CN"' in page.text
    answer = probe.get(f"/probe/abort/{status}", headers=JSON)
    error = answer.get_json()["error"]
    assert set(error) == {"code", "message", "field", "hint"}
    assert error["message"]


def test_the_api_answers_json_whatever_is_asked_for(client: FlaskClient) -> None:
    answer = client.get("/api/v1/nothing", headers={"Accept": "text/html"})
    assert answer.status_code == 404
    assert answer.get_json()["error"]["code"] == "not_found"


def test_json_keeps_chinese_readable(probe: FlaskClient) -> None:
    assert "数量要填数字" in probe.get("/probe/refuse/refusal", headers=JSON).text


def test_a_busy_database_asks_to_come_back(probe: FlaskClient) -> None:
    answer = probe.get("/probe/busy")
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert "locked" not in answer.text


def test_a_failure_shows_a_number_and_no_inside(
    probe: FlaskClient, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = probe.get("/probe/break")
    assert answer.status_code == 500
    assert "geheim" not in answer.text
    assert "Traceback" not in answer.text
    assert answer.headers["X-Request-Id"] in answer.text
    assert answer.headers["X-Request-Id"] in capsys.readouterr().out


def test_a_wrong_method_names_the_right_ones(client: FlaskClient) -> None:
    answer = client.delete("/healthz")
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]


def test_a_body_beyond_the_limit_is_refused(client: FlaskClient) -> None:
    answer = client.post("/verify", data={"text": "x" * (13 * 1024 * 1024)})
    assert answer.status_code == 413
    assert "10 兆" in answer.text


def test_one_event_is_one_line_without_the_visitor(
    client: FlaskClient, capsys: pytest.CaptureFixture[str]
) -> None:
    client.get(
        "/sign-in?name=张三&x=%0Ainjected",
        headers={"User-Agent": "UA-7\tspy"},
        environ_base={"REMOTE_ADDR": "203.0.113.9"},
    )
    lines = [line for line in capsys.readouterr().out.splitlines() if line]
    assert len(lines) == 1
    assert "/sign-in" in lines[0]
    for part in ("张三", "injected", "203.0.113.9", "UA-7"):
        assert part not in lines[0]


def test_opened_codes_are_not_logged(
    client: FlaskClient, capsys: pytest.CaptureFixture[str]
) -> None:
    for path in ("/T/7K3M9QF2XHPA", "/c/7K3M9Q2XW4D", "/B/7K3M9Q2XW4D", "/healthz"):
        client.get(path)
    assert capsys.readouterr().out == ""
