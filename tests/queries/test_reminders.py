"""The desk's home names what is due today and what is late, each for who must act."""

from __future__ import annotations

from tests.actions.farm import Farm, start_farm
from tests.actions.supervision import OPINION, incident_form, operators, tell, verdict
from tracer.actions.actor import Actor
from tracer.actions.supervision.adjudicate import confirm, decide
from tracer.actions.supervision.opening import open_incident
from tracer.actions.supervision.supervise import StatementForm, answer, appeal
from tracer.domain.clock import FixedClock
from tracer.domain.supervision import ANSWER_DAYS, DESK_DAYS
from tracer.queries.reminders import reminders
from tracer.store.world import World

DAY = 86_400


def told(world: World) -> list[tuple[str, bool]]:
    with world.read() as tx:
        return [(one.act, one.late) for one in reminders(tx)]


def begin(world: World) -> tuple[Farm, list[Actor], str]:
    with world.write() as tx:
        farm = start_farm(tx)
        return farm, operators(tx, "jia", "yi"), tell(tx, farm.harvest(tx)).public_id


def test_a_report_is_taken_up_within_its_days(any_world: World, clock: FixedClock) -> None:
    begin(any_world)
    clock.advance((DESK_DAYS - 1) * DAY)
    assert told(any_world) == []
    clock.advance(DAY)
    assert told(any_world) == [("请受理", False)]
    clock.advance(DAY)
    assert told(any_world) == [("请受理", True)]
    with any_world.read() as tx:
        (one,) = reminders(tx)
    assert (one.report != "", one.incident) == (True, "")
    assert one.when == "应在2026年7月15日前办，已过期"


def test_each_step_that_waits_for_the_desk_is_reminded_of(
    any_world: World, clock: FixedClock
) -> None:
    farm, desk, report = begin(any_world)
    with any_world.write() as tx:
        public_id = open_incident(
            tx, desk[0], incident_form(tx, farm, kind="complaint", reports=[report])
        ).public_id
    clock.advance((ANSWER_DAYS + DESK_DAYS) * DAY)
    # The producer had 7 days; the desk's own begin when they are over.
    assert told(any_world) == [("生产者到期没有说明，请作出决定", False)]
    with any_world.write() as tx:
        answer(tx, farm.actor, public_id, StatementForm(text="在查"))
    assert told(any_world) == []
    clock.advance(DESK_DAYS * DAY)
    assert told(any_world) == [("请作出决定", False)]
    with any_world.write() as tx:
        decide(tx, desk[0], public_id, verdict())
    clock.advance((DESK_DAYS + 1) * DAY)
    assert told(any_world) == [("请另一位管理员复核", True)]
    with any_world.write() as tx:
        confirm(tx, desk[1], public_id, OPINION)
        appeal(tx, farm.actor, public_id, StatementForm(text="不服"))
    clock.advance(DESK_DAYS * DAY)
    assert told(any_world) == [("请没有经手过的管理员审查申诉", False)]
