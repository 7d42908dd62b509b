"""Certificates as their issuer sees them."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import col, select

from tracer.domain.clock import day_of, format_day, format_instant
from tracer.domain.quantity import Quantity
from tracer.domain.reference import load as reference
from tracer.proof.statement import basis_boxes
from tracer.queries.farm.batch import state_of
from tracer.queries.lines import Line, joined
from tracer.store.lookups import recall_of
from tracer.store.tables import Batch, Certificate, Finding, PrintRun, Voiding
from tracer.store.world import Tx

_MOST = 100


@dataclass(frozen=True)
class CertificatePage:
    """One certificate. ``state`` is 有效, 已换证, 已作废 or, of its goods, 已召回.

    ``stands`` where paper may be made of it, else ``ended`` tells when and why not;
    ``replaced_by`` is a public id or empty.
    """

    id: str
    number: str
    product: str
    quantity: str
    state: str
    tone: str
    stands: bool
    facts: tuple[tuple[str, str], ...]
    ended: str
    replaced_by: str
    replaces: str
    batch: str
    batch_code: str
    runs: tuple[Line, ...]
    findings: int


def certificates(tx: Tx, producer_id: int) -> tuple[Line, ...]:
    """The newest certificates with their state."""
    rows = tx.session.exec(
        select(Certificate, Voiding)
        .join(Voiding, col(Voiding.certificate_id) == Certificate.id, isouter=True)
        .where(Certificate.producer_id == producer_id)
        .order_by(col(Certificate.id).desc())
        .limit(_MOST)
    ).all()
    return tuple(
        Line(
            row.public_id,
            joined(row.product, _quantity(row)),
            joined(format_day(day_of(row.issued_at)), row.number),
            *state_of(voiding),
        )
        for row, voiding in rows
    )


def certificate_page(tx: Tx, row: Certificate) -> CertificatePage:
    """One certificate, what it says and what became of it."""
    voiding = tx.session.get(Voiding, row.id)
    recall = recall_of(tx.session, row.batch_id)
    state, tone, ended = *state_of(voiding), ""
    if voiding is not None:
        ended = joined(format_instant(voiding.voided_at), voiding.reason)
    elif recall is not None:
        state, tone = "已召回", "void"
        ended = joined(format_instant(recall[0].recalled_at), recall[0].reason)
    batch = tx.session.get_one(Batch, row.batch_id)
    form = reference().form(row.form)
    newer = tx.session.get(Certificate, voiding.replaced_by_id or 0) if voiding else None
    older = tx.session.get(Certificate, row.replaces_id) if row.replaces_id else None
    findings = tx.session.exec(select(Finding.id).where(Finding.certificate_id == row.id)).all()
    return CertificatePage(
        id=row.public_id,
        number=row.number,
        product=row.product,
        quantity=_quantity(row),
        state=state,
        tone=tone,
        stands=not ended,
        facts=(
            ("承诺依据", "、".join(form.basis_label(box.value) for box in basis_boxes(row.basis))),
            ("产地", row.origin),
            ("承诺主体", row.issuer),
            ("联系方式", row.contact),
            ("开具时间", format_instant(row.issued_at)),
            ("编号", row.number),
        ),
        ended=ended,
        replaced_by=newer.public_id if newer else "",
        replaces=older.public_id if older else "",
        batch=batch.public_id,
        batch_code=batch.code,
        runs=_runs(tx, row),
        findings=len(findings),
    )


def _quantity(row: Certificate) -> str:
    """The amount as printed: the certificate keeps the unit's word."""
    return f"{Quantity(row.quantity_milli, 'kg').number} {row.unit}"


def _runs(tx: Tx, row: Certificate) -> tuple[Line, ...]:
    rows = tx.session.exec(
        select(PrintRun).where(PrintRun.certificate_id == row.id).order_by(col(PrintRun.id).desc())
    )
    return tuple(
        Line(run.public_id, f"{run.count} 张", format_day(day_of(run.created_at))) for run in rows
    )
