"""码上保 from the policy's paper to the shopper's page, and off it again."""

from __future__ import annotations

import html
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from PIL import Image
from sqlmodel import select

from tests.web.producer.desk import Visitor
from tests.web.producer.village import Village
from tracer.domain.clock import FixedClock
from tracer.store.tables import InsuredProduct, Policy, PrintRun, StoredFile
from tracer.store.world import World

DAY = 86_400
POLICY = {
    "insurer": "人保财险",
    "number": "PZAB202637028300001",
    "valid_from": "2026-01-01",
    "valid_to": "2026-07-09",
    "limit": "100",
    "payout": "拨打保单上的电话报案",
}


def text(visitor: Visitor, path: str) -> str:
    return html.unescape(visitor.open(path))


def photo() -> tuple[BytesIO, str]:
    out = BytesIO()
    Image.new("RGB", (40, 30), "green").save(out, "PNG")
    out.seek(0)
    return out, "保单.png"


@pytest.fixture
def policy(farmer: Visitor, village: Village) -> str:
    """The page of a policy that covers the farm's product."""
    page = farmer.done("/farm/insurance/new", {**POLICY, "photo": photo()})
    farmer.done(page, {"product": village.farm.product}, to=f"{page}/claim")
    return page


def test_a_policy_is_recorded_with_its_photo_and_claimed(
    world: World, farmer: Visitor, village: Village, policy: str
) -> None:
    said = text(farmer, policy)
    for part in ("在保", "100 万元", "2026年1月1日到2026年7月9日", "黄瓜", "已申领"):
        assert part in said
    assert "给哪个产品申领码上保" not in said, "every product is claimed"
    assert "人保财险 · 100 万元" in text(farmer, "/farm/insurance")
    with world.read() as tx:
        file = tx.session.exec(
            select(StoredFile.public_id).join(Policy, Policy.file_id == StoredFile.id)
        ).one()
    assert farmer.client.get(f"/farm/files/{file}").mimetype == "image/jpeg"
    credit = text(farmer, f"/farm/credit/{village.farm.product}")
    assert "申领码上保" in credit


def test_sending_again_changes_nothing(world: World, farmer: Visitor, village: Village) -> None:
    form = farmer.asked("/farm/insurance/new")
    form.update(POLICY)
    first, second = (
        farmer.post("/farm/insurance/new", form),
        farmer.post("/farm/insurance/new", form),
    )
    assert first.headers["Location"] == second.headers["Location"]
    page = first.headers["Location"]
    claim = farmer.asked(page)
    claim["product"] = village.farm.product
    for _ in range(2):
        assert farmer.post(f"{page}/claim", claim).status_code == 303
    with world.read() as tx:
        assert len(tx.session.exec(select(Policy)).all()) == 1
        assert len(tx.session.exec(select(InsuredProduct)).all()) == 1


def test_mistakes_are_told_where_they_are(farmer: Visitor, policy: str) -> None:
    wrong = farmer.send("/farm/insurance/new", {**POLICY, "valid_to": "2025-01-01", "number": "B"})
    assert wrong.status_code == 422
    assert "保险止期早于保险起期" in html.unescape(wrong.text)
    assert 'value="人保财险"' in wrong.text, "what was typed is still there"
    other = farmer.send("/farm/insurance/new", {**POLICY, "limit": "50"})
    assert other.status_code == 409
    assert "要改请到该记录里修改" in html.unescape(other.text)
    nothing = farmer.post(f"{policy}/claim", farmer.asked(f"{policy}/end"))
    assert nothing.status_code == 422
    assert "请选一个产品" in html.unescape(nothing.text)


def test_a_mistake_is_corrected(farmer: Visitor, policy: str) -> None:
    assert farmer.asked(f"{policy}/edit")["limit"] == "100"
    farmer.done(f"{policy}/edit", {"limit": "50.5"})
    said = text(farmer, policy)
    assert "505,000 元" in said
    assert "看保单照片" in said, "the photo stays"


def test_the_print_page_offers_what_is_in_force(
    world: World, farmer: Visitor, village: Village, policy: str, clock: FixedClock
) -> None:
    path = f"/farm/print/new?certificate={village.certificate}&design=trace-a4-3x8"
    assert "打成码上保标签" in text(farmer, path)
    id_ = policy.rsplit("/", 1)[1]
    run = farmer.done(path, {"count": "5", "policy": id_})
    assert "PZAB202637028300001" in text(farmer, run)
    plain = farmer.done(path, {"count": "5"})
    assert "PZAB202637028300001" not in text(farmer, plain)
    late = farmer.asked(path)
    for _ in range(4):  # a sign-in lives twelve hours
        clock.advance(DAY // 2 - 60)
        farmer.open("/farm")
    assert "打成码上保标签" not in text(farmer, path)
    late.update({"count": "5", "policy": id_})
    refused = farmer.post("/farm/print/new", late)
    assert refused.status_code == 409
    assert "已经到期" in html.unescape(refused.text)
    with world.read() as tx:
        insured = tx.session.exec(select(PrintRun).where(PrintRun.policy_id.is_not(None))).all()
        assert [run.count for run in insured] == [5]


def test_the_public_sees_it_only_while_in_force(
    client: FlaskClient, village: Village, policy: str, clock: FixedClock
) -> None:
    trace, report = f"/C/{village.certificate}", f"/credit/{village.farm.product}"
    said = html.unescape(client.get(trace).text)
    for part in ("已投保", "保额 100 万元", "人保财险", POLICY["number"], "2026年7月9日"):
        assert part in said
    assert "已投保" in html.unescape(client.get(report).text)
    assert "已投保" in client.get(f"{report}.json").json["facts"]
    clock.advance(DAY)  # the last covered day
    assert "已投保" in html.unescape(client.get(trace).text)
    clock.advance(DAY)
    assert "已投保" not in html.unescape(client.get(trace).text)
    assert "已投保" not in client.get(f"{report}.json").json["facts"]
    past = client.get(f"{report}.json?on=2026-07-09").json["facts"]
    assert past["已投保"] == "人保财险，保单号 PZAB202637028300001，保额 100 万元，到2026年7月9日"


def test_an_ended_policy_is_gone_at_once(
    farmer: Visitor, client: FlaskClient, village: Village, policy: str
) -> None:
    farmer.done(f"{policy}/end", {"reason": "换了保险公司"})
    said = text(farmer, policy)
    assert "已退保" in said
    assert "换了保险公司" in said
    assert "退保</a>" not in said
    assert "已投保" not in html.unescape(client.get(f"/C/{village.certificate}").text)
    refused = farmer.send(f"{policy}/edit", {"limit": "7"})
    assert refused.status_code == 409


def test_a_product_that_is_not_claimed_is_not_insured(
    farmer: Visitor, client: FlaskClient, village: Village
) -> None:
    farmer.done("/farm/insurance/new", POLICY)
    assert "已投保" not in html.unescape(client.get(f"/C/{village.certificate}").text)
    assert "打成码上保标签" not in text(
        farmer, f"/farm/print/new?certificate={village.certificate}&design=trace-a4-3x8"
    )
