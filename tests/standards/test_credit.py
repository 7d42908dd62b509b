"""The credit index: worked rows, both sides of every grade edge, and the laws of the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracer.domain.errors import Refusal
from tracer.standards import credit
from tracer.standards.loader import load

LAWS = settings(max_examples=60, deadline=None)
PACK = load("gveaia-016.1/2021")
SUBJECT, PRODUCT = PACK.scored("C.1"), PACK.scored("C.2")


@dataclass(frozen=True)
class Posted:
    row: str
    fact: dict[str, int]


@pytest.mark.parametrize(
    ("row", "tally", "points"),
    [
        ("C.1-4", {"n": 1}, 50),
        ("C.1-4", {"n": 1, "false": 1}, -50),
        ("C.1-4", {"n": 2, "false": 1}, -50),  # put right later: earns nothing again
        ("C.1-18", {"n": 3}, 20),
        ("C.1-21", {"n": 2}, -80),
        ("C.1-22", {"n": 1}, -20),
        ("C.1-23", {"n": 1}, -20),
        ("C.2-1", {"n": 2}, 20),
        ("C.2-2", {"n": 2}, 40),
        ("C.2-3", {"n": 1, "false": 1}, -20),
        ("C.2-4", {"n": 3}, 60),
        ("C.2-5", {"n": 12}, 60),
        ("C.2-6", {"n": 4}, 40),
        ("C.2-7", {"n": 5}, 25),
        ("C.2-8", {"prints": 999}, 0),
        ("C.2-8", {"prints": 1000}, 5),
        ("C.2-8", {"prints": 1999, "false": 1}, -5),
        ("C.2-9", {"n": 4}, 10),
        ("C.2-10", {"prints": 2500}, 20),
        ("C.2-11", {}, 0),
        ("C.2-11", {"good": 1, "all": 2}, Fraction("37.5")),
        ("C.2-11", {"good": 9, "all": 10}, Fraction("218.7")),
        ("C.2-11", {"good": 1, "all": 3}, Fraction(100, 9)),
        ("C.2-12", {"n": 1}, -20),
        ("C.2-13", {"n": 2}, -100),
        ("C.2-14", {"n": 1}, -10),
        ("C.2-15", {"n": 1}, -20),
    ],
)
def test_a_row_brings_what_its_table_says(
    row: str, tally: dict[str, int], points: Fraction
) -> None:
    assert credit.points(PACK, row, tally) == points


@pytest.mark.parametrize(
    ("operations", "good", "everyone", "published", "grade"),
    [
        (100, 0, 0, "500.0", "A++"),
        (99, 0, 0, "495.0", "A+"),
        (80, 0, 0, "400.0", "A+"),
        (79, 0, 0, "395.0", "A"),
        (0, 1, 1, "300.0", "A"),
        (59, 0, 0, "295.0", "B"),
        (40, 0, 0, "200.0", "B"),
        (39, 0, 0, "195.0", "C"),
        (20, 0, 0, "100.0", "C"),
        (19, 0, 0, "95.0", "D"),
        (0, 0, 0, "0.0", "D"),
        # 300 × (999932/1000000)³ = 299.9388…: rounded to 299.9, so not yet A
        (0, 999932, 1000000, "299.9", "B"),
        # 300 × (999834/1000000)³ + 200 = 499.8506: still A+; 300 × (9999/10000)³ = 299.91
        (40, 999834, 1000000, "499.9", "A+"),
        # 300 × (99999/100000)³ + 200 = 499.991…: published 500.0 and graded by it
        (40, 99999, 100000, "500.0", "A++"),
    ],
)
def test_the_published_value_finds_the_grade(
    operations: int, good: int, everyone: int, published: str, grade: str
) -> None:
    index = credit.index(
        PACK, "C.2", {"C.2-5": {"n": operations}, "C.2-11": {"good": good, "all": everyone}}
    )
    assert index.published == Decimal(published)
    assert index.grade.name == grade


def test_a_negative_index_is_graded_lowest() -> None:
    index = credit.index(PACK, "C.2", {"C.2-15": {"n": 3}})
    assert (index.published, index.grade.name) == (Decimal("-60.0"), "D")


def test_a_subject_counts_the_mean_of_its_products_exactly() -> None:
    third = Fraction(100, 9)
    index = credit.index(PACK, "C.1", {"C.1-4": {"n": 1}}, members=[third, Fraction(0)])
    assert index.total == 50 + third / 2
    assert index.published == Decimal("55.6")
    assert credit.index(PACK, "C.1", {}, members=[]).total == 0


def test_every_basic_row_of_a_subject_adds_up_to_230() -> None:
    full = {key: {"n": 1} for key, item in SUBJECT.items() if item.max}
    assert credit.index(PACK, "C.1", full).total == 230


def test_upheld_reports_and_complaints_lower_the_subject_not_the_product() -> None:
    assert PACK.table_of("C.2-12") == PACK.table_of("C.2-13") == "C.1"
    with pytest.raises(Refusal, match="记在") as refusal:
        credit.index(PACK, "C.2", {"C.2-13": {"n": 1}})
    assert refusal.value.code == "wrong_table"


def test_households_are_not_rated_as_subjects_but_their_products_are() -> None:
    assert not credit.rates(PACK, "C.1", "household")
    assert credit.rates(PACK, "C.1", "cooperative")
    assert credit.rates(PACK, "C.2", "household")


def test_products_without_certificate_score_no_certificate_rows() -> None:
    tallies = {"C.2-7": {"n": 9}, "C.2-6": {"n": 1}}
    index = credit.index(PACK, "C.2", tallies, exempt=["not_applicable"])
    assert index.total == 10
    assert "不开具" in next(row.why for row in index.rows if row.item.key == "C.2-7")


@pytest.mark.parametrize(
    ("row", "tally", "code"),
    [
        ("C.2-99", {"n": 1}, "unknown_row"),
        ("C.2-5", {"x": 1}, "bad_answer"),
        ("C.2-5", {"n": -1}, "bad_answer"),
        ("C.2-5", {"n": True}, "bad_answer"),
        ("C.2-5", {"n": 1.5}, "bad_answer"),
        ("C.2-11", {"good": 2, "all": 1}, "bad_answer"),
        ("C.2-16", {"n": 1}, "bad_answer"),
    ],
)
def test_a_bad_tally_is_refused_by_name(row: str, tally: dict[str, Any], code: str) -> None:
    with pytest.raises(Refusal) as refusal:
        credit.points(PACK, row, tally)
    assert (refusal.value.code, refusal.value.field) == (code, row)


def _facts(row: str) -> st.SearchStrategy[dict[str, int]]:
    item = {**SUBJECT, **PRODUCT}[row]
    if item.verb == "rate":
        return st.sampled_from([{"good": 1, "all": 1}, {"all": 1}])
    names = [str(item.params.get("count", "n"))] + ["false"] * ("deduct" in item.params)
    return st.builds(lambda name, n: {name: n}, st.sampled_from(names), st.integers(1, 1500))


COUNTED = [key for key, item in PRODUCT.items() if item.verb in ("count", "rate")]
postings = st.lists(
    st.sampled_from(COUNTED).flatmap(lambda row: st.builds(Posted, st.just(row), _facts(row))),
    max_size=25,
)


@LAWS
@given(postings, st.randoms(use_true_random=False))
def test_order_does_not_matter_and_amounts_add_up(posted: list[Posted], random: Any) -> None:
    total, tallies = Fraction(0), {}
    for posting in posted:
        before = tallies.get(posting.row, {})
        total += credit.delta(PACK, posting.row, before, posting.fact)
        tallies[posting.row] = credit.added(before, posting.fact)
    shuffled = random.sample(posted, len(posted))
    replay = credit.index(PACK, "C.2", credit.fold(shuffled))
    assert replay == credit.index(PACK, "C.2", credit.fold(posted))
    assert replay.total == total == sum(row.points for row in replay.rows)


@LAWS
@given(postings, st.sampled_from(COUNTED), st.integers(1, 3000))
def test_earning_never_lowers_and_deducting_never_raises(
    posted: list[Posted], row: str, number: int
) -> None:
    item, before = PRODUCT[row], credit.fold(posted)
    old = credit.index(PACK, "C.2", before).total

    def after(fact: dict[str, int]) -> Fraction:
        return credit.index(PACK, "C.2", credit.fold([*posted, Posted(row, fact)])).total

    if item.verb == "rate":
        assert after({"good": number, "all": number}) >= old >= after({"all": number})
    elif item.params["each"] > 0:
        assert after({str(item.params.get("count", "n")): number}) >= old
        if "deduct" in item.params:
            assert after({"false": number}) < old
    else:
        assert after({"n": number}) < old


@LAWS
@given(postings)
def test_taking_back_a_posting_leaves_no_trace(posted: list[Posted]) -> None:
    back = [Posted(p.row, {name: -number for name, number in p.fact.items()}) for p in posted]
    assert credit.fold([*posted, *back]) == {}
