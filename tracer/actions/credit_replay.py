"""Proof of the 农信指数: every score computed anew from its postings and compared."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, lru_cache, partial
from itertools import groupby
from operator import itemgetter

from sqlalchemy import Text, cast
from sqlalchemy import select as columns
from sqlmodel import col, select

from tracer.actions.credit import PRODUCT, SUBJECT, TABLES, pack, scope_exemptions
from tracer.domain.clock import day_of
from tracer.standards import credit as rules
from tracer.store.tables import CreditScore, Posting, Producer, Product
from tracer.store.world import Tx

_CHUNK = 5000  # rows read at a time


@dataclass(frozen=True)
class Difference:
    """A stored score that its postings do not give."""

    target: str
    target_id: int
    stored: str
    replayed: str


def replay(tx: Tx) -> Iterator[Difference | None]:
    """For every score, None where its postings give the stored value, else the difference.

    One pass over the postings in the order of their targets, whatever their number; products come
    first, because subjects count the mean of theirs.
    """
    stored = _stored(tx)
    totals: dict[int, dict[int, Fraction]] = {}  # by producer: each product's exact index
    barred: dict[int, tuple[str, ...]] = {}
    owners: dict[int, int] = {}
    for product_id, producer_id, exempt, made in _all_products(tx):
        if made:
            totals.setdefault(producer_id, {})[product_id] = Fraction(0)
        owners[product_id], barred[product_id] = producer_id, exempt
    settled = set()
    for target_id, tallies in _folded(tx, PRODUCT, stored[PRODUCT]):
        exempt = barred.get(target_id, ())
        index = rules.index(pack(), TABLES[PRODUCT], tallies, exempt=exempt)
        if target_id in owners:
            members = totals.get(owners[target_id], {})
            if target_id in members:
                members[target_id] = index.total
            settled.add(owners[target_id])
        yield _compared(PRODUCT, target_id, stored[PRODUCT].get(target_id), index, tallies)
    rated = {
        producer_id
        for producer_id, kind in tx.session.exec(select(Producer.id, Producer.kind))
        if rules.rates(pack(), TABLES[SUBJECT], kind)
    }
    for target_id, tallies in _folded(tx, SUBJECT, {*stored[SUBJECT], *(settled & rated)}):
        means = totals.get(target_id, {}).values()
        index = rules.index(pack(), TABLES[SUBJECT], tallies, members=means)
        yield _compared(SUBJECT, target_id, stored[SUBJECT].get(target_id), index, tallies)


def _stored(tx: Tx) -> dict[str, dict[int, str]]:
    """The stored scores in words, by target and id."""
    found: dict[str, dict[int, str]] = {PRODUCT: {}, SUBJECT: {}}
    rows = tx.session.connection().execute(
        columns(
            col(CreditScore.target),
            col(CreditScore.target_id),
            col(CreditScore.total),
            col(CreditScore.published),
            col(CreditScore.ranking),
            col(CreditScore.grade),
            col(CreditScore.tallies),
        )
    )
    for target, target_id, *score in rows:
        found[target][target_id] = _words(*score)
    return found


def _words(
    total: object, published: object, ranking: int, grade: str, tallies: rules.Tallies
) -> str:
    """All that a score says, its counts too: a lost posting may have brought no point yet."""
    counts = {row: dict(sorted(tally.items())) for row, tally in sorted(tallies.items()) if tally}
    return f"{total} {published} {ranking} {grade} {json.dumps(counts)}"


def _all_products(tx: Tx) -> Iterator[tuple[int, int, tuple[str, ...], bool]]:
    """Every product's id, its producer's, the exemptions that hold for it today, and whether it is
    made still."""
    scope = cache(partial(scope_exemptions, on=day_of(tx.now)))
    rows = tx.session.connection().execute(
        columns(
            col(Product.id),
            col(Product.producer_id),
            col(Product.category),
            col(Product.crop),
            col(Product.name),
            col(Product.retired_at),
        )
    )
    for product_id, producer_id, category, crop, name, retired in rows:
        yield product_id or 0, producer_id, scope(category, crop or name), retired is None


def _folded(tx: Tx, target: str, known: Iterable[int]) -> Iterator[tuple[int, rules.Tallies]]:
    """What the postings of each target add up to; known targets without any come last."""
    rows = tx.session.connection().execute(
        columns(col(Posting.target_id), col(Posting.row), cast(col(Posting.fact), Text))
        .where(col(Posting.target) == target)
        .order_by(col(Posting.target_id))
        .execution_options(yield_per=_CHUNK)
    )
    left = set(known)
    for target_id, postings in groupby(rows, key=itemgetter(0)):
        left.discard(target_id)
        alike = Counter((row, fact) for _, row, fact in postings)
        yield target_id, rules.fold(_Alike(row, fact, n) for (row, fact), n in alike.items())
    for target_id in sorted(left):
        yield target_id, {}


class _Alike:
    """So many postings that say the same of one row, as one."""

    def __init__(self, row: str, fact: str, number: int) -> None:
        self.row = row
        self.fact = {name: count * number for name, count in _read(fact).items()}


@lru_cache(maxsize=4096)
def _read(fact: str) -> dict[str, int]:
    """A fact's counts. Most postings say one of a few things, so they are read once."""
    counts: dict[str, int] = json.loads(fact)
    return counts


def _compared(
    target: str,
    target_id: int,
    stored: str | None,
    index: rules.CreditIndex,
    tallies: rules.Tallies,
) -> Difference | None:
    ranking = int(index.published * 10)
    replayed = _words(index.total, index.published, ranking, index.grade.name, tallies)
    if stored == replayed:
        return None
    return Difference(target, target_id, stored or "没有", replayed)
