"""Attacks on an index: scanning, printing, rating and reporting alone must not move it."""

from __future__ import annotations

from fractions import Fraction

import pytest
from sqlmodel import select

from tests.actions.farm import Farm, start_farm
from tests.actions.supervision import tell
from tracer.actions.certificates.issue import IssueForm, issue
from tracer.actions.credit_replay import replay
from tracer.actions.forms import parse
from tracer.actions.printing.paper import run_labels
from tracer.actions.printing.runs import PrintForm, print_labels
from tracer.actions.supervision.review import (
    BURST,
    COUNTED_A_DAY,
    remember_own_device,
    review,
    review_token,
)
from tracer.actions.supervision.scanning import fold
from tracer.domain.clock import FixedClock
from tracer.domain.errors import Refusal
from tracer.domain.printing import Part
from tracer.domain.words import Rating
from tracer.store.journal import Scan
from tracer.store.tables import Batch, CreditScore, OwnDevice, PrintRun, Product, Review
from tracer.store.world import Tx, World

SHOPPER, GAMER = 11, 4711


def labelled(tx: Tx, count: int = 400) -> tuple[Farm, Batch, PrintRun]:
    farm = start_farm(tx)
    batch = farm.harvest(tx)
    order = {"batch": batch.public_id, "quantity": "10", "unit": "kg", "basis": ["control"]}
    certificate = issue(tx, farm.actor, parse(IssueForm, order))
    form = PrintForm(
        certificate=certificate.public_id, design="trace-a4-3x8", stock="a4-3x8", count=count
    )
    return farm, batch, print_labels(tx, farm.actor, form)


def rate(tx: Tx, run: PrintRun, number: int, rating: Rating, visitor: int) -> Review:
    index = run.first_index + number
    return review(tx, index, review_token(tx.secrets, index, tx.now), rating, visitor)


def total(tx: Tx) -> Fraction:
    product = tx.session.exec(select(Product)).one()
    return Fraction(tx.session.get_one(CreditScore, ("product", product.id)).total)


@pytest.mark.parametrize("honest", [0, 40])
def test_an_attack_moves_nothing(world: World, honest: int) -> None:
    with world.write() as tx:
        _, batch, run = labelled(tx)
        for number in range(honest):
            rating = Rating.BAD if number % 10 == 0 else Rating.GOOD
            rate(tx, run, number, rating, visitor=SHOPPER + number)
        before = total(tx)
    at = world.clock.now()
    for number in range(10_000):
        world.journal.append(Scan("label", run.first_index + number % 400, at, GAMER))
    while fold(world):
        pass
    with world.write() as tx:
        for number in range(100):
            rate(tx, run, 100 + number, Rating.GOOD, visitor=GAMER)
        for _ in range(50):
            tell(tx, batch, visitor=GAMER)
        for _ in range(1_000):
            run_labels(tx, run, Part(1, 1), None)
        assert abs(total(tx) - before) <= Fraction(1, 2)
        assert [one for one in replay(tx) if one] == []


def test_three_ratings_of_a_device_count_a_day(world: World, clock: FixedClock) -> None:
    with world.write() as tx:
        _, _, run = labelled(tx)
        counted = [rate(tx, run, n, Rating.GOOD, GAMER).counted for n in range(BURST)]
        assert counted == [True] * COUNTED_A_DAY + [False] * (BURST - COUNTED_A_DAY)
        score = tx.session.exec(select(CreditScore).where(CreditScore.target == "product")).one()
        assert score.tallies["C.2-11"] == {"good": COUNTED_A_DAY, "all": COUNTED_A_DAY}
    clock.advance(86_400)
    with world.write() as tx:
        assert rate(tx, run, BURST, Rating.BAD, GAMER).counted


def test_a_burst_takes_its_own_ratings_back(world: World) -> None:
    with world.write() as tx:
        _, _, run = labelled(tx)
        rate(tx, run, 200, Rating.BAD, SHOPPER)
        before = total(tx)
        for number in range(BURST + 1):
            rate(tx, run, number, Rating.GOOD, GAMER)
        assert total(tx) == before
        kept = tx.session.exec(select(Review.visitor).where(Review.counted)).all()
        assert kept == [SHOPPER]


def test_a_producers_own_device_does_not_rate(world: World, clock: FixedClock) -> None:
    with world.write() as tx:
        farm, _, run = labelled(tx)
        for _ in range(2):
            remember_own_device(tx, farm.actor.producer, GAMER)
        with pytest.raises(Refusal, match="不能评价自家的产品"):
            rate(tx, run, 0, Rating.GOOD, GAMER)
        # The label is not used up: its buyer may still rate.
        assert rate(tx, run, 0, Rating.GOOD, SHOPPER).counted
    clock.advance(3 * 86_400)
    with world.write() as tx:
        remember_own_device(tx, farm.actor.producer, GAMER + 1)
        assert tx.session.exec(select(OwnDevice.visitor)).all() == [GAMER + 1]
