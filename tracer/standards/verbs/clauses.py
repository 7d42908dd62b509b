"""Verbs for clauses: met or not, by judgement or by facts that can be counted."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from tracer.domain.errors import Refusal
from tracer.standards.pack import Item
from tracer.standards.verbs.base import Room, Verb, counted

MET, UNMET, NOT_APPLICABLE = "符合", "不符合", "不适用"


class Judged(Verb):
    """The common part: full points when :meth:`met`, none otherwise."""

    def met(self, item: Item, value: Any) -> bool:
        return bool(value == MET)

    def points(self, item: Item, value: Any) -> Fraction:
        return (item.max or Fraction(0)) if self.met(item, value) else Fraction(0)

    def say(self, item: Item, value: Any) -> str:
        return str(value)

    def worth(self, item: Item) -> str:
        return "应" if item.mandatory else ""

    def room(self, item: Item, value: Any) -> Room | None:
        if self.met(item, value) or self.waived(item, value) or not item.max:
            return None
        return Room(item.max, 1, f"做到：{item.text}")


class Clause(Judged):
    """A clause judged 符合 or 不符合, and 不适用 where ``may_not_apply`` is set."""

    may = frozenset({"may_not_apply"})

    def _states(self, item: Item) -> tuple[str, ...]:
        return (MET, UNMET, NOT_APPLICABLE) if item.params.get("may_not_apply") else (MET, UNMET)

    def read(self, item: Item, raw: Any) -> str:
        if not isinstance(raw, str) or raw not in self._states(item):
            raise Refusal("bad_answer", f"{item.name}{self.ask(item)}", item.key)
        return raw

    def waived(self, item: Item, value: Any) -> bool:
        return bool(value == NOT_APPLICABLE)

    def sample(self, item: Item) -> Any:
        return UNMET

    def ask(self, item: Item) -> str:
        return "请填" + "、".join(self._states(item)) + "中的一个"


class Cluster(Judged):
    """Met by ``enough`` in one chain, or by at least one when every one of ``proofs`` is shown.

    The answer counts by chain: ``{"chains": {"茶叶": 2}, "share": true}``.
    """

    needs = frozenset({"enough", "proofs", "what"})

    def read(self, item: Item, raw: Any) -> dict[str, Any]:
        proofs = item.params["proofs"]
        if not isinstance(raw, Mapping) or not set(raw) <= {"chains", *proofs}:
            raise Refusal("bad_answer", f"{item.name}{self.ask(item)}", item.key)
        chains = raw.get("chains", {})
        names = tuple(chains) if isinstance(chains, Mapping) else ()
        largest = max(counted(item, chains, names).values(), default=0)
        shown = {name: raw.get(name, False) for name in proofs}
        if not all(isinstance(value, bool) for value in shown.values()):
            raise Refusal("bad_answer", f"{item.name}{self.ask(item)}", item.key)
        return {"largest": largest, **shown}

    def met(self, item: Item, value: Any) -> bool:
        proven = all(value[name] for name in item.params["proofs"])
        return bool(value["largest"] >= (1 if proven else item.params["enough"]))

    def say(self, item: Item, value: Any) -> str:
        said = f"同一产业链最多 {value['largest']} 个{item.params['what']}"
        if value["largest"] < item.params["enough"]:
            for name, words in item.params["proofs"].items():
                said += f"，{words}：{'有证明' if value[name] else '没有证明'}"
        return f"{said}，{MET if self.met(item, value) else UNMET}"

    def sample(self, item: Item) -> Any:
        return {"chains": {}, **dict.fromkeys(item.params["proofs"], False)}

    def ask(self, item: Item) -> str:
        proofs = "、".join(f"{name}（{words}）" for name, words in item.params["proofs"].items())
        what = item.params["what"]
        return f"要填 chains（各产业链的{what}数）；{proofs}填 true 或 false"


class Coverage(Judged):
    """Met when everything counted under ``all`` is ``covered`` and nothing of ``none`` happened."""

    needs = frozenset({"covered", "none", "what"})

    def read(self, item: Item, raw: Any) -> dict[str, int]:
        covered = tuple(item.params["covered"])
        value = counted(item, raw, ("all", *covered, *item.params["none"]))
        for name in covered:
            if value[name] > value["all"]:
                raise Refusal("bad_answer", f"{item.name}的 {name} 不能多于 all", item.key)
        return value

    def met(self, item: Item, value: Any) -> bool:
        whole = value["all"] and all(value[n] == value["all"] for n in item.params["covered"])
        return bool(whole) and not any(value[name] for name in item.params["none"])

    def say(self, item: Item, value: Any) -> str:
        parts = [f"{w} {value[n]}/{value['all']}" for n, w in item.params["covered"].items()]
        parts += [f"{words} {value[name]} 起" for name, words in item.params["none"].items()]
        return "，".join([*parts, MET if self.met(item, value) else UNMET])

    def sample(self, item: Item) -> Any:
        return dict.fromkeys(("all", *item.params["covered"], *item.params["none"]), 0)

    def ask(self, item: Item) -> str:
        named = {**item.params["covered"], **item.params["none"]}
        return f"all 填{item.params['what']}数；" + "，".join(
            f"{n} 填{words}数" for n, words in named.items()
        )


class NoneSince(Judged):
    """Met when none of the dated ``events`` lies in the last ``years`` years.

    The window ends on ``assessed_on``, which it contains, and starts the day after the same date
    ``years`` earlier.
    """

    needs = frozenset({"years", "events"})

    def read(self, item: Item, raw: Any) -> dict[str, Any]:
        events = item.params["events"]
        if not isinstance(raw, Mapping) or not set(raw) <= {"assessed_on", *events}:
            raise Refusal("bad_answer", f"{item.name}{self.ask(item)}", item.key)
        end = self._day(item, raw.get("assessed_on"))
        value: dict[str, Any] = {"end": end}
        for name in events:
            days = raw.get(name, [])
            if not isinstance(days, (list, tuple)):
                raise Refusal("bad_answer", f"{item.name}的 {name} 要填日期列表", item.key)
            value[name] = [self._day(item, day) for day in days]
            if any(day > end for day in value[name]):
                raise Refusal("bad_answer", f"{item.name}的 {name} 里有评定日之后的日期", item.key)
        return value

    @staticmethod
    def _day(item: Item, raw: object) -> date:
        try:
            return date.fromisoformat(str(raw))
        except ValueError:
            raise Refusal(
                "bad_answer", f"{item.name}的日期要写成 2026-03-01 这样", item.key
            ) from None

    def _recent(self, item: Item, value: Any, name: str) -> list[date]:
        start = _years_before(value["end"], item.params["years"])
        return [day for day in value[name] if day > start]

    def met(self, item: Item, value: Any) -> bool:
        return not any(self._recent(item, value, name) for name in item.params["events"])

    def say(self, item: Item, value: Any) -> str:
        first = _years_before(value["end"], item.params["years"]) + timedelta(days=1)
        parts = [
            f"{words} {len(self._recent(item, value, name))} 起"
            for name, words in item.params["events"].items()
        ]
        span = f"{first.isoformat()} 至 {value['end'].isoformat()}"
        return "，".join([span, *parts, MET if self.met(item, value) else UNMET])

    def sample(self, item: Item) -> Any:
        return {"assessed_on": "2026-01-01", **{name: [] for name in item.params["events"]}}

    def ask(self, item: Item) -> str:
        events = "，".join(f"{n} 填{words}的日期列表" for n, words in item.params["events"].items())
        return f"要填 assessed_on（评定日期）；{events}"


def _years_before(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # 29 February has no twin in a common year
        return day.replace(year=day.year - years, day=28)


class Absent(Judged):
    """A gate: the situation it describes must not exist (``无``; ``有`` blocks)."""

    def read(self, item: Item, raw: Any) -> str:
        if raw not in ("有", "无"):
            raise Refusal("bad_answer", f"{item.name}{self.ask(item)}", item.key)
        return str(raw)

    def met(self, item: Item, value: Any) -> bool:
        return bool(value == "无")

    def sample(self, item: Item) -> Any:
        return "无"

    def ask(self, item: Item) -> str:
        return "请填有或无：有没有这种情况"


class Among(Judged):
    """A gate: the code given must be one of ``codes`` or lie below one (start with it)."""

    needs = frozenset({"codes", "what"})

    def read(self, item: Item, raw: Any) -> str:
        if not isinstance(raw, str) or not (raw.isascii() and raw.isdecimal()):
            raise Refusal("bad_answer", f"{item.name}{self.ask(item)}", item.key)
        return raw

    def met(self, item: Item, value: Any) -> bool:
        return any(value.startswith(code) for code in item.params["codes"])

    def say(self, item: Item, value: Any) -> str:
        return f"填报 {value}，要求 " + "、".join(
            f"{c} {n}" for c, n in item.params["codes"].items()
        )

    def sample(self, item: Item) -> Any:
        return next(iter(item.params["codes"]))

    def ask(self, item: Item) -> str:
        return f"请填{item.params['what']}"
