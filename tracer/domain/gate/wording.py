"""How the gate's sentences name days, uses and the waiting of each kind of produce."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from tracer.domain.gate.case import DrugUse, Produce
from tracer.domain.reference import Reference


@dataclass(frozen=True)
class Waiting:
    """The words for a waiting period: its legal name, the act that ends it, the goods it is for."""

    interval: str
    act: str
    product: str  # of withdrawal_reference.csv; empty for plants


_PLANT = Waiting("安全间隔期", "采收", "")
_FISH = Waiting("休药期", "捕捞", "fish")
_MEAT = Waiting("休药期", "出栏", "meat")
_EGG = Waiting("弃蛋期", "收蛋", "egg")
_MILK = Waiting("弃奶期", "挤奶", "milk")


def waiting_for(produce: Produce, reference: Reference) -> Waiting:
    """安全间隔期 for plants, 弃蛋期 for eggs, 弃奶期 for milk, 休药期 for meat and fish."""
    if not produce.category.is_animal:
        return _PLANT
    if produce.category.table == "A4":
        return _FISH
    crop = reference.crops.main_name(produce.crop)
    if crop.endswith("蛋"):
        return _EGG
    if crop.endswith(("乳", "奶")):
        return _MILK
    return _MEAT


def day_words(day: date, beside: date) -> str:
    """7月1日, with the year where it differs from the day it is read beside."""
    year = "" if day.year == beside.year else f"{day.year}年"
    return f"{year}{day.month}月{day.day}日"


def use_words(use: DrugUse, beside: date) -> str:
    """7月1日用的“啶虫脒”."""
    return f"{day_words(use.used_on, beside)}用的“{use.name}”"
