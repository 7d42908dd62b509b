"""The page behind a code: its states, its count, what it shows and what it keeps to itself."""

from __future__ import annotations

import re

import pytest
from flask import Flask, render_template_string
from flask.testing import FlaskClient
from jinja2 import UndefinedError
from sqlmodel import select, text

from tests.web import goods as stall
from tests.web.goods import Goods
from tracer.actions.certificates.issue import IssueForm, replace
from tracer.actions.certificates.void import RecallForm, VoidForm, recall, void
from tracer.actions.farm.farmwork import OperationForm, correct_operation
from tracer.actions.forms import parse
from tracer.actions.supervision.scanning import fold
from tracer.domain.words import Basis
from tracer.proof.labelcode import code
from tracer.proof.qrtext import signed_certificate_text
from tracer.store.tables import Certificate, Operation, Review
from tracer.store.world import World
from tracer.web.shared import guards

MANY = 599  # misses, one fewer than an address may have


@pytest.fixture
def goods(world: World) -> Goods:
    return stall.sell(world)


def verdict(page: str) -> str:
    found = re.search(r"<h1[^>]*>(.*?)</h1>", page)
    assert found
    return found[1]


def test_a_label_opens_with_verdict_promise_tests_and_origin(
    client: FlaskClient, goods: Goods
) -> None:
    answer = client.get(f"/T/{goods.label}")
    page = answer.text
    assert answer.status_code == 200
    assert verdict(page) == "签名有效"
    for part in (
        "刚刚核验",
        "黄瓜",
        "500 公斤",
        "绿畦蔬菜专业合作社",
        "山东省平度市蓼兰镇",
        "2026年7月6日采收",
        "未使用禁用农药、兽药及其他化合物",
        "质量安全控制符合要求",
        "委托检测合格",
        "青岛绿检检测有限公司",
        "未检出",
        "本码第 <b>1</b> 次查询",
        goods.number,
    ):
        assert part in page, part
    assert page.index("签名有效") < page.index("<h2><span>黄瓜")


def test_a_box_that_is_not_ticked_is_not_shown_as_a_basis(
    client: FlaskClient, goods: Goods
) -> None:
    assert "自行检测合格" not in client.get(f"/T/{goods.label}").text


@pytest.mark.parametrize("kind", ["T", "C", "B"])
def test_case_of_the_address_does_not_matter(client: FlaskClient, goods: Goods, kind: str) -> None:
    name = {"T": goods.label, "C": goods.certificate, "B": goods.batch}[kind]
    for path in (f"/{kind}/{name}", f"/{kind.lower()}/{name.lower()}"):
        answer = client.get(path)
        assert answer.status_code == 200
        assert verdict(answer.text) == "签名有效"


def test_the_printed_number_opens_the_certificate(client: FlaskClient, goods: Goods) -> None:
    assert goods.certificate in client.get(f"/C/{goods.number}").text


def test_the_page_is_small(client: FlaskClient, goods: Goods) -> None:
    page = client.get(f"/T/{goods.label}")
    weight = len(page.data)
    for address in re.findall(r'(?:href|src)="(/static/[^"#]+)', page.text):
        with client.get(address) as asset:
            weight += len(asset.data)
    with client.get("/static/icons/icons.svg") as icons:
        weight += len(icons.data)
    assert weight < 60_000


# ------------------------------------------------------------------ states


def test_voided_says_since_when_why_and_what_to_do(
    world: World, client: FlaskClient, goods: Goods
) -> None:
    with world.write() as tx:
        form = parse(VoidForm, {"reason": "数量填错", "advice": "请向卖家退换"})
        void(tx, goods.farm.actor, goods.certificate, form)
    page = client.get(f"/T/{goods.label}").text
    assert verdict(page) == "已作废"
    for part in ("2026年7月8日", "数量填错", "请向卖家退换"):
        assert part in page
    assert 'name="rating"' not in page


def test_replaced_links_to_the_newer_one(world: World, client: FlaskClient, goods: Goods) -> None:
    with world.write() as tx:
        form = parse(
            IssueForm,
            {"batch": goods.batch, "quantity": "400", "unit": "公斤", "basis": [Basis.CONTROL]},
        )
        new = replace(
            tx, goods.farm.actor, goods.certificate, form, parse(VoidForm, {"reason": "数量填错"})
        )
    page = client.get(f"/C/{goods.certificate}").text
    assert verdict(page) == "已换证"
    assert f'href="/C/{new.public_id}"' in page
    assert verdict(client.get(f"/C/{new.public_id}").text) == "签名有效"


