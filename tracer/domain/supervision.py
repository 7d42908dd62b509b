"""公共监督: what the public may report, what may come of it, and where an incident stands.

An incident is heard before it is upheld, and nobody upholds one alone: one operator decides, a
second confirms, a third hears the appeal.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta

from tracer.domain.clock import day_of, start_of
from tracer.domain.words import Word

ANSWER_DAYS = 7
APPEAL_DAYS = 15
DESK_DAYS = 7
"""Calendar days in which the desk takes each step that waits for it."""
SURGE = 20
SURGE_SECONDS = 3600
"""So many good ratings of one product within so long are a surge, whatever devices they came from:
a market day rarely brings them, a hired crowd does. It is shown to people and decides nothing."""


class Channel(Word):
    """How the public speaks: of something wrong, or of damage of its own."""

    TIP = "tip", "举报"
    COMPLAINT = "complaint", "投诉"


class Concern(Word):
    """What a report is about (表 C.2 序号 12 和 13)."""

    FALSE_INFORMATION = "false_information", "信息虚假"
    QUALITY = "quality", "质量安全"
    DAMAGE = "damage", "损失没有处理"

    @property
    def channel(self) -> Channel:
        return Channel.COMPLAINT if self is Concern.DAMAGE else Channel.TIP


class IncidentKind(Word):
    """What may be adjudicated."""

    FALSE_INFORMATION = "false_information", "信息虚假"
    QUALITY = "quality", "质量安全问题"
    COMPLAINT = "complaint", "投诉未处理"
    FALSE_CERTIFICATE = "false_certificate", "虚假开具合格证"
    SAMPLING = "sampling", "抽检不合格"
    ACCIDENT = "accident", "重大质量安全事故"
    PENALTY = "penalty", "行政处罚"
    OVERUSE = "overuse", "超规使用投入品"


DOCUMENTED = frozenset(
    {
        IncidentKind.SAMPLING,
        IncidentKind.ACCIDENT,
        IncidentKind.PENALTY,
        IncidentKind.OVERUSE,
    }
)
"""Kinds that rest on an authority's paper rather than on what people say."""


class Decision(Word):
    """What comes of an incident or of an appeal."""

    UPHELD = "upheld", "属实"
    REJECTED = "rejected", "不属实"
    REPORT_FALSE = "report_false", "举报本身虚假"


class Step(Word):
    """What may happen to an incident."""

    OPENED = "opened", "立案"
    ANSWERED = "answered", "生产者说明"
    DECIDED = "decided", "作出决定"
    CONFIRMED = "confirmed", "复核同意"
    RETURNED = "returned", "复核退回"
    APPEALED = "appealed", "生产者申诉"
    APPEAL_DECIDED = "appeal_decided", "申诉决定"


class Stage(Word):
    """Where an incident stands."""

    OPEN = "open", "等生产者说明"
    ANSWERED = "answered", "待作决定"
    PROPOSED = "proposed", "待复核"
    UPHELD = "upheld", "已查实"
    REJECTED = "rejected", "不属实"
    REPORT_FALSE = "report_false", "举报不实"
    APPEALED = "appealed", "申诉中"
    REVERSED = "reversed", "申诉成立，已撤销"
    FINAL = "final", "申诉不成立，维持决定"


STANDING = frozenset({Stage.UPHELD, Stage.APPEALED, Stage.FINAL})
"""Stages in which the deduction holds."""

_NEXT: dict[tuple[Stage, Step, Decision | None], Stage] = {
    (Stage.PROPOSED, Step.CONFIRMED, None): Stage.UPHELD,
    (Stage.PROPOSED, Step.RETURNED, None): Stage.ANSWERED,
    (Stage.UPHELD, Step.APPEALED, None): Stage.APPEALED,
    (Stage.APPEALED, Step.APPEAL_DECIDED, Decision.UPHELD): Stage.REVERSED,
    (Stage.APPEALED, Step.APPEAL_DECIDED, Decision.REJECTED): Stage.FINAL,
}
for _stage in (Stage.OPEN, Stage.ANSWERED):
    _NEXT |= {
        (_stage, Step.ANSWERED, None): Stage.ANSWERED,
        (_stage, Step.DECIDED, Decision.UPHELD): Stage.PROPOSED,
        (_stage, Step.DECIDED, Decision.REJECTED): Stage.REJECTED,
        (_stage, Step.DECIDED, Decision.REPORT_FALSE): Stage.REPORT_FALSE,
    }


def after(stage: Stage, step: Step, decision: Decision | None = None) -> Stage | None:
    """The stage that a step leads to; None where it cannot be taken now."""
    return _NEXT.get((stage, step, decision))


def due(instant: int, days: int) -> int:
    """The first instant that is too late for what may be done within ``days`` calendar days."""
    return start_of(day_of(instant) + timedelta(days=days + 1))


def surges(instants: Sequence[int]) -> list[tuple[int, int, int]]:
    """First and last instant and number of each surge among good ratings of one product, given
    in order of time; surges that overlap are one."""
    found: list[tuple[int, int]] = []  # places of the first and last rating
    for last in range(SURGE - 1, len(instants)):
        first = last - SURGE + 1
        if instants[last] - instants[first] >= SURGE_SECONDS:
            continue
        if found and first <= found[-1][1]:
            first = found.pop()[0]
        found.append((first, last))
    return [(instants[first], instants[last], last - first + 1) for first, last in found]


JUDGED = {
    Step.CONFIRMED: (Step.DECIDED,),
    Step.RETURNED: (Step.DECIDED,),
    Step.APPEAL_DECIDED: (Step.DECIDED, Step.CONFIRMED),
}
"""Steps that look at the work of others, and whose work that is."""


def hands(steps: Iterable[tuple[Step, int]], step: Step) -> frozenset[int]:
    """The accounts that may not take ``step``, for it would be their own work they look at.

    ``steps`` are all steps so far in order, each with the account that took it. A decision that
    was sent back is no longer looked at, but who made it never hears the appeal.
    """
    taken: set[int] = set()
    for one, account in steps:
        if one is Step.RETURNED and step is not Step.APPEAL_DECIDED:
            taken.clear()
        elif one in JUDGED[step]:
            taken.add(account)
    return frozenset(taken)
