"""What a form asks and what is typed into it agree with the verbs, for every row of every pack."""

from __future__ import annotations

from typing import Any

import pytest

from tracer.standards import packs, template
from tracer.standards.asking import answer_of, fields_of, typed_of
from tracer.standards.pack import Item, Pack
from tracer.standards.verbs import VERBS

FORMS = [pack for pack in packs() if pack.id != "gveaia-016.1"]


def row(verb: str) -> Item:
    """The first row or gate of that verb in any pack."""
    return next(
        item
        for pack in packs()
        for table in pack.tables
        for item in (*table.gates, *table.items)
        if item.verb == verb
    )


@pytest.mark.parametrize("pack", FORMS, ids=lambda pack: pack.id)
def test_every_blank_answer_survives_being_shown_and_typed(pack: Pack) -> None:
    table = pack.tables[0]
    blank = template(pack)
    rows = blank.get("rows") or blank["experts"]["专家1"]
    for key, sample in {**rows, **blank.get("gates", {})}.items():
        item = next(one for one in (*table.items, *table.gates) if one.key == key)
        fields = fields_of(item, table.items)
        assert fields, key
        again = answer_of(fields, typed_of(fields, sample))
        verb = VERBS[item.verb]
        assert verb.read(item, again) == verb.read(item, sample), key


@pytest.mark.parametrize(
    ("verb", "answer"),
    [
        ("mark", 2.5),
        ("clause", "不适用"),
        ("count", {"n": 2}),
        ("cluster", {"chains": {"茶叶": 2, "竹笋": 1}, "share": True, "leading": False}),
        ("coverage", {"all": 3, "filed": 3, "traced": 2, "counterfeit": 0}),
        (
            "none_since",
            {"assessed_on": "2026-07-08", "incidents": ["2025-01-02", "2024-03-04"], "records": []},
        ),
        ("stand_in", {"for": "4-2", "mark": 5}),
    ],
)
def test_an_answer_is_shown_and_read_back(verb: str, answer: Any) -> None:
    fields = fields_of(row(verb))
    assert answer_of(fields, typed_of(fields, answer)) == answer


def test_what_is_no_number_stays_text_for_the_verb_to_refuse() -> None:
    (mark,) = fields_of(row("mark"))
    for text in ("很好", "1e9", "1_0", "nan", "3,5", "0x5", "9" * 5000):
        assert answer_of([mark], {"": text}) == text
    assert answer_of([mark], {"": "  "}) is None
    assert answer_of([mark], {"": " 2.50 "}) == 2.5


def test_a_number_may_be_written_as_a_chinese_keyboard_writes_it() -> None:
    (mark,) = fields_of(row("mark"))
    for text in ("２．５", "2。5", "2.5"):
        assert answer_of([mark], {"": text}) == 2.5
    assert answer_of([mark], {"": "３"}) == 3
