"""Strangers' files: what is hostile is refused in a sentence and fast; encodings are understood."""

from __future__ import annotations

import io
import json
import tracemalloc
import zipfile
from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.actions.tables import grids, village
from tracer.actions.exchange import book
from tracer.actions.exchange.book import neutral
from tracer.actions.exchange.files import MAX_CELLS, read_tables
from tracer.actions.exchange.rows import read_lines
from tracer.actions.exchange.sheets import CHOICES, GUIDE, SHEETS
from tracer.domain.errors import Refusal

SHEET = "xl/worksheets/sheet2.xml"  # 生产者, the first one after the guide
MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def changed(name: str, content: str | bytes) -> bytes:
    """The template with one member replaced or added."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(book.template())) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for member in old.namelist():
            new.writestr(member, content if member == name else old.read(member))
        if name not in old.namelist():
            new.writestr(name, content)
    return out.getvalue()


def sheet_with(cells: str) -> bytes:
    return changed(SHEET, f"<worksheet {MAIN}><sheetData>{cells}</sheetData></worksheet>")


def bomb() -> bytes:
    return changed("xl/media/zeros.xml", b"<a>" + b"0" * (60 * 1024 * 1024))


def ratio_bomb() -> bytes:
    return changed("xl/media/zeros.xml", b"<a>" + b"0" * (30 * 1024 * 1024))


def many_members() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for number in range(300):
            archive.writestr(f"xl/{number}.xml", "<a/>")
    return out.getvalue()


def lying_size() -> bytes:
    """A member that unpacks to more than its entry says."""
    content = bytearray(changed(SHEET, b"<a>" + b" " * 100_000 + b"</a>"))
    entry = content.rindex(SHEET.encode()) - 46
    content[entry + 24 : entry + 28] = (10).to_bytes(4, "little")
    return bytes(content)


def spread_text() -> bytes:
    """One long text in very many cells."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(sheet_with('<row><c t="s"><v>0</v></c></row>' * 90_000))) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for member in old.namelist():
            text = f"<sst {MAIN}><si><t>{'长' * 30_000}</t></si></sst>"
            new.writestr(member, text if member == "xl/sharedStrings.xml" else old.read(member))
    return out.getvalue()


