"""What holds of the gate for any records: more drugs never help, waiting never harms."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from tracer.domain.gate import (
    BatchFacts,
    DrugUse,
    Harvest,
    LabelUse,
    PromiseCase,
    Report,
    TestedItem,
    check_promise,
    next_clear,
)
from tracer.domain.quantity import Quantity
from tracer.domain.words import Basis, BatchKind, InputKind, ProducerKind, ReportKind

HARVESTED = date(2026, 7, 8)
NAMES = ["啶虫脒", "克百威", "丁硫克百威", "毒死蜱", "苏云金杆菌", "阿维菌素·高效氯氰菊酯", ""]

label_lines = st.builds(
    LabelUse,
    crop=st.sampled_from(["番茄", "西红柿", "茄果类蔬菜", "黄瓜"]),
    interval_days=st.none() | st.integers(0, 30),
    interval_unstated=st.booleans(),
    max_uses=st.none() | st.integers(1, 3),
    max_dose=st.none() | st.decimals("0.1", "100", places=1),
    dose_unit=st.sampled_from(["克/亩", "倍液"]),
)


@st.composite
def drug_uses(draw) -> DrugUse:
    name = draw(st.sampled_from(NAMES))
    return DrugUse(
        record_ref=f"r{draw(st.integers(0, 9999))}",
        used_on=HARVESTED - timedelta(days=draw(st.integers(-5, 40))),
        kind=draw(st.sampled_from([InputKind.PESTICIDE, InputKind.FERTILISER])),
        name=name or "无名",
        ingredients=(name,) if name else (),
        label_uses=tuple(draw(st.lists(label_lines, max_size=2))),
        dose=draw(st.none() | st.decimals("0.1", "100", places=1)),
        dose_unit=draw(st.sampled_from(["克/亩", "毫升/亩", "倍液", ""])),
        ended_on=draw(st.none() | st.just(HARVESTED - timedelta(days=3))),
    )


def promise(uses: tuple[DrugUse, ...], harvested: date = HARVESTED) -> PromiseCase:
    return PromiseCase(
        producer_kind=ProducerKind.COOPERATIVE,
        product="番茄",
        category="A1-12",
        crop="番茄",
        batch=BatchFacts("P1", BatchKind.HARVEST, harvested, Quantity(1000, "kg")),
        requested=Quantity(1000, "kg"),
        form="2025-producer",
        basis=(Basis.SELF_TEST,),
        issued_on=harvested + timedelta(days=60),
        harvests=(Harvest("P1", harvested, uses),),
        reports=(
            Report(
                "JC-1",
                "P1",
                ReportKind.SELF,
                harvested,
                True,
                (TestedItem("啶虫脒", True), TestedItem("毒死蜱", True)),
            ),
        ),
    )


def rules(case: PromiseCase) -> set[str]:
    return {refused.rule for refused in check_promise(case).refusals}


@given(st.lists(drug_uses(), max_size=4), drug_uses())
def test_one_more_use_never_clears_a_refusal(uses, more):
    assert rules(promise(tuple(uses))) <= rules(promise((*uses, more)))


@given(st.lists(drug_uses(), max_size=4), st.randoms())
def test_the_order_of_records_does_not_matter(uses, random):
    shuffled = list(uses)
    random.shuffle(shuffled)
    one, other = promise(tuple(uses)), promise(tuple(shuffled))
    assert rules(one) == rules(other)


@given(drug_uses(), st.integers(0, 40))
def test_a_later_harvest_never_brings_back_an_interval(use, wait):
    use = replace(use, used_on=min(use.used_on, HARVESTED))
    now = rules(promise((use,)))
    later = rules(promise((use,), HARVESTED + timedelta(days=wait)))
    assert "interval_running" in now or "interval_running" not in later


@given(st.integers(0, 60), st.integers(0, 60))
def test_the_edge_is_exactly_the_interval(days, elapsed):
    use = DrugUse(
        "r1",
        HARVESTED - timedelta(days=elapsed),
        InputKind.PESTICIDE,
        "啶虫脒",
        ("啶虫脒",),
        (LabelUse("番茄", days),),
    )
    assert ("interval_running" in rules(promise((use,)))) == (elapsed < days)


@given(st.lists(drug_uses(), max_size=4), st.integers(0, 10))
def test_the_farm_s_answer_agrees_with_the_gate(uses, ahead):
    today = HARVESTED - timedelta(days=ahead)
    past = tuple(use for use in uses if use.used_on <= today)
    answer = next_clear(past, "A1-12", "番茄", today)
    record_rules = {
        "interval_running",
        "interval_unknown",
        "crop_not_on_label",
        "uses_exceeded",
        "dose_exceeded",
        "drug_unidentified",
        "pesticide_banned",
        "pesticide_restricted",
    }
    if answer.earliest is not None:
        assert not rules(promise(past, answer.earliest)) & record_rules
        if answer.earliest > today:
            assert answer.waiting_for in past
            eve = answer.earliest - timedelta(days=1)
            assert "interval_running" in rules(promise(past, eve))
    else:
        assert rules(promise(past, today)) & record_rules


def spray(on: date, days: int | None, **limits) -> DrugUse:
    line = LabelUse("番茄", days, **limits)
    return DrugUse(f"r{on:%m%d}", on, InputKind.PESTICIDE, "啶虫脒", ("啶虫脒",), (line,))


def test_next_clear_counts_the_days_left():
    uses = (spray(date(2026, 7, 1), 7), spray(date(2026, 6, 20), 10))
    answer = next_clear(uses, "A1-12", "番茄", date(2026, 7, 5))
    assert answer.sentence == "距可采收还有 3 天（7月8日起）"
    assert answer.waiting_for == uses[0]
    assert next_clear(uses, "A1-12", "番茄", date(2026, 7, 8)).sentence == "现在可以采收"
    assert next_clear((), "A1-12", "番茄", date(2026, 7, 8)).earliest == date(2026, 7, 8)


def test_next_clear_names_the_year_where_it_turns():
    answer = next_clear((spray(date(2026, 12, 30), 7),), "A1-12", "番茄", date(2026, 12, 31))
    assert answer.sentence == "距可采收还有 6 天（2027年1月6日起）"


def test_next_clear_asks_for_what_is_missing_first():
    uses = (spray(date(2026, 7, 1), None), spray(date(2026, 7, 2), 30))
    answer = next_clear(uses, "A1-12", "番茄", date(2026, 7, 5))
    assert answer.earliest is None
    assert answer.waiting_for == uses[0]
    assert answer.sentence.startswith("7月1日用的“啶虫脒”没有填安全间隔期")


def test_dilution_limits_are_upside_down():
    use = replace(
        spray(date(2026, 6, 1), 7, max_dose=Decimal(1000), dose_unit="倍液"),
        dose=Decimal(500),
        dose_unit="倍液",
    )
    assert "dose_exceeded" in rules(promise((use,)))
