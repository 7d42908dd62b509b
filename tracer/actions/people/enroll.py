"""Who produces: market subjects with their signing keys, and what they consent to publish."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from typing import Annotated, Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pydantic import Field, StringConstraints, ValidationInfo, field_validator
from sqlmodel import and_, col, select

from tracer.actions import change_limit, keys, revisions
from tracer.actions.actor import Actor
from tracer.actions.change_limit import Change
from tracer.actions.earning import earn_columns
from tracer.actions.figures import Day, Until
from tracer.actions.forms import Form, parse
from tracer.actions.text import Line, Name, Prose, checked, one_of
from tracer.domain.clock import day_of
from tracer.domain.elements import Owner, column_rows
from tracer.domain.errors import Conflict, Refusal
from tracer.domain.identity import parse_id_card, parse_phone, parse_uscc
from tracer.domain.ids import new_id
from tracer.domain.reference import load as reference
from tracer.domain.words import ProducerKind, Role
from tracer.store.tables import Producer
from tracer.store.world import Tx

REGISTERED_KINDS = frozenset(
    {
        ProducerKind.ENTERPRISE,
        ProducerKind.COOPERATIVE,
        ProducerKind.SLAUGHTERHOUSE,
        ProducerKind.PROCESSOR,
        ProducerKind.DISTRIBUTOR,
    }
)
_EMAIL = r"^[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})+$"
_FIXED = ("kind", "name", "uscc")
_ID_CARD = "id-card"  # what its key is derived for
_NUMBER, _NUMBER_HASH = "id_card", "id_card_hash"


class ProducerForm(Form):
    """市场主体: what certificates and the public page need of table B.1."""

    kind: Annotated[ProducerKind, one_of(ProducerKind), Field(title="主体类别")]
    name: Annotated[Name, Field(title="名称")]
    uscc: Annotated[
        Annotated[str, StringConstraints(max_length=40), checked(parse_uscc)] | None,
        Field(title="统一社会信用代码", validate_default=True),
    ] = None
    id_card: Annotated[
        Annotated[str, StringConstraints(max_length=40)] | None, Field(title="身份证号")
    ] = None
    legal_person: Annotated[Name | None, Field(title="法定代表人")] = None
    registered_on: Annotated[Day | None, Field(title="登记日期")] = None
    registered_capital: Annotated[Name | None, Field(title="注册资金")] = None
    licence_valid_to: Annotated[Until | None, Field(title="营业执照有效期至")] = None
    id_card_valid_to: Annotated[Until | None, Field(title="身份证有效期至")] = None
    contact_name: Annotated[Name | None, Field(title="联系人")] = None
    contact_phone: Annotated[
        str, StringConstraints(max_length=40), checked(parse_phone), Field(title="联系方式")
    ]
    contact_email: Annotated[
        Annotated[str, StringConstraints(max_length=200, pattern=_EMAIL)] | None,
        Field(title="电子邮箱"),
    ] = None
    county: Annotated[
        str,
        StringConstraints(pattern=r"^[0-9]{6}$"),
        checked(lambda text: reference().region(text).code),
        Field(title="县（市、区）代码"),
    ]
    town: Annotated[
        Annotated[str, StringConstraints(pattern=r"^[0-9]{9}$")] | None,
        Field(title="乡镇（街道）代码"),
    ] = None
    address: Annotated[Line, Field(title="地址")]
    business_type: Annotated[Name | None, Field(title="经营类型")] = None
    business_address: Annotated[Line | None, Field(title="经营地址")] = None
    main_products: Annotated[Line | None, Field(title="主营产品")] = None
    introduction: Annotated[Prose | None, Field(title="主体介绍")] = None

    @field_validator("uscc")
    @classmethod
    def _registered(cls, uscc: str | None, info: ValidationInfo) -> str | None:
        kind = info.data.get("kind")
        if uscc is None and kind in REGISTERED_KINDS:
            raise ValueError(f"{kind.label}要填统一社会信用代码，在营业执照上")
        return uscc

    @field_validator("id_card")
    @classmethod
    def _person(cls, id_card: str | None, info: ValidationInfo) -> str | None:
        if id_card is not None and info.data.get("uscc") is not None:
            raise ValueError("有统一社会信用代码的不用填身份证号，请留空")
        return id_card

    @field_validator("town")
    @classmethod
    def _within_county(cls, town: str | None, info: ValidationInfo) -> str | None:
        county = info.data.get("county")
        if town is not None and county is not None and not town.startswith(county):
            raise ValueError(f"乡镇代码 {town} 不在县代码 {county} 之下，请查对")
        return town


def create_producer(tx: Tx, form: ProducerForm) -> Producer:
    """A new market subject with its own signing key; the existing one where the form is resent.

    Two forms speak of the same subject when they share a 统一社会信用代码 or an 身份证号, or, where
    neither is given, kind, name, county and telephone. Refuses what contradicts the existing one.
    What is filled earns its rows of table C.1.
    """
    values = _values(tx, form)
    known = _find(tx, form, values)
    if known is not None:
        content = revisions.as_plain(values)
        if form.id_card is None:
            del content["id_card_hash"]
        now = revisions.plain(known)
        if revisions.same(content, revisions.states(tx, known, now)):
            earn_columns(tx, known)
            return known
        if form.id_card is not None:
            # Whoever holds somebody's 身份证号 learns neither the name behind it nor what else
            # is recorded.
            raise Conflict(
                "already_recorded",
                "这个身份证号已经登记过，内容与原来的不一样；是本人的请用原来的账号登录",
                "id_card",
            )
        raise revisions.differing(form, content, now, f"主体“{form.name}”")
    row = Producer(public_id=new_id(), created_at=tx.now, **values)
    if form.id_card is not None:
        row.id_card_cipher = _encipher(tx, row.public_id, form.id_card)
    tx.session.add(row)
    tx.session.flush()
    keys.create_issuer_key(tx, row)
    earn_columns(tx, row)
    return row


def edit_producer(tx: Tx, actor: Actor, form: ProducerForm) -> Producer:
    """Change the actor's own producer. Kind, name and code are changed by the operator only.

    An 身份证号 that is not given again stays as it is. What has earned points is changed three
    times a year; after that its old value stands until the desk decides (:mod:`change_limit`).
    """
    row = tx.session.get_one(Producer, actor.producer)
    changes = changes_of(tx, row, form)
    write_producer(tx, actor, row, form, change_limit.hold(tx, actor, row, changes).places)
    return row


def form_of(row: Producer, **changed: Any) -> ProducerForm:
    """The form that says what a producer's row says, with fields changed."""
    said = {name: getattr(row, name) for name in ProducerForm.model_fields if name != _NUMBER}
    said |= changed
    if said["town"] and not said["town"].startswith(said["county"]):
        said["town"] = None
    return parse(ProducerForm, said)


