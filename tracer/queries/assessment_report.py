"""The standard's own papers of one assessment, ready to be set: parts with their words in place.

What an edition prints, and in which order, is its layout (:mod:`tracer.standards.layout`); here the
sources are filled in, and neighbours that say the same become one cell.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from tracer.domain.clock import day_of, format_day, start_of
from tracer.domain.errors import NotFound
from tracer.proof.qrtext import licence_text
from tracer.queries.assessment_parts import FileView, Opened, files_of, opened
from tracer.standards import score
from tracer.standards.answers import Answers, Sheet, read_answers
from tracer.standards.assessment import Assessment as Scored
from tracer.standards.assessment import ItemScore
from tracer.standards.exact import plain
from tracer.standards.flow import FormField
from tracer.standards.layout import MERGED, Column, GridCell, Part, layouts
from tracer.standards.pack import Group, Item
from tracer.standards.verbs import VERBS
from tracer.store.tables import Assessment, AssessmentResult, Licence
from tracer.store.world import Tx

Cell = dict[str, Any]  # text; across and down where it takes more than one place
_NUMBERS = frozenset({"worth", "points", "marks", "serial"})


@dataclass(frozen=True)
class _Marked:
    """A result read again: the score, the sheets under their names, the papers by row."""

    scored: Scored
    given: Answers
    sheets: Sequence[tuple[str, Sheet]]
    files: Mapping[str, tuple[FileView, ...]]


def report_paper(tx: Tx, row: Assessment) -> dict[str, Any]:
    """评价报告 of an assessment that has a result; NotFound before."""
    stored = tx.session.get(AssessmentResult, row.id)
    if stored is None:
        raise NotFound("这份申请还没有出结果")
    one = opened(tx, row)
    given = read_answers(one.pack, stored.answers)
    marked = _Marked(
        scored=score(one.pack, stored.answers),
        given=given,
        sheets=tuple(given.sheets.items()),
        files=files_of(tx, row),
    )
    paper = _paper(one, "report", _sources(one, stored, marked.scored), marked)
    foot = f"评价编号 {row.number}　标准数据 {one.pack.ref}\nSHA-256 {stored.digest}"
    return paper | {"foot": foot, "epoch": start_of(day_of(stored.closed_at))}


def application_paper(tx: Tx, row: Assessment) -> dict[str, Any]:
    """The application form as it was filled in."""
    one = opened(tx, row)
    return _paper(one, "application", _sources(one)) | _dated(row)


def recommendation_paper(tx: Tx, row: Assessment) -> dict[str, Any]:
    """推荐表; NotFound where the standard has none."""
    one = opened(tx, row)
    if "recommendation" not in layouts(one.pack, one.flow):
        raise NotFound("这个标准没有推荐表")
    return _paper(one, "recommendation", _sources(one)) | _dated(row)


def _dated(row: Assessment) -> dict[str, Any]:
    at = row.submitted_at or row.created_at
    return {"foot": f"评价编号 {row.number}", "epoch": start_of(day_of(at))}


def _paper(
    one: Opened, name: str, sources: Mapping[str, str], marked: _Marked | None = None
) -> dict[str, Any]:
    layout = layouts(one.pack, one.flow)[name]
    parts = [_part(one, part, sources, marked) for part in layout.parts]
    return {"title": layout.title, "parts": [part for part in parts if part]}


def _part(
    one: Opened, part: Part, sources: Mapping[str, str], marked: _Marked | None
) -> dict[str, Any]:
    """A part with its words; empty where there is nothing to print."""
    base: dict[str, Any] = {
        "kind": part.kind,
        "title": part.title,
        "before": part.before,
        "new_page": part.new_page,
    }
    match part.kind:
        case "cover" | "fields":
            return base | {"rows": [[label, _of(sources, key) or "　"] for label, key in part.rows]}
        case "grid":
            rows = [[_grid_cell(sources, cell) for cell in row] for row in part.grid]
            widths = part.widths or _even(part.grid)
            return base | {"kind": "table", "widths": widths, "head": [], "rows": rows}
        case "declaration":
            return base | {"kind": "lines", "lines": list(one.flow.declaration)}
        case "materials":
            lines = [f"{n}. {m.title}" for n, m in enumerate(one.flow.materials, 1)]
            return (base | {"kind": "lines", "lines": lines}) if lines else {}
        case "notes":
            notes = list(one.pack.table().notes)
            return (base | {"kind": "lines", "lines": notes}) if notes else {}
        case "table" if marked and marked.scored.items:
            return base | _table(one, part, marked)
        case "gates" if marked:
            return base | _gates(marked.given)
        case "table" | "gates":
            return {}
    return base | {"lines": list(part.lines)}


def _even(grid: Sequence[Sequence[GridCell]]) -> list[int]:
    return [1] * max((sum(cell.across for cell in row) for row in grid), default=1)


def _grid_cell(sources: Mapping[str, str], cell: GridCell) -> Cell:
    text = _of(sources, cell.text) if cell.source else cell.text
    place = "left" if cell.source else "center"
    return {"text": text, "across": cell.across, "down": cell.down, "place": place}


def _gates(given: Answers) -> dict[str, Any]:
    rows = []
    for gate in given.table.gates:
        answer = given.gates[gate.key]
        said = VERBS[gate.verb].say(gate, answer.value)
        rows.append(
            [
                {"text": gate.text},
                {"text": f"{said}。{answer.note}" if answer.note else said},
            ]
        )
    head = [[{"text": "情况"}, {"text": "核对结果"}]]
    return {"kind": "table", "widths": [3, 2], "head": head, "rows": rows}


def _table(one: Opened, part: Part, marked: _Marked) -> dict[str, Any]:
    """The scored table: one column a sheet where the marks of all are shown."""
    columns = [wide for column in part.columns for wide in _spread(column, marked)]
    rows: list[list[Cell]] = []
    scores = {row.item.key: row for row in marked.scored.items}
    for group, items in one.pack.groups_in(marked.scored.table.key):
        lines = [
            [_cell(one, part, marked, group, scores[item.key], column) for column in columns]
            for item in items
        ]
        if group.key in part.untitled:
            rows += _merged([_untitled(line) for line in lines], frozenset({"group"}))
        else:
            rows += _merged(lines, MERGED)
    if part.total:
        rows.append(_total(columns, part, marked))
    return {
        "widths": [column.width for column, _ in columns],
        "head": _head(columns),
        "rows": rows,
    }


def _spread(column: Column, marked: _Marked) -> Iterator[tuple[Column, str]]:
    """A column as it is printed: ``marks`` once for each sheet, with its name."""
    if column.cell != "marks":
        yield column, ""
        return
    for name, _ in marked.sheets:
        title = name or column.title
        yield Column(column.cell, title, column.width, column.over), name


def _head(columns: Sequence[tuple[Column, str]]) -> list[list[Cell]]:
    """One line of headings, or two where some share a heading; an empty one belongs to its left."""
    deep = any(column.over for column, _ in columns)
    top: list[Cell] = []
    below: list[Cell] = []
    over = ""
    for column, _ in columns:
        if column.over:
            below.append({"text": column.title})
        shared = column.over == over if column.over else not column.title
        if shared and top:
            top[-1]["across"] += 1
        else:
            down = 1 if column.over or not deep else 2
            top.append({"text": column.over or column.title, "across": 1, "down": down})
        over = column.over
    return [top, below] if deep else [top]


def _cell(
    one: Opened,
    part: Part,
    marked: _Marked,
    group: Group,
    row: ItemScore,
    column: tuple[Column, str],
) -> Cell:
    cell, name = column[0].cell, column[1]
    place = "center" if cell in _NUMBERS or cell in MERGED - {"indicator", "basis"} else "left"
    text = _text(one, part, marked, group, row, cell, name)
    if cell in ("worth", "points") and text:
        text += part.unit
    return {"text": text, "place": place, "column": cell}


def _text(
    one: Opened,
    part: Part,
    marked: _Marked,
    group: Group,
    row: ItemScore,
    cell: str,
    name: str,
) -> str:
    item = row.item
    match cell:
        case "group":
            return (group.label or group.title) + _reached(part, marked, group)
        case "indicator":
            return part.words.get(item.key, item.indicator)
        case "text":
            return part.words.get(item.key, item.text)
        case "serial":
            return part.serials.get(item.key, item.key.rpartition("-")[2])
        case "worth":
            return plain(item.max) if item.max else ""
        case "points":
            return plain(row.points) if item.max else ""
        case "marks":
            return _mark(item, dict(marked.sheets)[name])
        case "note":
            return "；".join(_notes(item, marked))
        case "said":
            return "；".join(_said(item, sheet) for _, sheet in marked.sheets if item.key in sheet)
        case "evidence":
            titles = [paper.title for paper in marked.files.get(item.key, ())]
            return "；".join([*titles, *_notes(item, marked)])
    return str(getattr(item, cell))


def _reached(part: Part, marked: _Marked, group: Group) -> str:
    """Below a group's heading: its full marks as printed, and what was reached."""
    if not part.maxima or group.max is None:
        return ""
    points = next(one.points for one in marked.scored.groups if one.key == group.key)
    return f"\n（{plain(group.max)}分）\n得{plain(points)}分"


