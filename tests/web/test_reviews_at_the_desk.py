"""The desk looks at a surge of good ratings and takes single ones out of the count."""

from __future__ import annotations

import re

from flask.testing import FlaskClient
from sqlmodel import select

from tests.web import goods as stall
from tests.web.people import add_account, csrf_of, sign_in
from tracer.actions.supervision.review import review, review_token
from tracer.domain.supervision import SURGE
from tracer.domain.words import Rating, Role
from tracer.store.tables import CreditScore, Review
from tracer.store.world import World


def test_from_the_list_to_what_no_longer_counts(client: FlaskClient, world: World) -> None:
    goods = stall.sell(world)
    with world.write() as tx:
        runs = [stall.label(tx, goods.farm, certificate=goods.certificate) for _ in range(7)]
        labels = [run.first_index + number for run in runs for number in range(3)][:SURGE]
        for visitor, label in enumerate(labels):
            token = review_token(tx.secrets, label, tx.now)
            review(tx, label, token, Rating.GOOD, visitor)
    add_account(world, Role.OPERATOR)
    add_account(world, Role.EXPERT, "zhuanjia")
    path = f"/desk/products/{goods.farm.product}/reviews"

    sign_in(client, "zhuanjia")
    listed = client.get("/desk/incidents").text
    assert "好评集中" in listed
    assert f'href="{path}"' in listed
    assert "不再计分" not in client.get(path).text
    client.delete_cookie("__Host-sign-in", domain="hgz.example.cn")

    sign_in(client)
    page = client.get(path)
    assert f"{SURGE} 条好评" in page.text
    assert len(re.findall(r'name="reviews"', page.text)) == SURGE
    form = {"csrf_token": csrf_of(page), "reviews": [str(label) for label in labels[:5]]}
    missing = client.post(path, data=form)
    assert (missing.status_code, "为什么不计分" in missing.text) == (422, True)
    assert len(re.findall(r" checked>", missing.text)) == 5
    for _ in range(2):
        assert client.post(path, data=form | {"reason": "连号标签"}).status_code == 303
    page = client.get(path)
    assert page.text.count("张三丰：连号标签") == 5
    assert "短时间集中" not in page.text
    with world.read() as tx:
        assert len(tx.session.exec(select(Review).where(Review.counted)).all()) == SURGE - 5
        score = tx.session.exec(select(CreditScore).where(CreditScore.target == "product")).one()
    assert score.tallies["C.2-11"] == {"good": SURGE - 5, "all": SURGE - 5}
    unknown = client.post(path, data=form | {"reviews": ["9" * 40], "reason": "连号标签"})
    assert unknown.status_code == 422
    for before in ("x", "9" * 40):
        assert client.get(f"{path}?before={before}").status_code in (200, 422)
    assert client.get("/desk/products/7K3M9Q2XW4E/reviews").status_code == 404
