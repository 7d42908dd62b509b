"""The questions of a row of tables B.1 to B.5, and the entry that their answers fill."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import request

from tracer.actions.dossier.forms import EntryForm, values_form
from tracer.actions.farm.reports import keep_file
from tracer.actions.forms import parse
from tracer.actions.private_files import keep_private_file
from tracer.domain.elements import ElementField, ElementRow, FieldKind
from tracer.domain.masking import Subject
from tracer.queries.dossier.public import PUBLIC_ROWS
from tracer.queries.dossier.topics import is_fixed
from tracer.store.world import Tx
from tracer.web.producer.questions import Asking, Option, Question
from tracer.web.shared.door import actor

_OPEN = 7  # answers that are drawn open
_PHOTO = "image/jpeg,image/png,image/webp,application/pdf"
_KEPT_FILE = "已经有了，不换就不用选"
_KEPT_TEXT = "已经填了，不改就留空"


def fields_asked(row: ElementRow, only: str = "") -> list[ElementField]:
    """The fields that a row's form asks for: all that are filled in here, or one."""
    fields = [field for field in row.fields if not is_fixed(field)]
    return [field for field in fields if not only or field.name == only]


def questions(
    fields: Sequence[ElementField], row: ElementRow, given: Mapping[str, Any], kept: Sequence[str]
) -> list[Question]:
    """The questions; ``kept`` names files and private values that stay unless given anew."""
    ask = Asking(values_form(row.key), given)
    asked = [_question(ask, field, field.name in kept) for field in fields]
    clearable = [
        Option(field.name, field.title)
        for field in fields
        if field.name in kept and not field.required and not field.column
    ]
    if clearable:
        gone = tuple(given.get("clear", ()))
        asked.append(
            Question("clear", "不想留着的，勾上", "several", gone, False, options=tuple(clearable))
        )
    return asked


def publishing(row: ElementRow, subject: Subject, given: Mapping[str, Any]) -> list[Question]:
    """Whether everybody may see the entry, and apart from that the person's own consent."""
    if row.key not in PUBLIC_ROWS:
        return []
    ask = Asking(EntryForm, given)
    asked = [ask.tick("publish", label="公开这一条", hint="买的人扫码、查信用报告时看得到")]
    if subject is Subject.NATURAL_PERSON:
        label = "我单独同意公开这一条里的个人信息"
        asked.append(ask.tick("consent", label=label, hint="不勾选就只保存、不公开；随时可以收回"))
    elif any(field.shown == "consent" for field in row.fields):
        label = "写到的本人单独同意公开姓名"
        hint = "不勾选就不公开姓名和带姓名的照片；随时可以收回"
        asked.append(ask.tick("consent", label=label, hint=hint))
    return asked


def for_which(products: Sequence[tuple[str, str]], given: Mapping[str, Any]) -> list[Question]:
    """Which product an entry speaks of; unanswered it speaks of all."""
    options = [Option(id_, name) for id_, name in products]
    return [Asking(EntryForm, given).list("product", options, label="只管一个产品的，选是哪个")]


def entry_form(
    tx: Tx,
    row: ElementRow,
    fields: Sequence[ElementField],
    given: Mapping[str, Any],
    before: Mapping[str, Any],
) -> EntryForm:
    """The form that a page fills: answers, uploads, and ``before`` for what it did not ask."""
    values = dict(before)
    for field in fields:
        if field.is_file:
            if uploads := _kept(tx, field):
                values[field.name] = uploads[0] if field.kind is FieldKind.FILE else uploads
        elif field.name in given:
            values[field.name] = given[field.name]
    said = {
        name: given[name] for name in ("product", "publish", "consent", "clear") if name in given
    }
    return parse(EntryForm, {"row": row.key, "values": values, **said})


def _kept(tx: Tx, field: ElementField) -> list[str]:
    """The uploads of a field, kept as its row wants: private ones sealed."""
    keep = keep_private_file if field.private else keep_file
    return [
        keep(tx, actor(), upload.filename, upload.stream.read()).public_id
        for upload in request.files.getlist(field.name)
        if upload.filename
    ]


def _question(ask: Asking, field: ElementField, kept: bool) -> Question:
    required = field.required and not kept
    hint = "；".join(filter(None, (field.hint, _kept_hint(field) if kept else "")))
    if field.is_file:
        attrs = {"accept": _PHOTO} | ({"multiple": ""} if field.kind is FieldKind.FILES else {})
        several = "" if field.kind is FieldKind.FILE else "可以选几张"
        hint = "；".join(filter(None, (hint, several)))
        return ask.file(field.name, field.title, required=required, hint=hint, attrs=attrs)
    if field.kind is FieldKind.CHOICE:
        options = [Option(choice, choice) for choice in field.choices]
        choose = ask.one if len(options) <= _OPEN else ask.list
        return choose(field.name, options, required=required, hint=hint)
    draw: Callable[..., Question] = {
        FieldKind.PROSE: ask.long,
        FieldKind.DAY: ask.date,
        FieldKind.NUMBER: ask.number,
    }.get(field.kind, ask.text)
    how: dict[str, Any] = {"required": required, "hint": hint}
    if field.private:
        # Not kept in the browser's draft either.
        how["attrs"] = {"autocomplete": "off", "data-private": ""}
    return draw(field.name, **how)


def _kept_hint(field: ElementField) -> str:
    return _KEPT_FILE if field.is_file else _KEPT_TEXT
