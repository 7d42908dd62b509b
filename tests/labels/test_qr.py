"""The linear encoder draws the same symbols as `qrcode`, and they decode."""

import random

import pytest
import qrcode
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from qrcode.util import lost_point

from labels.affine import Texts, key_of
from labels.errors import LabelError
from labels.mask import penalty
from labels.payload import ALPHANUMERIC, BYTES, NUMERIC, Plan, Segment, every_group, plan
from labels.qr import Run, Symbol, encode
from tests.labels.symbols import compare, decoded, drawn, random_plan, rows
from tests.labels.values import ALPHABET, CERTIFICATE, SIGNED_TAG, TAG, run_of


def drawn_by_qrcode(text: str, mask: int) -> qrcode.QRCode:
    return drawn(plan(text), mask)


@pytest.mark.parametrize("seed", range(8))
def test_symbols_of_any_layout_equal_those_of_qrcode(seed):
    """A sample of `make soak`, which takes all versions, levels and many layouts."""
    chance = random.Random(seed)
    version, level = chance.choice(range(1, 15)), chance.choice("LMQH")
    compare(random_plan(chance, version, level), mask=seed)


@given(
    code=st.text(ALPHABET, min_size=12, max_size=12),
    other=st.text(ALPHABET, min_size=12, max_size=12),
    mask=st.integers(0, 7),
)
def test_a_run_equals_qrcode_for_every_label(code, other, mask):
    run = Run(f"https://T.EXAMPLE.CN/T/{code}", mask)
    text = f"https://T.EXAMPLE.CN/T/{other}"
    assert run.symbol(text).rows() == rows(drawn_by_qrcode(text, mask))


@given(text=st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=120))
def test_every_symbol_decodes_to_its_text(text):
    assert decoded(encode(text)) == (text, "M")


@pytest.mark.parametrize("text", [TAG, SIGNED_TAG, CERTIFICATE, "A" * 500], ids=len)
def test_the_mask_has_the_lowest_penalty(text):
    points = [lost_point(drawn_by_qrcode(text, mask).modules) for mask in range(8)]
    symbol = encode(text)
    assert penalty(symbol.rows()) == points[symbol.mask] == min(points)


def test_blocks_of_zeros_are_encoded():
    """`qrcode` 8.2 fails on them with glog(0)."""
    text = "https://T.EXAMPLE.CN/C/7K3M9QF2XHP/" + "0" * 700
    assert decoded(encode(text)) == (text, "M")


@pytest.mark.parametrize("other", [TAG + "A", TAG[:-1], TAG[:-1] + "a", "x" * len(TAG)])
def test_a_label_that_leaves_the_layout_of_its_run_is_refused(other):
    with pytest.raises(LabelError) as refused:
        Run(TAG).symbol(other)
    assert refused.value.code in ("length", "qr_text")


@pytest.mark.parametrize("scale", [1, 3, 4, 8])
def test_packed_rows_are_whole_dots(scale):
    symbol = encode(TAG)
    side = symbol.size * scale
    picture = Image.frombytes("1", (side, side), symbol.packed(scale), "raw", "1;I")
    small = picture.resize((symbol.size,) * 2, Image.Resampling.NEAREST)
    assert [
        "".join("10"[small.getpixel((x, y)) > 0] for x in range(symbol.size))
        for y in range(symbol.size)
    ] == symbol.rows()
    if scale > 1:
        framed = Image.new("L", (side + 8 * scale,) * 2, 255)
        framed.paste(picture, (4 * scale, 4 * scale))
        (read,) = zxingcpp.read_barcodes(framed)
        assert (read.text, read.ec_level) == (TAG, "M")


def test_many_symbols_at_once_are_those_made_one_by_one():
    for texts in (run_of(50)[1], [f"A{number:03}" for number in range(300)], [TAG] * 3, ["7" * 9]):
        many = Run(texts[0]).packed(Texts(texts))
        run = Run(texts[0])
        assert many == [run.symbol(text).packed() for text in texts]


@pytest.mark.parametrize("mode", [NUMERIC, ALPHANUMERIC, BYTES])
def test_every_group_of_characters_has_its_own_row(mode):
    """All entries of the tables a run is made of, against `qrcode`'s own bits."""
    length = {NUMERIC: 3, ALPHANUMERIC: 2, BYTES: 1}[mode]
    every = every_group(mode, length)
    made = Plan(3, (Segment(mode, every[-1]),))
    run = Run(every[-1], 0, made)
    shown = list(every) if mode == BYTES else random.Random(mode).sample(every, 60)
    many = run.packed(Texts(every))
    assert len(set(many)) == len(every)
    for text in shown:
        symbol = Symbol(text, 3, 0, int.from_bytes(many[every.index(text)]))
        assert symbol.rows() == rows(drawn(Plan(3, (Segment(mode, text),)), 0))


def test_a_label_added_up_wrong_is_refused():
    """A spoiled row of a table: its checksum no longer fits."""
    _, texts = run_of(40)
    run = Run(texts[0])
    run.packed(Texts(texts[:39]))
    rows = run.packed._varying[3]
    key = key_of(texts[39][rows.part])
    rows._all[key] ^= 1 << 700
    with pytest.raises(LabelError) as refused:
        run.packed(Texts(texts))
    assert refused.value.code == "unreadable"
