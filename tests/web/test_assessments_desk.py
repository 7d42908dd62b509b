"""The desk's part: calls, conditions, experts, sheets, result, licence and what becomes of it."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from sqlmodel import select
from werkzeug.test import TestResponse

from tests.actions import assessing as walk
from tests.web import assessing
from tests.web.assessing import EXPERTS, FARMER, OPERATOR, Case, as_, post, text_of
from tests.web.people import csrf_of
from tracer.queries.fsck import fsck
from tracer.standards import load
from tracer.standards.asking import fields_of, typed_of
from tracer.store.tables import Account, ScoreSheet
from tracer.store.world import World

CALL = {
    "standard": "heitu/2022",
    "title": "2026 年黑土优品申报",
    "organisation": "某评价中心",
    "opens_on": "2026-07-01",
    "closes_on": "2026-08-01",
}
GATES = {
    "v:4.2-1a": "370283108",
    "v:4.2-1b": "无",
    "v:4.2-2": "无",
    "v:4.2-3": "无",
    "v:4.2-4": "无",
    "n:4.2-4": "已现场核实",
    "v:4.2-5": "无",
}


def save(client: FlaskClient, sheet: str, row: str, version: int, **typed: str) -> TestResponse:
    """One row, as the page sends it while it is typed."""
    page = f"/desk/sheets/{sheet}"
    data = {"csrf_token": csrf_of(client.get(page)), "row": row, "version": str(version), **typed}
    return client.post(page, data=data, headers={"Accept": "application/json"})


def rows_of(world: World, sheet: str) -> dict[str, object]:
    with world.read() as tx:
        found = tx.session.exec(select(ScoreSheet).where(ScoreSheet.public_id == sheet)).one()
        return dict(found.rows)


def fields(standard: str) -> dict[str, str]:
    """A whole sheet at its best, as the page's fields."""
    pack = load(standard)
    items = pack.table().items
    found = {}
    for key, row in walk.full_rows(pack).items():
        item = next(one for one in items if one.key == key)
        for name, text in typed_of(fields_of(item, items), row["value"]).items():
            found[f"v:{key}:{name}" if name else f"v:{key}"] = text
        found[f"n:{key}"] = row["note"]
    return found


def test_a_call_is_opened_seen_by_all_and_ended(client: FlaskClient, world: World) -> None:
    assessing.called(world)
    as_(client, OPERATOR)
    assert post(client, "/desk/calls", "/desk/calls", **CALL).status_code == 303
    assert "2026 年黑土优品申报" in client.get("/calls").text
    late = post(client, "/desk/calls", "/desk/calls", **CALL | {"closes_on": "2026-06-01"})
    assert late.status_code == 422
    assert "截止日期早于开始日期" in late.text
    assert 'value="2026 年黑土优品申报"' in late.text
    end = re.findall(r'action="(/desk/calls/[^"]+/end)"', client.get("/desk/calls").text)
    for address in end:
        post(client, "/desk/calls", address)
    assert "现在没有接受申报的评价" in client.get("/calls").text
    assert post(client, "/desk/calls", "/desk/calls/nothing/end").status_code == 404


def test_an_application_goes_back_and_comes_again(client: FlaskClient, world: World) -> None:
    case = assessing.submitted(world)
    page = f"/desk/assessments/{case.assessment}"
    as_(client, OPERATOR)
    assert "要办的" in client.get("/desk/assessments").text
    assert post(client, page, f"{page}/return", note="").status_code == 422
    assert post(client, page, f"{page}/return", note="请补交土地合同").status_code == 303
    as_(client, FARMER)
    mine = f"/farm/assessments/{case.assessment}"
    assert "请补交土地合同" in client.get(mine).text
    assert "照意见补充，再提交" in client.get("/farm").text
    assert post(client, mine, f"{mine}/submit", declared="yes").status_code == 303
    as_(client, OPERATOR)
    assert "已提交" in client.get(page).text


def test_conditions_are_answered_beside_what_the_records_say(
    client: FlaskClient, world: World
) -> None:
    case = assessing.submitted(world)
    page = f"/desk/assessments/{case.assessment}"
    as_(client, OPERATOR)
    shown = client.get(page).text
    assert "三年内没有查实的质量安全问题" in shown
    assert 'value="370283108"' in shown  # what the records say stands in the box
    silent = post(client, page, f"{page}/gates", **GATES | {"n:4.2-4": ""})
    assert silent.status_code == 422
    assert "请写明理由" in silent.text
    silent = post(client, page, f"{page}/gates", **GATES | {"n:4.2-4": "", "n:4.2-5": "查过公示"})
    assert 'name="n:4.2-5" value="查过公示"' in silent.text  # what was typed is there again
    assert post(client, page, f"{page}/gates", **GATES | {"v:4.2-1a": "蓼兰"}).status_code == 422
    assert post(client, page, f"{page}/gates", **GATES).status_code == 303
    assert "请专家打分" in client.get(page).text


