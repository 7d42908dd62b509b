"""Every pack against every one of its worked cases, and the facts that the prints state."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from tracer.standards import load, packs, score, template
from tracer.standards.audit import audit
from tracer.standards.cases import Case, failures, read_cases
from tracer.standards.loader import PACKS, folders
from tracer.standards.pack import Pack
from tracer.standards.verbs import VERBS

EDITIONS = {pack.ref: pack for pack in packs()}
CASES = [
    pytest.param(ref, case, id=f"{ref}: {case.name}")
    for ref in EDITIONS
    for case in read_cases(PACKS / ref)
]


@pytest.mark.parametrize(("ref", "case"), CASES)
def test_the_engine_agrees_with_the_worked_case(ref: str, case: Case) -> None:
    assert list(failures(EDITIONS[ref], [case])) == []


def test_all_five_founding_standards_are_whole() -> None:
    audits = {one.ref: one.problems for one in audit()}
    assert audits == dict.fromkeys(
        [
            "changshou-009/2021",
            "gveaia-016.1/2021",
            "heitu/2022",
            "liaolan/draft",
            "otop-1003/2026",
        ],
        (),
    )


def test_a_wrong_expectation_is_reported() -> None:
    pack = EDITIONS["liaolan/draft"]
    case = next(c for c in read_cases(PACKS / pack.ref) if c.expect.get("total") == 100)
    wrong = Case(case.name, case.answers, {"total": 99, "outcome": "?", "points": {"1.4": 1}})
    assert len(list(failures(pack, [wrong]))) == 3
    assert len(list(failures(pack, [Case("x", case.answers, {"refused": ["a", "b"]})]))) == 1


@pytest.mark.parametrize(
    ("ref", "table", "rows", "groups", "total"),
    [
        ("gveaia-016.1", "C.1", 24, [100, 65, 15, 50, 0, 0, 0, None], 230),  # 23 and note 2
        ("gveaia-016.1", "C.2", 16, [None], None),
        ("liaolan", "1", 22, [20, 25, 30, 15, 10], 100),
        ("changshou-009", "A", 34, [25, 22, 60, 35], 142),
        ("heitu", "A.1", 20, [50, 80, 30, 140, 90, 110], 500),
        ("otop-1003", "5", 29, [2, 1, 1, 3, 7, 5, 2, 3, 2], 26),
    ],
)
def test_a_table_has_the_rows_and_sums_of_the_print(
    ref: str, table: str, rows: int, groups: list[int | None], total: int | None
) -> None:
    found = load(ref).table(table)
    assert len(found.items) == rows
    assert [group.max for group in found.groups] == groups
    assert found.total == total


def test_seventeen_second_level_indicators_of_liaolan() -> None:
    assert len({item.title for item in load("liaolan").tables[0].items}) == 17


def test_liaolan_is_marked_in_half_points_everywhere() -> None:
    assert {item.params["step"] for item in load("liaolan").tables[0].items} == {"0.5"}


def test_the_naive_sum_of_changshou_is_not_its_maximum() -> None:
    items = load("changshou-009").tables[0].items
    assert sum((item.max or Fraction(0) for item in items), Fraction(0)) == 182


@pytest.mark.parametrize(
    ("pack", "table"),
    [pytest.param(p, t.key, id=f"{p.ref} {t.key}") for p in packs() for t in p.tables],
)
def test_a_template_is_accepted_as_it_is(pack: Pack, table: str) -> None:
    empty = template(pack, table)
    assert set(empty["help"]["rows"]) == set(pack.scored(table))
    assert all(row["answer"] for row in empty["help"]["rows"].values())
    assessment = score(pack, empty)
    # An empty list of incidents meets a clause; nothing else is met by saying nothing.
    met = [row.item.verb for row in assessment.items if row.points]
    assert met in ([], ["none_since"])
    assert assessment.passed is not True


def test_every_verb_is_used_or_kept_for_a_sixth_standard() -> None:
    used = {
        item.verb
        for pack in packs()
        for table in pack.tables
        for item in (*table.items, *table.gates)
    }
    assert set(VERBS) - used == {"ladder"}


def test_an_edition_is_named_by_its_folder() -> None:
    assert [f"{folder.parent.name}/{folder.name}" for folder in folders()] == sorted(EDITIONS)
    assert Path(PACKS / "liaolan/draft/SOURCE.md").is_file()


def test_the_digest_is_of_the_file_that_was_read() -> None:
    pack = load("heitu")
    assert len(pack.digest) == 64
    assert pack.digest != load("liaolan").digest
