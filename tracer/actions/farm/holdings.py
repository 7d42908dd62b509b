"""Where and what is produced: plots and products.

Sending the same again returns what exists; editing keeps what was (see :mod:`revisions`).
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, StringConstraints, field_validator
from sqlmodel import col, select

from tracer.actions import credit, revisions
from tracer.actions.actor import Actor, Row, own
from tracer.actions.figures import Amount, Unit, thousandths
from tracer.actions.forms import Form
from tracer.actions.text import Line, Name, Prose, checked, one_of
from tracer.domain.errors import Conflict, Refusal
from tracer.domain.identity import parse_gtin
from tracer.domain.ids import new_id
from tracer.domain.reference import load as reference
from tracer.domain.supervision import Stage
from tracer.domain.words import Sector
from tracer.store.tables import Campaign, Incident, Plot, Product
from tracer.store.world import Tx

MOST_MU = 1_000_000
CLEARED = (Stage.REJECTED.value, Stage.REPORT_FALSE.value, Stage.REVERSED.value)
FACILITIES = ("露地", "大棚", "果园", "茶园", "菇房", "池塘", "栏舍", "车间", "仓库")


class PlotForm(Form):
    """地块: a field, greenhouse, orchard, pond, house or workshop."""

    name: Annotated[Name, Field(title="地块名称")]
    base_name: Annotated[Name | None, Field(title="生产基地")] = None
    facility: Annotated[str, one_of(FACILITIES), Field(title="类型")]
    area: Annotated[Amount | None, Field(title="面积（亩）")] = None
    town: Annotated[
        Annotated[str, StringConstraints(pattern=r"^[0-9]{9}$")] | None,
        Field(title="乡镇（街道）代码"),
    ] = None
    village: Annotated[Name | None, Field(title="村")] = None
    latitude: Annotated[float | None, Field(title="纬度", ge=-90, le=90)] = None
    longitude: Annotated[float | None, Field(title="经度", ge=-180, le=180)] = None
    environment: Annotated[Line | None, Field(title="产地环境")] = None

    @field_validator("area")
    @classmethod
    def _smaller_than_a_county(cls, area: str | None) -> str | None:
        if area is not None and thousandths(area) > MOST_MU * 1000:
            raise ValueError("面积太大，请检查是不是多写了几位")
        return area


class ProductForm(Form):
    """产品主体 (table B.2)."""

    name: Annotated[Name, Field(title="产品名称")]
    spec: Annotated[Name | None, Field(title="规格")] = None
    origin: Annotated[Name, Field(title="产地")]
    category: Annotated[
        str,
        StringConstraints(max_length=20),
        checked(lambda text: reference().category(text).key),
        Field(title="产品类别代码"),
    ]
    crop: Annotated[Name | None, Field(title="作物或养殖品种")] = None
    sector: Annotated[Sector, one_of(Sector), Field(title="生产类型")]
    unit: Annotated[Unit, Field(title="计量单位")] = "kg"
    introduction: Annotated[Prose | None, Field(title="产品介绍")] = None
    gtin: Annotated[
        Annotated[str, StringConstraints(max_length=20), checked(parse_gtin)] | None,
        Field(title="商品条码"),
    ] = None


def add_plot(tx: Tx, actor: Actor, form: PlotForm) -> Plot:
    """A new plot of the actor's producer; names are unique within it."""
    values = _plot(form)
    known = tx.session.exec(
        select(Plot).where(Plot.producer_id == actor.producer, Plot.name == form.name)
    ).first()
    if known is not None:
        return _resent(tx, form, values, known, f"地块“{form.name}”")
    row = Plot(public_id=new_id(), producer_id=actor.producer, created_at=tx.now, **values)
    tx.session.add(row)
    tx.session.flush()
    return row


def edit_plot(tx: Tx, actor: Actor, public_id: str, form: PlotForm) -> Plot:
    """Change a plot of the actor's own."""
    row = own(tx, actor, Plot, public_id)
    taken = tx.session.exec(
        select(Plot).where(
            Plot.producer_id == actor.producer, Plot.name == form.name, Plot.id != row.id
        )
    ).first()
    if taken is not None:
        raise _taken(f"地块“{form.name}”")
    revisions.revise(tx, actor, row, _plot(form))
    return row


