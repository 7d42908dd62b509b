"""Public supervision at the browser: report, answer, decide, confirm, appeal; who sees what."""

from __future__ import annotations

import io
import re

import pytest
from flask.testing import FlaskClient
from PIL import Image
from sqlmodel import select
from werkzeug.test import TestResponse

from tests.web import goods as stall
from tests.web.goods import Goods
from tests.web.people import add_account, csrf_of, sign_in
from tracer.domain.words import Role
from tracer.proof.labelcode import code
from tracer.store.tables import CreditScore, Incident, OwnDevice, Producer, PublicReport, Review
from tracer.store.world import World

PHONE = "13912345678"


@pytest.fixture
def goods(world: World) -> Goods:
    made = stall.sell(world)
    for login in ("yi", "er", "san"):
        add_account(world, Role.OPERATOR, f"guanli-{login}")
    add_account(world, Role.EXPERT, "zhuanjia")
    return made


def picture() -> tuple[io.BytesIO, str]:
    out = io.BytesIO()
    Image.new("RGB", (60, 40), "red").save(out, "PNG")
    out.seek(0)
    return out, "黄瓜.png"


def hidden(page: TestResponse, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]+)"', page.text)
    assert found, page.text[-800:]
    return found[1]


def told(client: FlaskClient, path: str, **said: object) -> TestResponse:
    """Open a report's page, fill it in and send it."""
    page = client.get(path)
    assert page.status_code == 200
    form = {"token": hidden(page, "token"), "text": "买回来闻到药味，卖家不理", **said}
    return client.post(path, data=form, content_type="multipart/form-data")


def change(client: FlaskClient, login: str) -> None:
    client.get("/")
    client.delete_cookie("__Host-sign-in", domain="hgz.example.cn")
    assert sign_in(client, login).status_code == 303


def only(world: World, table: type) -> object:
    with world.read() as tx:
        return tx.session.exec(select(table)).one()


@pytest.mark.parametrize("kind", ["T", "C", "B"])
def test_every_page_of_goods_leads_to_both_forms(
    client: FlaskClient, goods: Goods, kind: str
) -> None:
    name = {"T": goods.label, "C": goods.certificate, "B": goods.batch}[kind]
    page = client.get(f"/{kind}/{name}").text
    assert "tel:12316" in page
    for channel in ("tip", "complaint"):
        path = f"/{channel}/{kind}/{name}"
        assert f'href="{path}"' in page
        answer = told(client, path, concern="quality")
        assert answer.status_code == 303
        receipt = client.get(answer.headers["Location"])
        assert "已收到" in receipt.text
        assert "闻到药味" not in receipt.text


def test_codes_without_goods_lead_to_the_telephone(client: FlaskClient, goods: Goods) -> None:
    for path in ("/tip/T/7K3M9QF2XHPA", "/complaint/B/7K3M9Q2XW4E", "/tip/C/x"):
        answer = client.get(path)
        assert (answer.status_code, "12316" in answer.text) == (404, True)
    for number in ("x", "7K3M9Q2XW4E"):
        assert client.get(f"/report/{number}").status_code == 404


def test_a_bad_report_comes_back_filled_in(client: FlaskClient, goods: Goods) -> None:
    path = f"/tip/T/{goods.label}"
    for said, sentence in (
        ({"concern": "false_information"}, "请选一下是哪一项信息不实"),
        ({"phone": "123"}, "11 位手机号"),
        ({"photo": (io.BytesIO(b"%PDF-1.7"), "a.pdf")}, "只收照片"),
        ({"token": "0.x"}, "页面已过期"),
        ({"nonsense": "1"}, "没有“nonsense”这一项"),
    ):
        answer = told(client, path, **{"concern": "quality", **said})
        assert answer.status_code == 422
        assert sentence in answer.text
        assert "闻到药味" in answer.text


def test_the_public_hall_asks_for_no_cookie(client: FlaskClient, goods: Goods) -> None:
    answer = told(client, f"/complaint/T/{goods.label}")
    assert "Set-Cookie" not in answer.headers
    assert "Set-Cookie" not in client.get(answer.headers["Location"]).headers


