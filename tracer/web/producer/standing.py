"""Credit and inspectors' findings."""

from __future__ import annotations

from flask import url_for
from flask.typing import ResponseReturnValue

from tracer.actions.actor import own
from tracer.actions.supervision.inspect import mark_findings_read
from tracer.domain.errors import Refusal
from tracer.queries.credit.advice import subject_advice
from tracer.queries.credit_view import subject_card
from tracer.queries.farm import standing as farm_standing
from tracer.store.tables import Producer, Product
from tracer.store.world import Tx
from tracer.web.producer import hall
from tracer.web.producer.pages import back, page
from tracer.web.producer.sending import send
from tracer.web.shared.door import actor, world


@hall.get("/credit")
def credits() -> str:
    """The subject and all products with grade and points."""
    with world().read() as tx:
        lines = farm_standing.credits(tx, actor().producer)
        subject = subject_card(tx, actor().producer)
        advice = subject_advice(tx, tx.session.get_one(Producer, actor().producer))
    return page(
        "credits",
        "信用",
        back("首页", "home"),
        subject=subject,
        advice=advice,
        lines=lines,
        leads_to="farm.credit",
        empty="还没有产品，登记产品以后开始计分。",
    )


@hall.get("/credit/<public_id>")
def credit(public_id: str) -> str:
    """One product's credit: every row, why, and the latest postings."""
    with world().read() as tx:
        view = farm_standing.credit_page(tx, own(tx, actor(), Product, public_id))
    return page("credit", f"{view.product}的信用", back("信用", "credits"), view=view)


@hall.get("/findings")
def findings() -> str:
    """What inspectors recorded."""
    return _findings_page(None)


@hall.post("/findings")
def read_findings() -> ResponseReturnValue:
    """Note that they were read."""

    def act(tx: Tx) -> str:
        mark_findings_read(tx, actor())
        return url_for("farm.findings")

    return send(act, _findings_page)


def _findings_page(refusal: Refusal | None) -> str:
    with world().read() as tx:
        found = farm_standing.findings(tx, actor().producer)
    return page("findings", "查验记录", back("首页", "home"), found=found, refusal=refusal)
