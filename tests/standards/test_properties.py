"""Laws that hold for every pack and any answers."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracer.domain.errors import Refusal
from tracer.standards import explain, load, packs, score, template
from tracer.standards.pack import Item, Pack
from tracer.standards.verbs import VERBS

LAWS = settings(max_examples=40, deadline=None)
MARKED = [pytest.param(load(ref), id=ref) for ref in ("liaolan", "changshou-009", "heitu")]
ALL = [
    pytest.param(pack, table.key, id=f"{pack.ref} {table.key}")
    for pack in packs()
    for table in pack.tables
]


def answer(item: Item) -> st.SearchStrategy[Any]:
    """Any answer the row accepts."""
    sample = VERBS[item.verb].sample(item)
    match item.verb:
        case "mark":
            assert item.max is not None
            return st.integers(0, int(item.max * 2)).map(lambda halves: halves / 2)
        case "count":
            numbers = st.integers(0, 5000) | st.integers(0, 5)
            return st.fixed_dictionaries(dict.fromkeys(sample, numbers))
        case "rate":
            return st.tuples(st.integers(0, 9), st.integers(0, 9)).map(
                lambda pair: {"good": pair[0], "all": sum(pair)}
            )
        case "mean":
            return st.builds(
                lambda total, n: {"sum": total, "n": n}, st.integers(-99, 999), POSITIVE
            )
        case "clause":
            notes = st.just({"value": "不适用", "note": "没有这个环节"})
            return st.sampled_from(["符合", "不符合"]) | notes
        case "cluster":
            return st.fixed_dictionaries(
                {"chains": st.dictionaries(st.text(max_size=3), st.integers(0, 4), max_size=3)},
                optional={"share": st.booleans(), "leading": st.booleans()},
            )
        case "coverage":
            return st.sampled_from([sample, {"all": 2, "filed": 2, "traced": 2}])
        case _:
            return st.just(sample)


POSITIVE = st.integers(1, 9)


def sheets(pack: Pack, table: str | None = None) -> st.SearchStrategy[dict[str, Any]]:
    """Full sheets of answers for a table's rows."""
    items = pack.scored(pack.table(table).key)
    return st.fixed_dictionaries(
        {
            key: answer(item)
            for key, item in items.items()
            if VERBS[item.verb].sample(item) is not None
        }
    )


def answers(pack: Pack, table: str | None, sheet: Mapping[str, Any]) -> dict[str, Any]:
    """Answers with every gate open and this sheet, of one expert where experts mark."""
    empty = template(pack, table)
    rows = {"experts": {"甲": sheet}} if "experts" in empty else {"rows": sheet}
    return {**empty, **rows}


@pytest.mark.parametrize(("pack", "table"), ALL)
@LAWS
@given(data=st.data())
def test_points_stay_within_bounds_and_add_up(pack: Pack, table: str, data: st.DataObject) -> None:
    given_answers = answers(pack, table, data.draw(sheets(pack, table)))
    assessment = score(pack, given_answers)
    for row in assessment.items:
        assert row.max is None or row.points <= row.max
        if row.item.verb not in ("count", "mean"):
            assert row.points >= 0
        assert row.why
    for group in assessment.groups:
        assert group.max is None or group.points <= group.max
    assert sum(row.points for row in assessment.items) == assessment.total
    assert sum(group.points for group in assessment.groups) == assessment.total
    explanation = explain(pack, given_answers)
    assert all(step.gain > 0 or step.must for step in explanation.way)
    assert bool(assessment.vetoes) == any(step.must for step in explanation.open)


@pytest.mark.parametrize("pack", MARKED)
@LAWS
@given(data=st.data())
def test_a_better_mark_never_lowers_the_total(pack: Pack, data: st.DataObject) -> None:
    sheet = data.draw(sheets(pack))
    key = data.draw(st.sampled_from(sorted(sheet)))
    better = data.draw(answer(pack.scored(pack.tables[0].key)[key]))
    before = score(pack, answers(pack, None, sheet))
    after = score(pack, answers(pack, None, {**sheet, key: better}))
    worth = {row.item.key: row.given for row in before.items}[key]
    gain = {row.item.key: row.given for row in after.items}[key] - worth
    assert before.total is not None
    assert after.total is not None
    if gain >= 0:
        assert 0 <= after.total - before.total <= gain
        assert len(after.vetoes) <= len(before.vetoes)


