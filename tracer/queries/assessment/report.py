"""The standard's own papers of one assessment, ready to be set: parts with their words in place.

What an edition prints, and in which order, is its layout (:mod:`tracer.standards.layout`); here the
sources are filled in, and neighbours that say the same become one cell.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any

from tracer.domain.clock import day_of, format_day, start_of
from tracer.domain.errors import NotFound
from tracer.proof.qrtext import licence_text
from tracer.queries.assessment import printed_table
from tracer.queries.assessment.facts import facts_of, row_fact
from tracer.queries.assessment.parts import Opened, files_of, opened
from tracer.queries.assessment.printed_table import Cell, Marked
from tracer.standards import score
from tracer.standards.answers import read_answers
from tracer.standards.assessment import Assessment as Scored
from tracer.standards.exact import plain
from tracer.standards.flow import FormField
from tracer.standards.layout import GridCell, Part, layouts
from tracer.store.tables import Assessment, AssessmentResult, Licence
from tracer.store.world import Tx


def report_paper(tx: Tx, row: Assessment) -> dict[str, Any]:
    """评价报告 of an assessment that has a result; NotFound before."""
    stored = tx.session.get(AssessmentResult, row.id)
    if stored is None:
        raise NotFound("这份申请还没有出结果")
    one = opened(tx, row)
    given = read_answers(one.pack, stored.answers)
    held = facts_of(tx, one)
    beside = ((item.key, row_fact(one, item, held)) for item in one.pack.table().items)
    marked = Marked(
        scored=score(one.pack, stored.answers),
        given=given,
        sheets=tuple(given.sheets.items()),
        files=files_of(tx, row),
        facts={key: fact.text for key, fact in beside if fact and fact.text},
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
    one: Opened, name: str, sources: Mapping[str, str], marked: Marked | None = None
) -> dict[str, Any]:
    layout = layouts(one.pack, one.flow)[name]
    parts = [_part(one, part, sources, marked) for part in layout.parts]
    return {"title": layout.title, "parts": [part for part in parts if part]}


def _part(
    one: Opened, part: Part, sources: Mapping[str, str], marked: Marked | None
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
            return base | printed_table.table(one.pack, part, marked)
        case "gates" if marked:
            return base | printed_table.gates(marked.given)
        case "table" | "gates":
            return {}
    return base | {"lines": list(part.lines)}


def _even(grid: Sequence[Sequence[GridCell]]) -> list[int]:
    return [1] * max((sum(cell.across for cell in row) for row in grid), default=1)


def _grid_cell(sources: Mapping[str, str], cell: GridCell) -> Cell:
    text = _of(sources, cell.text) if cell.source else cell.text
    place = "left" if cell.source else "center"
    told: Cell = {"text": text, "across": cell.across, "down": cell.down, "place": place}
    if cell.day:
        # An opinion that is still to be written is dated by hand, whatever the form proposes.
        written = text and _of(sources, cell.day)
        told["foot"] = [cell.seal, written or "年　　月　　日"]
    return told


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
        "submitted_on": format_day(day_of(row.submitted_at)) if row.submitted_at else "",
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


def licence_paper(tx: Tx, licence: Licence, public: bool = False) -> dict[str, str]:
    """What the certificate of a licence says; ``address`` is its public page.

    ``public``: as a stranger may have it, with a person's name masked.
    """
    one = opened(tx, tx.session.get_one(Assessment, licence.assessment_id))
    holder = one.subject.public_holder if public else licence.holder
    result = tx.session.get_one(AssessmentResult, licence.assessment_id)
    return {
        "title": one.flow.licence.title,
        "mark": licence.mark,
        "sentence": (
            f"{holder}申报的“{licence.subject}”，经评价达到标准要求，"
            f"准予在有效期内使用“{licence.mark}”标识。"
        ),
        "holder": holder,
        "subject": licence.subject,
        "number": licence.number,
        "valid": f"{format_day(licence.valid_from)} 至 {format_day(licence.valid_to)}",
        "standard": one.standard,
        "outcome": result.outcome,
        "organisation": one.call.organisation,
        "issued": format_day(day_of(licence.issued_at)),
        "address": licence_text(tx.site, licence.public_id),
    }
