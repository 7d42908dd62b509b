"""Where a grade is shown it is said what it is not, and the producer is told the way up."""

from __future__ import annotations

import re

from flask.testing import FlaskClient

from tests.web.goods import sell
from tests.web.people import add_account, sign_in
from tracer.domain.words import Role
from tracer.queries.credit.report import NOTE
from tracer.store.tables import Producer
from tracer.store.world import World


def test_every_page_with_a_grade_says_that_it_is_no_credit_rating(
    client: FlaskClient, world: World
) -> None:
    goods = sell(world)
    with world.read() as tx:
        producer = tx.session.get_one(Producer, goods.farm.actor.producer).public_id
    add_account(world, Role.OPERATOR)
    public = [f"/T/{goods.label}", f"/credit/{producer}", f"/credit/{goods.farm.product}"]
    own = ["/farm", "/farm/credit", f"/farm/credit/{goods.farm.product}"]
    desk = [f"/desk/producers/{producer}", f"/desk/products/{goods.farm.product}"]
    for login, paths in (("luqi", public + own), ("zhang", desk)):
        client.delete_cookie("__Host-sign-in", domain="hgz.example.cn")
        assert sign_in(client, login).status_code == 303
        for path in paths:
            assert NOTE in client.get(path).text, path


def test_the_producer_sees_what_to_fill_in(client: FlaskClient, world: World) -> None:
    sell(world)
    sign_in(client, "luqi")
    page = client.get("/farm/credit").text
    assert "主体怎样加分" in page
    acts = {
        words: path
        for path, words in re.findall(r'href="(/farm/dossier[^"]*)"><span><b>(.*?)</b>', page)
    }
    assert "拍营业执照照片" in acts
    for words, path in acts.items():
        assert client.get(path).status_code == 200, words


def test_a_household_is_told_kindly_that_nothing_is_missing(
    client: FlaskClient, world: World
) -> None:
    sell(world, kind="农户", name="李长河", uscc=None)
    sign_in(client, "luqi")
    page = client.get("/farm/credit").text
    assert "农户按标准不参评主体分，什么也不用补" in page
    assert "主体怎样加分" not in page
