"""What was used: forbidden and restricted substances, and what a label allows of the rest."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from tracer.domain.clock import format_day
from tracer.domain.errors import Refusal
from tracer.domain.gate.case import DrugUse, Harvest, LabelUse, Produce, Refused, Warned
from tracer.domain.gate.wording import day_words, use_words
from tracer.domain.reference import PesticideRule, PesticideStatus, Reference
from tracer.domain.reference.substances import substance_names

_CORRECT = "如果是记错了，请更正这条用药记录"
_LOST = f"这批不能开具合格证；{_CORRECT}"


def label_use(use: DrugUse, crop: str, reference: Reference) -> LabelUse | None:
    """The label's line for a crop: the one that names it, else one whose group includes it.

    None for inputs that no label binds, such as fertilisers.
    """
    if not use.is_drug:
        return None
    main = reference.crops.main_name
    covering = [line for line in use.label_uses if reference.crops.covers(line.crop, crop)]
    return min(covering, key=lambda line: main(line.crop) != main(crop), default=None)


def check_substances(harvest: Harvest, produce: Produce, reference: Reference) -> Iterator[Refused]:
    """Banned, restricted and unidentified substances among the uses before the harvest.

    The day of use decides: what was allowed then is not held against it later.
    """
    for use in relevant(harvest):
        if use.is_drug and not use.is_vaccine and not substance_names(use.ingredients):
            yield Refused(
                "drug_unidentified",
                f"{use_words(use, harvest.harvested_on)}没有写有效成分，请按标签补全后再开具",
                use.record_ref,
                clears_by="按标签补全有效成分",
            )
        for name in substance_names((*use.ingredients, use.name)):
            yield from _pesticide(use, name, harvest, produce, reference)
            if produce.category.is_animal:
                yield from _veterinary(use, name, harvest, reference)


def check_label(
    harvest: Harvest, produce: Produce, reference: Reference
) -> Iterator[Refused | Warned]:
    """Crop, number of uses and dose against the label (农药管理条例 art. 34)."""
    for use in relevant(harvest):
        if not use.is_drug:
            continue
        line = label_use(use, produce.crop, reference)
        if line is None:
            yield Refused(
                "crop_not_on_label",
                f"{use_words(use, harvest.harvested_on)}，登记的标签里没有{produce.crop}："
                f"标签上有就请补录，标签上没有，{_LOST}",
                use.record_ref,
                clears_by=f"标签上有{produce.crop}的，补录这一行",
            )
        else:
            yield from _dose(use, line, harvest, reference)
    yield from _uses(harvest, produce, reference)


def relevant(harvest: Harvest) -> list[DrugUse]:
    """The uses that can be in the harvest; later ones belong to the next, in order of time."""
    uses = [use for use in harvest.uses if use.used_on <= harvest.harvested_on]
    return sorted(uses, key=lambda use: (use.used_on, use.record_ref))


def _pesticide(
    use: DrugUse, name: str, harvest: Harvest, produce: Produce, reference: Reference
) -> Iterator[Refused]:
    hits = reference.pesticide_status(
        name, produce.crop, produce.category.key, use.used_on, use.method
    )
    if hits:
        rule = hits[0]
        yield Refused(
            f"pesticide_{rule.status}",
            f"{use_words(use, harvest.harvested_on)}含{rule.name}，"
            f"{_why(rule, produce)}（{rule.notice}），{_LOST}",
            use.record_ref,
            clears_by=_CORRECT,
        )


def _why(rule: PesticideRule, produce: Produce) -> str:
    if rule.status == PesticideStatus.HIGH_TOXICITY:
        return f"属于剧毒、高毒农药，不得用在{produce.crop}上"
    since = format_day(rule.in_force.starts) if rule.in_force.starts else ""
    what = "禁止使用" if rule.status == PesticideStatus.BANNED else f"不得用在{produce.crop}上"
    return f"{since}起{what}"


def _veterinary(
    use: DrugUse, name: str, harvest: Harvest, reference: Reference
) -> Iterator[Refused]:
    for rule in reference.vet_status(name, use.used_on)[:1]:
        what = "食品动物禁用" if rule.status == "banned" else "食品动物停用"
        yield Refused(
            f"vet_{rule.status}",
            f"{use_words(use, harvest.harvested_on)}含{rule.name}，"
            f"{what}（{rule.notice}），{_LOST}",
            use.record_ref,
            clears_by=_CORRECT,
        )


def _dose(
    use: DrugUse, line: LabelUse, harvest: Harvest, reference: Reference
) -> Iterator[Refused | Warned]:
    if line.max_dose is None:
        return
    limit = f"{line.max_dose} {line.dose_unit}"
    exceeds = _exceeds(use, line, reference)
    if exceeds is None:
        said = f"{use.dose} {use.dose_unit}" if use.dose is not None else "没有填"
        yield Warned(
            "dose_not_comparable",
            f"{use_words(use, harvest.harvested_on)}，用量{said}，标签最高 {limit}，"
            "单位不同没法比，请自己对照标签核一下",
            use.record_ref,
        )
    elif exceeds:
        yield Refused(
            "dose_exceeded",
            f"{use_words(use, harvest.harvested_on)}，用量 {use.dose} {use.dose_unit}，"
            f"超过标签最高用量 {limit}，{_LOST}",
            use.record_ref,
            clears_by=_CORRECT,
        )


def _exceeds(use: DrugUse, line: LabelUse, reference: Reference) -> bool | None:
    if use.dose is None or line.max_dose is None:
        return None
    try:
        unit, limit_unit = reference.dose_unit(use.dose_unit), reference.dose_unit(line.dose_unit)
    except Refusal:
        return None
    return unit.exceeds(use.dose, line.max_dose, limit_unit)


def _uses(harvest: Harvest, produce: Produce, reference: Reference) -> Iterator[Refused]:
    """One product's uses in one season on one plot against the label's most."""
    seasons: dict[tuple[str, str, str], list[DrugUse]] = defaultdict(list)
    for use in relevant(harvest):
        if use.is_drug:
            seasons[use.campaign, use.plot, use.registration_no or use.name].append(use)
    for uses in seasons.values():
        limits = [
            line.max_uses
            for use in uses
            if (line := label_use(use, produce.crop, reference)) and line.max_uses is not None
        ]
        if limits and len(uses) > min(limits):
            last = uses[-1]
            yield Refused(
                "uses_exceeded",
                f"这一季{produce.crop}用了 {len(uses)} 次“{last.name}”"
                f"（最后一次是{day_words(last.used_on, harvest.harvested_on)}），"
                f"标签规定最多 {min(limits)} 次，{_LOST}",
                last.record_ref,
                clears_by=_CORRECT,
            )
