"""The disclosure platform: found, ranked, told with reasons, taken away; persons stay masked."""

from __future__ import annotations

import csv
import io
import json
import re

import pypdfium2
import pytest
from flask.testing import FlaskClient
from sqlmodel import select

from tests.actions.farm import start_farm, uscc
from tests.web.goods import Goods, sell
from tracer.queries.credit import disclosure
from tracer.queries.credit.disclosure import Wanted, ranking
from tracer.store.tables import Producer, Product
from tracer.store.world import Tx, World

CANARIES = ("李长河", "370283198001010019", "13800001234", "王禾", "河西村")


@pytest.fixture
def village(world: World) -> Goods:
    """A co-operative that sells, a person and a family farm that have just begun."""
    goods = sell(world)
    with world.write() as tx:
        person = {"kind": "农户", "name": "李长河", "uscc": None, "id_card": "370283198001010019"}
        start_farm(tx, "changhe", **person).harvest(tx)
        start_farm(
            tx, "hexia", name="禾下家庭农场", kind="家庭农场", uscc=uscc("92370283MA3T0X002")
        )
    return goods


def id_of(world: World, name: str) -> str:
    with world.read() as tx:
        return tx.session.exec(select(Producer.public_id).where(Producer.name == name)).one()


def words_of(pdf: bytes) -> str:
    with pypdfium2.PdfDocument(pdf) as document:
        return "".join(page.get_textpage().get_text_bounded() for page in document)


def names(client: FlaskClient, query: str = "") -> list[str]:
    page = client.get(f"/credit?{query}")
    assert page.status_code == 200, page.text
    return re.findall(r'<span class="who"><b>.*?</b><span class="muted">(.*?) ·', page.text)


def test_products_are_ranked_by_their_index(client: FlaskClient, village: Goods) -> None:
    assert names(client) == ["绿畦蔬菜专业合作社", "李**", "禾下家庭农场"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("name=黄瓜", 3),
        ("name=HuangGua", 3),
        ("name=hg", 3),
        ("name=西红柿", 0),
        ("place=37", 3),
        ("place=3702", 3),
        ("place=370283", 3),
        ("place=11", 0),
        ("category=A1.蔬菜", 3),
        ("category=A1.水果", 0),
        ("grade=D", 3),
        ("grade=A%2B%2B", 0),
        ("name=%25", 0),
    ],
)
def test_filters(client: FlaskClient, village: Goods, query: str, found: int) -> None:
    assert len(names(client, query)) == found


@pytest.mark.parametrize("query", ["grade=Z", "category=x", "place=99", "kind=x", "after=1", "x=1"])
def test_a_wrong_filter_is_told_and_the_ranking_still_shown(
    client: FlaskClient, village: Goods, query: str
) -> None:
    page = client.get(f"/credit?{query}")
    assert page.status_code == 422
    assert "还不能提交" in page.text
    assert "黄瓜" in page.text


def test_subjects_are_ranked_without_households(client: FlaskClient, village: Goods) -> None:
    page = client.get("/credit?kind=subject").text
    assert page.index("绿畦蔬菜专业合作社") < page.index("禾下家庭农场")
    assert "李**" not in page
    assert "禾下家庭农场" in client.get("/credit?kind=subject&name=hexia").text


def test_pages_go_on_by_key_and_repeat_nothing(
    any_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disclosure, "PAGE", 2)
    with any_world.write() as tx:
        for number in range(5):
            code = uscc(f"93370283MA3T0X00{number}")
            start_farm(tx, f"farm{number}", name=f"第{number}合作社", uscc=code)
    with any_world.read() as tx:
        seen, firsts, after = list[str](), [], ""
        while True:
            page = ranking(tx, Wanted(), after)
            seen += [line.id for line in page.lines]
            firsts.append(page.first)
            after = page.after
            if not after:
                break
        assert firsts == [1, 3, 5]
        assert sorted(seen) == sorted(tx.session.exec(select(Product.public_id)))
        assert ranking(tx, Wanted(place="3702")).places[0] == ("37", "山东省")


