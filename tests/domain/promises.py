"""Promises to hold against the gate: ``tomatoes()`` passes, a test changes one thing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from tracer.domain.gate import (
    BatchFacts,
    DrugUse,
    Harvest,
    LabelUse,
    PromiseCase,
    Report,
    Source,
    TestedItem,
    check_promise,
)
from tracer.domain.quantity import Quantity
from tracer.domain.words import Basis, BatchKind, InputKind, ProducerKind, ReportKind

HARVESTED = date(2026, 7, 8)
SPRAYED = date(2026, 7, 1)  # seven days before the harvest


def kg(amount: int) -> Quantity:
    return Quantity(amount * 1000, "kg")


def label(crop: str = "番茄", days: int | None = 7, **limits) -> LabelUse:
    return LabelUse(crop, days, **limits)


def use(
    name: str = "啶虫脒", on: date = SPRAYED, line: LabelUse | None = None, **details
) -> DrugUse:
    given = {
        "record_ref": f"用药-{on:%m%d}-{name}",
        "used_on": on,
        "kind": InputKind.PESTICIDE,
        "name": name,
        "ingredients": (name,),
        "label_uses": (line or label(),),
        "campaign": "春茬",
        "plot": "3号大棚",
    }
    return DrugUse(**(given | details))


def tomatoes(*uses: DrugUse, harvested: date = HARVESTED, **details) -> PromiseCase:
    given = {
        "producer_kind": ProducerKind.COOPERATIVE,
        "product": "蓼兰番茄",
        "category": "A1-12",
        "crop": "番茄",
        "batch": BatchFacts("P1", BatchKind.HARVEST, harvested, kg(500)),
        "requested": kg(500),
        "form": "2025-producer",
        "basis": (Basis.CONTROL,),
        "issued_on": max(harvested, HARVESTED),
        "harvests": (Harvest("P1", harvested, uses),),
    }
    return PromiseCase(**(given | details))


def report(*analytes: str, kind: ReportKind = ReportKind.SELF, **details) -> Report:
    given = {
        "record_ref": "JC-1",
        "batch_ref": "P1",
        "kind": kind,
        "tested_on": HARVESTED,
        "passed": True,
        "items": tuple(TestedItem(analyte, True) for analyte in analytes),
    }
    return Report(**(given | details))


def animal(category: str, crop: str, *uses: DrugUse, **details) -> PromiseCase:
    case = tomatoes(*uses, category=category, crop=crop, product=crop)
    if details:
        case = replace(case, harvests=(replace(case.harvests[0], **details),))
    return case


def drug(name: str, line: LabelUse, on: date = SPRAYED, **details) -> DrugUse:
    return use(name, on, line, kind=InputKind.VETERINARY_DRUG, **details)


def bought(*sources: Source, **details) -> PromiseCase:
    batch = BatchFacts("S1", BatchKind.PURCHASE, HARVESTED, kg(500), sources)
    given = {
        "producer_kind": ProducerKind.PURCHASER,
        "batch": batch,
        "form": "2025-purchaser",
        "harvests": (),
    }
    return replace(tomatoes(), **(given | details))


def ticked(*reports: Report, basis: Basis = Basis.SELF_TEST, uses: tuple[DrugUse, ...] = ()):
    return tomatoes(*uses, basis=(basis,), reports=reports)


PEANUTS = {"category": "A1-32", "crop": "花生", "product": "花生"}


def peanuts(*uses: DrugUse) -> PromiseCase:
    return tomatoes(*uses, **PEANUTS)


def on_peanuts(name: str, on: date, **details) -> PromiseCase:
    return peanuts(use(name, on, label("花生", 7), **details))


def rules(case: PromiseCase) -> set[str]:
    return {refused.rule for refused in check_promise(case).refusals}
