"""What a base writes down: one form for each kind of record, made from the kind's own fields."""

from __future__ import annotations

import re
from functools import cache
from typing import Annotated, Any, cast

from pydantic import AfterValidator, BeforeValidator, Field, create_model
from sqlmodel import col, select

from tracer.actions.actor import Actor, require
from tracer.actions.farm.reports import store_file
from tracer.actions.figures import Day, Decimals
from tracer.actions.forms import Form
from tracer.actions.text import Line, Name, Prose, PublicId, clean, one_of
from tracer.domain.bases import RecordField, RecordKind, record_kind
from tracer.domain.clock import day_of
from tracer.domain.errors import Conflict, NotFound, Refusal
from tracer.domain.ids import new_id
from tracer.domain.words import Role
from tracer.store.files import CleanFile
from tracer.store.tables import BaseProduct, BaseRecord, BaseResident, Producer, Product
from tracer.store.world import Tx

_PERSON = re.compile(r"[，,、\s]+")
_SERIAL = re.compile(r"([A-Za-z-]*)([0-9]{1,15})")
_MOST_PEOPLE = 60


class RecordForm(Form):
    """What every record of a base has; each kind adds its own fields."""

    title: Annotated[Name, Field(title="名称")]
    held_on: Annotated[Day, Field(title="日期")]


class WithdrawForm(Form):
    """Why a record no longer stands."""

    reason: Annotated[Line, Field(title="撤回原因")]


@cache
def form_of(kind: str) -> type[RecordForm]:
    """The form of a kind of record."""
    said = record_kind(kind)
    fields: dict[str, Any] = {
        "title": (Annotated[Name, Field(title=said.named)], ...),
        "held_on": (Annotated[Day, Field(title=said.dated)], ...),
    }
    if said.about:
        title = {"product": "产品", "producer": "企业"}[said.about]
        fields["about"] = (Annotated[PublicId, Field(title=title)], ...)
    for field in said.fields:
        typed = _TYPES[field.kind] if field.kind != "choice" else _choice(field)
        if field.required:
            fields[field.key] = (Annotated[typed, Field(title=field.title)], ...)
        else:
            fields[field.key] = (Annotated[typed | None, Field(title=field.title)], None)
    name = "".join(part.title() for part in kind.split("_")) + "Form"
    return cast(type[RecordForm], create_model(name, __base__=RecordForm, **fields))


def add_record(
    tx: Tx,
    actor: Actor,
    kind: str,
    form: RecordForm,
    file: tuple[str, CleanFile] | None = None,
    follows: str | None = None,
) -> BaseRecord:
    """Write down a record, or with ``follows`` a correction of one; the same again is the same.

    A correction keeps the file of what it corrects where none is given. Nothing is overwritten.
    """
    require(actor, Role.BASE)
    said = record_kind(kind)
    if form.held_on > day_of(tx.now):
        raise Refusal("future", f"{said.dated}还没到，请检查", "held_on")
    old = own_record(tx, actor.base, follows) if follows else None
    if old is not None and old.kind != kind:
        raise Refusal("other_kind", "更正不能换记录的种类，请撤回后另记一条", "kind")
    values = form.model_dump(mode="json", exclude={"title", "held_on", "about"}, exclude_none=True)
    content: dict[str, Any] = {
        "kind": kind,
        "title": form.title,
        "held_on": form.held_on,
        "values": values,
        **_about(tx, actor.base, said, getattr(form, "about", None)),
    }
    stored = store_file(tx, None, *file).id if file else None
    content["file_id"] = stored or (old.file_id if old else None)
    for known in _newest(tx, actor.base, kind):
        if all(getattr(known, name) == value for name, value in content.items()):
            return known
    if old is not None and (old.withdrawn_at is not None or _follower(tx, old) is not None):
        raise Conflict("superseded", "这条记录已经更正或撤回，请刷新后看最新的一条")
    if kind == "mark_issue":
        _check_marks(tx, actor.base, values, old)
    row = BaseRecord(
        public_id=new_id(),
        base_id=actor.base,
        follows_id=old.id if old else None,
        recorded_by=actor.account_id,
        recorded_at=tx.now,
        **content,
    )
    tx.session.add(row)
    tx.session.flush()
    return row


def withdraw_record(tx: Tx, actor: Actor, public_id: str, form: WithdrawForm) -> BaseRecord:
    """A record no longer stands: a last row follows it with the reason; both stay readable."""
    require(actor, Role.BASE)
    row = own_record(tx, actor.base, public_id)
    last = _follower(tx, row)
    if last is not None and last.withdrawn_at is not None:
        return last
    if last is not None:
        raise Conflict("superseded", "这条记录已经更正，请刷新后看最新的一条")
    last = BaseRecord(
        public_id=new_id(),
        base_id=row.base_id,
        kind=row.kind,
        title=row.title,
        held_on=row.held_on,
        values={"reason": form.reason},
        product_id=row.product_id,
        producer_id=row.producer_id,
        follows_id=row.id,
        withdrawn_at=tx.now,
        recorded_by=actor.account_id,
        recorded_at=tx.now,
    )
    tx.session.add(last)
    tx.session.flush()
    return last