def test_a_masked_name_is_not_found_by_what_is_masked(world: World, village: Goods) -> None:
    def found(tx: Tx) -> set[str]:
        words = ("李长河", "长河", "lichanghe", "lch", "changhe")
        subjects = tx.session.exec(select(Producer.found_by)).all()
        return {word for word in words if any(word in one for one in subjects)}

    with world.write() as tx:
        assert found(tx) == set()
        person = tx.session.exec(select(Producer).where(Producer.name == "李长河")).one()
        person.publish_name = True
    with world.read() as tx:
        assert "lichanghe" in found(tx)


def test_a_report_as_page_json_and_pdf(client: FlaskClient, world: World, village: Goods) -> None:
    subject = id_of(world, "绿畦蔬菜专业合作社")
    for public_id in (subject, village.farm.product):
        page = client.get(f"/credit/{public_id}")
        assert page.status_code == 200
        for part in ("约束性信用指标", "增信性信用指标", "不是征信", "征求意见稿", "<svg"):
            assert part in page.text
        said = client.get(f"/credit/{public_id}.json").get_json()
        assert said["id"] == public_id
        paper = client.get(f"/credit/{public_id}.pdf")
        assert paper.content_type == "application/pdf"
        assert paper.data == client.get(f"/credit/{public_id}.pdf").data
        text = words_of(paper.data)
        assert said["name"] in text
        assert said["grade_word"] in text
    assert f'href="/C/{village.certificate}"' in client.get(f"/credit/{village.farm.product}").text


def test_a_wrong_day_is_told_beside_todays_report(client: FlaskClient, village: Goods) -> None:
    path = f"/credit/{village.farm.product}"
    for day in ("2026-02-30", "x", "2030-01-01"):
        page = client.get(f"{path}?on={day}")
        assert page.status_code == 422
        assert 'id="on-error"' in page.text
        assert client.get(f"{path}.json?on={day}").status_code == 422
    assert client.get(f"{path}?on=2026-07-08").status_code == 200
    assert client.get(f"{path}?on=2020-01-01").status_code == 404
    assert client.get("/credit/7K3M9Q2XW4E").status_code == 404


def test_no_personal_data_in_any_face_of_it(
    client: FlaskClient, world: World, village: Goods
) -> None:
    person = id_of(world, "李长河")
    product = re.search(r'href="/credit/(\w+)"><span><b>黄瓜', client.get(f"/credit/{person}").text)
    assert product
    texts = [
        client.get(f"/credit/{one}{end}").text
        for one in (person, product[1])
        for end in ("", ".json")
    ]
    texts += [
        client.get(path).text
        for path in ("/credit", "/credit/open-data.csv", "/credit/open-data.json")
    ]
    for one in (person, product[1]):
        texts.append(words_of(client.get(f"/credit/{one}.pdf").data))
    for text in texts:
        assert "李**" in text
        for canary in CANARIES:
            assert canary not in text
    assert "不参评" in texts[0]


def test_open_data_holds_everybody_and_no_formula(
    client: FlaskClient, world: World, village: Goods
) -> None:
    with world.write() as tx:
        row = tx.session.exec(
            select(Product).where(Product.public_id == village.farm.product)
        ).one()
        row.name = "=1+1"
    answer = client.get("/credit/open-data.csv")
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert [row["名称"] for row in rows] == ["'=1+1", "黄瓜", "黄瓜"]
    assert rows[0]["农信指数"] == "65"
    items = json.loads(client.get("/credit/open-data.json?kind=subject").text)["items"]
    assert [one["name"] for one in items] == ["绿畦蔬菜专业合作社", "禾下家庭农场"]
    assert client.get("/credit/open-data.csv?grade=Z").status_code == 422
