"""The furniture every verb shares."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from tracer.domain.errors import Refusal
from tracer.standards.exact import plain
from tracer.standards.pack import Item


@dataclass(frozen=True)
class Room:
    """What a row can still bring: ``gain`` points each time, ``times`` more (None: no limit)."""

    gain: Fraction
    times: int | None
    act: str  # what to do, in Chinese


class Verb(ABC):
    """One way to turn an answer into points. Stateless; ``points`` never leaves 0..max upwards.

    ``needs`` and ``may`` name the parameters an item of this verb must and may carry.
    ``optional`` rows may be left out of the answers and then read as ``read(item, None)``.
    A row of a ``bounded`` verb must state its ``max``.
    """

    needs: frozenset[str] = frozenset()
    may: frozenset[str] = frozenset()
    optional = False
    bounded = True

    def ceiling(self, item: Item) -> Fraction | None:
        """The most this row can bring by its parameters; the loader compares it with ``max``."""
        return item.max

    def check(self, item: Item) -> None:  # noqa: B027 -- most verbs have nothing to check
        """Raise ValueError where the parameters make no sense."""

    @abstractmethod
    def read(self, item: Item, raw: Any) -> Any:
        """The answer as a value, or a Refusal that names the row and says what to write."""

    def points(self, item: Item, value: Any) -> Fraction:
        """Exact points for a value."""
        return Fraction(0)

    def met(self, item: Item, value: Any) -> bool:
        """Whether a clause is fulfilled, a gate open."""
        return True

    def waived(self, item: Item, value: Any) -> bool:
        """Whether the answer says that the row does not apply."""
        return False

    def say(self, item: Item, value: Any) -> str:
        """Why it is these points, in Chinese."""
        return ""

    def worth(self, item: Item) -> str:
        """The points column of the printed table."""
        return "" if item.max is None else plain(item.max)

    def sample(self, item: Item) -> Any:
        """The emptiest answer that is accepted."""
        return None

    def ask(self, item: Item) -> str:
        """What to write in this row, in Chinese."""
        return ""

    def room(self, item: Item, value: Any) -> Room | None:
        """What the row can still bring, None where nobody can work for it or it is full."""
        return None


def counted(item: Item, raw: object, names: tuple[str, ...]) -> dict[str, int]:
    """Whole, non-negative counts under the given names; names left out are 0."""
    shape = "、".join(f'"{name}"' for name in names)
    if not isinstance(raw, Mapping):
        raise Refusal(
            "bad_answer", f"{item.name}要填数量，写成一组带名字的整数，名字是 {shape}", item.key
        )
    unknown = sorted(str(name) for name in raw if name not in names)
    if unknown:
        raise Refusal(
            "bad_answer",
            f"{item.name}不认识“{unknown[0]}”，只填 {shape}",
            item.key,
        )
    counts: dict[str, int] = {}
    for name in names:
        count = raw.get(name, 0)
        if isinstance(count, bool) or not isinstance(count, int) or not 0 <= count <= 10**12:
            raise Refusal("bad_answer", f"{item.name}的 {name} 要填 0 或更大的整数", item.key)
        counts[name] = count
    return counts
