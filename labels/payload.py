"""How a text is cut into QR segments, so that the symbol stays small.

A finished link keeps its lower-case scheme in bytes, its upper-case host and path in
alphanumeric mode, and a long run of digits (a signature) in numeric mode.
"""

from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import product

from qrcode.base import rs_blocks
from qrcode.constants import ERROR_CORRECT_H, ERROR_CORRECT_L, ERROR_CORRECT_M, ERROR_CORRECT_Q

from labels.errors import LabelError

NUMERIC, ALPHANUMERIC, BYTES = 1, 2, 4
ALPHABET = {
    NUMERIC: "0123456789",
    ALPHANUMERIC: "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:",
    BYTES: "".join(map(chr, range(128))),
}
LEVELS = {"L": ERROR_CORRECT_L, "M": ERROR_CORRECT_M, "Q": ERROR_CORRECT_Q, "H": ERROR_CORRECT_H}
# Labels are printed at level M: on a label of fixed size Q and H lose more by smaller modules than
# they win by correction, and L has nothing left for a crease.
LEVEL = "M"
# ISO/IEC 18004 table 3: width of the character count for versions 1-9, 10-26, 27-40.
COUNT_BITS = {NUMERIC: (10, 12, 14), ALPHANUMERIC: (9, 11, 13), BYTES: (8, 16, 16)}
# Shorter runs of digits stay alphanumeric: otherwise two codes of one run, one of them all
# digits by chance, would be cut differently.  From 17 on, numeric mode wins anyway.
LONG_RUN = 17
# Sixths of a bit a character, so that the sums stay whole.
_COST = {NUMERIC: 20, ALPHANUMERIC: 33, BYTES: 48}
# How many characters make one group of bits, and the bits of a group by its length.
GROUP = {NUMERIC: (0, 4, 7, 10), ALPHANUMERIC: (0, 6, 11), BYTES: (0, 8)}


@dataclass(frozen=True)
class Segment:
    mode: int
    text: str


@dataclass(frozen=True)
class Plan:
    """The version a text needs and the segments it is cut into."""

    version: int
    segments: tuple[Segment, ...]
    level: str = LEVEL


@cache
def capacity(version: int, level: str = LEVEL) -> int:
    """Data bits of a version."""
    return 8 * sum(block.data_count for block in rs_blocks(version, LEVELS[level]))


def count_bits(mode: int, version: int) -> int:
    return COUNT_BITS[mode][(version > 9) + (version > 26)]


def plan(text: str) -> Plan:
    """The smallest version at level M that holds `text`, and its segments.

    Raises LabelError `qr_text` for an empty text or one outside ASCII, `qr_too_long` for more
    than version 40 holds.
    """
    if not text or not text.isascii():
        raise LabelError("qr_text", "二维码的内容只能用英文字母、数字和网址符号", "qr_text")
    for first, last in ((1, 9), (10, 26), (27, 40)):
        segments = _cut(text, first)
        needed = sum(_length(segment, first) for segment in segments)
        for version in range(first, last + 1):
            if needed <= capacity(version):
                return Plan(version, segments)
    raise LabelError("qr_too_long", "二维码的内容太长，印不成一个码，请把网址改短", "qr_text")


def groups(segment: Segment) -> list[str]:
    """The segment's characters in the groups that share bits."""
    size = len(GROUP[segment.mode]) - 1
    return [segment.text[at : at + size] for at in range(0, len(segment.text), size)]


@cache
def every_group(mode: int, length: int) -> tuple[str, ...]:
    """All groups of so many characters, in the order of their values."""
    return tuple(map("".join, product(ALPHABET[mode], repeat=length)))


@lru_cache(maxsize=4096)
def group_value(mode: int, group: str) -> int:
    """The bits of one group as a number; raises LabelError `qr_text` for an alien character."""
    value = 0
    for character in group:
        digit = ALPHABET[mode].find(character)
        if digit < 0:
            raise LabelError(
                "qr_text", f"这批二维码里不能有“{character}”，请改用英文字母和数字", "qr_text"
            )
        value = value * len(ALPHABET[mode]) + digit
    return value


def _length(segment: Segment, version: int) -> int:
    widths = GROUP[segment.mode]
    return (
        4 + count_bits(segment.mode, version) + sum(widths[len(group)] for group in groups(segment))
    )


def _cut(text: str, version: int) -> tuple[Segment, ...]:
    """The cheapest segments, by dynamic programming over the mode of each character."""
    header = {mode: 6 * (4 + count_bits(mode, version)) for mode in _COST}
    best = {mode: (header[mode], "") for mode in _COST}
    for character, in_long_run in zip(text, _long_runs(text), strict=True):
        step = {
            mode: (cost + _COST[mode], modes + str(mode))
            for mode, (cost, modes) in best.items()
            if mode == BYTES
            or (mode == NUMERIC and in_long_run)
            or (mode == ALPHANUMERIC and character in ALPHABET[ALPHANUMERIC])
        }
        # A segment ends on a whole bit; then another mode may begin.
        cost, modes = min((-(-cost // 6) * 6, modes) for cost, modes in step.values())
        switched = {mode: (cost + header[mode], modes) for mode in _COST}
        best = {mode: min(step.get(mode, switched[mode]), switched[mode]) for mode in _COST}
    return _join(text, min(best.values())[1])


def _long_runs(text: str) -> list[bool]:
    marks: list[bool] = []
    at = 0
    while at < len(text):
        end = at
        while end < len(text) and text[end] in ALPHABET[NUMERIC]:
            end += 1
        if end == at:
            marks.append(False)
            at += 1
        else:
            marks += [end - at >= LONG_RUN] * (end - at)
            at = end
    return marks


def _join(text: str, modes: str) -> tuple[Segment, ...]:
    segments: list[Segment] = []
    start = 0
    for at in range(1, len(text) + 1):
        if at == len(text) or modes[at] != modes[start]:
            segments.append(Segment(int(modes[start]), text[start:at]))
            start = at
    return tuple(segments)
