"""主体资料: who makes the promise; registering once, changing, consenting to be named."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.utils import redirect

from tracer.actions.forms import parse
from tracer.actions.people.enroll import (
    REGISTERED_KINDS,
    ProducerForm,
    edit_producer,
    grant_consent,
    withdraw_consent,
)
from tracer.actions.people.register import register
from tracer.domain.errors import Refusal
from tracer.domain.words import NATURAL_PERSON_KINDS, ProducerKind
from tracer.queries.farm import holdings as farm_holdings
from tracer.queries.farm import subject as farm_subject
from tracer.store.tables import Producer
from tracer.store.world import Tx
from tracer.web.producer import hall
from tracer.web.producer.dossier import change_sentence
from tracer.web.producer.pages import back, form_page, page
from tracer.web.producer.questions import Asking, Option, Question, answers
from tracer.web.producer.sending import send
from tracer.web.shared.door import actor, world


@hall.before_request
def _registered_first() -> ResponseReturnValue | None:
    """An account without a producer registers before anything else."""
    if actor().producer_id is None and request.endpoint not in {"farm.registering", "farm.enrol"}:
        return redirect(url_for("farm.registering"), 303)
    return None


@hall.get("/register")
def registering() -> ResponseReturnValue:
    """Ask for the kind of subject, then for what a certificate needs to say."""
    if actor().producer_id is not None:
        return redirect(url_for("farm.home"), 303)
    kind = request.args.get("kind", "")
    if kind not in set(ProducerKind):
        return page("subject_kind", "您是哪一类生产经营者", kinds=tuple(ProducerKind))
    province = request.args.get("province", "")
    if province not in {place.code for place in farm_subject.provinces()}:
        way_back = back("重新选类别", "registering")
        places = farm_subject.provinces()
        return page("subject_province", "在哪个省", way_back, kind=kind, places=places)
    return _register_page({"kind": kind}, province, None)


@hall.post("/register")
def enrol() -> ResponseReturnValue:
    """Register the account's producer."""
    given = answers()
    province = farm_subject.province_of(
        str(given.get("county") or request.args.get("province", ""))
    )

    def act(tx: Tx) -> str:
        register(tx, actor(), parse(ProducerForm, given))
        return url_for("farm.home")

    return send(act, lambda refusal: _register_page(given, province, refusal))


@hall.get("/subject")
def subject() -> str:
    """What is on record about the producer, and what strangers may see."""
    with world().read() as tx:
        view = farm_subject.subject_page(tx, actor().producer)
    return page("subject", "主体资料", back("首页", "home"), view=view)


@hall.post("/subject/consent")
def consent() -> ResponseReturnValue:
    """Grant or withdraw the consent to be named in public."""
    grants = answers().get("publish") == "yes"

    def act(tx: Tx) -> str:
        (grant_consent if grants else withdraw_consent)(tx, actor())
        return url_for("farm.subject")

    return send(act, lambda _refusal: subject())


@hall.get("/subject/edit")
def editing_subject() -> str:
    """Show the producer to change it."""
    with world().read() as tx:
        given = farm_holdings.producer_answers(tx.session.get_one(Producer, actor().producer))
    return _edit_page(given, None)


@hall.post("/subject/edit")
def change_subject() -> ResponseReturnValue:
    """Change the producer."""
    given = answers()

    def act(tx: Tx) -> str:
        row = tx.session.get_one(Producer, actor().producer)
        fixed = {"kind": row.kind, "name": row.name} | ({"uscc": row.uscc} if row.uscc else {})
        edit_producer(tx, actor(), parse(ProducerForm, given | fixed))
        return url_for("farm.subject")

    return send(act, lambda refusal: _edit_page(given, refusal))


def _register_page(given: Mapping[str, Any], province: str, refusal: Refusal | None) -> str:
    kind = ProducerKind(str(given["kind"])) if given.get("kind") in set(ProducerKind) else None
    ask = Asking(ProducerForm, given)
    person = kind in NATURAL_PERSON_KINDS
    questions = [
        ask.hidden("kind"),
        ask.text("name", label="姓名" if person else "名称", hint="合格证上印的承诺主体"),
    ]
    if kind in REGISTERED_KINDS:
        questions.append(ask.text("uscc", required=True, hint="营业执照上的 18 位"))
    elif not person:
        questions.append(ask.text("uscc", hint="有营业执照的填 18 位，没有就不填"))
    if kind not in REGISTERED_KINDS:
        questions.append(
            ask.text("id_card", required=False, hint="加密保存，谁也看不到；用来防止别人冒用")
        )
    questions += [_phone(ask), *_places(ask, province), ask.text("address", hint="写到村就行")]
    return form_page(
        "登记" if kind is None else kind.label,
        questions,
        back("重新选类别", "registering"),
        button="登记",
        refusal=refusal,
        intro="只登记一次。登记好就有自己的签名钥匙，别人不能替您开证。",
    )


def _edit_page(given: Mapping[str, Any], refusal: Refusal | None) -> str:
    ask = Asking(ProducerForm, given)
    province = farm_subject.province_of(str(given.get("county", "")))
    with world().read() as tx:
        limit = change_sentence(tx)
    return form_page(
        "修改主体资料",
        [
            _phone(ask),
            ask.text("contact_name"),
            *_places(ask, province),
            ask.text("address"),
            ask.text("main_products"),
            ask.long("introduction", hint="买的人扫码时看得到"),
        ],
        back("主体资料", "subject"),
        more=[
            ask.text("legal_person"),
            ask.date("registered_on"),
            ask.text("registered_capital"),
            ask.date("licence_valid_to"),
            ask.date("id_card_valid_to", hint="法定代表人或本人的"),
            ask.text("contact_email", attrs={"inputmode": "email"}),
            ask.text("business_type", hint="比如 种植、加工、批发"),
            ask.text("business_address"),
        ],
        refusal=refusal,
        intro="名称、类别和统一社会信用代码要改的话，请联系平台管理员。" + limit,
    )


def _phone(ask: Asking) -> Question:
    hint = "印在合格证上，手机或座机都行"
    return ask.text("contact_phone", hint=hint, attrs={"inputmode": "tel"})


def _places(ask: Asking, province: str) -> list[Question]:
    """The county, and where its towns are on file the town too."""
    counties = ask.groups("county", _options(farm_subject.counties(province)), label="县（市、区）")
    towns = farm_subject.towns(province)
    return (
        [counties, ask.groups("town", _options(towns), label="乡镇（街道）")]
        if towns
        else [counties]
    )


def _options(places: farm_subject.Places) -> list[tuple[str, list[Option]]]:
    return [(group, [Option(one.code, one.name) for one in found]) for group, found in places]
