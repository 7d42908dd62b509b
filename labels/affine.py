"""Renditions of fixed length in which the characters of a text meet only by XOR.

A QR symbol is one (Reed-Solomon codes and masks are affine over GF(2)), and so is any record of
bytes that has a place of its own for each character.  Such a rendition of a text is that of
another text XOR one row for each group of characters in which the two differ.
"""

from collections.abc import Callable, Sequence

from labels.errors import LabelError


class Affine:
    """Renders texts like a first one whose rendition is known.  For one thread."""

    def __init__(
        self, first: str, base: int, groups: Sequence[tuple[slice, Callable[[str], int]]]
    ) -> None:
        """`base` renders `first`; `groups` are places in the text in their order.

        Each comes with a function from the characters there to their row, exact up to a constant.
        """
        self._first, self._base = first, base
        self._groups = [(part, _Rows(row, first[part])) for part, row in groups]
        self._ignore(len(self._groups))

    def __call__(self, text: str) -> int:
        """The rendition of a text as long as the first; LabelError `length` for any other."""
        if len(text) != len(self._first):
            raise LabelError("length", "同一批标签的内容必须一样长。")
        if not text.startswith(self._shared):
            alike = [text[part] == self._first[part] for part, _ in self._groups]
            self._ignore(alike.index(False))
        rendition = self._base
        for part, rows in self._varying:
            rendition ^= rows[text[part]]
        return rendition

    def _ignore(self, count: int) -> None:
        """Pass over the first groups from now on: so far all texts were alike there."""
        self._varying = self._groups[count:]
        self._shared = self._first[: self._groups[count - 1][0].stop if count else 0]


class _Rows(dict[str, int]):
    """Rows of one group relative to the first text, worked out as characters are met."""

    def __init__(self, row: Callable[[str], int], first: str) -> None:
        self._row = row
        self._origin = row(first)

    def __missing__(self, characters: str) -> int:
        row = self[characters] = self._row(characters) ^ self._origin
        return row
