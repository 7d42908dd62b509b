"""A second program: it knows a token and the OpenAPI file, and does the whole main job."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlmodel import select

from tests.actions.farm import uscc
from tests.web.goods import sell
from tests.web.people import add_account
from tracer.actions.people.accounts import create_token
from tracer.actions.supervision.scanning import fold
from tracer.domain.words import Role
from tracer.store.tables import Idempotency
from tracer.store.world import World


class Program:
    """A client made from the description alone: it finds its calls by their summaries."""

    def __init__(self, client: FlaskClient, token: str) -> None:
        self.client = client
        self.headers = {"Authorization": f"Bearer {token}"}
        description = client.get("/api/openapi.json").get_json()
        assert description["openapi"].startswith("3.1")
        self.description = description
        self.calls = {
            call["summary"]: (method, path, call)
            for path, methods in description["paths"].items()
            for method, call in methods.items()
        }

    def __call__(self, summary: str, body: dict[str, Any] | None = None, **parts: str) -> Any:
        method, path, call = self.calls[summary]
        for name, value in parts.items():
            path = path.replace(f"{{{name}}}", value)
        headers = dict(self.headers)
        if method == "post":
            wanted = [one["name"] for one in call["parameters"] if one["in"] == "header"]
            assert wanted == ["Idempotency-Key"]
            headers["Idempotency-Key"] = str(uuid4())
        answer = self.client.open(path, method=method, json=body, headers=headers)
        assert answer.status_code in {200, 201}, (summary, answer.text)
        assert str(answer.status_code) in call["responses"]
        return answer.get_json()


@pytest.fixture
def program(client: FlaskClient, world: World) -> Program:
    add_account(world, Role.PRODUCER, "second")
    with world.write() as tx:
        token = create_token(tx, "second")
    return Program(client, token)


def test_the_main_job(program: Program, world: World) -> None:
    program(
        "登记生产主体",
        {
            "kind": "cooperative",
            "name": "绿畦蔬菜专业合作社",
            "uscc": uscc("93370283MA3T0X001"),
            "contact_phone": "13800001234",
            "county": "370283",
            "town": "370283108",
            "address": "蓼兰镇河西村 1 号",
        },
    )
    assert program("自己的主体信息")["name"] == "绿畦蔬菜专业合作社"
    plot = program("登记地块", {"name": "东棚 1 号", "facility": "大棚", "area": "1.5"})
    product = program(
        "登记产品",
        {
            "name": "黄瓜",
            "origin": "山东省平度市蓼兰镇",
            "category": "A1-7",
            "sector": "planting",
        },
    )
    spray = program(
        "登记投入品",
        {
            "kind": "pesticide",
            "name": "啶虫脒乳油",
            "registration_no": "PD20081234",
            "maker": "禾下植保有限公司",
            "supplier": "蓼兰农资店",
            "ingredients": ["啶虫脒"],
            "uses": [{"crop": "黄瓜", "phi_days": 2, "max_uses": 3}],
        },
    )
    campaign = program(
        "开始一项生产作业",
        {
            "product": product["id"],
            "plot": plot["id"],
            "name": "夏茬黄瓜",
            "started_on": "2026-04-01",
        },
    )
    program(
        "记一项作业内容",
        {
            "campaign": campaign["id"],
            "kind": "chemical_control",
            "occurred_on": "2026-07-01",
            "operator": "王禾",
            "input": spray["id"],
            "target": "蚜虫",
            "method": "喷雾",
            "dose": "25",
            "dose_unit": "毫升/亩",
        },
    )
    assert len(program("一项生产作业的全部记录", campaign=campaign["id"])["items"]) == 1
    batch = program(
        "采收，建立批次",
        {
            "campaign": campaign["id"],
            "made_on": "2026-07-06",
            "operator": "王禾",
            "quantity": "500",
        },
    )
    program(
        "登记检测报告",
        {
            "batch": batch["id"],
            "number": "检-2026-01",
            "kind": "commissioned",
            "laboratory": "蓼兰检测中心",
            "sampled_on": "2026-07-06",
            "tested_on": "2026-07-07",
            "passed": True,
            "items": [{"analyte": "啶虫脒", "value": "未检出", "passed": True}],
        },
    )
    state = program("一个批次，以及现在能不能开证", batch=batch["id"])
    assert (state["remaining"], state["refusals"]) == ("500", [])
    certificate = program(
        "开具合格证",
        {
            "batch": batch["id"],
            "quantity": "500",
            "unit": "公斤",
            "basis": ["control", "commissioned_test"],
        },
    )
    assert program("核验合格证", {"text": certificate["number"]})["outcome"] == "genuine"
    run = program(
        "打印标签",
        {
            "certificate": certificate["id"],
            "design": "trace-a4-3x8",
            "stock": "a4-3x8",
            "count": 24,
        },
    )
    labels = program("一次打印的标签码和扫码次数", run=run["id"])["items"]
    assert len({label["code"] for label in labels}) == 24
    for _ in range(3):
        page = program.client.get(f"/T/{labels[0]['code']}")
        assert page.status_code == 200
    fold(world)
    assert program("一次打印的标签码和扫码次数", run=run["id"])["items"][0]["scans"] == 3
    assert program("一个批次的扫码数据", batch=batch["id"])["total"] == 3
    credit = program("产品的农信指数和每一分的来由", product=product["id"])
    assert credit["points"] == str(sum(int(row["points"]) for row in credit["rows"]))
    voided = program("作废合格证", {"reason": "数量填错"}, certificate=certificate["id"])
    assert voided["voided"]
    assert program("核验合格证", {"text": certificate["number"]})["outcome"] == "voided"


def test_a_resent_post_gets_the_first_answer_and_another_body_is_a_conflict(
    program: Program,
) -> None:
    headers = {**program.headers, "Idempotency-Key": "the-same-key"}
    body = {"kind": "household", "name": "王禾", "contact_phone": "13800001234"}
    body |= {"county": "370283", "address": "蓼兰镇河西村"}
    first = program.client.post("/api/v1/producers", json=body, headers=headers)
    again = program.client.post("/api/v1/producers", json=body, headers=headers)
    assert (first.status_code, first.text) == (again.status_code, again.text) == (201, first.text)
    other = program.client.post("/api/v1/producers", json=body | {"name": "李禾"}, headers=headers)
    assert other.status_code == 409
    assert other.get_json()["error"]["code"] == "idempotency_key_reused"


@pytest.mark.parametrize(
    ("data", "mimetype"),
    [
        (b"", "application/json"),
        (b"[]", "application/json"),
        (b'{"name":1,"name":2}', "application/json"),
        (b'{"area": NaN}', "application/json"),
        (b"[" * 100_000, "application/json"),
        (b"{}", "text/plain"),
        (b'{"name": "\\ud800", "facility": "\xe5\xa4\xa7\xe6\xa3\x9a"}', "application/json"),
        (b'{"name": {"$gt": ""}, "facility": 3}', "application/json"),
        (b"\xff\xfe", "application/json"),
    ],
)
def test_bad_bodies_get_a_sentence(program: Program, data: bytes, mimetype: str) -> None:
    headers = {**program.headers, "Idempotency-Key": "a-good-key"}
    answer = program.client.post("/api/v1/plots", data=data, mimetype=mimetype, headers=headers)
    assert answer.status_code == 422
    assert set(answer.get_json()["error"]) == {"code", "message", "field", "hint"}


@pytest.mark.parametrize("token", ["", "Bearer ", "Bearer wrong", "Basic abc", "Bearer 令牌"])
def test_without_a_token_nothing_is_told(client: FlaskClient, token: str) -> None:
    answer = client.get(
        "/api/v1/certificates", headers={"Authorization": token.encode("utf-8").decode("latin-1")}
    )
    assert answer.status_code == 401
    assert answer.get_json()["error"]["code"] == "sign_in_needed"


def test_a_number_alone_tells_a_stranger_no_persons_name(
    program: Program, client: FlaskClient, world: World
) -> None:
    goods = sell(world, kind="农户", name="李长河", uscc=None)
    answer = program("核验合格证", {"text": goods.number})
    assert answer["outcome"] == "genuine"
    assert answer["certificate"]["承诺主体"] == "李**"
    assert answer["certificate"]["联系方式"] == "138****1234"
    assert "李长河" not in str(answer)
    with world.read() as tx:
        assert tx.session.exec(select(Idempotency)).all() == []
    add_account(world, Role.INSPECTOR, "checker")
    with world.write() as tx:
        token = create_token(tx, "checker")
    seen = Program(client, token)("核验合格证", {"text": goods.number})
    assert seen["certificate"]["承诺主体"] == "李长河"


def test_verifying_by_program_is_limited(program: Program) -> None:
    headers = {**program.headers, "Idempotency-Key": "the-same-key"}
    for number in range(31):
        answer = program.client.post(
            "/api/v1/verifications", json={"text": f"甲{number}"}, headers=headers
        )
        assert answer.status_code == (201 if number < 30 else 429)
    assert answer.get_json()["error"]["code"] == "too_many_requests"
