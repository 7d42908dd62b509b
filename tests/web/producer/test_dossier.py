"""资料 at a browser: filled by topics, changed under the rule of three, seen by whom it may."""

from __future__ import annotations

import html
import re
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from PIL import Image
from sqlmodel import select

from tests.web.producer import village as story
from tests.web.producer.desk import Visitor
from tests.web.producer.village import Village
from tracer.queries.credit.advice import subject_advice
from tracer.store.tables import ChangeSet, CreditScore, Element, Producer, StoredFile
from tracer.store.world import World

ID_CARD = "370283198001010019"
HONOUR = {"name": "示范合作社", "issuer": "平度市", "awarded_on": "2025-12-01"}
MARK = {
    "mark": "绿色食品",
    "number": "LB-15-20260700001A",
    "issuer": "中国绿色食品发展中心",
    "valid_to": "2027-07-08",
}


def text(visitor: Visitor, path: str) -> str:
    return html.unescape(visitor.open(path))


def photo(colour: str = "green") -> tuple[BytesIO, str]:
    out = BytesIO()
    Image.new("RGB", (40, 30), colour).save(out, "PNG")
    out.seek(0)
    return out, "照片.png"


def refused(visitor: Visitor, path: str, answers: dict[str, object]) -> str:
    """What a page says when it is sent in vain."""
    answer = visitor.send(path, answers)
    assert answer.status_code in (409, 422), answer.status_code
    return html.unescape(answer.text)


def points(world: World) -> str:
    with world.read() as tx:
        producer = tx.session.exec(
            select(Producer).where(Producer.name == "绿畦蔬菜专业合作社")
        ).one()
        return tx.session.get_one(CreditScore, ("subject", producer.id)).published


def test_the_overview_names_what_brings_most(farmer: Visitor) -> None:
    said = text(farmer, "/farm/dossier")
    assert "上传营业执照照片" in said
    assert "填好得 50 分" in said
    for topic in ("登记信息", "法定代表人", "荣誉", "执行标准", "病虫害防治", "作业人员", "黄瓜"):
        assert topic in said
    assert "户主" not in said
    assert "资料" in text(farmer, "/farm")


def test_the_next_open_thing_is_one_question(world: World, farmer: Visitor) -> None:
    path = "/farm/dossier/B.1-1/fill?field=licence_photo"
    assert farmer.open(path).count('class="field"') == 1
    before = float(points(world))
    assert farmer.done(path, {"licence_photo": photo()}).endswith("/farm/dossier")
    assert float(points(world)) - before == 50
    assert "填好得 50 分" not in text(farmer, "/farm/dossier")
    topic = text(farmer, "/farm/dossier/B.1-1")
    assert "看照片" in topic
    assert "蓼兰镇河西村 1 号" in topic, "what was not asked stays"


def test_advice_leads_to_the_very_question(world: World, farmer: Visitor, village: Village) -> None:
    with world.read() as tx:
        producer = tx.session.get_one(Producer, village.farm.actor.producer)
        advice = subject_advice(tx, producer)
    assert advice is not None
    pages = {act.row.split()[1]: act.page for act in advice.open}
    assert pages["C.1-4"] == "/farm/dossier/B.1-1/fill?field=licence_photo"
    assert pages["C.1-20"] == "/farm/dossier/B.1-6"
    assert pages["C.1-18"] == "/farm/dossier"
    for address in pages.values():
        farmer.open(address)


def test_everyday_records_speak_for_themselves(farmer: Visitor) -> None:
    said = text(farmer, "/farm/dossier")
    assert "这些不用填" in said
    for item in ("产品批次", "检测报告", "生产记录档案", "人保财险"):
        assert item in said


