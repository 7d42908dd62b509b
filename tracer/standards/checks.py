"""Whether a pack agrees with itself: every finding is (the key at fault, what is wrong)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from fractions import Fraction

from tracer.standards.exact import plain
from tracer.standards.pack import EVIDENCE, Item, Pack, Table, most
from tracer.standards.verbs import VERBS

Finding = tuple[str, str]


def check(pack: Pack) -> Iterator[Finding]:
    """All that is wrong with a pack, rows first, sums last."""
    if not pack.tables:
        yield pack.ref, "没有任何表"
    yield from _doubled(table.key for table in pack.tables)
    yield from _doubled(item.key for table in pack.tables for item in (*table.gates, *table.items))
    keys = {table.key for table in pack.tables}
    for table in pack.tables:
        for item in (*table.gates, *table.items):
            yield from _item(item)
            if item.counts_in and item.counts_in not in keys:
                yield item.key, f"counts_in 指向不存在的表 {item.counts_in}"
        for item in table.items:
            if item.max is None and VERBS[item.verb].bounded:
                yield item.key, "缺少 max"
        yield from _links(pack, table)
        yield from _outcome(pack, table)
    yield from _sums(pack)
    yield from _grades(pack)


def _doubled(keys: Iterable[str]) -> Iterator[Finding]:
    for key, number in Counter(keys).items():
        if number > 1:
            yield key, f"编号出现了 {number} 次"


def _item(item: Item) -> Iterator[Finding]:
    verb = VERBS[item.verb]
    missing = sorted(verb.needs - set(item.params))
    if missing:
        yield item.key, f"计分方法 {item.verb} 缺少 {missing[0]}"
        return
    for kind in item.evidence:
        if kind not in EVIDENCE:
            yield item.key, f"不认识证明材料类别 {kind}"
    try:
        verb.check(item)
    except (ValueError, TypeError) as error:
        yield item.key, f"计分参数不对，{error}"
        return
    ceiling = verb.ceiling(item)
    if ceiling != item.max:
        yield item.key, f"max 写的是 {_points(item.max)}，按计分方法应是 {_points(ceiling)}"
    if item.mandatory and not item.max:
        yield item.key, "必须满分的行要有 max"


def _points(value: Fraction | None) -> str:
    return "不封顶" if value is None else f"{plain(value)} 分"


def _links(pack: Pack, table: Table) -> Iterator[Finding]:
    choices = {choice.key for choice in table.choices}
    yield from _doubled([choice.key for choice in table.choices])
    used = Counter(item.choice for item in table.items if item.choice)
    for choice in table.choices:
        if used[choice.key] < 2:
            yield choice.key, "几选一至少要有两行"
    for item in table.items:
        if item.choice and item.choice not in choices:
            yield item.key, f"不认识几选一 {item.choice}"
        for name in item.params.get("choices", ()):
            if name not in choices:
                yield item.key, f"不认识几选一 {name}"
    scored = pack.scored(table.key)
    for exemption in table.exemptions:
        for row in exemption.rows:
            if row not in scored:
                yield exemption.key, f"指向不存在的行 {row}"


def _outcome(pack: Pack, table: Table) -> Iterator[Finding]:
    outcome = table.outcome
    if outcome.rule not in ("threshold", "mandatory", "grades"):
        yield table.key, f"不认识结论规则 {outcome.rule}"
    if (outcome.rule == "threshold") != (outcome.pass_at is not None):
        yield table.key, "pass_at 只在 threshold 规则里写，而且必须写"
    if outcome.rule == "grades" and not pack.grades:
        yield table.key, "缺少等级"
    if outcome.rule != "grades" and not (outcome.passed and outcome.failed):
        yield table.key, "缺少 passed 或 failed"
    if table.gates and not outcome.blocked:
        yield table.key, "有门槛条件，缺少 blocked"
    if outcome.pass_at is not None and table.total is not None and outcome.pass_at > table.total:
        yield table.key, "pass_at 比总分还高"


def _grades(pack: Pack) -> Iterator[Finding]:
    bounds = [grade.at_least for grade in pack.grades]
    if not bounds:
        return
    if bounds[-1] is not None or None in bounds[:-1]:
        yield pack.ref, "只有最低一级不写 at_least"
        return
    limits = [bound for bound in bounds if bound is not None]
    if sorted(set(limits), reverse=True) != limits:
        yield pack.ref, "等级要从高到低"


def _sums(pack: Pack) -> Iterator[Finding]:
    for table in pack.tables:
        yield from _doubled(group.key for group in table.groups)
        for group, items in pack.groups_in(table.key):
            if group in table.groups and most(items) != group.max:
                right = _points(most(items))
                yield group.key, f"max 写的是 {_points(group.max)}，各行加起来是 {right}"
        if table.total is not None:
            whole = sum((g.max for g in table.groups if g.max is not None), Fraction(0))
            if whole != table.total:
                yield table.key, f"total 写的是 {plain(table.total)}，各部分合计 {plain(whole)}"
