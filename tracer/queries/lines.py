"""Lines of the producer's lists."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """One line of a list.

    ``id`` is the public id of what it leads to, ``mark`` a short word at its end with its
    ``tone``: genuine, void, unsure, or empty for neutral.
    """

    id: str
    title: str
    note: str = ""
    mark: str = ""
    tone: str = ""


def joined(*parts: str | None) -> str:
    """The parts that say something, with a dot between them."""
    return " · ".join(part for part in parts if part)
