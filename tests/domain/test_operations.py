"""The vocabulary of work and what the law wants recorded of each."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracer.domain.errors import Refusal
from tracer.domain.operations import (
    AFTER_HARVEST,
    FIELD_LABELS,
    check_record,
    kinds_for,
    operation_kind,
    operation_kinds,
)
from tracer.domain.words import Sector

TODAY = date(2026, 7, 8)
SPRAYING = {
    "occurred_on": date(2026, 7, 1),
    "plot": "3 号大棚",
    "operator": "王小明",
    "input": "啶虫脒",
    "maker": "某某农药厂",
    "supplier": "蓼兰镇农资店",
    "registration_no": "PD20080660",
    "target": "蚜虫",
    "method": "喷雾",
    "dose": "30",
    "dose_unit": "克/亩",
}


def problem_fields(kind, fields):
    return [problem.field for problem in check_record(kind, fields, TODAY)]


def test_every_field_name_has_a_label_and_no_kind_lists_one_twice():
    for kind in operation_kinds().values():
        names = (*kind.required, *kind.optional)
        assert set(names) <= set(FIELD_LABELS), kind.code
        assert len(set(names)) == len(names), kind.code
        assert {"occurred_on", "plot", "operator"} <= set(kind.required)


def test_domains_are_the_sectors_and_after_harvest():
    domains = {domain for kind in operation_kinds().values() for domain in kind.domains}
    assert domains == {*map(str, Sector), AFTER_HARVEST}


@pytest.mark.parametrize("sector", list(Sector))
def test_every_sector_can_harvest_and_sell(sector):
    kinds = kinds_for(sector)
    assert any(kind.harvests for kind in kinds)
    assert operation_kind("sale") in kinds
    assert len({kind.code for kind in kinds}) == len(kinds)


def test_harvests_say_how_much():
    for kind in operation_kinds().values():
        if kind.harvests:
            assert {"quantity", "unit"} <= set(kind.required), kind.code


def test_a_kind_is_found_by_code_and_by_label():
    assert operation_kind("采收") is operation_kind("harvest")
    with pytest.raises(Refusal, match="没有“飞行”这种作业"):
        operation_kind("飞行")


def test_a_complete_spraying_record_has_no_problem():
    assert check_record("chemical_control", SPRAYING, TODAY) == []


@pytest.mark.parametrize("name", sorted(SPRAYING))
@pytest.mark.parametrize("empty", [None, "", "  "])
def test_each_legal_field_of_a_spraying_is_asked_for(name, empty):
    assert problem_fields("chemical_control", SPRAYING | {name: empty}) == [name]


def test_a_treatment_needs_its_last_day():
    treatment = SPRAYING | {"dose_unit": "毫克/千克体重"}
    assert problem_fields("medication", treatment) == ["ended_on"]
    assert problem_fields("medication", treatment | {"ended_on": date(2026, 7, 3)}) == []


def test_biological_control_with_a_product_needs_what_its_label_binds():
    release = {
        name: SPRAYING[name] for name in ("occurred_on", "plot", "operator", "target", "method")
    }
    assert problem_fields("biological_control", release) == []
    sprayed = release | {"input": "苏云金杆菌"}
    assert problem_fields("biological_control", sprayed) == [
        "maker",
        "supplier",
        "dose",
        "dose_unit",
    ]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"occurred_on": date(2026, 7, 9)}, "occurred_on"),
        ({"ended_on": date(2026, 6, 30)}, "ended_on"),
        ({"dose": "0"}, "dose"),
        ({"dose": "-3"}, "dose"),
        ({"dose": "NaN"}, "dose"),
        ({"dose": "三十"}, "dose"),
        ({"dose_unit": "瓢"}, "dose_unit"),
        ({"quantity": "abc", "unit": "斤"}, "quantity"),
        ({"quantity": "5", "unit": "筐"}, "unit"),
        ({"unit": "斤"}, "quantity"),
    ],
)
def test_impossible_values_are_told_by_field(change, field):
    assert problem_fields("chemical_control", SPRAYING | change) == [field]


def test_today_is_not_the_future():
    assert problem_fields("chemical_control", SPRAYING | {"occurred_on": TODAY}) == []


@given(
    st.sampled_from(sorted(operation_kinds())),
    st.dictionaries(
        st.sampled_from(sorted(FIELD_LABELS)),
        st.one_of(st.none(), st.text(max_size=12), st.integers(), st.floats(), st.dates()),
    ),
)
def test_any_fields_give_problems_never_an_error(kind, fields):
    for problem in check_record(kind, fields, TODAY):
        assert problem.field in FIELD_LABELS
        assert "请" in problem.sentence or "要" in problem.sentence
