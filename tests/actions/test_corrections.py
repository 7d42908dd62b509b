"""Batches put right: together with their record, with a trace, and never under a promise."""

from __future__ import annotations

import pytest
from sqlmodel import select

from tests.actions.farm import Farm, start_farm
from tracer.actions.farm.batches import HarvestForm, SplitForm, split_batch
from tracer.actions.farm.corrections import correct_harvest, withdraw_batch
from tracer.actions.farm.farmwork import (
    OperationForm,
    RetractForm,
    correct_operation,
    retract_operation,
)
from tracer.actions.forms import parse
from tracer.domain.errors import Conflict, Refusal
from tracer.store.stock import remaining
from tracer.store.tables import Batch, Operation, PrintRun, Revision
from tracer.store.world import Tx, World

REASON = RetractForm(reason="称错了")


def split(tx: Tx, farm: Farm, batch: Batch, *parts: dict[str, str]) -> list[Batch]:
    form = {"batch": batch.public_id, "made_on": "2026-07-07", "parts": list(parts)}
    return split_batch(tx, farm.actor, parse(SplitForm, form))


def test_a_harvest_and_its_batch_are_corrected_together(world: World) -> None:
    with world.write() as tx:
        farm = start_farm(tx)
        batch = farm.harvest(tx, ref="采-1")
        form = {
            "campaign": farm.campaign,
            "made_on": "2026-07-05",
            "operator": "王禾",
            "quantity": "50",
        }
        correct_harvest(tx, farm.actor, batch.public_id, parse(HarvestForm, form))
        record = tx.session.get_one(Operation, batch.operation_id)
        assert (record.version, record.quantity_milli, batch.quantity_milli) == (2, 50_000, 50_000)
        kept = tx.session.exec(select(Revision).where(Revision.table == "batch")).one()
        assert (kept.before["quantity_milli"], kept.before["made_on"]) == (500_000, "2026-07-06")
        assert farm.harvest(tx, ref="采-1").id == batch.id, "a late resend of the first version"
        split(tx, farm, batch, {"quantity": "10"})
        with pytest.raises(Conflict, match="先撤回"):
            correct_harvest(tx, farm.actor, batch.public_id, parse(HarvestForm, form))


def test_the_record_of_a_batch_is_not_changed_behind_its_back(world: World) -> None:
    with world.write() as tx:
        farm = start_farm(tx)
        batch = farm.harvest(tx)
        record = tx.session.get_one(Operation, batch.operation_id)
        with pytest.raises(Refusal, match="批次"):
            retract_operation(tx, farm.actor, record.public_id, REASON)
        with pytest.raises(Refusal, match="批次"):
            harvest = farm.work(kind="harvest", quantity="5", unit="kg", input=None)
            correct_operation(tx, farm.actor, record.public_id, parse(OperationForm, harvest))


def test_a_withdrawn_batch_is_empty_and_gives_back(world: World) -> None:
    with world.write() as tx:
        farm = start_farm(tx)
        batch = farm.harvest(tx)
        (part,) = split(tx, farm, batch, {"quantity": "100"})
        with pytest.raises(Conflict, match="先撤回"):
            withdraw_batch(tx, farm.actor, batch.public_id, REASON)
        withdraw_batch(tx, farm.actor, part.public_id, REASON)
        assert str(remaining(tx.session, batch)) == "500 公斤"
        kept = tx.session.exec(select(Revision).where(Revision.row_id == part.id)).one()
        assert kept.before["sources"] == {batch.public_id: 100_000}
        withdraw_batch(tx, farm.actor, batch.public_id, REASON)
        record = tx.session.get_one(Operation, batch.operation_id)
        assert (record.retracted, record.note, batch.quantity_milli) == (True, "称错了", 0)
        assert withdraw_batch(tx, farm.actor, batch.public_id, REASON).id == batch.id
        with pytest.raises(Refusal, match="只剩 0"):
            split(tx, farm, batch, {"quantity": "1"})


def test_a_batch_with_printed_labels_is_not_withdrawn(world: World) -> None:
    with world.write() as tx:
        farm = start_farm(tx)
        batch = farm.harvest(tx)
        tx.session.add(
            PrintRun(
                public_id="R",
                producer_id=batch.producer_id,
                batch_id=batch.id,
                design="tag",
                stock="a4",
                first_index=0,
                count=1,
                created_by=farm.actor.account_id,
                created_at=tx.now,
            )
        )
        tx.session.flush()
        with pytest.raises(Conflict, match="打印了标签"):
            withdraw_batch(tx, farm.actor, batch.public_id, REASON)