@LAWS
@given(data=st.data())
def test_a_mandatory_row_below_full_always_vetoes(data: st.DataObject) -> None:
    pack = load("changshou-009")
    sheet = data.draw(sheets(pack))
    items = pack.scored("A")
    short = {key for key, item in items.items() if item.mandatory and sheet[key] < 5}
    if not (sheet["2-1"] == 5 or sheet["2-2"] == 7):
        short.add("quality")
    assessment = score(pack, answers(pack, None, sheet))
    assert {veto.key for veto in assessment.vetoes} == short
    assert assessment.passed is (not short and (assessment.total or 0) >= 110)


@LAWS
@given(data=st.data(), order=st.permutations("甲乙丙丁"))
def test_permuting_experts_changes_nothing(data: st.DataObject, order: list[str]) -> None:
    pack = load("liaolan")
    drawn = [data.draw(sheets(pack)) for _ in order]
    one = score(pack, {**template(pack), "experts": dict(zip("甲乙丙丁", drawn, strict=True))})
    other = score(pack, {**template(pack), "experts": dict(zip(order, drawn, strict=True))})
    assert (one.total, one.outcome) == (other.total, other.outcome)
    assert [row.points for row in one.items] == [row.points for row in other.items]
    totals = [score(pack, answers(pack, None, sheet)).total or Fraction(0) for sheet in drawn]
    assert one.total == sum(totals, Fraction(0)) / 4
    assert one.passed is (one.total >= 85)


@LAWS
@given(data=st.data())
def test_one_unmet_requirement_decides_a_checklist(data: st.DataObject) -> None:
    pack = load("otop-1003")
    assessment = score(pack, answers(pack, None, data.draw(sheets(pack))))
    unmet = {row.item.key for row in assessment.items if row.item.mandatory and row.short}
    assert {veto.key for veto in assessment.vetoes} == unmet
    assert assessment.passed is (not unmet)


@pytest.mark.parametrize(("pack", "table"), ALL)
@LAWS
@given(data=st.data())
def test_following_the_shortest_way_gets_there(pack: Pack, table: str, data: st.DataObject) -> None:
    sheet = data.draw(sheets(pack, table))
    explanation = explain(pack, answers(pack, table, sheet))
    items = pack.scored(table)
    if not explanation.reached or any(
        items[step.key].verb not in ("mark", "count") for step in explanation.way
    ):
        return
    for step in explanation.way:
        item = items[step.key]
        if item.verb == "mark":
            sheet = {**sheet, step.key: int(item.max or 0)}
        else:
            name = str(item.params.get("count", "n"))
            more = item.params.get("per", 1) * (step.times or 0)
            sheet = {**sheet, step.key: {**sheet[step.key], name: sheet[step.key][name] + more}}
    after = score(pack, answers(pack, table, sheet))
    if explanation.goal:
        names = [grade.name for grade in pack.grades]
        if names:
            assert names.index(after.outcome) <= names.index(explanation.goal)
        else:
            assert after.outcome == explanation.goal


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=6,
)


@pytest.mark.parametrize(("pack", "table"), ALL)
@LAWS
@given(data=st.data())
def test_junk_is_refused_in_a_sentence(pack: Pack, table: str, data: st.DataObject) -> None:
    good = template(pack, table)
    place = data.draw(st.sampled_from(["whole", "part", "row"]))
    junk = data.draw(JUNK)
    name = data.draw(st.sampled_from(["rows", "experts", "gates", "exempt", "table"]))
    if place == "whole":
        raw: Any = junk
    elif place == "part":
        raw = {**good, name: junk}
    else:
        key = data.draw(st.sampled_from(sorted(pack.scored(table))))
        rows = good["experts"]["专家1"] if "experts" in good else good["rows"]
        changed = {**rows, key: junk}
        raw = {**good, **({"experts": {"甲": changed}} if "experts" in good else {"rows": changed})}
    with suppress(Refusal):
        score(pack, raw)
