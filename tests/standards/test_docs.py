"""docs/standards.md tells of every standard, verb, parameter and command there is."""

from __future__ import annotations

import re
from pathlib import Path

from tracer.cli.standards import standards
from tracer.standards import packs
from tracer.standards.verbs import VERBS

DOC = (Path(__file__).parents[2] / "docs" / "standards.md").read_text("utf-8")


def test_every_standard_is_listed() -> None:
    assert set(re.findall(r"^\| `([\w.-]+)` \| .*\| .*\|$", DOC, re.M)) >= {p.id for p in packs()}


def test_every_verb_is_explained_with_its_parameters() -> None:
    rows = {
        cells[1].strip(" `"): set(re.findall(r"`(\w+)`", cells[4]))
        for line in DOC.partition("## Verbs")[2].partition("\n## ")[0].splitlines()
        if len(cells := line.split("|")) == 6 and "`" in cells[1]
    }
    assert rows == {name: set(verb.needs | verb.may) for name, verb in VERBS.items()}


def test_every_command_is_explained() -> None:
    assert set(re.findall(r"^\| `tracer standards (\w+)", DOC, re.M)) == set(standards.commands)