def test_a_condition_that_is_not_met_ends_it_without_marks(
    client: FlaskClient, world: World
) -> None:
    case = assessing.submitted(world)
    page = f"/desk/assessments/{case.assessment}"
    as_(client, OPERATOR)
    post(client, page, f"{page}/gates", **GATES | {"v:4.2-5": "有", "n:4.2-5": "列入经营异常名录"})
    shown = client.get(page).text
    assert "不用打分" in shown
    assert post(client, page, f"{page}/result", **walk.REPORT).status_code == 303
    result = text_of(client.get(f"{page}/result"))
    assert "不予评价" in result
    assert "列入经营异常名录" in result
    checked = text_of(client.get(page))
    for said in (checked, result):
        assert "没有这种情况" in said
        assert re.search("[^没]有这种情况", said)
        assert "符合 无" not in said
    assert post(client, page, f"{page}/licence", valid_from="2026-07-08").status_code in (409, 422)
    assert post(client, page, f"{page}/refusal", reason="不符合申报条件").status_code == 303
    as_(client, FARMER)
    assert "不予发证" in client.get(f"/farm/assessments/{case.assessment}").text


def test_experts_who_are_tied_are_not_chosen(client: FlaskClient, world: World) -> None:
    case = assessing.submitted(world)
    page = f"/desk/assessments/{case.assessment}"
    as_(client, OPERATOR)
    post(client, page, f"{page}/gates", **GATES)
    none = post(client, page, f"{page}/experts")
    assert (none.status_code, "至少要选 1 位专家" in none.text) == (422, True)
    producer = re.search(r'name="producer" value="(\w+)"', client.get(page).text)
    assert producer
    tie = {"account": case.desk.ids[0], "producer": producer[1], "reason": "在合作社做过顾问"}
    assert post(client, page, f"{page}/ties", **tie).status_code == 303
    assert "要回避：在合作社做过顾问" in client.get(page).text
    tied = post(client, page, f"{page}/experts", experts=case.desk.ids)
    assert (tied.status_code, "专家甲要回避" in tied.text) == (422, True)
    assert re.search(rf'value="{case.desk.ids[1]}" checked', tied.text)
    assert post(client, page, f"{page}/experts", experts=case.desk.ids[1:]).status_code == 303
    assert "打分进度" in client.get(page).text


def test_an_expert_of_the_same_company_marks_nothing(client: FlaskClient, world: World) -> None:
    case = assessing.given_out(world)
    with world.write() as tx:
        account = tx.session.exec(select(Account).where(Account.login == EXPERTS[0])).one()
        account.producer_id = case.farm.actor.producer_id
    as_(client, EXPERTS[0])
    answer = save(client, case.sheets[0], "1.1-1", 0, **{"v:1.1-1": "3"})
    assert answer.status_code == 403
    assert answer.json is not None
    assert "回避" in answer.json["error"]["message"]


def test_an_expert_steps_back_from_the_sheet(client: FlaskClient, world: World) -> None:
    case = assessing.given_out(world)
    as_(client, EXPERTS[0])
    page = f"/desk/sheets/{case.sheets[0]}"
    hidden = dict(re.findall(r'name="(account|producer)" value="(\w+)"', client.get(page).text))
    assert post(client, page, f"{page}/tie", **hidden, reason="").status_code == 422
    told = post(client, page, f"{page}/tie", **hidden, reason="亲属在这家合作社")
    assert told.status_code == 303
    assert save(client, case.sheets[0], "1.1-1", 0, **{"v:1.1-1": "3"}).status_code == 403
    as_(client, OPERATOR)
    assert "要回避：亲属在这家合作社" in client.get(f"/desk/assessments/{case.assessment}").text


