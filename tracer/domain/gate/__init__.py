"""The gate: may this be promised? Every rule that a certificate must pass before it is signed.

``check_promise`` runs them all and answers with every refusal, not only the first, so that a
person can put right everything at once. ``docs/gate.md`` lists the rules and the law behind them.
"""

from __future__ import annotations

from tracer.domain.gate.case import (
    BatchFacts,
    DrugUse,
    GateResult,
    Harvest,
    LabelUse,
    Produce,
    PromiseCase,
    Refused,
    Report,
    Source,
    TestedItem,
    Warned,
)
from tracer.domain.gate.intervals import Clearance, check_intervals, next_clear
from tracer.domain.gate.paper import (
    check_amount,
    check_form,
    check_harvests,
    check_issuer,
    check_scope,
    form_role,
)
from tracer.domain.gate.reports import check_reports
from tracer.domain.gate.substances import check_label, check_substances
from tracer.domain.reference import load

__all__ = [
    "BatchFacts",
    "Clearance",
    "DrugUse",
    "GateResult",
    "Harvest",
    "LabelUse",
    "PromiseCase",
    "Refused",
    "Report",
    "Source",
    "TestedItem",
    "Warned",
    "check_promise",
    "form_role",
    "next_clear",
]


def check_promise(case: PromiseCase) -> GateResult:
    """Whether the promise may be signed on ``case.issued_on``; all refusals and warnings."""
    reference = load()
    off_scope, scope = check_scope(case, reference)
    found: list[Refused | Warned] = [
        *check_issuer(case),
        *off_scope,
        *check_form(case, reference),
        *check_harvests(case),
        *check_amount(case),
    ]
    if scope is not None:
        produce = Produce(reference.category(case.category), case.crop)
        for harvest in case.harvests:
            found += check_substances(harvest, produce, reference)
            found += check_label(harvest, produce, reference)
            found += check_intervals(harvest, produce, reference)
    found += check_reports(case, reference)
    return GateResult(
        tuple(item for item in found if isinstance(item, Refused)),
        tuple(item for item in found if isinstance(item, Warned)),
        scope,
    )
