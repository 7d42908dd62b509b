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

from labels.basis import basis, stride
from labels.errors import LabelError
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


class Run:
    """Symbols of one layout: version, segments and mask are those of the first text.

    The mask is the one of lowest penalty for the first text, unless given.  Tables fill as
    groups of characters are met, so a run of labels soon costs one XOR a group.
    """

    def __init__(self, first: str, mask: int | None = None) -> None:
        made = plan(first)
        self.version = made.version
        self._length = len(first)
        self._groups, header = _layout(made.segments, made.version)
        self._tables: list[dict[str, int]] = [{} for _ in self._groups]
        self._base = 0
        data = self.matrix(first) ^ _spread(header, made.version)
        size = 17 + 4 * made.version

        def points(mask: int) -> int:
            return penalty(rows_of(_blank(made.version, mask) ^ data, size))

        self.mask = min(range(8), key=points) if mask is None else mask
        self._base = _blank(made.version, self.mask) ^ _spread(header, made.version)

    def matrix(self, text: str) -> int:
        """The modules for a text of the run's length.

        Raises LabelError `qr_text` where length or characters leave the run's layout.
        """
        if len(text) != self._length:
            raise LabelError("qr_text", "同一批标签的二维码内容必须一样长。", "qr_text")
        matrix = self._base
        for group, table in zip(self._groups, self._tables, strict=True):
            characters = text[group.start : group.end]
            row = table.get(characters)
            if row is None:
                value = group_value(group.mode, characters)
                row = table[characters] = _spread(value << group.shift, self.version)
            matrix ^= row
        return matrix

    def symbol(self, text: str) -> Symbol:
        return Symbol(text, self.version, self.mask, self.matrix(text))


def rows_of(matrix: int, size: int) -> list[str]:
    """The rows of a matrix as strings of 0 and 1."""
    width = 8 * stride(size)
    bits = f"{matrix:0{size * width}b}"
    return [bits[at : at + size] for at in range(0, size * width, width)]


def encode(text: str) -> Symbol:
    """One symbol of the smallest version, with the mask of lowest penalty."""
    return Run(text).symbol(text)


@dataclass(frozen=True)
class _Group:
    mode: int
    start: int
    end: int
    shift: int


def _layout(segments: tuple[Segment, ...], version: int) -> tuple[list[_Group], int]:
    """Where each group's bits go, and the constant bits: headers, terminator, padding."""
    left = capacity(version)
    at = constant = 0
    places: list[_Group] = []
    for segment in segments:
        left -= 4
        constant |= segment.mode << left
        left -= count_bits(segment.mode, version)
        constant |= len(segment.text) << left
        for group in groups(segment):
            left -= GROUP[segment.mode][len(group)]
            places.append(_Group(segment.mode, at, at + len(group), left))
            at += len(group)
    left -= min(4, left)
    left -= left % 8
    for number in range(left // 8):
        constant |= (0x11 if number % 2 else 0xEC) << left - 8 * (number + 1)
    return places, constant


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
    segment = Segment(NUMERIC, ones)
    places, bits = _layout((segment,), version)
    for group, place in zip(groups(segment), places, strict=True):
        bits |= group_value(NUMERIC, group) << place.shift
    return matrix ^ _spread(bits, version)
