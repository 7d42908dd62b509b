"""再来一批: one number makes batch, certificate and label; sending it twice makes them once."""

from __future__ import annotations

import pytest
from sqlmodel import func, select

from tests.actions.farm import second_farm, start_farm
from tracer.actions.certificates.issue import GateClosed
from tracer.actions.farm.farmwork import OperationForm, record_operation
from tracer.actions.forms import parse
from tracer.actions.printing import paper as print_paper
from tracer.actions.repeat import RepeatForm, repeat
from tracer.domain.clock import FixedClock
from tracer.domain.errors import Conflict, NotFound
from tracer.store.tables import Batch, Certificate, PrintRun
from tracer.store.world import World


def test_one_number_makes_batch_certificate_and_label(world: World) -> None:
    with world.write() as tx:
        farm = start_farm(tx)
        last = farm.harvest(tx)
        form = parse(RepeatForm, {"ref": "r-1", "batch": last.public_id, "quantity": "320"})
        first, second = (repeat(tx, farm.actor, form) for _ in range(2))
        assert first.certificate.id == second.certificate.id
        assert first.batch.made_on.isoformat() == "2026-07-08"
        assert tx.session.exec(select(func.count()).select_from(Certificate)).one() == 1
        assert tx.session.exec(select(func.count()).select_from(PrintRun)).one() == 1
    with world.read() as tx:
        assert print_paper.run_png(tx, first.run, 1).startswith(b"\x89PNG")


def test_sent_again_after_midnight_it_is_still_the_same(world: World, clock: FixedClock) -> None:
    with world.write() as tx:
        farm = start_farm(tx)
        last = farm.harvest(tx)
        form = parse(RepeatForm, {"ref": "r-1", "batch": last.public_id, "quantity": "320"})
        first = repeat(tx, farm.actor, form)
    clock.advance(86_400)
    with world.write() as tx:
        again = repeat(tx, farm.actor, form)
        assert (again.batch.id, again.run.id) == (first.batch.id, first.run.id)
        assert again.batch.made_on.isoformat() == "2026-07-08"
        other = form.model_copy(update={"quantity": "321"})
        with pytest.raises(Conflict):
            repeat(tx, farm.actor, other)


def test_the_gate_keeps_all_of_it_or_nothing(world: World) -> None:
    with world.write() as tx:
        farm = start_farm(tx)
        last = farm.harvest(tx)
        record_operation(tx, farm.actor, parse(OperationForm, farm.work(occurred_on="2026-07-07")))
    with pytest.raises(GateClosed), world.write() as tx:
        repeat(tx, farm.actor, RepeatForm(batch=last.public_id, quantity="320"))
    with world.read() as tx:
        assert len(tx.session.exec(select(Batch)).all()) == 1


def test_only_ones_own_batch_is_repeated(world: World) -> None:
    with world.write() as tx:
        last = start_farm(tx).harvest(tx)
        other = second_farm(tx)
        with pytest.raises(NotFound):
            repeat(tx, other.actor, RepeatForm(batch=last.public_id, quantity="320"))
