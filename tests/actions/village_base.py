"""A product base for the tests, with a complete record of each kind."""

from __future__ import annotations

from typing import Any

from sqlmodel import select

from tests.actions.farm import Farm
from tracer.actions.actor import Actor
from tracer.actions.bases.founding import BaseForm, create_base
from tracer.actions.bases.records import add_record, form_of
from tracer.actions.forms import parse
from tracer.actions.people.accounts import actor_of, create_account
from tracer.domain.bases import record_kind
from tracer.domain.words import Role
from tracer.store.tables import Account, BaseRecord, Producer
from tracer.store.world import Tx

PASSWORD = "麦子熟了2026"
BASE = {
    "name": "蓼兰镇一乡一品产品基地",
    "applicant": "平度市蓼兰镇人民政府",
    "applicant_kind": "地方政府及内设机构",
    "industry": "农林牧渔业产品基地",
    "county": "370283",
    "boundary": "蓼兰镇镇域，东至泽河，西至昌平河",
    "area": "12000",
    "contact_name": "李蓼",
    "contact_phone": "13800005678",
}
_ANSWERS = {
    "name": "蓼兰镇农业办",
    "prose": "已经办好，有记录可查。",
    "whole": "3",
    "number": "12.5",
    "people": "李蓼，组长，全面负责\n王兰，成员，管检测",
}
_OF = {
    "quantity": "100",
    "serial_from": "LL-0001",
    "serial_to": "LL-0100",
    "returned": "0",
    "passed": None,
    "year": "2026",
}


def found_base(tx: Tx) -> Actor:
    """The base and the account of its 申请方."""
    return base_actor(tx, BASE["name"], "jidi")


def base_actor(tx: Tx, name: str, login: str) -> Actor:
    """A base of that name and its account."""
    boss = tx.session.exec(select(Account).where(Account.role == Role.OPERATOR)).first()
    boss = boss or create_account(tx, "zongguan", PASSWORD, Role.OPERATOR, "总管")
    base = create_base(tx, actor_of(boss), parse(BaseForm, BASE | {"name": name}))
    return actor_of(create_account(tx, login, PASSWORD, Role.BASE, "李蓼", base_id=base.id))


def answers(tx: Tx, kind: str, farm: Farm | None = None, **changed: Any) -> dict[str, Any]:
    """A complete answer to everything a kind asks, with fields changed."""
    said = record_kind(kind)
    given: dict[str, Any] = {"title": said.title, "held_on": "2026-07-01"}
    if said.about == "product" and farm:
        given["about"] = farm.product
    elif said.about and farm:
        given["about"] = tx.session.get_one(Producer, farm.actor.producer).public_id
    for field in said.fields:
        given[field.key] = _OF.get(field.key) or (field.options or [_ANSWERS[field.kind]])[0]
    return given | changed


def kept(
    tx: Tx,
    actor: Actor,
    kind: str,
    farm: Farm | None = None,
    follows: str | None = None,
    **changed: Any,
) -> BaseRecord:
    """A record of that kind."""
    form = parse(form_of(kind), answers(tx, kind, farm, **changed))
    return add_record(tx, actor, kind, form, follows=follows)
