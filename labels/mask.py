"""The penalty of ISO/IEC 18004 clause 7.8.3 by which a QR mask is chosen."""

_FINDER = (0b10111010000, 0b00001011101)


def penalty(rows: list[str]) -> int:
    """Penalty points of a symbol given as rows of 0 and 1.

    All its lines are laid end to end as one number, with a gap between them that is neither dark
    nor light.
    """
    size = len(rows)
    columns = ["".join(column) for column in zip(*rows, strict=True)]
    dark, light = _ends_joined([*rows, *columns])
    points = _runs(dark, light) + _finders(dark, light) + _blocks(*_ends_joined(rows), size + 1)
    return points + _balance("".join(rows).count("1"), size)


def _ends_joined(lines: list[str]) -> tuple[int, int]:
    """The dark and the light modules."""
    dark = int("0".join(lines), 2)
    return dark, int("0".join(["1" * len(lines[0])] * len(lines)), 2) ^ dark


def _runs(dark: int, light: int) -> int:
    """Three points for five modules of one colour in a row, one more for each further one."""
    same = (dark & dark >> 1) | (light & light >> 1)
    fives = same & same >> 1 & same >> 2 & same >> 3
    return fives.bit_count() + 2 * (fives & ~(fives << 1)).bit_count()


def _finders(dark: int, light: int) -> int:
    """Forty points wherever a line looks like a finder with four light modules beside it."""
    points = 0
    for pattern in _FINDER:
        here = -1
        for bit in range(11):
            here &= (dark if pattern >> bit & 1 else light) >> bit
        points += 40 * here.bit_count()
    return points


def _blocks(dark: int, light: int, step: int) -> int:
    """Three points for every two by two square of one colour; `step` leads to the next row."""
    count = 0
    for colour in (dark, light):
        pairs = colour & colour >> 1
        count += (pairs & pairs >> step).bit_count()
    return 3 * count


def _balance(dark: int, size: int) -> int:
    """Ten points for each whole 5 % by which the share of dark modules misses one half."""
    return 10 * (abs(2 * dark - size * size) * 10 // (size * size))
