"""The demo's product base: 蓼兰镇, with residents, a chain of certified products and records."""

from __future__ import annotations

import tomllib
from datetime import timedelta
from pathlib import Path

from sqlmodel import col, select

from tracer.actions.actor import Actor
from tracer.actions.bases.founding import (
    BaseForm,
    BaseProductForm,
    ResidentForm,
    admit_resident,
    create_base,
    put_product,
)
from tracer.actions.bases.notices import NoticeForm, read_notice, send_notice
from tracer.actions.bases.records import add_record, form_of
from tracer.actions.forms import parse
from tracer.actions.people.accounts import actor_of, create_account
from tracer.domain.clock import day_of
from tracer.domain.words import Role
from tracer.store.tables import Account, Base, Producer, Product
from tracer.store.world import Tx

_BOOK = Path(__file__).parents[3] / "demo" / "base.toml"
LOGIN, PERSON = "jidi", "基地办（演示）"
_NAME = "蓼兰镇一乡一品产品基地"
_COOPERATIVE = "平度绿畦蔬菜专业合作社"
_CHAIN = ("黄瓜", "番茄", "豇豆")


def load_base(tx: Tx, operator: Actor, password: str) -> None:
    """The base with its account; nothing where it is there."""
    if tx.session.exec(select(Base).where(Base.name == _NAME)).first() is not None:
        return
    base = create_base(tx, operator, _form())
    account = create_account(tx, LOGIN, password, Role.BASE, PERSON, base_id=base.id)
    told = tomllib.loads(_BOOK.read_text("utf-8"))
    actor, today = actor_of(account), day_of(tx.now)
    for name, met in told["residents"].items():
        producer = tx.session.exec(select(Producer).where(Producer.name == name)).one()
        admitted = (today - timedelta(days=580)).isoformat()
        form = {"producer": producer.public_id, "admitted_on": admitted, "met": met}
        admit_resident(tx, actor, parse(ResidentForm, form))
    for number, product in enumerate(_vegetables(tx), 1):
        form = {
            "product": product.public_id,
            "chain": "蔬菜",
            "certificate_no": f"演示 OTOP-2026-{number:03d}",
            "certified_on": (today - timedelta(days=150)).isoformat(),
            "certified_to": (today + timedelta(days=945)).isoformat(),
        }
        put_product(tx, actor, parse(BaseProductForm, form))
    for one in told["record"]:
        day = (today - timedelta(days=one["days"])).isoformat()
        form = {"title": one["title"], "held_on": day, **one["answers"]}
        add_record(tx, actor, one["kind"], parse(form_of(one["kind"]), form))
    _marks(tx, actor)
    _notices(tx, actor)


def _form() -> BaseForm:
    return parse(
        BaseForm,
        {
            "name": _NAME,
            "applicant": "平度市蓼兰镇人民政府（演示）",
            "applicant_kind": "地方政府及内设机构",
            "industry": "农林牧渔业产品基地",
            "county": "370283",
            "boundary": "蓼兰镇镇域，东至泽河，西至昌平河",
            "area": "12600",
            "contact_name": "李蓼生",
            "contact_phone": "13800001600",
            "introduction": "以设施蔬菜为主导，兼有苹果和茶叶，统一标准、统一检测、统一用标。",
        },
    )


def _vegetables(tx: Tx) -> list[Product]:
    """The co-operative's products of the chain."""
    return list(
        tx.session.exec(
            select(Product)
            .join(Producer, col(Producer.id) == Product.producer_id)
            .where(
                Producer.name == _COOPERATIVE,
                col(Product.name).in_(_CHAIN),
                Product.spec == "",
            )
            .order_by(col(Product.id))
        )
    )


def _marks(tx: Tx, actor: Actor) -> None:
    """Two hand-outs of marks."""
    first = _vegetables(tx)[0]
    for number, (days, returned) in enumerate(((120, "40"), (30, "0"))):
        begin = number * 2000 + 1
        form = {
            "title": "一乡一品专用标志",
            "held_on": (day_of(tx.now) - timedelta(days=days)).isoformat(),
            "about": first.public_id,
            "quantity": "2000",
            "serial_from": f"LL-{begin:06d}",
            "serial_to": f"LL-{begin + 1999:06d}",
            "returned": returned,
            "receiver": "王禾田",
        }
        add_record(tx, actor, "mark_issue", parse(form_of("mark_issue"), form))


def _notices(tx: Tx, actor: Actor) -> None:
    """A notice that one resident has read and one that nobody has."""
    frost = NoticeForm(
        concern="risk",
        title="寒潮来了，请护好大棚",
        text="本周后半段降温，请检查棚膜和压膜绳，傍晚前盖好保温被。",
    )
    sent = send_notice(tx, actor, frost)
    reader = tx.session.exec(select(Account).where(Account.login == "hexia")).one()
    read_notice(tx, actor_of(reader), sent.public_id)
    send_notice(
        tx,
        actor,
        NoticeForm(
            concern="quality",
            title="豇豆采收前请批批自检",
            text="近期周边有豇豆农药残留超标，采收前三天请送镇快检室检测，合格再开合格证。",
        ),
    )
