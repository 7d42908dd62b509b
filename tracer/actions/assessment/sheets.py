"""打分表: an expert fills in a sheet row by row, and hands it in. Nobody else reads it before."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlmodel import select

from tracer.actions.actor import Actor, require
from tracer.actions.assessment.moving import need, standard_of, take
from tracer.actions.assessment.row_notes import noted_row
from tracer.domain.assessing import Stage, Step
from tracer.domain.clock import day_of
from tracer.domain.errors import Conflict, Forbidden, NotFound, Refusal
from tracer.domain.words import Role
from tracer.standards.marking import (
    counted,
    differs,
    missing_rows,
    other_days,
    row_of,
    unexplained,
)
from tracer.standards.pack import Item, Pack
from tracer.store.assessments import tie_of
from tracer.store.tables import Account, Assessment, ScoreSheet
from tracer.store.world import Tx

_NAMED = 5  # rows named in one sentence


class StaleSheet(Conflict):
    """The sheet was saved elsewhere since; ``sheet`` is what is kept now."""

    def __init__(self, sheet: ScoreSheet) -> None:
        super().__init__(
            "stale_sheet", "这份打分表在别处改过，下面是现在存着的，请核对后再改", "version"
        )
        self.sheet = sheet


def save_sheet(
    tx: Tx, actor: Actor, sheet_id: str, version: int, rows: Mapping[str, Any]
) -> ScoreSheet:
    """Keep any rows, each an answer or ``{"value": …, "note": …}``; None clears a row.

    ``version`` is the one the rows were changed from. A Refusal names the row at fault, and what
    was kept before stays. Sending the same again changes nothing.
    """
    sheet, assessment = _own(tx, actor, sheet_id)
    _refuse_done(sheet, assessment)
    pack, _ = standard_of(tx, assessment)
    items = pack.scored(pack.table().key)
    kept = dict(sheet.rows)
    for key, raw in rows.items():
        item = row_of(items, key)
        if raw is None:
            kept.pop(key, None)
        else:
            kept[key] = noted_row(item, raw)
    if kept == sheet.rows:
        return sheet
    if version != sheet.version:
        raise StaleSheet(sheet)
    counted(pack, kept)  # a stand-in that stands for no row is refused here
    sheet.rows = kept
    sheet.version += 1
    sheet.saved_at = tx.now
    tx.session.flush()
    return sheet


def submit_sheet(tx: Tx, actor: Actor, sheet_id: str, version: int) -> ScoreSheet:
    """Hand the sheet in: no row is missing, and whoever overrules the records says why."""
    sheet, assessment = _own(tx, actor, sheet_id)
    if sheet.submitted_at is not None:
        return sheet
    _refuse_done(sheet, assessment)
    if version != sheet.version:
        raise StaleSheet(sheet)
    pack, _ = standard_of(tx, assessment)
    _refuse_missing(pack, sheet)
    _refuse_unnoted(pack, sheet, assessment)
    sheet.submitted_at = tx.now
    take(tx, actor, assessment, Step.SHEET_SUBMITTED)
    return sheet


def overruled(pack: Pack, rows: Mapping[str, Any], facts: Mapping[str, Any]) -> list[Item]:
    """The rows of a sheet that the records fill otherwise and that carry no note."""
    items = pack.scored(pack.table().key)
    return [
        items[key]
        for key, one in facts.get("rows", {}).items()
        if one["fills"]
        and one["value"] is not None
        and key in rows
        and not rows[key]["note"]
        and differs(items[key], rows[key]["value"], one["value"])
    ]


def _own(tx: Tx, actor: Actor, sheet_id: str) -> tuple[ScoreSheet, Assessment]:
    require(actor, Role.EXPERT)
    sheet = tx.session.exec(
        select(ScoreSheet).where(ScoreSheet.public_id == sheet_id)
    ).one_or_none()
    if sheet is None or sheet.account_id != actor.account_id:
        raise NotFound("没有这份打分表，请回到列表重新选择")
    assessment = tx.session.get_one(Assessment, sheet.assessment_id)
    account = tx.session.get_one(Account, actor.account_id)
    tie = tie_of(tx.session, account, assessment, day_of(tx.now))
    if tie is not None:
        raise Forbidden(f"这份申请您要回避：{tie}，请告诉评价机构换人")
    return sheet, assessment


def _refuse_done(sheet: ScoreSheet, assessment: Assessment) -> None:
    if sheet.submitted_at is not None:
        raise Conflict("sheet_closed", "这份打分表已经交了，不能再改")
    need(assessment, Stage.MARKING)


def _refuse_missing(pack: Pack, sheet: ScoreSheet) -> None:
    lacking = missing_rows(pack, sheet.rows)
    if lacking:
        named = "、".join(item.key for item in lacking[:_NAMED])
        more = "等" if len(lacking) > _NAMED else ""
        raise Refusal(
            "missing_rows",
            f"还有 {len(lacking)} 行没有评：第 {named} 行{more}，请评完再交",
            lacking[0].key,
        )


def _refuse_unnoted(pack: Pack, sheet: ScoreSheet, assessment: Assessment) -> None:
    for item in unexplained(pack, sheet.rows):
        raise Refusal("missing_note", f"{item.name}记为不适用，请在备注里写明理由", item.key)
    for item in other_days(pack, sheet.rows, assessment.facts["on"]):
        raise Refusal(
            "missing_note",
            f"{item.name}的评定日期不是分派评分的 {assessment.facts['on']}，请在备注里写明理由",
            item.key,
        )
    for item in overruled(pack, sheet.rows, assessment.facts):
        raise Refusal(
            "missing_note", f"{item.name}和系统记录算出的不一样，请在备注里写明理由", item.key
        )
