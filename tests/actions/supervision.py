"""Reports, and the people who look into them, for the tests of public supervision."""

from __future__ import annotations

from typing import Any

from tests.actions.farm import Farm
from tracer.actions.actor import Actor
from tracer.actions.forms import parse
from tracer.actions.people.accounts import create_account
from tracer.actions.supervision.adjudicate import DecisionForm, OpinionForm, confirm, decide
from tracer.actions.supervision.opening import IncidentForm, keep_document, open_incident
from tracer.actions.supervision.page_token import page_token
from tracer.actions.supervision.supervise import (
    PublicReportForm,
    StatementForm,
    answer,
    clean_photo,
    report,
)
from tracer.domain.words import Role
from tracer.store.tables import Batch, Incident, Producer, PublicReport
from tracer.store.world import Tx

PDF = b"%PDF-1.7\n%%EOF"


def operators(tx: Tx, *names: str) -> list[Actor]:
    """One operator for each name."""
    made = []
    for name in names:
        account = create_account(tx, f"{name}01", "麦子熟了2026", Role.OPERATOR, name)
        made.append(Actor(account.id or 0, Role.OPERATOR, name))
    return made


def tell(tx: Tx, batch: Batch, visitor: int = 7, photo: bytes = b"", **said: Any) -> PublicReport:
    """Somebody with the batch's page open reports; ``said`` changes what."""
    form = {"concern": "quality", "text": "黄瓜有刺鼻的药味", **said}
    token = page_token(tx.secrets, "batch", batch.id or 0, tx.now)
    parsed = parse(PublicReportForm, form)
    clean = clean_photo(photo) if photo else None
    return report(tx, "batch", batch.id or 0, token, parsed, visitor, clean)


def incident_form(tx: Tx, farm: Farm, *reports: PublicReport, **changed: Any) -> IncidentForm:
    """What the desk fills in to open an incident about the farm's product."""
    producer = tx.session.get_one(Producer, farm.actor.producer)
    form: dict[str, Any] = {
        "kind": "quality",
        "producer": producer.public_id,
        "product": farm.product,
        "title": "黄瓜药味重",
        "text": "消费者反映药味刺鼻",
        "reports": [one.public_id for one in reports],
    }
    return parse(IncidentForm, form | changed)


def paper(tx: Tx, actor: Actor) -> str:
    """The public id of a document of the desk's."""
    return keep_document(tx, actor, "决定书.pdf", PDF).public_id


def verdict(decision: str = "upheld", **changed: str) -> DecisionForm:
    form = {"decision": decision, "reason": "复检农药残留超标", "evidence": "检测报告 QD-77"}
    return parse(DecisionForm, form | changed)


OPINION = OpinionForm(opinion="材料齐全，同意")


def uphold(tx: Tx, farm: Farm, desk: list[Actor], form: IncidentForm) -> Incident:
    """From opening to the confirmed decision: heard, decided by one, confirmed by another."""
    row = open_incident(tx, desk[0], form)
    answer(tx, farm.actor, row.public_id, StatementForm(text="已经在查"))
    decide(tx, desk[0], row.public_id, verdict())
    return confirm(tx, desk[1], row.public_id, OPINION)
