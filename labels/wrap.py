"""Breaking Chinese text into lines."""

from collections.abc import Callable
from functools import cache

# Marks that may not begin or end a line (GB/T 15834, clause 5.1).
NOT_FIRST = "，。；：、？！）》〉」』】”’…—·％%,.;:!?)]}"
NOT_LAST = "（《〈「『【“‘([{"
# The least length of a last line, in parts of the first, and the columns tried to reach it.
LEAST_LAST = 0.4
SHARES = tuple(1 - step / 20 for step in range(11))


def wrap(text: str, width: float, measure: Callable[[str], float]) -> list[str]:
    """Lines no wider than `width`, as few as can be.

    Han text breaks anywhere but before a closing and after an opening mark; a Latin word or a
    number breaks only where it is wider than a whole line.  Where a last line would be left with
    a character or two, the lines before it give some of theirs.
    """
    measure = cache(measure)
    lines = _fill(text, width, measure)
    for share in SHARES if len(lines) > 1 else ():
        narrower = _fill(text, width * share, measure)
        if len(narrower) > len(lines):
            break
        if measure(narrower[-1]) >= LEAST_LAST * measure(narrower[0]):
            return narrower
    return lines


def _fill(text: str, width: float, measure: Callable[[str], float]) -> list[str]:
    limit = width + 1e-6
    lines = [""]
    for unit in _units(text):
        if measure(lines[-1] + unit.rstrip()) <= limit:
            lines[-1] += unit
        elif measure(unit) <= limit:
            lines.append(unit.lstrip())
        else:
            for character in unit:
                if lines[-1] and measure(lines[-1] + character) > limit:
                    lines.append("")
                lines[-1] += character
    return [line.rstrip() for line in lines]


def _units(text: str) -> list[str]:
    """Pieces that stay together on a line."""
    units: list[str] = []
    for character in text:
        if units and (
            character in NOT_FIRST
            or units[-1][-1] in NOT_LAST
            or (_is_word(character) and _is_word(units[-1][-1]))
        ):
            units[-1] += character
        else:
            units.append(character)
    return units


def _is_word(character: str) -> bool:
    return character.isascii() and not character.isspace()
