"""What the service itself holds about an applicant, as facts for a standard's rows and gates.

Records count that lie in the three years ending on the day asked for, which is the window that the
standards use (近三年). Names are those of :data:`tracer.domain.assessing.FACTS`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date

from sqlalchemy.orm import aliased
from sqlmodel import Session, col, or_, select

from tracer.domain.assessing import FACTS, Fact
from tracer.domain.bases import ClauseState
from tracer.domain.operations import operation_kind
from tracer.domain.supervision import DOCUMENTED, IncidentKind
from tracer.domain.words import InputKind, ReportKind, Sector
from tracer.store.base_facts import CERTIFIED, EVENTS, FILES, NOTICES, base_facts
from tracer.store.held import HeldRecords
from tracer.store.tables import (
    Assessment,
    Element,
    Input,
    Plot,
    Producer,
    Product,
)

_NO_SOWING = ("果园", "茶园")  # perennial: what is there was planted long ago
_GROWN = (Sector.PLANTING, Sector.MUSHROOM)
_STEPS = {
    "播种": ("sowing", "seedling", "transplanting", "bag_making", "inoculation"),
    "施肥": ("base_fertiliser", "top_dressing", "foliar_fertiliser"),
    "灌溉": ("irrigation",),
    "植保": (
        "chemical_control",
        "herbicide",
        "growth_regulator",
        "seed_treatment",
        "biological_control",
        "physical_control",
        "mushroom_control",
    ),
}
_UNTRUE = (IncidentKind.FALSE_INFORMATION, IncidentKind.FALSE_CERTIFICATE)
_GRAVE = (*DOCUMENTED, *_UNTRUE, IncidentKind.QUALITY)
_MARKS = "B.2-7"


def facts_for(
    session: Session, assessment: Assessment, names: Iterable[str], on: date
) -> dict[str, Fact]:
    """The named facts about an assessment's product or base, as they stand on a day."""
    if assessment.base_id is not None:
        return _base(session, assessment.base_id, names, on)
    held = HeldRecords(session, assessment.producer_id or 0, assessment.product_id or 0, on)
    return {name: _PRODUCT[name](held) for name in sorted(set(names)) if name in _PRODUCT}


def _origin_town(held: HeldRecords) -> Fact:
    plots = select(Plot.town).where(
        col(Plot.id).in_([campaign.plot_id for campaign in held.campaigns.values()])
    )
    towns = {town for town in held.session.exec(plots) if town}
    if not towns:
        town = held.session.get_one(Producer, held.producer_id).town
        towns = {town} if town else set()
    if len(towns) != 1:
        said = "、".join(sorted(towns))
        return Fact(f"地块分在几个乡镇：{said}" if said else "地块和主体都没有填乡镇")
    (town,) = towns
    return Fact(f"地块所在乡镇代码 {town}", 1, 1, {"among": town})


def _drug_records(held: HeldRecords) -> Fact:
    drugs = [
        work
        for work in held.works
        if (kind := operation_kind(work.kind)).uses_drugs
        and "target" in kind.required
        and (work.input_id is not None or "input" in kind.required)
    ]
    whole = [
        work
        for work in drugs
        if work.input_id and work.target and work.dose and work.dose_unit and work.operator
    ]
    if not drugs:
        return Fact("三年内没有用药记录")
    said = f"三年内用药记录 {len(drugs)} 条，对象、药剂、用量、时间、执行人齐全的 {len(whole)} 条"
    return Fact(said, len(whole), len(drugs))


def _key_steps(held: HeldRecords) -> Fact:
    if held.session.get_one(Product, held.product_id).sector not in _GROWN:
        return Fact("不是种植类产品，没有这些环节")
    done: dict[int, set[str]] = {}
    for work in held.works:
        done.setdefault(work.campaign_id, set()).add(work.kind)
    counted = of = 0
    lacking: dict[str, int] = {}
    for campaign_id, kinds in done.items():
        plot = held.session.get_one(Plot, held.campaigns[campaign_id].plot_id)
        for step, codes in _STEPS.items():
            if step == "播种" and plot.facility in _NO_SOWING:
                continue
            of += 1
            if kinds.isdisjoint(codes):
                lacking[step] = lacking.get(step, 0) + 1
            else:
                counted += 1
    if not of:
        return Fact("三年内没有农事记录")
    less = "，".join(f"{step}缺 {number} 茬" for step, number in lacking.items())
    return Fact(
        f"三年内 {len(done)} 茬作业，{less or '播种、施肥、灌溉、植保都有记录'}", counted, of
    )


def _seed_sources(held: HeldRecords) -> Fact:
    seeded = [
        work
        for work in held.works
        if work.input_id is not None and InputKind.SEED in operation_kind(work.kind).inputs
    ]
    named = [work for work in seeded if held.session.get_one(Input, work.input_id).supplier]
    if not seeded:
        return Fact("三年内没有播种、育苗用种的记录")
    said = f"三年内用种记录 {len(seeded)} 条，写明从哪里买的 {len(named)} 条"
    return Fact(said, len(named), len(seeded))


