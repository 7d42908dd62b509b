"""The public page behind a code: the verdict first, then what was promised, tested and done.

A page never borrows: a label shows the certificate of its own batch or says that there is none.
"""

from __future__ import annotations

from dataclasses import replace

from sqlmodel import col, func, select

from tracer.domain.clock import day_of, format_day, format_instant
from tracer.domain.errors import Refusal
from tracer.domain.ids import NUMBER_LENGTH, parse_id, parse_number
from tracer.domain.quantity import Quantity
from tracer.domain.reference import Scope
from tracer.domain.reference import load as reference
from tracer.domain.words import BatchKind, Outcome, ProducerKind, Rating
from tracer.proof.labelcode import MIN_LENGTH, pretty, resolve
from tracer.proof.leaf import evidence_root
from tracer.proof.lookup import SPOILED
from tracer.proof.statement import basis_boxes
from tracer.proof.verdict import Verdict
from tracer.queries.assessment.licences import marks_of
from tracer.queries.credit_view import product_credit
from tracer.queries.dossier.public import disclosed
from tracer.queries.insurance_pages import insured
from tracer.queries.knowledge import verdict_on
from tracer.queries.persons import is_person, masked, published
from tracer.queries.supervision.public import upheld
from tracer.queries.trace.model import WORDS, Notice, Promise, State, TracePage
from tracer.queries.trace.timeline import reports, sources, steps
from tracer.store.evidence import corrections_since, evidence_bytes
from tracer.store.lookups import certificates_of, recall_of, run_of_label, scope_of
from tracer.store.prints import is_spoiled
from tracer.store.tables import (
    Batch,
    Campaign,
    Certificate,
    LogLeaf,
    Plot,
    Producer,
    Product,
    Recall,
    Review,
)
from tracer.store.world import Tx


def certificate_page(tx: Tx, text: str) -> TracePage:
    """The page of ``/C/<id>``; the 20 digits that are printed lead there too."""
    by_number = text.isdigit() and len(text) == NUMBER_LENGTH
    try:
        reference = parse_number(text) if by_number else parse_id(text)
    except Refusal as refusal:
        return _bad(text, refusal.message)
    column = Certificate.number if by_number else Certificate.public_id
    row = tx.session.exec(select(Certificate).where(column == reference)).one_or_none()
    if row is None:
        return _unknown(reference)
    page = _with_certificate(tx, _with_batch(tx, row.batch_id), row)
    return replace(page, code=row.number, kind="certificate", subject=row.id or 0)


def batch_page(tx: Tx, text: str) -> TracePage:
    """The page of ``/B/<id>``."""
    try:
        public_id = parse_id(text)
    except Refusal as refusal:
        return _bad(text, refusal.message)
    batch = tx.session.exec(select(Batch).where(Batch.public_id == public_id)).one_or_none()
    if batch is None:
        return _unknown(public_id)
    page = _of_batch(tx, batch)
    return replace(page, code=batch.code, kind="batch", subject=batch.id or 0)


def label_page(tx: Tx, text: str) -> TracePage:
    """The page of ``/T/<code>``."""
    index = resolve(text, tx.secrets.label_key)
    run = None if index is None else run_of_label(tx.session, index)
    if index is None or run is None:
        page = _unknown(text)
        return page if len(text.strip()) >= MIN_LENGTH else _bad(text, "标签码不完整，请再看一遍")
    known = {"code": pretty(text.upper()), "kind": "label", "subject": index}
    producer = tx.session.get_one(Producer, run.producer_id)
    if is_spoiled(tx.session, run, index):
        return TracePage(
            State.SPOILED,
            WORDS[State.SPOILED],
            SPOILED,
            issuer=published(producer, "name", producer.name),
            **known,  # type: ignore[arg-type]
        )
    if run.batch_id is None:
        return TracePage(
            State.NOT_BOUND,
            WORDS[State.NOT_BOUND],
            "这枚标签已印好，还没有用到货上；如果货上已经贴着它，请向卖家问清楚",
            issuer=published(producer, "name", producer.name),
            **known,  # type: ignore[arg-type]
        )
    batch = tx.session.get_one(Batch, run.batch_id)
    if run.certificate_id is not None:
        row = tx.session.get_one(Certificate, run.certificate_id)
        page = _with_certificate(tx, _with_batch(tx, row.batch_id), row)
    else:
        page = _of_batch(tx, batch)
    reviewed = tx.session.get(Review, index) is not None
    return replace(page, reviewed=reviewed, label_index=index, **known)  # type: ignore[arg-type]


def _of_batch(tx: Tx, batch: Batch) -> TracePage:
    """A batch with its own newest certificate that stands, else its newest, else none."""
    page = _with_batch(tx, batch.id or 0)
    found = certificates_of(tx.session, batch.id or 0)
    standing = [row for row, voiding in found if voiding is None]
    if standing:
        others = tuple(row.number for row in standing[1:])
        return replace(_with_certificate(tx, page, standing[0]), others=others)
    if found:
        return _with_certificate(tx, page, found[0][0])
    recalled = recall_of(tx.session, batch.id or 0)
    if recalled is not None:
        return _recalled(page, recalled[0])
    product = tx.session.get_one(Product, batch.product_id)
    if scope_of(product, day_of(tx.now)) is Scope.NOT_APPLICABLE:
        return replace(
            page,
            not_required=True,
            sentence="这类产品按规定不开承诺达标合格证，下面是它的来源和检测记录",
        )
    return page


