"""The rules of a product base: 5.2.1, 5.4.2, 5.5.2, and what records speak for."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracer.domain.bases import (
    CertifiedProduct,
    ClauseState,
    Kept,
    by_records,
    cluster,
    coverage,
    record_kind,
    record_kinds,
    window,
    years_before,
)
from tracer.domain.errors import Refusal
from tracer.standards import load, score, template

ON = date(2026, 11, 20)
PACK = load("otop-1003", "2026")
KINDS = {"name", "prose", "whole", "number", "serial", "choice", "people"}
certified = st.lists(
    st.builds(
        CertifiedProduct,
        name=st.text(max_size=3),
        chain=st.sampled_from("茶果菜"),
        filed=st.booleans(),
        traced=st.booleans(),
    ),
    max_size=6,
)
days = st.lists(st.dates(date(2015, 1, 1), ON), max_size=4)


def met_by_the_pack(key: str, answer: object) -> bool:
    """What the standard's own row makes of an answer."""
    answers = template(PACK)
    answers["rows"][key] = answer
    row = next(row for row in score(PACK, answers).items if row.item.key == key)
    return row.points == row.item.max


def test_every_kind_serves_a_clause_of_the_standard() -> None:
    keys = set(PACK.scored("5"))
    for kind in record_kinds().values():
        assert kind.clause in keys, kind.key
        assert {field.kind for field in kind.fields} <= KINDS, kind.key
        assert all(field.options for field in kind.fields if field.kind == "choice"), kind.key
        assert kind.about in ("", "product", "producer")
    served = {kind.clause for kind in record_kinds().values()}
    assert keys - served == {"5.6.1"}  # notices of the service itself


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(Refusal, match="没有这一种记录"):
        record_kind("gossip")


@given(certified, st.booleans(), st.booleans())
def test_5_2_1_agrees_with_the_standards_row(
    products: list[CertifiedProduct], share: bool, leading: bool
) -> None:
    found = cluster(products, share, leading)
    assert (found.state is ClauseState.MET) == met_by_the_pack("5.2.1", found.answer)
    assert bool(found.missing) == (found.state is not ClauseState.MET)


@given(certified, st.integers(0, 2))
def test_5_5_2_agrees_with_the_standards_row(
    products: list[CertifiedProduct], counterfeit: int
) -> None:
    found = coverage(products, counterfeit)
    assert (found.state is ClauseState.MET) == met_by_the_pack("5.5.2", found.answer)
    assert bool(found.missing or counterfeit) == (found.state is not ClauseState.MET)


@given(days, days)
def test_5_4_2_agrees_with_the_standards_row(incidents: list[date], records: list[date]) -> None:
    found = window(incidents, records, True, ON)
    assert (found.state is ClauseState.MET) == met_by_the_pack("5.4.2", found.answer)


def test_the_window_of_three_years_ends_on_the_day() -> None:
    first = years_before(ON, 3) + timedelta(days=1)
    assert window([first], [], True, ON).state is ClauseState.UNMET
    assert window([first - timedelta(days=1)], [], True, ON).state is ClauseState.MET
    assert window([], [], False, ON).state is ClauseState.UNKNOWN
    assert years_before(date(2028, 2, 29), 3) == date(2025, 2, 28)


def test_a_clause_is_met_when_each_record_it_needs_is_there() -> None:
    plan = Kept("sampling_plan", date(2020, 1, 1), {})
    result = Kept("sampling", date(2026, 6, 1), {})
    risk = Kept("risk_assessment", date(2026, 1, 1), {})
    assert by_records("5.5.3", [], ON).state is ClauseState.UNKNOWN
    found = by_records("5.5.3", [plan, risk], ON)
    assert (found.state, found.missing) == (ClauseState.UNMET, ("抽查结果",))
    assert by_records("5.5.3", [plan, result, risk], ON).state is ClauseState.MET


def test_what_is_done_every_year_counts_for_twelve_months() -> None:
    service = Kept("technical_service", ON, {})
    for day, state in (
        (years_before(ON, 1), ClauseState.UNMET),
        (years_before(ON, 1) + timedelta(days=1), ClauseState.MET),
    ):
        assert by_records("5.6.2", [service, Kept("training", day, {})], ON).state is state


def test_the_newest_measurement_of_each_medium_must_reach_its_standard() -> None:
    plan = Kept("environment_plan", date(2026, 1, 1), {})
    bad = Kept("environment", date(2026, 5, 1), {"medium": "水", "passed": "没有达到"})
    soil = Kept("environment", date(2026, 6, 1), {"medium": "土壤", "passed": "达到"})
    good = Kept("environment", date(2026, 7, 1), {"medium": "水", "passed": "达到"})
    assert by_records("5.4.1", [plan, bad, soil], ON).missing == ("水的监测达标",)
    assert by_records("5.4.1", [plan, good, bad, soil], ON).state is ClauseState.MET