def _mark(item: Item, sheet: Sheet) -> str:
    if item.key not in sheet:
        return ""
    return plain(VERBS[item.verb].points(item, sheet[item.key].value))


def _said(item: Item, sheet: Sheet) -> str:
    return VERBS[item.verb].say(item, sheet[item.key].value)


def _notes(item: Item, marked: _Marked) -> Iterator[str]:
    for name, sheet in marked.sheets:
        if item.key in sheet and sheet[item.key].note:
            note = sheet[item.key].note
            yield f"{name}：{note}" if name else note


def _untitled(line: list[Cell]) -> list[Cell]:
    """A row without a second-level title: its text takes that place too."""
    return [
        cell | ({"across": 2} if cell["column"] == "text" else {})
        for cell in line
        if cell["column"] != "title"
    ]


def _merged(lines: list[list[Cell]], columns: frozenset[str]) -> list[list[Cell]]:
    """Neighbours that say the same in one of the columns become one cell that reaches down.

    What stands to the right of a cell that begins anew begins anew too.
    """
    above: dict[str, Cell] = {}
    rows = []
    for line in lines:
        fresh, row = False, []
        for cell in line:
            name = cell["column"]
            last = above.get(name)
            if name in columns and not fresh and last and last["text"] == cell["text"] != "":
                last["down"] = last.get("down", 1) + 1
                continue
            above[name] = cell
            fresh = fresh or name in columns
            row.append(cell)
        rows.append(row)
    return rows


