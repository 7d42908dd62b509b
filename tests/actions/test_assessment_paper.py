"""The papers as they are printed: every row in the standard's order and words, and always alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from tests.actions.assessing import (
    Desk,
    answer_to,
    apply,
    call_for,
    close_it,
    fill,
    full_rows,
    license_it,
    mark,
    open_desk,
    open_gates,
)
from tests.actions.farm import start_farm
from tests.actions.printed import in_order, text_of
from tests.actions.test_bases import product, resident
from tests.actions.test_sixth_standard import own_world, packs
from tests.actions.village_base import found_base
from tests.standards.test_layout import ANNEX_E
from tracer.actions.assessment.applying import recommend, start, submit
from tracer.actions.assessment.assessing import answer_gates
from tracer.actions.assessment.moving import find, standard_of
from tracer.actions.assessment.paper import licence_pdf, paper_pdf
from tracer.domain.errors import NotFound
from tracer.queries.assessment.report import (
    application_paper,
    licence_paper,
    recommendation_paper,
    report_paper,
)
from tracer.standards import template
from tracer.standards.pack import Pack
from tracer.store.assessments import sheets_of
from tracer.store.tables import Assessment
from tracer.store.world import Tx, World

__all__ = ["own_world", "packs"]  # fixtures
STANDARDS = ("heitu", "liaolan", "changshou-009", "otop-1003")


def applied(tx: Tx, desk: Desk, standard: str) -> Assessment:
    """A submitted application; of the base for the standard of bases."""
    farm = start_farm(tx)
    if standard != "otop-1003":
        return apply(tx, desk, farm, standard)
    base = found_base(tx)
    resident(tx, base, farm)
    product(tx, base, farm)
    row = start(tx, base, call_for(tx, desk, standard).public_id, None)
    fill(tx, base, row)
    return submit(tx, base, row.public_id, declared=True)


def assessed(
    tx: Tx, standard: str, rows: Mapping[str, Any] | None = None
) -> tuple[Desk, Assessment]:
    desk = open_desk(tx)
    row = applied(tx, desk, standard)
    open_gates(tx, desk, row)
    mark(tx, desk, row, rows)
    close_it(tx, desk, row)
    return desk, find(tx, row.public_id)


def printed_rows(paper: Mapping[str, Any]) -> list[list[str]]:
    """The scored table with its merged cells written out, row by row."""
    *_, table = (part for part in paper["parts"] if part["kind"] == "table" and part["head"])
    rows: list[list[str]] = []
    reaching: dict[int, tuple[str, int]] = {}
    for cells in table["rows"]:
        if cells[0].get("column") == "chapter":
            continue
        row: list[str] = []
        left = iter(cells)
        while len(row) < len(table["widths"]):
            text, down = reaching.get(len(row), ("", 0))
            if down:
                reaching[len(row)] = (text, down - 1)
                row.append(text)
                continue
            cell = next(left)
            for _ in range(cell.get("across", 1)):
                reaching[len(row)] = (cell["text"], cell.get("down", 1) - 1)
                row.append(cell["text"])
        assert next(left, None) is None, "a row has more cells than the table has columns"
        rows.append(row)
    return rows


def wanted_rows(pack: Pack, standard: str) -> list[list[str]]:
    """What the standard prints in the first columns of each row."""
    rows = []
    for group in pack.table().groups:
        full = f"{group.title}\n（{group.max}分）\n得{group.max}分"
        for item in group.items:
            rows.append(
                {
                    "heitu": [full, "", f"{item.max}分"],
                    "liaolan": [full, item.title, f"{item.max}", item.text, item.basis],
                    "changshou-009": [
                        group.title,
                        "",
                        item.text if group.key == "1" else item.title,
                        item.text,
                        f"{item.max}" if item.max else "",
                    ],
                    "otop-1003": [item.clause, item.text],
                }[standard]
            )
    return rows


@pytest.mark.parametrize("standard", STANDARDS)
def test_a_report_prints_every_row_in_the_standards_order_and_words(
    world: World, standard: str
) -> None:
    with world.write() as tx:
        _, row = assessed(tx, standard)
        pack, _ = standard_of(tx, row)
        paper = report_paper(tx, row)
        pdf = paper_pdf(paper)
        assert pdf == paper_pdf(report_paper(tx, row))
    rows = printed_rows(paper)
    for row_, wanted in zip(rows, wanted_rows(pack, standard), strict=False):
        assert [one for one, told in zip(row_, wanted, strict=False) if told] == [
            *filter(None, wanted)
        ]
    assert len(rows) - bool(pack.table().outcome.pass_at) == len(pack.table().items)
    text = text_of(pdf)
    # A merged cell is drawn after the rows beside it: headings and rows are in order each.
    in_order(text, (group.title for group in pack.table().groups if standard != "otop-1003"))
    if standard != "heitu":
        in_order(text, (item.text for item in pack.table().items))
    in_order(text, pack.table().notes)
    assert paper["foot"].startswith(f"评价编号 {row.number}")
    assert pack.digest in paper["foot"]


def test_heitu_prints_the_cover_annex_e_and_table_d1(world: World) -> None:
    with world.write() as tx:
        pack = standard_of(tx, (done := assessed(tx, "heitu"))[1])[0]
        text = text_of(paper_pdf(report_paper(tx, done[1])))
    in_order(
        text,
        [
            "检查（评价）报告",
            "申请认证产品或服务：黄瓜",
            "认证机构：平度市现代农业协会",
            "附件1",
            *ANNEX_E,
            "审核组长确认：见材料",
            "被认证方代表签字/盖章(公章)：",
            "表D.1",
            "一级指标二级指标分值得分备注",
            "组织管理",
            "（50分）",
            "产品质量",
            "（110分）",
            "合计500分500分",
            "专家（签字）",
        ],
    )
    indicators = list(dict.fromkeys(item.indicator for item in pack.table().items))
    assert len(indicators) == 15


def test_the_marks_of_each_expert_stand_beside_their_mean(world: World) -> None:
    with world.write() as tx:
        desk = open_desk(tx)
        row = applied(tx, desk, "liaolan")
        open_gates(tx, desk, row)
        pack, _ = standard_of(tx, row)
        rows = full_rows(pack) | {"1.1-1": {"value": 2.5, "note": "离公路近"}}
        mark(tx, desk, row, rows)
        close_it(tx, desk, row)
        paper = report_paper(tx, find(tx, row.public_id))
        assert len(sheets_of(tx.session, row)) == 3
    table = next(part for part in paper["parts"] if part["title"].startswith("表1"))
    first = [cell["text"] for cell in table["rows"][0]]
    assert first[2:4] == ["3", "选址科学，远离污染源。"]
    assert first[-4:] == ["2.5", "2.5", "2.5", "2.5"]
    assert [cell["text"] for cell in table["rows"][-1]][-4:] == ["99.5"] * 4
    assert table["rows"][0][0]["down"] == 7
    assert table["head"][0][2] == {"text": "取值规则", "across": 3, "down": 1}
    assert [cell["text"] for cell in table["head"][1]][-4:] == ["专家1", "专家2", "专家3", "平均值"]


def test_a_long_note_is_told_below_the_table_and_none_is_lost(world: World) -> None:
    long = "看了三年的用药台账，逐条对过农药标签上的安全间隔期和最多使用次数，都对得上。" * 5
    with world.write() as tx:
        desk = open_desk(tx)
        row = applied(tx, desk, "heitu")
        open_gates(tx, desk, row)
        pack, _ = standard_of(tx, row)
        rows = full_rows(pack) | {"4.1": {"value": 90, "note": long}}
        mark(tx, desk, row, rows)
        close_it(tx, desk, row)
        text = text_of(paper_pdf(report_paper(tx, find(tx, row.public_id))))
    in_order(
        text, ["表D.1", "现场核对属实", "见注1", "合计500分500分", f"注1：{long}", "专家（签字）"]
    )


def test_the_clauses_of_a_base_name_their_evidence(world: World) -> None:
    with world.write() as tx:
        _, row = assessed(tx, "otop-1003")
        paper = report_paper(tx, row)
    rows = {row[0]: row for row in printed_rows(paper)}
    assert rows["5.6.1"][3] == "现场核对属实；系统记录：一年内发出通报 0 条；还缺给入驻企业的通报"
    assert rows["5.2.1"][3].startswith("见注")
    *_, table = (part for part in paper["parts"] if part["kind"] == "table")
    assert "同一产业链的获证产品 2 个" in "".join(table["below"])


def test_what_a_base_is_only_encouraged_to_do_is_told_apart_under_the_chapters(
    world: World,
) -> None:
    advised = {"4.1.2-2", "5.2.5", "5.5.4"}
    with world.write() as tx:
        desk = open_desk(tx)
        row = applied(tx, desk, "otop-1003")
        open_gates(tx, desk, row)
        pack, _ = standard_of(tx, row)
        marks = full_rows(pack)
        for key in advised:
            marks[key] = {"value": "不符合", "note": "还没有做"}
        mark(tx, desk, row, marks)
        assert close_it(tx, desk, row).passed
        paper = report_paper(tx, find(tx, row.public_id))
    for item, printed in zip(pack.table().items, printed_rows(paper), strict=True):
        said = "不符合\n（鼓励，不作为否决）"
        assert (printed[2] == said) == (item.key in advised)
    *_, table = (part for part in paper["parts"] if part["kind"] == "table")
    chapters = [cells[0]["text"] for cells in table["rows"] if len(cells) == 1]
    assert chapters[-6:] == [
        "5.1 具有健全的工作保障机制",
        "5.2 具备良好的中国一乡一品产品基础",
        "5.3 具备中国一乡一品产品基地监管体系",
        "5.4 具备生态环境监管机制",
        "5.5 具备质量安全和风险管理体系",
        "5.6 中国一乡一品产品基地服务保障",
    ]


def test_where_a_condition_is_not_met_the_report_says_so_and_has_no_table(world: World) -> None:
    with world.write() as tx:
        desk = open_desk(tx)
        row = applied(tx, desk, "liaolan")
        pack, _ = standard_of(tx, row)
        gates = {
            key: {"value": value, "note": "核实"} for key, value in template(pack)["gates"].items()
        }
        gates["4.2-5"] = {"value": "有", "note": "列入经营异常"}
        answer_gates(tx, desk.operator, row.public_id, gates)
        close_it(tx, desk, row)
        text = text_of(paper_pdf(report_paper(tx, find(tx, row.public_id))))
    in_order(text, ["评价结果：不予评价", "4.2应不予评价的情况", "列入经营异常"])
    assert "取值规则" not in text


def test_there_is_no_report_before_the_result(world: World) -> None:
    with world.write() as tx:
        row = applied(tx, open_desk(tx), "heitu")
        with pytest.raises(NotFound, match="还没有出结果"):
            report_paper(tx, row)


def test_the_forms_of_annexes_b_and_c(world: World) -> None:
    with world.write() as tx:
        desk = open_desk(tx)
        row = applied(tx, desk, "heitu")
        _, flow = standard_of(tx, row)
        assert flow.recommendation
        values = {key: answer_to(one) for key, one in flow.recommendation.fields.items()}
        recommend(tx, desk.operator, row.public_id, values)
        form = text_of(paper_pdf(application_paper(tx, row)))
        advice = text_of(paper_pdf(recommendation_paper(tx, find(tx, row.public_id))))
    in_order(
        form,
        [
            "“黑土优品”认证申请书",
            "申请方（盖章）：",
            "制造商：",
            "生产厂：",
            "申请日期：2026年7月8日",
            "申请人声明",
            *flow.declaration,
            "申请人授权签字：",
            "一、组织基本信息",
            "名称绿畦蔬菜专业合作社统一社会信用代码",
            "地址",
            "邮编",
            "联系人",
            "联系电话",
            "手机",
            "电子邮箱",
            "传真",
            "名称",
            "二、组织应提交的材料",
            *(one.title for one in flow.materials),
        ],
    )
    in_order(
        advice,
        [
            "表C.1“黑土优品”认证企业推荐表",
            "申报组织",
            "所属行业",
            "所在地区",
            "产品名称",
            "产品简介",
            "联系人",
            "联系电话",
            "电子邮箱",
            "通讯地址",
            "年度",
            "申报组织规模(人员)",
            "产值(万元)",
            "主营业务收入(万元)",
            "其他业务收入(万元)",
            "利润总额(万元)",
            "申报产品在省内同行业市场占有率",
            "市(地)局联系人",
            "电话",
            "手机",
            "市(地)局意见",
            "单位盖章",
            "2020年1月2日",
        ],
    )
    assert advice.count("单位盖章") == 1


def test_annex_c_is_stamped_and_dated_in_the_cell_of_the_opinion(world: World) -> None:
    with world.write() as tx:
        row = applied(tx, open_desk(tx), "heitu")
        assert row.form["applied_on"] == "2026-07-08"
        row.submitted_at = (row.submitted_at or 0) + 86_400
        (blank,) = recommendation_paper(tx, row)["parts"]
        cover = application_paper(tx, row)["parts"][0]
    assert blank["rows"][-1][-1]["foot"] == ["单位盖章", "年　　月　　日"]
    assert ["申请日期", "2026年7月9日"] in cover["rows"]


@pytest.mark.parametrize("standard", ["liaolan", "changshou-009", "otop-1003"])
def test_an_application_prints_what_was_asked(world: World, standard: str) -> None:
    with world.write() as tx:
        row = applied(tx, open_desk(tx), standard)
        _, flow = standard_of(tx, row)
        text = text_of(paper_pdf(application_paper(tx, row)))
        with pytest.raises(NotFound, match="没有推荐表"):
            recommendation_paper(tx, row)
    titles = [one.title for section in flow.form.sections for one in section.asked()]
    in_order(
        text, [flow.form.title, *titles, *(m.title for m in flow.materials), *flow.declaration]
    )


def test_a_sixth_standard_is_printed_without_a_change_of_code(own_world: World) -> None:
    with own_world.write() as tx:
        desk = open_desk(tx, 1)
        row = apply(tx, desk, start_farm(tx), "sixth")
        open_gates(tx, desk, row)
        mark(tx, desk, row)
        close_it(tx, desk, row)
        row = find(tx, row.public_id)
        pack, _ = standard_of(tx, row)
        report = text_of(paper_pdf(report_paper(tx, row)))
        assert text_of(paper_pdf(application_paper(tx, row)))
        licence = license_it(tx, desk, row, 1)
        assert licence_pdf(licence_paper(tx, licence), epoch=0).startswith(b"%PDF")
    in_order(report, [word for item in pack.table().items for word in (item.clause, item.text)])
