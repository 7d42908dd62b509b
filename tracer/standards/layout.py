"""The standard's own forms on paper, as data: ``[report]`` of ``flow.toml``.

A document is a list of parts. What a field or cell shows is named by a source: ``form.KEY``,
``recommendation.KEY``, ``report.KEY``, ``more.KEY`` (the standard's own closing fields), one of
:data:`SOURCES`, or ``=`` and the words themselves. A flow without layouts gets plain documents.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tracer.standards.fields import Fields, bad
from tracer.standards.flow import Flow, FormSection
from tracer.standards.pack import Pack

SOURCES = frozenset(
    {
        "subject",
        "holder",
        "organisation",
        "mark",
        "standard",
        "number",
        "submitted_on",
        "closed_on",
        "result",
    }
)
REPORT_KEYS = frozenset({"purpose", "place", "time", "people", "process", "special"})
CELLS = frozenset(
    {
        "group",
        "indicator",
        "title",
        "text",
        "basis",
        "serial",
        "clause",
        "worth",
        "points",
        "marks",
        "remark",
        "note",
        "said",
        "evidence",
    }
)
MERGED = frozenset({"group", "indicator", "title", "basis", "remark"})
"""Columns in which neighbours that say the same are one cell, as they are printed."""

KINDS = frozenset(
    {
        "cover",
        "fields",
        "grid",
        "lines",
        "declaration",
        "materials",
        "sign",
        "table",
        "gates",
        "notes",
    }
)
DOCUMENTS = ("report", "application", "recommendation")
_CELL = re.compile(r"(@?)(.*?)(?:\|(.*?)\|@(.*?))?(?:\*([1-9]))?(?:\^([1-9]))?", re.DOTALL)


@dataclass(frozen=True)
class GridCell:
    """A cell of a printed form: a label, or with ``source`` what was filled in.

    ``seal`` is where it is stamped, below on the right, and ``day`` the source of the day there.
    """

    text: str
    source: bool
    across: int = 1
    down: int = 1
    seal: str = ""
    day: str = ""


@dataclass(frozen=True)
class Column:
    """A column of the scored table; ``over`` is a heading it shares with its neighbours."""

    cell: str
    title: str
    width: int
    over: str = ""


@dataclass(frozen=True)
class Part:
    """One part of a document.

    ``cover`` fills a page; ``fields`` are names and values; ``grid`` is a form with merged cells;
    ``lines`` and ``sign`` are words and places to sign; ``declaration`` and ``materials`` are the
    flow's; ``table`` is the scored table, ``gates`` the conditions before it, ``notes`` what the
    standard prints below it.
    """

    kind: str
    title: str = ""
    before: str = ""  # 附件1
    new_page: bool = False
    rows: tuple[tuple[str, str], ...] = ()
    grid: tuple[tuple[GridCell, ...], ...] = ()
    lines: tuple[str, ...] = ()
    columns: tuple[Column, ...] = ()
    total: str = ""  # the heading of the last row
    unit: str = ""  # behind every figure of the points column: 分
    words: Mapping[str, str] = field(default_factory=dict)  # where this print says it otherwise
    serials: Mapping[str, str] = field(default_factory=dict)
    untitled: tuple[str, ...] = ()  # groups whose text takes the title's cell too
    maxima: bool = False  # a group's heading tells its full marks and what was reached
    chapters: bool = False  # each group begins with its number and title across the table
    widths: tuple[int, ...] = ()  # of a grid's columns; even unless told


@dataclass(frozen=True)
class Layout:
    """One document: its title, and its parts in order."""

    title: str
    parts: tuple[Part, ...]


def layouts(pack: Pack, flow: Flow) -> dict[str, Layout]:
    """All documents of an edition by name; a Refusal ``bad_pack`` names what is wrong."""
    fields = Fields(dict(flow.report), f"{pack.ref} 的 report")
    found = {name: _layout(one) for name in DOCUMENTS if (one := fields.maybe(name))}
    fields.end()
    for name, layout in found.items():
        for part in layout.parts:
            for where, what in _problems(pack, flow, part):
                raise bad(f"{pack.ref} 的 report.{name}", f"{where}：{what}")
    found.setdefault("report", _plain_report(pack))
    found.setdefault("application", _plain_form(flow))
    return found


def _plain_report(pack: Pack) -> Layout:
    columns = [Column("clause", "条款", 3), Column("text", "要求", 8)]
    if pack.table().outcome.rule == "threshold":
        columns += [Column("worth", "分值", 2), Column("points", "得分", 2)]
    else:
        columns += [Column("said", "结论", 3)]
    return Layout(
        "评价报告",
        (
            Part(
                "fields",
                title="评价报告",
                rows=(
                    ("对象", "subject"),
                    ("申请单位", "holder"),
                    ("目的", "report.purpose"),
                    ("所依据的标准", "standard"),
                    ("实施时间", "report.time"),
                    ("实施地点", "report.place"),
                    ("评价人员", "report.people"),
                    ("主要过程", "report.process"),
                    ("特殊情况的处理", "report.special"),
                    ("评价结果", "result"),
                ),
            ),
            *((Part("gates", title="申报条件"),) if pack.table().gates else ()),
            Part(
                "table",
                title=pack.table().title,
                columns=(*columns, Column("note", "备注", 4)),
                total="合计",
            ),
            Part("notes"),
            Part("sign", lines=("评价机构（盖章）：", "日期：")),
        ),
    )


def _plain_form(flow: Flow) -> Layout:
    """The application as it was asked: section by section, then the declaration."""
    sections = tuple(_section(one) for one in flow.form.sections)
    return Layout(
        flow.form.title,
        (
            Part("lines", title=flow.form.title),
            *sections,
            Part("materials", title="提交的材料"),
            Part("declaration", title="声明"),
            Part("sign", lines=("申请单位（盖章）：", "日期：")),
        ),
    )


def _section(section: FormSection) -> Part:
    rows = tuple((one.title, f"form.{one.key}") for one in section.asked())
    return Part("fields", title=section.title, rows=rows)


def _layout(fields: Fields) -> Layout:
    layout = Layout(fields.text("title"), tuple(_part(one) for one in fields.each("part")))
    fields.end()
    return layout


def _part(fields: Fields) -> Part:
    part = Part(
        kind=fields.text("kind"),
        title=fields.text("title", ""),
        before=fields.text("before", ""),
        new_page=fields.take("new_page", bool, False),
        rows=tuple((row[0], row[1]) for row in _pairs(fields, "rows", 2)),
        grid=tuple(tuple(_cell(cell) for cell in row) for row in _pairs(fields, "grid", 0)),
        lines=fields.texts("lines"),
        columns=tuple(Column(*row) for row in fields.take("columns", list, [])),
        total=fields.text("total", ""),
        unit=fields.text("unit", ""),
        words=fields.take("words", dict, {}),
        serials=fields.take("serials", dict, {}),
        untitled=fields.texts("untitled"),
        maxima=fields.take("maxima", bool, False),
        chapters=fields.take("chapters", bool, False),
        widths=tuple(fields.take("widths", list, [])),
    )
    fields.end()
    return part


def _pairs(fields: Fields, name: str, size: int) -> Iterator[list[str]]:
    for row in fields.take(name, list, []):
        if not isinstance(row, list) or (size and len(row) != size):
            raise bad(fields.where, f"{name} 的一行写法不对")
        yield [str(cell) for cell in row]


def _cell(text: str) -> GridCell:
    match = _CELL.fullmatch(text)
    if match is None:
        raise bad(text, "这一格写法不对")
    source, words, seal, day, across, down = match.groups()
    return GridCell(
        words, bool(source), int(across or 1), int(down or 1), seal=seal or "", day=day or ""
    )


def _problems(pack: Pack, flow: Flow, part: Part) -> Iterator[tuple[str, str]]:
    if part.kind not in KINDS:
        yield part.kind, "没有这种部分"
    cells = [cell for row in part.grid for cell in row]
    for source in (*(one.text for one in cells if one.source), *(one.day for one in cells)):
        if source and not _known(flow, source):
            yield source, "没有这个来源"
    for _, source in part.rows:
        if not _known(flow, source):
            yield source, "没有这个来源"
    for column in part.columns:
        if column.cell not in CELLS:
            yield column.cell, "没有这一列"
    keys = {item.key for item in pack.table().items}
    for key in (*part.words, *part.serials):
        if key not in keys:
            yield key, "表里没有这一行"
    if part.kind == "table" and not part.columns:
        yield "columns", "打分表至少要有一列"


def _known(flow: Flow, source: str) -> bool:
    kind, _, key = source.partition(".")
    fields: Mapping[str, Any] = {
        "form": flow.form.fields,
        "recommendation": flow.recommendation.fields if flow.recommendation else {},
        "report": dict.fromkeys(REPORT_KEYS),
        "more": {one.key: one for one in flow.closing},
    }.get(kind, {})
    return source.startswith("=") or source in SOURCES or key in fields
