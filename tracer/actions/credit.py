"""农信指数: each fact that counts is posted in the transaction of its cause.

A posting costs the same however long the history is: a row's tally is kept beside the postings,
and :mod:`tracer.actions.credit_replay` proves that the two agree. A subject's index holds the mean
of its products' (表 C.1 注 2), so a posting to a product settles its producer too.
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from functools import lru_cache

from sqlmodel import col, select

from tracer.domain.clock import day_of
from tracer.domain.errors import Refusal
from tracer.domain.reference import Scope
from tracer.domain.reference import load as reference
from tracer.standards import credit as rules
from tracer.standards import load
from tracer.standards.pack import Pack
from tracer.store.tables import CreditScore, Posting, Producer, Product
from tracer.store.world import Tx

PACK, EDITION = "gveaia-016.1", "2021"
PRODUCT, SUBJECT = "product", "subject"
TABLES = {PRODUCT: "C.2", SUBJECT: "C.1"}


@lru_cache(maxsize=1)
def pack() -> Pack:
    """The credit standard's edition that postings are counted by."""
    return load(PACK, EDITION)


def count(
    tx: Tx, product_id: int, row: str, evidence_kind: str, evidence_id: str, **fact: int
) -> None:
    """Post one fact of a product (``n=1`` unless told). The same evidence never counts twice."""
    if _post(tx, PRODUCT, product_id, row, evidence_kind, evidence_id, fact or {"n": 1}):
        product = tx.session.get_one(Product, product_id)
        _settle_subject(tx, tx.session.get_one(Producer, product.producer_id))


def count_subject(
    tx: Tx, producer: Producer, row: str, evidence_kind: str, evidence_id: str, **fact: int
) -> None:
    """Post one fact of a market subject; households are not rated (表 C.1 注 1), so not posted."""
    if not is_rated(producer):
        return
    target_id = producer.id or 0
    if _post(tx, SUBJECT, target_id, row, evidence_kind, evidence_id, fact or {"n": 1}):
        _settle_subject(tx, producer)


def is_rated(producer: Producer) -> bool:
    """Whether a market subject has an index of its own; households have none (表 C.1 注 1)."""
    return rules.rates(pack(), TABLES[SUBJECT], producer.kind)


def settle(tx: Tx, product: Product) -> None:
    """Count a product and its subject anew where no posting changed, but what stands around it: a
    new product takes part in its subject's mean, another category may be exempt from rows."""
    for key in ((PRODUCT, product.id), (SUBJECT, product.producer_id)):
        score = tx.session.get(CreditScore, key)
        if score is not None:
            _settle(tx, score)


def exemptions(tx: Tx, target: str, target_id: int) -> tuple[str, ...]:
    """Which exemptions of the standard hold: products that never get a 合格证 (D21)."""
    if target != PRODUCT:
        return ()
    product = tx.session.get(Product, target_id)
    if product is None:
        return ()
    return scope_exemptions(product.category, product.crop or product.name, day_of(tx.now))


def scope_exemptions(category: str, name: str, on: date) -> tuple[str, ...]:
    """The exemptions of a kind of produce on a day."""
    scope = reference().scope_of(category, on, name).scope
    return (scope.value,) if scope is Scope.NOT_APPLICABLE else ()


def refuse_other_scope(tx: Tx, product: Product, category: str, name: str) -> None:
    """Refuse to make produce that was certified, or deducted for a certificate, into a kind that
    never gets one: what stands against it would no longer count."""
    today = day_of(tx.now)
    was = scope_exemptions(product.category, product.crop or product.name, today)
    barred = set(scope_exemptions(category, name, today)) - set(was)
    score = tx.session.get(CreditScore, (PRODUCT, product.id))
    rows = {
        row
        for one in pack().table(TABLES[PRODUCT]).exemptions
        if one.key in barred
        for row in one.rows
    }
    if score is not None and rows & score.tallies.keys():
        said = "这个产品开过合格证，类别不能改成不开合格证的那几类；是另一种产品的，请新增产品"
        raise Refusal("certified", said, "category")


def is_deducted(tx: Tx, product_id: int) -> bool:
    """Whether any row stands below zero for a product: such a one stays in its subject's mean."""
    score = tx.session.get(CreditScore, (PRODUCT, product_id))
    return score is not None and any(
        rules.delta(pack(), row, {}, tally) < 0 for row, tally in score.tallies.items()
    )


def product_totals(tx: Tx, producer_id: int) -> list[Fraction]:
    """The exact indexes of a producer's products that are made still; one without postings has 0.

    What is retired is in no mean (D8).
    """
    rows = tx.session.exec(
        select(Product.id, CreditScore.total)
        .join(
            CreditScore,
            (col(CreditScore.target_id) == Product.id) & (col(CreditScore.target) == PRODUCT),
            isouter=True,
        )
        .where(Product.producer_id == producer_id, col(Product.retired_at).is_(None))
    )
    return [Fraction(total or 0) for _, total in rows]


def _post(
    tx: Tx,
    target: str,
    target_id: int,
    row: str,
    evidence_kind: str,
    evidence_id: str,
    fact: dict[str, int],
) -> bool:
    """Write the posting and settle its target; False where this evidence has counted before."""
    posted = tx.session.exec(
        select(Posting).where(
            Posting.row == row,
            Posting.evidence_kind == evidence_kind,
            Posting.evidence_id == evidence_id,
        )
    ).first()
    if posted is not None:
        return False
    score = _score(tx, target, target_id)
    before = score.tallies.get(row, {})
    tx.session.add(
        Posting(
            target=target,
            target_id=target_id,
            pack=PACK,
            edition=EDITION,
            row=row,
            fact=fact,
            amount=str(rules.delta(pack(), row, before, fact)),
            evidence_kind=evidence_kind,
            evidence_id=evidence_id,
            occurred_at=tx.now,
        )
    )
    # A new dict, so that the change is seen: rows compare JSON by identity.
    score.tallies = {**score.tallies, row: rules.added(before, fact)}
    product = tx.session.get(Product, target_id) if target == PRODUCT else None
    if product is not None and product.retired_at is not None and is_deducted(tx, target_id):
        product.retired_at = None
        tx.session.flush()
    _settle(tx, score)
    return True


def _score(tx: Tx, target: str, target_id: int) -> CreditScore:
    score = tx.session.get(CreditScore, (target, target_id))
    if score is None:
        score = CreditScore(
            target=target,
            target_id=target_id,
            pack=PACK,
            edition=EDITION,
            total="0",
            published="0.0",
            grade="",
            updated_at=tx.now,
        )
        tx.session.add(score)
    return score


def _settle_subject(tx: Tx, producer: Producer) -> None:
    if is_rated(producer):
        _settle(tx, _score(tx, SUBJECT, producer.id or 0))


def _settle(tx: Tx, score: CreditScore) -> None:
    index = _index(tx, score.target, score.target_id, score.tallies)
    score.total = str(index.total)
    score.published = str(index.published)
    score.ranking = int(index.published * 10)
    score.grade = index.grade.name
    score.updated_at = tx.now
    tx.session.flush()


def _index(tx: Tx, target: str, target_id: int, tallies: rules.Tallies) -> rules.CreditIndex:
    return rules.index(
        pack(),
        TABLES[target],
        tallies,
        members=product_totals(tx, target_id) if target == SUBJECT else (),
        exempt=exemptions(tx, target, target_id),
    )