def add_product(tx: Tx, actor: Actor, form: ProductForm) -> Product:
    """A new product; name and spec together are unique within its producer."""
    values = _product(form)
    known = _same_product(tx, actor, values)
    if known is not None:
        return _resent(tx, form, values, known, f"产品“{form.name}”")
    row = Product(public_id=new_id(), producer_id=actor.producer, created_at=tx.now, **values)
    tx.session.add(row)
    tx.session.flush()
    credit.settle(tx, row)
    _count_introduction(tx, row)
    return row


def edit_product(tx: Tx, actor: Actor, public_id: str, form: ProductForm) -> Product:
    """Change a product of the actor's own."""
    row = own(tx, actor, Product, public_id)
    values = _product(form)
    taken = _same_product(tx, actor, values)
    if taken is not None and taken.id != row.id:
        raise _taken(f"产品“{form.name}”")
    credit.refuse_other_scope(tx, row, form.category, form.crop or form.name)
    revisions.revise(tx, actor, row, values)
    credit.settle(tx, row)
    _count_introduction(tx, row)
    return row


def retire_product(tx: Tx, actor: Actor, public_id: str) -> Product:
    """停产: no new work is begun for it, and it leaves its subject's mean (D8).

    It is kept: its labels, its batches and its own index stay. What was deducted, or may be, is
    not got rid of this way.
    """
    row = own(tx, actor, Product, public_id)
    if row.retired_at is not None:
        return row
    told = select(Incident.id).where(
        Incident.product_id == row.id, col(Incident.stage).not_in(CLEARED)
    )
    if credit.is_deducted(tx, row.id or 0) or tx.session.exec(told).first() is not None:
        raise Refusal("deducted", "这个产品被扣过分，或者有事情还没办完，不能停产，要继续计分")
    running = select(Campaign.id).where(
        Campaign.product_id == row.id, col(Campaign.ended_on).is_(None)
    )
    if tx.session.exec(running).first() is not None:
        raise Refusal("still_made", "这个产品还有没结束的生产，请先到“生产作业”里结束，再停产")
    revisions.revise(tx, actor, row, {"retired_at": tx.now})
    credit.settle(tx, row)
    return row


def resume_product(tx: Tx, actor: Actor, public_id: str) -> Product:
    """A retired product is made again, and counts in its subject's mean again."""
    row = own(tx, actor, Product, public_id)
    if row.retired_at is not None:
        revisions.revise(tx, actor, row, {"retired_at": None})
        credit.settle(tx, row)
    return row


def _plot(form: PlotForm) -> dict[str, Any]:
    values = form.model_dump(exclude={"area"})
    return values | {"area_milli_mu": thousandths(form.area) if form.area else None}


def _product(form: ProductForm) -> dict[str, Any]:
    return form.model_dump() | {
        "spec": form.spec or "",
        "crop": form.crop or "",
        "sector": form.sector.value,
    }


def _same_product(tx: Tx, actor: Actor, values: dict[str, Any]) -> Product | None:
    return tx.session.exec(
        select(Product).where(
            Product.producer_id == actor.producer,
            Product.name == values["name"],
            Product.spec == values["spec"],
        )
    ).first()


def _count_introduction(tx: Tx, row: Product) -> None:
    """C.2-1: a published introduction counts once for a product."""
    if row.introduction:
        credit.count(tx, row.id or 0, "C.2-1", "product", row.public_id)


def _resent(tx: Tx, form: Form, values: dict[str, Any], known: Row, what: str) -> Row:
    """The existing row where the form says the same; else the Conflict that names the fields."""
    now = revisions.plain(known)
    if revisions.same(values, revisions.states(tx, known, now)):
        return known
    raise revisions.differing(form, values, now, what)


def _taken(what: str) -> Conflict:
    return Conflict("name_taken", f"{what}已经有了，请换一个名称", "name")
