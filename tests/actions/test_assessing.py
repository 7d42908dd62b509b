"""From the call to the licence, by the real actions, for every packaged standard."""

from __future__ import annotations

import pytest

from tests.actions.assessing import (
    apply,
    close_it,
    license_it,
    licensed,
    mark,
    open_desk,
    open_gates,
)
from tests.actions.farm import start_farm
from tracer.actions.assessments import find
from tracer.actions.licences import resume, suspend, withdraw_licence
from tracer.domain.assessing import LicenceState, Stage, parse_licence_number
from tracer.domain.clock import day_of
from tracer.queries.assessment_replay import replay
from tracer.queries.fsck import fsck
from tracer.queries.licence_check import check_licence
from tracer.store.assessments import state_of
from tracer.store.world import World


def test_a_product_goes_from_call_to_licence(any_world: World) -> None:
    with any_world.write() as tx:
        licence = licensed(tx, open_desk(tx), start_farm(tx))
        assert parse_licence_number(licence.number.lower()) == licence.number
        assert state_of(tx.session, licence, day_of(tx.now)) is LicenceState.IN_FORCE


@pytest.mark.parametrize("standard", ["liaolan", "changshou-009", "heitu"])
def test_every_standard_for_products_is_run_the_same_way(world: World, standard: str) -> None:
    with world.write() as tx:
        desk = open_desk(tx)
        row = apply(tx, desk, start_farm(tx), standard)
        open_gates(tx, desk, row)
        mark(tx, desk, row)
        result = close_it(tx, desk, row)
        assert result.passed
        assert license_it(tx, desk, row).log_index > result.log_index
        assert find(tx, row.public_id).stage == Stage.LICENSED


def test_the_log_and_the_results_are_rebuilt_from_the_rows(any_world: World) -> None:
    with any_world.write() as tx:
        desk = open_desk(tx)
        licence = licensed(tx, desk, start_farm(tx))
        suspend(tx, desk.operator, licence.public_id, "抽检发现问题，先停用标识")
        resume(tx, desk.operator, licence.public_id, "整改完成")
        withdraw_licence(tx, desk.operator, licence.public_id, "转让标识")
    with any_world.read() as tx:
        assert [one for one in fsck(tx) if one] == []
        assert [one.problem for one in replay(tx)] == [""]
        check = check_licence(tx, licence)
        assert check.genuine
        assert check.state is LicenceState.WITHDRAWN
