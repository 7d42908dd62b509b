"""Renditions of fixed length in which the characters of a text meet only by XOR.

A QR symbol is one: Reed-Solomon codes and masks are affine over GF(2).  Such a rendition is a
constant XOR one row for each group of characters.

CRC-32 is affine as well.  So a row can carry its own checksum, a sum of rows then carries that of
the sum, and whatever went wrong on the way shows in the finished bytes.
"""

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from itertools import repeat
from operator import itemgetter
from sys import byteorder
from typing import Any
from zlib import crc32

from labels.errors import LabelError

# So many texts are best rendered at once: a table is then used often while it is at hand.
BATCH = 2000
CHECKSUM = 4
# The CRC-32 of any message with its own CRC-32 behind it, least significant byte first.
_WHOLE = 0x2144DF1C


def sealed(rows: Sequence[int], size: int) -> list[int]:
    """Rows of so many bytes, each followed by its share of the checksum."""
    nothing = crc32(bytes(size))
    return [_with(row, crc32(row.to_bytes(size)) ^ nothing) for row in rows]


def sealed_base(base: int, size: int) -> int:
    """The constant of a rendition of so many bytes, followed by its checksum."""
    return _with(base, crc32(base.to_bytes(size)))


def _with(row: int, checksum: int) -> int:
    return row << 8 * CHECKSUM | int.from_bytes(checksum.to_bytes(CHECKSUM, "little"))


# What belongs to the keys of a column.
Table = dict[int, Any] | list[Any]


class Texts:
    """Many texts of one length in ASCII, read column by column."""

    def __init__(self, texts: Sequence[str]) -> None:
        """Raises LabelError `length`, `qr_text`."""
        self.texts, self.length = texts, len(texts[0])
        if set(map(len, texts)) != {self.length}:
            raise LabelError("length", "这批标签的二维码内容长短不一，请把一样长的分开打印")
        self._columns: dict[tuple[int, int], Sequence[int]] = {}
        try:
            self._joined = "".join(texts).encode("ascii")
        except UnicodeEncodeError as error:
            character = error.object[error.start]
            raise LabelError(
                "qr_text", f"二维码里不能有“{character}”，请改用英文字母和数字", "qr_text"
            ) from None

    def column(self, part: slice) -> Sequence[int]:
        """What each text has there: up to four characters as a number, which is quickly read."""
        place = (part.start, part.stop)
        column = self._columns.get(place)
        if column is None:
            column = self._columns[place] = self._cut(*place)
        return column

    def _cut(self, start: int, stop: int) -> Sequence[int]:
        width = stop - start
        if width == 1:
            return self._joined[start :: self.length]
        step = 2 if width == 2 else 4
        cut = bytearray(step * len(self.texts))
        for at in range(width):
            cut[at::step] = self._joined[start + at :: self.length]
        return memoryview(cut).cast("H" if step == 2 else "I").tolist()


def key_of(characters: str) -> int:
    """The key of characters in a column."""
    size = 4 if len(characters) == 3 else len(characters)
    return int.from_bytes(characters.encode().ljust(size, b"\0"), byteorder)


class Rows:
    """The rows of one group of characters.

    The bits of a group are a value, and the row of a value is the sum of the rows of its bits.
    """

    # For so many texts the rows of all values are worked out, each by one XOR.
    _MANY = 16

    def __init__(
        self,
        part: slice,
        bits: Sequence[int],
        value: Callable[[str], int],
        every: tuple[str, ...],
    ) -> None:
        """`part` is the group's place in the text, `bits` are the rows of its bits, lowest first.

        `value` gives the bits of characters, and refuses alien ones; `every` are all characters
        the group may hold, in the order of their values.
        """
        self.part = part
        self._bits, self._value, self._every = bits, value, every
        self._all: Table = []

    def of(self, key: int) -> int:
        """The row of one key, worked out."""
        value = self._value(key.to_bytes(4, byteorder).strip(b"\0").decode())
        row = 0
        for at, bit in enumerate(self._bits):
            if value >> at & 1:
                row ^= bit
        return row

    def looked_up(self, keys: Sequence[int]) -> Sequence[int]:
        """The rows of keys, and one more behind them."""
        if not self._all and len(keys) >= self._MANY:
            rows = [0]
            for bit in self._bits:
                rows += [bit ^ row for row in rows]
            self._all = by_key(_keys(self._every), rows)
        rows_of = self._all or {key: self.of(key) for key in set(keys)}
        # The quickest way to look up many; of a single key it would give no tuple.
        return itemgetter(*keys, keys[0])(rows_of)

    def require(self, keys: Sequence[int]) -> None:
        """Refuse an alien one by name."""
        deque(map(self.of, keys), maxlen=0)


def by_key(keys: Sequence[int], values: Iterable[Any]) -> Table:
    """Values by the keys of a column: quickest is a list with a None wherever there is no key."""
    if keys[0] >= 1 << 16:
        return dict(zip(keys, values, strict=False))
    made: list[Any] = [None] * (max(keys) + 1)
    for key, value in zip(keys, values, strict=False):
        made[key] = value
    return made


@cache
def _keys(every: tuple[str, ...]) -> list[int]:
    return list(map(key_of, every))


class Affine:
    """Renders texts like a first one whose rendition is known.  For one thread."""

    def __init__(self, first: str, base: int, groups: Sequence[Rows], size: int) -> None:
        """`base` renders `first` in `size` bytes; `groups` cover the text in its order.

        Base and rows are sealed.
        """
        self._first, self._rendition, self._groups = first, base, groups
        self._size, self._length = size + CHECKSUM, len(first)
        self._ignore(len(groups))

    def __call__(self, texts: Texts) -> list[bytes]:
        """The renditions of texts as long as the first; LabelError `length` for any other."""
        if texts.length != self._length:
            raise LabelError("length", "这批标签的二维码内容长短不一，请把一样长的分开打印")
        # What the first and the last in the alphabet share, all between them share.
        for edge in (min(texts.texts), max(texts.texts)):
            if not edge.startswith(self._shared):
                self._widen(edge)
        sums: Iterable[int] = repeat(self._base, len(texts.texts))
        try:
            columns: list[Iterable[int]] = [
                rows.looked_up(texts.column(rows.part)) for rows in self._varying
            ]
            columns += [repeat(0)] * (-len(columns) % 3)
            for at in range(0, len(columns), 3):
                # Three at a time: what lies between two sums costs more than the sums.
                a, b, c = columns[at : at + 3]
                sums = [one ^ x ^ y ^ z for one, x, y, z in zip(sums, a, b, c, strict=False)]
        except (LookupError, TypeError):
            for rows in self._varying:
                rows.require(texts.column(rows.part))
            raise
        made = list(map(int.to_bytes, sums, repeat(self._size)))
        if set(map(crc32, made)) != {_WHOLE}:
            raise LabelError("unreadable", "二维码算错了，请重新生成；再出错请重启电脑")
        return [one[:-CHECKSUM] for one in made]

    def _widen(self, beginning: str) -> None:
        """Look at the groups from the first one on in which a text differs."""
        differ = [beginning[one.part] != self._first[one.part] for one in self._groups]
        self._ignore(differ.index(True))

    def _ignore(self, count: int) -> None:
        """Pass over the first groups from now on: so far all texts were alike there."""
        self._varying = self._groups[count:]
        self._shared = self._first[: self._groups[count - 1].part.stop if count else 0]
        self._base = self._rendition
        for rows in self._varying:
            self._base ^= rows.of(key_of(self._first[rows.part]))
