"""The text rule: what is folded, what is let in, what is refused by name."""

from __future__ import annotations

import unicodedata
from decimal import Decimal
from typing import Annotated

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field

from tracer.actions.figures import Amount, Day, Decimals, Unit, YesNo
from tracer.actions.forms import Form, parse, written
from tracer.actions.text import Code, Name, clean, one_of
from tracer.domain.errors import Refusal
from tracer.domain.words import Sector


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  绿畦   合作社 ", "绿畦 合作社"),
        ("绿畦（平度）合作社：一号", "绿畦（平度）合作社：一号"),
        ("ＡＢＣ１２３", "ABC123"),
        ("⽔果", "水果"),  # Kangxi radical
        ("㎏", "kg"),
        ("一\r\n二\u2028三\u3000四", "一 二 三 四"),
        ("𠮷㙱\U00031350々〇", "𠮷㙱\U00031350々〇"),
        ("阿维菌素·高效氯氰菊酯", "阿维菌素·高效氯氰菊酯"),
        ("β-兴奋剂 ≤ 0.02 ℃", "β-兴奋剂 ≤ 0.02 °C"),
        ("=1+1", "=1+1"),
    ],
)
def test_text_is_kept_in_one_spelling(typed: str, kept: str) -> None:
    assert clean(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "看\u200b不见",
        "倒\u202e写",
        "铃\x07",
        "零\x00",
        "私\ue000用",
        "e\u0301",
        "é",
        "абв",
        "قمح",
        "😀",
        "\U000f0001",
        "\ufffe",
    ],
)
def test_text_that_cannot_be_read_or_printed_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match=r"请"):
        clean(typed)


@given(st.text(max_size=40))
def test_clean_text_stays_as_it_is(text: str) -> None:
    try:
        once = clean(text)
    except ValueError:
        return
    assert clean(once) == once
    # Han beyond the characters that this Python's own tables know is let in for rare names.
    known = [char for char in once if char < "\U00020000"]
    assert all(char.isprintable() and not unicodedata.combining(char) for char in known)


class Door(Form):
    name: Name | None = Field(None, title="名称")
    code: Code | None = Field(None, title="编号")
    day: Day | None = Field(None, title="日期")
    amount: Amount | None = Field(None, title="数量")
    unit: Unit | None = Field(None, title="单位")
    dose: Decimals | None = Field(None, title="用量")
    yes: YesNo | None = Field(None, title="是否")


class Chosen(Form):
    sector: Annotated[Sector, one_of(Sector), Field(title="生产类型")]


@pytest.mark.parametrize(
    ("field", "typed", "kept"),
    [
        ("name", 2026, "2026"),
        ("name", 2026.0, "2026"),
        ("name", " \u3000 ", None),
        ("code", "20260708-01", "20260708-01"),
        ("day", "2026/7/8", "2026-07-08"),
        ("day", "2026年07月08日", "2026-07-08"),
        ("amount", "12.50", "12.5"),
        ("amount", 500, "500"),
        ("amount", 0.1, "0.1"),
        ("unit", "公斤", "kg"),
        ("unit", "斤", "jin"),
        ("dose", "0.500", "0.5"),
        ("dose", "1000", "1000"),
        ("yes", "否", False),
        ("yes", "合格", True),
    ],
)
def test_what_people_write_is_understood(field: str, typed: object, kept: object) -> None:
    value = getattr(parse(Door, {field: typed}), field)
    assert (value.isoformat() if field == "day" else value) == kept


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("name", "长" * 61),
        ("name", True),
        ("name", float("inf")),
        ("code", "批次一"),
        ("code", "a/b"),
        ("code", "1" * 21),
        ("day", "0"),
        ("day", 1783468800),
        ("day", "2026-02-30"),
        ("day", "0226-07-08"),
        ("amount", "0"),
        ("amount", "-1"),
        ("amount", "1e3"),
        ("amount", "1.2345"),
        ("amount", float("nan")),
        ("amount", True),
        ("amount", "١٢"),
        ("amount", "9" * 400),
        ("unit", "筐"),
        ("yes", "也许"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_chinese(field: str, typed: object) -> None:
    with pytest.raises(Refusal) as refused:
        parse(Door, {field: typed})
    assert refused.value.field == field
    assert any("\u4e00" <= char <= "\u9fff" for char in refused.value.message)


def test_a_word_is_chosen_by_code_or_label_and_the_refusal_lists_labels() -> None:
    assert parse(Chosen, {"sector": "种植"}).sector is Sector.PLANTING
    assert parse(Chosen, {"sector": "planting"}).sector is Sector.PLANTING
    with pytest.raises(Refusal, match="种植、食用菌"):
        parse(Chosen, {"sector": "采矿"})


class Measured(Form):
    shift: float | None = Field(None, title="偏右", ge=0, le=2.5, allow_inf_nan=False)
    step: float | None = Field(None, title="一格", gt=0.001)
    latitude: float | None = Field(None, title="纬度", ge=-90.0, le=90.0)
    count: int | None = Field(None, title="张数", ge=1, le=1_000_000)
    total: int | None = Field(None, title="总数", le=10**9)


@pytest.mark.parametrize(
    ("field", "typed", "told"),
    [
        ("shift", "-0.1", "偏右不能小于 0"),
        ("shift", "3", "偏右不能大于 2.5"),
        ("shift", "nan", "偏右要填数字，比如 30 或 0.5"),
        ("shift", "两毫米", "偏右要填数字，比如 30 或 0.5"),
        ("shift", [], "偏右要填数字，比如 30 或 0.5"),
        ("step", 0, "一格要大于 0.001"),
        ("latitude", -91, "纬度不能小于 -90"),
        ("latitude", 90.5, "纬度不能大于 90"),
        ("count", "0", "张数不能小于 1"),
        ("count", 1_000_001, "张数不能大于 100 万"),
        ("count", "9" * 5000, "张数的数太大，请检查"),
        ("total", 10**9 + 1, "总数不能大于 10 亿"),
    ],
)
def test_limits_are_told_as_people_write_numbers(field: str, typed: object, told: str) -> None:
    with pytest.raises(Refusal) as refused:
        parse(Measured, {field: typed})
    assert (refused.value.field, refused.value.message) == (field, told)


@given(st.decimals(-99999, 99999, places=3, allow_nan=False))
def test_a_number_is_written_without_idle_zeros(number: Decimal) -> None:
    told = written(float(number))
    assert Decimal(told.replace(" 万", "0000")) == number
    assert "." not in told or told[-1] not in "0."