def test_a_row_is_kept_as_it_is_typed(client: FlaskClient, world: World) -> None:
    case = assessing.given_out(world)
    as_(client, EXPERTS[0])
    sheet = case.sheets[0]
    assert "张打分表等您打分" in client.get("/desk").text
    kept = save(client, sheet, "1.1-1", 0, **{"v:1.1-1": "2.5", "n:1.1-1": "离公路近"})
    assert kept.status_code == 200
    assert kept.json is not None
    assert kept.json["version"] == 1
    assert kept.json["texts"]["progress"].startswith("已评 ")
    assert kept.json["texts"]["group-1"] == "2.5／20 分"
    page = client.get(f"/desk/sheets/{sheet}").text
    assert 'value="2.5"' in page
    assert "离公路近" in page
    cleared = save(client, sheet, "1.1-1", 1, **{"v:1.1-1": ""})
    assert cleared.json is not None
    assert cleared.json["filled"] is False
    assert "1.1-1" not in rows_of(world, sheet)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [("9", "最高 3 分"), ("很好", "要填数字"), ("-1", "不能填负数"), ("0.3", "不在档上")],
)
def test_a_wrong_mark_gets_a_sentence_and_loses_nothing(
    client: FlaskClient, world: World, typed: str, sentence: str
) -> None:
    case = assessing.given_out(world)
    as_(client, EXPERTS[0])
    sheet = case.sheets[0]
    before = rows_of(world, sheet)
    told = save(client, sheet, "1.1-1", 0, **{"v:1.1-1": typed})
    assert told.status_code == 422
    assert told.json is not None
    assert sentence in told.json["error"]["message"]
    assert told.json["error"]["field"] == "1.1-1"
    assert rows_of(world, sheet) == before
    page = f"/desk/sheets/{sheet}"
    whole = post(client, page, page, version="0", **{"v:1.1-1": typed, "v:1.1-2": "3"})
    assert whole.status_code == 422
    assert f'value="{typed}"' in whole.text
    assert 'name="v:1.1-2" value="3"' in whole.text


@pytest.mark.parametrize(
    ("note", "sentence"),
    [("联系王禾 13800001234", "请去掉手机号"), ("字" * 2001, "太长"), ("好\u202e坏", "特殊字符")],
)
def test_notes_are_published_and_held_to_it(
    client: FlaskClient, world: World, note: str, sentence: str
) -> None:
    case = assessing.given_out(world)
    as_(client, EXPERTS[0])
    told = save(client, case.sheets[0], "1.1-1", 0, **{"v:1.1-1": "3", "n:1.1-1": note})
    assert told.status_code == 422
    assert told.json is not None
    assert sentence in told.json["error"]["message"]
    assert told.json["error"]["field"] == "1.1-1"


def test_a_fresh_sheet_says_what_the_records_filled(client: FlaskClient, world: World) -> None:
    case = assessing.given_out(world, "otop-1003")
    as_(client, EXPERTS[0])
    home = text_of(client.get("/desk"))
    assert home.index("张打分表等您打分") < home.index("今天开具")
    page = text_of(client.get(f"/desk/sheets/{case.sheets[0]}"))
    assert "已评 2/29 2 行已按系统记录填好" in page
    assert "要回避" not in page  # a tie is to a producer, and a base is none


def test_nothing_is_said_to_be_saved_that_was_not(client: FlaskClient, world: World) -> None:
    case = assessing.given_out(world)
    as_(client, EXPERTS[0])
    sheet = case.sheets[0]
    for row, typed, code in (
        ("1.1-1", {"n:1.1-1": "离公路近"}, "note_alone"),
        ("9.9", {"v:9.9": "3"}, "unknown_row"),
    ):
        told = save(client, sheet, row, 0, **typed)
        assert told.status_code == 422
        assert told.json is not None
        assert (told.json["error"]["code"], told.json["error"]["field"]) == (code, row)
    page = f"/desk/sheets/{sheet}"
    whole = post(client, page, page, version="0", **{"n:1.1-1": "离公路近", "v:1.1-2": "3"})
    assert (whole.status_code, "离公路近" in whole.text) == (422, True)
    assert 'name="v:1.1-2" value="3"' in whole.text
    assert post(client, page, page, version="9" * 5000).status_code == 422


def test_a_stale_page_is_told_and_shows_what_is_kept(client: FlaskClient, world: World) -> None:
    case = assessing.given_out(world)
    as_(client, EXPERTS[0])
    sheet = case.sheets[0]
    save(client, sheet, "1.1-1", 0, **{"v:1.1-1": "2"})
    stale = save(client, sheet, "1.1-2", 0, **{"v:1.1-2": "1"})
    assert stale.status_code == 409
    assert stale.json is not None
    assert "在别处改过" in stale.json["error"]["message"]
    page = f"/desk/sheets/{sheet}"
    whole = post(client, page, page, version="0", **{"v:1.1-1": "1"})
    assert whole.status_code == 409
    assert post(client, page, page, version="x").status_code == 422