HOSTILE: dict[str, Callable[[], bytes]] = {
    "zip bomb": bomb,
    "tight zip bomb": ratio_bomb,
    "members": many_members,
    "lying size": lying_size,
    "spread text": spread_text,
    "far cell": lambda: sheet_with('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
    "far cell by counting": lambda: sheet_with('<row r="1048576"><c><v>1</v></c><c r="B1"/></row>'),
    "far cell, other namespace": lambda: changed(
        SHEET, '<w xmlns="urn:x"><sheetData><c r="XFD1048576"><v>1</v></c></sheetData></w>'
    ),
    "bad reference": lambda: sheet_with('<row><c r="ZZZZ1"><v>1</v></c></row>'),
    "cells": lambda: sheet_with("<row>" + "<c/>" * (MAX_CELLS + 1) + "</row>"),
    "entity bomb": lambda: changed(
        SHEET,
        '<!DOCTYPE w [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><w>&b;</w>',
    ),
    "outside entity": lambda: changed(
        "xl/sharedStrings.xml",
        '<!DOCTYPE s [<!ENTITY f SYSTEM "file:///etc/hostname">]><s>&f;</s>',
    ),
    "utf-16 document": lambda: changed(SHEET, "<a/>".encode("utf-16")),
    "torn xml": lambda: changed(SHEET, "<worksheet><sheetData>"),
    "shared index": lambda: sheet_with('<row><c t="s"><v>x</v></c></row>'),
    "no zip": lambda: b"PK\x03\x04 not really",
    "empty": lambda: b"",
    "text": lambda: "生产者,名称".encode(),
    "half": lambda: book.template()[:5000],
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_workbook_is_refused_in_a_sentence(kind: str) -> None:
    content = HOSTILE[kind]()
    tracemalloc.start()
    try:
        with pytest.raises(Refusal) as refused:
            read_tables("表.xlsx", content)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert "请" in refused.value.message
    assert peak < 200 * 1024 * 1024


@given(st.binary(max_size=400))
def test_noise_is_refused_whatever_it_is_called(noise: bytes) -> None:
    for name in ("表.xlsx", "表.json", "农事记录.csv"):
        with suppress(Refusal):
            read_lines(read_tables(name, noise))


@given(st.data())
def test_a_damaged_workbook_is_read_or_refused(data: st.DataObject) -> None:
    content = bytearray(TEMPLATE)
    for _ in range(data.draw(st.integers(1, 5))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    with suppress(Refusal):
        read_tables("表.xlsx", bytes(content))


TEMPLATE = book.template()


def test_the_template_holds_every_column_and_nothing_to_import() -> None:
    tables = read_tables("模板.xlsx", TEMPLATE)
    assert set(tables) == {GUIDE, CHOICES, *(sheet.name for sheet in SHEETS)}
    for sheet in SHEETS:
        titles = [f"{one.title}*" if one.required else one.title for one in sheet.columns]
        assert tables[sheet.name][0] == ["标记", *titles]
        assert [row[0] for row in tables[sheet.name][1:3]] == ["说明", "示例"]
    lines, mistakes = read_lines(tables)
    assert (mistakes, [rows for rows in lines.values() if rows]) == ([], [])


def test_a_workbook_is_read_as_it_was_written() -> None:
    lines, mistakes = read_lines(read_tables("村.xlsx", book.workbook(village())))
    assert mistakes == []
    assert {name: [dict(line.cells) for line in rows] for name, rows in lines.items()} == village()
    assert lines["地块"][0].number == 2


def test_the_same_rows_make_the_same_bytes() -> None:
    assert book.workbook(village()) == book.workbook(village())


def test_json_is_read_like_a_workbook() -> None:
    content = json.dumps(village() | {"地块": [{"地块名称": "东棚", "面积（亩）": 3.5}]})
    tables = read_tables("村.json", content.encode())
    assert tables["地块"] == [["地块名称", "面积（亩）"], ["东棚", "3.5"]]


@pytest.mark.parametrize(
    "content",
    ["[]", "{}x", '{"地块": {}}', '{"地块": [1]}', '{"地块": [{"村": ["a"]}]}', "[" * 100_000],
)
def test_json_of_another_shape_is_refused(content: str) -> None:
    with pytest.raises(Refusal, match="JSON 要写成"):
        read_tables("村.json", content.encode())


def test_json_whose_rows_share_no_column_does_not_fill_the_memory() -> None:
    rows = [{f"列{number}": number} for number in range(2000)]
    with pytest.raises(Refusal, match="表格太大"):
        read_tables("村.json", json.dumps({"地块": rows}).encode())


CSV = "生产者,地块名称,类型\r\n绿畦,东棚 1 号,大棚\r\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_csv_is_understood_in_the_encodings_people_save(encoding: str, delimiter: str) -> None:
    content = CSV.replace(",", delimiter).encode(encoding)
    assert read_tables("地块.csv", content) == {
        "地块": [["生产者", "地块名称", "类型"], ["绿畦", "东棚 1 号", "大棚"]]
    }


def test_a_csv_in_no_known_encoding_is_refused() -> None:
    with pytest.raises(Refusal, match="文字编码"):
        read_tables("地块.csv", b"\xff\xff\xff")


@pytest.mark.parametrize(
    ("name", "sheet", "found"),
    [
        ("地块.csv", None, "地块"),
        ("2026 农事记录 第二版.csv", None, "农事记录"),
        ("投入品用法.csv", None, "投入品用法"),
        ("a.csv", "批次关系", "批次关系"),
    ],
)
def test_a_csv_names_its_sheet(name: str, sheet: str | None, found: str) -> None:
    assert list(read_tables(name, CSV.encode(), sheet)) == [found]


@pytest.mark.parametrize(("name", "sheet"), [("a.csv", None), ("地块.csv", "花名册")])
def test_a_csv_without_a_known_sheet_is_asked_about(name: str, sheet: str | None) -> None:
    with pytest.raises(Refusal, match="--sheet"):
        read_tables(name, CSV.encode(), sheet)


def test_other_files_are_refused() -> None:
    for name in ("表.xls", "表.ods", "表"):
        with pytest.raises(Refusal, match="只能导入"):
            read_tables(name, b"")


@pytest.mark.parametrize("text", ["=1+1", "+8", "-1", "@x", "\tx", "＝1", "＋1", "－1", "＠x"])
def test_what_a_spreadsheet_would_calculate_is_neutralised_and_comes_back(text: str) -> None:
    rows = {"地块": [{"生产者": "社", "地块名称": text}]}
    assert neutral(text) == f"'{text}"
    content = book.workbook(rows)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert not any(b"<f>" in archive.read(name) for name in archive.namelist())
    assert read_tables("a.xlsx", content)["地块"][1][2] == text


def test_grids_of_the_village_are_what_files_hold() -> None:
    lines, mistakes = read_lines(grids(village()))
    assert mistakes == []
    assert sum(map(len, lines.values())) == sum(map(len, village().values()))
