"""数据元 as data: the rows of B.1 to B.5 as printed, and which rows of table C.1 they fill."""

from __future__ import annotations

import pytest

from tracer.domain.elements import (
    ElementRow,
    FieldKind,
    Owner,
    column_rows,
    element_row,
    element_rows,
    rows_for,
    standard_warning,
)
from tracer.domain.errors import Refusal
from tracer.domain.masking import Subject
from tracer.domain.reference import load as reference
from tracer.standards import load as load_pack
from tracer.store.tables import Producer, Product

ROWS = tuple(element_rows().values())
TABLES = {"B.1": 11, "6.1.1.2": 2, "B.2": 7, "B.3": 8, "B.4": 21, "B.5": 10}


def test_every_table_has_its_rows_numbered_from_one() -> None:
    for table, number in TABLES.items():
        found = [row.number for row in ROWS if row.table == table]
        assert found == list(range(1, number + 1))
    assert sum(TABLES.values()) == len(ROWS)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.key)
def test_a_row_is_filled_by_hand_or_says_by_what(row: ElementRow) -> None:
    assert row.fields or row.derived
    assert all(field.choices for field in row.entry_fields if field.kind is FieldKind.CHOICE)
    assert all(field.shown in ("hide", "consent") for field in row.fields if field.private)
    names = {field.name for field in row.fields}
    assert all(set(field.needs) <= names for field in row.fields)
    assert not row.many or any(field.listed for field in row.fields)
    assert not any(field.listed and field.private for field in row.fields)
    assert {field.required for field in row.fields if field.listed} <= {True}
    assert {field.shown for field in row.fields} - {"show", "hide", "consent"} <= {
        name for name, _ in reference().public_rules
    }


def test_columns_exist() -> None:
    tables = {Owner.PRODUCER: Producer, Owner.PRODUCT: Product}
    for row in ROWS:
        for owner, table in tables.items():
            for field in row.columns(owner):
                assert field.column_name in table.model_fields or field.name == "id_card"


def test_rows_c_1_to_c_20_are_all_filled_by_something() -> None:
    items = load_pack("gveaia-016.1", "2021").scored("C.1")
    positive = {key for key, item in items.items() if item.max} - {"C.1-注2"}
    earned = {field.earns for row in ROWS for field in row.fields} | {row.once for row in ROWS}
    assert earned - {""} == positive == {f"C.1-{number}" for number in range(1, 21)}
    assert {row.each for row in ROWS} == {"", "C.2-2"}


def test_choices_that_earn_are_choices() -> None:
    for row in ROWS:
        for field in row.fields:
            assert set(field.earns_for) <= set(field.choices)


def test_bodies_and_persons_fill_different_rows() -> None:
    body = {row.key for row in rows_for(Subject.LEGAL_PERSON)}
    person = {row.key for row in rows_for(Subject.NATURAL_PERSON)}
    assert body - person == {"B.1-1", "B.1-2", "B.1-5", "B.1-8", "B.1-10", "B.1-11"}
    assert person - body == {"6.1.1.2-1", "6.1.1.2-2"}


def test_an_unknown_row_is_refused() -> None:
    with pytest.raises(Refusal, match="没有这个资料项目"):
        element_row("B.9-1")


def test_a_column_fills_one_row() -> None:
    assert column_rows(Owner.PRODUCER)["id_card"] == "C.1-8"
    assert len(column_rows(Owner.PRODUCER)) == 14


@pytest.mark.parametrize(
    ("row", "good", "odd"),
    [
        ("B.4-1", "ISO 22000:2018", "GB 2763"),
        ("B.4-2", "GB/T 8321.10-2018", "NY/T 391"),
        ("B.4-3", "ny/t 391-2021", "DB37/T 1"),
        ("B.4-4", "DB37/T 1234-2020", "T/ABC 1"),
        ("B.4-5", "T/GVEAIA 016.1-2021", "Q/LX 1"),
        ("B.4-6", "Q/LX 0001S-2024", "GB 1"),
    ],
)
def test_standards_numbers_are_advised_on(row: str, good: str, odd: str) -> None:
    assert standard_warning(row, good) == ""
    assert odd in standard_warning(row, odd)
