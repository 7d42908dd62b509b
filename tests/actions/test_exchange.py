"""The import: all or nothing, told by sheet, row and column, and harmless when repeated."""

from __future__ import annotations

from typing import Any

import pytest
from sqlmodel import func, select

from tests.actions.farm import start_farm
from tests.actions.tables import BUYER, COOP, Village, grids, village
from tracer.actions.actor import Actor
from tracer.actions.certificates.issue import IssueForm, issue
from tracer.actions.exchange.giving_out import certificate_grid, export_tables
from tracer.actions.exchange.rows import ImportRefused
from tracer.actions.exchange.sheets import SHEETS
from tracer.actions.exchange.taking_in import Tally, count_rows, import_tables
from tracer.actions.farm.holdings import PlotForm, edit_plot
from tracer.actions.forms import parse
from tracer.actions.people.accounts import actor_of, create_account
from tracer.domain.errors import Forbidden
from tracer.domain.words import Role
from tracer.store.stock import remaining
from tracer.store.tables import Batch, Campaign, InputUse, Operation, Plot, Producer, ReportItem
from tracer.store.world import World


@pytest.fixture
def operator(world: World) -> Actor:
    with world.write() as tx:
        return actor_of(create_account(tx, "admin", "麦子熟了2026", Role.OPERATOR, "管理员"))


def take(world: World, actor: Actor, tables: Village) -> dict[str, Tally]:
    with world.write() as tx:
        return import_tables(tx, actor, grids(tables))


def mistakes(world: World, actor: Actor, tables: Village) -> list[tuple[str, int, str, str]]:
    """What the import finds wrong: sheet, row, column and sentence."""
    with pytest.raises(ImportRefused) as refused:
        take(world, actor, tables)
    return [(one.sheet, one.row, one.column, one.message) for one in refused.value.mistakes]


def test_a_village_is_taken_in_and_balances(world: World, operator: Actor) -> None:
    tallies = take(world, operator, village())
    assert {name: tally.added for name, tally in tallies.items()} == {
        "生产者": 2,
        "地块": 3,
        "产品": 3,
        "投入品": 1,
        "作业项目": 3,
        "农事记录": 2,
        "批次": 6,
        "检测报告": 1,
        "来源凭证": 1,
        "主体资料": 2,
        "荣誉": 1,
        "生产基地": 1,
        "知识产权": 1,
        "产品资质": 1,
        "质量措施": 2,
        "执行标准": 1,
        "分类投入品": 1,
        "生产技术": 1,
        "病虫害防治": 1,
        "作业人员": 1,
    }
    with world.read() as tx:
        left = {
            batch.code: str(remaining(tx.session, batch))
            for batch in tx.session.exec(select(Batch))
        }
        ended = tx.session.exec(select(Campaign.ended_on).where(Campaign.ref == "2026-HG-1")).one()
        use = tx.session.exec(select(InputUse)).one()
        items = tx.session.exec(select(func.count()).select_from(ReportItem)).one()
    assert left == {
        "HG260705": "0 公斤",
        "HG260706": "0 公斤",
        "HG-A.1": "0 公斤",
        "HGH": "300 公斤",
        "JC260707": "120 袋",
        "SG260706": "80 公斤",
    }
    assert (ended.isoformat(), use.phi_days, items) == ("2026-07-07", 2, 1)


def test_a_village_is_the_same_on_both_databases(any_world: World) -> None:
    with any_world.write() as tx:
        actor = actor_of(create_account(tx, "admin", "麦子熟了2026", Role.OPERATOR, "管理员"))
    first = take(any_world, actor, village())
    assert take(any_world, actor, village()) == {
        name: Tally(0, tally.added) for name, tally in first.items()
    }
    with any_world.read() as tx:
        out = export_tables(tx, actor)
    assert {name: len(rows) for name, rows in out.items()} == {
        name: len(rows) for name, rows in village().items()
    }


def test_taken_in_again_it_changes_nothing(world: World, operator: Actor) -> None:
    first = take(world, operator, village())
    with world.read() as tx:
        before = tx.session.exec(select(func.count()).select_from(Operation)).one()
    again = take(world, operator, village())
    with world.read() as tx:
        after = tx.session.exec(select(func.count()).select_from(Operation)).one()
    assert again == {name: Tally(0, tally.added) for name, tally in first.items()}
    assert before == after


