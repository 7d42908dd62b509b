"""What anybody sees: calls, a licence and whether it holds, the scored table, marks on pages."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlmodel import select

from tests.web import assessing
from tests.web import goods as stall
from tests.web.assessing import text_of
from tracer.actions.assessment.licences import suspend
from tracer.domain.clock import FixedClock
from tracer.store.tables import AssessmentResult, Licence
from tracer.store.world import World


def number_of(world: World, licence: str) -> str:
    with world.read() as tx:
        return tx.session.exec(select(Licence).where(Licence.public_id == licence)).one().number


def test_a_call_shows_the_table_and_the_papers(client: FlaskClient, world: World) -> None:
    _, _, call = assessing.called(world)
    assert "2026 年度申报通知" in client.get("/calls").text
    page = text_of(client.get(f"/calls/{call.public_id}"))
    for part in ("土地权属类凭证或租赁合同", "禁用农药、违禁添加物检出", "选址科学，远离污染源"):
        assert part in page
    assert client.get("/calls/nothing").status_code == 404


def test_a_licence_tells_whether_it_holds(
    client: FlaskClient, world: World, clock: FixedClock
) -> None:
    case = assessing.licensed(world)
    page = client.get(f"/L/{case.licence}")
    words = text_of(page)
    for part in ("标识有效", "蓼兰优品", "黄瓜", "绿畦蔬菜专业合作社", "LLYP-2026-0001"):
        assert part in words
    assert "Set-Cookie" not in page.headers
    number = number_of(world, case.licence)
    assert "标识有效" in client.get(f"/L/{number}").text
    assert "标识有效" in client.get(f"/l/{case.licence.lower()}").text
    symbol = client.get(f"/L/{case.licence}.svg")
    assert (symbol.status_code, symbol.mimetype) == (200, "image/svg+xml")
    clock.advance(4 * 366 * 86400)
    assert "已到期" in client.get(f"/L/{case.licence}").text


@pytest.mark.parametrize(
    ("text", "status"),
    [("7K3M9QF2XHP", 422), ("LLYP-2026-0001-9", 422), ("nothing", 422), ("00000000000", 404)],
)
def test_a_licence_that_was_never_given(
    client: FlaskClient, world: World, text: str, status: int
) -> None:
    assert client.get(f"/L/{text}").status_code == status


def test_a_licence_is_found_by_what_is_printed_on_it(client: FlaskClient, world: World) -> None:
    case = assessing.licensed(world)
    number = number_of(world, case.licence)
    for text in (number, number.lower(), f"https://HGZ.EXAMPLE.CN/L/{case.licence}"):
        for door in ("/look-up", "/verify"):
            answer = client.post(door, data={"text": text}, follow_redirects=True)
            assert "标识有效" in answer.text
    wrong = client.post("/look-up", data={"text": number[:-1] + "Z"}, follow_redirects=True)
    assert "证书编号有误" in wrong.text


def test_an_altered_licence_is_told(client: FlaskClient, world: World) -> None:
    case = assessing.licensed(world)
    with world.write() as tx:
        row = tx.session.exec(select(Licence).where(Licence.public_id == case.licence)).one()
        row.subject = "人参"
    page = client.get(f"/L/{case.licence}").text
    assert "内容被改动" in page
    assert "标识有效" not in page


def test_the_scored_table_numbers_the_experts_and_is_counted_again(
    client: FlaskClient, world: World
) -> None:
    case = assessing.licensed(world)
    page = text_of(client.get(f"/assessment/{case.assessment}"))
    for part in ("100 分", "专家1", "专家3", "与存档一致", "liaolan/draft", "选址科学，远离污染源"):
        assert part in page
    assert "专家甲" not in page
    with world.write() as tx:
        result = tx.session.exec(select(AssessmentResult)).one()
        result.total = "99"
    assert "和存档对不上" in client.get(f"/assessment/{case.assessment}").text


def test_a_result_without_a_licence_is_not_published(client: FlaskClient, world: World) -> None:
    case = assessing.closed(world)
    assert client.get(f"/assessment/{case.assessment}").status_code == 404
    assert client.get("/assessment/nothing").status_code == 404


def test_marks_stand_on_the_pages_of_the_product(client: FlaskClient, world: World) -> None:
    goods = stall.sell(world)
    case = assessing.licensed_for(world, goods.farm)
    scanned = client.get(f"/T/{goods.label}").text
    assert "发给“黄瓜”" in scanned  # whatever the product is called by now
    assert f'href="/L/{case.licence}"' in scanned
    assert f'href="/assessment/{case.assessment}"' in scanned
    assert "蓼兰优品" in client.get("/credit").text
    assert "蓼兰优品" in client.get(f"/credit/{goods.farm.product}").text
    with world.write() as tx:
        suspend(tx, case.desk.operator, case.licence, "抽查")
    assert "蓼兰优品" not in client.get(f"/T/{goods.label}").text
    assert "蓼兰优品" not in client.get("/credit").text


def test_a_person_is_masked(client: FlaskClient, world: World) -> None:
    case = assessing.licensed(world, kind="农户", name="王小麦", uscc=None)
    for page in (f"/L/{case.licence}", f"/assessment/{case.assessment}"):
        shown = client.get(page).text
        assert "王小麦" not in shown
        assert "王**" in shown
