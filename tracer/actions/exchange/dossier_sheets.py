"""The sheets of 资料: one for each group of rows of tables B.1 to B.5, columns from what they ask.

Files and private values have no column: they never leave by a workbook.
"""

from __future__ import annotations

from collections.abc import Iterable

from tracer.actions.exchange.columns import PRODUCER, YES_NO, Column, Sheet
from tracer.domain.elements import ElementField, ElementRow, FieldKind, element_row

ITEM, PUBLISH = "项目", "公开"
PRODUCT = Column("产品", "product", note="产品表里的名称", listed="产品.产品名称")
SPEC = Column("规格", note="同名产品有几种规格时填")
_PUBLISHED = Column(PUBLISH, "publish", note="个人的要本人在系统里另外同意", choices=YES_NO)
_DAY = "写成 2026-07-08"

# Name, what it is for, and the rows whose entries it holds.
_GROUPS = (
    ("主体资料", "企业介绍、位置、标志、文化，各一行。", ("B.1-5", "B.1-7", "B.1-8", "B.1-11")),
    ("荣誉", "每项荣誉一行。", ("B.1-6",)),
    ("生产基地", "每个基地一行；有国家级、省级认定的写上证书。", ("B.1-9",)),
    ("知识产权", "每项专利、商标等一行。", ("B.1-10",)),
    ("产品资质", "每个产品的每张证书一行。", ("B.2-7",)),
    ("质量措施", "质量控制措施、质量承诺，各一行。", ("B.3-1", "B.3-4")),
    ("执行标准", "执行的每个标准一行。", tuple(f"B.4-{number}" for number in range(1, 7))),
    ("分类投入品", "要公开的每种投入品一行。", tuple(f"B.4-{number}" for number in range(7, 11))),
    ("生产技术", "采用的每项技术一行。", tuple(f"B.4-{number}" for number in range(11, 16))),
    ("病虫害防治", "采用的每种办法一行。", tuple(f"B.4-{number}" for number in range(16, 20))),
    ("作业人员", "每种岗位一行，只写人数，不写姓名。", ("B.4-21",)),
)
ROWS_OF = {name: tuple(element_row(key) for key in keys) for name, _, keys in _GROUPS}
"""The rows that each sheet holds."""


def told(row: ElementRow) -> tuple[ElementField, ...]:
    """The fields of a row's entries that a workbook may hold."""
    return tuple(field for field in row.entry_fields if not (field.private or field.is_file))


def _sheet(name: str, about: str) -> Sheet:
    rows = ROWS_OF[name]
    columns = [PRODUCER]
    if len(rows) > 1:
        columns.append(Column(ITEM, required=True, choices=tuple(row.item for row in rows)))
    if rows[0].may_name_product:
        columns += [
            PRODUCT if not rows[0].of_product else _required(PRODUCT),
            SPEC,
        ]
    return Sheet(name, about, (*columns, *_fields(rows), _PUBLISHED))


def _fields(rows: Iterable[ElementRow]) -> list[Column]:
    """A column for each title that the rows ask for; needed where all of them need it."""
    asked: dict[str, list[ElementField]] = {}
    for row in rows:
        for field in told(row):
            asked.setdefault(field.title, []).append(field)
    everywhere = len(list(rows))
    return [
        Column(
            title,
            fields[0].name,
            required=len(fields) == everywhere and all(field.required for field in fields),
            note=_DAY if fields[0].kind is FieldKind.DAY else _hint(fields),
            choices=fields[0].choices,
        )
        for title, fields in asked.items()
    ]


def _hint(fields: list[ElementField]) -> str:
    """What all of them advise; nothing where they differ."""
    hints = {field.hint for field in fields}
    return hints.pop() if len(hints) == 1 else ""


def _required(column: Column) -> Column:
    return Column(column.title, column.field, True, column.note, listed=column.listed)


DOSSIER_SHEETS = tuple(_sheet(name, about) for name, about, _ in _GROUPS)