def test_a_sheet_is_handed_in_once_and_is_blind_till_then(
    client: FlaskClient, world: World
) -> None:
    case = assessing.given_out(world)
    as_(client, EXPERTS[0])
    page = f"/desk/sheets/{case.sheets[0]}"
    short = post(client, page, page, version="0", submit="yes", **{"v:1.1-1": "3"})
    assert short.status_code == 422
    assert "行没有评" in short.text
    version = re.search(r'name="version" value="(\d+)"', short.text)
    assert version
    done = post(client, page, page, version=version[1], submit="yes", **fields("liaolan"))
    assert done.status_code == 303
    assert "打分表已在" in client.get(page).text
    again = post(client, "/desk", page, version="9", **{"v:1.1-1": "1"})
    assert (again.status_code, "已经交了" in again.text) == (409, True)
    other = f"/desk/sheets/{case.sheets[1]}"
    assert client.get(other).status_code == 404  # another's sheet does not exist
    as_(client, EXPERTS[1])
    assert "现场核对属实" not in client.get(other).text
    as_(client, OPERATOR)
    desk = client.get(f"/desk/assessments/{case.assessment}").text
    assert "还在等 2 张打分表" in desk
    assert "现场核对属实" not in desk
    early = post(
        client,
        f"/desk/assessments/{case.assessment}",
        f"/desk/assessments/{case.assessment}/result",
        **walk.REPORT,
    )
    assert (early.status_code, "还没有交" in early.text) == (409, True)


def test_the_result_a_licence_and_its_end(client: FlaskClient, world: World) -> None:
    case = assessing.closed(world)
    page = f"/desk/assessments/{case.assessment}"
    as_(client, OPERATOR)
    shown = client.get(f"{page}/result")
    assert "专家甲" in shown.text
    assert "与存档一致" in shown.text
    bad = post(client, page, f"{page}/licence", valid_from="2026-07-08", valid_to="2025-01-01")
    assert (bad.status_code, "早于生效日期" in bad.text) == (422, True)
    days = {"valid_from": "2026-07-08", "valid_to": "2029-07-07"}
    for _ in range(2):
        assert post(client, page, f"{page}/licence", **days).status_code == 303
    found = re.search(r"/desk/licences/(\w+)", client.get("/desk/licences").text)
    assert found
    licence = f"/desk/licences/{found[1]}"
    for act, reason, word in (
        ("suspended", "抽查发现标识用错了产品", "已暂停"),
        ("resumed", "已经整改", "标识有效"),
        ("withdrawn", "再次用错", "已撤销"),
    ):
        assert post(client, licence, licence, act=act, reason=reason).status_code == 303
        public = client.get(f"/L/{found[1]}").text
        assert word in public
        assert reason in public
    assert "办什么" not in client.get(licence).text  # nothing follows a withdrawal
    token = csrf_of(client.get("/desk"))
    for act, status in (("resumed", 409), ("eaten", 422)):
        data = {"csrf_token": token, "act": act, "reason": "x"}
        assert client.post(licence, data=data).status_code == status
    with world.read() as tx:
        assert [problem for problem in fsck(tx) if problem] == []


def test_a_recommendation_is_kept_in_parts(client: FlaskClient, world: World) -> None:
    case = assessing.submitted(world, "heitu")
    page = f"/desk/assessments/{case.assessment}"
    as_(client, OPERATOR)
    assert "推荐表" in client.get(page).text
    kept = post(client, page, f"{page}/recommendation", industry="种植业")
    assert kept.status_code == 303
    assert 'value="种植业"' in client.get(page).text
    early = post(client, page, f"{page}/recommendation", region="青冈县", finish="yes")
    assert (early.status_code, "还没有填" in early.text) == (422, True)
    assert 'value="青冈县"' in early.text


def test_what_does_not_exist_is_not_found(client: FlaskClient, world: World) -> None:
    assessing.called(world)
    as_(client, OPERATOR)
    for page in ("/desk/assessments/nothing", "/desk/licences/00000000000"):
        assert client.get(page).status_code == 404
    as_(client, EXPERTS[0])
    assert client.get("/desk/sheets/nothing").status_code == 404
    assert "没有要打分的" in client.get("/desk/sheets").text


def test_the_expert_sees_all_marks_after_the_result(client: FlaskClient, world: World) -> None:
    case: Case = assessing.closed(world)
    as_(client, EXPERTS[0])
    page = client.get(f"/desk/sheets/{case.sheets[0]}").text
    assert "专家乙" in page
    assert "专家丙" in page
