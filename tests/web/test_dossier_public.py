"""What strangers see of the dossier: what was published, by its rule, and never anything else."""

from __future__ import annotations

import html
import io
from typing import Any

import pytest
from flask.testing import FlaskClient
from PIL import Image

from tests.actions.farm import Farm
from tests.web.goods import Goods, sell
from tracer.actions.actor import Actor
from tracer.actions.dossier.filling import add_entry, edit_entry, unpublish_entry, withdraw_entry
from tracer.actions.dossier.forms import EntryForm
from tracer.actions.farm.reports import keep_file
from tracer.actions.forms import parse
from tracer.actions.private_files import keep_private_file
from tracer.domain.clock import FixedClock
from tracer.store.tables import Element
from tracer.store.world import Tx, World

DAY = 86_400
MARK = {
    "mark": "绿色食品",
    "number": "LB-15-20260700001A",
    "issuer": "中国绿色食品发展中心",
    "certified_on": "2026-01-05",
    "valid_to": "2026-07-09",
}


def enter(tx: Tx, actor: Actor, row: str, **form: Any) -> Element:
    """A published entry under a row; ``form`` gives its values, and what else the form holds."""
    rest = {name: form.pop(name) for name in ("product", "publish", "consent") if name in form}
    entry = {"row": row, "publish": True, "values": form, **rest}
    saved = add_entry(tx, actor, parse(EntryForm, entry)).entry
    assert saved is not None
    return saved


def photo(tx: Tx, farm: Farm, colour: str = "green") -> str:
    """The public id of a photo with a place in its metadata."""
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "蓼兰镇河西村 1 号"
    Image.new("RGB", (1600, 1200), colour).save(out, "JPEG", exif=exif)
    return keep_file(tx, farm.actor, "照片.jpg", out.getvalue()).public_id


@pytest.fixture
def goods(world: World) -> Goods:
    return sell(world)


def pages(client: FlaskClient, goods: Goods) -> dict[str, str]:
    """Trace page and both reports, as text."""
    return {
        path: html.unescape(client.get(path).text)
        for path in (f"/T/{goods.label}", f"/credit/{goods.farm.product}")
    }


def test_what_is_published_stands_below_what_was_checked(
    world: World, client: FlaskClient, goods: Goods
) -> None:
    with world.write() as tx:
        actor, product = goods.farm.actor, goods.farm.product
        enter(tx, actor, "B.2-7", product=product, **MARK)
        enter(tx, actor, "B.4-2", number="GB 2763", name="食品中农药最大残留限量")
        enter(tx, actor, "B.4-16", name="释放瓢虫", info="四月每亩一百头", effect="蚜虫少了")
        enter(tx, actor, "B.1-6", name="示范合作社", issuer="平度市", awarded_on="2025-12-01")
        enter(tx, actor, "B.4-21", role="植保员", count="2", names="赵金麦")
    for page in pages(client, goods).values():
        for part in (
            "产品资质",
            "绿色食品 LB-15-20260700001A",
            "2026年7月9日",
            "国家标准 GB 2763",
            "生物防治 释放瓢虫",
            "示范合作社",
            "植保员",
        ):
            assert part in page
        assert "赵金麦" not in page, "names need consent"
        assert "已过期" not in page
    trace = pages(client, goods)[f"/T/{goods.label}"]
    assert trace.index("自己核验") < trace.index("生产者公开的资料")
    report = client.get(f"/credit/{goods.farm.product}.json").json
    assert [part["title"] for part in report["dossier"]][:2] == ["产品资质", "执行标准"]
    assert client.get(f"/credit/{goods.farm.product}.pdf").status_code == 200


def test_no_telephone_or_card_number_gets_out_by_free_text(
    world: World, client: FlaskClient, goods: Goods
) -> None:
    with world.write() as tx:
        actor = goods.farm.actor
        enter(tx, actor, "B.1-5", introduction="常年供应黄瓜", departments="找王禾 13800005678")
        honour = {"issuer": "平度市", "awarded_on": "2025-12-01"}
        enter(tx, actor, "B.1-6", name="王禾 370283198001010019", **honour)
    for page in pages(client, goods).values():
        assert "常年供应黄瓜" in page
        assert "13800005678" not in page
        assert "370283198001010019" not in page


def test_nothing_that_is_not_published(world: World, client: FlaskClient, goods: Goods) -> None:
    with world.write() as tx:
        actor = goods.farm.actor
        enter(tx, actor, "B.4-2", number="GB 1", name="没公开的", publish=False)
        gone = enter(tx, actor, "B.4-2", number="GB 2", name="撤下的")
        withdraw_entry(tx, actor, gone.public_id)
        back = enter(tx, actor, "B.4-2", number="GB 3", name="收回的")
        unpublish_entry(tx, actor, back.public_id)
    for page in pages(client, goods).values():
        for part in ("没公开的", "撤下的", "收回的", "执行标准"):
            assert part not in page


def test_an_expired_qualification_says_so(
    world: World, client: FlaskClient, goods: Goods, clock: FixedClock
) -> None:
    with world.write() as tx:
        enter(tx, goods.farm.actor, "B.2-7", product=goods.farm.product, **MARK)
    clock.advance(DAY)  # its last day
    assert all("已过期" not in page for page in pages(client, goods).values())
    clock.advance(DAY)
    assert all("已过期" in page for page in pages(client, goods).values())
    past = client.get(f"/credit/{goods.farm.product}.json?on=2026-07-09").json
    assert past["dossier"][0]["entries"][0]["mark"] == ""


