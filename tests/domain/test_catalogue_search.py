"""The catalogue is found by name, pinyin and initials, the closest first."""

from __future__ import annotations

import pytest

from tracer.domain.reference import load


@pytest.mark.parametrize(
    "text", ["番茄", "西红柿", "茄", "fanqie", "FanQie", "fq", "qie", " fan qie "]
)
def test_a_tomato_is_found_however_it_is_typed(text: str) -> None:
    found = load().find_categories(text)
    assert any("番茄（西红柿）" in category.names for category in found)


@pytest.mark.parametrize("text", ["", "  ", "anqie", "xyzxyz", "%", "西红柿炒蛋"])
def test_what_is_not_there_is_not_found(text: str) -> None:
    assert load().find_categories(text) == ()


def test_every_row_is_found_by_its_own_names_and_leads_where_it_is_called_so() -> None:
    reference = load()
    for category in reference.categories.values():
        for name in category.names:
            found = reference.find_categories(name)
            assert category in found
            best = found[0]
            assert name in "".join((*best.names, best.range_name, best.class_name))


def test_a_doubtful_row_is_found_with_its_doubt() -> None:
    doubtful = [row for row in load().categories.values() if row.needs_review and row.names]
    assert doubtful
    for row in doubtful:
        assert row in load().find_categories(row.names[0])
