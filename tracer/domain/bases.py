"""一乡一品产品基地 (T/OTOP 1003—2026): words, kinds of records, and when a clause is met."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from tracer.domain.errors import Refusal
from tracer.domain.words import Word

STANDARD = ("otop-1003", "2026")
ENOUGH = 3  # 5.2.1: certified products of one chain
WINDOW_YEARS = 3  # 5.4.2
_SHOWN = 5  # records named in one sentence
GRAVE = ("特别重大", "重大")  # 5.4.2 重大、特大突发环境事件


class ApplicantKind(Word):
    """申请方 (3.4): who may found and run a base."""

    GOVERNMENT = "government", "地方政府及内设机构"
    PARK = "park", "园区管理部门"
    GROUP = "group", "产业集团集群总部"


class Industry(Word):
    """细分类型 (chapter 1, note)."""

    FARMING = "farming", "农林牧渔业产品基地"
    INDUSTRY = "industry", "工业产品基地"
    CULTURE = "culture", "文化旅游服务基地"


class NoticeConcern(Word):
    """What a notice speaks of (5.6.1)."""

    PRODUCTION = "production", "生产信息"
    QUALITY = "quality", "质量信息"
    RISK = "risk", "风险信息"


class ClauseState(Word):
    """Where a clause stands by what is on record."""

    MET = "met", "已具备"
    UNMET = "unmet", "还缺"
    UNKNOWN = "unknown", "还没有材料"


@dataclass(frozen=True)
class RecordField:
    """One thing to write down. ``kind`` is name, prose, whole, number, serial, choice or people."""

    key: str
    title: str
    kind: str
    required: bool
    options: tuple[str, ...] = ()


@dataclass(frozen=True)
class RecordKind:
    """A kind of record; ``about`` is product, producer or empty. See ``base_records.toml``."""

    key: str
    title: str
    clause: str
    fields: tuple[RecordField, ...]
    needed: bool = False
    yearly: bool = False
    event: bool = False
    about: str = ""
    named: str = "名称"
    dated: str = "日期"
    hint: str = ""


@cache
def record_kinds() -> Mapping[str, RecordKind]:
    """All kinds by key, in the order of the clauses."""
    text = files("tracer.domain").joinpath("base_records.toml").read_text("utf-8")
    return {
        key: RecordKind(key=key, fields=tuple(_field(*row) for row in said.pop("fields")), **said)
        for key, said in tomllib.loads(text).items()
    }


def record_kind(key: str) -> RecordKind:
    """The kind with that key; a Refusal for any other."""
    kind = record_kinds().get(key)
    if kind is None:
        raise Refusal("unknown_kind", "没有这一种记录，请从条款里选", "kind")
    return kind


def kinds_of(clause: str) -> tuple[RecordKind, ...]:
    """What may be recorded for a clause."""
    return tuple(kind for kind in record_kinds().values() if kind.clause == clause)


@dataclass(frozen=True)
class Kept:
    """A record that stands: what the rules look at."""

    kind: str
    held_on: date
    values: Mapping[str, Any]
    title: str = ""


@dataclass(frozen=True)
class CertifiedProduct:
    """A product of the base whose 一乡一品 certificate is in force on the day.

    ``filed``: it has a quality file (a passed report or an entry of its dossier). ``traced``: a
    batch of the last twelve months can be followed and is not recalled.
    """

    name: str
    chain: str
    filed: bool
    traced: bool


@dataclass(frozen=True)
class Standing:
    """Where a clause stands: what speaks for it, what is missing, the answer where it is counted.

    ``answer`` has the shape that the clause's row of the pack takes; None where people judge.
    """

    state: ClauseState
    missing: tuple[str, ...] = ()
    said: str = ""
    answer: Mapping[str, Any] | None = None


def by_records(clause: str, kept: Iterable[Kept], on: date) -> Standing:
    """A clause that records speak for: met when each kind it needs has one that still counts."""
    kinds = [kind for kind in kinds_of(clause) if not kind.event]
    kept = list(kept)
    here = [one for one in kept if one.kind in {kind.key for kind in kinds}]
    wanted = [kind for kind in kinds if kind.needed] or kinds
    missing = [kind.title for kind in wanted if not any(_counts(kind, one, on) for one in here)]
    if not here:
        return Standing(ClauseState.UNKNOWN, tuple(missing))
    missing += _below_standard(here, on)
    state = ClauseState.UNMET if missing else ClauseState.MET
    return Standing(state, tuple(missing), _named(here))


def cluster(products: Iterable[CertifiedProduct], share: bool, leading: bool) -> Standing:
    """5.2.1 with decision D39: three of one chain, or one or two with share and leadership."""
    chains: dict[str, int] = {}
    for product in products:
        chains[product.chain] = chains.get(product.chain, 0) + 1
    largest = max(chains.values(), default=0)
    answer = {"chains": chains, "share": share, "leading": leading}
    said = "，".join(f"{chain} {count} 个" for chain, count in sorted(chains.items()))
    if largest >= ENOUGH or (largest and share and leading):
        return Standing(ClauseState.MET, (), f"获证产品：{said}", answer)
    if not largest:
        return Standing(ClauseState.UNKNOWN, ("获证产品",), "还没有获证产品", answer)
    proofs = (("产业比重和影响力证明", share), ("示范引领作用证明", leading))
    missing = [f"同一产业链的获证产品 {ENOUGH - largest} 个"]
    missing += [f"{word}（不足 {ENOUGH} 个时）" for word, shown in proofs if not shown]
    return Standing(ClauseState.UNMET, tuple(missing), f"获证产品：{said}", answer)


def window(incidents: Iterable[date], records: Iterable[date], clean: bool, on: date) -> Standing:
    """5.4.2: nothing in the three years that end on ``on``; unknown until an authority says so.

    ``clean``: a certificate of the authorities of the last twelve months.
    """
    answer = {
        "assessed_on": on.isoformat(),
        "incidents": [day.isoformat() for day in sorted(incidents) if day <= on],
        "records": [day.isoformat() for day in sorted(records) if day <= on],
    }
    start = years_before(on, WINDOW_YEARS).isoformat()
    found = {
        word: [day for day in answer[name] if day > start]
        for name, word in (("incidents", "重大、特大突发环境事件"), ("records", "不良记录"))
    }
    said = "，".join(f"近三年{word} {len(days)} 起" for word, days in found.items())
    late = [f"{days[-1]} 的{word}三年期满" for word, days in found.items() if days]
    if late:
        return Standing(ClauseState.UNMET, tuple(late), said, answer)
    if not clean:
        return Standing(ClauseState.UNKNOWN, ("主管部门的证明",), said, answer)
    return Standing(ClauseState.MET, (), said, answer)


def coverage(products: Iterable[CertifiedProduct], counterfeit: int) -> Standing:
    """5.5.2 with decision D40: every certified product is filed and traced, and none was faked."""
    products = list(products)
    answer = {
        "all": len(products),
        "filed": sum(product.filed for product in products),
        "traced": sum(product.traced for product in products),
        "counterfeit": counterfeit,
    }
    said = (
        f"获证产品 {answer['all']} 个，已建质量档案 {answer['filed']} 个，"
        f"有在用追溯批次 {answer['traced']} 个，假冒伪劣事件 {counterfeit} 起"
    )
    if not products:
        return Standing(ClauseState.UNKNOWN, ("获证产品",), said, answer)
    missing = [f"{one.name}的检测报告或产品资料" for one in products if not one.filed]
    missing += [f"{one.name}一年内的追溯批次" for one in products if not one.traced]
    state = ClauseState.UNMET if missing or counterfeit else ClauseState.MET
    return Standing(state, tuple(missing), said, answer)


def informing(notices: int) -> Standing:
    """5.6.1: this service is the platform it asks for; what counts is that it is used."""
    said = f"一年内发出通报 {notices} 条"
    if notices:
        return Standing(ClauseState.MET, (), said)
    return Standing(ClauseState.UNMET, ("给入驻企业的通报",), said)


def years_before(day: date, years: int) -> date:
    """The same day ``years`` earlier; 29 February becomes the 28th."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def recent(day: date, on: date) -> bool:
    """Whether a day lies in the twelve months that end on ``on``."""
    return years_before(on, 1) < day <= on


def _counts(kind: RecordKind, one: Kept, on: date) -> bool:
    return one.kind == kind.key and (recent(one.held_on, on) if kind.yearly else one.held_on <= on)


def _named(kept: Sequence[Kept]) -> str:
    """What is on record, the newest first."""
    shown = [f"{one.title}（{one.held_on.isoformat()}）" for one in kept[:_SHOWN]]
    more = f"等 {len(kept)} 条" if len(kept) > _SHOWN else ""
    return f"已登记{'、'.join(shown)}{more}"


def _below_standard(kept: Iterable[Kept], on: date) -> list[str]:
    """5.4.1: what the newest measurement of each medium found below its standard."""
    newest: dict[str, Kept] = {}
    for one in sorted(kept, key=lambda one: one.held_on):
        if one.kind == "environment" and one.held_on <= on:
            newest[one.values["medium"]] = one
    return [
        f"{medium}的监测达标" for medium, one in newest.items() if one.values["passed"] != "达到"
    ]


def _field(key: str, title: str, kind: str, options: Iterable[str] = ()) -> RecordField:
    return RecordField(key, title, kind.removesuffix("?"), not kind.endswith("?"), tuple(options))
