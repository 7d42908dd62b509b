"""Sheets while they are being filled, and what records suggest for their rows."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracer.domain.assessing import Fact
from tracer.domain.errors import Refusal
from tracer.standards import load, score
from tracer.standards.marking import (
    answers_of,
    counted,
    differs,
    missing_rows,
    read_row,
    row_of,
    suggest,
    unexplained,
)
from tracer.standards.pack import Item

LIAOLAN, HEITU, OTOP, CHANGSHOU = map(load, ("liaolan", "heitu", "otop-1003", "changshou-009"))


def item(pack: Any, key: str) -> Item:
    return row_of(pack.scored(pack.table().key), key)


@pytest.mark.parametrize(
    ("pack", "row", "raw", "kept"),
    [
        (LIAOLAN, "1.4", 3.5, 3.5),
        (LIAOLAN, "1.4", Decimal("3.50"), 3.5),
        (LIAOLAN, "1.4", {"value": 4, "note": " 台账齐全 "}, 4),
        (HEITU, "5.1", {"n": 2}, {"n": 2}),
        (OTOP, "4.2", "符合", "符合"),
    ],
)
def test_a_row_is_kept_as_json_keeps_it(pack: Any, row: str, raw: Any, kept: Any) -> None:
    assert read_row(item(pack, row), raw)["value"] == kept


@pytest.mark.parametrize(
    ("raw", "code"),
    [(5, "over_max"), (-1, "below_zero"), ("很好", "not_a_number"), (3.3, "off_step")],
)
def test_a_mark_that_cannot_be_names_its_row(raw: Any, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        read_row(item(LIAOLAN, "1.4"), raw)
    assert (refused.value.code, refused.value.field) == (code, "1.4")


def test_an_unknown_row_is_refused() -> None:
    with pytest.raises(Refusal) as refused:
        item(LIAOLAN, "9.9")
    assert refused.value.code == "unknown_row"


def test_of_a_choice_one_row_is_enough_and_a_stand_in_is_never_missed() -> None:
    missed = [one.key for one in missing_rows(CHANGSHOU, {"2-2": {"value": 7, "note": ""}})]
    assert "2-1" not in missed
    assert "4-12" not in missed
    assert {"1-1", "4-1", "4-2", "4-3"} <= set(missed)


@given(st.integers(0, 40), st.integers(1, 40))
def test_a_share_gives_marks_within_the_row_and_more_never_gives_less(done: int, of: int) -> None:
    row = item(LIAOLAN, "4.1")
    done = min(done, of)
    value = suggest(row, Fact("", done, of))
    assert 0 <= value <= 7
    assert Fraction(value) % Fraction(1, 2) == 0
    assert (value == 7) == (done == of)
    if done < of:
        assert suggest(row, Fact("", done + 1, of)) >= value


def test_nothing_counted_suggests_nothing() -> None:
    assert suggest(item(LIAOLAN, "4.1"), Fact("三年内没有批次")) is None


def test_an_answer_of_the_wrong_shape_suggests_nothing() -> None:
    row = item(OTOP, "5.2.1")
    assert suggest(row, Fact("", answers={"cluster": {"rows": 3}})) is None
    answer = {"chains": {"茶": 3}, "share": False, "leading": False}
    assert suggest(row, Fact("", answers={"cluster": answer})) == answer
    assert not differs(row, {"chains": {"茶": 3}}, answer)
    assert differs(row, {"chains": {"茶": 2}}, answer)


def test_a_clause_holds_where_all_of_it_counts() -> None:
    row = item(OTOP, "5.6.1")
    assert [suggest(row, Fact("", n, 2)) for n in (0, 1, 2)] == ["不符合", "不符合", "符合"]


def test_a_row_that_does_not_apply_needs_a_reason() -> None:
    rows = {"4.2": {"value": "不适用", "note": ""}, "4.3": {"value": "不适用", "note": "刚建"}}
    assert [one.key for one in unexplained(OTOP, rows)] == ["4.2"]


def test_a_half_filled_sheet_counts_like_the_finished_one_would() -> None:
    rows = {
        key: {"value": value, "note": ""}
        for key, value in {"2-1": 5, "2-2": 7, "4-1": 5, "4-3": 9}.items()
    }
    assert counted(CHANGSHOU, rows) == 16
    rows["4-12"] = {"value": {"for": "4-9", "mark": 5}, "note": ""}
    assert counted(CHANGSHOU, rows) == 21


def test_answers_name_experts_by_number_only() -> None:
    full = {
        key: {"value": float(one.max or 0), "note": ""} for key, one in LIAOLAN.scored("1").items()
    }
    gates = {
        gate.key: {
            "value": "370283108" if gate.verb == "among" else "无",
            "note": "",
            "computed": 1,
        }
        for gate in LIAOLAN.table().gates
    }
    answers = answers_of(LIAOLAN, gates, [full, full])
    assert list(answers["experts"]) == ["专家1", "专家2"]
    assert score(LIAOLAN, answers).total == 100


def test_a_closed_gate_needs_no_sheet() -> None:
    gates = {
        gate.key: {"value": "370283108" if gate.verb == "among" else "有", "note": ""}
        for gate in LIAOLAN.table().gates
    }
    blocked = score(LIAOLAN, answers_of(LIAOLAN, gates, []))
    assert (blocked.total, blocked.outcome, blocked.passed) == (None, "不予评价", False)
