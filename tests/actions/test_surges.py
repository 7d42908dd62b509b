"""Good ratings from a hired crowd: shown to the desk, and set aside by a person with a reason."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select

from tests.actions.supervision import operators
from tests.actions.test_gaming import SHOPPER, labelled, rate, total
from tracer.actions.actor import Actor
from tracer.actions.credit_replay import replay
from tracer.actions.supervision.review import SetAsideForm, set_aside
from tracer.domain.clock import FixedClock
from tracer.domain.errors import Forbidden, NotFound, Refusal
from tracer.domain.supervision import SURGE, SURGE_SECONDS, surges
from tracer.domain.words import Rating, Role
from tracer.queries.supervision.lists import incidents_page
from tracer.queries.supervision.reviews import PAGE, recent_surges, reviews_page
from tracer.store.tables import PrintRun, Review
from tracer.store.world import Tx, World


def crowd(tx: Tx, run: PrintRun, count: int = SURGE) -> list[Review]:
    """Good ratings, each from a device of its own."""
    return [rate(tx, run, number, Rating.GOOD, SHOPPER + number) for number in range(count)]


def test_many_devices_at_once_are_shown_to_the_desk(any_world: World, clock: FixedClock) -> None:
    with any_world.write() as tx:
        _, _, run = labelled(tx)
        crowd(tx, run, SURGE - 1)
        assert recent_surges(tx) == ()
    clock.advance(SURGE_SECONDS - 1)
    with any_world.write() as tx:
        rate(tx, run, SURGE, Rating.GOOD, visitor=999)
        (found,) = recent_surges(tx)
        assert (found.reviews, found.devices, found.minutes) == (SURGE, SURGE, 60)
        assert incidents_page(tx, True).surges == (found,)
    clock.advance(15 * 86_400)
    with any_world.read() as tx:
        assert recent_surges(tx) == ()


def test_an_operator_sets_single_reviews_aside_with_a_reason(any_world: World) -> None:
    with any_world.write() as tx:
        farm, _, run = labelled(tx)
        desk, second = operators(tx, "jia", "yi")
        rate(tx, run, 100, Rating.BAD, SHOPPER)
        before = total(tx)
        bought = [row.label_index for row in crowd(tx, run)]
        form = SetAsideForm(reviews=tuple(bought), reason="一个院子里连着扫的")
        for stranger in (farm.actor, Actor(desk.account_id, Role.EXPERT, "专家")):
            with pytest.raises(Forbidden):
                set_aside(tx, stranger, farm.product, form)
        for operator in (desk, desk, second):  # sent again, by whomever: nothing more
            set_aside(tx, operator, farm.product, form)
        assert total(tx) == before
        assert len(tx.session.exec(select(Review)).all()) == len(bought) + 1
        page = reviews_page(tx, farm.product)
        said = {line.why.partition(" jia：")[2] for line in page.lines if not line.counted}
        assert said == {"一个院子里连着扫的"}
        assert page.surges == recent_surges(tx) == ()
        assert [one for one in replay(tx) if one] == []
        with pytest.raises(NotFound):
            set_aside(tx, desk, farm.product, SetAsideForm(reviews=(10**9,), reason="没有这条"))


def test_reviews_are_read_page_by_page(world: World) -> None:
    with world.write() as tx:
        farm, _, run = labelled(tx)
        crowd(tx, run, 2 * PAGE + 1)
        seen: list[int] = []
        before = ""
        for many in (PAGE, PAGE, 1):
            page = reviews_page(tx, farm.product, before)
            assert len(page.lines) == many
            seen += [line.index for line in page.lines]
            before = page.before
        assert before == ""
        assert len(set(seen)) == 2 * PAGE + 1
        with pytest.raises(Refusal):
            reviews_page(tx, farm.product, "1'--")


@given(st.lists(st.integers(0, 20_000), max_size=120).map(sorted))
def test_a_surge_is_whatever_twenty_ratings_in_an_hour_take_part_in(instants: list[int]) -> None:
    found = surges(instants)
    inside = {
        place
        for first in range(len(instants))
        for last in range(first + SURGE - 1, len(instants))
        if instants[last] - instants[first] < SURGE_SECONDS
        for place in range(first, last + 1)
    }
    assert sum(number for _, _, number in found) == len(inside)
    for first, last, _ in found:
        assert {first, last} <= {instants[place] for place in inside}
