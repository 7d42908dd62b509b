"""Writing workbooks: the template that people fill in, the demo, and what is exported."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from tracer.actions.exchange.columns import Column, Sheet
from tracer.actions.exchange.files import RISKY, Grid
from tracer.actions.exchange.sheets import (
    BY_NAME,
    CHOICES,
    GUIDE,
    MARK,
    NOTE_ROW,
    SAMPLE_ROW,
    SHEETS,
)
from tracer.domain.reference import load as reference

Rows = Sequence[Mapping[str, str]]  # cells by column title

_LAST_ROW = 5000  # how far down the lists of choices reach
_GUIDE = (
    "怎样填这份表",
    "1. 从左到右一张表一张表地填：先“生产者”，再“地块”“产品”，最后“来源凭证”。",
    "2. 列名带 * 的必须填；不带 * 的没有就空着。",
    "3. 每张表前两行是说明和示例，导入时跳过；从第 4 行开始填。“标记”列不用填。",
    "4. 日期写成 2026-07-08。数字只写数字，单位写在单位列。",
    "5. 同一样东西在各张表里写法要一致，比如地块都写“东棚 1 号”。",
    "6. 填好后由平台管理员导入。有一处不对就全部不导入，会告诉您是哪张表、哪一行、哪一列。",
    "7. 同一份表可以再导入：已经有的不会重复；改过的行会提示到系统里修改。",
)


def template() -> bytes:
    """The empty workbook: guide, one sheet a table with notes, a sample and lists of choices."""
    return _write({}, with_samples=True)


def workbook(tables: Mapping[str, Rows], extra: Mapping[str, Grid] = MappingProxyType({})) -> bytes:
    """A filled workbook that can be imported; ``extra`` are further sheets for people to read."""
    return _write(tables, extra=extra)


def neutral(text: str) -> str:
    """Text that no spreadsheet calculates."""
    return f"'{text}" if text[:1] and text[0] in RISKY else text


def _write(
    tables: Mapping[str, Rows],
    with_samples: bool = False,
    extra: Mapping[str, Grid] = MappingProxyType({}),
) -> bytes:
    out = io.BytesIO()
    book = Workbook(out, {"in_memory": True})
    # The same content gives the same bytes.
    book.set_properties({"title": "农产品追溯数据", "created": datetime(2026, 1, 1)})  # noqa: DTZ001
    writer = _Writer(book)
    writer.guide()
    for sheet in SHEETS:
        writer.sheet(sheet, tables.get(sheet.name, ()), with_samples)
    for name, grid in extra.items():
        writer.grid(name, grid)
    writer.choices()
    book.close()
    return out.getvalue()


class _Writer:
    """One workbook being written."""

    def __init__(self, book: Workbook) -> None:
        self.book = book
        text = {"num_format": "@", "valign": "top"}
        self.text = book.add_format(text)
        self.head = book.add_format({"bold": True, "bg_color": "#E4EFE3", "border": 1})
        self.must = book.add_format({"bold": True, "bg_color": "#F7E6C4", "border": 1})
        self.note = book.add_format({**text, "font_color": "#5B6B5C", "text_wrap": True})
        self.sample = book.add_format({**text, "italic": True, "font_color": "#7A7A7A"})
        self.title = book.add_format({"bold": True, "font_size": 14})
        self._lists: dict[str, tuple[str, ...]] = {}

    def guide(self) -> None:
        sheet = self.book.add_worksheet(GUIDE)
        sheet.set_column(0, 0, 100)
        for row, sentence in enumerate(_GUIDE):
            sheet.write_string(row, 0, sentence, self.title if row == 0 else None)

    def sheet(self, table: Sheet, rows: Rows, with_samples: bool) -> None:
        sheet = self.book.add_worksheet(table.name)
        sheet.freeze_panes(1, 2)
        sheet.set_column(0, 0, 6, self.text)
        sheet.write_string(0, 0, MARK, self.head)
        for number, column in enumerate(table.columns, start=1):
            width = max(12, 2 * len(column.title) + 4, len(column.sample) + 2)
            sheet.set_column(number, number, min(width, 30), self.text)
            self._head(sheet, number, column)
            self._validation(sheet, number, table, column)
        lines: list[Mapping[str, str]] = list(rows)
        if with_samples:
            notes, samples = (
                {MARK: NOTE_ROW, **_notes(table)},
                {MARK: SAMPLE_ROW, **_samples(table)},
            )
            lines = [notes, samples, *lines]
        titles = [MARK, *(column.title for column in table.columns)]
        for row, line in enumerate(lines, start=1):
            style = {NOTE_ROW: self.note, SAMPLE_ROW: self.sample}.get(
                line.get(MARK, ""), self.text
            )
            for number, title in enumerate(titles):
                if line.get(title):
                    sheet.write_string(row, number, neutral(line[title]), style)
        sheet.ignore_errors(
            {"number_stored_as_text": f"A1:{xl_col_to_name(len(titles))}{_LAST_ROW}"}
        )

    def grid(self, name: str, grid: Grid) -> None:
        sheet = self.book.add_worksheet(name)
        for row, cells in enumerate(grid):
            for number, cell in enumerate(cells):
                sheet.write_string(row, number, neutral(cell), self.head if row == 0 else self.text)

    def choices(self) -> None:
        """The lists that cells are chosen from, and the catalogue of product categories."""
        sheet = self.book.add_worksheet(CHOICES)
        for number, (title, words) in enumerate(self._lists.items()):
            sheet.write_string(0, number, title, self.head)
            for row, word in enumerate(words, start=1):
                sheet.write_string(row, number, word)
        first = len(self._lists) + 1
        for number, title in enumerate(("产品类别代码", "类别", "范围", "名称")):
            sheet.write_string(0, first + number, title, self.head)
        for row, category in enumerate(reference().categories.values(), start=1):
            cells = (
                category.key,
                category.class_name,
                category.range_name,
                "、".join(category.names)[:200],
            )
            for number, cell in enumerate(cells):
                sheet.write_string(row, first + number, cell)

    def _head(self, sheet: Worksheet, number: int, column: Column) -> None:
        style = self.must if column.required else self.head
        sheet.write_string(
            0, number, f"{column.title}*" if column.required else column.title, style
        )

    def _validation(self, sheet: Worksheet, number: int, table: Sheet, column: Column) -> None:
        """A list to choose from; names of other sheets may be typed too, and are then warned of."""
        if column.choices:
            title = f"{table.name}·{column.title}"
            self._lists[title] = column.choices
            letter = xl_col_to_name(len(self._lists) - 1)
            source = f"={CHOICES}!${letter}$2:${letter}${len(column.choices) + 1}"
        elif column.listed:
            named, title = column.listed.split(".")
            titles = [one.title for one in BY_NAME[named].columns]
            letter = xl_col_to_name(titles.index(title) + 1)
            source = f"={named}!${letter}$2:${letter}${_LAST_ROW}"
        else:
            return
        sheet.data_validation(
            1,
            number,
            _LAST_ROW,
            number,
            {
                "validate": "list",
                "source": source,
                "error_type": "warning" if column.listed else "stop",
                "error_title": "请检查",
                "error_message": "请从列表里选",
            },
        )


def _notes(table: Sheet) -> dict[str, str]:
    """The notes row: what the sheet is for under its first column, then each column's own note."""
    first = table.columns[0].title
    notes = {column.title: column.note for column in table.columns}
    return notes | {first: f"{table.about}{notes[first]}"}


def _samples(table: Sheet) -> dict[str, str]:
    return {column.title: column.sample for column in table.columns}
