"""Applying: a producer finds a call, fills the form part by part, brings papers, hands it in."""

from __future__ import annotations

import io

from flask.testing import FlaskClient

from tests.actions.farm import second_farm
from tests.web import assessing
from tests.web.assessing import EXPERTS, FARMER, OPERATOR, as_, post, text_of
from tracer.domain.clock import FixedClock
from tracer.store.world import World

PDF = b"%PDF-1.7\n%%EOF\n"


def start(client: FlaskClient, world: World, standard: str = "liaolan") -> str:
    """Begin an application as the farmer does; its address."""
    farm, _, call = assessing.called(world, standard)
    as_(client, FARMER)
    page = f"/farm/assessments/new?call={call.public_id}"
    answer = post(client, page, "/farm/assessments", call=call.public_id, product=farm.product)
    assert answer.status_code == 303
    return str(answer.headers["Location"])


def test_an_open_call_is_found_and_begun_once(client: FlaskClient, world: World) -> None:
    farm, _, call = assessing.called(world)
    as_(client, FARMER)
    listed = client.get("/farm/assessments")
    assert "2026 年度申报通知" in listed.text
    page = f"/farm/assessments/new?call={call.public_id}"
    assert "还有 30 天" in client.get(page).text
    first = post(client, page, "/farm/assessments", call=call.public_id, product=farm.product)
    again = post(client, page, "/farm/assessments", call=call.public_id, product=farm.product)
    assert first.headers["Location"] == again.headers["Location"]
    overview = client.get(first.headers["Location"])
    assert "还差" in overview.text
    assert "系统已有记录" in overview.text
    assert "填写中" in client.get("/farm/assessments").text


def test_what_the_service_knows_is_filled_in(client: FlaskClient, world: World) -> None:
    address = start(client, world)
    part = client.get(f"{address}/form/applicant").text
    assert 'value="绿畦蔬菜专业合作社"' in part
    assert 'value="13800001234"' in part


def test_an_answer_is_kept_as_it_is_typed(client: FlaskClient, world: World) -> None:
    address = start(client, world)
    page = f"{address}/form/product"
    sent = {"row": "area", "area": "12.5"}
    told = client.post(
        page,
        data={"csrf_token": assessing.csrf_of(client.get(page)), **sent},
        headers={"Accept": "application/json"},
    )
    assert told.status_code == 200
    assert told.json is not None
    assert told.json["saved"].startswith("已保存")
    assert 'value="12.5"' in client.get(page).text


def test_a_wrong_answer_gets_a_sentence_and_loses_nothing(
    client: FlaskClient, world: World
) -> None:
    address = start(client, world)
    page = f"{address}/form/product"
    token = assessing.csrf_of(client.get(page))
    typed = {"area": "很多", "origin": "蓼兰镇河西村"}
    told = client.post(page, data={"csrf_token": token, **typed})
    assert told.status_code == 422
    assert "种植面积" in told.text
    assert 'value="很多"' in told.text
    assert 'value="蓼兰镇河西村"' in told.text
    answer = client.post(
        page,
        data={"csrf_token": token, "row": "area", "area": "很多"},
        headers={"Accept": "application/json"},
    )
    assert answer.status_code == 422
    assert answer.json is not None
    assert answer.json["error"]["field"] == "area"
    assert client.post(page, data={"csrf_token": token, "spell": "x"}).status_code == 422


def test_parts_follow_one_another(client: FlaskClient, world: World) -> None:
    address = start(client, world)
    page = f"{address}/form/applicant"
    answer = post(client, page, page, legal_person="王禾")
    assert answer.headers["Location"].endswith("/form/product")
    assert client.get(f"{address}/form/nothing").status_code == 404


def test_papers_are_added_shown_and_taken_off(client: FlaskClient, world: World) -> None:
    address = start(client, world)
    page = f"{address}/materials"
    paper = {"item": "M1", "kind": "licence", "title": "营业执照"}
    file = (io.BytesIO(PDF), "zhizhao.pdf")
    added = post(client, page, page, **paper, file=file)
    assert added.status_code == 303
    shown = client.get(page).text
    assert "营业执照" in shown
    found = assessing.re.search(r'href="(/farm/assessments/[^"]+/files/[^"]+)"', shown)
    assert found
    assert client.get(found[1]).data == PDF
    off = assessing.re.search(r'action="(/farm/assessments/[^"]+/withdraw)"', shown)
    assert off
    assert post(client, page, off[1]).status_code == 303
    assert found[1] not in client.get(page).text
    assert post(client, page, page, item="M1", kind="licence", title="").status_code == 422
    broken = post(client, page, page, **paper, file=(io.BytesIO(b"<html>"), "x.pdf"))
    assert (broken.status_code, "打不开" in broken.text) == (422, True)
    unknown = post(client, page, page, item="9.9", kind="licence", title="x")
    assert unknown.status_code == 422


