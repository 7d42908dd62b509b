"""QR symbols at level M by a linear encoder.

With version, mask and segments fixed, data bits -> codewords -> Reed-Solomon -> modules is linear
over GF(2), and the mask with the function patterns is a constant.  So a symbol is that constant
XOR one row of a basis for each data bit that is set.  `qrcode` draws the constant, once for each
version and mask; all symbols are bit-identical to its own (tests/labels/test_qr.py).

A matrix is one int: row by row, the top left module in the highest bit, dark = 1, each row filled
up to whole bytes, as PDF and printers want it.
"""

from dataclasses import dataclass
from functools import cache

import qrcode
from qrcode.constants import ERROR_CORRECT_M
from qrcode.util import MODE_NUMBER, QRData

from labels.affine import Affine
from labels.basis import basis, stride
from labels.mask import penalty
from labels.payload import (
    GROUP,
    NUMERIC,
    Segment,
    capacity,
    count_bits,
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


class Group:
    """The characters that share bits in a symbol, and the modules they flip."""

    # From so many different values on, all of them are worked out, each by one XOR.
    _FEW = 16

    def __init__(self, part: slice, mode: int, width: int, shift: int, version: int) -> None:
        """`part` is the place in the text; the bits are `width` ones, `shift` from the last."""
        self.part = part
        self._mode, self._width, self._shift, self._version = mode, width, shift, version
        self._asked = 0
        self._rows: list[int] = []

    def row(self, characters: str) -> int:
        value = group_value(self._mode, characters)
        self._asked += 1
        if self._asked == self._FEW:
            self._rows = [0]
            for bit in basis(self._version)[self._shift : self._shift + self._width]:
                self._rows += [bit ^ row for row in self._rows]
        return self._rows[value] if self._rows else _spread(value << self._shift, self._version)


class Run:
    """Symbols of one layout: version, segments and mask are those of the first text.

    The mask is the one of lowest penalty for the first text, unless given.
    """

    def __init__(self, first: str, mask: int | None = None) -> None:
        made = plan(first)
        self.version = made.version
        self.groups, constant = _layout(made.segments, made.version)
        data = _spread(constant, made.version)
        for group in self.groups:
            data ^= group.row(first[group.part])

        def points(mask: int) -> int:
            return penalty(rows_of(_blank(made.version, mask) ^ data, 17 + 4 * made.version))

        self.mask = min(range(8), key=points) if mask is None else mask
        base = _blank(made.version, self.mask) ^ data
        self._matrix = Affine(first, base, [(group.part, group.row) for group in self.groups])

    def symbol(self, text: str) -> Symbol:
        """The symbol of a text as long as the first.

        Raises LabelError `length`, and `qr_text` where characters leave the layout.
        """
        return Symbol(text, self.version, self.mask, self._matrix(text))


def rows_of(matrix: int, size: int) -> list[str]:
    """The rows of a matrix as strings of 0 and 1."""
    width = 8 * stride(size)
    bits = f"{matrix:0{size * width}b}"
    return [bits[at : at + size] for at in range(0, size * width, width)]


def encode(text: str) -> Symbol:
    """One symbol of the smallest version, with the mask of lowest penalty."""
    return Run(text).symbol(text)


def _layout(segments: tuple[Segment, ...], version: int) -> tuple[list[Group], int]:
    """The groups of a text and the constant bits: headers, terminator and padding."""
    left = capacity(version)
    at = constant = 0
    made: list[Group] = []
    for segment in segments:
        left -= 4
        constant |= segment.mode << left
        left -= count_bits(segment.mode, version)
        constant |= len(segment.text) << left
        for group in groups(segment):
            width = GROUP[segment.mode][len(group)]
            left -= width
            part = slice(at, at + len(group))
            made.append(Group(part, segment.mode, width, left, version))
            at += len(group)
    left -= min(4, left)
    left -= left % 8
    for number in range(left // 8):
        constant |= (0x11 if number % 2 else 0xEC) << left - 8 * (number + 1)
    return made, constant


def _spread(bits: int, version: int) -> int:
    """The modules that a data bit stream flips."""
    rows = basis(version)
    matrix = 0
    while bits:
        lowest = bits & -bits
        matrix ^= rows[lowest.bit_length() - 1]
        bits ^= lowest
    return matrix


@cache
def _blank(version: int, mask: int) -> int:
    """The symbol of an all-zero bit stream: function patterns, format, version and mask.

    Taken from a symbol that `qrcode` draws for a text of ones, because `qrcode` 8.2 fails on
    blocks of zeros (glog(0)).
    """
    ones = "1" * 5
    drawn = qrcode.QRCode(version, ERROR_CORRECT_M, border=0, mask_pattern=mask)
    drawn.add_data(QRData(ones, MODE_NUMBER), optimize=0)
    drawn.make(fit=False)
    rows = ["".join("01"[bool(dark)] for dark in row) for row in drawn.get_matrix()]
    width = 8 * stride(len(rows))
    matrix = int("".join(row.ljust(width, "0") for row in rows), 2)
    made, constant = _layout((Segment(NUMERIC, ones),), version)
    for group in made:
        matrix ^= group.row(ones[group.part])
    return matrix ^ _spread(constant, version)