def _total(columns: Sequence[tuple[Column, str]], part: Part, marked: _Marked) -> list[Cell]:
    """The last row: the heading up to the points, then full marks and what was reached."""
    figures = {
        "worth": marked.scored.table.total,
        "points": None if marked.scored.total is None else marked.scored.total,
    }
    first = next(
        (at for at, (column, _) in enumerate(columns) if column.cell in figures), len(columns)
    )
    row: list[Cell] = [{"text": part.total, "across": first}] if first else []
    for column, name in columns[first:]:
        amount = figures.get(column.cell)
        if column.cell == "marks":
            amount = _sum(marked, name)
        text = "" if amount is None else plain(amount)
        row.append({"text": text + part.unit if text else "", "place": "center"})
    return row


def _sum(marked: _Marked, name: str) -> Fraction:
    sheet = dict(marked.sheets)[name]
    return sum(
        (
            VERBS[row.item.verb].points(row.item, sheet[row.item.key].value)
            for row in marked.scored.items
            if row.item.key in sheet
        ),
        Fraction(0),
    )


def _of(sources: Mapping[str, str], key: str) -> str:
    return key[1:] if key.startswith("=") else sources.get(key, "")


def _sources(
    one: Opened, stored: AssessmentResult | None = None, scored: Scored | None = None
) -> dict[str, str]:
    """Every source by name, in words."""
    row = one.row
    found = {
        "subject": one.subject.name,
        "holder": one.subject.holder,
        "organisation": one.call.organisation,
        "mark": one.flow.mark,
        "standard": one.standard,
        "number": row.number,
        "closed_on": format_day(day_of(stored.closed_at)) if stored else "",
        "result": _result(scored) if scored else "",
    }
    found |= {f"form.{key}": _shown(f, row.form) for key, f in one.flow.form.fields.items()}
    if one.flow.recommendation:
        asked = one.flow.recommendation.fields
        found |= {
            f"recommendation.{key}": _shown(f, row.recommendation) for key, f in asked.items()
        }
    more = row.report.get("more", {})
    told = {key: str(value) for key, value in row.report.items() if key != "more"}
    found |= {f"report.{key}": value for key, value in told.items()}
    found["report.special"] = told.get("special") or "无"
    found |= {f"more.{one.key}": _shown(one, more) for one in one.flow.closing}
    return found


def _shown(asked: FormField, values: Mapping[str, Any]) -> str:
    value = str(values.get(asked.key) or "")
    if asked.kind == "day" and value:
        return format_day(date.fromisoformat(value))
    return f"{value} {asked.unit}" if value and asked.unit else value


def _result(scored: Scored) -> str:
    """The outcome in one line, with the total, what it takes, and every veto."""
    end, table = scored.table.outcome, scored.table
    said = scored.outcome
    if scored.published is not None and end.pass_at is not None:
        full = f"，满分 {plain(table.total)} 分" if table.total else ""
        total = plain(Fraction(scored.published))
        said = f"{total} 分{full}，{plain(end.pass_at)} 分及以上通过：{said}"
    vetoes = "；".join(
        f"{veto.title or veto.key}：{veto.why or veto.text}" for veto in scored.vetoes
    )
    return f"{said}。{vetoes}" if vetoes else said


def licence_paper(tx: Tx, licence: Licence) -> dict[str, str]:
    """What the certificate of a licence says; ``address`` is its public page."""
    one = opened(tx, tx.session.get_one(Assessment, licence.assessment_id))
    result = tx.session.get_one(AssessmentResult, licence.assessment_id)
    return {
        "title": one.flow.licence.title,
        "mark": licence.mark,
        "sentence": (
            f"{licence.holder}申报的“{licence.subject}”，经评价达到标准要求，"
            f"准予在有效期内使用“{licence.mark}”标识。"
        ),
        "holder": licence.holder,
        "subject": licence.subject,
        "number": licence.number,
        "valid": f"{format_day(licence.valid_from)} 至 {format_day(licence.valid_to)}",
        "standard": one.standard,
        "outcome": result.outcome,
        "organisation": one.call.organisation,
        "issued": format_day(day_of(licence.issued_at)),
        "address": licence_text(tx.site, licence.public_id),
    }