def test_handing_in_names_what_is_missing_then_goes_through(
    client: FlaskClient, world: World
) -> None:
    address = start(client, world)
    refused = post(client, address, f"{address}/submit", declared="yes")
    assert refused.status_code == 422
    assert "还没有填" in refused.text
    fill(client, address)
    unsaid = post(client, address, f"{address}/submit")
    assert (unsaid.status_code, "申请人声明" in unsaid.text) == (422, True)
    for _ in range(2):
        sent = post(client, address, f"{address}/submit", declared="yes")
        assert sent.status_code == 303
    assert "已提交" in client.get(address).text
    late = post(client, address, f"{address}/form/applicant", legal_person="另一人")
    assert late.status_code == 409


def test_an_application_is_taken_back(client: FlaskClient, world: World) -> None:
    address = start(client, world)
    assert post(client, address, f"{address}/take-back").status_code == 303
    assert "已撤回" in client.get(address).text


def test_a_call_that_ended_takes_nobody(
    client: FlaskClient, world: World, clock: FixedClock
) -> None:
    farm, _, call = assessing.called(world)
    clock.advance(40 * 86400)
    as_(client, FARMER)
    page = f"/farm/assessments/new?call={call.public_id}"
    assert "现在不能申报" in client.get(page).text
    token = assessing.csrf_of(client.get("/farm"))
    data = {"csrf_token": token, "call": call.public_id, "product": farm.product}
    answer = client.post("/farm/assessments", data=data)
    assert (answer.status_code, "申报已截止" in answer.text) == (422, True)
    assert client.get("/farm/assessments/new?call=nothing").status_code == 404


def test_another_producers_application_does_not_exist(client: FlaskClient, world: World) -> None:
    address = start(client, world)
    with world.write() as tx:
        second_farm(tx)
    as_(client, "hexia")
    for page in (address, f"{address}/materials", f"{address}/form/applicant", f"{address}/result"):
        assert client.get(page).status_code == 404


def test_the_result_tells_what_each_row_brought(client: FlaskClient, world: World) -> None:
    case = assessing.closed(world)
    as_(client, FARMER)
    page = client.get(f"/farm/assessments/{case.assessment}/result")
    assert page.status_code == 200
    words = text_of(page)
    assert "100 分" in words
    assert "与存档一致" in words
    assert "专家1" in words
    assert "专家甲" not in words
    assert page.text.count("现场核对属实") >= 20


def fill(client: FlaskClient, address: str) -> None:
    """Every question and every paper, through the pages."""
    answers = {
        "applicant": {"legal_person": "王禾", "contact": "王禾"},
        "product": {
            "class": "果蔬",
            "area": "12",
            "output": "30",
            "distance": "附近没有污染源",
            "introduction": "露天种植",
        },
    }
    for part, values in answers.items():
        page = f"{address}/form/{part}"
        assert post(client, page, page, **values).status_code == 303
    for item, kind in (
        ("M1", "licence"),
        ("M2", "land_title"),
        ("M3", "test_report"),
        ("M4", "statement"),
    ):
        page = f"{address}/materials"
        answer = post(
            client, page, page, item=item, kind=kind, title="材料", file=(io.BytesIO(PDF), "a.pdf")
        )
        assert answer.status_code == 303


def test_roles_keep_to_their_pages(client: FlaskClient, world: World) -> None:
    case = assessing.given_out(world)
    operators = (
        "/desk/assessments",
        "/desk/calls",
        "/desk/licences",
        f"/desk/assessments/{case.assessment}",
    )
    as_(client, EXPERTS[0])
    for page in operators:
        assert client.get(page).status_code == 403
    as_(client, OPERATOR)
    for page in operators:
        assert client.get(page).status_code == 200
    assert client.get("/desk/sheets").status_code == 403
    assert client.get(f"/desk/sheets/{case.sheets[0]}").status_code == 403
