"""评价: where an application stands, what may be done with it, and how long a licence holds.

One flow for every standard: what differs between standards is data (:mod:`tracer.standards`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from tracer.domain.bases import record_kinds
from tracer.domain.errors import Refusal
from tracer.domain.ids import check_character, is_crockford, normalise_code
from tracer.domain.words import Word


class Stage(Word):
    """Where an assessment stands."""

    DRAFT = "draft", "填写中"
    SUBMITTED = "submitted", "已提交"
    RETURNED = "returned", "退回补充"
    MARKING = "marking", "评分中"
    CLOSED = "closed", "已出结果"
    LICENSED = "licensed", "已发证"
    REFUSED = "refused", "不予发证"
    WITHDRAWN = "withdrawn", "已撤回"


class Step(Word):
    """What may happen to an assessment."""

    STARTED = "started", "开始填写"
    RECOMMENDED = "recommended", "推荐单位推荐"
    SUBMITTED = "submitted", "提交申请"
    TAKEN_BACK = "taken_back", "撤回申请"
    RETURNED = "returned", "退回补充"
    GATED = "gated", "核对申报条件"
    ASSIGNED = "assigned", "分派评分"
    SHEET_SUBMITTED = "sheet_submitted", "交打分表"
    CLOSED = "closed", "出评价结果"
    LICENSED = "licensed", "发证"
    REFUSED = "refused", "不予发证"


OPEN_TO_APPLICANT = frozenset({Stage.DRAFT, Stage.RETURNED})
"""Stages in which the applicant fills in and adds evidence."""

DECIDED = frozenset({Stage.CLOSED, Stage.LICENSED, Stage.REFUSED})
"""Stages in which there is a result; from then on nobody's sheet is blind."""

_NEXT: dict[tuple[Stage, Step], Stage] = {
    (Stage.DRAFT, Step.STARTED): Stage.DRAFT,
    (Stage.DRAFT, Step.RECOMMENDED): Stage.DRAFT,
    (Stage.DRAFT, Step.SUBMITTED): Stage.SUBMITTED,
    (Stage.DRAFT, Step.TAKEN_BACK): Stage.WITHDRAWN,
    (Stage.RETURNED, Step.RECOMMENDED): Stage.RETURNED,
    (Stage.RETURNED, Step.SUBMITTED): Stage.SUBMITTED,
    (Stage.RETURNED, Step.TAKEN_BACK): Stage.WITHDRAWN,
    (Stage.SUBMITTED, Step.RECOMMENDED): Stage.SUBMITTED,
    (Stage.SUBMITTED, Step.TAKEN_BACK): Stage.WITHDRAWN,
    (Stage.SUBMITTED, Step.RETURNED): Stage.RETURNED,
    (Stage.SUBMITTED, Step.GATED): Stage.SUBMITTED,
    (Stage.SUBMITTED, Step.ASSIGNED): Stage.MARKING,
    (Stage.SUBMITTED, Step.CLOSED): Stage.CLOSED,  # a condition is not met: nothing is marked
    (Stage.MARKING, Step.ASSIGNED): Stage.MARKING,
    (Stage.MARKING, Step.SHEET_SUBMITTED): Stage.MARKING,
    (Stage.MARKING, Step.CLOSED): Stage.CLOSED,
    (Stage.CLOSED, Step.LICENSED): Stage.LICENSED,
    (Stage.CLOSED, Step.REFUSED): Stage.REFUSED,
}


def may(stage: Stage, step: Step) -> Stage | None:
    """The stage that a step leads to; None where it cannot be taken now."""
    return _NEXT.get((stage, step))


class LicenceAct(Word):
    """What may happen to a licence after it was given."""

    SUSPENDED = "suspended", "暂停"
    RESUMED = "resumed", "恢复"
    WITHDRAWN = "withdrawn", "撤销"


class LicenceState(Word):
    """Whether a licence holds on a day."""

    IN_FORCE = "in_force", "有效"
    SUSPENDED = "suspended", "已暂停"
    WITHDRAWN = "withdrawn", "已撤销"
    EXPIRED = "expired", "已到期"
    NOT_YET = "not_yet", "未到生效日"


