"""Names of substances: whole ingredients, never parts of one."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracer.domain.reference import load
from tracer.domain.reference.substances import substance_name, substance_names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("阿维菌素·高效氯氰菊酯", ("阿维菌素", "高效氯氰菊酯")),
        ("1.8%阿维菌素+10%啶虫脒", ("阿维菌素", "啶虫脒")),
        (
            "阿维菌素、啶虫脒，噻虫嗪；吡虫啉/毒死蜱,三唑磷",
            ("阿维菌素", "啶虫脒", "噻虫嗪", "吡虫啉", "毒死蜱", "三唑磷"),
        ),
        ("2,4-滴丁酯", ("2,4-滴丁酯",)),
        ("2，4-滴丁酯，乐果", ("2,4-滴丁酯", "乐果")),
        ("克百威(呋喃丹)", ("克百威",)),
        ("３％ 克百威 颗粒剂", ("克百威",)),
        ("20%啶虫脒可湿性粉剂", ("啶虫脒",)),
        ("480克/升毒死蜱乳油", ("毒死蜱",)),
        ("土霉素片", ("土霉素",)),
        ("啶虫脒+啶虫脒", ("啶虫脒",)),
        ("", ()),
        ("·+、", ()),
    ],
)
def test_ingredients_are_split_whole(text, names):
    assert substance_names([text]) == names


@pytest.mark.parametrize(
    ("longer", "shorter"),
    [
        ("丁硫克百威", "克百威"),
        ("氧乐果", "乐果"),
        ("甲基对硫磷", "对硫磷"),
        ("甲基硫环磷", "硫环磷"),
        ("甲基异柳磷", "异柳磷"),
        ("特丁硫磷", "丁硫磷"),
    ],
)
def test_a_name_inside_another_is_not_it(longer, shorter):
    reference = load()
    assert substance_name(longer) != substance_name(shorter)
    assert substance_name(shorter) not in reference.same_substance(longer)
    assert substance_name(longer) not in reference.same_substance(shorter)


@given(st.text(max_size=30))
def test_any_text_splits_into_distinct_names(text):
    names = substance_names([text])
    assert all(names)
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(
    ("dose", "unit", "limit", "limit_unit", "exceeds"),
    [
        ("40", "克/亩", "40", "克/亩", False),
        ("40.001", "克/亩", "40", "克/亩", True),
        ("0.04", "公斤/亩", "40", "克/亩", False),
        ("600", "克/公顷", "40", "克/亩", False),
        ("601", "克/公顷", "40", "克/亩", True),
        ("1000", "倍液", "1000", "倍液", False),
        ("999", "倍液", "1000", "倍液", True),
        ("1500", "倍", "1000", "倍液", False),
        ("40", "克/亩", "1000", "倍液", None),
        ("40", "克/亩", "40", "毫升/亩", None),
        ("40", "克/公顷", "40", "克（有效成分）/公顷", None),
    ],
)
def test_doses_compare_within_dimension_and_basis(dose, unit, limit, limit_unit, exceeds):
    reference = load()
    answer = reference.dose_unit(unit).exceeds(
        Decimal(dose), Decimal(limit), reference.dose_unit(limit_unit)
    )
    assert answer is exceeds
