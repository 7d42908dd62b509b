"""资料: the dossier of tables B.1 to B.5, a topic a page, one open thing at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import Response, request, url_for
from flask.typing import ResponseReturnValue

from tracer.actions import dossier as acts
from tracer.actions.actor import own
from tracer.actions.credit import is_rated
from tracer.actions.dossier_entries import only_entry
from tracer.actions.dossier_files import open_private_file
from tracer.domain.clock import day_of
from tracer.domain.elements import FREE_CHANGES, ElementField, ElementRow, element_row
from tracer.domain.errors import NotFound, Refusal
from tracer.domain.masking import Subject
from tracer.queries import dossier_pages, farm_holdings
from tracer.queries.dossier_topics import is_fixed, topic_of
from tracer.store.changes import free_left, waiting_set
from tracer.store.dossier import all_values
from tracer.store.tables import Element, Producer, Product, StoredFile
from tracer.store.world import Tx
from tracer.web.producer import hall
from tracer.web.producer.dossier_questions import (
    entry_form,
    fields_asked,
    for_which,
    publishing,
    questions,
)
from tracer.web.producer.pages import Back, back, form_page, page
from tracer.web.producer.questions import answers
from tracer.web.producer.sending import send
from tracer.web.shared.attachments import attachment, given_out
from tracer.web.shared.door import actor, world


@hall.get("/dossier")
def dossier() -> str:
    """Everything there is to fill in, what is filled, and what comes next."""
    with world().read() as tx:
        view = dossier_pages.overview(tx, actor().producer)
        edits = dossier_pages.edits(tx, actor().producer)
        limit = change_sentence(tx)
    return page("dossier", "资料", back("首页", "home"), view=view, edits=edits, limit=limit)


@hall.get("/dossier/<key>")
def topic(key: str) -> str:
    """One topic: what it says, or the list of its entries."""
    return _topic_page(key)


@hall.get("/dossier/<key>/fill")
def filling(key: str) -> str:
    """Ask for a row that holds one entry; ``?field=`` asks for that alone."""
    return _fill_page(key, None, None)


@hall.post("/dossier/<key>/fill")
def fill(key: str) -> ResponseReturnValue:
    """Save the row."""
    given, only = answers("clear"), request.args.get("field", "")

    def act(tx: Tx) -> str:
        row, product = _row(key, many=False), _product(tx)
        entry, _ = _before(tx, row, product)
        asked = _asked(row, only)
        names = {field.name for field in asked}
        producer = tx.session.get_one(Producer, actor().producer)
        now = dossier_pages.answers_of(tx, producer, row, product, entry)
        stays = {
            field.name: now[field.name]
            for field in row.fields
            if field.name in now and (field.name not in names or is_fixed(field))
        }
        if only and entry is not None:
            given.setdefault("publish", entry.published)
            given.setdefault("consent", entry.consented_at is not None)
        named = {"product": product.public_id} if product else {}
        acts.save_profile(tx, actor(), entry_form(tx, row, asked, {**given, **named}, stays))
        if only:
            return url_for("farm.dossier")
        return _topic_address(key, product)

    return send(act, lambda refusal: _fill_page(key, given, refusal))


@hall.get("/dossier/<key>/new")
def adding(key: str) -> str:
    """Ask for one more entry of a row that holds many."""
    return _add_page(key, {}, None)


@hall.post("/dossier/<key>/new")
def add(key: str) -> ResponseReturnValue:
    """Record the entry."""
    given = answers("clear")

    def act(tx: Tx) -> str:
        row, product = _row(key, many=True), _product(tx)
        named = {"product": product.public_id} if product else {}
        acts.add_entry(tx, actor(), entry_form(tx, row, fields_asked(row), {**given, **named}, {}))
        return _topic_address(key, product)

    return send(act, lambda refusal: _add_page(key, given, refusal))


@hall.get("/dossier/entries/<public_id>")
def entry(public_id: str) -> str:
    """One entry."""
    with world().read() as tx:
        view = dossier_pages.entry_page(tx, own(tx, actor(), Element, public_id))
    return page("dossier_entry", view.title, _to_topic(view.row, view.product), view=view)


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
            return _topic_address(row.key, _product_of(tx, public_id))
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
        return _topic_address(row.key, _product_of(tx, public_id))

    return send(act, lambda refusal: _withdraw_page(public_id, refusal), mine=(Element, public_id))


@hall.get("/dossier/files/<public_id>")
def dossier_file(public_id: str) -> Response:
    """A file of the producer's own, sealed or not."""
    with world().read() as tx:
        row = own(tx, actor(), StoredFile, public_id)
        if not row.sealed:
            return attachment(tx, row)
        return given_out(row.public_id, open_private_file(tx, actor(), public_id))


def change_sentence(tx: Tx) -> str:
    """What an edit of filled fields of table C.1 costs the producer now (D12); empty: nothing."""
    producer = tx.session.get_one(Producer, actor().producer)
    if not is_rated(producer):
        return ""
    if waiting_set(tx.session, actor().producer) is not None:
        return "上一次的修改还在等平台管理员处理，处理好以后才能再改已经填过的。"
    left = free_left(tx.session, actor().producer, day_of(tx.now).year)
    if left:
        return (
            f"已经填过的，今年还可免费修改 {left} 次（一年 {FREE_CHANGES} 次，保存一次算一次）。"
            "填空着的不算。"
        )
    return (
        f"今年 {FREE_CHANGES} 次免费修改已经用完。再改已经填过的，要等平台管理员处理，"
        "处理好以前还用原来的内容。填空着的不算。"
    )


