"""Waiting: 安全间隔期, 休药期, 弃奶期, 弃蛋期 and 度日, counted in Beijing calendar days.

Applied on 1 July with an interval of 7 days, the crop may be harvested from 8 July.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from tracer.domain.gate.case import DrugUse, Harvest, LabelUse, Produce, Refused, Warned
from tracer.domain.gate.substances import check_label, check_substances, label_use, relevant
from tracer.domain.gate.wording import Waiting, day_words, use_words, waiting_for
from tracer.domain.reference import Reference, load
from tracer.domain.reference.substances import substance_name, substance_names


def clears_on(use: DrugUse, line: LabelUse) -> date | None:
    """The first day of harvest that the label's interval in days allows; None if it has none."""
    if line.interval_days is None:
        return None
    return use.last_on + timedelta(days=line.interval_days)


def degree_days(harvest: Harvest, use: DrugUse) -> int:
    """The sum of recorded daily water temperatures after a treatment up to the harvest, in 度日.

    A day without a reading counts nothing.
    """
    days = dict(harvest.water_temperatures)
    tenths = sum(
        temperature
        for day, temperature in days.items()
        if use.last_on < day <= harvest.harvested_on and temperature > 0
    )
    return tenths // 10


def check_intervals(
    harvest: Harvest, produce: Produce, reference: Reference
) -> Iterator[Refused | Warned]:
    """The waiting periods of every use before the harvest."""
    waiting = waiting_for(produce, reference)
    for use in relevant(harvest):
        line = label_use(use, produce.crop, reference)
        if line is None:
            continue
        if line.interval_days is None and line.degree_days is None and not line.interval_unstated:
            yield Refused(
                "interval_unknown",
                f"{use_words(use, harvest.harvested_on)}没有填{waiting.interval}，"
                "请按标签补填；标签没有标注的，请选“标签未标注”",
                use.record_ref,
                clears_by=f"按标签补填{waiting.interval}",
            )
        yield from _days(use, line, harvest, waiting)
        yield from _degrees(use, line, harvest)
        yield from _reference(use, line, harvest, produce, waiting, reference)
    for use in harvest.before:
        line = _binding(use, produce, reference)
        if line is not None and use.used_on <= harvest.harvested_on:
            yield from _days(use, line, harvest, waiting)


def _binding(use: DrugUse, produce: Produce, reference: Reference) -> LabelUse | None:
    """The label's line for this crop, else its longest wait: what was sprayed is on the plot."""
    line = label_use(use, produce.crop, reference)
    longest = max(use.label_uses, key=lambda one: one.interval_days or 0, default=None)
    return line or longest


def _days(use: DrugUse, line: LabelUse, harvest: Harvest, waiting: Waiting) -> Iterator[Refused]:
    clear = clears_on(use, line)
    if clear is None or harvest.harvested_on >= clear:
        return
    early = (clear - harvest.harvested_on).days
    yield Refused(
        "interval_running",
        f"{use_words(use, clear)}，{waiting.interval} {line.interval_days} 天，"
        f"{day_words(clear, use.used_on)}起才能{waiting.act}；这批是"
        f"{day_words(harvest.harvested_on, clear)}{waiting.act}的，早了 {early} 天，"
        f"请到期后{waiting.act}，另建批次再开具",
        use.record_ref,
        clears_on=clear,
        clears_by=f"到期后{waiting.act}，另建批次",
    )


def _degrees(use: DrugUse, line: LabelUse, harvest: Harvest) -> Iterator[Refused]:
    if line.degree_days is None:
        return
    reached = degree_days(harvest, use)
    if reached < line.degree_days:
        yield Refused(
            "degree_days_running",
            f"{use_words(use, harvest.harvested_on)}，休药期 {line.degree_days} 度日，"
            f"到{day_words(harvest.harvested_on, use.used_on)}按水温记录累计 {reached} 度日，"
            "请补记每天的水温，不够的等够了再捕捞",
            use.record_ref,
            clears_by="补记每天的水温，够度日后再捕捞",
        )


