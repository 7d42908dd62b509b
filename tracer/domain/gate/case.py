"""What the gate looks at and what it answers: plain values, no rows of any database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tracer.domain.quantity import Quantity
from tracer.domain.reference import Category, Scope
from tracer.domain.words import Basis, BatchKind, InputKind, ProducerKind, ReportKind


@dataclass(frozen=True)
class LabelUse:
    """One line of a label: what the drug is registered for, and its limits there.

    ``interval_days`` is the 安全间隔期, 休药期, 弃奶期 or 弃蛋期. None means that nobody has read
    it from the label yet, unless a person has said that the label states none
    (``interval_unstated``). ``degree_days`` is the 度日 of fish drugs.
    """

    crop: str
    interval_days: int | None = None
    interval_unstated: bool = False
    degree_days: int | None = None
    max_uses: int | None = None
    max_dose: Decimal | None = None
    dose_unit: str = ""


@dataclass(frozen=True)
class DrugUse:
    """One recorded use of an input, with what its label says.

    ``record_ref`` names the record for people. ``ended_on`` is the last day of a treatment that
    took several. ``ingredients`` are the label's 有效成分, as many texts as were typed.
    """

    record_ref: str
    used_on: date
    kind: InputKind
    name: str
    ingredients: tuple[str, ...]
    label_uses: tuple[LabelUse, ...] = ()
    registration_no: str = ""
    content: str = ""
    formulation: str = ""
    method: str = ""
    dose: Decimal | None = None
    dose_unit: str = ""
    ended_on: date | None = None
    plot: str = ""
    campaign: str = ""

    @property
    def last_on(self) -> date:
        """The day from which intervals count."""
        return max(self.used_on, self.ended_on or self.used_on)

    @property
    def is_drug(self) -> bool:
        """Whether a label binds its use: pesticides and veterinary drugs."""
        return self.kind in (InputKind.PESTICIDE, InputKind.VETERINARY_DRUG)

    @property
    def is_vaccine(self) -> bool:
        """A vaccine has a withdrawal period but no active ingredient and leaves no residue."""
        return self.kind == InputKind.VETERINARY_DRUG and (
            "疫苗" in self.name or self.name.endswith("苗")
        )


@dataclass(frozen=True)
class Harvest:
    """One own harvest that is in the batch: day, and the uses of its campaign on its plot.

    A merged batch holds several, each with its own day: intervals count to the harvest, never to
    the merging. ``water_temperatures`` are (day, tenths of a degree Celsius), for 度日.
    ``before`` are uses on the same plot before the campaign began: only their waiting periods
    count here, so that a new campaign does not end one.
    """

    batch_ref: str
    harvested_on: date
    uses: tuple[DrugUse, ...] = ()
    water_temperatures: tuple[tuple[date, int], ...] = ()
    before: tuple[DrugUse, ...] = ()


@dataclass(frozen=True)
class Source:
    """A batch that this one is made of, with how many certificates or other proofs are kept."""

    ref: str
    proofs: int


@dataclass(frozen=True)
class BatchFacts:
    """The batch that is to be promised.

    ``sources`` is empty for own produce. If anything in the batch was bought in, it lists all that
    the batch is made of, the bought-in batch itself where it is one, own harvests included.
    ``same_goods`` are batches that this one is a plain part of (splits): their reports hold here.
    """

    ref: str
    kind: BatchKind
    made_on: date
    quantity: Quantity
    sources: tuple[Source, ...] = ()
    same_goods: tuple[str, ...] = ()

    @property
    def bought_in(self) -> bool:
        return self.kind == BatchKind.PURCHASE or bool(self.sources)


@dataclass(frozen=True)
class TestedItem:
    """One analyte of a report."""

    __test__ = False
    analyte: str
    passed: bool


@dataclass(frozen=True)
class Report:
    """A 检测报告 of the batch or of one that it is made of; ``sampled_on`` None: as tested."""

    record_ref: str
    batch_ref: str
    kind: ReportKind
    tested_on: date
    passed: bool
    items: tuple[TestedItem, ...]
    sampled_on: date | None = None

    @property
    def is_good(self) -> bool:
        """Passed as a whole and in each item, and says what was tested."""
        return self.passed and bool(self.items) and all(item.passed for item in self.items)


@dataclass(frozen=True)
class PromiseCase:
    """Everything a promise rests on.

    ``crop`` is the name that labels use (番茄, 鸡蛋); ``certified`` are the quantities of the
    batch's certificates in force, ``moved_out`` what went into other batches.
    """

    producer_kind: ProducerKind
    product: str
    category: str
    crop: str
    batch: BatchFacts
    requested: Quantity
    form: str
    basis: tuple[Basis, ...]
    issued_on: date
    harvests: tuple[Harvest, ...] = ()
    certified: tuple[Quantity, ...] = ()
    moved_out: tuple[Quantity, ...] = ()
    reports: tuple[Report, ...] = ()
    suspended: bool = False
    recalled: bool = False


@dataclass(frozen=True)
class Produce:
    """What grows: catalogue row and the crop name that labels use."""

    category: Category
    crop: str


@dataclass(frozen=True)
class Refused:
    """One reason why the promise cannot be made.

    ``sentence`` says it in Chinese with the record and what clears it. ``clears_on`` is the first
    day it no longer holds, where a day clears it; ``clears_by`` the act, where an act does.
    """

    rule: str
    sentence: str
    record_ref: str
    clears_on: date | None = None
    clears_by: str | None = None


@dataclass(frozen=True)
class Warned:
    """Something to look at before signing; it stops nothing."""

    rule: str
    sentence: str
    record_ref: str


@dataclass(frozen=True)
class GateResult:
    """The gate's answer. ``scope`` is None where the product's category is unknown."""

    refusals: tuple[Refused, ...]
    warnings: tuple[Warned, ...]
    scope: Scope | None

    @property
    def open(self) -> bool:
        """Whether the promise may be signed."""
        return not self.refusals
