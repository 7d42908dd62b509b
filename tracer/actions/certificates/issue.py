"""开具: the records are checked, then the promise is signed with the producer's own key.

One transaction holds the stored bytes, the signature, the log leaf and the postings. The bytes are
stored first, read back, signed and verified: never is anything signed that is not recorded.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field
from sqlmodel import select

from tracer.actions import credit, keys, log, sites
from tracer.actions.actor import Actor, own
from tracer.actions.certificates.void import VoidForm, record_voiding
from tracer.actions.figures import Amount, Unit
from tracer.actions.forms import Form
from tracer.domain.clock import day_of
from tracer.domain.errors import Conflict, Refusal
from tracer.domain.gate import GateResult, check_promise
from tracer.domain.ids import certificate_number, new_id
from tracer.domain.quantity import UNITS, Quantity, parse_quantity
from tracer.domain.words import Basis
from tracer.proof.keys import load_public
from tracer.proof.leaf import Event, evidence_root, issued_content
from tracer.proof.sign import CERTIFICATE_TAG, sign, verify
from tracer.proof.statement import Statement, basis_bits
from tracer.store.cases import promise_case
from tracer.store.evidence import evidence_bytes, evidence_refs
from tracer.store.tables import Batch, Certificate, IssuerKey, NumberSequence, Producer, Product
from tracer.store.world import Tx


class IssueForm(Form):
    """What a producer promises: how much of which batch, and on what basis."""

    batch: Annotated[str, Field(title="批次", min_length=1, max_length=20)]
    quantity: Annotated[Amount, Field(title="重量或数量")]
    unit: Annotated[Unit, Field(title="单位")]
    basis: Annotated[tuple[Basis, ...], Field(title="承诺依据", min_length=1, max_length=3)]


class GateClosed(Refusal):
    """The records contradict the promise. ``result`` holds every refusal and what clears it."""

    def __init__(self, result: GateResult) -> None:
        first = result.refusals[0]
        super().__init__(first.rule, first.sentence, "batch")
        self.result = result


def issue(tx: Tx, actor: Actor, form: IssueForm) -> Certificate:
    """A new certificate; GateClosed where the records contradict it."""
    return _issue(tx, actor, form, None)


def replace(
    tx: Tx, actor: Actor, certificate_id: str, form: IssueForm, reason: VoidForm
) -> Certificate:
    """换证: a new certificate takes the place of one that is voided in the same moment."""
    old = own(tx, actor, Certificate, certificate_id)
    batch = own(tx, actor, Batch, form.batch)
    if batch.id != old.batch_id:
        raise Conflict("other_batch", "换证只能换同一批次的，请选原来的批次", "batch")
    new = _issue(tx, actor, form, old)
    record_voiding(tx, actor, old, reason, new)
    return new


def _issue(tx: Tx, actor: Actor, form: IssueForm, old: Certificate | None) -> Certificate:
    batch = own(tx, actor, Batch, form.batch)
    producer = tx.session.get_one(Producer, actor.producer)
    product = tx.session.get_one(Product, batch.product_id)
    quantity = parse_quantity(form.quantity, form.unit)
    today = day_of(tx.now)
    case = promise_case(tx.session, batch, quantity, form.basis, today, replacing=old)
    result = check_promise(case)
    if result.refusals:
        raise GateClosed(result)
    key = keys.issuer_key(tx, actor.producer)
    statement = Statement(
        form=case.form,
        certificate_id=new_id(),
        number=_number(tx, producer.county),
        product=product.name,
        quantity_milli=quantity.milli,
        unit=UNITS[quantity.unit].label,
        origin=batch.origin,
        issuer=producer.name,
        contact=producer.contact_phone,
        issued_at=tx.now,
        basis=basis_bits(form.basis),
        batch_id=batch.public_id,
        kid=key.kid,
    )
    certificate = _intent(tx, actor, batch, statement, quantity, old)
    _sign(tx, certificate, statement, key)
    credit.count(tx, batch.product_id, "C.2-7", "certificate", _first_of_chain(tx, certificate))
    return certificate


def _intent(
    tx: Tx,
    actor: Actor,
    batch: Batch,
    statement: Statement,
    quantity: Quantity,
    old: Certificate | None,
) -> Certificate:
    """The row with the bytes that are going to be signed, stored and read back."""
    records = evidence_refs(tx.session, batch)
    row = Certificate(
        public_id=statement.certificate_id,
        number=statement.number,
        producer_id=batch.producer_id,
        product_id=batch.product_id,
        batch_id=batch.id or 0,
        form=statement.form,
        product=statement.product,
        quantity_milli=quantity.milli,
        unit=statement.unit,
        origin=statement.origin,
        issuer=statement.issuer,
        contact=statement.contact,
        basis=statement.basis,
        issued_at=statement.issued_at,
        issued_by=actor.account_id,
        kid=statement.kid,
        payload=statement.to_bytes(),
        evidence=records,
        evidence_root=evidence_root(evidence_bytes(tx.session, records)),
        replaces_id=old.id if old else None,
    )
    tx.session.add(row)
    tx.session.flush()
    tx.session.refresh(row)
    return row


def _sign(tx: Tx, row: Certificate, statement: Statement, key: IssuerKey) -> None:
    if row.payload != statement.to_bytes():
        raise RuntimeError("the database did not keep the bytes to be signed")
    signature = sign(CERTIFICATE_TAG, row.payload, keys.open_key(tx, key))
    if not verify(CERTIFICATE_TAG, row.payload, signature, load_public(key.public_key)):
        raise RuntimeError("the new signature does not verify")
    row.signature = signature
    row.log_index, row.salt = log.append(
        tx,
        Event.ISSUED,
        row.public_id,
        issued_content(row.payload, signature, row.evidence_root),
    )
    sites.remember(tx)
    tx.session.flush()


def _number(tx: Tx, county: str) -> str:
    """The next number of the county's day; the one writing transaction makes it unique."""
    day = day_of(tx.now)
    row = tx.session.exec(
        select(NumberSequence).where(NumberSequence.county == county, NumberSequence.day == day)
    ).one_or_none()
    if row is None:
        row = NumberSequence(county=county, day=day, last=0)
        tx.session.add(row)
    row.last += 1
    return certificate_number(county, day, row.last)


def _first_of_chain(tx: Tx, certificate: Certificate) -> str:
    """The certificate that this one replaces in the end: a replacement is not one more issue."""
    first = certificate
    while first.replaces_id is not None:
        first = tx.session.get_one(Certificate, first.replaces_id)
    return first.public_id
