"""What is upheld against a base's companies and products stays with the base."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.actions.farm import Farm, start_farm
from tests.actions.supervision import incident_form, operators, paper, tell, uphold
from tests.actions.test_bases import TODAY, product, resident
from tests.actions.village_base import found_base, kept
from tracer.actions.actor import Actor
from tracer.actions.bases.founding import LeaveForm, drop_product, leave
from tracer.actions.forms import parse
from tracer.domain.bases import ClauseState
from tracer.domain.clock import FixedClock
from tracer.domain.errors import Refusal
from tracer.store.base_facts import base_facts
from tracer.store.tables import Producer
from tracer.store.world import Tx, World


def _settled(tx: Tx) -> tuple[Actor, Farm, list[Actor]]:
    base, farm = found_base(tx), start_farm(tx)
    resident(tx, base, farm)
    product(tx, base, farm)
    kept(tx, base, "clean_record")
    return base, farm, operators(tx, "jia", "yi")


def _leave(tx: Tx, base: Actor, farm: Farm, on: str) -> None:
    producer = tx.session.get_one(Producer, farm.actor.producer).public_id
    leave(tx, base, producer, parse(LeaveForm, {"left_on": on}))


@pytest.mark.parametrize("days", [0, 1])
def test_a_base_is_not_cleared_by_sending_a_company_away(
    world: World, clock: FixedClock, days: int
) -> None:
    with world.write() as tx:
        base, farm, desk = _settled(tx)
        said = {"kind": "sampling", "document": "平农检〔2026〕7 号", "file": paper(tx, desk[0])}
        uphold(tx, farm, desk, incident_form(tx, farm, **said))
        clock.advance(int(timedelta(days=days).total_seconds()))
    on = TODAY + timedelta(days=days)
    with world.write() as tx:
        _leave(tx, base, farm, on.isoformat())
        assert base_facts(tx.session, base.base, on).standing("5.4.2").state is ClauseState.UNMET


def test_a_leaving_told_backwards_takes_no_decision_from_the_base(world: World) -> None:
    with world.write() as tx:
        base, farm, desk = _settled(tx)
        said = {"kind": "sampling", "document": "平农检〔2026〕7 号", "file": paper(tx, desk[0])}
        uphold(tx, farm, desk, incident_form(tx, farm, **said))
        with pytest.raises(Refusal, match="退出从登记这天算起"):
            _leave(tx, base, farm, "2026-01-06")
        assert base_facts(tx.session, base.base, TODAY).standing("5.4.2").state is ClauseState.UNMET


def test_what_a_company_did_after_it_left_is_not_the_bases(world: World, clock: FixedClock) -> None:
    with world.write() as tx:
        base, farm, desk = _settled(tx)
        _leave(tx, base, farm, TODAY.isoformat())
        clock.advance(int(timedelta(days=1).total_seconds()))
    on = TODAY + timedelta(days=1)
    with world.write() as tx:
        said = {"kind": "sampling", "document": "平农检〔2026〕7 号", "file": paper(tx, desk[0])}
        uphold(tx, farm, desk, incident_form(tx, farm, **said))
        assert base_facts(tx.session, base.base, on).standing("5.4.2").state is ClauseState.MET


def test_a_false_certificate_stays_with_the_base_when_its_product_is_taken_out(
    world: World, clock: FixedClock
) -> None:
    with world.write() as tx:
        base, farm, desk = _settled(tx)
        told = tell(tx, farm.harvest(tx))
        uphold(tx, farm, desk, incident_form(tx, farm, told, kind="false_certificate"))
        clock.advance(60)
    with world.write() as tx:
        assert base_facts(tx.session, base.base, TODAY).counterfeit == 1
        drop_product(tx, base, farm.product)
        assert base_facts(tx.session, base.base, TODAY).counterfeit == 1
