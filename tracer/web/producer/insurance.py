"""码上保: the producer's policies, and which products they cover."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import url_for
from flask.typing import ResponseReturnValue

from tracer.actions import insurance as acts
from tracer.actions.actor import own
from tracer.actions.forms import parse
from tracer.domain.errors import Refusal
from tracer.domain.insurance import INSURERS
from tracer.queries import insurance_pages
from tracer.store.tables import Policy
from tracer.store.world import Tx
from tracer.web.producer import hall
from tracer.web.producer.pages import Back, back, form_page, page
from tracer.web.producer.papers import kept_photo, photo
from tracer.web.producer.questions import Asking, answers
from tracer.web.producer.sending import send
from tracer.web.shared.door import actor, world


@hall.get("/insurance")
def policies() -> str:
    """All policies."""
    with world().read() as tx:
        lines = insurance_pages.policies(tx, actor().producer)
    return page(
        "lines",
        "码上保",
        back("首页", "home"),
        lines=lines,
        leads_to="farm.policy",
        add=Back("登记一张保单", url_for("farm.new_policy")),
        empty="还没有保单。买了农产品质量安全责任险，请登记保单，再给产品申领码上保，买的人扫码能看到“已投保”。",
    )


@hall.get("/insurance/new")
def new_policy() -> str:
    """Ask about a policy."""
    return _policy_page("登记保单", {}, None, back("码上保", "policies"))


@hall.post("/insurance/new")
def add_policy() -> ResponseReturnValue:
    """Record a policy with its photo."""
    given = answers()

    def act(tx: Tx) -> str:
        form = parse(acts.PolicyForm, given | kept_photo(tx))
        row = acts.record_policy(tx, actor(), form)
        return url_for("farm.policy", public_id=row.public_id)

    way_back = back("码上保", "policies")
    return send(act, lambda refusal: _policy_page("登记保单", given, refusal, way_back))


@hall.get("/insurance/<public_id>")
def policy(public_id: str) -> str:
    """One policy: what it says, which products it covers."""
    return _page(public_id, None)


@hall.get("/insurance/<public_id>/edit")
def editing_policy(public_id: str) -> str:
    """Show a policy to correct it."""
    with world().read() as tx:
        given = insurance_pages.policy_answers(own(tx, actor(), Policy, public_id))
    return _policy_page("改正保单", given, None, back("保单", "policy", public_id=public_id))


@hall.post("/insurance/<public_id>/edit")
def change_policy(public_id: str) -> ResponseReturnValue:
    """Correct a policy."""
    given = answers()

    def act(tx: Tx) -> str:
        form = parse(acts.PolicyForm, given | kept_photo(tx))
        acts.edit_policy(tx, actor(), public_id, form)
        return url_for("farm.policy", public_id=public_id)

    way_back = back("保单", "policy", public_id=public_id)
    return send(
        act,
        lambda refusal: _policy_page("改正保单", given, refusal, way_back),
        mine=(Policy, public_id),
    )


@hall.post("/insurance/<public_id>/claim")
def claim(public_id: str) -> ResponseReturnValue:
    """申领码上保 for one product."""
    given = answers()

    def act(tx: Tx) -> str:
        if not isinstance(given.get("product"), str):
            raise Refusal("no_product", "请选一个产品", "product")
        acts.claim_insurance(tx, actor(), public_id, given["product"])
        return url_for("farm.policy", public_id=public_id)

    return send(act, lambda refusal: _page(public_id, refusal), mine=(Policy, public_id))


@hall.get("/insurance/<public_id>/end")
def ending_policy(public_id: str) -> str:
    """Ask why the policy ends."""
    return _end_page(public_id, {}, None)


@hall.post("/insurance/<public_id>/end")
def end_policy(public_id: str) -> ResponseReturnValue:
    """退保."""
    given = answers()

    def act(tx: Tx) -> str:
        acts.end_policy(tx, actor(), public_id, parse(acts.EndPolicyForm, given))
        return url_for("farm.policy", public_id=public_id)

    return send(act, lambda refusal: _end_page(public_id, given, refusal), mine=(Policy, public_id))


def _page(public_id: str, refusal: Refusal | None) -> str:
    with world().read() as tx:
        view = insurance_pages.policy_page(tx, own(tx, actor(), Policy, public_id))
    return page("policy", "保单", back("码上保", "policies"), view=view, refusal=refusal)


def _policy_page(
    title: str, given: Mapping[str, Any], refusal: Refusal | None, way_back: Back
) -> str:
    ask = Asking(acts.PolicyForm, given)
    return form_page(
        title,
        [
            ask.text(
                "insurer", hint="点一下可以选常见的，也可以自己写", attrs={"list": "insurers"}
            ),
            ask.text("number", hint="照保单抄", attrs={"autocomplete": "off"}),
            ask.date("valid_from"),
            ask.date("valid_to", hint="保单上写的最后一天，当天还在保"),
            ask.number("limit", unit="万元"),
            photo("保单照片或 PDF"),
        ],
        way_back,
        more=[ask.long("payout", hint="出了什么事赔，怎么找保险公司")],
        refusal=refusal,
        template="policy_form",
        insurers=INSURERS,
        intro="只登记真买了的保险：扫码的人看得到保险公司和保单号。",
    )


def _end_page(public_id: str, given: Mapping[str, Any], refusal: Refusal | None) -> str:
    with world().read() as tx:
        row = own(tx, actor(), Policy, public_id)
    return form_page(
        "退保",
        [Asking(acts.EndPolicyForm, given).text("reason", hint="比如 换了保险公司")],
        back("保单", "policy", public_id=public_id),
        button="记下退保",
        refusal=refusal,
        grave=True,
        subtitle=f"{row.insurer} · {row.number}",
        intro="记下以后，扫码不再显示“已投保”，也不能再用它打码上保标签。",
    )
