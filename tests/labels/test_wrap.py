"""Chinese text breaks where Chinese readers expect it."""

from hypothesis import given
from hypothesis import strategies as st

from labels.wrap import NOT_FIRST, NOT_LAST, wrap


def test_a_mark_never_begins_and_never_ends_a_line_it_may_not():
    text = "未使用禁用农药、兽药（含停用）及其他化合物；使用的常规农药、兽药残留不超标。"
    for width in range(4, 30):
        lines = wrap(text, width, len)
        assert "".join(lines) == text
        assert not any(line[0] in NOT_FIRST for line in lines[1:])
        assert not any(line[-1] in NOT_LAST for line in lines[:-1])


def test_numbers_stay_whole():
    for width in range(9, 15):
        lines = wrap("共重12345.678公斤", width, len)
        assert any("12345.678" in line for line in lines)


def test_a_word_wider_than_a_line_is_cut():
    assert wrap("ABCDEFGHIJ", 4, len) == ["ABCD", "EFGH", "IJ"]


def test_no_single_character_is_left_over():
    assert wrap("平原县禾木蔬菜种植基地", 10, len) == ["平原县禾木蔬菜", "种植基地"]


def test_the_end_of_a_name_stays_whole_where_that_costs_no_line():
    assert wrap("平原县禾木蔬菜专业合作社", 11, len) == ["平原县禾木蔬菜", "专业合作社"]
    assert wrap("平原县禾木蔬菜专业合作社", 6, len) == ["平原县禾木蔬", "菜专业合作社"]
    assert wrap("平原合作社甲乙", 4, len) == ["平原合作", "社甲乙"]


@given(st.text("合格证甲乙丙丁ABC123，。（）", max_size=60), st.integers(1, 20))
def test_nothing_is_lost_and_nothing_is_wider(text, width):
    lines = wrap(text, width, len)
    assert "".join(lines) == text
    wide = [line for line in lines if len(line) > width]
    assert not wide
