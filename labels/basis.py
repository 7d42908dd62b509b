"""The basis of the linear QR encoder: which modules each data bit flips.

ISO/IEC 18004: blocks and interleaving 7.6, Reed-Solomon code 7.5.2, placement 7.7.3.
"""

from dataclasses import dataclass
from functools import cache

from qrcode.base import rs_blocks
from qrcode.util import pattern_position

from labels.affine import sealed
from labels.payload import LEVEL, LEVELS


def stride(size: int) -> int:
    """Bytes a row of that many modules or dots."""
    return -(-size // 8)


@dataclass(frozen=True)
class Block:
    """Codewords that are corrected together, each as the places of its bits in the matrix.

    A place is the number of a bit, the lowest being 0; the data codewords come first.
    """

    data: int
    codewords: tuple[tuple[int, ...], ...]


@cache
def blocks(version: int, level: str = LEVEL) -> tuple[Block, ...]:
    """The blocks of a version: codewords go out column by column over them, data first."""
    made = rs_blocks(version, LEVELS[level])
    places = _data_places(version)
    codewords: list[list[tuple[int, ...]]] = [[] for _ in made]
    order = [
        number
        for column in range(max(block.total_count for block in made))
        for number, block in enumerate(made)
        if column < block.data_count
    ]
    checks = made[0].total_count - made[0].data_count
    order += list(range(len(made))) * checks
    for at, number in enumerate(order):
        codewords[number].append(tuple(places[8 * at : 8 * at + 8]))
    return tuple(
        Block(block.data_count, tuple(own)) for block, own in zip(made, codewords, strict=True)
    )


@cache
def basis(version: int, level: str = LEVEL) -> list[int]:
    """For each data bit of a version, lowest first, the modules it flips: sealed rows."""
    rows: list[int] = []
    for block in blocks(version, level):
        checks = block.codewords[block.data :]
        for own, parity in zip(block.codewords, _parities(block.data, len(checks)), strict=False):
            for bit in range(7, -1, -1):
                row = 1 << own[7 - bit]
                for check, value in zip(checks, parity, strict=True):
                    codeword = _times(value, 1 << bit)
                    for place, number in enumerate(check):
                        if codeword >> 7 - place & 1:
                            row |= 1 << number
                rows.append(row)
    rows.reverse()
    size = 17 + 4 * version
    return sealed(rows, size * stride(size))


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
