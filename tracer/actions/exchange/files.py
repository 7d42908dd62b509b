"""Reading strangers' tables: xlsx, CSV and JSON become grids of text, or a refusal in a sentence.

A workbook is a zip of XML. Before anything is loaded every member is unpacked under a limit and
parsed without document types and entities; cells and the text they stand for are counted. Only
what passed is packed again and handed to the reader: what is read is what was checked.
"""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from pathlib import PurePath

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, XMLParser
from python_calamine import CalamineError, CalamineWorkbook

from tracer.actions.exchange.sheets import BY_NAME
from tracer.domain.errors import Refusal

MAX_MEMBERS = 200
MAX_BYTES = 50 * 1024 * 1024
MAX_RATIO = 100
MAX_CELLS = 200_000
MAX_AREA = 1_000_000  # cells of the smallest rectangle around a sheet's content
RISKY = "=+-@\t\r＝＋－＠"  # what a spreadsheet would calculate
_REFERENCE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")

Grid = list[list[str]]


def read_tables(name: str, content: bytes, sheet: str | None = None) -> dict[str, Grid]:
    """The tables of a file by sheet name, each a grid of text with its header first.

    The kind is told by the file's name. A CSV is one sheet: the one named ``sheet``, else the one
    that the file is named after.
    """
    if len(content) > MAX_BYTES:
        raise Refusal("file_too_large", "文件超过 50 兆，请分成几个文件再导入")
    kind = PurePath(name).suffix.lower()
    if kind == ".xlsx":
        tables = _workbook(content)
    elif kind == ".csv":
        tables = {_sheet_of(PurePath(name).stem, sheet): _csv(content)}
    elif kind == ".json":
        tables = _json(content)
    else:
        raise Refusal("unknown_file", "只能导入 .xlsx、.csv 或 .json 文件，请另存后再导入")
    if sum(bool(cell) for grid in tables.values() for row in grid for cell in row) > MAX_CELLS:
        raise _too_many()
    return tables


def _too_many() -> Refusal:
    return Refusal("too_many_cells", "表格太大，最多 20 万格，请分成几个文件再导入")


def _workbook(content: bytes) -> dict[str, Grid]:
    try:
        safe = _checked(content)
        book = CalamineWorkbook.from_filelike(io.BytesIO(safe))
        return {
            name: _grid(book.get_sheet_by_name(name).to_python(skip_empty_area=False))
            for name in book.sheet_names
        }
    except DefusedXmlException as error:
        raise Refusal(
            "unsafe_workbook", "这个 Excel 文件里有不安全的内容，请用模板重新填写"
        ) from error
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise Refusal(
            "bad_workbook", "这个 Excel 文件打不开，请在 Excel 里另存为 .xlsx 再导入"
        ) from error
    except (CalamineError, ParseError, ValueError) as error:
        raise Refusal(
            "bad_workbook", "这个 Excel 文件的内容坏了，请在 Excel 里另存为 .xlsx 再导入"
        ) from error


def _checked(content: bytes) -> bytes:
    """The workbook's XML members, unpacked under the limits, checked and packed again."""
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        members = packed.infolist()
        unpacked = sum(member.file_size for member in members)
        if len(members) > MAX_MEMBERS or unpacked > MAX_BYTES:
            raise _bomb()
        if unpacked > MAX_RATIO * max(len(content), 1):
            raise _bomb()
        texts = {
            member.filename: packed.read(member)
            for member in members
            if member.filename.endswith((".xml", ".rels"))
        }
    count = _Count()
    for text in texts.values():
        # Two readers of one document in another encoding than UTF-8 might see two documents.
        if text.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in text:
            raise ValueError("not UTF-8")
        parser = XMLParser(target=count, encoding="utf-8", forbid_dtd=True)
        count.member()
        parser.feed(text)
        parser.close()
    count.refuse_spread()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as repacked:
        for name, text in texts.items():
            repacked.writestr(name, text)
    return out.getvalue()


def _bomb() -> Refusal:
    return Refusal("unsafe_workbook", "这个 Excel 文件展开后大得不正常，请用模板重新填写")