def _reference(
    use: DrugUse,
    line: LabelUse,
    harvest: Harvest,
    produce: Produce,
    waiting: Waiting,
    reference: Reference,
) -> Iterator[Warned]:
    """A warning where the entry is shorter than every published interval that fits the drug."""
    if waiting.product:
        days, degrees = _withdrawals(use, produce, waiting, reference)
    else:
        days, degrees = _phi_days(use, produce, reference), []
    for entered, published, unit in (
        (line.interval_days, days, "天"),
        (line.degree_days, degrees, "度日"),
    ):
        if entered is not None and published and entered < min(published):
            yield Warned(
                "interval_shorter_than_published",
                f"{use_words(use, harvest.harvested_on)}，"
                f"{waiting.interval}填的是 {entered} {unit}，"
                f"常见规定是 {min(published)} {unit}，请再看一遍标签",
                use.record_ref,
            )


def _phi_days(use: DrugUse, produce: Produce, reference: Reference) -> list[int]:
    """Published 安全间隔期 of a single-ingredient product; unknown content fits every row."""
    ingredients = substance_names(use.ingredients)
    return [
        row.phi_days
        for row in reference.phi_rows
        if ingredients == (substance_name(row.ingredient),)
        and reference.crops.covers(row.crop, produce.crop)
        and use.content in ("", row.content)
        and use.formulation in ("", row.formulation)
    ]


def _withdrawals(
    use: DrugUse, produce: Produce, waiting: Waiting, reference: Reference
) -> tuple[list[int], list[int]]:
    """Published withdrawal periods in days and in 度日."""
    # Eggs and milk are listed under their animal: 鸡蛋 under 鸡, 牛乳 under 牛.
    species = reference.crops.main_name(produce.crop).rstrip("蛋乳奶")
    rows = [
        row
        for row in reference.withdrawal_rows
        if row.drug in use.name
        and row.product == waiting.product
        and reference.crops.covers(row.species, species)
    ]
    return (
        [row.days for row in rows if row.days is not None],
        [row.degree_days for row in rows if row.degree_days is not None],
    )


@dataclass(frozen=True)
class Clearance:
    """When a plot may be harvested next.

    ``earliest`` is None where no day can be told: something must be corrected or added first.
    ``waiting_for`` is the use that decides, ``sentence`` says it all.
    """

    earliest: date | None
    waiting_for: DrugUse | None
    sentence: str


def next_clear(
    uses: tuple[DrugUse, ...],
    category: str,
    crop: str,
    today: date,
    water_temperatures: tuple[tuple[date, int], ...] = (),
    before: tuple[DrugUse, ...] = (),
) -> Clearance:
    """The earliest day of harvest that the uses so far allow, seen from today."""
    reference = load()
    produce = Produce(reference.category(category), crop)
    harvest = Harvest("", today, uses, water_temperatures)
    waiting = waiting_for(produce, reference)
    obstacles = [
        found
        for check in (check_substances, check_label, check_intervals)
        for found in check(harvest, produce, reference)
        if isinstance(found, Refused) and found.clears_on is None
    ]
    by_ref = {use.record_ref: use for use in (*uses, *before)}
    if obstacles:
        first = obstacles[0]
        return Clearance(None, by_ref.get(first.record_ref), first.sentence)
    days = [
        (clear, use)
        for use in relevant(harvest)
        if (line := label_use(use, crop, reference)) and (clear := clears_on(use, line))
    ]
    days += [
        (clear, use)
        for use in before
        if (line := _binding(use, produce, reference)) and (clear := clears_on(use, line))
    ]
    clear, last = max(days, key=lambda pair: pair[0], default=(today, None))
    if clear <= today:
        return Clearance(today, None, f"现在可以{waiting.act}")
    left = (clear - today).days
    return Clearance(clear, last, f"距可{waiting.act}还有 {left} 天（{day_words(clear, today)}起）")
