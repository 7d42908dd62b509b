"""The hall of a product base: opened by its 申请方, filled in, and seen by producers and public."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlmodel import select

from tests.actions.farm import Farm, second_farm, start_farm
from tests.actions.test_bases import NOTICE, product, resident
from tests.actions.village_base import BASE, PASSWORD, answers, base_actor, found_base, kept
from tests.web.people import add_account, csrf_of, sign_in
from tests.web.producer.desk import Visitor
from tracer.actions.actor import Actor
from tracer.actions.people.accounts import authenticate, start_sign_in
from tracer.domain.bases import record_kinds
from tracer.domain.words import Role
from tracer.store.tables import Base, BaseRecord, NoticeReading, Producer
from tracer.store.world import World


@pytest.fixture
def settled(world: World) -> tuple[Actor, Farm]:
    """A base with one resident and its product."""
    with world.write() as tx:
        actor, farm = found_base(tx), start_farm(tx)
        resident(tx, actor, farm)
        product(tx, actor, farm)
    return actor, farm


@pytest.fixture
def visit(app: Flask, world: World, settled: tuple[Actor, Farm]) -> Callable[[str], Visitor]:
    """A signed-in browser by login."""

    def enter(login: str) -> Visitor:
        with world.write() as tx:
            return Visitor(app.test_client(), start_sign_in(tx, authenticate(tx, login, PASSWORD)))

    return enter


@pytest.fixture
def office(visit: Callable[[str], Visitor]) -> Visitor:
    return visit("jidi")


def test_the_dashboard_says_what_is_met_and_what_is_next(office: Visitor, world: World) -> None:
    page = office.client.get("/base").text
    assert "建设条件 26 条，已具备 0 条" in page
    assert "接着办：工作意见和配套政策" in page
    assert "同一产业链的获证产品 2 个" in page
    with world.write() as tx:
        kept(tx, authenticate(tx, "jidi", PASSWORD), "leading_group")
    page = office.client.get("/base").text
    assert "已具备 1 条" in page
    assert "领导小组 · 2026年7月1日" in page


def test_every_kind_is_asked_for_and_written_down(
    office: Visitor, world: World, settled: tuple[Actor, Farm]
) -> None:
    for kind in record_kinds().values():
        with world.read() as tx:
            given = answers(tx, kind.key, settled[1])
        sent = office.send(f"/base/records/{kind.key}/new", given)
        assert sent.status_code == 303, (kind.key, sent.text[-600:])
        page = office.client.get(sent.location).text
        assert kind.title in page
        assert kind.title in office.client.get(f"/base/records/{kind.key}").text
    assert (
        "共发放 100 枚，退回 0 枚，在用 100 枚"
        in office.client.get("/base/records/mark_issue").text
    )
    with world.read() as tx:
        assert len(tx.session.exec(select(BaseRecord)).all()) == len(record_kinds())


def test_a_wrong_record_comes_back_filled_in(office: Visitor) -> None:
    given = {"title": "小组", "held_on": "2026-07-01", "members": "张三"}
    sent = office.send("/base/records/leading_group/new", given)
    assert sent.status_code == 422
    assert "第 1 行要写成“姓名，职务，职责”" in sent.text
    assert "张三" in sent.text
    assert office.client.get("/base/records/gossip").status_code == 422


def test_a_record_with_a_photo_is_corrected_and_withdrawn(office: Visitor, world: World) -> None:
    photo = BytesIO()
    Image.new("RGB", (40, 30), "green").save(photo, "PNG")
    photo.seek(0)
    given = {
        "title": "目标",
        "held_on": "2026-01-01",
        "text": "三年三品",
        "paper": (photo, "a.png"),
    }
    first = office.send("/base/records/goals/new", given).location
    page = office.client.get(first).text
    assert "看文件" in page
    with world.read() as tx:
        row = tx.session.exec(select(BaseRecord)).one()
    assert "三年三品" in office.client.get(f"{first}/correct").text
    second = office.send(f"{first}/correct", {"text": "三年五品"}).location
    assert "更正以前" in office.client.get(second).text
    assert "已更正" in office.client.get(first).text
    refused = office.send(f"{second}/withdraw", {})
    assert (refused.status_code, "撤回原因没有填" in refused.text) == (422, True)
    gone = office.send(f"{second}/withdraw", {"reason": "记重了"})
    assert "还没有记录" in office.client.get(gone.location).text
    assert row.withdrawn_at is None


def test_companies_are_admitted_and_leave(office: Visitor, world: World) -> None:
    with world.write() as tx:
        second_farm(tx)
    assert "没有找到" in office.client.get("/base/residents/new?q=没有这家").text
    found = "/base/residents/new?q=禾下家庭农场"
    refused = office.send(found, {"admitted_on": "2026-05-01"})
    assert (refused.status_code, "怎样符合入驻标准没有填" in refused.text) == (422, True)
    with world.read() as tx:
        other = tx.session.exec(select(Producer).where(Producer.name == "禾下家庭农场")).one()
    given = {"producer": other.public_id, "admitted_on": "2026-05-01", "met": "三年合格"}
    assert office.send(found, given).status_code == 303
    page = office.client.get("/base/residents").text
    assert "三年合格" in page
    left = office.send(f"/base/residents/{other.public_id}/leave", {"left_on": "2026-07-08"})
    assert left.status_code == 303
    assert "已退出" in office.client.get("/base/residents").text


def test_products_get_their_certificates(office: Visitor, settled: tuple[Actor, Farm]) -> None:
    page = office.client.get("/base/products").text
    assert "OTOP-2026-001" in page
    address = f"/base/products/{settled[1].product}"
    refused = office.send(address, {"certified_to": ""}, to="/base/products")
    assert (refused.status_code, "要一起填" in refused.text) == (422, True)
    sent = office.send(address, {"chain": "果菜"}, to="/base/products")
    assert sent.status_code == 303
    assert "果菜" in office.client.get("/base/products").text
    office.send("/base/products", {}, to=f"{address}/drop")
    assert "还没有产品" in office.client.get("/base/products").text


def test_a_notice_is_sent_seen_and_read(
    office: Visitor, visit: Callable[[str], Visitor], world: World
) -> None:
    farmer = visit("luqi")
    assert "没有通报" in farmer.client.get("/farm/notices").text
    refused = office.send("/base/notices/new", {"title": "霜冻"})
    assert (refused.status_code, "内容没有填" in refused.text) == (422, True)
    assert office.send("/base/notices/new", NOTICE | {"concern": "risk"}).status_code == 303
    assert "已读 0/1" in office.client.get("/base/notices").text
    assert "1 条通报，还没看" in farmer.client.get("/farm").text
    assert "十七号有霜冻" in farmer.client.get("/farm/notices").text
    assert farmer.send("/farm/notices", {}).status_code == 303
    assert "还没看" not in farmer.client.get("/farm").text
    assert "已读 1/1" in office.client.get("/base/notices").text
    with world.read() as tx:
        assert len(tx.session.exec(select(NoticeReading)).all()) == 1


def test_what_another_base_has_does_not_exist(
    office: Visitor, world: World, visit: Callable[[str], Visitor]
) -> None:
    with world.write() as tx:
        other = base_actor(tx, "另一个基地", "other")
        theirs = kept(tx, other, "goals").public_id
    for path in ("", "/correct", "/withdraw"):
        assert office.client.get(f"/base/record/{theirs}{path}").status_code == 404
    assert office.client.get("/base/files/00000000000").status_code == 404
    assert office.client.get("/base/residents/00000000000/leave").status_code == 404
    assert office.client.get("/base/products/00000000000").status_code == 404


def test_the_hall_is_for_bases_only(
    visit: Callable[[str], Visitor], client: FlaskClient, office: Visitor
) -> None:
    assert client.get("/base").status_code in {303, 401}
    assert visit("luqi").client.get("/base").status_code == 403
    for hall in ("/farm", "/desk", "/inspect"):
        assert office.client.get(hall).status_code == 403


def test_the_operator_founds_a_base_and_opens_its_account(
    client: FlaskClient, world: World
) -> None:
    add_account(world, Role.OPERATOR, "guanli")
    sign_in(client, "guanli")
    token = csrf_of(client.get("/desk/bases"))
    refused = client.post("/desk/bases", data={"csrf_token": token, "name": "新基地"})
    assert (refused.status_code, "申请方没有填" in refused.text) == (422, True)
    made = client.post("/desk/bases", data=BASE | {"csrf_token": token})
    assert made.status_code == 303
    bad = client.post(f"{made.location}/accounts", data={"csrf_token": token, "login": "x"})
    assert bad.status_code == 422
    opened = client.post(
        f"{made.location}/accounts",
        data={"csrf_token": token, "login": "jidi", "name": "李蓼"},
    )
    assert "密码只在这一页显示一次" in opened.text
    assert "jidi" in client.get(made.location).text
    refused = client.post(
        "/desk/accounts",
        data={"csrf_token": token, "login": "abc", "name": "李", "role": "base"},
    )
    assert "请在“基地”里开" in refused.text


def test_the_operator_changes_a_base_and_an_expert_reads_its_records(
    client: FlaskClient, world: World, settled: tuple[Actor, Farm], visit: Callable[[str], Visitor]
) -> None:
    with world.write() as tx:
        record = kept(tx, settled[0], "leading_group").public_id
        base_actor(tx, "另一个基地", "other")
        address = f"/desk/bases/{tx.session.get_one(Base, settled[0].base).public_id}"
    add_account(world, Role.EXPERT, "zhuanjia")
    expert = visit("zhuanjia").client
    assert "有材料的 1 条" in expert.get(address).text
    assert "李蓼" in expert.get(f"{address}/records/{record}").text
    token = csrf_of(expert.get(address))
    assert expert.post(address, data=BASE | {"csrf_token": token}).status_code == 403
    operator = visit("zongguan").client
    data = BASE | {"csrf_token": csrf_of(operator.get(address))}
    taken = operator.post(address, data=data | {"name": "另一个基地"})
    assert (taken.status_code, "已经有叫“另一个基地”的基地" in taken.text) == (409, True)
    assert operator.post(address, data=data | {"applicant": "蓼兰镇政府"}).status_code == 303
    assert "蓼兰镇政府" in expert.get(address).text
    assert operator.get(f"{address}/records/00000000000").status_code == 404


def test_the_public_sees_organisations_and_no_telephone(
    client: FlaskClient, world: World, settled: tuple[Actor, Farm]
) -> None:
    with world.write() as tx:
        person = start_farm(
            tx, "nonghu", kind="农户", name="王小麦", uscc=None, contact_phone="13800009999"
        )
        resident(tx, settled[0], person)
    lines = client.get("/bases").text
    assert BASE["name"] in lines
    address = lines.partition('href="/bases/')[2].partition('"')[0]
    page = client.get(f"/bases/{address}")
    assert "绿畦蔬菜专业合作社" in page.text
    assert "OTOP-2026-001" in page.text
    for secret in ("王小麦", BASE["contact_phone"], BASE["contact_name"]):
        assert secret not in page.text
    assert "Set-Cookie" not in page.headers
    assert client.get("/bases/7K3M9Q2XW4D").status_code == 404
