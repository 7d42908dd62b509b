"""Worked examples beside a pack, and whether the engine agrees with them.

``cases.toml`` holds full answers once under ``[base.<name>]`` and cases that start ``from`` one of
them::

    [[case]]
    name = "..."                         what the example shows
    from = "full"
    change = { rows = { "1-1" = 4 } }    laid over the base
    drop = [["rows", "1-2"]]             paths left out
    expect = { total = 109, outcome = "...", passed = false, vetoes = ["1-1"],
               points = { "1-1" = 4 }, refused = ["over_max", "1-1"] }

A case expects what it names, and nothing else is compared.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from tracer.domain.errors import Refusal
from tracer.standards.assessment import Assessment, score
from tracer.standards.exact import exact
from tracer.standards.fields import Fields, bad
from tracer.standards.pack import Pack

_EXPECTED = {"total", "outcome", "passed", "vetoes", "points", "refused", "warnings"}


@dataclass(frozen=True)
class Case:
    """One worked example."""

    name: str
    answers: Mapping[str, Any]
    expect: Mapping[str, Any]


def read_cases(folder: Path) -> list[Case]:
    """The cases of an edition's folder; a Refusal ``bad_pack`` names the case that is wrong."""
    where = f"{folder.parent.name}/{folder.name}/cases.toml"
    try:
        document = tomllib.loads((folder / "cases.toml").read_text("utf-8"), parse_float=Decimal)
    except FileNotFoundError:
        raise bad(where, "没有 cases.toml，每个标准都要带算例") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise bad(where, f"读不出来，{error}") from None
    fields = Fields(document, where)
    bases = fields.take("base", dict, {})
    cases = [_case(case, bases) for case in fields.each("case")]
    fields.end()
    if not cases:
        raise bad(where, "一个算例也没有")
    return cases


def _case(fields: Fields, bases: Mapping[str, Any]) -> Case:
    name = fields.text("name")
    fields.where = name
    base = fields.text("from", "")
    if base and base not in bases:
        raise bad(name, f"没有 base.{base}")
    answers = _laid_over(bases.get(base, {}), fields.take("change", dict, {}))
    for path in fields.take("drop", list, []):
        _drop(answers, path)
    expect = fields.take("expect", dict)
    fields.end()
    unknown = sorted(set(expect) - _EXPECTED)
    if unknown:
        raise bad(name, f"expect 里不认识 {unknown[0]}")
    return Case(name, answers, expect)


def _laid_over(base: Any, change: Any) -> Any:
    """``change`` over ``base``; tables are merged, everything else is replaced."""
    if not (isinstance(base, Mapping) and isinstance(change, Mapping)):
        return change
    merged = dict(base)
    for key, value in change.items():
        merged[key] = _laid_over(merged[key], value) if key in merged else value
    return merged


def _drop(answers: dict[str, Any], path: list[str]) -> None:
    for key in path[:-1]:
        answers[key] = answers = dict(answers[key])
    del answers[path[-1]]


def failures(pack: Pack, cases: list[Case]) -> Iterator[str]:
    """One sentence for every expectation that the engine does not meet."""
    for case in cases:
        for name, wanted, got in _compared(pack, case):
            if wanted != got:
                yield f"{pack.ref} 算例“{case.name}”的 {name} 应是 {wanted}，算出来是 {got}"


def _compared(pack: Pack, case: Case) -> Iterator[tuple[str, Any, Any]]:
    try:
        assessment = score(pack, case.answers)
    except Refusal as refusal:
        yield "refused", case.expect.get("refused"), [refusal.code, refusal.field]
        return
    if "refused" in case.expect:
        yield "refused", case.expect["refused"], None
    for name, wanted in case.expect.items():
        if name == "points":
            for row, points in wanted.items():
                yield f"{row} 行得分", exact(points), _points(assessment, row)
        elif name == "total":
            yield name, wanted, assessment.published
        elif name == "vetoes":
            yield name, wanted, [veto.key for veto in assessment.vetoes]
        elif name == "warnings":
            yield name, wanted, len(assessment.warnings)
        elif name in ("outcome", "passed"):
            yield name, wanted, getattr(assessment, name)


def _points(assessment: Assessment, row: str) -> Fraction | None:
    return next((item.points for item in assessment.items if item.item.key == row), None)
