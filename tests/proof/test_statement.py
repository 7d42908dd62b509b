"""The signed bytes: exact inverse, nothing that no certificate could say."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.proof.certificates import public_id, statement
from tracer.domain.words import Basis
from tracer.proof.codec import CodecError, decode, encode
from tracer.proof.qrtext import parse, signed_certificate_text
from tracer.proof.statement import Statement, basis_bits, basis_boxes, differences

LINES = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=60)


@given(
    product=LINES,
    unit=LINES,
    origin=LINES,
    issuer=LINES,
    contact=LINES,
    quantity_milli=st.integers(1, 2**53 - 1),
    issued_at=st.integers(1, 2**37 - 1),
    basis=st.integers(1, 7),
    form=st.sampled_from(["2025-producer", "2025-purchaser"]),
)
def test_from_bytes_is_the_inverse_of_to_bytes(**fields):
    said = statement(**fields)
    assert Statement.from_bytes(said.to_bytes()) == said
    assert all(said.readable().values())


def test_every_field_is_in_the_bytes():
    said = statement()
    others = {
        "form": "2025-purchaser",
        "certificate_id": public_id("7K3M9QF2XJ"),
        "number": "37028326112200001430",
        "product": "番茄",
        "quantity_milli": 512_501,
        "unit": "斤",
        "origin": "山东省青岛市莱西市",
        "issuer": "平度绿丰蔬菜专业合作社一",
        "contact": "13800005679",
        "issued_at": said.issued_at + 1,
        "basis": 1,
        "batch_id": public_id("B4TCH00002"),
        "kid": bytes(8),
    }
    others["number"] = _next_number(said.number)
    assert set(others) == set(said.columns())
    for name, value in others.items():
        assert statement(**{name: value}).to_bytes() != said.to_bytes(), name


def _next_number(number: str) -> str:
    from tracer.domain.ids import check_digit

    body = f"{int(number[:-1]) + 1:019d}"
    return body + check_digit(body)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("form", "2021"),
        ("certificate_id", "7K3M9QF2XH7"),
        ("certificate_id", "7k3m9qf2xh" + public_id("7K3M9QF2XH")[-1]),
        ("number", "37028326112200001421"),
        ("number", "3702832611220000142"),
        ("product", ""),
        ("product", " 黄瓜"),
        ("product", "黄瓜\n番茄"),
        ("product", "黄\u202e瓜"),
        ("product", "瓜" * 201),
        ("product", "黄\u00ad瓜"),
        ("quantity_milli", 0),
        ("quantity_milli", 2**53),
        ("origin", ""),
        ("issued_at", 0),
        ("issued_at", 2**37),
        ("basis", 0),
        ("basis", 8),
        ("batch_id", "B4TCH000011"),
        ("kid", bytes(7)),
    ],
)
def test_what_no_certificate_says_is_refused_both_ways(field, value):
    with pytest.raises(CodecError):
        statement(**{field: value})
    if field != "form":
        items = list(decode(statement().to_bytes()))
        position = 2 + [*statement().columns()][1:].index(field)
        items[position] = value
        with pytest.raises(CodecError):
            Statement.from_bytes(encode(items))


def test_all_texts_together_are_bounded():
    """So that the digits of the longest certificate still read back from a symbol."""
    long = dict.fromkeys(("product", "origin", "issuer", "contact"), "𬱖" * 68)
    said = statement(**long)
    assert Statement.from_bytes(said.to_bytes()) == said
    assert all(said.readable().values())
    text = signed_certificate_text("https://a.cn", said.certificate_id, said.to_bytes(), bytes(64))
    assert parse(text).statement == said.to_bytes()
    with pytest.raises(CodecError):
        statement(**long, unit="𬱖" * 79)


def test_only_the_purchasers_form_may_leave_the_origin_out():
    assert statement(form="2025-purchaser", origin="").readable()["产地"] == ""


@pytest.mark.parametrize("change", ["version", "form", "short", "long", "type"])
def test_other_lists_are_not_statements(change):
    items = list(decode(statement().to_bytes()))
    if change == "version":
        items[0] = 2
    elif change == "form":
        items[1] = 3
    elif change == "short":
        items.pop()
    elif change == "long":
        items.append(0)
    else:
        items[5] = "512500"
    with pytest.raises(CodecError):
        Statement.from_bytes(encode(items))


@given(st.binary(max_size=300))
def test_any_bytes_are_answered(data):
    with pytest.raises(CodecError):
        Statement.from_bytes(data)


def test_people_read_the_forms_own_words():
    assert statement().readable() == {
        "样式": "生产主体样式（2025）",
        "合格证编号": statement().number,
        "产品名称": "黄瓜",
        "重量或数量": "512.5 公斤",
        "产地": "山东省青岛市平度市蓼兰镇",
        "承诺主体": "平度绿丰蔬菜专业合作社",
        "联系方式": "13800005678",
        "开具时间": "2026年11月22日 08:12",
        "承诺依据": "质量安全控制符合要求、自行检测合格",
        "合格证代码": public_id("7K3M9QF2XH"),
        "批次代码": public_id("B4TCH00001"),
    }


def test_boxes_and_bits():
    for bits in range(1, 8):
        assert basis_bits(basis_boxes(bits)) == bits
    assert basis_bits([Basis.SELF_TEST, Basis.SELF_TEST]) == 2


def test_differences_are_named_once_and_in_chinese():
    signed = statement().columns()
    assert differences(signed, signed) == ()
    assert differences({**signed, "unit": "斤", "quantity_milli": 1}, signed) == ("重量或数量",)
    assert differences({**signed, "basis": True}, {**signed, "basis": 1}) == ("承诺依据",)
    assert differences({k: v for k, v in signed.items() if k != "origin"}, signed) == ("产地",)
    assert differences({**signed, "等级": "特级"}, signed) == ("多出的栏目",)
