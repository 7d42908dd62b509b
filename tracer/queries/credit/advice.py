"""Advice for the producer: what can still bring points, and the shortest way to the next grade.

For a product by table C.2, for the market subject itself by table C.1.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

from tracer.domain.clock import day_of
from tracer.queries.credit.report import exempt_rows, exemptions
from tracer.queries.credit_view import EDITION, PACK, signed
from tracer.queries.dossier.topics import place_of
from tracer.standards import credit as rules
from tracer.standards import load
from tracer.standards.exact import plain
from tracer.standards.explanation import Step, explain, shortest
from tracer.store.tables import CreditScore, Producer, Product
from tracer.store.world import Tx


@dataclass(frozen=True)
class Doable:
    """What a person does to earn in a row: ``{n}`` things at a time, on which page.

    ``most`` is how often this service lets a product earn it, where the standard sets no limit.
    """

    words: str
    page: str
    each: int = 1
    most: int | None = None


# In the order in which equal gains are advised: what proves most comes first.
DOABLE = {
    "C.2-3": Doable("交 {n} 份检测报告", "batches"),
    "C.2-2": Doable("登记并公开 {n} 个产品资质证书，比如绿色食品", "dossier"),
    "C.2-4": Doable("开始 {n} 季新的生产作业", "campaigns"),
    "C.2-1": Doable("给产品写一段介绍", "product", most=1),
    "C.2-6": Doable("采收时建 {n} 个批次", "campaigns"),
    "C.2-5": Doable("记 {n} 次农事", "record"),
    "C.2-7": Doable("开 {n} 张合格证", "batches"),
    "C.2-9": Doable("买了产品质量安全责任险，给产品申领码上保", "policies"),
    "C.2-10": Doable("打印满 {n} 张码上保标签", "printing", each=1000),
    "C.2-8": Doable("打印满 {n} 张合格证", "printing", each=1000),
}

DOSSIER = "/farm/dossier"
FILLED = {
    "C.1-1": "填成立日期",
    "C.1-2": "填注册资金",
    "C.1-3": "填注册地址",
    "C.1-4": "拍营业执照照片",
    "C.1-5": "填营业执照有效期",
    "C.1-6": "填统一社会信用代码",
    "C.1-7": "填法定代表人姓名",
    "C.1-8": "填法定代表人身份证号码",
    "C.1-9": "拍身份证正面",
    "C.1-10": "拍身份证背面",
    "C.1-11": "填身份证有效期",
    "C.1-12": "填联系人",
    "C.1-13": "填联系电话",
    "C.1-14": "填电子邮箱",
    "C.1-15": "选企业类型",
    "C.1-16": "选经营类型",
    "C.1-17": "填主营产品",
    "C.1-18": "登记一项产品资质，比如绿色食品证书",
    "C.1-19": "登记一项企业资质，比如基地认定",
    "C.1-20": "登记一项企业荣誉",
}
"""What a subject fills in to earn each row; all of it below :data:`DOSSIER`."""


@dataclass(frozen=True)
class Act:
    """One thing to do: in words, what it brings, the row it counts in, and its page."""

    words: str
    gain: str
    row: str
    page: str


@dataclass(frozen=True)
class Advice:
    """``goal`` is the next grade (empty: none above) and ``gap`` the points to it.

    ``way`` gets there with the fewest acts; ``open`` is all that can be done, once each.
    ``reviews`` says what comes from elsewhere: a product's buyers, a subject's products.
    """

    goal: str
    gap: str
    way: tuple[Act, ...]
    open: tuple[Act, ...]
    reviews: str


def product_advice(tx: Tx, product: Product) -> Advice:
    """What can be done for a product's index from where it stands today."""
    pack = load(PACK, EDITION)
    score = tx.session.get(CreditScore, ("product", product.id))
    tallies = score.tallies if score else {}
    exempt = exemptions(product, day_of(tx.now))
    found = explain(pack, {"table": "C.2", "exempt": list(exempt), "rows": tallies})
    barred = exempt_rows(pack, exempt)
    rows = {step.key: step for step in found.open if step.key not in barred}
    steps = [
        step
        for key, doable in DOABLE.items()
        if key in rows
        if (step := _limited(rows[key], doable, tallies.get(key, {}).get("n", 0)))
    ]
    steps.sort(key=lambda step: -step.gain)
    way, left = shortest(steps, found.gap) if found.goal else ((), Fraction(0))
    reviews = pack.scored("C.2")["C.2-11"]
    said = next(row.why for row in found.assessment.items if row.item.key == reviews.key)
    return Advice(
        goal=found.goal,
        gap=plain(found.gap),
        way=tuple(_act(step, step.times or 1) for step in way) if left <= 0 else (),
        open=tuple(_act(step, 1) for step in steps),
        reviews=f"{said}。买的人扫标签给好评，这一项最多 {plain(reviews.max or Fraction(0))} 分",
    )


def subject_advice(tx: Tx, producer: Producer) -> Advice | None:
    """What can be done for a subject's own index; None for households, which are not rated.

    Each row counts once, so a grade that is further away than all open rows together has no
    ``way``: the rest comes from the mean of the products (表 C.1 注 2), as ``reviews`` says.
    """
    pack = load(PACK, EDITION)
    if not rules.rates(pack, "C.1", producer.kind):
        return None
    score = tx.session.get(CreditScore, ("subject", producer.id))
    tallies = score.tallies if score else {}
    mean = Fraction(score.total) - rules.index(pack, "C.1", tallies).total if score else Fraction(0)
    rows = {**tallies, "C.1-注2": {"sum": str(mean), "n": 1}}
    found = explain(pack, {"table": "C.1", "rows": rows})
    steps = [step for step in found.open if step.key in FILLED]
    way, left = shortest(steps, found.gap) if found.goal else ((), Fraction(0))
    return Advice(
        goal=found.goal,
        gap=plain(found.gap),
        way=tuple(map(_filling, way)) if left <= 0 else (),
        open=tuple(map(_filling, steps)),
        reviews=f"另有各产品的平均分，现在是 {signed(mean)} 分，没有上限：产品的分高了，主体分也高",
    )


def _filling(step: Step) -> Act:
    title = f"第 {step.key} 行 {step.title}"
    return Act(FILLED[step.key], signed(step.gain), title, DOSSIER + place_of(step.key))


def _limited(step: Step, doable: Doable, done: int) -> Step | None:
    if doable.most is None:
        return step
    times = doable.most - done
    return replace(step, times=times) if times > 0 else None


def _act(step: Step, times: int) -> Act:
    doable = DOABLE[step.key]
    return Act(
        doable.words.format(n=times * doable.each),
        signed(step.gain * times),
        f"第 {step.key} 行 {step.title}",
        doable.page,
    )
