"""Rows of imported tables: cells by column title, and the mistakes found in them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from tracer.actions.exchange.columns import PRODUCER, Sheet
from tracer.actions.exchange.files import Grid
from tracer.actions.exchange.sheets import (
    BY_NAME,
    MARK,
    NOTE_ROW,
    SAMPLE_ROW,
    SHEETS,
    UNREAD,
)
from tracer.actions.forms import AnyForm, parse, problems
from tracer.domain.errors import Refusal


@dataclass(frozen=True)
class Line:
    """A filled row: ``number`` counts as spreadsheets do, the header is row 1 of a plain table.

    ``cells`` holds what is filled in, by column title.
    """

    sheet: Sheet
    number: int
    cells: Mapping[str, str]

    def fields(self) -> dict[str, str]:
        """The cells by the form's field that they fill; whose row it is stands apart."""
        return {
            column.field: self.cells[column.title]
            for column in self.sheet.columns
            if column.title in self.cells and column.field not in ("", PRODUCER.field)
        }

    def require_cells(self) -> None:
        """Mistaken where a cell is empty that must be filled, also one that forms would make up."""
        empty = [
            Refusal("missing", f"{column.title}没有填", column.field or column.title)
            for column in self.sheet.columns
            if column.required and column.title not in self.cells
        ]
        if empty:
            raise Mistaken(empty)


@dataclass(frozen=True)
class Mistake:
    """What has to be put right before anything is imported, and where; ``row`` 0: the sheet."""

    sheet: str
    row: int
    column: str
    message: str

    def as_dict(self) -> dict[str, str | int]:
        return asdict(self)


class ImportRefused(Refusal):
    """Nothing was imported; ``mistakes`` says why, in the order of the sheets."""

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        self.mistakes = tuple(mistakes)
        first = self.mistakes[0]
        super().__init__(
            "import_refused",
            f"表格里有 {len(self.mistakes)} 处要改，什么都没有导入",
            hint=f"“{first.sheet}”第 {first.row} 行“{first.column}”：{first.message}",
        )


class Mistaken(Refusal):
    """A row with several mistakes; the first one speaks."""

    def __init__(self, problems: list[Refusal]) -> None:
        super().__init__(problems[0].code, problems[0].message, problems[0].field)
        self.problems = tuple(problems)


def fill(form: type[AnyForm], data: Mapping[str, Any]) -> AnyForm:
    """The form that ``data`` fills; Mistaken with all that is wrong in it."""
    found = problems(form, data)
    if found:
        raise Mistaken(found)
    return parse(form, data)


def read_lines(tables: Mapping[str, Grid]) -> tuple[dict[str, list[Line]], list[Mistake]]:
    """The rows by sheet, and the mistakes in the names of sheets and columns."""
    lines: dict[str, list[Line]] = {sheet.name: [] for sheet in SHEETS}
    mistakes = []
    for name, grid in tables.items():
        if name in UNREAD:
            continue
        if name not in BY_NAME:
            known = "、".join(BY_NAME)
            mistakes.append(Mistake(name, 0, "", f"没有“{name}”这张表，只认这些：{known}"))
            continue
        sheet = BY_NAME[name]
        titles = [title.strip().rstrip("*＊ ") for title in grid[0]] if grid else []
        wrong = list(_header_mistakes(sheet, titles)) if any(map(any, grid)) else []
        mistakes += wrong
        if not wrong:
            lines[name] = list(_lines(sheet, titles, grid))
    return lines, mistakes


def _header_mistakes(sheet: Sheet, titles: list[str]) -> Iterator[Mistake]:
    known = {column.title for column in sheet.columns} | {MARK, ""}
    for title in dict.fromkeys(titles):
        if title not in known:
            yield Mistake(sheet.name, 1, title, f"没有“{title}”这一列，请对照模板改列名")
        elif title and titles.count(title) > 1:
            yield Mistake(sheet.name, 1, title, f"“{title}”这一列有两个，请删掉一个")
    for column in sheet.columns:
        if column.required and column.title not in titles:
            yield Mistake(sheet.name, 1, column.title, f"缺“{column.title}”这一列，请对照模板加上")


def _lines(sheet: Sheet, titles: list[str], grid: Grid) -> Iterator[Line]:
    for number, row in enumerate(grid[1:], start=2):
        cells = {
            title: cell.strip()
            for title, cell in zip(titles, row, strict=False)
            if title and cell.strip()
        }
        if cells and cells.pop(MARK, "") not in (NOTE_ROW, SAMPLE_ROW) and cells:
            yield Line(sheet, number, cells)
