"""Before signing: what would be promised, and what the gate says of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import select

from tracer.domain.clock import day_of
from tracer.domain.gate import check_promise
from tracer.domain.quantity import UNITS, Quantity, unit_of
from tracer.domain.reference import load as reference
from tracer.domain.words import Basis, ReportKind
from tracer.queries.farm.gate import GateView, as_view
from tracer.queries.farm.waits import place_of
from tracer.queries.lines import joined
from tracer.store.cases import promise_case
from tracer.store.stock import remaining
from tracer.store.tables import Batch, Certificate, Producer, Product, TestReport
from tracer.store.world import Tx

_BOX_OF_REPORT = {
    ReportKind.SELF: Basis.SELF_TEST,
    ReportKind.COMMISSIONED: Basis.COMMISSIONED_TEST,
}


@dataclass(frozen=True)
class IssuePage:
    """What would be signed. ``boxes`` are code and words of 承诺依据, ``ticked`` the likely ones.

    ``number`` and ``unit`` say how much, most likely: all that is left, or what the old one said.
    The gate's answer is for that much and those boxes.
    """

    batch: str
    title: str
    code: str
    product: str
    issuer: str
    origin: str
    number: str
    unit: str
    left: str
    anything_left: bool
    opening: str
    promises: tuple[str, ...]
    boxes: tuple[tuple[str, str], ...]
    ticked: tuple[str, ...]
    gate: GateView


def issue_page(tx: Tx, batch: Batch, replacing: Certificate | None = None) -> IssuePage:
    """What the batch's next certificate would say; of a replacement, what the old one said."""
    product = tx.session.get_one(Product, batch.product_id)
    issuer = tx.session.get_one(Producer, batch.producer_id)
    left = remaining(tx.session, batch)
    wanted = left
    if replacing is not None:
        old = Quantity(replacing.quantity_milli, unit_of(replacing.unit).code)
        left, wanted = _with(left, old), old
    boxes = _backed(tx, batch)
    case = promise_case(tx.session, batch, wanted, boxes, day_of(tx.now), replacing)
    form = reference().form(case.form)
    return IssuePage(
        batch=batch.public_id,
        title=joined(product.name, place_of(tx, batch)),
        code=batch.code,
        product=product.name,
        issuer=issuer.name,
        origin=batch.origin,
        number=wanted.number,
        unit=wanted.unit,
        left=str(left),
        anything_left=left.milli > 0,
        opening=form.opening,
        promises=form.promises,
        boxes=tuple((box.code, box.label) for box in form.basis),
        ticked=tuple(box.value for box in boxes),
        gate=as_view(tx, batch.producer_id, check_promise(case)),
    )


def _with(left: Quantity, old: Quantity) -> Quantity:
    """What is left once a certificate's quantity is free again, in the batch's unit."""
    return Quantity((left.base + old.base) // UNITS[left.unit].to_base, left.unit)


def _backed(tx: Tx, batch: Batch) -> Sequence[Basis]:
    """质量安全控制, and every kind of test that the batch has a passing report of."""
    reports = tx.session.exec(select(TestReport).where(TestReport.batch_id == batch.id))
    passed = {_BOX_OF_REPORT.get(ReportKind(row.kind)) for row in reports if row.passed}
    return [box for box in Basis if box is Basis.CONTROL or box in passed]
