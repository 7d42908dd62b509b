"""What a sheet of the workbook is made of."""

from __future__ import annotations

from dataclasses import dataclass

YES_NO = ("是", "否")


@dataclass(frozen=True)
class Column:
    """A column, and what the template says about it.

    ``field`` is the form's field that it fills, empty where the import reads the cell itself.
    The choices are words, or the cells of another column, named ``sheet.title``.
    """

    title: str
    field: str = ""
    required: bool = False
    note: str = ""
    sample: str = ""
    choices: tuple[str, ...] = ()
    listed: str = ""


@dataclass(frozen=True)
class Sheet:
    """One table of the workbook."""

    name: str
    about: str
    columns: tuple[Column, ...]
    named_by: tuple[str, ...] = ()  # columns by which other sheets name its records

    def title_of(self, field: str | None) -> str:
        """The title of the column that fills a form's field; empty where none does."""
        head = (field or "").partition(".")[0]
        found = (column for column in self.columns if head and head in (column.field, column.title))
        return next((column.title for column in found), "")


PRODUCER = Column(
    "生产者",
    "producer",
    required=True,
    note="生产者表里的名称或信用代码",
    sample="绿畦蔬菜专业合作社",
    listed="生产者.名称",
)
