"""Campaigns and works: legal fields, versions, resending, and never another producer's."""

from __future__ import annotations

from typing import Any

import pytest
from sqlmodel import select

from tests.actions.farm import Farm, second_farm, start_farm
from tracer.actions.farm.campaigns import CampaignForm, CloseForm, close_campaign, open_campaign
from tracer.actions.farm.farmwork import (
    OperationForm,
    RecordIncomplete,
    RetractForm,
    correct_operation,
    record_operation,
    retract_operation,
)
from tracer.actions.forms import parse
from tracer.domain.errors import Conflict, NotFound, Refusal
from tracer.store.lookups import current_operations
from tracer.store.tables import Operation, Posting
from tracer.store.world import Tx, World

REASON = RetractForm(reason="记到别的地块了")


def record(tx: Tx, farm: Farm, **changed: Any) -> Operation:
    return record_operation(tx, farm.actor, parse(OperationForm, farm.work(**changed)))


def current(tx: Tx, row: Operation) -> list[Operation]:
    return current_operations(tx.session, [row.campaign_id])


def test_a_record_holds_what_was_done(world: World) -> None:
    with world.write() as tx:
        farm = start_farm(tx)
        row = record(tx, farm, supplier="邻村农资店")
        assert (row.kind, row.dose, row.dose_unit) == ("chemical_control", "25", "毫升/亩")
        assert row.details == {"supplier": "邻村农资店"}
        posted = tx.session.exec(select(Posting).where(Posting.row == "C.2-5")).one()
    assert posted.evidence_id == row.public_id


def test_resending_a_record_changes_nothing(world: World) -> None:
    with world.write() as tx:
        farm = start_farm(tx)
        first = record(tx, farm, ref="手机-1")
        assert record(tx, farm, ref="手机-1").id == first.id
        with pytest.raises(Conflict, match=r"手机-1.*用量"):
            record(tx, farm, ref="手机-1", dose="40")
        assert record(tx, farm).id != first.id


def test_a_correction_is_the_next_version(world: World) -> None:
    with world.write() as tx:
        farm = start_farm(tx)
        first = record(tx, farm, ref="手机-1")
        second = correct_operation(
            tx, farm.actor, first.public_id, parse(OperationForm, farm.work(dose="30"))
        )
        assert (second.ref, second.version, first.dose) == ("手机-1", 2, "25")
        assert current(tx, second) == [second]
        unchanged = correct_operation(
            tx, farm.actor, second.public_id, parse(OperationForm, farm.work(dose="30"))
        )
        assert unchanged.id == second.id
        assert record(tx, farm, ref="手机-1").id == second.id, "a late resend of the first version"
        with pytest.raises(Conflict, match="刷新"):
            correct_operation(
                tx, farm.actor, first.public_id, parse(OperationForm, farm.work(dose="20"))
            )
        assert len(tx.session.exec(select(Posting).where(Posting.row == "C.2-5")).all()) == 1


def test_a_retracted_record_says_why_and_counts_no_more(world: World) -> None:
    with world.write() as tx:
        farm = start_farm(tx)
        first = record(tx, farm)
        last = retract_operation(tx, farm.actor, first.public_id, REASON)
        assert (last.version, last.note, last.dose) == (2, "记到别的地块了", "25")
        assert current(tx, first) == []
        assert retract_operation(tx, farm.actor, first.public_id, REASON).id == last.id
        with pytest.raises(Conflict, match="撤回"):
            correct_operation(
                tx, farm.actor, last.public_id, parse(OperationForm, farm.work(dose="20"))
            )


def test_all_that_the_law_misses_is_told_at_once(world: World) -> None:
    with world.write() as tx:
        farm = start_farm(tx)
        with pytest.raises(RecordIncomplete) as refused:
            record(tx, farm, target=None, method=None)
    assert {problem.field for problem in refused.value.problems} == {"target", "method"}


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"kind": "medication"}, "kind"),
        ({"kind": "harvest"}, "kind"),
        ({"kind": "top_dressing"}, "input"),
        ({"occurred_on": "2026-03-31"}, "occurred_on"),
        ({"occurred_on": "2026-07-09"}, "occurred_on"),
        ({"ended_on": "2026-06-30"}, "ended_on"),
        ({"dose": "0"}, "dose"),
    ],
)
def test_a_work_that_cannot_be_is_refused(
    world: World, changed: dict[str, str], field: str
) -> None:
    with world.write() as tx:
        farm = start_farm(tx)
        with pytest.raises(Refusal) as refused:
            record(tx, farm, **changed)
    assert refused.value.field == field


def test_a_campaign_is_opened_once(world: World) -> None:
    form = {"ref": "2026-HG-1", "name": "2026 年夏茬黄瓜", "started_on": "2026-04-01"}
    with world.write() as tx:
        farm = start_farm(tx)
        form |= {"product": farm.product, "plot": farm.plot}
        assert open_campaign(tx, farm.actor, parse(CampaignForm, form)).public_id == farm.campaign
        with pytest.raises(Conflict, match="开始日期"):
            open_campaign(tx, farm.actor, parse(CampaignForm, form | {"started_on": "2026-04-02"}))
        with pytest.raises(Refusal, match="还没到"):
            later = form | {"ref": "2026-HG-2", "started_on": "2026-07-09"}
            open_campaign(tx, farm.actor, parse(CampaignForm, later))
        posted = tx.session.exec(select(Posting).where(Posting.row == "C.2-4")).all()
    assert [posting.evidence_id for posting in posted] == [farm.campaign]


def test_nothing_is_recorded_after_the_end(world: World) -> None:
    with world.write() as tx:
        farm = start_farm(tx)
        record(tx, farm)
        with pytest.raises(Refusal, match="2026年7月1日还有作业"):
            close_campaign(tx, farm.actor, farm.campaign, CloseForm(ended_on="2026-06-30"))
        with pytest.raises(Refusal, match="还没到"):
            close_campaign(tx, farm.actor, farm.campaign, CloseForm(ended_on="2026-07-09"))
        close_campaign(tx, farm.actor, farm.campaign, CloseForm(ended_on="2026-07-05"))
        record(tx, farm, occurred_on="2026-07-05")
        with pytest.raises(Refusal, match="已经结束"):
            record(tx, farm, occurred_on="2026-07-06")


def test_another_producers_records_do_not_exist(world: World) -> None:
    with world.write() as tx:
        farm, other = start_farm(tx), second_farm(tx)
        row = record(tx, farm)
        form = parse(OperationForm, farm.work())
        with pytest.raises(NotFound):
            record_operation(tx, other.actor, form)
        for theirs in ("campaign", "input"):
            mixed = parse(
                OperationForm,
                other.work(**{theirs: getattr(farm, theirs.replace("input", "spray"))}),
            )
            with pytest.raises(NotFound):
                record_operation(tx, other.actor, mixed)
        with pytest.raises(NotFound):
            record_operation(tx, other.actor, parse(OperationForm, other.work(plot=farm.plot)))
        with pytest.raises(NotFound):
            correct_operation(tx, other.actor, row.public_id, form)
        with pytest.raises(NotFound):
            retract_operation(tx, other.actor, row.public_id, REASON)
        with pytest.raises(NotFound):
            close_campaign(tx, other.actor, farm.campaign, CloseForm(ended_on="2026-07-05"))