def _records_kept(held: HeldRecords) -> Fact:
    untrue = held.incidents(_UNTRUE)
    kept = bool(held.works and held.batches)
    said = f"三年内农事记录 {len(held.works)} 条，可追溯的批次 {len(held.batches)} 个"
    if untrue:
        said += f"，查实信息虚假 {len(untrue)} 起"
    good = kept and not untrue
    return Fact(said, int(good), 1, {"absent": "无" if good else "有"}, held.links())


def _trace_closure(held: HeldRecords) -> Fact:
    closed = held.closed
    if not held.batches:
        return Fact("三年内没有批次")
    said = f"三年内 {len(held.batches)} 个批次，农事、检测、合格证、标签都连上的 {len(closed)} 个"
    return Fact(said, len(closed), len(held.batches), links=held.links(closed))


def _certificates_issued(held: HeldRecords) -> Fact:
    certified = [one for one in held.batches if one.id in held.certified]
    if not held.batches:
        return Fact("三年内没有批次")
    said = f"三年内 {len(held.batches)} 个批次，开具承诺达标合格证的 {len(certified)} 个"
    return Fact(said, len(certified), len(held.batches), links=held.links(certified))


def _tests_passed(held: HeldRecords) -> Fact:
    reports = list(held.last_reports.values())
    passed = [one for one in reports if one.passed]
    outside = [one for one in passed if one.kind == ReportKind.COMMISSIONED]
    if not reports:
        return Fact("三年内没有检测报告")
    said = (
        f"三年内 {len(held.batches)} 个批次，检测过的 {len(reports)} 个，最近一次合格的 "
        f"{len(passed)} 个，其中委托检测 {len(outside)} 个"
    )
    return Fact(said, len(passed), len(reports))


def _no_failed_test(held: HeldRecords) -> Fact:
    failed = [one for one in held.last_reports.values() if not one.passed]
    if not held.last_reports:
        return Fact("三年内没有检测报告，判断不了")
    if not failed:
        return Fact("三年内各批次最近一次检测都合格", 1, 1, {"absent": "无"})
    numbers = "、".join(dict.fromkeys(one.number for one in failed))
    return Fact(f"最近一次检测不合格的报告：{numbers}", 0, 1, {"absent": "有"})


def _no_incidents(held: HeldRecords) -> Fact:
    found = held.incidents(_GRAVE)
    if not found:
        return Fact("三年内没有查实的质量安全问题、处罚和虚假信息", 1, 1, {"absent": "无"})
    said = "；".join(f"{IncidentKind(one.kind).label}：{one.title}" for one in found)
    return Fact(f"三年内查实 {len(found)} 起：{said}", 0, 1, {"absent": "有"})


def _years_registered(held: HeldRecords) -> Fact:
    registered = held.session.get_one(Producer, held.producer_id).registered_on
    if registered is None:
        return Fact("没有登记注册日期")
    whole = registered <= held.since
    said = f"{registered.isoformat()} 注册，{'满' if whole else '不满'}三年"
    return Fact(said, int(whole), 1)


def _marks_held(held: HeldRecords) -> Fact:
    newer = aliased(Element)
    followed = select(newer.id).where(newer.follows_id == Element.id).correlate(Element)
    rows = held.session.exec(
        select(Element).where(
            Element.producer_id == held.producer_id,
            or_(col(Element.product_id).is_(None), Element.product_id == held.product_id),
            Element.row == _MARKS,
            col(Element.withdrawn_at).is_(None),
            or_(col(Element.valid_to).is_(None), col(Element.valid_to) >= held.on),
            ~followed.exists(),
        )
    ).all()
    if not rows:
        return Fact("产品资质里没有登记在有效期内的证书")
    return Fact("登记的资质：" + "、".join(row.title for row in rows), 1, 1)


_PRODUCT: Mapping[str, Callable[[HeldRecords], Fact]] = {
    "origin_town": _origin_town,
    "drug_records": _drug_records,
    "key_steps": _key_steps,
    "seed_sources": _seed_sources,
    "records_kept": _records_kept,
    "trace_closure": _trace_closure,
    "certificates_issued": _certificates_issued,
    "tests_passed": _tests_passed,
    "no_failed_test": _no_failed_test,
    "no_incidents": _no_incidents,
    "years_registered": _years_registered,
    "marks_held": _marks_held,
}
_BASE = {
    "base_cluster": (CERTIFIED, "cluster"),
    "base_incidents": (EVENTS, "none_since"),
    "base_coverage": (FILES, "coverage"),
    "base_notices": (NOTICES, ""),
    **{name: (name.removeprefix("base:"), "") for name in FACTS if name.startswith("base:")},
}


def _base(session: Session, base_id: int, names: Iterable[str], on: date) -> dict[str, Fact]:
    """The clauses that a base's own records count; what they cannot tell is left to people."""
    counted = base_facts(session, base_id, on)
    found = {}
    for name in sorted(set(names) & set(_BASE)):
        clause, verb = _BASE[name]
        standing = counted.standing(clause)
        parts = (standing.said, *(f"还缺{one}" for one in standing.missing))
        said = "；".join(filter(None, parts))
        known = standing.state is not ClauseState.UNKNOWN
        tells = known or clause in (CERTIFIED, FILES)  # no certified product is an answer too
        answers = {verb: standing.answer} if tells and verb and standing.answer else {}
        met = int(standing.state is ClauseState.MET)
        found[name] = Fact(said, met, int(known), answers)
    return found
