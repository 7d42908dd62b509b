"""What the pages of the dossier share: rows and products by name, ways back, the asking page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import request, url_for

from tracer.actions.actor import own
from tracer.domain.elements import ElementField, ElementRow, element_row
from tracer.domain.errors import NotFound, Refusal
from tracer.queries.dossier.topics import topic_of
from tracer.store.tables import Producer, Product
from tracer.store.world import Tx
from tracer.web.producer.dossier_questions import fields_asked
from tracer.web.producer.pages import Back, back, form_page
from tracer.web.producer.questions import Question
from tracer.web.shared.door import actor


def asking(
    title: str,
    asked: list[Question],
    way_back: Back,
    refusal: Refusal | None,
    subtitle: str = "",
    limit: str = "",
) -> str:
    """A page that asks; ``limit`` says beforehand what saving it costs (D12)."""
    return form_page(
        title, asked, way_back, refusal=refusal, subtitle=subtitle, limit=limit,
        template="dossier_form",
    )  # fmt: skip


def row_named(key: str, many: bool) -> ElementRow:
    """A row that holds one entry, or many; NotFound where it is filled in another way."""
    row = element_row(key)
    if row.many is not many or not row.fields:
        raise NotFound("没有这个资料项目，请从列表里重新选")
    return row


def asked_of(row: ElementRow, only: str) -> list[ElementField]:
    """What is asked of a row: all, or the one question of that name."""
    asked = fields_asked(row, only)
    if not asked:
        raise NotFound("没有这一项，请从列表里重新选")
    return asked


def kept_of(row: ElementRow, before: Mapping[str, Any], producer: Producer) -> list[str]:
    """Files and private values that are there and stay unless given anew."""
    sealed_column = {"id_card"} if producer.id_card_hash else set()
    return [
        field.name
        for field in row.fields
        if (field.is_file or field.private)
        and (field.name in before or field.column_name in sealed_column)
    ]


def product_named(tx: Tx) -> Product | None:
    """The product that the address or the form names, the producer's own."""
    wanted = request.values.get("product", "")
    return own(tx, actor(), Product, wanted) if wanted else None


def topic_address(row: str, product: Product | None) -> str:
    """A row's topic; of a product only where the topic is each product's."""
    named = product.public_id if product and element_row(row).of_product else None
    return url_for("farm.topic", key=topic_of(row), product=named)


def to_topic(row: str, product: str) -> Back:
    """The way back to a row's topic."""
    args = {"product": product} if product and element_row(row).of_product else {}
    return back("返回", "topic", key=topic_of(row), **args)
