"""The gate: each rule with a case on both sides of its edge.

``tomatoes()`` is a promise that passes; a test changes one thing.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from tracer.domain.gate import (
    BatchFacts,
    DrugUse,
    Harvest,
    LabelUse,
    PromiseCase,
    Report,
    Source,
    TestedItem,
    check_promise,
)
from tracer.domain.quantity import Quantity
from tracer.domain.reference import Scope
from tracer.domain.words import Basis, BatchKind, InputKind, ProducerKind, ReportKind

HARVESTED = date(2026, 7, 8)
SPRAYED = date(2026, 7, 1)  # seven days before the harvest
GATE_DOC = Path(__file__).parents[2] / "docs" / "gate.md"


def kg(amount: int) -> Quantity:
    return Quantity(amount * 1000, "kg")


def label(crop: str = "番茄", days: int | None = 7, **limits) -> LabelUse:
    return LabelUse(crop, days, **limits)


def use(
    name: str = "啶虫脒", on: date = SPRAYED, line: LabelUse | None = None, **details
) -> DrugUse:
    given = {
        "record_ref": f"用药-{on:%m%d}-{name}",
        "used_on": on,
        "kind": InputKind.PESTICIDE,
        "name": name,
        "ingredients": (name,),
        "label_uses": (line or label(),),
        "campaign": "春茬",
        "plot": "3号大棚",
    }
    return DrugUse(**(given | details))


def tomatoes(*uses: DrugUse, harvested: date = HARVESTED, **details) -> PromiseCase:
    given = {
        "producer_kind": ProducerKind.COOPERATIVE,
        "product": "蓼兰番茄",
        "category": "A1-12",
        "crop": "番茄",
        "batch": BatchFacts("P1", BatchKind.HARVEST, harvested, kg(500)),
        "requested": kg(500),
        "form": "2025-producer",
        "basis": (Basis.CONTROL,),
        "issued_on": max(harvested, HARVESTED),
        "harvests": (Harvest("P1", harvested, uses),),
    }
    return PromiseCase(**(given | details))


def report(*analytes: str, kind: ReportKind = ReportKind.SELF, **details) -> Report:
    given = {
        "record_ref": "JC-1",
        "batch_ref": "P1",
        "kind": kind,
        "tested_on": HARVESTED,
        "passed": True,
        "items": tuple(TestedItem(analyte, True) for analyte in analytes),
    }
    return Report(**(given | details))


def animal(category: str, crop: str, *uses: DrugUse, **details) -> PromiseCase:
    case = tomatoes(*uses, category=category, crop=crop, product=crop)
    if details:
        case = replace(case, harvests=(replace(case.harvests[0], **details),))
    return case


def drug(name: str, line: LabelUse, on: date = SPRAYED, **details) -> DrugUse:
    return use(name, on, line, kind=InputKind.VETERINARY_DRUG, **details)


def bought(*sources: Source, **details) -> PromiseCase:
    batch = BatchFacts("S1", BatchKind.PURCHASE, HARVESTED, kg(500), sources)
    given = {
        "producer_kind": ProducerKind.PURCHASER,
        "batch": batch,
        "form": "2025-purchaser",
        "harvests": (),
    }
    return replace(tomatoes(), **(given | details))


def ticked(*reports: Report, basis: Basis = Basis.SELF_TEST, uses: tuple[DrugUse, ...] = ()):
    return tomatoes(*uses, basis=(basis,), reports=reports)


MAY31, JUNE1 = date(2026, 5, 31), date(2026, 6, 1)
PEANUTS = {"category": "A1-32", "crop": "花生", "product": "花生"}


def peanuts(*uses: DrugUse) -> PromiseCase:
    return tomatoes(*uses, **PEANUTS)


def on_peanuts(name: str, on: date, **details) -> PromiseCase:
    return peanuts(use(name, on, label("花生", 7), **details))


# rule, a case it refuses, a case just on the other side
PAIRS = [
    ("pesticide_banned", on_peanuts("克百威", JUNE1), on_peanuts("克百威", MAY31)),
    ("pesticide_banned", on_peanuts("呋喃丹", JUNE1), on_peanuts("丁硫克百威", JUNE1)),
    ("pesticide_banned", on_peanuts("氧乐果", JUNE1), on_peanuts("乐果", JUNE1)),
    ("pesticide_banned", on_peanuts("甲基对硫磷", JUNE1), on_peanuts("辛硫磷", JUNE1)),
    (
        "pesticide_banned",
        on_peanuts("杀虫王", JUNE1, ingredients=("辛硫磷·克百威",)),
        on_peanuts("杀虫王", JUNE1, ingredients=("辛硫磷·丁硫克百威",)),
    ),
    (
        "pesticide_banned",
        on_peanuts("2,4-滴丁酯", JUNE1),
        on_peanuts("2,4-滴异辛酯", JUNE1),
    ),
    ("pesticide_restricted", tomatoes(use("毒死蜱")), on_peanuts("毒死蜱", SPRAYED)),
    (
        "pesticide_restricted",
        tomatoes(use("毒死蜱", date(2016, 12, 31)), harvested=date(2017, 1, 31)),
        tomatoes(use("毒死蜱", date(2016, 12, 30)), harvested=date(2017, 1, 31)),
    ),
    (
        "pesticide_high_toxicity",
        tomatoes(use("磷化铝", method="土壤熏蒸")),
        on_peanuts("磷化铝", SPRAYED, method="仓储熏蒸"),
    ),
    ("drug_unidentified", tomatoes(use(ingredients=())), tomatoes(use(ingredients=("啶虫脒",)))),
    (
        "vet_banned",
        animal("A3-48", "鸡蛋", drug("氯霉素", label("鸡蛋", 0))),
        animal("A3-48", "鸡蛋", drug("甲砜霉素", label("鸡蛋", 0))),
    ),
    (
        "vet_stopped",
        animal("A3-48", "鸡蛋", drug("诺氟沙星", label("鸡蛋", 0))),
        animal("A3-48", "鸡蛋", drug("恩诺沙星", label("鸡蛋", 0))),
    ),
    ("crop_not_on_label", tomatoes(use(line=label("黄瓜"))), tomatoes(use(line=label("西红柿")))),
    ("crop_not_on_label", tomatoes(use(label_uses=())), tomatoes(use())),
    (
        "crop_not_on_label",
        animal("A3-48", "鸡蛋", drug("土霉素", label("鸡", 5))),
        animal("A3-48", "肉鸡", drug("土霉素", label("鸡", 5))),
    ),
    ("interval_running", tomatoes(use(line=label(days=8))), tomatoes(use(line=label(days=7)))),
    (
        "interval_running",
        tomatoes(use(), harvested=date(2026, 7, 7)),
        tomatoes(use(), harvested=date(2026, 7, 8)),
    ),
    (
        "interval_running",  # over a leap day and the turn of a year
        tomatoes(
            use("苯醚甲环唑", date(2023, 12, 31), label(days=61)), harvested=date(2024, 2, 29)
        ),
        tomatoes(
            use("苯醚甲环唑", date(2023, 12, 31), label(days=60)), harvested=date(2024, 2, 29)
        ),
    ),
    (
        "interval_running",  # a treatment counts from its last day
        animal("A3-44", "猪", drug("土霉素", label("猪", 7), ended_on=date(2026, 7, 2))),
        animal("A3-44", "猪", drug("土霉素", label("猪", 7), ended_on=date(2026, 7, 1))),
    ),
    (
        "interval_running",  # 弃蛋期
        animal("A3-48", "鸡蛋", drug("土霉素", label("鸡蛋", 8))),
        animal("A3-48", "鸡蛋", drug("土霉素", label("鸡蛋", 7))),
    ),
    ("interval_unknown", tomatoes(use(line=label(days=None))), tomatoes(use(line=label(days=0)))),
    (
        "interval_unknown",
        tomatoes(use(line=label(days=None))),
        tomatoes(use(line=label(days=None, interval_unstated=True))),
    ),
    (
        "degree_days_running",
        animal(
            "A4-55",
            "草鱼",
            drug("恩诺沙星", label("鱼", None, degree_days=141)),
            water_temperatures=tuple((date(2026, 7, day), 200) for day in range(1, 10)),
        ),
        animal(
            "A4-55",
            "草鱼",
            drug("恩诺沙星", label("鱼", None, degree_days=140)),
            water_temperatures=tuple((date(2026, 7, day), 200) for day in range(1, 10)),
        ),
    ),
    (
        "uses_exceeded",
        tomatoes(
            use(line=label(days=1, max_uses=1), record_ref="a"),
            use(on=date(2026, 7, 2), line=label(days=1, max_uses=1), record_ref="b"),
        ),
        tomatoes(use(line=label(days=1, max_uses=1))),
    ),
    (
        "uses_exceeded",
        tomatoes(
            use(line=label(days=1, max_uses=1), record_ref="a"),
            use(on=date(2026, 7, 2), line=label(days=1, max_uses=1), record_ref="b"),
        ),
        tomatoes(
            use(line=label(days=1, max_uses=1), record_ref="a", plot="4号大棚"),
            use(on=date(2026, 7, 2), line=label(days=1, max_uses=1), record_ref="b"),
        ),
    ),
    (
        "dose_exceeded",
        tomatoes(
            use(
                line=label(max_dose=Decimal(40), dose_unit="克/亩"),
                dose=Decimal("40.1"),
                dose_unit="克/亩",
            )
        ),
        tomatoes(
            use(
                line=label(max_dose=Decimal(40), dose_unit="克/亩"),
                dose=Decimal("40.0"),
                dose_unit="克/亩",
            )
        ),
    ),
    (
        "dose_exceeded",
        tomatoes(
            use(
                line=label(max_dose=Decimal(1000), dose_unit="倍液"),
                dose=Decimal(999),
                dose_unit="倍液",
            )
        ),
        tomatoes(
            use(
                line=label(max_dose=Decimal(1000), dose_unit="倍液"),
                dose=Decimal(1000),
                dose_unit="倍液",
            )
        ),
    ),
    ("report_missing", ticked(), ticked(report("毒死蜱"))),
    (
        "report_missing",
        ticked(report("毒死蜱", kind=ReportKind.COMMISSIONED)),
        ticked(report("毒死蜱", kind=ReportKind.COMMISSIONED), basis=Basis.COMMISSIONED_TEST),
    ),
    (
        "report_missing",
        ticked(report("毒死蜱", batch_ref="P9")),
        replace(
            ticked(report("毒死蜱", batch_ref="P9")),
            batch=BatchFacts("P1", BatchKind.SPLIT, HARVESTED, kg(500), same_goods=("P9",)),
        ),
    ),
    (
        "report_missing",
        ticked(report("毒死蜱", tested_on=date(2026, 7, 9))),
        ticked(report("毒死蜱", tested_on=HARVESTED)),
    ),
    ("report_missing", ticked(report()), ticked(report("毒死蜱"))),
    (
        "report_failed",
        tomatoes(reports=(report("毒死蜱", passed=False),)),
        tomatoes(reports=(report("毒死蜱"),)),
    ),
    (
        "report_failed",
        tomatoes(reports=(report("毒死蜱", items=(TestedItem("毒死蜱", False),)),)),
        tomatoes(reports=(report("毒死蜱", items=(TestedItem("毒死蜱", True),)),)),
    ),
    (
        "report_not_covering",
        ticked(report("毒死蜱"), uses=(use(),)),
        ticked(report("毒死蜱", "啶虫脒"), uses=(use(),)),
    ),
    (
        "report_not_covering",
        ticked(report("克百威"), uses=(use("噻虫嗪·啶虫脒"),)),
        ticked(report("噻虫嗪", "啶虫脒"), uses=(use("噻虫嗪·啶虫脒"),)),
    ),
    (
        "report_not_covering",  # a sample from before the spraying shows nothing of it
        ticked(report("啶虫脒", sampled_on=date(2026, 6, 30)), uses=(use(),)),
        ticked(report("啶虫脒", sampled_on=SPRAYED), uses=(use(),)),
    ),
    (
        "report_not_covering",  # reported under the residue definition
        ticked(report("氯氟氰菊酯"), uses=(use("高效氯氰菊酯"),)),
        ticked(report("氯氰菊酯和高效氯氰菊酯"), uses=(use("高效氯氰菊酯"),)),
    ),
    (
        "report_not_covering",  # no residue limit exists for a living agent
        ticked(report("毒死蜱"), uses=(use("啶虫脒"),)),
        ticked(report("毒死蜱"), uses=(use("苏云金杆菌"),)),
    ),
    ("not_certifiable", tomatoes(category="A5-108", crop="酱腌菜"), tomatoes()),
    (
        "not_certifiable",
        tomatoes(category="A5-98", crop="茶"),
        tomatoes(category="A1-29", crop="茶"),
    ),
    ("category_unknown", tomatoes(category="A1-19"), tomatoes(category="A1-18")),
    ("form_unknown", tomatoes(form="2030"), tomatoes()),
    ("form_legacy", tomatoes(form="2021"), tomatoes()),
    (
        "form_out_of_date",
        tomatoes(harvested=date(2026, 1, 30), issued_on=date(2026, 1, 31)),
        tomatoes(harvested=date(2026, 1, 30), issued_on=date(2026, 2, 1)),
    ),
    ("form_role", tomatoes(form="2025-purchaser"), tomatoes()),
    ("form_role", bought(Source("S1", 1), form="2025-producer"), bought(Source("S1", 1))),
    (
        "issuer_not_grower",
        tomatoes(producer_kind=ProducerKind.PURCHASER),
        tomatoes(producer_kind=ProducerKind.HOUSEHOLD),
    ),
    (
        "issuer_not_grower",
        tomatoes(producer_kind=ProducerKind.DISTRIBUTOR),
        bought(Source("S1", 1), producer_kind=ProducerKind.COOPERATIVE),
    ),
    ("source_proof_missing", bought(), bought(Source("S1", 1))),
    (
        "source_proof_missing",
        bought(Source("S1", 1), Source("S2", 0)),
        bought(Source("S1", 1), Source("S2", 1)),
    ),
    ("basis_missing", tomatoes(basis=()), tomatoes(basis=(Basis.CONTROL,))),
    ("quantity_exceeded", tomatoes(requested=kg(501)), tomatoes(requested=kg(500))),
    (
        "quantity_exceeded",
        tomatoes(requested=Quantity(1_000_001, "jin")),
        tomatoes(requested=Quantity(1_000_000, "jin")),
    ),
    (
        "quantity_exceeded",
        tomatoes(requested=kg(200), certified=(kg(200),), moved_out=(kg(101),)),
        tomatoes(requested=kg(200), certified=(kg(200),), moved_out=(kg(100),)),
    ),
    ("quantity_unit_mismatch", tomatoes(requested=Quantity(5000, "box")), tomatoes()),
    ("quantity_not_positive", tomatoes(requested=kg(0)), tomatoes(requested=Quantity(1, "kg"))),
    (
        "issued_before_harvest",
        tomatoes(issued_on=date(2026, 7, 7)),
        tomatoes(issued_on=date(2026, 7, 8)),
    ),
    ("harvest_missing", tomatoes(harvests=()), tomatoes()),
    ("producer_suspended", tomatoes(suspended=True), tomatoes(suspended=False)),
]


def rules(case: PromiseCase) -> set[str]:
    return {refused.rule for refused in check_promise(case).refusals}


def test_a_good_promise_passes_without_a_word():
    result = check_promise(tomatoes(use()))
    assert result.open
    assert result.refusals == result.warnings == ()
    assert result.scope == Scope.MANDATORY


@pytest.mark.parametrize(("rule", "refused", "allowed"), PAIRS)
def test_each_rule_on_both_sides_of_its_edge(rule, refused, allowed):
    assert rule in rules(refused)
    assert rule not in rules(allowed)


@pytest.mark.parametrize(("rule", "refused", "allowed"), PAIRS)
def test_each_refusal_says_in_one_sentence_what_to_do(rule, refused, allowed):
    for found in check_promise(refused).refusals:
        assert re.search(r"[\u4e00-\u9fff]", found.sentence)
        assert "！" not in found.sentence
        assert "None" not in found.sentence
        assert not found.sentence.endswith("。")
        assert found.clears_on or found.clears_by
        if found.rule == rule:
            assert "请" in found.sentence or "不能开具" in found.sentence


ALL_ALLOWED = {"pesticide_banned", "pesticide_restricted", "vet_banned", "interval_running"}


@pytest.mark.parametrize(("rule", "refused", "allowed"), [p for p in PAIRS if p[0] in ALL_ALLOWED])
def test_the_other_side_of_substances_and_intervals_is_open(rule, refused, allowed):
    left = rules(allowed)
    # Promises of a time before the present form or its date are refused for that alone.
    assert left <= {"form_out_of_date"}


def test_every_rule_is_documented_and_tested():
    documented = set(re.findall(r"^\| `(\w+)` \|", GATE_DOC.read_text(encoding="utf-8"), re.M))
    tested = {rule for rule, _, _ in PAIRS}
    warned = {"dose_not_comparable", "interval_shorter_than_published"}
    assert documented == tested | warned


def test_an_early_harvest_is_told_with_the_first_allowed_day():
    case = tomatoes(use(), harvested=date(2026, 7, 7))
    [found] = check_promise(case).refusals
    assert found.clears_on == date(2026, 7, 8)
    assert found.record_ref == "用药-0701-啶虫脒"
    assert found.sentence == (
        "7月1日用的“啶虫脒”，安全间隔期 7 天，7月8日起才能采收；这批是7月7日采收的，早了 1 天，"
        "请到期后采收，另建批次再开具"
    )


def test_a_ban_is_told_with_substance_day_and_notice():
    [found] = check_promise(on_peanuts("呋喃丹", JUNE1)).refusals
    assert found.sentence == (
        "6月1日用的“呋喃丹”含克百威，2026年6月1日起禁止使用（农业农村部公告第736号），"
        "这批不能开具合格证；如果是记错了，请更正这条用药记录"
    )


def test_words_of_waiting_fit_the_produce():
    eggs = animal("A3-48", "鸡蛋", drug("土霉素", label("鸡蛋", 9)))
    milk = animal("A3-42", "牛奶", drug("土霉素", label("牛奶", 9)))
    pigs = animal("A3-44", "猪", drug("土霉素", label("猪", 9)))
    fish = animal("A4-55", "草鱼", drug("土霉素", label("草鱼", 9)))
    for case, interval, act in (
        (eggs, "弃蛋期", "收蛋"),
        (milk, "弃奶期", "挤奶"),
        (pigs, "休药期", "出栏"),
        (fish, "休药期", "捕捞"),
    ):
        [found] = check_promise(case).refusals
        assert f"{interval} 9 天" in found.sentence
        assert f"起才能{act}" in found.sentence


def test_uses_after_the_harvest_belong_to_the_next():
    later = use("克百威", date(2026, 7, 9), label(days=None))
    assert check_promise(tomatoes(later)).open
    assert not check_promise(tomatoes(replace(later, used_on=HARVESTED))).open


def test_a_merged_batch_keeps_each_harvest_s_own_day():
    early = Harvest("P1", date(2026, 7, 7), (use(),))
    late = Harvest("P2", date(2026, 7, 20))
    case = replace(
        tomatoes(),
        batch=BatchFacts("P3", BatchKind.MERGE, date(2026, 7, 20), kg(500)),
        harvests=(early, late),
        issued_on=date(2026, 7, 20),
    )
    assert rules(case) == {"interval_running"}
    assert rules(replace(case, harvests=(late,))) == set()


def test_other_inputs_wait_for_nothing():
    manure = use("鸡粪", line=label(days=None), kind=InputKind.FERTILISER, ingredients=())
    assert check_promise(tomatoes(manure)).open


def test_the_label_line_of_the_crop_goes_before_that_of_its_group():
    group, own = label("茄果类蔬菜", 3), label("番茄", 9)
    assert rules(tomatoes(use(label_uses=(group, own)))) == {"interval_running"}
    assert rules(tomatoes(use(label_uses=(group,)))) == set()


def test_what_cannot_be_compared_is_asked_not_refused():
    line = label(max_dose=Decimal(40), dose_unit="克/亩")
    for given in ({"dose": Decimal(1000), "dose_unit": "倍液"}, {"dose": None}):
        result = check_promise(tomatoes(use(line=line, **given)))
        assert result.open
        assert [warned.rule for warned in result.warnings] == ["dose_not_comparable"]


@pytest.mark.parametrize(
    ("days", "details", "warns"),
    [
        (1, {}, False),
        (0, {}, True),
        (1, {"content": "20%", "formulation": "乳油"}, True),
        (2, {"content": "20%", "formulation": "乳油"}, False),
        (1, {"content": "20%", "formulation": "可溶粉剂"}, False),
        (1, {"content": "5%", "formulation": "乳油"}, False),
    ],
)
def test_a_shorter_interval_than_published_only_warns(days, details, warns):
    case = tomatoes(
        use(line=label("黄瓜", days), **details), category="A1-7", crop="黄瓜", product="黄瓜"
    )
    result = check_promise(case)
    assert result.open
    assert bool(result.warnings) is warns


def test_a_shorter_withdrawal_than_published_only_warns():
    short = animal("A3-48", "鸡蛋", drug("土霉素片", label("鸡蛋", 1)))
    right = animal("A3-48", "鸡蛋", drug("土霉素片", label("鸡蛋", 2)))
    assert [warned.rule for warned in check_promise(short).warnings] == [
        "interval_shorter_than_published"
    ]
    assert not check_promise(right).warnings


def test_scope_is_told_for_voluntary_and_unknown_produce():
    assert check_promise(peanuts()).scope == Scope.VOLUNTARY
    assert check_promise(peanuts()).open
    assert check_promise(tomatoes(category="A9-1")).scope is None


def test_the_sentence_says_what_is_left():
    case = tomatoes(requested=kg(300), certified=(kg(100),), moved_out=(Quantity(300_000, "jin"),))
    [found] = check_promise(case).refusals
    assert found.sentence == (
        "批次 P1 一共 500 公斤，已开具或转出 250 公斤，还能开 250 公斤，这次要开 300 公斤，"
        "请把数量改到 250 公斤 以内"
    )


def test_all_refusals_come_at_once():
    case = tomatoes(
        use("克百威"),
        use(line=label(days=30), record_ref="b"),
        basis=(Basis.SELF_TEST,),
        requested=kg(600),
    )
    assert rules(case) == {
        "pesticide_banned",
        "interval_running",
        "report_missing",
        "quantity_exceeded",
    }