def test_recalled_says_do_not_eat(world: World, client: FlaskClient, goods: Goods) -> None:
    with world.write() as tx:
        form = {"reason": "复检啶虫脒超标", "advice": "请不要食用，带着凭据到购买处退货"}
        recall(tx, goods.farm.actor, goods.batch, parse(RecallForm, form))
    for path in (f"/T/{goods.label}", f"/C/{goods.certificate}", f"/B/{goods.batch}"):
        page = client.get(path).text
        assert verdict(page) == "已召回"
        assert "请不要食用" in page


def test_a_changed_row_is_told_with_the_field(
    world: World, client: FlaskClient, goods: Goods
) -> None:
    with world.write() as tx:
        tx.session.connection().execute(text("UPDATE certificate SET quantity_milli = 900000"))
    page = client.get(f"/C/{goods.certificate}").text
    assert verdict(page) == "内容被改动"
    assert "重量或数量" in page
    assert 'name="rating"' not in page


def test_a_code_nobody_printed_is_unknown_and_not_found(client: FlaskClient) -> None:
    answer = client.get("/T/7K3M9QF2XHPA")
    assert answer.status_code == 404
    assert verdict(answer.text) == "查无此码"
    assert "12315" in answer.text


def test_a_typo_is_told_before_any_look_up(client: FlaskClient, goods: Goods) -> None:
    wrong = goods.certificate[:-1] + ("0" if goods.certificate[-1] != "0" else "1")
    answer = client.get(f"/C/{wrong}")
    assert answer.status_code == 404
    assert verdict(answer.text) == "号码有误"


def test_a_label_of_an_unbound_roll_is_not_yet_in_use(
    world: World, client: FlaskClient, goods: Goods
) -> None:
    with world.write() as tx:
        run = stall.label(tx, goods.farm)
        name = code(run.first_index, tx.secrets.label_key)
    answer = client.get(f"/T/{name}")
    assert answer.status_code == 200
    assert verdict(answer.text) == "尚未启用"
    assert "黄瓜" not in answer.text


def test_a_batch_without_certificate_borrows_none(
    world: World, client: FlaskClient, goods: Goods
) -> None:
    with world.write() as tx:
        other = goods.farm.harvest(tx, "20", made_on="2026-07-07")
        run = stall.label(tx, goods.farm, batch=other.public_id)
        name = code(run.first_index, tx.secrets.label_key)
    for path in (f"/T/{name}", f"/B/{other.public_id}"):
        page = client.get(path).text
        assert verdict(page) == "本批次无合格证"
        assert goods.number not in page


def test_a_signed_symbol_with_a_changed_digit_is_altered(
    world: World, client: FlaskClient, goods: Goods
) -> None:
    with world.read() as tx:
        row = tx.session.exec(select(Certificate)).one()
        assert row.signature
        link = signed_certificate_text(tx.site, row.public_id, row.payload, row.signature)
    path = "/C/" + link.rpartition("/C/")[2]
    assert verdict(client.get(path).text) == "签名有效"
    middle = len(path) // 2
    digit = str((int(path[middle]) + 1) % 10)
    changed = path[:middle] + digit + path[middle + 1 :]
    assert verdict(client.get(changed).text) == "内容被改动"


# ------------------------------------------------------------------ counting


def test_every_opening_is_counted_once_and_told(client: FlaskClient, goods: Goods) -> None:
    for number in (1, 2, 3):
        assert f"本码第 <b>{number}</b> 次查询" in client.get(f"/T/{goods.label}").text
    assert "首次 2026年7月8日 12:00" in client.get(f"/T/{goods.label}").text
    assert "本码第 <b>1</b> 次查询" in client.get(f"/C/{goods.certificate}").text


def test_the_count_goes_on_after_folding(world: World, client: FlaskClient, goods: Goods) -> None:
    client.get(f"/T/{goods.label}")
    fold(world)
    client.get(f"/T/{goods.label}")
    assert "本码第 <b>3</b> 次查询" in client.get(f"/T/{goods.label}").text


def test_previews_robots_and_head_are_not_counted(client: FlaskClient, goods: Goods) -> None:
    path = f"/T/{goods.label}"
    client.get(path, headers={"User-Agent": "Mozilla/5.0 (compatible; Baiduspider/2.0)"})
    assert client.head(path).status_code == 200
    client.get(path, headers={"User-Agent": "python-requests/2.32"})
    assert "本码第 <b>2</b> 次查询" in client.get(path).text


def test_what_is_lost_is_not_journaled(world: World, client: FlaskClient, goods: Goods) -> None:
    client.get("/T/7K3M9QF2XHPA")
    client.get("/C/7K3M9Q2XW4D")
    assert world.journal.segments() == []


