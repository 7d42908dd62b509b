"""Verbs for what a panel judges: a mark within a range, one of fixed values, a stand-in."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from tracer.domain.errors import Refusal
from tracer.standards.exact import exact, plain
from tracer.standards.pack import Item
from tracer.standards.verbs.base import Room, Verb


def _full(item: Item) -> Fraction:
    return item.max or Fraction(0)


def _mark(item: Item, raw: object) -> Fraction:
    try:
        mark = exact(raw)
    except ValueError:
        raise Refusal(
            "not_a_number", f"{item.name}要填数字，请填 0 到 {plain(_full(item))}", item.key
        ) from None
    if mark > _full(item):
        raise Refusal(
            "over_max",
            f"{item.name}最高 {plain(_full(item))} 分，填的 {plain(mark)} 分超出了，请改小",
            item.key,
        )
    if mark < 0:
        raise Refusal("below_zero", f"{item.name}最低 0 分，不能填负数", item.key)
    return mark


class Mark(Verb):
    """Any mark from 0 to ``max``, in steps of ``step`` (a fraction as text) where one is set."""

    may = frozenset({"step"})

    def check(self, item: Item) -> None:
        step = Fraction(item.params.get("step", 1))
        if step <= 0:
            raise ValueError("step 要大于 0")
        if "step" in item.params and _full(item) % step:
            raise ValueError("满分不是 step 的整数倍")

    def read(self, item: Item, raw: Any) -> Fraction:
        mark = _mark(item, raw)
        step = item.params.get("step")
        if step is not None and mark % Fraction(step):
            raise Refusal(
                "off_step",
                f"{item.name}按 {plain(Fraction(step))} 分一档打分，填的 {plain(mark)} 不在档上",
                item.key,
            )
        return mark

    def points(self, item: Item, value: Fraction) -> Fraction:
        return value

    def say(self, item: Item, value: Fraction) -> str:
        return f"评 {plain(value)} 分，满分 {plain(_full(item))} 分"

    def sample(self, item: Item) -> Any:
        return 0

    def ask(self, item: Item) -> str:
        step = item.params.get("step")
        by = f"，每 {plain(Fraction(step))} 分一档" if step is not None else ""
        return f"填 0 到 {plain(_full(item))} 的分数{by}"

    def room(self, item: Item, value: Fraction) -> Room | None:
        gain = _full(item) - value
        return Room(gain, 1, f"评到满分，加 {plain(gain)} 分") if gain else None


class Ladder(Mark):
    """One of the fixed ``values``."""

    needs = frozenset({"values"})
    may = frozenset()

    def check(self, item: Item) -> None:
        values = item.params["values"]
        if sorted(set(values)) != list(values) or values[0] != 0 or values[-1] != _full(item):
            raise ValueError("values 要从 0 逐级升到满分")

    def read(self, item: Item, raw: Any) -> Fraction:
        mark = _mark(item, raw)
        if mark not in item.params["values"]:
            raise Refusal("off_step", f"{item.name}{self.ask(item)}", item.key)
        return mark

    def ask(self, item: Item) -> str:
        return "只能填 " + "、".join(plain(Fraction(v)) for v in item.params["values"])


class StandIn(Verb):
    """A row without points of its own that may stand in for a row of the named ``choices``.

    The value is ``(row, mark)``; scoring moves it to that row.
    """

    needs = frozenset({"choices"})
    optional = True

    def ceiling(self, item: Item) -> Fraction | None:
        return Fraction(0)

    def read(self, item: Item, raw: Any) -> tuple[str, Fraction] | None:
        if raw is None:
            return None
        if not isinstance(raw, Mapping) or set(raw) != {"for", "mark"}:
            raise Refusal("bad_answer", f"{item.name}{self.ask(item)}", item.key)
        try:
            return str(raw["for"]), exact(raw["mark"])
        except ValueError:
            raise Refusal("not_a_number", f"{item.name}的 mark 要填数字", item.key) from None

    def worth(self, item: Item) -> str:
        return ""

    def say(self, item: Item, value: tuple[str, Fraction] | None) -> str:
        return f"参照第 {value[0]} 行计分" if value else "没有填报，本行不单独计分"

    def ask(self, item: Item) -> str:
        return "要写明参照哪一行（for）和给几分（mark），没有就不填"