def own_record(tx: Tx, base_id: int, public_id: str) -> BaseRecord:
    """A record of the base; another's is NotFound, like what does not exist."""
    row = tx.session.exec(
        select(BaseRecord).where(BaseRecord.public_id == public_id, BaseRecord.base_id == base_id)
    ).one_or_none()
    if row is None:
        raise NotFound()
    return row


def _about(tx: Tx, base_id: int, kind: RecordKind, public_id: str | None) -> dict[str, int | None]:
    """The product or producer a record speaks of: one of the base's own."""
    product_id = producer_id = None
    if kind.about == "product":
        product_id = tx.session.exec(
            select(Product.id)
            .join(BaseProduct, col(BaseProduct.product_id) == Product.id)
            .where(BaseProduct.base_id == base_id, Product.public_id == public_id)
        ).one_or_none()
    elif kind.about == "producer":
        producer_id = tx.session.exec(
            select(Producer.id)
            .join(BaseResident, col(BaseResident.producer_id) == Producer.id)
            .where(BaseResident.base_id == base_id, Producer.public_id == public_id)
        ).one_or_none()
    if kind.about and product_id is None and producer_id is None:
        raise NotFound("这一项不在基地里，请先登记企业和产品")
    return {"product_id": product_id, "producer_id": producer_id}


def _newest(tx: Tx, base_id: int, kind: str) -> list[BaseRecord]:
    """The records of a kind that stand."""
    rows = tx.session.exec(
        select(BaseRecord)
        .where(BaseRecord.base_id == base_id, BaseRecord.kind == kind)
        .order_by(col(BaseRecord.id).desc())
    ).all()
    followed = {row.follows_id for row in rows}
    return [row for row in rows if row.id not in followed and row.withdrawn_at is None]


def _follower(tx: Tx, row: BaseRecord) -> BaseRecord | None:
    return tx.session.exec(select(BaseRecord).where(BaseRecord.follows_id == row.id)).first()


def _check_marks(
    tx: Tx, base_id: int, values: dict[str, Any], correcting: BaseRecord | None
) -> None:
    """5.3.2: the serials are as many as the marks, and no mark is handed out twice."""
    letters, first, last = _serials(values)
    if last - first + 1 != values["quantity"]:
        raise Refusal(
            "bad_serials",
            f"编号从 {values['serial_from']} 到 {values['serial_to']} 是 {last - first + 1} 枚，"
            "和发放数量不一样，请查对",
            "quantity",
        )
    if values.get("returned", 0) > values["quantity"]:
        raise Refusal("too_many_returned", "退回数量不能多于发放数量，请查对", "returned")
    for other in _newest(tx, base_id, "mark_issue"):
        kept, low, high = _serials(other.values)
        if other is not correcting and kept == letters and low <= last and first <= high:
            raise Refusal(
                "issued_before",
                f"编号和 {other.held_on.isoformat()} 发放的“{other.title}”重了，请查对",
                "serial_from",
            )


def _serials(values: dict[str, Any]) -> tuple[str, int, int]:
    first, last = (_SERIAL.fullmatch(values[name]) for name in ("serial_from", "serial_to"))
    if first is None or last is None or first[1] != last[1] or int(first[2]) > int(last[2]):
        raise Refusal("bad_serials", "起止编号的字母要一样，止号不能小于起号", "serial_to")
    return first[1], int(first[2]), int(last[2])


def _serial(text: str) -> str:
    if not _SERIAL.fullmatch(text):
        raise ValueError("编号要写成字母加数字，比如 LL-000001")
    return text.upper()


def _people(value: object) -> object:
    """One person a line: name, post and duty."""
    if not isinstance(value, str):
        return value
    people = []
    for number, line in enumerate(filter(None, map(str.strip, value.splitlines())), 1):
        parts = _PERSON.split(line, maxsplit=2)
        if len(parts) < 3:
            raise ValueError(f"第 {number} 行要写成“姓名，职务，职责”，一人一行")
        people.append({"name": clean(parts[0]), "post": clean(parts[1]), "duty": clean(parts[2])})
    if not 1 <= len(people) <= _MOST_PEOPLE:
        raise ValueError("请写上组长和成员，一人一行")
    return people


def _choice(field: RecordField) -> Any:
    return Annotated[str, one_of(field.options)]


def _count(value: object) -> object:
    if isinstance(value, str) and not (value.strip().isascii() and value.strip().isdecimal()):
        raise ValueError("要填整数")
    return value


_TYPES: dict[str, Any] = {
    "name": Name,
    "prose": Prose,
    "number": Decimals,
    "whole": Annotated[int, BeforeValidator(_count), Field(ge=0, le=10**9)],
    "serial": Annotated[Name, AfterValidator(_serial)],
    "people": Annotated[list[dict[str, str]], BeforeValidator(_people)],
}
