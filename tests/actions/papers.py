"""Valid invented values for every row of 数据元, and pictures to go with them."""

from __future__ import annotations

import io
from typing import Any

from PIL import Image
from sqlmodel import select

from tracer.actions.actor import Actor
from tracer.actions.dossier.filling import Saved, add_entry
from tracer.actions.dossier.forms import EntryForm
from tracer.actions.farm.reports import keep_file
from tracer.actions.forms import parse
from tracer.actions.private_files import keep_private_file
from tracer.domain.elements import ElementField, FieldKind, Owner, element_row
from tracer.store.tables import Producer, Product
from tracer.store.world import Tx

ID_CARD = "370283198001010019"
HOUSEHOLD = {
    "kind": "农户",
    "name": "李禾苗",
    "uscc": None,
    "id_card": ID_CARD,
    "contact_phone": "13900001234",
}
MARK = {
    "mark": "绿色食品",
    "number": "LB-15-26071234567A",
    "issuer": "绿色食品发展中心",
    "certified_on": "2026-03-01",
    "valid_to": "2029-02-28",
}
HONOUR = {"name": "县级示范社", "issuer": "平度市农业农村局", "awarded_on": "2025-12-01"}
BASE = {
    "name": "河西蔬菜基地",
    "place": "蓼兰镇河西村",
    "qualification": "省级标准化生产基地",
    "certificate_no": "鲁农标 2025-18",
    "issuer": "山东省农业农村厅",
    "certified_on": "2025-06-01",
}
_SAID = {"number": "GB 2763", "count": "3", "id_card": ID_CARD, "latitude": "36.62"}


def picture(shade: int = 0) -> bytes:
    """A small JPEG, one for each shade."""
    out = io.BytesIO()
    Image.new("RGB", (8, 8), (shade * 25, 20, 20)).save(out, "JPEG")
    return out.getvalue()


def entry_form(row: str, values: dict[str, Any], **more: Any) -> EntryForm:
    """The form of an entry."""
    return parse(EntryForm, {"row": row, "values": values, **more})


def add(tx: Tx, actor: Actor, row: str, values: dict[str, Any], **more: Any) -> Saved:
    """Fill a row."""
    return add_entry(tx, actor, entry_form(row, values, **more))


def full_values(tx: Tx, actor: Actor, row: str, product: str | None = None) -> dict[str, Any]:
    """Something good for every field of a row; columns say what they say already."""
    values: dict[str, Any] = {}
    for field in element_row(row).fields:
        values[field.name] = _column(tx, actor, field, product) or _value(tx, actor, field)
    return values


def _column(tx: Tx, actor: Actor, field: ElementField, product: str | None) -> str | None:
    if field.owner is Owner.PRODUCER and field.name != "id_card":
        said = getattr(tx.session.get_one(Producer, actor.producer), field.column_name)
    elif field.owner is Owner.PRODUCT:
        row = tx.session.exec(select(Product).where(Product.public_id == product)).one()
        said = getattr(row, field.column_name)
    else:
        said = None
    return str(said) if said else None


def _value(tx: Tx, actor: Actor, field: ElementField) -> str | list[str]:
    if field.is_file:
        keep = keep_private_file if field.private else keep_file
        kept = keep(tx, actor, "照片.jpg", picture(len(field.name))).public_id
        return kept if field.kind is FieldKind.FILE else [kept]
    if field.column_name == "contact_email":
        return "hezuoshe@example.cn"
    if field.name in _SAID:
        return _SAID[field.name]
    match field.kind:
        case FieldKind.DAY:
            return "2030-01-01" if field.name.endswith("valid_to") else "2026-01-05"
        case FieldKind.NUMBER:
            return "119.8"
        case FieldKind.CHOICE:
            return field.choices[0]
        case _:
            return f"{field.title}，照实写"
