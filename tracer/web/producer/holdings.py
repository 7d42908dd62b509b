"""Plots and products: lists, adding, changing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue

from tracer.actions.actor import Actor, own
from tracer.actions.farm import holdings as acts
from tracer.actions.forms import parse
from tracer.domain.errors import Refusal
from tracer.domain.words import Sector
from tracer.queries.farm import holdings as farm_holdings
from tracer.store.tables import Plot, Producer, Product
from tracer.store.world import Tx
from tracer.web.producer import hall
from tracer.web.producer.pages import Back, back, form_page, options, page
from tracer.web.producer.questions import Asking, Option, all_units, answers
from tracer.web.producer.sending import send
from tracer.web.shared.door import actor, world


@hall.get("/plots")
def plots() -> str:
    """All plots."""
    with world().read() as tx:
        lines = farm_holdings.plots(tx, actor().producer)
    return page(
        "lines",
        "地块",
        back("首页", "home"),
        lines=lines,
        leads_to="farm.plot",
        add=Back("添一块地", url_for("farm.new_plot")),
        empty="还没有地块。记农事的时候要选在哪块地，请先添一块。",
    )


@hall.get("/plots/new")
def new_plot() -> str:
    """Ask about a new plot."""
    return _plot_page("添一块地", {}, None)


@hall.post("/plots/new")
def add_plot() -> ResponseReturnValue:
    """Record a new plot."""
    given = answers()

    def act(tx: Tx) -> str:
        acts.add_plot(tx, actor(), parse(acts.PlotForm, given))
        return url_for("farm.plots")

    return send(act, lambda refusal: _plot_page("添一块地", given, refusal))


@hall.get("/plots/<public_id>")
def plot(public_id: str) -> str:
    """Show a plot to change it."""
    with world().read() as tx:
        row = own(tx, actor(), Plot, public_id)
    return _plot_page(row.name, farm_holdings.plot_answers(row), None)


@hall.post("/plots/<public_id>")
def change_plot(public_id: str) -> ResponseReturnValue:
    """Change a plot."""
    given = answers()

    def act(tx: Tx) -> str:
        acts.edit_plot(tx, actor(), public_id, parse(acts.PlotForm, given))
        return url_for("farm.plots")

    return send(act, lambda refusal: _plot_page("修改地块", given, refusal), mine=(Plot, public_id))


@hall.get("/products")
def products() -> str:
    """All products."""
    with world().read() as tx:
        lines = farm_holdings.products(tx, actor().producer)
    return page(
        "lines",
        "产品",
        back("首页", "home"),
        lines=lines,
        leads_to="farm.product",
        add=Back("添一个产品", url_for("farm.new_product")),
        empty="还没有产品。合格证上写的就是产品名称，请先添一个。",
    )


@hall.get("/products/new")
def new_product() -> str:
    """Ask for the name first; with a name, ask the rest with the likeliest answers chosen."""
    name = request.args.get("name", "").strip()[:60]
    if not name:
        return page("product_name", "添一个产品", back("产品", "products"))
    likely = farm_holdings.likely_categories(name)
    chosen = request.args.get("category", "")
    likely = tuple(one for one in farm_holdings.all_categories() if one.key == chosen) or likely
    given: dict[str, Any] = {"name": name}
    if likely:
        sector = farm_holdings.sector_of(likely[0])
        given |= {
            "category": likely[0].key,
            "sector": sector.value,
            "unit": farm_holdings.usual_unit(likely[0]),
        }
    with world().read() as tx:
        given["origin"] = farm_holdings.home_town(tx.session.get_one(Producer, actor().producer))
    return _product_page("添一个产品", given, None, finding=True)


@hall.get("/products/catalogue")
def catalogue() -> str:
    """The catalogue searched by name, pinyin or initials, for the product named ``?name=``."""
    name = request.args.get("name", "").strip()[:60]
    wanted = request.args.get("q", "").strip()[:20]
    return page(
        "catalogue",
        "查产品类别",
        Back("添一个产品", url_for("farm.new_product", name=name)),
        product=name,
        wanted=wanted,
        found=farm_holdings.found_categories(wanted),
    )


@hall.post("/products/new")
def add_product() -> ResponseReturnValue:
    """Record a new product."""
    given = answers()

    def act(tx: Tx) -> str:
        acts.add_product(tx, actor(), parse(acts.ProductForm, given))
        return url_for("farm.products")

    return send(act, lambda refusal: _product_page("添一个产品", given, refusal))


@hall.get("/products/<public_id>")
def product(public_id: str) -> str:
    """Show a product to change it."""
    with world().read() as tx:
        row = own(tx, actor(), Product, public_id)
    return _product_page(row.name, farm_holdings.product_answers(row), None, known=row)


@hall.post("/products/<public_id>")
def change_product(public_id: str) -> ResponseReturnValue:
    """Change a product."""
    given = answers()

    def act(tx: Tx) -> str:
        acts.edit_product(tx, actor(), public_id, parse(acts.ProductForm, given))
        return url_for("farm.products")

    return send(
        act, lambda refusal: _product_page("修改产品", given, refusal), mine=(Product, public_id)
    )


@hall.post("/products/<public_id>/retire")
def retire_product(public_id: str) -> ResponseReturnValue:
    """Make a product no more."""
    return _product_step(public_id, acts.retire_product)


@hall.post("/products/<public_id>/resume")
def resume_product(public_id: str) -> ResponseReturnValue:
    """Make a retired product again."""
    return _product_step(public_id, acts.resume_product)


def _product_step(public_id: str, step: Callable[[Tx, Actor, str], Product]) -> ResponseReturnValue:
    def act(tx: Tx) -> str:
        step(tx, actor(), public_id)
        return url_for("farm.products")

    def again(refusal: Refusal) -> str:
        with world().read() as tx:
            row = own(tx, actor(), Product, public_id)
        return _product_page(row.name, farm_holdings.product_answers(row), refusal, known=row)

    return send(act, again, mine=(Product, public_id))


def _plot_page(title: str, given: Mapping[str, Any], refusal: Refusal | None) -> str:
    ask = Asking(acts.PlotForm, given)
    return form_page(
        title,
        [
            ask.text("name", hint="您平时怎么叫就怎么写，比如 3 号棚"),
            ask.one("facility", options(acts.FACILITIES)),
            ask.number("area", unit="亩", label="面积"),
            ask.text("village"),
        ],
        back("地块", "plots"),
        more=[
            ask.text("base_name"),
            ask.long("environment", hint="水源、周边有没有厂矿，比如 井水灌溉，五百米内没有工厂"),
            ask.text("town", hint="9 位数字，不知道就不填", attrs={"inputmode": "numeric"}),
            ask.number("latitude"),
            ask.number("longitude"),
        ],
        refusal=refusal,
    )


def _product_page(
    title: str,
    given: Mapping[str, Any],
    refusal: Refusal | None,
    finding: bool = False,
    known: Product | None = None,
) -> str:
    """``finding`` also offers to look the category up; ``known`` is retired or made again."""
    ask = Asking(acts.ProductForm, given)
    return form_page(
        title,
        [
            ask.text("name"),
            ask.groups("category", _categories(str(given.get("name", ""))), label="产品类别"),
            ask.one("sector", options(tuple(Sector))),
            ask.text("origin", hint="合格证和标签上印的产地，写到县或乡镇"),
            ask.list("unit", all_units(), required=True),
        ],
        back("产品", "products"),
        more=[
            ask.text("spec", hint="比如 5 公斤/箱"),
            ask.text("crop", hint="农药标签上的叫法；和产品名称一样就不填"),
            ask.long("introduction", hint="买的人扫码时看得到"),
            ask.text("gtin", attrs={"inputmode": "numeric"}),
        ],
        refusal=refusal,
        template="product_form",
        find=url_for("farm.catalogue", name=given.get("name", "")) if finding else "",
        known=known,
    )


def _categories(name: str) -> list[tuple[str, list[Option]]]:
    """The catalogue by class, what fits the product's name on top."""
    groups: dict[str, list[Option]] = {}
    for category in farm_holdings.all_categories():
        groups.setdefault(category.class_name, []).append(_category(category))
    likely = [_category(category) for category in farm_holdings.likely_categories(name)]
    return ([("最可能的", likely)] if likely else []) + list(groups.items())


def _category(category: farm_holdings.Category) -> Option:
    named = "、".join(name.split("（")[0] for name in category.names[:3])
    label = category.label if category.label in ("", named) else f"{category.label}（{named}等）"
    return Option(category.key, label if named else category.label)
