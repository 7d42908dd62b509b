"""From the call to the licence, by the real actions, for every packaged standard."""

from __future__ import annotations

from datetime import date

import pytest

from tests.actions.assessing import (
    apply,
    apply_for,
    close_it,
    full_rows,
    license_it,
    licensed,
    mark,
    open_desk,
    open_gates,
)
from tests.actions.farm import start_farm
from tests.actions.village_base import BASE, found_base
from tracer.actions.assessment.assessing import start_marking
from tracer.actions.assessment.licences import resume, suspend, withdraw_licence
from tracer.actions.assessment.moving import find, standard_of
from tracer.actions.assessment.paper import paper_pdf
from tracer.actions.bases.founding import ResidentForm, admit_resident
from tracer.actions.forms import parse
from tracer.domain.assessing import LicenceState, Stage, parse_licence_number
from tracer.domain.clock import FixedClock, day_of
from tracer.domain.errors import Refusal
from tracer.queries.assessment.licence_check import check_licence
from tracer.queries.assessment.replay import replay
from tracer.queries.assessment.report import report_paper
from tracer.queries.assessment.result import result_page
from tracer.queries.fsck import fsck
from tracer.store.assessments import state_of
from tracer.store.tables import Account, Assessment, AssessmentResult, Producer, Product
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


def test_a_base_is_judged_by_its_clauses(any_world: World) -> None:
    with any_world.write() as tx:
        farm, desk, base = start_farm(tx), open_desk(tx, 1), found_base(tx)
        row = apply_for(tx, desk, base, "otop-1003")
        assert row.form["applicant_kind"] == "地方政府及内设机构"
        producer = tx.session.get_one(Producer, farm.actor.producer)
        resident = {"producer": producer.public_id, "admitted_on": "2026-01-05", "met": "符合"}
        admit_resident(tx, base, parse(ResidentForm, resident))
        tied = tx.session.get_one(Account, desk.experts[0].account_id)
        tied.producer_id = producer.id
        with pytest.raises(Refusal, match="本单位"):
            start_marking(tx, desk.operator, row.public_id, desk.ids)
        tied.producer_id = None
        mark(tx, desk, row)
        result = close_it(tx, desk, row)
        licence = license_it(tx, desk, row)
        assert (result.total, result.outcome) == ("26", "符合建设条件")
        assert (licence.holder, licence.subject) == (BASE["applicant"], BASE["name"])
    with any_world.read() as tx:
        assert check_licence(tx, licence).genuine
        assert [one for one in fsck(tx) if one] == []


def test_one_clause_that_is_not_met_decides_against_a_base(world: World) -> None:
    with world.write() as tx:
        desk, base = open_desk(tx, 1), found_base(tx)
        row = apply_for(tx, desk, base, "otop-1003")
        pack, _ = standard_of(tx, row)
        mark(tx, desk, row, full_rows(pack) | {"5.1.2": {"value": "不符合", "note": "没有成立"}})
        result = close_it(tx, desk, row)
        assert (result.total, result.passed) == ("25", False)


def test_what_was_altered_after_it_was_given_is_noticed(world: World) -> None:
    with world.write() as tx:
        desk = open_desk(tx)
        licence = licensed(tx, desk, start_farm(tx))
        act = suspend(tx, desk.operator, licence.public_id, "抽检发现问题，先停用标识")
        result = tx.session.get_one(AssessmentResult, licence.assessment_id)
        given = dict(result.answers)
    for row, changed, said in (
        (licence, {"subject": "红富士苹果"}, "显示的栏目和签名的内容不符"),
        (licence, {"valid_to": date(2099, 1, 1)}, "显示的栏目和签名的内容不符"),
        (licence, {"signature": bytes(64)}, "签名和内容不符"),
        (act, {"reason": "没有原因"}, "改动过"),
        (result, {"total": "101"}, "改动过"),
        (result, {"answers": {**given, "table": "2"}}, "改动过"),
    ):
        with world.write() as tx:
            kept = tx.session.merge(row)
            before = {name: getattr(kept, name) for name in changed}
            for name, value in changed.items():
                setattr(kept, name, value)
        with world.read() as tx:
            assert any(said in one for one in fsck(tx) if one), changed
            if row is result:
                assert all(one.problem for one in replay(tx))
        with world.write() as tx:
            kept = tx.session.merge(row)
            for name, value in before.items():
                setattr(kept, name, value)
    with world.read() as tx:
        assert [one for one in fsck(tx) if one] == []


def test_a_deleted_withdrawal_does_not_bring_a_licence_back(world: World) -> None:
    with world.write() as tx:
        desk = open_desk(tx)
        licence = licensed(tx, desk, start_farm(tx))
        act = withdraw_licence(tx, desk.operator, licence.public_id, "转让标识")
        tx.session.delete(act)
    with world.read() as tx:
        assert check_licence(tx, licence).state is LicenceState.WITHDRAWN
        assert any("记录不见了" in one for one in fsck(tx) if one)


def test_a_name_changed_later_changes_no_result_and_no_licence(
    world: World, clock: FixedClock
) -> None:
    with world.write() as tx:
        desk, farm = open_desk(tx), start_farm(tx)
        row = apply(tx, desk, farm, "liaolan")
        open_gates(tx, desk, row)
        mark(tx, desk, row)
        close_it(tx, desk, row)
        before = result_page(tx, row), paper_pdf(report_paper(tx, row))
    clock.advance(86_400)
    with world.write() as tx:
        row = tx.session.get_one(Assessment, row.id)
        tx.session.get_one(Product, row.product_id).name = "别的瓜"
        tx.session.get_one(Producer, row.producer_id).name = "别的合作社"
        assert (result_page(tx, row), paper_pdf(report_paper(tx, row))) == before
        licence = license_it(tx, desk, row)
        assert (licence.holder, licence.subject) == (before[0].holder, before[0].subject)
