"""The ranking as open data: CSV for people with a spreadsheet, JSON for programs."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator

from tracer.queries.credit.disclosure import Standing
from tracer.queries.credit.report import NOTE

COLUMNS = (
    "名称",
    "规格",
    "生产主体",
    "主体类型",
    "产品类别",
    "所在地",
    "农信指数",
    "等级",
    "更新日期",
    "信用报告",
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def as_csv(lines: Iterable[Standing], site: str) -> Iterator[str]:
    """The lines as CSV in UTF-8 with the mark that spreadsheets know it by."""
    yield "\ufeff" + _csv_line(COLUMNS)
    for line in lines:
        texts = (line.name, line.spec, line.producer, line.kind, line.category, line.place)
        yield _csv_line(
            (
                *map(inert, texts),
                line.points,
                line.grade,
                line.updated_on.isoformat(),
                f"{site}/credit/{line.id}",
            )
        )


def as_json(lines: Iterable[Standing], site: str, standard: str, as_of: str) -> Iterator[str]:
    """One JSON object with the lines in ``items``."""
    head = json.dumps({"standard": standard, "note": NOTE, "as_of": as_of}, ensure_ascii=False)
    yield head[:-1] + ', "items": [\n'
    separator = ""
    for line in lines:
        item = {
            "id": line.id,
            "name": line.name,
            "spec": line.spec,
            "producer": line.producer,
            "kind": line.kind,
            "category": line.category,
            "place": line.place,
            "index": line.points,
            "grade": line.grade,
            "updated_on": line.updated_on.isoformat(),
            "report": f"{site}/credit/{line.id}",
        }
        yield separator + json.dumps(item, ensure_ascii=False)
        separator = ",\n"
    yield "\n]}\n"


def inert(text: str) -> str:
    """The text such that no spreadsheet takes it for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _csv_line(cells: Iterable[str]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow(cells)
    return out.getvalue()
