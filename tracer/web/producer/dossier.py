"""资料: the dossier of tables B.1 to B.5, a topic a page, one open thing at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import Response, request, url_for
from flask.typing import ResponseReturnValue

from tracer.actions.actor import own
from tracer.actions.credit import is_rated
from tracer.actions.dossier import filling as acts
from tracer.actions.dossier.entries import only_entry
from tracer.actions.earning import has_filled
from tracer.actions.private_files import open_private_file
from tracer.domain.clock import day_of
from tracer.domain.elements import FREE_CHANGES, ElementRow, element_row
from tracer.domain.errors import Refusal
from tracer.domain.masking import Subject
from tracer.queries.dossier import pages as dossier_pages
from tracer.queries.dossier.topics import is_fixed, topic_of
from tracer.store.changes import free_left, waiting_set
from tracer.store.dossier import all_values
from tracer.store.tables import Element, Producer, Product, StoredFile
from tracer.store.world import Tx
from tracer.web.producer import hall
from tracer.web.producer.dossier_parts import (
    asked_of,
    asking,
    kept_of,
    product_named,
    row_named,
    to_topic,
    topic_address,
)
from tracer.web.producer.dossier_questions import (
    entry_form,
    publishing,
    questions,
)
from tracer.web.producer.pages import back, page
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
        row, product = row_named(key, many=False), product_named(tx)
        entry, _ = _before(tx, row, product)
        asked = asked_of(row, only)
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
        return topic_address(key, product)

    return send(act, lambda refusal: _fill_page(key, given, refusal))


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
            "头一次填的不算，清空也不算。"
        )
    return (
        f"今年 {FREE_CHANGES} 次免费修改已经用完。再改已经填过的，要等平台管理员处理，"
        "处理好以前还用原来的内容。头一次填的不算；清空马上生效，也不算。"
    )


def _topic_page(key: str) -> str:
    with world().read() as tx:
        view = dossier_pages.topic_page(tx, actor().producer, key, product_named(tx))
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
        row, product = row_named(key, many=False), product_named(tx)
        producer = tx.session.get_one(Producer, actor().producer)
        view = dossier_pages.topic_page(tx, actor().producer, topic_of(key), product)
        entry_now, before = _before(tx, row, product)
        shown = dossier_pages.answers_of(tx, producer, row, product, entry_now)
        kept = kept_of(row, before, producer)
        asked = asked_of(row, only)
        earning = {field.name: field.earns for field in asked if field.earns}
        counted = any(one.filled for one in view.fields if one.name in earning) or any(
            has_filled(tx, producer, earned) for earned in earning.values()
        )
        limit = change_sentence(tx) if counted else ""
        subject = dossier_pages.subject_kind(producer)
    if given is None:
        published = entry_now.published if entry_now else subject is Subject.LEGAL_PERSON
        consented = entry_now is not None and entry_now.consented_at is not None
        given = {**shown, "publish": published, "consent": consented}
    drawn = questions(asked, row, given, kept)
    if only:
        drawn = [replace(drawn[0], required=True)]
    return asking(
        drawn[0].label if only else view.title,
        drawn + ([] if only else publishing(row, subject, given)),
        back("资料", "dossier") if only else to_topic(key, view.product),
        refusal,
        view.product_name,
        limit,
    )


def _before(
    tx: Tx, row: ElementRow, product: Product | None
) -> tuple[Element | None, Mapping[str, Any]]:
    producer = tx.session.get_one(Producer, actor().producer)
    found = only_entry(tx, producer, row, product.id if product else None)
    return found, all_values(tx.secrets, found)
