"""开具: the gate's answer in sentences, then quantity and basis, then the signature."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import url_for
from flask.typing import ResponseReturnValue

from tracer.actions.actor import own
from tracer.actions.certificates.issue import GateClosed, IssueForm, issue, replace
from tracer.actions.certificates.void import VoidForm
from tracer.actions.forms import parse
from tracer.domain.errors import Refusal
from tracer.queries.farm import gate as farm_gate
from tracer.queries.farm import holdings as farm_holdings
from tracer.queries.farm import issue as farm_issue
from tracer.queries.farm.gate import GateView
from tracer.store.tables import Batch, Certificate
from tracer.store.world import Tx
from tracer.web.producer import hall
from tracer.web.producer.pages import back, form_page
from tracer.web.producer.questions import Asking, Option, answers
from tracer.web.producer.sending import send
from tracer.web.shared.door import actor, world


@hall.get("/batches/<public_id>/issue")
def issuing(public_id: str) -> str:
    """What would be promised, and whether it may be."""
    return _issue_page(public_id, {}, None)


@hall.post("/batches/<public_id>/issue")
def sign(public_id: str) -> ResponseReturnValue:
    """Sign the promise."""
    given = answers("basis")

    def act(tx: Tx) -> str:
        row = issue(tx, actor(), parse(IssueForm, given | {"batch": public_id}))
        return url_for("farm.certificate", public_id=row.public_id)

    return send(
        act, lambda refusal: _issue_page(public_id, given, refusal), mine=(Batch, public_id)
    )


@hall.get("/certificates/<public_id>/replace")
def replacing(public_id: str) -> str:
    """What a certificate in its place would say."""
    return _replace_page(public_id, {}, None)


@hall.post("/certificates/<public_id>/replace")
def exchange(public_id: str) -> ResponseReturnValue:
    """换证: sign a new certificate and void the old one in the same moment."""
    given = answers("basis")

    def act(tx: Tx) -> str:
        old = own(tx, actor(), Certificate, public_id)
        batch = tx.session.get_one(Batch, old.batch_id)
        reason = parse(VoidForm, {"reason": given.get("reason", "")})
        promise = {name: value for name, value in given.items() if name != "reason"}
        form = parse(IssueForm, promise | {"batch": batch.public_id})
        new = replace(tx, actor(), public_id, form, reason)
        return url_for("farm.certificate", public_id=new.public_id)

    return send(
        act, lambda refusal: _replace_page(public_id, given, refusal), mine=(Certificate, public_id)
    )


def _issue_page(public_id: str, given: Mapping[str, Any], refusal: Refusal | None) -> str:
    with world().read() as tx:
        batch = own(tx, actor(), Batch, public_id)
        view = farm_issue.issue_page(tx, batch)
        gate = _gate(tx, view.gate, refusal)
    return form_page(
        "开具合格证",
        _questions(view, given),
        back(view.product, "batch", public_id=public_id),
        button="开具并签名",
        refusal=None if isinstance(refusal, GateClosed) else refusal,
        subtitle=f"{view.title} · 批次 {view.code}",
        view=view,
        gate=gate,
        may_sign=view.gate.open,
        template="issue",
    )


def _replace_page(public_id: str, given: Mapping[str, Any], refusal: Refusal | None) -> str:
    with world().read() as tx:
        old = own(tx, actor(), Certificate, public_id)
        batch = tx.session.get_one(Batch, old.batch_id)
        view = farm_issue.issue_page(tx, batch, replacing=old)
        gate = _gate(tx, view.gate, refusal)
    reason = Asking(VoidForm, given).long("reason", label="为什么要换", hint="比如 数量填错")
    return form_page(
        "换证",
        [*_questions(view, given), reason],
        back("合格证", "certificate", public_id=public_id),
        button="换证并签名",
        refusal=None if isinstance(refusal, GateClosed) else refusal,
        subtitle=f"原来的 {old.number} 同时作废",
        view=view,
        gate=gate,
        may_sign=view.gate.open,
        template="issue",
    )


def _gate(tx: Tx, known: GateView, refusal: Refusal | None) -> GateView:
    """The gate's answer to what was asked last, else to the likely promise."""
    if isinstance(refusal, GateClosed):
        return farm_gate.as_view(tx, actor().producer, refusal.result)
    return known


def _questions(view: farm_issue.IssuePage, given: Mapping[str, Any]) -> list[Any]:
    shown = {"quantity": view.number, "unit": view.unit, "basis": view.ticked, **given}
    ask = Asking(IssueForm, shown)
    units = [Option(code, label) for code, label in farm_holdings.units_like(view.unit)]
    return [
        ask.amount("quantity", "unit", units, hint=f"这批最多还能开 {view.left}"),
        ask.several("basis", [Option(code, label) for code, label in view.boxes]),
    ]
