"""Verbs that count what happened: so much for each, by the thousand, by a rate, by a mean."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from tracer.domain.errors import Refusal
from tracer.standards.exact import exact, plain
from tracer.standards.pack import Item
from tracer.standards.verbs.base import Room, Verb, counted

_FRACTION = re.compile(r"-?[0-9]{1,90}(/[1-9][0-9]{0,89})?")


class Count(Verb):
    """``each`` points per counted thing, or per full ``per`` of them, for at most ``most``.

    A negative ``each`` is a deduction. ``deduct`` is what each upheld ``false`` entry costs on
    top. ``count`` names the thing counted (``n`` unless told), ``unit`` is its Chinese word.
    """

    needs = frozenset({"each", "unit"})
    may = frozenset({"per", "most", "deduct", "count"})
    optional = True
    bounded = False

    def ceiling(self, item: Item) -> Fraction | None:
        each = int(item.params["each"])
        if each <= 0:
            return Fraction(0)
        most = item.params.get("most")
        return None if most is None else Fraction(each * most)

    def check(self, item: Item) -> None:
        if not item.params["each"]:
            raise ValueError("每次的分值不能是 0")
        for name in ("per", "most", "deduct"):
            if item.params.get(name, 1) <= 0:
                raise ValueError(f"{name} 要大于 0")

    def _names(self, item: Item) -> tuple[str, ...]:
        name = item.params.get("count", "n")
        return (name, "false") if "deduct" in item.params else (name,)

    def read(self, item: Item, raw: Any) -> dict[str, int]:
        return counted(item, {} if raw is None else raw, self._names(item))

    def _steps(self, item: Item, value: Mapping[str, int]) -> int:
        steps = value[self._names(item)[0]] // int(item.params.get("per", 1))
        return min(steps, item.params.get("most", steps))

    def points(self, item: Item, value: Mapping[str, int]) -> Fraction:
        earned = item.params["each"] * self._steps(item, value)
        return Fraction(earned - item.params.get("deduct", 0) * value.get("false", 0))

    def say(self, item: Item, value: Mapping[str, int]) -> str:
        number, unit = value[self._names(item)[0]], item.params["unit"]
        per, each = item.params.get("per", 1), item.params["each"]
        worth = f"{each} 分" if each > 0 else f"扣 {-each} 分"
        rate = f"每 {per} {unit} {worth}" if per > 1 else f"每{unit} {worth}"
        most = item.params.get("most")
        limit = f"，最多计 {most} {unit}" if most is not None else ""
        said = f"{number} {unit}，{rate}{limit}"
        if value.get("false"):
            said += f"；查实不实 {value['false']} 次，每次扣 {item.params['deduct']} 分"
        return said

    def worth(self, item: Item) -> str:
        each, deduct = item.params["each"], item.params.get("deduct")
        return f"{each:+d}" if deduct is None else f"{each:+d} / -{deduct}"

    def sample(self, item: Item) -> Any:
        return dict.fromkeys(self._names(item), 0)

    def ask(self, item: Item) -> str:
        said = f"{self._names(item)[0]} 填{item.params['unit']}数"
        return f"{said}，false 填查实不实的次数" if "deduct" in item.params else said

    def room(self, item: Item, value: Mapping[str, int]) -> Room | None:
        each, per = item.params["each"], item.params.get("per", 1)
        most = item.params.get("most")
        times = None if most is None else most - self._steps(item, value)
        if each <= 0 or times == 0:
            return None
        return Room(Fraction(each), times, f"再有 {per} {item.params['unit']}，加 {each} 分")


class Rate(Verb):
    """``max`` × (good ÷ all) to the ``power``; without a single answer 0.

    ``examples`` are the print's own, share to points, and must come out.
    """

    needs = frozenset({"power", "examples"})
    optional = True

    def check(self, item: Item) -> None:
        for share, points in item.params["examples"].items():
            rate = Fraction(share)
            tally = {"good": rate.numerator, "all": rate.denominator}
            if self.points(item, tally) != Fraction(points):
                raise ValueError(f"好评率 {share} 应得 {points} 分，按 max 和 power 算不出来")

    def read(self, item: Item, raw: Any) -> dict[str, int]:
        value = counted(item, {} if raw is None else raw, ("good", "all"))
        if value["good"] > value["all"]:
            raise Refusal("bad_answer", f"{item.name}的好评数不能多于评价总数", item.key)
        return value

    def points(self, item: Item, value: Mapping[str, int]) -> Fraction:
        if not value["all"] or item.max is None:
            return Fraction(0)
        return item.max * Fraction(value["good"], value["all"]) ** item.params["power"]

    def say(self, item: Item, value: Mapping[str, int]) -> str:
        if not value["all"]:
            return "暂无评价"
        share = plain(Fraction(100 * value["good"], value["all"]))
        return f"{value['all']} 条评价，好评 {value['good']} 条，好评率 {share}%"

    def sample(self, item: Item) -> Any:
        return {"good": 0, "all": 0}

    def ask(self, item: Item) -> str:
        return "good 填好评数，all 填评价总数"


class Mean(Verb):
    """The mean of other exact totals, given as their ``sum`` and their number ``n``."""

    needs = frozenset({"what"})
    optional = True
    bounded = False

    def ceiling(self, item: Item) -> Fraction | None:
        return None

    def read(self, item: Item, raw: Any) -> tuple[Fraction, int]:
        given = dict(raw) if isinstance(raw, Mapping) else {} if raw is None else {"": raw}
        total = given.pop("sum", 0)
        number = counted(item, given, ("n",))["n"]
        try:
            value = _fraction(total)
        except ValueError:
            raise Refusal(
                "bad_answer", f"{item.name}的 sum 要填数字，或写成 437/2 这样的分数", item.key
            ) from None
        if value and not number:
            raise Refusal("bad_answer", f"{item.name}填了总和，也要填个数 n", item.key)
        return value, number

    def points(self, item: Item, value: tuple[Fraction, int]) -> Fraction:
        total, number = value
        return total / number if number else Fraction(0)

    def say(self, item: Item, value: tuple[Fraction, int]) -> str:
        total, number = value
        what = item.params["what"]
        return f"{number} 个{what}，合计 {plain(total)} 分" if number else f"还没有{what}"

    def sample(self, item: Item) -> Any:
        return {"sum": 0, "n": 0}

    def ask(self, item: Item) -> str:
        what = item.params["what"]
        return f"sum 填各{what}得分的总和（不先取整），n 填{what}个数"


def _fraction(raw: object) -> Fraction:
    if not isinstance(raw, str):
        return exact(raw)
    if not _FRACTION.fullmatch(raw):
        raise ValueError(raw)
    return Fraction(raw)


class Elsewhere(Verb):
    """A row that names a cause only; its points are posted to the row concerned."""

    def ceiling(self, item: Item) -> Fraction | None:
        return Fraction(0)

    optional = True

    def read(self, item: Item, raw: Any) -> None:
        if raw is not None:
            raise Refusal(
                "bad_answer", f"{item.name}不单独计分，扣分请记在所涉及的那一行", item.key
            )

    def worth(self, item: Item) -> str:
        return ""

    def say(self, item: Item, value: None) -> str:
        return "不单独计分，扣分记在所涉及的那一行"

    def ask(self, item: Item) -> str:
        return "不用填"
