"""One expert's score sheet: rows as the standard prints them, what speaks for each, marks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from sqlmodel import col, select

from tracer.domain.assessing import DECIDED, Stage
from tracer.domain.clock import format_instant
from tracer.domain.errors import NotFound
from tracer.queries.assessment.facts import FactView, facts_of, row_fact
from tracer.queries.assessment.parts import FileView, Opened, files_of, opened
from tracer.standards.asking import Field, fields_of, typed_of
from tracer.standards.exact import plain
from tracer.standards.marking import counted, missing_rows
from tracer.standards.pack import Item
from tracer.standards.verbs import VERBS
from tracer.store.tables import Account, Assessment, ScoreSheet
from tracer.store.world import Tx


@dataclass(frozen=True)
class MarkRow:
    """One row to mark. ``typed`` is what its inputs show; ``others`` what the others gave."""

    key: str
    title: str
    indicator: str
    text: str
    basis: str
    clause: str
    star: str
    mandatory: bool
    fields: tuple[Field, ...]
    typed: Mapping[str, str]
    note: str
    filled: bool
    files: tuple[FileView, ...]
    fact: FactView | None
    others: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class MarkSection:
    """One section of the table with what its rows add up to."""

    key: str
    title: str
    points: str
    rows: tuple[MarkRow, ...]


@dataclass(frozen=True)
class SheetPage:
    """One sheet. ``locked`` says why nothing can be changed any more; empty while it can be."""

    id: str
    number: str
    mark: str
    subject: str
    holder: str
    account: str  # the expert's own, to step back with
    producer_id: str  # whom the expert may be tied to; empty for a base
    standard: str
    table: str
    version: int
    saved: str
    locked: str
    progress: str
    form: tuple[tuple[str, str], ...]
    files: tuple[FileView, ...]
    sections: tuple[MarkSection, ...]


Typed = Mapping[str, tuple[Mapping[str, str], str]]
"""What was typed into a page that was refused: by row its inputs and its note."""


def own_sheet(tx: Tx, public_id: str, account_id: int) -> tuple[ScoreSheet, Assessment]:
    """An expert's own sheet; another's does not exist for it."""
    row = tx.session.exec(
        select(ScoreSheet).where(
            ScoreSheet.public_id == public_id, ScoreSheet.account_id == account_id
        )
    ).one_or_none()
    if row is None:
        raise NotFound("没有这张打分表，请回到列表重新选择")
    return row, tx.session.get_one(Assessment, row.assessment_id)


def sheet_page(tx: Tx, public_id: str, account_id: int, typed: Typed | None = None) -> SheetPage:
    """An expert's own sheet as a page."""
    sheet, row = own_sheet(tx, public_id, account_id)
    one = opened(tx, row)
    files = files_of(tx, row)
    facts = facts_of(tx, one)
    others = _others(tx, one, sheet) if one.stage in DECIDED else {}
    sections = tuple(
        MarkSection(
            group.key,
            group.label or group.title,
            section_points(one, group.key, sheet.rows),
            _without_repeats(
                _row(one, item, sheet, files, row_fact(one, item, facts), others, typed or {})
                for item in items
                if fields_of(item, one.pack.table().items)
            ),
        )
        for group, items in one.pack.groups_in(one.pack.table().key)
    )
    shown = {item.key for item in one.pack.table().items}
    return SheetPage(
        id=sheet.public_id,
        number=row.number,
        mark=one.flow.mark,
        subject=one.subject.name,
        holder=one.subject.holder,
        account=tx.session.get_one(Account, account_id).public_id,
        producer_id=one.subject.producer_id,
        standard=one.standard,
        table=one.pack.table().title,
        version=sheet.version,
        saved=saved_line(sheet),
        locked=_locked(one, sheet),
        progress=progress(one, sheet.rows),
        form=tuple(
            (field.title, str(row.form.get(key) or ""))
            for key, field in one.flow.form.fields.items()
        ),
        files=tuple(view for key, views in files.items() if key not in shown for view in views),
        sections=sections,
    )


def after_saving(tx: Tx, sheet: ScoreSheet, key: str) -> dict[str, Any]:
    """What a page that saved one row shows anew."""
    one = opened(tx, tx.session.get_one(Assessment, sheet.assessment_id))
    texts = {"progress": progress(one, sheet.rows)}
    for group, _ in one.pack.groups_in(one.pack.table().key):
        texts[f"group-{group.key}"] = section_points(one, group.key, sheet.rows)
    return {
        "version": sheet.version,
        "saved": saved_line(sheet),
        "filled": key in sheet.rows,
        "texts": texts,
    }


