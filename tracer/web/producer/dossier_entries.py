"""资料 that hold many entries: honours, standards, marks …, each with a page of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import url_for
from flask.typing import ResponseReturnValue

from tracer.actions.actor import own
from tracer.actions.dossier import filling as acts
from tracer.domain.elements import element_row
from tracer.domain.errors import Refusal
from tracer.domain.masking import Subject
from tracer.queries.dossier import pages as dossier_pages
from tracer.queries.dossier.topics import topic_of
from tracer.queries.farm import holdings as farm_holdings
from tracer.store.dossier import all_values
from tracer.store.tables import Element, Producer, Product
from tracer.store.world import Tx
from tracer.web.producer import hall
from tracer.web.producer.dossier_parts import (
    asking,
    kept_of,
    product_named,
    row_named,
    to_topic,
    topic_address,
)
from tracer.web.producer.dossier_questions import (
    entry_form,
    fields_asked,
    for_which,
    publishing,
    questions,
)
from tracer.web.producer.pages import back, form_page, page
from tracer.web.producer.questions import answers
from tracer.web.producer.sending import send
from tracer.web.shared.door import actor, world


@hall.get("/dossier/<key>/new")
def adding(key: str) -> str:
    """Ask for one more entry of a row that holds many."""
    return _add_page(key, {}, None)


@hall.post("/dossier/<key>/new")
def add(key: str) -> ResponseReturnValue:
    """Record the entry."""
    given = answers("clear")

    def act(tx: Tx) -> str:
        row, product = row_named(key, many=True), product_named(tx)
        named = {"product": product.public_id} if product else {}
        acts.add_entry(tx, actor(), entry_form(tx, row, fields_asked(row), {**given, **named}, {}))
        return topic_address(key, product)

    return send(act, lambda refusal: _add_page(key, given, refusal))


@hall.get("/dossier/entries/<public_id>")
def entry(public_id: str) -> str:
    """One entry."""
    with world().read() as tx:
        view = dossier_pages.entry_page(tx, own(tx, actor(), Element, public_id))
    return page("dossier_entry", view.title, to_topic(view.row, view.product), view=view)


@hall.get("/dossier/entries/<public_id>/edit")
def editing_entry(public_id: str) -> str:
    """Show an entry to change it."""
    return _edit_page(public_id, None, None)


@hall.post("/dossier/entries/<public_id>/edit")
def edit_entry(public_id: str) -> ResponseReturnValue:
    """Change an entry."""
    given = answers("clear")

    def act(tx: Tx) -> str:
        row = element_row(own(tx, actor(), Element, public_id).row)
        form = entry_form(tx, row, fields_asked(row), given, {})
        saved = acts.edit_entry(tx, actor(), public_id, form).entry
        return url_for("farm.entry", public_id=saved.public_id if saved else public_id)

    return send(
        act, lambda refusal: _edit_page(public_id, given, refusal), mine=(Element, public_id)
    )


@hall.post("/dossier/entries/<public_id>/unpublish")
def unpublish(public_id: str) -> ResponseReturnValue:
    """Show the entry to nobody any more; it is kept."""

    def act(tx: Tx) -> str:
        saved = acts.unpublish_entry(tx, actor(), public_id).entry
        row = element_row(own(tx, actor(), Element, public_id).row)
        if not row.many:
            return topic_address(row.key, _product_of(tx, public_id))
        return url_for("farm.entry", public_id=saved.public_id if saved else public_id)

    return send(act, lambda _refusal: entry(public_id), mine=(Element, public_id))


@hall.get("/dossier/entries/<public_id>/withdraw")
def withdrawing_entry(public_id: str) -> str:
    """Ask whether the entry is to be taken back."""
    return _withdraw_page(public_id, None)


@hall.post("/dossier/entries/<public_id>/withdraw")
def withdraw_entry(public_id: str) -> ResponseReturnValue:
    """Take the entry back."""

    def act(tx: Tx) -> str:
        acts.withdraw_entry(tx, actor(), public_id)
        row = element_row(own(tx, actor(), Element, public_id).row)
        return topic_address(row.key, _product_of(tx, public_id))

    return send(act, lambda refusal: _withdraw_page(public_id, refusal), mine=(Element, public_id))


def _add_page(key: str, given: Mapping[str, Any], refusal: Refusal | None) -> str:
    with world().read() as tx:
        row, product = row_named(key, many=True), product_named(tx)
        view = dossier_pages.topic_page(tx, actor().producer, topic_of(key), product)
        subject = dossier_pages.subject_kind(tx.session.get_one(Producer, actor().producer))
        products = _choices(tx) if row.may_name_product and not row.of_product else ()
    if refusal is None:
        given = {"publish": subject is Subject.LEGAL_PERSON, **given}
    return asking(
        row.item if len(view.rows) > 1 else f"添一条{view.title}",
        questions(fields_asked(row), row, given, ())
        + (for_which(products, given) if products else [])
        + publishing(row, subject, given),
        to_topic(key, view.product),
        refusal,
        view.product_name,
    )


def _edit_page(public_id: str, given: Mapping[str, Any] | None, refusal: Refusal | None) -> str:
    with world().read() as tx:
        kept_entry = own(tx, actor(), Element, public_id)
        row = element_row(kept_entry.row)
        producer = tx.session.get_one(Producer, actor().producer)
        before = all_values(tx.secrets, kept_entry)
        view = dossier_pages.entry_page(tx, kept_entry)
        shown = dossier_pages.answers_of(tx, producer, row, None, kept_entry)
        products = _choices(tx) if row.may_name_product else ()
        subject = dossier_pages.subject_kind(producer)
    if given is None:
        state = {"publish": view.published, "consent": view.consented}
        given = {**shown, **state, "product": view.product}
    return asking(
        view.title,
        questions(fields_asked(row), row, given, kept_of(row, before, producer))
        + (for_which(products, given) if products else [])
        + publishing(row, subject, given),
        back("返回", "entry", public_id=public_id),
        refusal,
        view.kind,
    )


def _withdraw_page(public_id: str, refusal: Refusal | None) -> str:
    with world().read() as tx:
        view = dossier_pages.entry_page(tx, own(tx, actor(), Element, public_id))
    return form_page(
        "撤下这一条",
        [],
        back("返回", "entry", public_id=public_id),
        button="撤下",
        refusal=refusal,
        grave=True,
        subtitle=view.title,
        intro="撤下以后别人看不到，得过的分不变，再填一样的也不会再加分。",
    )


def _product_of(tx: Tx, public_id: str) -> Product | None:
    row = own(tx, actor(), Element, public_id)
    return tx.session.get(Product, row.product_id) if row.product_id else None


def _choices(tx: Tx) -> list[tuple[str, str]]:
    return [(line.id, line.title) for line in farm_holdings.products(tx, actor().producer)]
