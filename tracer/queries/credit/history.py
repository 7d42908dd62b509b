"""How an index went: what each day changed, added up to the index at the end of each day."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from sqlalchemy import func, select
from sqlmodel import col

from tracer.domain.clock import start_of
from tracer.standards.exact import half_up
from tracer.store.tables import Posting
from tracer.store.world import Tx

_DAY = 86400
_BEIJING = 8 * 3600
_EPOCH = date(1970, 1, 1)
_AT_ONCE = 500  # ids in one question


@dataclass(frozen=True)
class Change:
    """By how much one row of one target changed on a day, all equal postings together."""

    target_id: int
    row: str
    day: date
    amount: Fraction


@dataclass(frozen=True)
class Point:
    """The published index at the end of a day."""

    day: date
    index: Decimal


def changes(tx: Tx, target: str, ids: Sequence[int], day: date) -> list[Change]:
    """What the postings up to the end of a day changed.

    The database adds up equal postings of a day, so a long history costs as many rows as it has
    busy days.
    """
    number = (col(Posting.occurred_at) + _BEIJING) // _DAY
    found = []
    for first in range(0, len(ids), _AT_ONCE):
        rows = tx.session.connection().execute(
            select(
                col(Posting.target_id), col(Posting.row), number, col(Posting.amount), func.count()
            )
            .where(
                col(Posting.target) == target,
                col(Posting.target_id).in_(ids[first : first + _AT_ONCE]),
                col(Posting.occurred_at) < start_of(day) + _DAY,
            )
            .group_by(col(Posting.target_id), col(Posting.row), number, col(Posting.amount))
        )
        found += [
            Change(target_id, row, _EPOCH + timedelta(days=int(days)), Fraction(amount) * times)
            for target_id, row, days, amount, times in rows
        ]
    return found


def totals(found: Iterable[Change]) -> dict[int, Fraction]:
    """The exact index of each target."""
    sums: dict[int, Fraction] = {}
    for change in found:
        sums[change.target_id] = sums.get(change.target_id, Fraction(0)) + change.amount
    return sums


def until_retired(found: Iterable[Change], stops: Mapping[int, date]) -> list[Change]:
    """The changes where a retired product leaves with all it had on the day it was retired."""
    kept = [one for one in found if one.day < stops.get(one.target_id, date.max)]
    left = totals(one for one in kept if one.target_id in stops)
    return kept + [Change(target, "", stops[target], -total) for target, total in left.items()]


def course(
    own: Iterable[Change],
    until: date,
    members: Iterable[Change] = (),
    births: Iterable[date] = (),
    ends: Iterable[date] = (),
) -> tuple[Point, ...]:
    """The index on every day on which it changed, and on the last day.

    ``members`` are the changes of a subject's products and ``births`` the days on which these were
    recorded, ``ends`` those on which some were retired: the mean of those that are made counts
    towards the subject (表 C.1 注 2).
    """
    mine, theirs, born, gone = _by_day(own), _by_day(members), sorted(births), sorted(ends)
    days = sorted({*mine, *theirs, *born, *gone} | {until})
    points: list[Point] = []
    total = shared = Fraction(0)
    for day in days:
        total += mine.get(day, Fraction(0))
        shared += theirs.get(day, Fraction(0))
        count = bisect_right(born, day) - bisect_right(gone, day)
        index = half_up(total + (shared / count if count else 0), 1)
        if day == until or not points or points[-1].index != index:
            points.append(Point(day, index))
    return tuple(points)


def _by_day(found: Iterable[Change]) -> dict[date, Fraction]:
    sums: dict[date, Fraction] = {}
    for change in found:
        sums[change.day] = sums.get(change.day, Fraction(0)) + change.amount
    return sums
