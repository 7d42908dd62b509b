"""Plots, products and inputs as their owner reads them, and as their forms show them again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlmodel import col, select

from tracer.domain.quantity import UNITS, Quantity
from tracer.domain.reference import load as reference
from tracer.domain.reference.catalogue import Category
from tracer.domain.words import InputKind, Sector
from tracer.queries.lines import Line, joined
from tracer.store.tables import Input, InputUse, Plot, Producer, Product
from tracer.store.world import Tx

Answers = dict[str, Any]

_SECTOR_OF_TABLE = {
    "A1": Sector.PLANTING,
    "A2": Sector.MUSHROOM,
    "A3": Sector.LIVESTOCK,
    "A4": Sector.AQUACULTURE,
    "A5": Sector.PROCESSING,
}
_UNIT_OF_SECTOR = {Sector.LIVESTOCK: "head"}


@dataclass(frozen=True)
class UseLine:
    """One line of a label in words; ``number`` counts from 0 in the label's order."""

    number: int
    crop: str
    words: str


@dataclass(frozen=True)
class InputPage:
    """An input: what it is, and what its label allows. ``needs_label`` where a gate will ask."""

    id: str
    name: str
    kind: str
    facts: tuple[tuple[str, str], ...]
    uses: tuple[UseLine, ...]
    needs_label: bool


def plots(tx: Tx, producer_id: int) -> tuple[Line, ...]:
    """All plots, by name."""
    rows = tx.session.exec(
        select(Plot).where(Plot.producer_id == producer_id).order_by(col(Plot.name))
    )
    return tuple(Line(row.public_id, row.name, joined(row.facility, _area(row))) for row in rows)


def products(tx: Tx, producer_id: int) -> tuple[Line, ...]:
    """All products, by name; the retired ones last."""
    rows = tx.session.exec(
        select(Product).where(Product.producer_id == producer_id).order_by(col(Product.name))
    )
    return tuple(
        Line(
            row.public_id,
            row.name,
            joined(row.spec, Sector(row.sector).label, row.origin),
            "已停产" if row.retired_at is not None else "",
        )
        for row in sorted(rows, key=lambda row: row.retired_at is not None)
    )


def made_products(tx: Tx, producer_id: int) -> tuple[Line, ...]:
    """The products that are made still, by name."""
    return tuple(line for line in products(tx, producer_id) if not line.mark)


def inputs(tx: Tx, producer_id: int) -> tuple[Line, ...]:
    """All inputs, drugs first, by name; marked where the label's lines are still missing."""
    rows = tx.session.exec(
        select(Input).where(Input.producer_id == producer_id).order_by(col(Input.name))
    ).all()
    labelled = set(
        tx.session.exec(
            select(InputUse.input_id)
            .join(Input, col(Input.id) == InputUse.input_id)
            .where(Input.producer_id == producer_id)
        ).all()
    )
    lines = []
    for row in sorted(rows, key=lambda row: not _is_drug(row)):
        missing = _is_drug(row) and row.id not in labelled
        lines.append(
            Line(
                row.public_id,
                row.name,
                joined(InputKind(row.kind).label, row.registration_no, row.maker),
                "补标签用法" if missing else "",
                "unsure" if missing else "",
            )
        )
    return tuple(lines)


def input_page(tx: Tx, row: Input) -> InputPage:
    """One input with its label."""
    uses = _uses(tx, row)
    facts = (
        ("类别", InputKind(row.kind).label),
        ("登记证号" if row.kind == InputKind.PESTICIDE else "批准文号", row.registration_no),
        ("有效成分", "、".join(row.ingredients)),
        ("含量剂型", joined(row.content, row.formulation)),
        ("生产企业", row.maker or ""),
        ("来源", row.supplier or ""),
    )
    return InputPage(
        id=row.public_id,
        name=row.name,
        kind=row.kind,
        facts=tuple((name, value) for name, value in facts if value),
        uses=tuple(UseLine(i, use.crop, _use_words(row, use)) for i, use in enumerate(uses)),
        needs_label=_is_drug(row) and not uses,
    )


