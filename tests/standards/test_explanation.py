"""What is missing, and the shortest way there."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from tracer.standards import explain, load, template


def _steps(explanation: Any) -> list[tuple[str, int | None, bool]]:
    return [(step.key, step.times, step.must) for step in explanation.way]


def test_a_pass_needs_nothing_more() -> None:
    pack = load("heitu")
    rows = {
        key: int(i.max) if i.verb == "mark" else {"n": 3} for key, i in pack.scored("A.1").items()
    }
    explanation = explain(pack, {"rows": rows})
    assert (explanation.goal, explanation.gap, explanation.way) == ("", 0, ())
    assert explanation.open == ()
    assert explanation.reached


def test_the_largest_rows_come_first() -> None:
    pack = load("heitu")
    explanation = explain(pack, template(pack))
    assert explanation.goal == "颁发证书"
    assert explanation.gap == 300
    # 90 + 90 for two rows, 30 for the codes and three standards of 30: nothing shorter reaches 300
    assert _steps(explanation) == [
        ("4.1", 1, False),
        ("6.2", 1, False),
        ("4.2-2", 1, False),
        ("5.1", 3, False),
    ]
    assert explanation.reached


def test_vetoes_are_cleared_before_points_are_won() -> None:
    pack = load("changshou-009")
    explanation = explain(pack, template(pack))
    musts = [key for key, _, must in _steps(explanation) if must]
    assert sorted(musts) == ["1-1", "1-2", "1-3", "1-4", "1-5", "2-1", "2-3"]
    assert _steps(explanation)[7] == ("4-3", 1, False)
    assert explanation.reached


def test_a_choice_is_cleared_by_the_row_nearest_to_full() -> None:
    pack = load("changshou-009")
    rows = {key: int(item.max or 0) for key, item in pack.scored("A").items() if key != "4-12"}
    explanation = explain(pack, {"rows": {**rows, "2-1": 0, "2-2": 6}})
    assert _steps(explanation) == [("2-2", 1, True)]


def test_a_closed_gate_has_no_way_round() -> None:
    pack = load("liaolan")
    answers = template(pack)
    answers["gates"]["4.2-3"] = "有"
    explanation = explain(pack, answers)
    assert not explanation.reached
    assert explanation.way == ()
    assert explanation.assessment.vetoes[0].key == "4.2-3"


def test_experts_gain_by_the_mean() -> None:
    pack = load("liaolan")
    full = {key: int(item.max or 0) for key, item in pack.scored("1").items()}
    experts = {"甲": full, "乙": {**full, "3.3": 0, "3.1": 0, "3.2": 0, "4.1": 0}}
    explanation = explain(pack, {**template(pack), "experts": experts})
    assert explanation.assessment.total == 81.5
    assert explanation.gap == 3.5
    assert _steps(explanation) == [("3.3", 1, False)]
    assert explanation.way[0].gain == 7


def test_a_checklist_names_each_clause_that_is_missing() -> None:
    pack = load("otop-1003")
    explanation = explain(pack, template(pack))
    assert len(explanation.way) == 25
    assert all(step.must for step in explanation.way)
    assert explanation.way[0].act.startswith("做到：")


def test_the_next_grade_is_told_with_what_brings_it() -> None:
    pack = load("gveaia-016.1")
    answers = {"table": "C.1", "rows": {"C.1-4": {"n": 1}}}
    explanation = explain(pack, answers)
    assert (explanation.goal, explanation.gap) == ("C", 50)
    assert _steps(explanation) == [("C.1-18", 1, False), ("C.1-19", 1, False), ("C.1-1", 1, False)]
    top = explain(pack, {"table": "C.2", "rows": {"C.2-5": {"n": 100}}})
    assert (top.goal, top.way, top.reached) == ("", (), True)
    prints = explain(pack, {"table": "C.2", "rows": {"C.2-8": {"prints": 500}}})
    assert {step.key: step.times for step in prints.open}["C.2-8"] is None


def test_what_a_grade_still_takes_is_counted_from_the_published_index() -> None:
    pack = load("gveaia-016.1")
    # 286.157, published as 286.2: by 13.8 more it is published as 300.
    rows = {"C.2-1": {"n": 10}, "C.2-11": {"good": 29, "all": 34}}
    explanation = explain(pack, {"table": "C.2", "rows": rows})
    assert (explanation.goal, explanation.gap) == ("A", Fraction("13.8"))
