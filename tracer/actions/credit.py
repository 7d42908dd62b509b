"""农信指数: each fact that counts is posted in the transaction of its cause.

A posting costs the same however long the history is: the row's tally is kept beside the postings,
and :func:`replay` proves that the two agree.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from sqlmodel import col, select

from tracer.domain.clock import day_of
from tracer.domain.reference import Scope
from tracer.standards import credit as rules
from tracer.standards import load
from tracer.standards.pack import Pack
from tracer.store.lookups import scope_of
from tracer.store.tables import CreditScore, Posting, Product
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
    posted = tx.session.exec(
        select(Posting).where(
            Posting.row == row,
            Posting.evidence_kind == evidence_kind,
            Posting.evidence_id == evidence_id,
        )
    ).first()
    if posted is not None:
        return
    fact = fact or {"n": 1}
    score = _score(tx, PRODUCT, product_id)
    before = score.tallies.get(row, {})
    amount = rules.delta(pack(), row, before, fact)
    tx.session.add(
        Posting(
            target=PRODUCT,
            target_id=product_id,
            pack=PACK,
            edition=EDITION,
            row=row,
            fact=fact,
            amount=str(amount),
            evidence_kind=evidence_kind,
            evidence_id=evidence_id,
            occurred_at=tx.now,
        )
    )
    after = {name: before.get(name, 0) + number for name, number in fact.items()}
    # A new dict, so that the change is seen: rows compare JSON by identity.
    score.tallies = {**score.tallies, row: {**before, **after}}
    _settle(tx, score)
    tx.session.flush()


@dataclass(frozen=True)
class Difference:
    """A stored score that its postings do not give."""

    target: str
    target_id: int
    stored: str
    replayed: str


def replay(tx: Tx) -> Iterator[Difference | None]:
    """For every score, None where its postings give the stored value, else the difference."""
    for score in tx.session.exec(select(CreditScore).order_by(col(CreditScore.target_id))):
        postings = tx.session.exec(
            select(Posting).where(
                Posting.target == score.target, Posting.target_id == score.target_id
            )
        ).all()
        index = rules.index(
            pack(),
            TABLES[score.target],
            rules.fold(postings),
            exempt=exemptions(tx, score.target, score.target_id),
        )
        stored = f"{score.total} {score.published} {score.grade}"
        replayed = f"{index.total} {index.published} {index.grade.name}"
        same = stored == replayed
        yield None if same else Difference(score.target, score.target_id, stored, replayed)


def exemptions(tx: Tx, target: str, target_id: int) -> tuple[str, ...]:
    """Which exemptions of the standard hold: products that never get a 合格证 (D21)."""
    if target != PRODUCT:
        return ()
    product = tx.session.get(Product, target_id)
    if product is not None and scope_of(product, day_of(tx.now)) is Scope.NOT_APPLICABLE:
        return (Scope.NOT_APPLICABLE.value,)
    return ()


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


def _settle(tx: Tx, score: CreditScore) -> None:
    index = rules.index(
        pack(),
        TABLES[score.target],
        score.tallies,
        exempt=exemptions(tx, score.target, score.target_id),
    )
    score.total = str(index.total)
    score.published = str(index.published)
    score.grade = index.grade.name
    score.updated_at = tx.now