def test_from_complaint_to_deduction_and_back(
    client: FlaskClient, world: World, goods: Goods, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = told(client, f"/complaint/T/{goods.label}", phone=PHONE, photo=picture())
    receipt = answer.headers["Location"]
    report = only(world, PublicReport)
    assert isinstance(report, PublicReport)
    with world.read() as tx:
        producer = tx.session.exec(select(Producer)).one()
        before = tx.session.get_one(CreditScore, ("subject", producer.id)).published

    change(client, "guanli-yi")
    listed = client.get("/desk/incidents")
    assert PHONE in listed.text
    assert "新的举报投诉" in client.get("/desk").text
    page = client.get(f"/desk/incidents/new?report={report.public_id}")
    opened = client.post(
        f"/desk/incidents/new?report={report.public_id}",
        data={
            "csrf_token": csrf_of(page),
            "producer": producer.public_id,
            "kind": "complaint",
            "product": goods.farm.product,
            "title": "买家损失没有处理",
            "text": "买家说闻到药味，卖家没有处理",
            "reports": report.public_id,
        },
    )
    assert opened.status_code == 303, opened.text
    address = opened.headers["Location"]
    assert "正在查" in client.get(receipt).text
    early = client.post(f"{address}/decision", data=decision(client, address))
    assert (early.status_code, "还没有说明" in early.text) == (422, True)

    change(client, "luqi")
    mine = address.replace("/desk", "/farm")
    seen = client.get(mine).text
    assert "闻到药味" in seen
    assert PHONE not in seen
    assert client.get(f"/farm/incidents/files/{report.files[0]}").status_code == 200
    form = client.get(f"{mine}/answer")
    said = {"csrf_token": csrf_of(form), "once": hidden(form, "once"), "text": "已经退款给买家"}
    assert client.post(f"{mine}/answer", data=said).status_code == 303

    change(client, "guanli-yi")
    assert client.post(f"{address}/decision", data=decision(client, address)).status_code == 303
    agree = {"csrf_token": csrf_of(client.get(address)), "opinion": "同意", "agree": "yes"}
    assert client.post(f"{address}/confirmation", data=agree).status_code == 403
    assert "要由另一位管理员办" in client.get(address).text

    change(client, "guanli-er")
    agree["csrf_token"] = csrf_of(client.get(address))
    for _ in range(2):
        assert client.post(f"{address}/confirmation", data=agree).status_code == 303
    trace = client.get(f"/T/{goods.label}").text
    for part in ("查实的事情", "买家损失没有处理", "退货单和聊天记录能对上", "50 分"):
        assert part in trace, part
    for secret in (PHONE, "闻到药味", "退款给买家"):
        assert secret not in trace
        assert secret not in client.get(receipt).text
    assert "查实了" in client.get(receipt).text
    with world.read() as tx:
        now = tx.session.get_one(CreditScore, ("subject", producer.id)).published
    assert float(before) - float(now) == 50

    change(client, "luqi")
    form = client.get(f"{mine}/appeal")
    said = {"csrf_token": csrf_of(form), "once": hidden(form, "once"), "text": "买家已经签字和解"}
    assert client.post(f"{mine}/appeal", data=said).status_code == 303
    assert "申诉中" in client.get(f"/T/{goods.label}").text
    change(client, "guanli-san")
    assert client.post(f"{address}/appeal", data=decision(client, address)).status_code == 303
    assert "查实的事情" not in client.get(f"/T/{goods.label}").text
    with world.read() as tx:
        assert tx.session.get_one(CreditScore, ("subject", producer.id)).published == before
    assert PHONE not in capsys.readouterr().out


def decision(client: FlaskClient, address: str) -> dict[str, str]:
    return {
        "csrf_token": csrf_of(client.get(address)),
        "decision": "upheld",
        "reason": "退货单和聊天记录能对上",
        "evidence": "退货单照片",
    }


def test_each_role_sees_what_is_its_own(client: FlaskClient, world: World, goods: Goods) -> None:
    told(client, f"/tip/T/{goods.label}", concern="quality", phone=PHONE, photo=picture())
    report = only(world, PublicReport)
    assert isinstance(report, PublicReport)
    assert client.get("/desk/incidents").status_code == 303  # to the sign-in
    photo = report.files[0]
    change(client, "luqi")
    # Before the desk has taken it up the producer sees neither it nor its photo.
    assert client.get(f"/farm/incidents/files/{photo}").status_code == 404
    assert client.get("/farm/incidents").status_code == 200
    assert client.get("/desk/incidents").status_code == 403
    change(client, "zhuanjia")
    page = client.get("/desk/incidents").text
    assert "闻到药味" in page
    assert PHONE not in page
    assert client.get(f"/desk/incidents/new?report={report.public_id}").status_code == 403
    change(client, "guanli-yi")
    assert client.get(f"/desk/incidents/files/{photo}").mimetype == "image/jpeg"
    assert client.get("/desk/incidents/files/7K3M9Q2XW4E").status_code == 404
    assert client.get("/desk/incidents/7K3M9Q2XW4E").status_code == 404


def test_a_penalty_is_entered_with_its_paper(
    client: FlaskClient, world: World, goods: Goods
) -> None:
    producer = only(world, Producer)
    assert isinstance(producer, Producer)
    change(client, "guanli-yi")
    path = f"/desk/incidents/new?producer={producer.public_id}"
    form = {
        "csrf_token": csrf_of(client.get(path)),
        "producer": producer.public_id,
        "kind": "penalty",
        "title": "超范围用药被处罚",
        "text": "县农业农村局作出处罚",
    }
    refused = client.post(path, data=form)
    assert (refused.status_code, "文书编号" in refused.text) == (422, True)
    form["document"] = "平农罚〔2026〕3 号"
    for _ in range(2):
        whole = form | {"file": (io.BytesIO(b"%PDF-1.7\n%%EOF"), "决定书.pdf")}
        answer = client.post(path, data=whole, content_type="multipart/form-data")
        assert answer.status_code == 303, answer.text
    row = only(world, Incident)
    assert isinstance(row, Incident)
    assert (row.row, row.product_id) == ("C.1-22", None)


def test_a_producers_browser_may_not_rate_its_own_goods(
    client: FlaskClient, world: World, goods: Goods
) -> None:
    sign_in(client, "luqi")
    assert isinstance(only(world, OwnDevice), OwnDevice)
    page = client.get(f"/T/{goods.label}")
    form = {"rating": "good", "token": hidden(page, "token")}
    answer = client.post(f"/T/{goods.label}/review", data=form)
    assert (answer.status_code, "不能评价自家的产品" in answer.text) == (422, True)
    stranger = {"User-Agent": "another phone"}
    page = client.get(f"/T/{goods.label}", headers=stranger)
    form = {"rating": "good", "token": hidden(page, "token")}
    answer = client.post(f"/T/{goods.label}/review", data=form, headers=stranger)
    assert (answer.status_code, "计入这个产品的信用分" in answer.text) == (200, True)


def test_the_fourth_rating_of_a_device_is_told_that_it_does_not_count(
    client: FlaskClient, world: World, goods: Goods
) -> None:
    with world.write() as tx:
        run = stall.label(tx, goods.farm, certificate=goods.certificate)
        names = [code(run.first_index + n, tx.secrets.label_key) for n in range(3)]
    words = []
    for name in (goods.label, *names):
        form = {"rating": "good", "token": hidden(client.get(f"/T/{name}"), "token")}
        words.append("不再计分" in client.post(f"/T/{name}/review", data=form).text)
    assert words == [False, False, False, True]
    assert "好评 3" in client.get(f"/T/{goods.label}").text
    with world.read() as tx:
        assert len(tx.session.exec(select(Review)).all()) == 4
    sign_in(client, "guanli-yi")
    assert "评价异常" in client.get("/desk/incidents").text
