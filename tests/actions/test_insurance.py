"""码上保: a policy is claimed once for a product, covers while in force, and earns what it may."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from sqlmodel import select

from tests.actions.farm import Farm, second_farm, start_farm
from tests.actions.insurance import policy_form
from tracer.actions.credit_replay import replay
from tracer.actions.forms import parse
from tracer.actions.insurance import (
    EndPolicyForm,
    claim_insurance,
    edit_policy,
    end_policy,
    record_policy,
)
from tracer.actions.printing.paper import run_labels
from tracer.actions.printing.runs import PrintForm, print_labels
from tracer.domain.clock import FixedClock, day_of
from tracer.domain.errors import Conflict, NotFound, Refusal
from tracer.domain.printing import Part
from tracer.store.policies import policy_for
from tracer.store.tables import (
    CreditScore,
    InsuredProduct,
    Policy,
    Posting,
    PrintRun,
    Product,
    Revision,
)
from tracer.store.world import Tx, World

DAY = 86_400
ENDED = EndPolicyForm(reason="换了保险公司")


def insured(tx: Tx, **changed: Any) -> tuple[Farm, Policy, Product]:
    """A farm whose product is insured."""
    farm = start_farm(tx)
    policy = record_policy(tx, farm.actor, policy_form(**changed))
    claim_insurance(tx, farm.actor, policy.public_id, farm.product)
    return farm, policy, product_of(tx, farm)


def product_of(tx: Tx, farm: Farm) -> Product:
    return tx.session.exec(select(Product).where(Product.public_id == farm.product)).one()


def printed(tx: Tx, farm: Farm, count: int, **changed: Any) -> PrintRun:
    form = {"design": "trace-a4-3x8", "stock": "a4-3x8", "count": count, **changed}
    return print_labels(tx, farm.actor, parse(PrintForm, form))


def tally(tx: Tx, product: Product, row: str) -> dict[str, int]:
    score = tx.session.get(CreditScore, ("product", product.id))
    found: dict[str, int] = score.tallies.get(row, {}) if score else {}
    return found


def test_a_policy_sent_twice_is_one(world: World) -> None:
    with world.write() as tx:
        farm = start_farm(tx)
        first = record_policy(tx, farm.actor, policy_form())
        assert record_policy(tx, farm.actor, policy_form()).id == first.id
        assert first.limit_yuan == 1_000_000
        with pytest.raises(Conflict, match="保额与原来的不一样"):
            record_policy(tx, farm.actor, policy_form(limit="200"))


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"valid_to": "2025-12-31"}, "早于保险起期"),
        ({"valid_from": "2025-01-01", "valid_to": "2026-07-07"}, "已经到期"),
        ({"limit": "0"}, "保额要大于 0"),
        ({"limit": "0.00001"}, "最小到元"),
        ({"limit": "很多"}, "要填数字"),
        ({"insurer": ""}, "保险公司没有填"),
        ({"number": "\u202e1"}, "看不见的特殊字符"),
    ],
)
def test_a_wrong_policy_is_refused(world: World, changed: dict[str, str], message: str) -> None:
    with world.write() as tx:
        farm = start_farm(tx)
        with pytest.raises(Refusal, match=message):
            record_policy(tx, farm.actor, policy_form(**changed))


def test_a_typing_mistake_is_corrected_and_kept(world: World) -> None:
    with world.write() as tx:
        farm, policy, _ = insured(tx, limit="10")
        edit_policy(tx, farm.actor, policy.public_id, policy_form())
        assert policy.limit_yuan == 1_000_000
        assert tx.session.exec(select(Revision)).one().before["limit_yuan"] == 100_000
        other = record_policy(tx, farm.actor, policy_form(number="PZAB-2"))
        with pytest.raises(Conflict, match="请查对保单号"):
            edit_policy(tx, farm.actor, other.public_id, policy_form())
        end_policy(tx, farm.actor, policy.public_id, ENDED)
        with pytest.raises(Conflict, match="已经退保"):
            edit_policy(tx, farm.actor, policy.public_id, policy_form(limit="300"))


def test_claiming_earns_once_for_a_product_ever(any_world: World) -> None:
    with any_world.write() as tx:
        farm, policy, product = insured(tx)
        again = claim_insurance(tx, farm.actor, policy.public_id, farm.product)
        assert again.claimed_at == tx.now
        second = record_policy(tx, farm.actor, policy_form(number="PZAB-2", insurer="大地保险"))
        claim_insurance(tx, farm.actor, second.public_id, farm.product)
        assert len(tx.session.exec(select(InsuredProduct)).all()) == 2
        rows = tx.session.exec(select(Posting).where(Posting.row == "C.2-9")).all()
        assert [(row.target_id, Fraction(row.amount)) for row in rows] == [(product.id, 10)]
        assert [one for one in replay(tx) if one] == []


def test_only_ones_own_policy_and_product(world: World) -> None:
    with world.write() as tx:
        farm, policy, _ = insured(tx)
        stranger = second_farm(tx)
        with pytest.raises(NotFound):
            claim_insurance(tx, stranger.actor, policy.public_id, stranger.product)
        with pytest.raises(NotFound):
            claim_insurance(tx, farm.actor, policy.public_id, stranger.product)
        with pytest.raises(NotFound):
            end_policy(tx, stranger.actor, policy.public_id, ENDED)
        with pytest.raises(NotFound):
            edit_policy(tx, stranger.actor, policy.public_id, policy_form())
        with pytest.raises(NotFound):
            printed(tx, stranger, 1, policy=policy.public_id)


def test_covered_from_the_first_to_the_last_day(world: World, clock: FixedClock) -> None:
    with world.write() as tx:
        _, policy, product = insured(tx, valid_from="2026-07-08", valid_to="2026-07-09")
        assert policy_for(tx.session, product.id or 0, date(2026, 7, 9)) is policy
        assert policy_for(tx.session, product.id or 0, date(2026, 7, 10)) is None
    clock.advance(2 * DAY)
    with world.write() as tx:
        farm_policy = tx.session.exec(select(Policy)).one()
        product = tx.session.exec(select(Product)).one()
        assert policy_for(tx.session, product.id or 0, day_of(tx.now)) is None
        # The report of a past day still says what it said then.
        assert policy_for(tx.session, product.id or 0, date(2026, 7, 9)) is farm_policy


def test_a_claim_does_not_reach_back(world: World) -> None:
    with world.write() as tx:
        _, _, product = insured(tx)
        assert policy_for(tx.session, product.id or 0, date(2026, 7, 7)) is None
        assert policy_for(tx.session, product.id or 0, date(2026, 7, 8)) is not None


def test_an_ended_policy_covers_nothing_from_that_day(world: World, clock: FixedClock) -> None:
    with world.write() as tx:
        farm, policy, product = insured(tx)
    clock.advance(DAY)
    with world.write() as tx:
        end_policy(tx, farm.actor, policy.public_id, ENDED)
        resent = end_policy(tx, farm.actor, policy.public_id, EndPolicyForm(reason="别的"))
        assert resent.ended_reason == ENDED.reason
        assert policy_for(tx.session, product.id or 0, date(2026, 7, 8)) is not None
        assert policy_for(tx.session, product.id or 0, date(2026, 7, 9)) is None
        batch = farm.harvest(tx)
        with pytest.raises(Conflict, match="已经退保"):
            printed(tx, farm, 1, batch=batch.public_id, policy=policy.public_id)


def test_of_two_policies_the_one_that_holds_longest(world: World) -> None:
    with world.write() as tx:
        farm, first, product = insured(tx)
        longer = record_policy(tx, farm.actor, policy_form(number="B", valid_to="2027-06-30"))
        assert policy_for(tx.session, product.id or 0, day_of(tx.now)) == first
        claim_insurance(tx, farm.actor, longer.public_id, farm.product)
        assert policy_for(tx.session, product.id or 0, day_of(tx.now)) == longer


def test_what_is_not_in_force_is_not_claimed(world: World, clock: FixedClock) -> None:
    with world.write() as tx:
        farm = start_farm(tx)
        later = record_policy(tx, farm.actor, policy_form(valid_from="2026-07-09"))
        with pytest.raises(Conflict, match="2026年7月9日才生效"):
            claim_insurance(tx, farm.actor, later.public_id, farm.product)
        short = record_policy(tx, farm.actor, policy_form(number="B", valid_to="2026-07-08"))
    clock.advance(DAY)
    with world.write() as tx:
        with pytest.raises(Conflict, match="已经到期"):
            claim_insurance(tx, farm.actor, short.public_id, farm.product)
        claim_insurance(tx, farm.actor, later.public_id, farm.product)


def test_insured_labels_count_by_the_thousand(world: World) -> None:
    with world.write() as tx:
        farm, policy, product = insured(tx)
        batch = farm.harvest(tx)
        printed(tx, farm, 999, batch=batch.public_id, policy=policy.public_id)
        printed(tx, farm, 500, batch=batch.public_id)
        assert tally(tx, product, "C.2-10") == {"prints": 999}
        run = printed(tx, farm, 1, batch=batch.public_id, policy=policy.public_id)
        assert run.policy_id == policy.id
        amounts = tx.session.exec(select(Posting.amount).where(Posting.row == "C.2-10")).all()
        assert sorted(Fraction(amount) for amount in amounts) == [0, 10]
        assert [one for one in replay(tx) if one] == []


def test_painting_a_thousand_times_again_counts_nothing(world: World) -> None:
    with world.write() as tx:
        farm, policy, product = insured(tx)
        batch = farm.harvest(tx)
        run = printed(tx, farm, 24, batch=batch.public_id, policy=policy.public_id)
        before = len(tx.session.exec(select(Posting)).all())
        for _ in range(1_000):
            run_labels(tx, run, Part(1, 1), None)
        assert tally(tx, product, "C.2-10") == {"prints": 24}
        assert len(tx.session.exec(select(Posting)).all()) == before


def test_no_insured_label_without_a_claimed_product(world: World) -> None:
    with world.write() as tx:
        farm = start_farm(tx)
        policy = record_policy(tx, farm.actor, policy_form())
        batch = farm.harvest(tx)
        with pytest.raises(Refusal, match="还没有申领码上保"):
            printed(tx, farm, 1, batch=batch.public_id, policy=policy.public_id)
        claim_insurance(tx, farm.actor, policy.public_id, farm.product)
        with pytest.raises(Refusal, match="要先选好批次"):
            printed(tx, farm, 1, policy=policy.public_id)


@pytest.mark.parametrize(
    ("valid_from", "valid_to", "said"),
    [
        ("2026-01-01", "2099-12-31", "最长 5 年"),
        ("2026-01-01", "2031-01-02", "最长 5 年"),
        ("2016-01-01", "2020-12-31", "10 年以前"),
    ],
)
def test_absurd_terms_are_refused(world: World, valid_from: str, valid_to: str, said: str) -> None:
    with world.write() as tx:
        farm = start_farm(tx)
        with pytest.raises(Refusal, match=said):
            record_policy(tx, farm.actor, policy_form(valid_from=valid_from, valid_to=valid_to))
        policy = record_policy(tx, farm.actor, policy_form())
        with pytest.raises(Refusal, match=said):
            edit_policy(
                tx,
                farm.actor,
                policy.public_id,
                policy_form(valid_from=valid_from, valid_to=valid_to),
            )
        record_policy(
            tx,
            farm.actor,
            policy_form(number="五年", valid_from="2024-02-29", valid_to="2029-02-28"),
        )


def test_what_is_over_is_not_edited_into_force(world: World, clock: FixedClock) -> None:
    with world.write() as tx:
        farm, policy, _ = insured(tx)
        last = policy.valid_to
    clock.advance(((last - day_of(clock.now())).days + 1) * DAY)
    with world.write() as tx:
        row = tx.session.get_one(Policy, policy.id)
        longer = policy_form(valid_to=day_of(tx.now + 200 * DAY).isoformat())
        with pytest.raises(Conflict, match="登记新的保单"):
            edit_policy(tx, farm.actor, row.public_id, longer)
        edit_policy(tx, farm.actor, row.public_id, policy_form(payout="写错了，改一下"))
        assert (row.valid_to, row.payout) == (last, "写错了，改一下")