def _with_batch(tx: Tx, batch_id: int) -> TracePage:
    """What is known of a batch without any certificate."""
    batch = tx.session.get_one(Batch, batch_id)
    producer = tx.session.get_one(Producer, batch.producer_id)
    product = tx.session.get_one(Product, batch.product_id)
    plot = _plot(tx, batch)
    return TracePage(
        state=State.NO_CERTIFICATE,
        word=WORDS[State.NO_CERTIFICATE],
        sentence="生产者没有为这个批次开具合格证，下面是登记的来源和记录",
        as_of=format_instant(tx.now),
        product=product.name,
        spec=product.spec,
        introduction=product.introduction or "",
        quantity=str(Quantity(batch.quantity_milli, batch.unit)),
        issuer=published(producer, "name", producer.name),
        by_person=is_person(producer),
        issuer_kind=ProducerKind(producer.kind).label,
        contact=published(producer, "phone", producer.contact_phone),
        origin=batch.origin,
        plot=plot.name if plot else "",
        batch_id=batch.public_id,
        batch_code=batch.code,
        made_on=format_day(batch.made_on),
        made_word=BatchKind(batch.kind).label,
        reports=reports(tx, batch),
        steps=steps(tx, batch),
        sources=sources(tx, batch),
        credit=product_credit(tx, batch.product_id),
        dossier=disclosed(tx, producer, batch.product_id, day_of(tx.now)),
        marks=marks_of(tx, [product.public_id]).get(product.public_id, ()),
        insured=insured(tx, batch.product_id, day_of(tx.now)),
        upheld=upheld(tx, batch.producer_id, batch.product_id),
        reviews=_reviews(tx, batch.product_id),
    )


def _with_certificate(tx: Tx, page: TracePage, row: Certificate) -> TracePage:
    verdict = masked(tx, verdict_on(tx, row.public_id))
    state = _state(verdict)
    producer = tx.session.get_one(Producer, row.producer_id)
    return replace(
        page,
        state=state,
        word=WORDS[state],
        sentence=verdict.reason_zh,
        checks=verdict.checks,
        as_of=format_instant(tx.now),
        product=row.product,
        issuer=published(producer, "name", row.issuer),
        contact=published(producer, "phone", row.contact),
        origin=row.origin or page.origin,
        quantity=f"{Quantity(row.quantity_milli, 'kg').number} {row.unit}",
        promise=_promise(tx, row),
        notice=_notice(verdict),
    )


def _state(verdict: Verdict) -> State:
    if verdict.outcome is Outcome.VOIDED:
        if verdict.status.recall is not None:
            return State.RECALLED
        if verdict.status.voiding is not None and verdict.status.voiding.replaced_by:
            return State.REPLACED
    return State(verdict.outcome.value)


def _notice(verdict: Verdict) -> Notice | None:
    found, gone = verdict.status.recall, verdict.status.voiding
    if found is not None:
        return Notice(format_instant(found.at), found.reason, found.advice)
    if gone is not None:
        return Notice(format_instant(gone.at), gone.reason, gone.advice, gone.replaced_by or "")
    return None


def _promise(tx: Tx, row: Certificate) -> Promise:
    form = reference().form(row.form)
    leaf = tx.session.get(LogLeaf, row.log_index)
    ticked = {box.value for box in basis_boxes(row.basis)}
    return Promise(
        certificate_id=row.public_id,
        number=row.number,
        title=form.title,
        opening=form.opening,
        lines=form.promises,
        basis=tuple((box.label, box.code in ticked) for box in form.basis),
        quantity=f"{Quantity(row.quantity_milli, 'kg').number} {row.unit}",
        issued_at=format_instant(row.issued_at),
        kid=row.kid.hex(),
        log_index=row.log_index or 0,
        leaf_hash=leaf.leaf_hash.hex() if leaf else "",
        records_intact=evidence_root(evidence_bytes(tx.session, row.evidence)) == row.evidence_root,
        corrections=corrections_since(tx.session, row),
    )


def _recalled(page: TracePage, recall: Recall) -> TracePage:
    """A recalled batch that never had a certificate."""
    notice = Notice(format_instant(recall.recalled_at), recall.reason, recall.advice)
    return replace(
        page,
        state=State.RECALLED,
        word=WORDS[State.RECALLED],
        sentence="生产者召回了这个批次，请不要食用",
        notice=notice,
    )


def _bad(text: str, sentence: str) -> TracePage:
    return TracePage(State.BAD_CODE, WORDS[State.BAD_CODE], sentence, code=text[:40])


def _unknown(text: str) -> TracePage:
    return TracePage(
        State.UNKNOWN,
        WORDS[State.UNKNOWN],
        "没有发放过这个码，可能是仿冒的；如果是手工输入的，请对照标签再看一遍",
        code=text[:40],
    )


def _plot(tx: Tx, batch: Batch) -> Plot | None:
    campaign = tx.session.get(Campaign, batch.campaign_id) if batch.campaign_id else None
    return tx.session.get(Plot, campaign.plot_id) if campaign else None


def _reviews(tx: Tx, product_id: int) -> tuple[int, int, int]:
    counts = dict(
        tx.session.exec(
            select(Review.rating, func.count())
            .where(Review.product_id == product_id, col(Review.counted))
            .group_by(Review.rating)
        ).all()
    )
    return (
        counts.get(Rating.GOOD.value, 0),
        counts.get(Rating.NEUTRAL.value, 0),
        counts.get(Rating.BAD.value, 0),
    )
