"""D8: what is made no more is kept, but is in no mean; what was deducted stays in."""

from __future__ import annotations

from fractions import Fraction

import pytest
from flask.testing import FlaskClient
from sqlmodel import select

from tests.actions.farm import Farm, second_farm, start_farm
from tests.web.people import csrf_of, sign_in
from tracer.actions import credit
from tracer.actions.credit_replay import replay
from tracer.actions.farm.campaigns import CampaignForm, open_campaign
from tracer.actions.farm.holdings import ProductForm, add_product, resume_product, retire_product
from tracer.actions.forms import parse
from tracer.domain.clock import FixedClock, day_of
from tracer.domain.errors import NotFound, Refusal
from tracer.queries.credit.answers import answers_of
from tracer.queries.credit.report import credit_report
from tracer.queries.farm.holdings import made_products
from tracer.store.tables import CreditScore, Plot, Producer, Product
from tracer.store.world import Tx, World

DAY = 86_400


def mistyped(tx: Tx, farm: Farm) -> Product:
    """A product nobody makes."""
    form = {"name": "罗卜", "origin": "山东省平度市", "category": "A1-12", "sector": "种植"}
    return add_product(tx, farm.actor, parse(ProductForm, form))


def mean(tx: Tx, farm: Farm) -> tuple[int, Fraction]:
    totals = credit.product_totals(tx, farm.actor.producer)
    return len(totals), sum(totals, Fraction(0)) / max(len(totals), 1)


def subject(tx: Tx, farm: Farm) -> str:
    return tx.session.get_one(CreditScore, ("subject", farm.actor.producer)).published


def test_a_mistyped_product_leaves_the_mean_and_comes_back(
    any_world: World, clock: FixedClock
) -> None:
    with any_world.write() as tx:
        farm = start_farm(tx)
        owner = tx.session.get_one(Producer, farm.actor.producer).public_id
        before = subject(tx, farm)
        wrong = mistyped(tx, farm)
        thinned = subject(tx, farm)
        assert Fraction(thinned) < Fraction(before)
    clock.advance(2 * DAY)
    with any_world.write() as tx:
        for _ in range(2):
            retire_product(tx, farm.actor, wrong.public_id)
        assert subject(tx, farm) == before
        assert [one for one in replay(tx) if one] == []
        assert answers_of(tx, owner)["rows"]["C.1-注2"]["n"] == 1
        report = credit_report(tx, owner)
        assert [one.name for one in report.members] != []
        assert "罗卜" not in [one.name for one in report.members]
        assert str(report.history[-1].index) == before
        assert ("停产产品", "1 个") in report.facts
        past = credit_report(tx, owner, day_of(tx.now - DAY))
        assert "罗卜" in [one.name for one in past.members]
        assert str(past.history[-1].index) == thinned
        own = credit_report(tx, wrong.public_id)
        assert any("已停产" in value for _, value in own.facts)
        assert "罗卜" not in [line.title for line in made_products(tx, farm.actor.producer)]
        resume_product(tx, farm.actor, wrong.public_id)
        assert subject(tx, farm) == thinned
        assert [one for one in replay(tx) if one] == []


def test_no_work_is_begun_for_what_is_retired(world: World) -> None:
    with world.write() as tx:
        farm = start_farm(tx)
        wrong = mistyped(tx, farm)
        retire_product(tx, farm.actor, wrong.public_id)
        plot = tx.session.exec(select(Plot)).first()
        assert plot is not None
        form = {
            "product": wrong.public_id,
            "plot": plot.public_id,
            "name": "一茬",
            "started_on": day_of(tx.now).isoformat(),
        }
        with pytest.raises(Refusal, match="恢复生产"):
            open_campaign(tx, farm.actor, parse(CampaignForm, form))
        with pytest.raises(Refusal, match="没结束的生产"):
            retire_product(tx, farm.actor, farm.product)
        with pytest.raises(NotFound):
            retire_product(tx, second_farm(tx).actor, wrong.public_id)


def test_the_page_of_a_product_retires_and_resumes_it(client: FlaskClient, world: World) -> None:
    with world.write() as tx:
        farm = start_farm(tx)
        wrong = mistyped(tx, farm).public_id
    sign_in(client, "luqi")
    address = f"/farm/products/{wrong}"
    page = client.get(address)
    assert "不再生产了" in page.text
    form = {"csrf_token": csrf_of(page)}
    assert client.post(f"{address}/retire", data=form | {"once": "ticket-0001"}).status_code == 303
    assert "已停产" in client.get("/farm/products").text
    assert "罗卜" not in client.get("/farm/campaigns/new").text
    assert "恢复生产" in client.get(address).text
    assert client.post(f"{address}/resume", data=form | {"once": "ticket-0002"}).status_code == 303
    assert "已停产" not in client.get("/farm/products").text
    running = client.post(
        f"/farm/products/{farm.product}/retire", data=form | {"once": "ticket-0003"}
    )
    assert (running.status_code, "没结束的生产" in running.text) == (422, True)


def test_a_deduction_is_not_got_rid_of(world: World) -> None:
    with world.write() as tx:
        farm = start_farm(tx)
        wrong = mistyped(tx, farm)
        retire_product(tx, farm.actor, wrong.public_id)
        credit.count(tx, wrong.id or 0, "C.2-15", "incident", "one")
        assert wrong.retired_at is None
        assert mean(tx, farm)[0] == 2
        assert [one for one in replay(tx) if one] == []
        with pytest.raises(Refusal, match="被扣过分"):
            retire_product(tx, farm.actor, wrong.public_id)
