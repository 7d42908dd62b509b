"""Breaking Chinese text into lines."""

import re
from collections.abc import Callable, Sequence, Set
from functools import cache

# Marks that may not begin or end a line (GB/T 15834, clause 5.1).
NOT_FIRST = "，。；：、？！）》〉」』】”’…—·％%,.;:!?)]}"
NOT_LAST = "（《〈「『【“‘([{"
# Words that names and promises end in, kept whole where that costs no line.
WHOLE = re.compile("(?:专业)?合作联?社|有限(?:责任)?公司|家庭农场|承诺达标合格证|合格证明|其他")
# The least length of a last line, in parts of the first, and the columns tried to reach it.
LEAST_LAST = 0.4
SHARES = tuple(1 - step / 20 for step in range(11))


def wrap(text: str, width: float, measure: Callable[[str], float]) -> list[str]:
    """Lines no wider than `width`, as few as can be.

    Han text breaks anywhere but before a closing mark, after an opening one, and in a few words
    that people expect whole; a Latin word or a number breaks only where it is wider than a whole
    line.  Where a last line would be left with a character or two, the lines before it give some
    of theirs.
    """
    measure = cache(measure)
    inside = {at for word in WHOLE.finditer(text) for at in range(word.start() + 1, word.end())}
    plain, whole = (_units(text, joined) for joined in (frozenset[int](), inside))
    lines = _fill(plain, width, measure)
    units = whole if len(_fill(whole, width, measure)) == len(lines) else plain
    for share in SHARES if len(lines) > 1 else ():
        narrower = _fill(units, width * share, measure)
        if len(narrower) > len(lines):
            break
        if measure(narrower[-1]) >= LEAST_LAST * measure(narrower[0]):
            return narrower
    return _fill(units, width, measure)


def _fill(units: Sequence[str], width: float, measure: Callable[[str], float]) -> list[str]:
    limit = width + 1e-6
    lines = [""]
    for unit in units:
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


def _units(text: str, joined: Set[int]) -> list[str]:
    """Pieces that stay together on a line; no break comes before the places in `joined`."""
    units: list[str] = []
    for at, character in enumerate(text):
        if units and (
            at in joined
            or character in NOT_FIRST
            or units[-1][-1] in NOT_LAST
            or (_is_word(character) and _is_word(units[-1][-1]))
        ):
            units[-1] += character
        else:
            units.append(character)
    return units


def _is_word(character: str) -> bool:
    return character.isascii() and not character.isspace()