def test_a_row_written_twice_is_taken_once(world: World, operator: Actor) -> None:
    tables = village()
    tables["农事记录"].append(dict(tables["农事记录"][0]))
    assert take(world, operator, tables)["农事记录"] == Tally(2, 1)


def test_a_changed_row_is_named_with_what_changed(world: World, operator: Actor) -> None:
    take(world, operator, village())
    tables = village()
    tables["农事记录"][0]["用量"] = "28"
    tables["地块"][0]["面积（亩）"] = "4"
    tables["批次"][2]["数量"] = "501"
    found = mistakes(world, operator, tables)
    assert [(sheet, row, column) for sheet, row, column, _ in found] == [
        ("地块", 2, "面积（亩）"),
        ("农事记录", 2, "用量"),
        ("批次", 4, "数量"),
    ]
    assert "作业记录“HG-0701”已经登记过，用量与原来的不一样" in found[1][3]


def test_a_row_edited_since_is_left_as_it_is(world: World, operator: Actor) -> None:
    take(world, operator, village())
    with world.write() as tx:
        plot = tx.session.exec(select(Plot).where(Plot.name == "冷库")).one()
        owner = Actor(operator.account_id, Role.OPERATOR, "管理员", plot.producer_id)
        form = PlotForm(name="冷库", facility="仓库", village="集西村")
        edit_plot(tx, owner, plot.public_id, form)
    assert take(world, operator, village())["地块"] == Tally(0, 3)
    with world.read() as tx:
        assert tx.session.exec(select(Plot.village).where(Plot.name == "冷库")).one() == "集西村"


def test_one_mistake_undoes_everything(world: World, operator: Actor) -> None:
    tables = village()
    tables["来源凭证"][0]["凭证种类"] = "口头保证"
    assert [entry[:3] for entry in mistakes(world, operator, tables)] == [
        ("来源凭证", 2, "凭证种类")
    ]
    with world.read() as tx:
        assert tx.session.exec(select(Producer)).all() == []


def test_all_mistakes_are_told_at_once_and_followers_are_silent(
    world: World, operator: Actor
) -> None:
    tables = village()
    tables["生产者"][1]["统一社会信用代码"] = "92370283MA3T0X0091"
    tables["地块"][0] |= {"类型": "空中花园", "面积（亩）": "很大"}
    tables["投入品用法"][0]["安全间隔期或休药期（天）"] = "-1"
    tables["产品"][1]["生产类型"] = "采矿"
    found = mistakes(world, operator, tables)
    assert [(sheet, row, column) for sheet, row, column, _ in found] == [
        ("生产者", 3, "统一社会信用代码"),
        ("地块", 2, "类型"),
        ("地块", 2, "面积（亩）"),
        ("产品", 3, "生产类型"),
        ("投入品用法", 2, "安全间隔期或休药期（天）"),
    ]


@pytest.mark.parametrize(
    ("sheet", "row", "changed", "column", "sentence"),
    [
        ("地块", 0, {"生产者": "无此社"}, "生产者", "没有登记过生产者“无此社”"),
        ("地块", 0, {"生产者": ""}, "生产者", "生产者没有填"),
        ("农事记录", 0, {"记录编号": ""}, "记录编号", "记录编号没有填"),
        ("批次", 2, {"批次编号": ""}, "批次编号", "批次编号没有填"),
        ("农事记录", 0, {"投入品": "别的药"}, "投入品", "“投入品”里没有“别的药”"),
        ("农事记录", 0, {"防治对象": ""}, "防治对象", "记录缺防治对象"),
        ("农事记录", 0, {"作业内容": "采收"}, "作业内容", "会产生批次"),
        ("批次", 1, {"数量": "600"}, "数量", "和“批次关系”里的用量不一样"),
        ("批次", 1, {"执行人": "王禾"}, "执行人", "拆分的批次不用填这一格"),
        ("批次", 2, {"供货人": "谁"}, "供货人", "采收的批次不用填这一格"),
        ("批次", 2, {"来历": "捡来"}, "来历", "要从这些里选：采收、拆分"),
        ("批次", 4, {"数量": "301"}, "数量", "来源批次合计是 300 公斤"),
        ("批次关系", 3, {"来源批次": "没有"}, "来源批次", "“批次”里没有“没有”"),
        ("批次关系", 0, {"用量": "几斤"}, "用量", "要填数字"),
        ("检测项目", 0, {"是否合格": "不合格"}, "检测结论", "啶虫脒不合格，结论不能是合格"),
        ("检测项目", 0, {"报告编号": "别的"}, "", "“检测报告”表里没有"),
        ("作业项目", 0, {"结束日期": "2026-07-05"}, "结束日期", "还有作业"),
    ],
)
def test_a_mistake_is_found_where_it_is(
    world: World,
    operator: Actor,
    sheet: str,
    row: int,
    changed: dict[str, str],
    column: str,
    sentence: str,
) -> None:
    tables = village()
    tables[sheet][row] |= changed
    found = mistakes(world, operator, tables)
    assert any(one[2] == column and sentence in one[3] for one in found), found


