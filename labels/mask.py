"""The penalty of ISO/IEC 18004 clause 7.8.3 by which a QR mask is chosen."""

from itertools import pairwise

_FINDER = (0b10111010000, 0b00001011101)


def penalty(rows: list[str]) -> int:
    """Penalty points of a symbol given as rows of 0 and 1."""
    size = len(rows)
    across = [int(row, 2) for row in rows]
    down = [int("".join(column), 2) for column in zip(*rows, strict=True)]
    lines = sum(_runs(line, size) + _finders(line, size) for line in across + down)
    return lines + _blocks(across, size) + _balance("".join(rows).count("1"), size)


def _runs(line: int, size: int) -> int:
    """Three points for five modules of one colour in a row, one more for each further one."""
    same = ~(line ^ (line >> 1)) & ((1 << size - 1) - 1)
    fives = same & same >> 1 & same >> 2 & same >> 3
    return fives.bit_count() + 2 * (fives & ~(fives << 1)).bit_count()


def _finders(line: int, size: int) -> int:
    """Forty points wherever a line looks like a finder with four light modules beside it."""
    points = 0
    for pattern in _FINDER:
        here = (1 << size - 10) - 1
        for bit in range(11):
            here &= line >> bit if pattern >> bit & 1 else ~(line >> bit)
        points += 40 * here.bit_count()
    return points


def _blocks(rows: list[int], size: int) -> int:
    """Three points for every two by two square of one colour."""
    count = 0
    for upper, lower in pairwise(rows):
        equal = ~(upper ^ lower)
        count += (equal & equal >> 1 & ~(upper ^ upper >> 1) & (1 << size - 1) - 1).bit_count()
    return 3 * count


def _balance(dark: int, size: int) -> int:
    """Ten points for each whole 5 % by which the share of dark modules misses one half."""
    return 10 * (abs(2 * dark - size * size) * 10 // (size * size))
