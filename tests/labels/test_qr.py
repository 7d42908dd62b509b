"""The linear encoder draws the same symbols as `qrcode`, and they decode."""

from dataclasses import replace

import pytest
import qrcode
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from qrcode.constants import ERROR_CORRECT_M
from qrcode.util import QRData, lost_point

from labels.check import require_readable_symbol
from labels.errors import LabelError
from labels.mask import penalty
from labels.payload import plan
from labels.qr import Run, encode
from tests.labels.values import CERTIFICATE, SIGNED_TAG, TAG

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def drawn_by_qrcode(text: str, mask: int) -> qrcode.QRCode:
    made = plan(text)
    code = qrcode.QRCode(made.version, ERROR_CORRECT_M, border=0, mask_pattern=mask)
    for segment in made.segments:
        code.add_data(QRData(segment.text, segment.mode), optimize=0)
    code.make(fit=False)
    return code


def rows(code: qrcode.QRCode) -> list[str]:
    return ["".join("01"[bool(dark)] for dark in row) for row in code.get_matrix()]


# Lengths that reach a version with one letter and many digits: all that labels use, and further
# ones with other counts of blocks.
LENGTHS = {1: 20, 2: 50, 3: 90, 4: 130, 5: 180, 6: 230, 7: 270, 8: 340, 9: 410, 10: 490}
LENGTHS |= {11: 560, 12: 650, 13: 760, 14: 820, 20: 1500, 27: 2600}


@pytest.mark.parametrize(("version", "length"), LENGTHS.items(), ids=str)
def test_symbols_equal_those_of_qrcode_bit_for_bit(version, length):
    text = ("A" + "8401735962" * 600)[:length]
    assert plan(text).version == version
    mask = version % 8
    symbol = Run(text, mask).symbol(text)
    assert symbol.rows() == rows(drawn_by_qrcode(text, mask))


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
    require_readable_symbol(encode(text))


@pytest.mark.parametrize("text", [TAG, SIGNED_TAG, CERTIFICATE, "A" * 500], ids=len)
def test_the_mask_has_the_lowest_penalty(text):
    points = [lost_point(drawn_by_qrcode(text, mask).modules) for mask in range(8)]
    symbol = encode(text)
    assert penalty(symbol.rows()) == points[symbol.mask] == min(points)


def test_blocks_of_zeros_are_encoded():
    """`qrcode` 8.2 fails on them with glog(0)."""
    text = "https://T.EXAMPLE.CN/C/7K3M9QF2XHP/" + "0" * 700
    require_readable_symbol(encode(text))


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


def test_a_spoiled_symbol_is_refused():
    symbol = encode(TAG)
    spoiled = symbol.matrix
    for bit in range(0, 600, 3):
        spoiled ^= 1 << bit
    with pytest.raises(LabelError) as refused:
        require_readable_symbol(replace(symbol, matrix=spoiled))
    assert refused.value.code == "unreadable"