def test_what_is_private_is_shown_to_its_owner_alone(
    world: World, farmer: Visitor, neighbour: Visitor, client: FlaskClient
) -> None:
    filled = {"legal_person": "王禾", "id_card": ID_CARD, "id_card_front": photo("red")}
    topic = text(farmer, farmer.done("/farm/dossier/B.1-2/fill", filled))
    assert "已加密保存" in topic
    assert ID_CARD not in topic
    again = farmer.open("/farm/dossier/B.1-2/fill")
    assert ID_CARD not in again
    assert "data-private" in again
    with world.read() as tx:
        card = tx.session.exec(
            select(StoredFile.public_id).where(StoredFile.sealed)  # type: ignore[arg-type]
        ).one()
        kept = tx.session.exec(select(Element)).one()
        assert "id_card" not in kept.values
    assert farmer.client.get(f"/farm/files/{card}").status_code == 404, "cipher text"
    shown = farmer.client.get(f"/farm/dossier/files/{card}")
    assert (shown.status_code, shown.mimetype) == (200, "image/jpeg")
    assert shown.headers["Cache-Control"] == "private, no-store"
    assert neighbour.client.get(f"/farm/dossier/files/{card}").status_code == 404
    assert client.get(f"/pictures/{card}.jpg").status_code == 404
    farmer.done("/farm/dossier/B.1-2/fill", {"legal_person": "王禾"})
    with world.read() as tx:
        newest = tx.session.exec(select(Element).order_by(Element.id.desc())).first()
        assert newest is not None
        assert newest.sealed is not None, "what is left empty stays"


def test_three_edits_are_free_and_the_fourth_waits(world: World, farmer: Visitor) -> None:
    path = "/farm/dossier/B.1-1/fill"
    for left in (3, 2, 1):
        assert f"今年还可免费修改 {left} 次" in text(farmer, path)
        farmer.done(path, {"address": f"蓼兰镇河东村 {left} 号"})
    assert "今年 3 次免费修改已经用完" in text(farmer, path)
    assert "已经用完" in text(farmer, f"{path}?field=address")
    assert "已经用完" not in text(farmer, f"{path}?field=licence_photo"), "blanks are free"
    topic = text(farmer, farmer.done(path, {"address": "蓼兰镇河南村 9 号"}))
    assert "修改在等处理" in topic
    assert "蓼兰镇河东村 1 号" in topic
    assert "河南村" not in topic
    assert "等待处理" in text(farmer, "/farm/dossier")
    assert "处理好以后才能再改" in text(farmer, path)
    assert "还在等" in refused(farmer, path, {"address": "别的地方"})
    filled = farmer.done("/farm/dossier/B.1-4/fill", {"business_type": "种植"})
    assert "种植" in text(farmer, filled), "blanks are free even now"
    with world.read() as tx:
        marks = [one.mark for one in tx.session.exec(select(ChangeSet))]
    assert marks == ["free", "free", "free", "waiting"]


def test_the_old_page_of_the_subject_warns_too(farmer: Visitor) -> None:
    assert "今年还可免费修改 3 次" in text(farmer, "/farm/subject/edit")


def test_an_honour_is_added_changed_hidden_and_taken_back(
    world: World, farmer: Visitor, client: FlaskClient, village: Village
) -> None:
    trace = f"/C/{village.certificate}"
    topic = farmer.done("/farm/dossier/B.1-6/new", {**HONOUR, "photos": [photo(), photo("red")]})
    assert "已公开" in text(farmer, topic)
    assert "示范合作社" in html.unescape(client.get(trace).text)
    with world.read() as tx:
        entry = tx.session.exec(select(Element)).one().public_id
    page = f"/farm/dossier/entries/{entry}"
    said = text(farmer, page)
    assert "看照片 1" in said
    assert "看照片 2" in said
    page = farmer.done(f"{page}/edit", {"level": "县级"})
    said = text(farmer, page)
    assert "县级" in said
    assert "看照片 2" in said, "files stay"
    form = farmer.asked(page)
    page = str(farmer.post(f"{page}/unpublish", form).headers["Location"])
    assert "只保存，没公开" in text(farmer, page)
    assert "示范合作社" not in html.unescape(client.get(trace).text)
    farmer.done(f"{page}/withdraw", {})
    assert "还没有" in text(farmer, "/farm/dossier/B.1-6")


@pytest.mark.parametrize(
    ("row", "answers", "message"),
    [
        ("B.1-6", {**HONOUR, "issuer": None}, "颁发单位没有填"),
        ("B.1-6", {**HONOUR, "awarded_on": "2027-01-01"}, "还没到"),
        ("B.4-2", {"number": "GB 2763", "name": None}, "标准名称没有填"),
        ("B.4-21", {"role": "植保员", "count": "1.5"}, "人数要填整数"),
    ],
)
def test_mistakes_are_told_and_nothing_is_lost(
    farmer: Visitor, row: str, answers: dict[str, object], message: str
) -> None:
    said = refused(farmer, f"/farm/dossier/{row}/new", answers)
    assert message in said
    first = next(iter(answers.values()))
    assert f'value="{first}"' in said


