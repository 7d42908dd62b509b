"""QR symbols by a linear encoder.

With version, mask and segments fixed, data bits -> codewords -> Reed-Solomon -> modules is linear
over GF(2), and the mask with the function patterns is a constant.  So a symbol is that constant
XOR one row of a basis for each data bit that is set.  `qrcode` draws the constant, once for each
version and mask; all symbols are bit-identical to its own (tests/labels/test_qr.py).

A matrix is one int: row by row, the top left module in the highest bit, dark = 1, each row filled
up to whole bytes, as PDF and printers want it.
"""

from dataclasses import dataclass
from functools import cache, partial

import qrcode
from qrcode.util import MODE_NUMBER, QRData

from labels.affine import CHECKSUM, Affine, Rows, Texts, sealed_base
from labels.basis import basis, stride
from labels.mask import penalty
from labels.payload import (
    GROUP,
    LEVELS,
    NUMERIC,
    Plan,
    Segment,
    count_bits,
    every_group,
    group_value,
    groups,
    plan,
)

QUIET_ZONE = 4


@dataclass(frozen=True)
class Symbol:
    """One QR symbol without its quiet zone."""

    text: str
    version: int
    mask: int
    matrix: int

    @property
    def size(self) -> int:
        """Modules a side."""
        return 17 + 4 * self.version

    def rows(self) -> list[str]:
        """The rows from the top as strings of 0 and 1."""
        return rows_of(self.matrix, self.size)

    def packed(self, scale: int = 1) -> bytes:
        """The rows as bits, dark = 1, each padded to whole bytes; `scale` dots a module."""
        if scale == 1:
            return self.matrix.to_bytes(self.size * stride(self.size))
        width = self.size * scale
        rows = bytearray()
        for row in self.rows():
            dots = "".join(bit * scale for bit in row)
            rows += int(dots.ljust(8 * stride(width), "0"), 2).to_bytes(stride(width)) * scale
        return bytes(rows)


class Run:
    """Symbols of one layout: version, segments and mask are those of the first text.

    The mask is the one of lowest penalty for the first text, unless given; `made` is a plan of the
    first text other than the smallest one.
    """

    def __init__(self, first: str, mask: int | None = None, made: Plan | None = None) -> None:
        made = made or plan(first)
        self.version = made.version
        self.size = 17 + 4 * made.version
        groups, bits = _layout(made)
        data = _spread(bits, made)

        def points(mask: int) -> int:
            drawn = _blank(made.version, made.level, mask) ^ data
            return penalty(rows_of(drawn >> 8 * CHECKSUM, self.size))

        self.mask = min(range(8), key=points) if mask is None else mask
        base = _blank(made.version, made.level, self.mask) ^ data
        self.packed = Affine(first, base, groups, self.size * stride(self.size))

    def symbol(self, text: str) -> Symbol:
        """The symbol of a text as long as the first.

        Raises LabelError `length`, and `qr_text` where characters leave the layout.
        """
        return Symbol(text, self.version, self.mask, int.from_bytes(self.packed(Texts([text]))[0]))


def rows_of(matrix: int, size: int) -> list[str]:
    """The rows of a matrix as strings of 0 and 1."""
    width = 8 * stride(size)
    bits = f"{matrix:0{size * width}b}"
    return [bits[at : at + size] for at in range(0, size * width, width)]


def encode(text: str) -> Symbol:
    """One symbol of the smallest version, with the mask of lowest penalty."""
    return Run(text).symbol(text)


def _layout(made: Plan) -> tuple[list[Rows], int]:
    """The groups of a text and its bits, with headers, terminator and padding."""
    rows = basis(made.version, made.level)
    left = len(rows)
    at = bits = 0
    parts: list[Rows] = []
    for segment in made.segments:
        left -= 4
        bits |= segment.mode << left
        left -= count_bits(segment.mode, made.version)
        bits |= len(segment.text) << left
        for group in groups(segment):
            width = GROUP[segment.mode][len(group)]
            left -= width
            bits |= group_value(segment.mode, group) << left
            parts.append(
                Rows(
                    slice(at, at + len(group)),
                    rows[left : left + width],
                    partial(group_value, segment.mode),
                    every_group(segment.mode, len(group)),
                )
            )
            at += len(group)
    left -= min(4, left)
    left -= left % 8
    for number in range(left // 8):
        bits |= (0x11 if number % 2 else 0xEC) << left - 8 * (number + 1)
    return parts, bits


def _spread(bits: int, made: Plan) -> int:
    """The modules that a data bit stream flips, sealed."""
    rows = basis(made.version, made.level)
    matrix = 0
    while bits:
        lowest = bits & -bits
        matrix ^= rows[lowest.bit_length() - 1]
        bits ^= lowest
    return matrix


@cache
def _blank(version: int, level: str, mask: int) -> int:
    """The symbol of an all-zero bit stream: function patterns, format, version and mask; sealed.

    Taken from a symbol that `qrcode` draws for a text of ones, because `qrcode` 8.2 fails on
    blocks of zeros (glog(0)).
    """
    ones = "1" * 5
    drawn = qrcode.QRCode(version, LEVELS[level], border=0, mask_pattern=mask)
    drawn.add_data(QRData(ones, MODE_NUMBER), optimize=0)
    drawn.make(fit=False)
    rows = ["".join("01"[bool(dark)] for dark in row) for row in drawn.get_matrix()]
    width = 8 * stride(len(rows))
    matrix = int("".join(row.ljust(width, "0") for row in rows), 2)
    made = Plan(version, (Segment(NUMERIC, ones),), level)
    _, bits = _layout(made)
    return sealed_base(matrix, len(rows) * stride(len(rows))) ^ _spread(bits, made)