def _topic_page(key: str) -> str:
    with world().read() as tx:
        view = dossier_pages.topic_page(tx, actor().producer, key, _product(tx))
        told = {field.earns for field in element_row(key).fields}
        edits = dossier_pages.edits(tx, actor().producer)
        waiting = [one for one in edits if one.waiting and one.rows & told]
    return page(
        "dossier_topic",
        view.title,
        back("资料", "dossier"),
        subtitle=view.product_name,
        view=view,
        waiting=waiting,
    )


def _fill_page(key: str, given: Mapping[str, Any] | None, refusal: Refusal | None) -> str:
    only = request.args.get("field", "")
    with world().read() as tx:
        row, product = _row(key, many=False), _product(tx)
        producer = tx.session.get_one(Producer, actor().producer)
        view = dossier_pages.topic_page(tx, actor().producer, topic_of(key), product)
        entry_now, before = _before(tx, row, product)
        shown = dossier_pages.answers_of(tx, producer, row, product, entry_now)
        kept = _kept(row, before, producer)
        counted = any(one.filled for one in view.fields if _counts(row, one.name))
        limit = change_sentence(tx) if counted and not only else ""
        subject = dossier_pages.subject_kind(producer)
    if given is None:
        published = entry_now.published if entry_now else subject is Subject.LEGAL_PERSON
        consented = entry_now is not None and entry_now.consented_at is not None
        given = {**shown, "publish": published, "consent": consented}
    asked = _asked(row, only)
    drawn = questions(asked, row, given, kept)
    if only:
        drawn = [replace(drawn[0], required=True)]
    return _asking(
        drawn[0].label if only else view.title,
        drawn + ([] if only else publishing(row, subject, given)),
        back("资料", "dossier") if only else _to_topic(key, view.product),
        refusal,
        view.product_name,
        limit,
    )


def _add_page(key: str, given: Mapping[str, Any], refusal: Refusal | None) -> str:
    with world().read() as tx:
        row, product = _row(key, many=True), _product(tx)
        view = dossier_pages.topic_page(tx, actor().producer, topic_of(key), product)
        subject = dossier_pages.subject_kind(tx.session.get_one(Producer, actor().producer))
        products = _choices(tx) if row.may_name_product and not row.of_product else ()
    if refusal is None:
        given = {"publish": subject is Subject.LEGAL_PERSON, **given}
    return _asking(
        row.item if len(view.rows) > 1 else f"添一条{view.title}",
        questions(fields_asked(row), row, given, ())
        + (for_which(products, given) if products else [])
        + publishing(row, subject, given),
        _to_topic(key, view.product),
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
    return _asking(
        view.title,
        questions(fields_asked(row), row, given, _kept(row, before, producer))
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


def _asking(
    title: str,
    asked: list[Any],
    way_back: Back,
    refusal: Refusal | None,
    subtitle: str = "",
    limit: str = "",
) -> str:
    return form_page(
        title, asked, way_back, refusal=refusal, subtitle=subtitle, limit=limit,
        template="dossier_form",
    )  # fmt: skip


def _before(
    tx: Tx, row: ElementRow, product: Product | None
) -> tuple[Element | None, Mapping[str, Any]]:
    producer = tx.session.get_one(Producer, actor().producer)
    found = only_entry(tx, producer, row, product.id if product else None)
    return found, all_values(tx.secrets, found)


def _kept(row: ElementRow, before: Mapping[str, Any], producer: Producer) -> list[str]:
    """Files and private values that are there and stay unless given anew."""
    sealed_column = {"id_card"} if producer.id_card_hash else set()
    return [
        field.name
        for field in row.fields
        if (field.is_file or field.private)
        and (field.name in before or field.column_name in sealed_column)
    ]


def _row(key: str, many: bool) -> ElementRow:
    """A row that holds one entry, or many; NotFound where it is filled in another way."""
    row = element_row(key)
    if row.many is not many or not row.fields:
        raise NotFound("没有这个资料项目，请从列表里重新选")
    return row


def _asked(row: ElementRow, only: str) -> list[ElementField]:
    """What is asked of a row: all, or the one question of that name."""
    asked = fields_asked(row, only)
    if not asked:
        raise NotFound("没有这一项，请从列表里重新选")
    return asked


def _counts(row: ElementRow, name: str) -> bool:
    return any(field.name == name and field.earns for field in row.fields)


def _product(tx: Tx) -> Product | None:
    """The product that the address or the form names, the producer's own."""
    wanted = request.values.get("product", "")
    return own(tx, actor(), Product, wanted) if wanted else None


def _product_of(tx: Tx, public_id: str) -> Product | None:
    row = own(tx, actor(), Element, public_id)
    return tx.session.get(Product, row.product_id) if row.product_id else None


def _topic_address(row: str, product: Product | None) -> str:
    """A row's topic; of a product only where the topic is each product's."""
    named = product.public_id if product and element_row(row).of_product else None
    return url_for("farm.topic", key=topic_of(row), product=named)


def _choices(tx: Tx) -> list[tuple[str, str]]:
    return [(line.id, line.title) for line in farm_holdings.products(tx, actor().producer)]


def _to_topic(row: str, product: str) -> Back:
    args = {"product": product} if product and element_row(row).of_product else {}
    return back("返回", "topic", key=topic_of(row), **args)
