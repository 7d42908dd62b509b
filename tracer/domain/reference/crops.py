"""Crop and species names: whether what a label is registered for is what grows here."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from tracer.domain.reference.rows import read_csv, words

_BRACKETED = re.compile(r"\([^()]*\)")


@dataclass(frozen=True)
class CropNames:
    """``canonical`` leads a synonym to its main name; ``groups`` list what a group name covers."""

    canonical: dict[str, str]
    groups: dict[str, frozenset[str]]

    def main_name(self, name: str) -> str:
        """The main name of a crop: 西红柿 and 番茄（大棚） are both 番茄."""
        plain = _BRACKETED.sub("", unicodedata.normalize("NFKC", name))
        plain = "".join(plain.split())
        return self.canonical.get(plain, plain)

    def covers(self, label_crop: str, crop: str) -> bool:
        """Whether a label for ``label_crop`` includes ``crop``: same crop, or member of a group."""
        wanted, mine = self.main_name(label_crop), self.main_name(crop)
        return wanted == mine or mine in self.groups.get(wanted, frozenset())


def load_crop_names() -> CropNames:
    """The names of crop_names.csv."""
    rows = read_csv("crop_names")
    canonical = {
        synonym: row["name"]
        for row in rows
        if row["kind"] == "synonym"
        for synonym in words(row["covers"])
    }
    groups = {
        row["name"]: frozenset(canonical.get(name, name) for name in words(row["covers"]))
        for row in rows
        if row["kind"] == "group"
    }
    return CropNames(canonical, groups)