def plot_answers(row: Plot) -> Answers:
    """A plot as its form shows it."""
    return row.model_dump() | {"area": _decimal(row.area_milli_mu)}


def product_answers(row: Product) -> Answers:
    """A product as its form shows it."""
    return row.model_dump()


def input_answers(tx: Tx, row: Input) -> Answers:
    """An input with its label as its form takes it."""
    kept = {"kind", "name", "registration_no", "maker", "supplier", "ingredients"}
    kept |= {"content", "formulation"}
    answers = {name: value for name, value in row.model_dump(include=kept).items() if value}
    return answers | {"uses": [_use_answers(use) for use in _uses(tx, row)]}


def producer_answers(row: Producer) -> Answers:
    """A producer as its form shows it; the 身份证号 is never shown again."""
    return row.model_dump(exclude={"id_card_cipher", "id_card_hash"})


def home_town(row: Producer) -> str:
    """The producer's own place, as products first name their origin: 山东省青岛市平度市蓼兰镇."""
    return reference().place_name(row.town or row.county)


def likely_categories(name: str) -> tuple[Category, ...]:
    """The catalogue's rows that a product of this name may belong to, the closest first."""
    crop = reference().crops.main_name(name)
    found = {
        category.key: category
        for word in (crop, crop[-2:], crop[:2])
        if len(word) > 1
        for category in reference().categories_named(word)
    }
    exact = [category for category in found.values() if crop in category.names]
    return tuple(dict.fromkeys((*exact, *found.values())))[:6]


def found_categories(text: str) -> tuple[Category, ...]:
    """The catalogue's rows found by a name, its pinyin or the initials of its pinyin."""
    return reference().find_categories(text)[:40]


def all_categories() -> tuple[Category, ...]:
    """The whole catalogue in printed order."""
    return tuple(reference().categories.values())


def sector_of(category: Category) -> Sector:
    """The kind of production that a row of the catalogue comes from."""
    return _SECTOR_OF_TABLE.get(category.table, Sector.PLANTING)


def usual_unit(category: Category) -> str:
    """The unit most people sell it by."""
    if any("蛋" in name for name in category.names):
        return "kg"
    return _UNIT_OF_SECTOR.get(sector_of(category), "kg")


def units_like(unit: str) -> list[tuple[str, str]]:
    """The units that measure the same thing as ``unit``, itself first."""
    mine = UNITS[unit]
    same = [one for one in UNITS.values() if one.dimension == mine.dimension and one is not mine]
    return [(one.code, one.label) for one in (mine, *same)]


def _uses(tx: Tx, row: Input) -> list[InputUse]:
    return list(
        tx.session.exec(
            select(InputUse).where(InputUse.input_id == row.id).order_by(col(InputUse.id))
        )
    )


def _use_answers(use: InputUse) -> Answers:
    return {
        name: value
        for name, value in use.model_dump(exclude={"id", "input_id"}).items()
        if value is not None and value is not False
    }


def _use_words(row: Input, use: InputUse) -> str:
    interval = "休药期" if row.kind == InputKind.VETERINARY_DRUG else "安全间隔期"
    if use.interval_unstated:
        days = f"标签未标注{interval}"
    elif use.phi_days is not None:
        days = f"{interval} {use.phi_days} 天"
    elif use.degree_days is not None:
        days = f"休药期 {use.degree_days} 度日"
    else:
        days = f"还没填{interval}"
    times = f"每季最多 {use.max_uses} 次" if use.max_uses else ""
    dose = f"最高 {use.max_dose} {use.dose_unit or ''}".strip() if use.max_dose else ""
    return joined(days, times, dose)


def _is_drug(row: Input) -> bool:
    return row.kind in (InputKind.PESTICIDE, InputKind.VETERINARY_DRUG)


def _area(row: Plot) -> str:
    number = _decimal(row.area_milli_mu)
    return f"{number} 亩" if number else ""


def _decimal(milli: int | None) -> str:
    return Quantity(milli, "kg").number if milli is not None else ""
