"""How a name is found: as it is written, by its pinyin, and by the initials of its pinyin."""

from __future__ import annotations

import unicodedata

from pypinyin import lazy_pinyin


def findable(name: str) -> str:
    """``黄瓜 huanggua hg``: what a search looks through; ü is written v, case does not matter."""
    plain = folded(name)
    syllables = lazy_pinyin(plain)
    return f"{plain} {''.join(syllables)} {''.join(one[:1] for one in syllables)}"


def folded(text: str) -> str:
    """The text without spaces, case and width, as names and what is looked for are compared."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())
