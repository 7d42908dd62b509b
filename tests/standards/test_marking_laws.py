"""Laws of marking, for every standard and any marks."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracer.standards import load, score
from tracer.standards.marking import answers_of, counted, missing_rows, read_row
from tracer.standards.pack import Item, Pack
from tracer.standards.verbs import VERBS

PACKS = [
    pytest.param(load(ref), id=ref) for ref in ("liaolan", "changshou-009", "heitu", "otop-1003")
]
LAWS = settings(max_examples=30, deadline=None)


def steps(item: Item) -> list[Any]:
    """Some answers to a row, from the least to the best."""
    match item.verb:
        case "mark":
            return [0, float((item.max or 0) / 2), float(item.max or 0)]
        case "count":
            return [{"n": number} for number in range(item.params["most"] + 1)]
        case "clause":
            return ["不符合", "符合"]
        case "cluster":
            return [{"chains": {"茶": number}} for number in range(item.params["enough"] + 1)]
        case "coverage":
            names = tuple(item.params["covered"])
            return [{"all": 2, **dict.fromkeys(names, number)} for number in range(3)]
        case "none_since":
            worst = {name: ["2026-01-01"] for name in item.params["events"]}
            return [{"assessed_on": "2026-07-08", **worst}, {"assessed_on": "2026-07-08"}]
        case _:
            return []


def kept(pack: Pack, levels: Mapping[str, int]) -> dict[str, Any]:
    items = pack.scored(pack.table().key)
    return {
        key: read_row(item, steps(item)[min(levels[key], len(steps(item)) - 1)])
        for key, item in items.items()
        if steps(item)
    }


def gates(pack: Pack) -> dict[str, Any]:
    return {g.key: read_row(g, VERBS[g.verb].sample(g)) for g in pack.table().gates}


def levels(pack: Pack) -> st.SearchStrategy[dict[str, int]]:
    rows = pack.scored(pack.table().key)
    return st.fixed_dictionaries({key: st.integers(0, 3) for key in rows})


def total(pack: Pack, *sheets: Mapping[str, Any]) -> Fraction:
    found = score(pack, answers_of(pack, gates(pack), sheets)).total
    assert found is not None
    return found


@pytest.mark.parametrize("pack", PACKS)
@LAWS
@given(st.data())
def test_a_finished_sheet_counts_as_it_did_while_it_was_filled(
    pack: Pack, data: st.DataObject
) -> None:
    rows = kept(pack, data.draw(levels(pack)))
    assert missing_rows(pack, rows) == []
    assert counted(pack, rows) == total(pack, rows)


@pytest.mark.parametrize("pack", PACKS)
@LAWS
@given(st.data())
def test_more_never_lowers_a_total(pack: Pack, data: st.DataObject) -> None:
    low = data.draw(levels(pack))
    row = data.draw(st.sampled_from(sorted(low)))
    high = {**low, row: low[row] + 1}
    assert total(pack, kept(pack, high)) >= total(pack, kept(pack, low))


@pytest.mark.parametrize("pack", [one for one in PACKS if one.values[0].table().experts])
@LAWS
@given(st.data())
def test_the_order_of_experts_changes_nothing(pack: Pack, data: st.DataObject) -> None:
    sheets = [kept(pack, one) for one in data.draw(st.lists(levels(pack), min_size=2, max_size=4))]
    shuffled = data.draw(st.permutations(sheets))
    first = score(pack, answers_of(pack, gates(pack), sheets))
    second = score(pack, answers_of(pack, gates(pack), shuffled))
    assert (first.total, first.outcome, first.passed) == (
        second.total,
        second.outcome,
        second.passed,
    )