def progress(one: Opened, rows: Mapping[str, Any]) -> str:
    """How far a sheet is: ``已评 12/20，合计 231 分``."""
    left, needed = (len(_units(missing_rows(one.pack, given))) for given in (rows, {}))
    said = f"已评 {needed - left}/{needed}"
    if one.pack.table().outcome.rule == "mandatory":
        return said if left else f"{said}，都评过了"
    return f"{said}，合计 {plain(counted(one.pack, rows))} 分"


def _units(items: Iterable[Item]) -> set[str]:
    """The answers that rows ask for: one each, one of a choice."""
    return {item.choice or item.key for item in items}


def section_points(one: Opened, key: str, rows: Mapping[str, Any]) -> str:
    """What the rows of one section add up to, of its maximum; empty where points do not decide."""
    if one.pack.table().outcome.rule == "mandatory":
        return ""
    for group, items in one.pack.groups_in(one.pack.table().key):
        if group.key == key:
            keys = {item.key for item in items}
            own = {row: answer for row, answer in rows.items() if row in keys}
            most = "" if group.max is None else f"／{plain(group.max)}"
            return f"{plain(_counted_alone(one, own))}{most} 分"
    return ""


def _counted_alone(one: Opened, rows: Mapping[str, Any]) -> Fraction:
    """The points of some rows; a row that stands in for one elsewhere adds nothing here."""
    items = one.pack.scored(one.pack.table().key)
    return counted(
        one.pack, {key: row for key, row in rows.items() if items[key].verb != "stand_in"}
    )


def saved_line(sheet: ScoreSheet) -> str:
    """When the sheet was last kept."""
    if sheet.saved_at is None:
        return f"{len(sheet.rows)} 行已按系统记录填好" if sheet.rows else "还没有填"
    return f"已保存 {format_instant(sheet.saved_at)[-5:]}"


def _locked(one: Opened, sheet: ScoreSheet) -> str:
    if sheet.submitted_at is not None:
        said = f"打分表已在 {format_instant(sheet.submitted_at)} 提交。"
        return said if one.stage in DECIDED else f"{said}评价结束以后可以看到各位专家的打分。"
    return "" if one.stage is Stage.MARKING else "评价已经结束，这张表没有提交，不计入结果。"


def _others(tx: Tx, one: Opened, own: ScoreSheet) -> dict[str, tuple[tuple[str, str], ...]]:
    """What the others gave, by row: read only once there is a result."""
    found: dict[str, list[tuple[str, str]]] = {}
    items = one.pack.scored(one.pack.table().key)
    rows = tx.session.exec(
        select(ScoreSheet, Account)
        .join(Account, col(Account.id) == ScoreSheet.account_id)
        .where(
            ScoreSheet.assessment_id == own.assessment_id,
            ScoreSheet.id != own.id,
            col(ScoreSheet.submitted_at).is_not(None),
        )
        .order_by(col(ScoreSheet.id))
    )
    for sheet, account in rows:
        for key, answer in sheet.rows.items():
            found.setdefault(key, []).append((account.name, said(items[key], answer)))
    return {key: tuple(marks) for key, marks in found.items()}


def said(item: Item, answer: Mapping[str, Any]) -> str:
    """A stored answer in words, with its note."""
    verb = VERBS[item.verb]
    words = verb.say(item, verb.read(item, answer["value"]))
    return f"{words}。{answer['note']}" if answer["note"] else words


def _without_repeats(rows: Iterable[MarkRow]) -> tuple[MarkRow, ...]:
    """The rows, an indicator that several share said once, above the first of them."""
    shown: list[MarkRow] = []
    last = ""
    for row in rows:
        shown.append(replace(row, indicator="") if row.indicator == last else row)
        last = row.indicator
    return tuple(shown)


def _row(
    one: Opened,
    item: Item,
    sheet: ScoreSheet,
    files: Mapping[str, tuple[FileView, ...]],
    fact: FactView | None,
    others: Mapping[str, tuple[tuple[str, str], ...]],
    typed: Typed,
) -> MarkRow:
    fields = fields_of(item, one.pack.table().items)
    stored = sheet.rows.get(item.key, {})
    inputs, note = typed.get(
        item.key, (typed_of(fields, stored.get("value")), stored.get("note", ""))
    )
    return MarkRow(
        key=item.key,
        title=item.title,
        indicator=item.indicator,
        text=item.text,
        basis=item.basis,
        clause=item.clause,
        star=item.remark,
        mandatory=item.mandatory,
        fields=fields,
        typed=inputs,
        note=note,
        filled=item.key in sheet.rows,
        files=files.get(item.key, ()),
        fact=fact,
        others=others.get(item.key, ()),
    )
