"""How a name is found: as it is written, by its pinyin, and by the initials of its pinyin."""

from __future__ import annotations

import unicodedata

from pypinyin import lazy_pinyin


def findable(name: str) -> str:
    """``黄瓜 huanggua hg``: what a search looks through; ü is written v, case does not matter."""
    plain = folded(name)
    syllables = lazy_pinyin(plain)
    return f"{plain} {''.join(syllables)} {''.join(one[:1] for one in syllables)}"


def parts(found_by: str) -> set[str]:
    """What a name is found by, from each of its characters and syllables to its end.

    Of 黄瓜: 黄瓜, 瓜; huanggua, gua; hg, g. Whoever looks for the beginning of a part has looked
    inside the name, and an index can answer it. ``found_by`` is what :func:`findable` gave.
    """
    plain = found_by.partition(" ")[0]
    syllables = lazy_pinyin(plain)
    initials = [one[:1] for one in syllables]
    return {
        "".join(units[first:])
        for units in (plain, syllables, initials)
        for first in range(len(units))
    }


def folded(text: str) -> str:
    """The text without spaces, case and width, as names and what is looked for are compared."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())