_ACTS: dict[LicenceAct | None, frozenset[LicenceAct]] = {
    None: frozenset({LicenceAct.SUSPENDED, LicenceAct.WITHDRAWN}),
    LicenceAct.SUSPENDED: frozenset({LicenceAct.RESUMED, LicenceAct.WITHDRAWN}),
    LicenceAct.RESUMED: frozenset({LicenceAct.SUSPENDED, LicenceAct.WITHDRAWN}),
    LicenceAct.WITHDRAWN: frozenset(),
}


def may_act(last: LicenceAct | None, act: LicenceAct) -> bool:
    """Whether ``act`` may follow the licence's last act (None: nothing happened yet)."""
    return act in _ACTS[last]


def licence_state(
    acts: Sequence[LicenceAct], valid_from: date, valid_to: date, on: date
) -> LicenceState:
    """How a licence stands on a day, after its acts in order. Both days of validity belong to it.

    A withdrawal is for ever; an end of time weighs more than a suspension.
    """
    last = acts[-1] if acts else None
    if last is LicenceAct.WITHDRAWN:
        return LicenceState.WITHDRAWN
    if on > valid_to:
        return LicenceState.EXPIRED
    if last is LicenceAct.SUSPENDED:
        return LicenceState.SUSPENDED
    return LicenceState.NOT_YET if on < valid_from else LicenceState.IN_FORCE


def years_later(day: date, years: int) -> date:
    """The last day of a licence that holds for so many years from ``day``."""
    ordinal = (
        date(day.year + years, 3, 1)
        if (day.month, day.day) == (2, 29)
        else day.replace(year=day.year + years)
    ).toordinal()
    return date.fromordinal(ordinal - 1)


def licence_number(prefix: str, year: int, sequence: int) -> str:
    """``LLYP-2026-0007-K``: the mark's prefix, year, sequence from 1, and a check character."""
    check = check_character(normalise_code(f"{prefix}{year}{sequence:04d}"))
    return f"{prefix}-{year}-{sequence:04d}-{check}"


def is_licence_prefix(prefix: str) -> bool:
    """Whether numbers with this prefix can carry a check character: 2 to 8 capitals, no U."""
    return (
        2 <= len(prefix) <= 8
        and prefix.isascii()
        and prefix.isalpha()
        and prefix.isupper()
        and is_crockford(normalise_code(prefix))
    )


def parse_licence_number(text: str) -> str:
    """The number as printed, whatever spaces and case it was typed with, or a Refusal."""
    parts = "".join(text.split()).upper().split("-")
    wrong = Refusal("bad_number", "证书编号有误，请对照证书再看一遍，像 LLYP-2026-0007-K", "number")
    if len(parts) != 4 or not is_licence_prefix(parts[0]):
        raise wrong
    prefix, year, sequence, _ = parts
    if not (len(year) == 4 and len(sequence) >= 4 and (year + sequence).isdecimal()):
        raise wrong
    number = licence_number(prefix, int(year), int(sequence))
    if number != "-".join(parts):
        raise wrong
    return number


@dataclass(frozen=True)
class Fact:
    """What the service itself holds about a question: ``counted`` ``of`` so many, told in ``text``.

    ``answers`` are answers in the shape of a standard's verb, by its name, where a share is not
    enough; ``links`` are pages of the records, paths of this service.
    """

    text: str
    counted: int = 0
    of: int = 0
    answers: Mapping[str, Any] = field(default_factory=dict)
    links: tuple[str, ...] = ()

    @property
    def whole(self) -> bool:
        """Whether there is something to count and all of it counts."""
        return 0 < self.of == self.counted


FACTS = {
    "origin_town": "产地所在乡镇",
    "drug_records": "用药记录齐全",
    "key_steps": "关键环节记录",
    "seed_sources": "种子种苗来源",
    "records_kept": "生产记录和追溯",
    "trace_closure": "追溯闭环",
    "certificates_issued": "开具承诺达标合格证",
    "tests_passed": "检测合格",
    "no_failed_test": "没有不合格的检测",
    "no_incidents": "三年内无查实的问题",
    "years_registered": "注册年限",
    "marks_held": "绿色、有机、地理标志等证书",
    "base_cluster": "同一产业链的获证产品",
    "base_incidents": "三年内无环境事件和不良记录",
    "base_coverage": "质量档案和在用追溯批次",
    "base_notices": "通报",
    **{f"base:{kind.clause}": "基地登记的材料" for kind in record_kinds().values()},
}
"""The facts the service computes, by the names a standard's ``flow.toml`` uses.

``base:5.1.1`` is what a base has on record for that clause."""