def test_a_journal_that_cannot_be_written_answers_503(
    world: World, client: FlaskClient, goods: Goods
) -> None:
    world.journal.folder.write_text("in the way")
    answer = client.get(f"/T/{goods.label}")
    assert answer.status_code == 503
    assert "签名有效" not in answer.text
    assert answer.headers["Retry-After"]


def test_the_visitor_is_not_in_the_journal(world: World, client: FlaskClient, goods: Goods) -> None:
    for address in ("203.0.113.9", "203.0.113.9", "203.0.113.10"):
        client.get(f"/T/{goods.label}", environ_base={"REMOTE_ADDR": address})
    data = world.journal.read(1, 0)
    assert b"203.0.113" not in data
    visitors = {data[at + 16 : at + 24] for at in range(0, len(data), 24)}
    assert len(visitors) == 2


def test_guessing_codes_stops_and_genuine_ones_are_still_answered(
    client: FlaskClient, goods: Goods
) -> None:
    guards.limiter.limiter.hit(guards.MISSES, "guessing", "127.0.0.1", cost=MANY)
    assert client.get("/T/7K3M9QF2XHPA").status_code == 404
    told = client.get("/B/7K3M9Q2XW4D")
    assert told.status_code == 429
    assert "操作太频繁" in told.text
    assert told.headers["Cache-Control"] == "no-store"
    assert client.get(f"/T/{goods.label}").status_code == 200
    other = client.get("/B/7K3M9Q2XW4D", environ_base={"REMOTE_ADDR": "203.0.113.9"})
    assert other.status_code == 404


# ------------------------------------------------------------------ records behind it


def test_an_open_correction_is_told(world: World, client: FlaskClient, goods: Goods) -> None:
    path = f"/C/{goods.certificate}"
    assert "更正过" not in client.get(path).text
    with world.write() as tx:
        work = tx.session.exec(select(Operation).where(Operation.kind == "chemical_control")).one()
        form = parse(OperationForm, goods.farm.work(dose="20"))
        correct_operation(tx, goods.farm.actor, work.public_id, form)
    page = client.get(path).text
    assert verdict(page) == "签名有效"
    assert "生产记录更正过 1 条" in page
    assert "指纹对不上" not in page


def test_a_record_changed_behind_the_service_is_told(
    world: World, client: FlaskClient, goods: Goods
) -> None:
    with world.write() as tx:
        tx.session.connection().execute(text("UPDATE operation SET dose = '1'"))
    page = client.get(f"/C/{goods.certificate}").text
    assert "和开具时留下的指纹对不上" in page
    assert "更正过" not in page


def test_a_field_that_a_model_does_not_have_is_an_error(app: Flask, goods: Goods) -> None:
    with app.app_context(), pytest.raises(UndefinedError):
        render_template_string("{% if goods.colour %}{% endif %}", goods=goods)
    with app.app_context():
        assert render_template_string("{{ left_out }}") == ""


# ------------------------------------------------------------------ rating


def token_of(page: str) -> str:
    found = re.search(r'name="token" value="([^"]+)"', page)
    assert found
    return found[1]


def test_a_label_is_rated_once(world: World, client: FlaskClient, goods: Goods) -> None:
    token = token_of(client.get(f"/T/{goods.label}").text)
    path = f"/T/{goods.label}/review"
    thanks = client.post(path, data={"token": token, "rating": "good"})
    assert thanks.status_code == 200
    assert "谢谢" in thanks.text
    again = client.post(path, data={"token": token, "rating": "bad"})
    assert again.status_code == 422
    assert "已经评价过" in again.text
    assert 'name="rating"' not in client.get(f"/T/{goods.label}").text
    with world.read() as tx:
        assert tx.session.exec(select(Review)).one().rating == "good"


@pytest.mark.parametrize("token", ["", "x", "ffff.abc", "6a4dc3c0."])
def test_a_made_up_token_rates_nothing(
    world: World, client: FlaskClient, goods: Goods, token: str
) -> None:
    answer = client.post(f"/T/{goods.label}/review", data={"token": token, "rating": "good"})
    assert answer.status_code == 422
    with world.read() as tx:
        assert tx.session.exec(select(Review)).all() == []


def test_another_labels_token_rates_nothing(
    world: World, client: FlaskClient, goods: Goods
) -> None:
    token = token_of(client.get(f"/T/{goods.label}").text)
    other = code(goods.run.first_index + 1, world.secrets.label_key)
    answer = client.post(f"/T/{other}/review", data={"token": token, "rating": "good"})
    assert answer.status_code == 422


def test_only_labels_are_rated(client: FlaskClient, goods: Goods) -> None:
    assert 'name="rating"' not in client.get(f"/C/{goods.certificate}").text
    assert 'name="rating"' not in client.get(f"/B/{goods.batch}").text