def test_sent_twice_is_entered_once(world: World, farmer: Visitor) -> None:
    form = farmer.asked("/farm/dossier/B.4-2/new")
    form.update({"number": "GB 2763", "name": "残留限量"})
    for _ in range(2):
        assert farmer.post("/farm/dossier/B.4-2/new", form).status_code == 303
    with world.read() as tx:
        assert len(tx.session.exec(select(Element)).all()) == 1


def test_an_odd_number_of_a_standard_is_told_but_kept(world: World, farmer: Visitor) -> None:
    farmer.done("/farm/dossier/B.4-2/new", {"number": "T/GVEAIA 016", "name": "信用标准"})
    with world.read() as tx:
        entry = tx.session.exec(select(Element)).one().public_id
    assert "不像国家标准的编号" in text(farmer, f"/farm/dossier/entries/{entry}")


def test_a_products_papers_and_pictures(
    world: World, farmer: Visitor, client: FlaskClient, village: Village
) -> None:
    product = village.farm.product
    topic = farmer.done(f"/farm/dossier/B.2-7/new?product={product}", MARK)
    assert "绿色食品 LB-15-20260700001A" in text(farmer, topic)
    topic = farmer.done(f"/farm/dossier/B.2-6/fill?product={product}", {"photos": [photo()]})
    assert "看照片" in text(farmer, topic)
    trace = html.unescape(client.get(f"/C/{village.certificate}").text)
    assert "LB-15-20260700001A" in trace
    assert "/pictures/" in trace
    with world.read() as tx:
        score = tx.session.get_one(CreditScore, ("product", 1))
        assert score.tallies["C.2-2"] == {"n": 1}
    expired = {**MARK, "number": "B", "valid_to": "2026-07-07"}
    path = f"/farm/dossier/B.2-7/new?product={product}"
    assert "有效期已经过了" in refused(farmer, path, expired)
    farmer.open("/farm/dossier/B.2-7", 404)


def test_a_household_fills_its_own_rows(world: World, visit: object, client: FlaskClient) -> None:
    person: Visitor = visit(story.PERSON)  # type: ignore[operator]
    said = text(person, "/farm/dossier")
    assert "户主" in said
    assert "村委会证明" in said
    assert "法定代表人" not in said
    assert "不参评主体分" in said
    assert re.search(r"户主.{0,200}还差.{0,20}身份证.{0,300}差 \d 项", said, re.S)
    form = person.asked("/farm/dossier/B.1-6/new")
    assert "publish" not in form, "a person chooses to publish"
    assert "consent" not in form
    kept = text(person, person.done("/farm/dossier/B.1-6/new", {**HONOUR, "publish": "yes"}))
    assert "没公开" in kept, "without the separate consent nothing is published"
    both = {**HONOUR, "name": "种粮能手", "publish": "yes", "consent": "yes"}
    assert "已公开" in text(person, person.done("/farm/dossier/B.1-6/new", both))
    proof = {"committee": "河西村村民委员会", "proof": photo()}
    topic = text(person, person.done("/farm/dossier/6.1.1.2-2/fill", proof))
    assert "只有您和平台管理员看得到" in topic
    person.open("/farm/dossier/B.1-2", 404)


def test_an_open_line_leads_to_filling_it(farmer: Visitor) -> None:
    told = farmer.client.get("/farm/dossier/B.1-2").text
    link = re.search(r'href="(/farm/dossier/B\.1-2/fill\?field=id_card_front)">没填，填好得', told)
    assert link
    assert farmer.client.get(link[1]).status_code == 200


def test_what_is_not_there_is_not_found(farmer: Visitor) -> None:
    for path in (
        "B.9-1",
        "B.3-2",
        "6.1.1.2-1",
        "B.1-6/fill",
        "B.1-1/new",
        "B.3-2/fill",
        "B.1-1/fill?field=uscc",
        "B.2-6/fill",
    ):
        farmer.open(f"/farm/dossier/{path}", 404)
    farmer.open("/farm/dossier/entries/7K3M9Q2XW4E", 404)


def test_what_is_not_wanted_any_more_is_ticked_off(world: World, farmer: Visitor) -> None:
    path = "/farm/dossier/B.1-8/fill"
    farmer.done(path, {"trade_name": "绿畦", "logo": photo(), "identity": [photo("red")]})
    assert farmer.open(path).count('name="clear"') == 2
    topic = text(farmer, farmer.done(path, {"clear": ["logo"]}))
    assert topic.count("看照片") == 1
    assert "绿畦" in topic
