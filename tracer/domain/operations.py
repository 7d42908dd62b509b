"""The works of farming: which there are, and what the law wants recorded of each.

The vocabulary is ``reference/data/operations.csv``. A record's fields carry the names of
:data:`FIELD_LABELS`; what the record of the input already says (its maker, supplier and
registration number) is passed along with the record's own fields.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from tracer.domain.errors import Refusal
from tracer.domain.quantity import UNITS, parse_quantity
from tracer.domain.reference import load
from tracer.domain.reference.rows import Provenance, provenance, read_csv, words
from tracer.domain.words import InputKind, Sector

AFTER_HARVEST = "after_harvest"

FIELD_LABELS = {
    "occurred_on": "作业日期",
    "ended_on": "停用日期",
    "plot": "作业地块",
    "operator": "执行人",
    "input": "投入品名称",
    "maker": "生产企业",
    "supplier": "来源（从哪里买的）",
    "registration_no": "登记证号或批准文号",
    "target": "防治对象",
    "method": "使用方法",
    "dose": "用量",
    "dose_unit": "用量单位",
    "quantity": "数量",
    "unit": "数量单位",
    "partner": "去向（卖给谁、运到哪里）",
    "number": "单据编号",
    "water_temperature": "水温（℃）",
    "note": "备注",
}
# With an input whose label binds its use, these must be known even where the kind of work alone
# does not ask for them (农药管理条例 art. 36, 兽药管理条例 art. 38).
_DRUG_FIELDS = ("maker", "supplier", "method", "dose", "dose_unit")
_INPUT_KINDS = {str(kind): kind for kind in InputKind}
_DRUGS = frozenset({InputKind.PESTICIDE, InputKind.VETERINARY_DRUG})


@dataclass(frozen=True)
class OperationKind:
    """One kind of work. ``domains`` are sectors or ``after_harvest``; ``harvests`` makes a batch.

    ``inputs`` are the kinds of input it may use; ``required`` and ``optional`` name its fields in
    the order of a form.
    """

    code: str
    label: str
    domains: tuple[str, ...]
    inputs: tuple[InputKind, ...]
    required: tuple[str, ...]
    optional: tuple[str, ...]
    harvests: bool
    provenance: Provenance

    @property
    def uses_drugs(self) -> bool:
        """Whether a pesticide or veterinary drug may be at work, which the gate looks at."""
        return not _DRUGS.isdisjoint(self.inputs)


@dataclass(frozen=True)
class Problem:
    """One field of a record that is missing or cannot be right, and what to do about it."""

    field: str
    sentence: str


@lru_cache
def operation_kinds() -> dict[str, OperationKind]:
    """All kinds of work by code, in the order people do them."""
    return {
        row["code"]: OperationKind(
            row["code"],
            row["label"],
            words(row["domain"]),
            tuple(_INPUT_KINDS[kind] for kind in words(row["inputs"])),
            words(row["required"]),
            words(row["optional"]),
            row["harvests"] == "yes",
            provenance(row),
        )
        for row in read_csv("operations")
    }


def operation_kind(code: str) -> OperationKind:
    """The kind of work with that code or Chinese label; a Refusal for anything else."""
    kinds = operation_kinds()
    found = kinds.get(code) or next((kind for kind in kinds.values() if kind.label == code), None)
    if found is None:
        raise Refusal("unknown_operation", f"没有“{code}”这种作业，请从列表里选一种", "kind")
    return found


def kinds_for(sector: Sector | str) -> tuple[OperationKind, ...]:
    """The kinds of work of a sector, followed by those after harvest, which every sector has."""
    own = tuple(kind for kind in operation_kinds().values() if sector in kind.domains)
    after = tuple(kind for kind in operation_kinds().values() if AFTER_HARVEST in kind.domains)
    return own + after


def check_record(kind: str, fields: Mapping[str, object], today: date) -> list[Problem]:
    """What is missing or impossible in a record of ``kind``; empty if it is complete.

    Dates are ``datetime.date``; ``dose`` and ``quantity`` numbers or their text; empty text and
    None count as missing.
    """
    rules = operation_kind(kind)
    required = list(rules.required)
    if rules.uses_drugs and not _missing(fields.get("input")):
        required += [name for name in _DRUG_FIELDS if name not in required]
    problems = [
        Problem(name, f"{rules.label}记录缺{FIELD_LABELS[name]}，请补填")
        for name in required
        if _missing(fields.get(name))
    ]
    problems += _date_problems(fields, today)
    problems += _amount_problems(fields)
    return problems


def _missing(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _date_problems(fields: Mapping[str, object], today: date) -> list[Problem]:
    begun, ended = fields.get("occurred_on"), fields.get("ended_on")
    problems = []
    if isinstance(begun, date) and begun > today:
        problems.append(Problem("occurred_on", "作业日期还没到，请做完以后再记"))
    if isinstance(begun, date) and isinstance(ended, date) and ended < begun:
        problems.append(Problem("ended_on", "停用日期早于作业日期，请改正其中一个"))
    return problems


def _amount_problems(fields: Mapping[str, object]) -> list[Problem]:
    problems = []
    dose, dose_unit = fields.get("dose"), fields.get("dose_unit")
    if not _missing(dose) and not _is_positive(dose):
        problems.append(Problem("dose", "用量要填大于零的数字，比如 30 或 0.5"))
    if not _missing(dose_unit):
        try:
            load().dose_unit(str(dose_unit))
        except Refusal as refusal:
            problems.append(Problem("dose_unit", refusal.message))
    quantity, unit = fields.get("quantity"), fields.get("unit")
    if not _missing(quantity):
        try:
            parse_quantity(quantity, next(iter(UNITS)) if _missing(unit) else str(unit))
        except Refusal as refusal:
            problems.append(Problem(refusal.field or "quantity", refusal.message))
    elif not _missing(unit):
        problems.append(Problem("quantity", f"只填了{FIELD_LABELS['unit']}，请把数量也填上"))
    return problems


def _is_positive(value: object) -> bool:
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation:
        return False
    return number.is_finite() and number > 0
