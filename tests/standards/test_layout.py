"""The papers of an edition: read strictly, and as the annexes print them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.standards.test_flow import FLOW
from tracer.domain.errors import Refusal
from tracer.standards import load, packs
from tracer.standards.audit import audit
from tracer.standards.flow_loader import flow_of
from tracer.standards.layout import Layout, layouts
from tracer.standards.pack import Pack

APPLIED = [pack for pack in packs() if pack.id != "gveaia-016.1"]
# 附录 D 表 D.1 的二级指标，照印。
TABLE_D1 = (
    "申报组织是依法登记的农产品生产加工企业或农民专业合作社，拥有合法有效的注册商标，注册地、农产品及原料产地均在黑龙江省域内。",
    "申报组织建立规范的质量控制体系、环境保护体系和质量追溯制度，三年内无产品质量监督抽查不合格现象，无质量安全事件，无不良诚信记录。",
    "申报组织配备农产品质量安全专业技术人员，建立农产品质量安全管理制度规范，实行全产业链标准化生产。",
    "申报组织对“黑土优品”品牌农产品的品牌建设、产品开发、品牌推广、市场营销等有规划；",
    "申报组织制定品牌战略发展及实施计划，并提供相应的资源保障；",
    "品牌具有较高的知名度和普及度；",
    "品牌具有较好的美誉度；",
    "产品具有龙江的绿色、自然生态特色。",
    "产地环境符合GB/T24001《环境管理体系要求及使用指南》以及行业标准中关于相关产业的产地环境条件标准要求。",
    "产地环境条件符合国家产地环境标准，经有资质的检测机构检测合格。",
    "生产过程质量控制与审核，符合 GB/T 20014《良好农业规范》系列标准、"
    "GB/T 27341《危害分析与关键控制点(HACCP)体系食品生产企业通用要求》以及农产品质量安全控制规范。",
    "申报主体建立农产品质量追溯和承诺达标合格证制度，根据质量内部控制、产品检测结果开具承诺达标合格证。合格证追溯实行二维码、条形码等信息化管理，体现生产档案记录、基地依标巡查、产品对标检测等可信数据。",
    "产品安全符合现行有效食品安全标准。",
    "绿色食品行业标准中的相关指标要求。对于现行绿色食品行业标准中没有或者不适用的质量指标，省农业农村厅协同有关部门逐步配套完善团体标准。",
    "申报产品达到绿色食品、有机农产品、地理标志农产品或良好农业规范（GAP）认证标准要求之一，并取得相应认证证书。",
)
# 附录 E 信息确认单的栏目，照印。
ANNEX_E = (
    "认证委托人名称",
    "认证委托人地址",
    "生产者名称",
    "生产者地址",
    "生产企业名称",
    "生产企业地址",
    "认证依据标准",
    "认证模式",
    "产品名称",
    "获证品牌",
    "认证类型",
)
# 附录 A 的序号，照印：产品生产部分是 1-5、4-7、10-12。
SERIALS_A = ("12345", "12345", "1 2 3 4 5 4 5 6 7 10 11 12", "1 2 3 4 5 6 7 8 9 10 11 12")


def papers(pack: Pack, **report: Any) -> dict[str, Layout]:
    flow = flow_of(pack)
    return layouts(pack, replace(flow, report=report) if report else flow)


@pytest.mark.parametrize("pack", APPLIED, ids=lambda pack: pack.id)
def test_every_standard_has_a_report_and_a_form(pack: Pack) -> None:
    assert {"report", "application"} <= set(papers(pack))
    assert set(flow_of(pack).report) >= {"report"}


def test_table_d1_says_what_annex_d_says() -> None:
    pack = load("heitu", "2022")
    table = next(part for part in papers(pack)["report"].parts if part.kind == "table")
    said = [table.words.get(item.key, item.indicator) for item in pack.table().items]
    assert tuple(dict.fromkeys(said)) == TABLE_D1
    assert [column.title for column in table.columns] == [
        "一级指标",
        "二级指标",
        "分值",
        "得分",
        "备注",
    ]


def test_annex_e_has_its_fields_in_order() -> None:
    parts = papers(load("heitu", "2022"))["report"].parts
    confirmation = next(part for part in parts if part.before == "附件1")
    assert tuple(label for label, _ in confirmation.rows) == ANNEX_E
    cover = parts[0].rows
    assert [label for label, _ in cover] == ["申请认证产品或服务", "申请组织", "认证机构"]


def test_annex_a_of_changshou_keeps_its_printed_serials() -> None:
    pack = load("changshou-009", "2021")
    table = next(part for part in papers(pack)["report"].parts if part.kind == "table")
    printed = [
        [table.serials.get(item.key, item.key.partition("-")[2]) for item in group.items]
        for group in pack.table().groups
    ]
    wanted = [list(said) if " " not in said else said.split() for said in SERIALS_A]
    assert printed == wanted


@pytest.mark.parametrize(
    ("report", "sentence"),
    [
        ({"poster": {"title": "报"}}, "不认识字段 poster"),
        ({"report": {"part": []}}, "缺少 title"),
        ({"report": {"title": "报", "part": [{"kind": "song"}]}}, "没有这种部分"),
        ({"report": {"title": "报", "part": [{"kind": "table"}]}}, "打分表至少要有一列"),
        (
            {"report": {"title": "报", "part": [{"kind": "fields", "rows": [["名", "form.x"]]}]}},
            "form.x：没有这个来源",
        ),
        (
            {"report": {"title": "报", "part": [{"kind": "fields", "rows": [["名"]]}]}},
            "一行写法不对",
        ),
        ({"report": {"title": "报", "part": [{"kind": "grid", "grid": [["@moon"]]}]}}, "moon"),
        ({"report": {"title": "报", "part": [{"kind": "grid", "grid": [["=x|章|@sun"]]}]}}, "sun"),
        (
            {
                "report": {
                    "title": "报",
                    "part": [{"kind": "table", "columns": [["smell", "味", 1]]}],
                }
            },
            "没有这一列",
        ),
        (
            {
                "report": {
                    "title": "报",
                    "part": [
                        {"kind": "table", "columns": [["text", "要求", 1]], "words": {"9.9": "错"}}
                    ],
                }
            },
            "9.9：表里没有这一行",
        ),
        ({"report": {"title": "报", "part": [{"kind": "notes", "colour": "红"}]}}, "colour"),
    ],
)
def test_a_wrong_layout_is_refused_by_name(report: dict[str, Any], sentence: str) -> None:
    with pytest.raises(Refusal, match=sentence):
        papers(load("liaolan", "draft"), **report)


def test_a_standard_without_layouts_gets_plain_papers() -> None:
    pack = load("liaolan", "draft")
    plain = layouts(pack, replace(flow_of(pack), report={}))
    assert [part.kind for part in plain["report"].parts] == [
        "fields",
        "gates",
        "table",
        "notes",
        "sign",
    ]
    assert "recommendation" not in plain


def test_the_check_of_all_standards_reads_the_layouts_too(sixth: Path) -> None:
    flow = sixth / "sixth" / "1" / "flow.toml"
    flow.write_text(FLOW, "utf-8")
    assert [one.problems for one in audit(sixth)] == [()]
    flow.write_text(FLOW.replace('"clause", "条款"', '"smell", "气味"'), "utf-8")
    copy = sixth / "sixth" / "2"
    (sixth / "sixth" / "1").rename(copy)
    (problem,) = (one.problems for one in audit(sixth))
    assert "smell：没有这一列" in problem[0]
