"""What the gate says: its sentences, its warnings, and what it leaves alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from tests.domain.promises import (
    HARVESTED,
    animal,
    drug,
    kg,
    label,
    on_peanuts,
    peanuts,
    rules,
    tomatoes,
    use,
)
from tracer.domain.gate import BatchFacts, Harvest, check_promise
from tracer.domain.quantity import Quantity
from tracer.domain.reference import Scope
from tracer.domain.words import Basis, BatchKind, InputKind

JUNE1 = date(2026, 6, 1)


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
    other = animal("A3-48", "鸡蛋", drug("阿莫西林片", label("鸡蛋", 1)))
    assert not check_promise(other).warnings


@pytest.mark.parametrize(("degree_days", "warns"), [(499, True), (500, False)])
def test_fewer_degree_days_than_published_only_warn(degree_days, warns):
    fish = animal(
        "A4-55",
        "草鱼",
        drug("恩诺沙星粉（水产用）", label("鱼", None, degree_days=degree_days)),
        water_temperatures=tuple((date(2026, 7, day), 900) for day in range(1, 9)),
    )
    result = check_promise(fish)
    assert result.open
    assert bool(result.warnings) is warns


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