def test_the_report_of_a_past_day_tells_what_was_entered_by_then(
    world: World, client: FlaskClient, goods: Goods, clock: FixedClock
) -> None:
    clock.advance(DAY)
    with world.write() as tx:
        enter(tx, goods.farm.actor, "B.4-2", number="GB 2763", name="残留限量")
    path = f"/credit/{goods.farm.product}.json"
    assert client.get(path).json["dossier"]
    assert client.get(f"{path}?on=2026-07-08").json["dossier"] == []


def test_a_person_is_shown_with_consent_only(world: World, client: FlaskClient) -> None:
    goods = sell(world, kind="农户", name="李长河", uscc=None)
    with world.write() as tx:
        actor = goods.farm.actor
        honour = {"name": "种粮能手", "issuer": "平度市", "awarded_on": "2025-12-01"}
        enter(tx, actor, "B.1-6", **honour, person="李长河")
    assert all("种粮能手" not in page for page in pages(client, goods).values())
    with world.write() as tx:
        honour["name"] = "示范户"
        entry = enter(tx, actor, "B.1-6", **honour, person="李长河", consent=True)
    said = pages(client, goods)
    assert all("示范户" in page and "李长河" in page for page in said.values())
    with world.write() as tx:
        unpublish_entry(tx, actor, entry.public_id)
    said = pages(client, goods)
    assert all("示范户" not in page and "李长河" not in page for page in said.values())


def test_a_point_leads_to_the_entry_that_earned_it(
    world: World, client: FlaskClient, goods: Goods
) -> None:
    """By the entry's first version, so that the link holds after every edit."""
    actor, product = goods.farm.actor, goods.farm.product
    with world.write() as tx:
        first = enter(tx, actor, "B.2-7", product=product, **MARK)
        values = MARK | {"issuer": "中国绿色食品协会"}
        form = {"row": "B.2-7", "publish": True, "product": product, "values": values}
        newest = edit_entry(tx, actor, first.public_id, parse(EntryForm, form)).entry
    assert newest is not None
    assert newest.public_id != first.public_id
    report = client.get(f"/credit/{product}").text
    assert f'<a href="#entry-{first.public_id}">资质、荣誉、基地资料</a>' in report
    assert report.count(f'id="entry-{first.public_id}"') == 1
    assert newest.public_id not in report


def test_a_photo_is_painted_anew_and_gone_with_its_entry(
    world: World, client: FlaskClient, goods: Goods
) -> None:
    with world.write() as tx:
        farm = goods.farm
        shown, other = photo(tx, farm), photo(tx, farm, "red")
        entry = enter(tx, farm.actor, "B.2-6", product=farm.product, photos=(shown,))
    answer = client.get(f"/pictures/{shown}.jpg")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "public, max-age=3600"
    picture = Image.open(io.BytesIO(answer.data))
    assert (picture.format, picture.size, dict(picture.getexif())) == ("JPEG", (900, 675), {})
    assert f"/pictures/{shown}.jpg" in client.get(f"/T/{goods.label}").text
    assert client.get(f"/pictures/{other}.jpg").status_code == 404, "in no entry"
    with world.write() as tx:
        unpublish_entry(tx, farm.actor, entry.public_id)
    assert client.get(f"/pictures/{shown}.jpg").status_code == 404
    assert f"/pictures/{shown}.jpg" not in client.get(f"/T/{goods.label}").text


@pytest.mark.parametrize("named", [{"holder": "员工"}, {"person": "钱秀英"}, {"holder": "企业"}])
@pytest.mark.parametrize("consent", [False, True])
def test_a_photo_with_an_employees_name_needs_that_persons_consent(
    world: World, client: FlaskClient, goods: Goods, named: dict[str, str], consent: bool
) -> None:
    honour = {"name": "劳动模范", "issuer": "县总工会", "awarded_on": "2026-05-01", **named}
    with world.write() as tx:
        shown = photo(tx, goods.farm)
        enter(tx, goods.farm.actor, "B.1-6", **honour, photos=[shown], consent=consent)
    path = f"/pictures/{shown}.jpg"
    public = consent or named == {"holder": "企业"}
    assert client.get(path).status_code == (200 if public else 404)
    for text in pages(client, goods).values():
        assert "劳动模范" in text
        assert (path in text) is public


def test_private_photos_have_no_public_address(
    world: World, client: FlaskClient, goods: Goods
) -> None:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "blue").save(out, "PNG")
    with world.write() as tx:
        farm = goods.farm
        card = keep_private_file(tx, farm.actor, "身份证.png", out.getvalue()).public_id
        enter(tx, farm.actor, "B.1-2", id_card_front=card)
    assert client.get(f"/pictures/{card}.jpg").status_code == 404
    assert all(card not in page for page in pages(client, goods).values())


def test_other_products_papers_stay_with_them(
    world: World, client: FlaskClient, goods: Goods
) -> None:
    with world.write() as tx:
        actor = goods.farm.actor
        enter(tx, actor, "B.4-2", product=goods.farm.product, number="GB 2763", name="只管黄瓜")
        enter(tx, actor, "B.4-11", name="滴灌", number="ZL1", effect="省水")
    producer = client.get(f"/credit/{goods.farm.product}.json").json["producer_id"]
    report = client.get(f"/credit/{producer}.json").json
    assert [part["title"] for part in report["dossier"]] == ["生产技术"]
