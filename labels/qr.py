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
from qrcode.base import rs_blocks
from qrcode.constants import ERROR_CORRECT_M
from qrcode.util import MODE_NUMBER, QRData, pattern_position

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


def stride(size: int) -> int:
    """Bytes a row of that many modules or dots."""
    return -(-size // 8)


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
    basis = _basis(version)
    matrix = 0
    while bits:
        lowest = bits & -bits
        matrix ^= basis[lowest.bit_length() - 1]
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


@cache
def _basis(version: int) -> list[int]:
    """For each data bit, lowest first, the modules it flips."""
    blocks = rs_blocks(version, ERROR_CORRECT_M)
    cells = [1 << place for place in _data_places(version)]
    longest = max(block.data_count for block in blocks)
    # Codewords go out column by column over the blocks, first data, then error correction.
    order: dict[tuple[int, int], int] = {}
    for column in range(longest):
        for number, block in enumerate(blocks):
            if column < block.data_count:
                order[number, column] = len(order)
    checks = blocks[0].total_count - blocks[0].data_count
    for column in range(checks):
        for number, block in enumerate(blocks):
            order[number, block.data_count + column] = len(order)
    basis: list[int] = []
    for number, block in enumerate(blocks):
        for column, parity in enumerate(_parities(block.data_count, checks)):
            for bit in range(7, -1, -1):
                row = cells[8 * order[number, column] + 7 - bit]
                for check, value in enumerate(parity):
                    codeword = _times(value, 1 << bit)
                    first = 8 * order[number, block.data_count + check]
                    for place in range(8):
                        if codeword >> 7 - place & 1:
                            row |= cells[first + place]
                basis.append(row)
    basis.reverse()
    return basis


def _parities(data: int, checks: int) -> list[list[int]]:
    """Error correction codewords of a block whose only data codeword, the n-th, is 1."""
    generator = [1]
    root = 1
    for _ in range(checks):
        shifted = [*generator, 0]
        for at, value in enumerate(generator):
            shifted[at + 1] ^= _times(value, root)
        generator = shifted
        root = _times(root, 2)
    remainder = generator[1:]
    parities = [remainder]
    for _ in range(data - 1):
        lead = remainder[0]
        remainder = [
            value ^ _times(lead, term)
            for value, term in zip([*remainder[1:], 0], generator[1:], strict=True)
        ]
        parities.append(remainder)
    parities.reverse()
    return parities


def _times(left: int, right: int) -> int:
    """Product in GF(256) modulo x^8 + x^4 + x^3 + x^2 + 1."""
    product = 0
    while right:
        if right & 1:
            product ^= left
        left = left << 1 ^ (0x11D if left & 0x80 else 0)
        right >>= 1
    return product


def _data_places(version: int) -> list[int]:
    """Bit positions of the data modules in the order codewords fill them."""
    size = 17 + 4 * version
    width = 8 * stride(size)
    taken = _function_modules(version)
    places: list[int] = []
    upward = True
    for right in (column for column in range(size - 1, 0, -2)):
        column = right if right > 6 else right - 1
        rows = range(size - 1, -1, -1) if upward else range(size)
        for row in rows:
            for here in (column, column - 1):
                if (row, here) not in taken:
                    places.append(size * width - 1 - row * width - here)
        upward = not upward
    return places


def _function_modules(version: int) -> set[tuple[int, int]]:
    """Modules that carry no data: finders, format, timing, alignment, version."""
    size = 17 + 4 * version
    span = range(size)
    taken = {(6, at) for at in span} | {(at, 6) for at in span}
    taken |= {(row, column) for row in range(9) for column in range(9)}
    taken |= {(row, column) for row in range(9) for column in range(size - 8, size)}
    taken |= {(row, column) for row in range(size - 8, size) for column in range(9)}
    centres = pattern_position(version)
    for row in centres:
        for column in centres:
            if (row, column) in ((6, 6), (6, size - 7), (size - 7, 6)):
                continue
            taken |= {(row + dy, column + dx) for dy in range(-2, 3) for dx in range(-2, 3)}
    if version >= 7:
        corner = {(row, column) for row in range(6) for column in range(size - 11, size - 8)}
        taken |= corner | {(column, row) for row, column in corner}
    return taken
