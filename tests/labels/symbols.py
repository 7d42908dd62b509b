"""Symbols as `qrcode` draws them, to compare ours with bit for bit."""

import random

import qrcode
import zxingcpp
from PIL import Image
from qrcode.util import QRData

from labels.payload import (
    ALPHABET,
    ALPHANUMERIC,
    BYTES,
    GROUP,
    LEVELS,
    NUMERIC,
    Plan,
    Segment,
    capacity,
    count_bits,
    groups,
)
from labels.qr import Run, Symbol

PRINTABLE = "".join(map(chr, range(33, 127)))


def drawn(made: Plan, mask: int) -> qrcode.QRCode:
    code = qrcode.QRCode(made.version, LEVELS[made.level], border=0, mask_pattern=mask)
    for segment in made.segments:
        code.add_data(QRData(segment.text, segment.mode), optimize=0)
    code.make(fit=False)
    return code


def rows(code: qrcode.QRCode) -> list[str]:
    return ["".join("01"[bool(dark)] for dark in row) for row in code.get_matrix()]


def random_plan(chance: random.Random, version: int, level: str) -> Plan:
    """Segments of random modes and texts that fill a random part of the symbol, half of them
    nearly all of it."""
    left = capacity(version, level)
    left -= chance.choice((0, chance.randrange(left)))
    segments: list[Segment] = []
    while len(segments) < 6:
        mode = chance.choice((NUMERIC, ALPHANUMERIC, BYTES))
        left -= 4 + count_bits(mode, version)
        widths = GROUP[mode]
        most = max(left, 0) // widths[-1] * (len(widths) - 1)
        most = min(most, (1 << count_bits(mode, version)) - 1)
        if most < 1:
            break
        alphabet = PRINTABLE if mode == BYTES else ALPHABET[mode]
        text = "".join(chance.choices(alphabet, k=chance.choice((most, chance.randint(1, most)))))
        segments.append(Segment(mode, text))
        left -= sum(widths[len(group)] for group in groups(segments[-1]))
    if not segments:
        segments = [Segment(NUMERIC, "7")]
    return Plan(version, tuple(segments), level)


def compare(made: Plan, mask: int) -> None:
    """Ours equals that of `qrcode`, and decodes."""
    text = "".join(segment.text for segment in made.segments)
    symbol = Run(text, mask, made).symbol(text)
    assert symbol.rows() == rows(drawn(made, mask)), (made, mask)
    assert decoded(symbol) == (text, made.level)


def decoded(symbol: Symbol) -> tuple[str, str]:
    """The text a reader sees, and the level it was told."""
    side = symbol.size + 8
    picture = Image.new("L", (side, side), 255)
    bare = Image.frombytes("1", (symbol.size,) * 2, symbol.packed(), "raw", "1;I")
    picture.paste(bare, (4, 4))
    picture = picture.resize((3 * side, 3 * side), Image.Resampling.NEAREST)
    (read,) = zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormat.QRCode, is_pure=True)
    return read.text, read.ec_level
