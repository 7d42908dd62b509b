"""What an entry may say: values read by their row, checked, and kept in the shape of JSON."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from sqlmodel import select

from tracer.actions.actor import Actor
from tracer.actions.dossier.forms import VALID_TO, EntryForm
from tracer.actions.forms import Form
from tracer.domain.clock import day_of
from tracer.domain.elements import ElementField, ElementRow, FieldKind, standard_warning
from tracer.domain.errors import NotFound, Refusal
from tracer.domain.identity import parse_id_card
from tracer.store.tables import StoredFile
from tracer.store.world import Tx

_MOST = {"latitude": 90, "longitude": 180}
_PEOPLE = "count"
Values = dict[str, Any]


def given_values(tx: Tx, actor: Actor, row: ElementRow, form: Form) -> Values:
    """The entry values that a row's form gives, each checked; what is not given is left out."""
    values: Values = {}
    for field in row.entry_fields:
        value = getattr(form, field.name)
        if value in (None, ()):
            continue
        if field.is_file:
            value = _files(tx, actor, field, value)
        elif field.private and field.name == "id_card":
            value = parse_id_card(value, day_of(tx.now))
        elif isinstance(value, date):
            value = value.isoformat()
        values[field.name] = value
    return values


def merged(row: ElementRow, form: EntryForm, given: Values, before: Values) -> Values:
    """What the entry says from now on: private values and files stay until given or cleared."""
    kept = {
        field.name: before[field.name]
        for field in row.entry_fields
        if (field.private or field.is_file)
        and field.name in before
        and field.name not in form.clear
    }
    return kept | given


def check(row: ElementRow, form: Form, values: Values, today: date) -> None:
    """Refuse what is missing, lies in the future, runs backwards or cannot be a place or number."""
    for field in row.fields:
        _check_day(field, getattr(form, field.name), form, today)
    for field in row.entry_fields:
        value = values.get(field.name)
        if value is None:
            if field.required:
                done = "上传" if field.is_file else "填"
                raise Refusal("missing", f"{field.title}没有{done}", field.name)
            continue
        if field.name in _MOST and Decimal(value) > _MOST[field.name]:
            raise Refusal("out_of_range", f"{field.title}不对，请检查", field.name)
        if field.name == _PEOPLE and not value.isdigit():
            raise Refusal("not_whole", "人数要填整数", field.name)
        _check_needs(row, field, values)


def check_in_force(values: Values, before: Values, today: date) -> None:
    """Refuse a paper that has run out by the time it is entered."""
    last = values.get(VALID_TO)
    if last and last != before.get(VALID_TO) and date.fromisoformat(last) < today:
        raise Refusal("expired", "有效期已经过了，请填还在有效期内的证书", VALID_TO)


def notes(row: ElementRow, values: Values, published: bool, form: EntryForm) -> tuple[str, ...]:
    """What to tell about an entry that was kept all the same."""
    warning = standard_warning(row.key, str(values.get("number", ""))) if values else ""
    private = "没有勾选本人单独同意，这一条只保存、不公开" if form.publish and not published else ""
    return tuple(filter(None, (warning, private)))


def title_of(row: ElementRow, values: Mapping[str, Any]) -> str:
    """How an entry is called in lists; never with a private value."""
    listed = [str(values[field.name]) for field in row.fields if field.listed and values]
    return " ".join(listed) or row.item


def _files(tx: Tx, actor: Actor, field: ElementField, given: Any) -> Any:
    """The kept files that a value names, each once; a private field's must be sealed ones."""
    ids = list(dict.fromkeys((given,) if field.kind is FieldKind.FILE else given))
    for one in ids:
        row = tx.session.exec(select(StoredFile).where(StoredFile.public_id == one)).one_or_none()
        if row is None or row.producer_id != actor.producer:
            raise NotFound(f"没有找到{field.title}，请重新上传")
        if row.sealed is not field.private:
            raise Refusal("wrong_file", f"{field.title}请重新上传", field.name)
    return ids[0] if field.kind is FieldKind.FILE else ids


def _check_day(field: ElementField, value: object, form: Form, today: date) -> None:
    if not isinstance(value, date):
        return
    if field.name == VALID_TO:
        begun = [
            day
            for name in ("certified_on", "granted_on")
            if isinstance(day := getattr(form, name, None), date)
        ]
        if any(day > value for day in begun):
            raise Refusal("runs_backwards", "有效期早于发证日期，请改正其中一个", field.name)
    elif not field.name.endswith(VALID_TO) and value > today:
        raise Refusal("future", f"{field.title}还没到，请检查", field.name)


def _check_needs(row: ElementRow, field: ElementField, values: Values) -> None:
    for other in row.fields:
        if other.name in field.needs and other.name not in values:
            raise Refusal("missing", f"填了{field.title}，{other.title}也要填", other.name)
