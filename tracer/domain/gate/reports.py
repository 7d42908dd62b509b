"""What was tested: a failed report stops the promise, a ticked test needs a report that covers.

“用什么药、检什么药”: the items must cover every active ingredient that was used.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tracer.domain.gate.case import PromiseCase, Refused, Report
from tracer.domain.gate.substances import relevant
from tracer.domain.gate.wording import use_words
from tracer.domain.reference import Reference
from tracer.domain.reference.substances import substance_name, substance_names
from tracer.domain.words import Basis, ReportKind

_KIND_OF_BASIS = {
    Basis.SELF_TEST: ReportKind.SELF,
    Basis.COMMISSIONED_TEST: ReportKind.COMMISSIONED,
}
_JOINED = re.compile("[和及与、]")
_OTHERWISE = f"或者改勾“{Basis.CONTROL.label}”"


def check_reports(case: PromiseCase, reference: Reference) -> Iterator[Refused]:
    """Failed reports, ticked tests without a passing report, and drugs nobody tested for."""
    for report in case.reports:
        if not report.passed or not all(item.passed for item in report.items):
            yield _failed(report)
    backing: list[Report] = []
    for basis, kind in _KIND_OF_BASIS.items():
        if basis not in case.basis:
            continue
        good = [report for report in case.reports if _backs(report, kind, case)]
        backing += good
        if not good:
            yield Refused(
                "report_missing",
                f"勾了“{basis.label}”，但批次 {case.batch.ref} 没有合格的{kind.label}报告，"
                f"请先录入报告，{_OTHERWISE}",
                case.batch.ref,
                clears_by=f"录入合格的{kind.label}报告",
            )
    if backing:
        yield from _uncovered(case, backing, reference)


def _failed(report: Report) -> Refused:
    items = "、".join(item.analyte for item in report.items if not item.passed)
    what = f"（{items}）" if items else ""
    return Refused(
        "report_failed",
        f"检测报告 {report.record_ref} 不合格{what}，这批不能开具合格证；"
        "对结果有异议的，请在规定时间内申请复检",
        report.record_ref,
        clears_by="依法申请复检",
    )


def _backs(report: Report, kind: ReportKind, case: PromiseCase) -> bool:
    """Whether a report lets the box of its kind be ticked for this very batch."""
    return (
        report.kind == kind
        and report.is_good
        and report.batch_ref in (case.batch.ref, *case.batch.same_goods)
        and report.tested_on <= case.issued_on
    )


def _uncovered(case: PromiseCase, backing: list[Report], reference: Reference) -> Iterator[Refused]:
    seen: set[str] = set()
    for harvest in case.harvests:
        for use in relevant(harvest):
            if not use.is_drug or use.is_vaccine:
                continue
            # A sample taken before the drug was used cannot have shown it.
            tested = {
                name
                for report in backing
                if (report.sampled_on or report.tested_on) >= use.last_on
                for item in report.items
                for name in _analyte_names(item.analyte)
            }
            for ingredient in substance_names(use.ingredients):
                wanted = reference.analytes(ingredient)
                if wanted is None or ingredient in seen or not wanted.isdisjoint(tested):
                    continue
                seen.add(ingredient)
                yield Refused(
                    "report_not_covering",
                    f"{use_words(use, harvest.harvested_on)}含{ingredient}，"
                    f"用药以后的检测报告里没有检{ingredient}，请补检这一项，{_OTHERWISE}",
                    use.record_ref,
                    clears_by=f"补检{ingredient}",
                )


def _analyte_names(text: str) -> set[str]:
    """The names a report item may go by: whole, and each part of 氯氰菊酯和高效氯氰菊酯."""
    return {substance_name(part) for part in (text, *_JOINED.split(text))} - {""}
