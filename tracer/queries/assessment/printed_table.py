"""The scored table as it is printed: its columns and headings, merged cells, and the last row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from tracer.queries.assessment.parts import FileView
from tracer.standards.answers import Answers, Sheet
from tracer.standards.assessment import Assessment as Scored
from tracer.standards.assessment import ItemScore
from tracer.standards.exact import plain
from tracer.standards.layout import MERGED, Column, Part
from tracer.standards.pack import Group, Item, Pack
from tracer.standards.verbs import VERBS

Cell = dict[str, Any]  # text; across and down where it takes more than one place
_NUMBERS = frozenset({"worth", "points", "marks", "serial"})
_WORDY = frozenset({"note", "evidence"})
_FITS = 48  # characters of a note that stay in their cell; longer ones are told below the table


@dataclass(frozen=True)
class Marked:
    """A result read again: the score, the sheets under their names, the papers by row."""

    scored: Scored
    given: Answers
    sheets: Sequence[tuple[str, Sheet]]
    files: Mapping[str, tuple[FileView, ...]]
    facts: Mapping[str, str]  # what the service held when marking began, by row


def gates(given: Answers) -> dict[str, Any]:
    """The conditions and what was found, as a table."""
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


def table(pack: Pack, part: Part, marked: Marked) -> dict[str, Any]:
    """The scored table: one column a sheet where the marks of all are shown."""
    columns = [wide for column in part.columns for wide in _spread(column, marked)]
    rows: list[list[Cell]] = []
    scores = {row.item.key: row for row in marked.scored.items}
    for group, items in pack.groups_in(marked.scored.table.key):
        lines = [
            [_cell(part, marked, group, scores[item.key], column) for column in columns]
            for item in items
        ]
        if part.chapters:
            head = {"text": f"{group.key} {group.title}", "across": len(columns)}
            rows.append([head | {"column": "chapter"}])
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
        "below": _moved_below(rows),
    }


def _moved_below(rows: list[list[Cell]]) -> list[str]:
    """Long notes leave their cells, so that the table stays a table; each keeps a number there."""
    below: list[str] = []
    for cell in (cell for row in rows for cell in row):
        if cell.get("column") in _WORDY and len(cell["text"]) > _FITS:
            below.append(f"注 {len(below) + 1}：{cell['text']}")
            cell["text"] = f"见注 {len(below)}"
    return below


def _spread(column: Column, marked: Marked) -> Iterator[tuple[Column, str]]:
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
    part: Part,
    marked: Marked,
    group: Group,
    row: ItemScore,
    column: tuple[Column, str],
) -> Cell:
    cell, name = column[0].cell, column[1]
    place = "center" if cell in _NUMBERS or cell in MERGED - {"indicator", "basis"} else "left"
    text = _text(part, marked, group, row, cell, name)
    if cell in ("worth", "points") and text:
        text += part.unit
    return {"text": text, "place": place, "column": cell}


def _text(
    part: Part,
    marked: Marked,
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
            told = [_said(item, sheet) for _, sheet in marked.sheets if item.key in sheet]
            return "；".join(told) + _advisory(item)
        case "evidence":
            held = [f"系统记录：{marked.facts[item.key]}"] if item.key in marked.facts else []
            titles = [paper.title for paper in marked.files.get(item.key, ())]
            return "；".join([*titles, *_notes(item, marked), *held])
    return str(getattr(item, cell))


def _reached(part: Part, marked: Marked, group: Group) -> str:
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


def _advisory(item: Item) -> str:
    """A clause that only encourages is no reason to refuse, whatever was answered."""
    advises = bool(item.remark) and item.max == 0 and not item.mandatory
    return f"\n（{item.remark}，不作为否决）" if advises else ""


def _notes(item: Item, marked: Marked) -> Iterator[str]:
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


def _total(columns: Sequence[tuple[Column, str]], part: Part, marked: Marked) -> list[Cell]:
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


def _sum(marked: Marked, name: str) -> Fraction:
    sheet = dict(marked.sheets)[name]
    return sum(
        (
            VERBS[row.item.verb].points(row.item, sheet[row.item.key].value)
            for row in marked.scored.items
            if row.item.key in sheet
        ),
        Fraction(0),
    )