def test_sources_in_a_circle_are_told(world: World, operator: Actor) -> None:
    tables = village()
    tables["批次关系"][0]["来源批次"] = "HGH"
    tables["批次关系"][0] |= {"用量": "", "单位": ""}
    found = mistakes(world, operator, tables)
    assert {(sheet, column) for sheet, _, column, _ in found} == {("批次", "批次编号")}
    assert all("绕成了一个圈" in message for *_, message in found)


def test_headers_are_checked_before_any_row(world: World, operator: Actor) -> None:
    tables: dict[str, Any] = grids(village())
    tables["地块"][0][1] = "地块名"
    tables["花名册"] = [["姓名"], ["某人"]]
    with world.write() as tx, pytest.raises(ImportRefused) as refused:
        import_tables(tx, operator, tables)
    told = [(one.sheet, one.column) for one in refused.value.mistakes]
    assert told == [("地块", "地块名"), ("地块", "地块名称"), ("花名册", "")]


def test_a_producer_imports_for_itself_alone(world: World, operator: Actor) -> None:
    take(world, operator, village())
    with world.write() as tx:
        coop = tx.session.exec(select(Producer).where(Producer.name == COOP)).one()
        own = actor_of(create_account(tx, "luqi", "麦子熟了2026", Role.PRODUCER, "王禾", coop.id))
        inspector = actor_of(create_account(tx, "cha", "麦子熟了2026", Role.INSPECTOR, "检查员"))
    tables = {"地块": [{"生产者": COOP, "地块名称": "西棚", "类型": "大棚"}]}
    assert take(world, own, tables)["地块"] == Tally(1, 0)
    tables["地块"][0]["生产者"] = BUYER
    assert mistakes(world, own, tables)[0][3] == f"这个账号不能替“{BUYER}”导入"
    assert mistakes(world, own, {"生产者": village()["生产者"][:1]})[0][3].startswith(
        "这个账号没有"
    )
    with pytest.raises(Forbidden):
        take(world, inspector, tables)


def test_what_is_given_out_can_be_taken_in(world: World, operator: Actor) -> None:
    take(world, operator, village())
    with world.read() as tx:
        out = export_tables(tx, operator)
        certificates = certificate_grid(tx, operator)
    assert certificates[1:] == []
    assert {name: len(rows) for name, rows in out.items()} == {
        sheet.name: len(village()[sheet.name]) for sheet in SHEETS
    }
    again = take(world, operator, out)
    assert all(tally.added == 0 for tally in again.values())


def test_a_producer_gets_its_own_rows_alone(world: World, operator: Actor) -> None:
    take(world, operator, village())
    with world.write() as tx:
        buyer = tx.session.exec(select(Producer).where(Producer.name == BUYER)).one()
        own = actor_of(create_account(tx, "juhe", "麦子熟了2026", Role.PRODUCER, "赵收", buyer.id))
    with world.read() as tx:
        out = export_tables(tx, own)
    assert {row["生产者"] for rows in out.values() for row in rows if "生产者" in row} == {
        buyer.uscc
    }
    assert [row["名称"] for row in out["生产者"]] == [BUYER]


def test_progress_is_told_row_by_row(world: World, operator: Actor) -> None:
    ticks: list[None] = []
    tables = grids(village())
    with world.write() as tx:
        import_tables(tx, operator, tables, lambda: ticks.append(None))
    assert len(ticks) == count_rows(tables) == sum(map(len, village().values()))


def test_certificates_are_told_in_the_unit_that_they_carry(world: World, operator: Actor) -> None:
    with world.write() as tx:
        farm = start_farm(tx)
        order = {"batch": farm.harvest(tx).public_id, "quantity": "12.5", "unit": "kg"}
        issue(tx, farm.actor, parse(IssueForm, order | {"basis": ["control"]}))
        for actor in (operator, farm.actor):
            assert certificate_grid(tx, actor)[1][2] == "12.5 公斤"
