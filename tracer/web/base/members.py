"""Residents and products of a base."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue

from tracer.actions.bases import founding as acts
from tracer.actions.forms import parse
from tracer.domain.clock import day_of
from tracer.domain.errors import NotFound, Refusal
from tracer.queries.bases import members as base_members
from tracer.store.world import Tx
from tracer.web.base import hall
from tracer.web.base.pages import back, form_page, page
from tracer.web.producer.questions import Asking, Option, answers
from tracer.web.producer.sending import send
from tracer.web.shared.door import actor, world


@hall.get("/residents")
def residents() -> str:
    """Who is in the base, and who left."""
    with world().read() as tx:
        lines = base_members.residents(tx, actor().base)
    return page("residents", "入驻企业", back("基地", "home"), lines=lines)


@hall.get("/residents/new")
def new_resident() -> str:
    """Ask for the company's name or number first, then how it meets the standard."""
    wanted = request.args.get("q", "").strip()[:60]
    with world().read() as tx:
        found = base_members.findable_producers(tx, actor().base, wanted) if wanted else ()
    if not found:
        return page("find_resident", "登记入驻", back("入驻企业", "residents"), wanted=wanted)
    today = day_of(world().clock.now()).isoformat()
    return _resident_page({"producer": found[0][0], "admitted_on": today}, None, found)


@hall.post("/residents/new")
def admit() -> ResponseReturnValue:
    """Admit a company."""
    given = answers()

    def act(tx: Tx) -> str:
        acts.admit_resident(tx, actor(), parse(acts.ResidentForm, given))
        return url_for("base.residents")

    return send(act, lambda refusal: _resident_page(given, refusal))


@hall.get("/residents/<public_id>/leave")
def leaving(public_id: str) -> str:
    """Ask when a company left."""
    today = day_of(world().clock.now()).isoformat()
    return _leave_page(public_id, {"left_on": today}, None)


@hall.post("/residents/<public_id>/leave")
def leave(public_id: str) -> ResponseReturnValue:
    """A company leaves."""
    given = answers()

    def act(tx: Tx) -> str:
        acts.leave(tx, actor(), public_id, parse(acts.LeaveForm, given))
        return url_for("base.residents")

    return send(act, lambda refusal: _leave_page(public_id, given, refusal))


@hall.get("/products")
def products() -> str:
    """The base's products by chain."""
    with world().read() as tx:
        lines = base_members.products(tx, actor().base)
    return page("products", "产品和产业链", back("基地", "home"), lines=lines)


@hall.get("/products/new")
def new_product() -> str:
    """Ask which product of which chain."""
    return _product_page("添一个产品", {}, None)


@hall.get("/products/<public_id>")
def product(public_id: str) -> str:
    """Show a product to change its chain or certificate."""
    with world().read() as tx:
        given = base_members.product_answers(tx, actor().base, public_id)
    if "chain" not in given:
        raise NotFound()
    return _product_page("修改产品", given, None, public_id)


@hall.post("/products")
def put_product() -> ResponseReturnValue:
    """Take a product in, or change it."""
    given = answers()

    def act(tx: Tx) -> str:
        acts.put_product(tx, actor(), parse(acts.BaseProductForm, given))
        return url_for("base.products")

    return send(act, lambda refusal: _product_page("产品", given, refusal))


@hall.post("/products/<public_id>/drop")
def drop_product(public_id: str) -> ResponseReturnValue:
    """A product leaves the base."""

    def act(tx: Tx) -> str:
        acts.drop_product(tx, actor(), public_id)
        return url_for("base.products")

    return send(act, lambda refusal: _product_page("产品", {"product": public_id}, refusal))


def _resident_page(
    given: Mapping[str, Any],
    refusal: Refusal | None,
    found: tuple[tuple[str, str], ...] = (),
) -> str:
    if not found:
        with world().read() as tx:
            found = base_members.named(tx, str(given.get("producer", "")))
    ask = Asking(acts.ResidentForm, given)
    return form_page(
        "登记入驻",
        [
            ask.one("producer", [Option(value, label) for value, label in found]),
            ask.date("admitted_on"),
            ask.long("met", hint="对照入驻标准，一条一条写清楚"),
        ],
        back("入驻企业", "residents"),
        refusal=refusal,
    )


def _leave_page(public_id: str, given: Mapping[str, Any], refusal: Refusal | None) -> str:
    with world().read() as tx:
        lines = {one.id: one for one in base_members.residents(tx, actor().base)}
    if public_id not in lines:
        raise NotFound()
    return form_page(
        f"{lines[public_id].name}退出基地",
        [Asking(acts.LeaveForm, given).date("left_on")],
        back("入驻企业", "residents"),
        button="登记退出",
        grave=True,
        refusal=refusal,
        intro="它的产品同时离开基地，以前的记录都留着。",
    )


def _product_page(
    title: str, given: Mapping[str, Any], refusal: Refusal | None, public_id: str = ""
) -> str:
    with world().read() as tx:
        chosen = base_members.choosable_products(tx, actor().base)
        chains = sorted({one.chain for one in base_members.products(tx, actor().base)})
    ask = Asking(acts.BaseProductForm, given)
    hint = f"已有：{'、'.join(chains)}" if chains else "比如 蔬菜、茶叶、果品"
    product_options = [Option(value, label) for value, label in chosen]
    return form_page(
        title,
        [
            ask.hidden("product") if public_id else ask.list("product", product_options),
            ask.text("chain", hint=hint),
            ask.text("certificate_no", hint="还没有证书的先不填"),
            ask.date("certified_on"),
            ask.date("certified_to"),
        ],
        back("产品和产业链", "products"),
        refusal=refusal,
        action=url_for("base.put_product"),
    )