class _Count:
    """Counts a workbook's cells, areas and shared texts while its XML is parsed; keeps nothing.

    Tags are told by their local name alone, as the reader tells them.
    """

    def __init__(self) -> None:
        self.cells = 0
        self.shared: list[int] = []  # length of each shared text
        self.used: Counter[int] = Counter()  # how often each shared text stands in a cell
        self._row = self._column = self._width = self._height = 0
        self._points_to_shared = self._in_shared = False
        self._value: str | None = None

    def member(self) -> None:
        """Begin the next member."""
        self._row = self._column = self._width = self._height = 0

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        name = tag.rpartition("}")[2]
        if name == "row":
            self._row = int(attributes.get("r", self._row + 1))
            self._column = 0
        elif name == "c":
            self._cell(attributes.get("r"))
            self._points_to_shared = attributes.get("t") == "s"
        elif name == "v" and self._points_to_shared:
            self._value = ""
        elif name == "si":
            self._in_shared = True
            self.shared.append(0)

    def data(self, text: str) -> None:
        if self._in_shared:
            self.shared[-1] += len(text)
        elif self._value is not None:
            self._value = f"{self._value}{text}"[:20]

    def end(self, tag: str) -> None:
        name = tag.rpartition("}")[2]
        if name == "v" and self._value is not None:
            self.used[int(self._value)] += 1
            self._value = None
        elif name == "si":
            self._in_shared = False

    def close(self) -> None:
        """The parser's end of a member."""

    def refuse_spread(self) -> None:
        """Refuse a workbook whose few texts stand in so many cells that they fill the memory."""
        spread = sum(
            self.shared[index] * times
            for index, times in self.used.items()
            if 0 <= index < len(self.shared)
        )
        if spread > MAX_BYTES:
            raise _bomb()

    def _cell(self, reference: str | None) -> None:
        """Count a cell; one without a reference follows the one before."""
        self._column += 1
        if reference is not None:
            match = _REFERENCE.fullmatch(reference)
            if match is None:
                raise _too_many()
            self._row, self._column = int(match[2]), 0
            for letter in match[1]:
                self._column = self._column * 26 + ord(letter) - 64
        self.cells += 1
        self._width = max(self._width, self._column)
        self._height = max(self._height, self._row)
        if self.cells > MAX_CELLS or self._width * self._height > MAX_AREA:
            raise _too_many()


def _grid(rows: Iterable[Iterable[object]]) -> Grid:
    return [[_text(cell) for cell in row] for row in rows]


def _text(cell: object) -> str:
    """A cell as people see it: whole numbers without a point, days as 2026-07-08."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime) and cell.time() == datetime.min.time():
        return cell.date().isoformat()
    if isinstance(cell, date | datetime):
        return cell.isoformat()
    return _unquoted(str(cell))


def _unquoted(text: str) -> str:
    """Without the apostrophe that exports put before what a spreadsheet would calculate."""
    return text[1:] if len(text) > 1 and text[0] == "'" and text[1] in RISKY else text


def _sheet_of(stem: str, sheet: str | None) -> str:
    found = [name for name in BY_NAME if name == sheet or (sheet is None and name in stem)]
    if sheet is None:
        found = [name for name in found if not any(name in other != name for other in found)]
    if len(found) != 1:
        known = "、".join(BY_NAME)
        raise Refusal(
            "which_sheet", f"看不出这个 CSV 是哪张表，请用 --sheet 指明，可选：{known}", "sheet"
        )
    return found[0]


def _csv(content: bytes) -> Grid:
    text = _decoded(content)
    head = text.partition("\n")[0]
    delimiter = max(",\t;，", key=head.count)
    try:
        return [
            [_unquoted(cell) for cell in row]
            for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        ]
    except csv.Error as error:
        raise Refusal("bad_csv", "这个 CSV 文件读不懂，请另存为 CSV UTF-8 再导入") from error


def _decoded(content: bytes) -> str:
    """UTF-16 by its mark, else UTF-8, else the encoding that Chinese Excel saves."""
    utf16 = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ["utf-16"] if utf16 else ["utf-8-sig", "gb18030"]:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Refusal("bad_encoding", "这个文件的文字编码不认识，请另存为 CSV UTF-8 再导入")


def _json(content: bytes) -> dict[str, Grid]:
    wrong = Refusal("bad_json", 'JSON 要写成 {"表名": [{"列名": 值, …}, …], …}，请照说明改正')
    try:
        tables = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise wrong from error
    if not isinstance(tables, dict) or not all(isinstance(rows, list) for rows in tables.values()):
        raise wrong
    return {name: _grid_of_rows(rows, wrong) for name, rows in tables.items()}


def _grid_of_rows(rows: list[object], wrong: Refusal) -> Grid:
    header: dict[str, None] = {}
    for row in rows:
        if not isinstance(row, dict) or any(isinstance(cell, dict | list) for cell in row.values()):
            raise wrong
        header |= dict.fromkeys(row)
        if len(header) * len(rows) > MAX_AREA:
            raise _too_many()
    return [list(header), *([_text(row.get(title)) for title in header] for row in rows)]  # type: ignore[attr-defined]