def changes_of(tx: Tx, row: Producer, form: ProducerForm) -> list[Change]:
    """The fields of table C.1 that a form would change."""
    new, old = _values(tx, form, row), row.model_dump()
    changes = []
    for name, earned in column_rows(Owner.PRODUCER).items():
        column = _NUMBER_HASH if name == _NUMBER else name
        if new[column] != old[column]:
            value = revisions.as_plain({name: getattr(form, name)})[name]
            place = f"{Owner.PRODUCER}.{name}"
            changes.append(Change(place, earned, value, fills=not old[column]))
    return changes


def write_producer(
    tx: Tx, actor: Actor, row: Producer, form: ProducerForm, without: Collection[str] = ()
) -> None:
    """Give a producer's row what a form says, but for the places ``without``, which wait."""
    values = _values(tx, form, row)
    if actor.role is not Role.OPERATOR:
        for name in _FIXED:
            if values[name] != getattr(row, name):
                title = ProducerForm.model_fields[name].title
                raise Refusal("fixed_field", f"{title}要改的话，请联系平台管理员", name)
    other = _find(tx, form, values)
    if other is not None and other.id != row.id:
        raise Conflict("already_recorded", "别的主体已经用这个证号登记过，请查对")
    if values[_NUMBER_HASH] != row.id_card_hash:
        values["id_card_cipher"] = (
            _encipher(tx, row.public_id, form.id_card) if form.id_card else None
        )
    for place in without:
        name = place.removeprefix(f"{Owner.PRODUCER}.")
        for column in (_NUMBER_HASH, "id_card_cipher") if name == _NUMBER else (name,):
            values.pop(column, None)
    revisions.revise(tx, actor, row, values)
    earn_columns(tx, row)


def grant_consent(tx: Tx, actor: Actor) -> Producer:
    """单独同意: a natural person lets the public pages show the full name (PIPL art. 25)."""
    row = tx.session.get_one(Producer, actor.producer)
    if not row.publish_name:
        revisions.revise(tx, actor, row, {"publish_name": True, "consented_at": tx.now})
    return row


def withdraw_consent(tx: Tx, actor: Actor) -> Producer:
    """Take the consent back: from now on the public pages mask the name (PIPL art. 15)."""
    row = tx.session.get_one(Producer, actor.producer)
    if row.publish_name:
        revisions.revise(tx, actor, row, {"publish_name": False, "consented_at": None})
    return row


def _values(tx: Tx, form: ProducerForm, kept: Producer | None = None) -> dict[str, Any]:
    """The columns a form fills; of the 身份证号 only its keyed hash.

    Where the form leaves a person's number out, the ``kept`` one stays.
    """
    values = form.model_dump(exclude={_NUMBER}) | {"kind": form.kind.value}
    number = form.id_card and parse_id_card(form.id_card, day_of(tx.now))
    values[_NUMBER_HASH] = tx.secrets.keyed_hash(_ID_CARD, number) if number else None
    if kept is not None and form.id_card is None and form.uscc is None:
        values[_NUMBER_HASH] = kept.id_card_hash
    return values


def _find(tx: Tx, form: ProducerForm, values: dict[str, Any]) -> Producer | None:
    """The recorded subject that a form speaks of."""
    if form.uscc is not None:
        same = col(Producer.uscc) == form.uscc
    elif values["id_card_hash"] is not None:
        same = col(Producer.id_card_hash) == values["id_card_hash"]
    else:
        same = and_(
            col(Producer.uscc).is_(None),
            col(Producer.kind) == values["kind"],
            col(Producer.name) == form.name,
            col(Producer.county) == form.county,
            col(Producer.contact_phone) == form.contact_phone,
        )
    return tx.session.exec(select(Producer).where(same)).first()


def _encipher(tx: Tx, public_id: str, id_card: str) -> bytes:
    """Nonce and AES-GCM cipher text of an 身份证号, bound to its producer."""
    number = parse_id_card(id_card, day_of(tx.now))
    nonce = secrets.token_bytes(12)
    key = AESGCM(tx.secrets.derive(_ID_CARD))
    return nonce + key.encrypt(nonce, number.encode(), public_id.encode())
