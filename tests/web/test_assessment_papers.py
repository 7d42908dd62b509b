"""Papers are taken away by whom they concern: the applicant and the operator; licences by all."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import select

from tests.actions.assessing import license_it, open_desk
from tests.actions.farm import second_farm
from tests.actions.printed import text_of
from tests.actions.test_assessment_paper import applied, assessed
from tests.web.producer.desk import Visitor
from tracer.actions.assessment.licences import suspend
from tracer.actions.people.accounts import actor_of, start_sign_in
from tracer.store.tables import Account, Producer
from tracer.store.world import World

Visit = Callable[[str], Visitor]


@pytest.fixture
def visit(app: Flask, world: World) -> Visit:
    """A signed-in browser by login."""

    def enter(login: str) -> Visitor:
        with world.write() as tx:
            account = tx.session.exec(select(Account).where(Account.login == login)).one()
            return Visitor(app.test_client(), start_sign_in(tx, actor_of(account)))

    return enter


def pdf(client: FlaskClient, address: str) -> str:
    """The words of a PDF at an address."""
    answer = client.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    assert answer.content_type == "application/pdf"
    assert answer.headers["Cache-Control"] == "private, no-store"
    return text_of(answer.data)


def test_a_producer_takes_its_own_papers_and_nobody_elses(world: World, visit: Visit) -> None:
    with world.write() as tx:
        desk, row = assessed(tx, "liaolan")
        licence = license_it(tx, desk, row)
        second_farm(tx)
    farmer = visit("luqi")
    address = f"/farm/assessments/{row.public_id}"
    assert "申报主体" in pdf(farmer.client, f"{address}/application.pdf")
    assert "评价结果：100分" in pdf(farmer.client, f"{address}/report.pdf")
    assert licence.number in pdf(farmer.client, f"{address}/licence.pdf")
    assert farmer.client.get(f"{address}/recommendation.pdf").status_code == 404
    for name in ("application", "report", "licence"):
        assert f"{name}.pdf" in farmer.open(address) + farmer.open(f"{address}/result")
        assert visit("hexia").client.get(f"{address}/{name}.pdf").status_code == 404


def test_before_the_result_there_is_only_the_application(world: World, visit: Visit) -> None:
    with world.write() as tx:
        row = applied(tx, open_desk(tx), "heitu")
    farmer = visit("luqi").client
    address = f"/farm/assessments/{row.public_id}"
    assert "申请人声明" in pdf(farmer, f"{address}/application.pdf")
    assert farmer.get(f"{address}/report.pdf").status_code == 404
    assert farmer.get(f"{address}/licence.pdf").status_code == 404


def test_the_operator_takes_all_papers_and_an_expert_none(world: World, visit: Visit) -> None:
    with world.write() as tx:
        _, row = assessed(tx, "heitu")
    desk = visit("zhongxin")
    address = f"/desk/assessments/{row.public_id}"
    page = desk.open(address)
    for name in ("application", "recommendation", "report"):
        assert f"{name}.pdf" in page
        assert pdf(desk.client, f"{address}/{name}.pdf")
        assert visit("zhuanjia0").client.get(f"{address}/{name}.pdf").status_code == 403


def test_a_base_applies_and_takes_its_papers(world: World, visit: Visit) -> None:
    with world.write() as tx:
        desk, row = assessed(tx, "otop-1003")
        license_it(tx, desk, row)
    office = visit("jidi")
    assert "蓼兰镇一乡一品产品基地" in office.open("/base/assessments")
    address = f"/base/assessments/{row.public_id}"
    assert "蓼兰镇一乡一品产品基地" in office.open(address)
    assert "核对报告" in pdf(office.client, f"{address}/report.pdf")
    assert "中国一乡一品产品基地证书" in pdf(office.client, f"{address}/licence.pdf")
    assert visit("luqi").client.get(f"/farm/assessments/{row.public_id}").status_code == 404


def test_anybody_takes_a_licence_with_a_persons_name_masked(
    world: World, client: FlaskClient
) -> None:
    with world.write() as tx:
        desk, row = assessed(tx, "liaolan")
        owner = tx.session.get_one(Producer, row.producer_id)
        licence = license_it(tx, desk, row)
        owner.kind, owner.uscc, owner.name = "household", None, "王小麦"
    text = pdf(client, f"/L/{licence.public_id}.pdf")
    assert licence.number in text
    assert "王小麦" not in text
    assert f"/L/{licence.public_id}.pdf" in client.get(f"/L/{licence.public_id}").text
    assert client.get("/L/7K3M9Q2XW4D.pdf").status_code == 404


def test_a_licence_that_was_taken_away_is_not_handed_out(world: World, client: FlaskClient) -> None:
    with world.write() as tx:
        desk, row = assessed(tx, "liaolan")
        licence = license_it(tx, desk, row)
        suspend(tx, desk.operator, licence.public_id, "抽检不合格，正在整改")
    answer = client.get(f"/L/{licence.public_id}.pdf")
    assert (answer.status_code, "不能下载" in answer.text) == (409, True)
