"""申报: what an application asks, what is refused in a sentence, and that nothing typed is lost."""

from __future__ import annotations

from typing import Any

import pytest
from sqlmodel import func, select

from tests.actions.assessing import (
    Desk,
    apply,
    call_for,
    fill,
    open_desk,
)
from tests.actions.farm import Farm, second_farm, start_farm
from tests.actions.supervision import PDF
from tracer.actions.assessment.applying import (
    EvidenceForm,
    Upload,
    add_evidence,
    finish_recommendation,
    recommend,
    save_form,
    start,
    submit,
    take_back,
    withdraw_evidence,
)
from tracer.actions.assessment.assessing import (
    return_application,
)
from tracer.actions.assessment.calls import end_call, open_call
from tracer.actions.assessment.moving import standard_of
from tracer.actions.forms import parse
from tracer.domain.assessing import Stage
from tracer.domain.clock import FixedClock
from tracer.domain.errors import Forbidden, NotFound, Refusal
from tracer.store.assessments import evidence_of, steps_of
from tracer.store.tables import (
    AssessmentEvidence,
)
from tracer.store.world import Tx, World


@pytest.fixture
def tx(world: World) -> Any:
    with world.write() as opened:
        yield opened


@pytest.fixture
def farm(tx: Tx) -> Farm:
    return start_farm(tx)


@pytest.fixture
def desk(tx: Tx, farm: Farm) -> Desk:
    return open_desk(tx)


def refusal(action: Any, *args: Any) -> Refusal:
    with pytest.raises(Refusal) as refused:
        action(*args)
    assert not refused.value.message.isascii()
    return refused.value


def test_an_application_is_one_for_call_and_product(tx: Tx, farm: Farm, desk: Desk) -> None:
    call = call_for(tx, desk, "liaolan")
    assert call_for(tx, desk, "liaolan").id == call.id
    first = start(tx, farm.actor, call.public_id, farm.product)
    assert start(tx, farm.actor, call.public_id, farm.product).id == first.id
    take_back(tx, farm.actor, first.public_id)
    assert take_back(tx, farm.actor, first.public_id).stage == Stage.WITHDRAWN
    again = start(tx, farm.actor, call.public_id, farm.product)
    assert again.number != first.number


def test_what_the_service_knows_is_filled_in(tx: Tx, farm: Farm, desk: Desk) -> None:
    row = start(tx, farm.actor, call_for(tx, desk, "liaolan").public_id, farm.product)
    assert row.form["name"] == "绿畦蔬菜专业合作社"
    assert row.form["product"] == "黄瓜"
    assert row.form["phone"] == "13800001234"


def test_another_farm_does_not_see_it(tx: Tx, farm: Farm, desk: Desk) -> None:
    row = start(tx, farm.actor, call_for(tx, desk, "liaolan").public_id, farm.product)
    other = second_farm(tx)
    for act in (
        lambda: save_form(tx, other.actor, row.public_id, {"area": "3"}),
        lambda: submit(tx, other.actor, row.public_id, True),
        lambda: start(tx, other.actor, call_for(tx, desk, "liaolan").public_id, farm.product),
    ):
        with pytest.raises(NotFound):
            act()


def test_a_wrong_answer_names_its_question_and_keeps_the_others(
    tx: Tx, farm: Farm, desk: Desk
) -> None:
    row = start(tx, farm.actor, call_for(tx, desk, "liaolan").public_id, farm.product)
    save_form(tx, farm.actor, row.public_id, {"area": "12.50", "class": "果蔬"})
    for key, value in (
        ("area", "很大"),
        ("class", "星星"),
        ("phone", "12"),
        ("uscc", "93370283MA3T0X00X0"),
        ("salary", "1"),
    ):
        assert refusal(save_form, tx, farm.actor, row.public_id, {key: value}).field == key
    kept = save_form(tx, farm.actor, row.public_id, {"class": ""}).form
    assert kept["area"] == "12.5"
    assert "class" not in kept


def test_what_is_missing_is_told_at_once(tx: Tx, farm: Farm, desk: Desk) -> None:
    row = start(tx, farm.actor, call_for(tx, desk, "liaolan").public_id, farm.product)
    told = refusal(submit, tx, farm.actor, row.public_id, True)
    assert told.field == "legal_person"
    assert "种植面积" in str(told.hint)
    _, flow = standard_of(tx, row)
    save_form(
        tx,
        farm.actor,
        row.public_id,
        {
            "legal_person": "王禾",
            "contact": "王禾",
            "class": "果蔬",
            "area": "12",
            "output": "30",
            "distance": "附近没有",
            "introduction": "好吃",
        },
    )
    told = refusal(submit, tx, farm.actor, row.public_id, True)
    assert (told.code, told.field) == ("missing_paper", "M1")
    fill(tx, farm.actor, row)
    assert refusal(submit, tx, farm.actor, row.public_id, False).field == "declared"
    assert submit(tx, farm.actor, row.public_id, True).stage == Stage.SUBMITTED
    assert submit(tx, farm.actor, row.public_id, True).stage == Stage.SUBMITTED
    assert [step.step for step in steps_of(tx.session, row)].count("submitted") == 1
    assert flow.declaration


def test_papers_are_kept_once_and_withdrawn_not_deleted(tx: Tx, farm: Farm, desk: Desk) -> None:
    row = start(tx, farm.actor, call_for(tx, desk, "liaolan").public_id, farm.product)
    form = parse(EvidenceForm, {"item": "1.4", "kind": "record", "title": "农资台账"})
    first = add_evidence(tx, farm.actor, row.public_id, form, Upload("台账.pdf", PDF))
    again = add_evidence(tx, farm.actor, row.public_id, form, Upload("台账.pdf", PDF))
    assert again.id == first.id
    unknown = parse(EvidenceForm, {"item": "9.9", "kind": "record", "title": "台账"})
    assert refusal(add_evidence, tx, farm.actor, row.public_id, unknown).code == "unknown_row"
    withdraw_evidence(tx, farm.actor, row.public_id, first.public_id)
    withdraw_evidence(tx, farm.actor, row.public_id, first.public_id)
    assert evidence_of(tx.session, row) == []
    assert tx.session.exec(select(func.count()).select_from(AssessmentEvidence)).one() == 1


@pytest.mark.parametrize("content", [b"", b"#!/bin/sh", b"GIF89a"])
def test_a_file_of_another_kind_is_refused(tx: Tx, farm: Farm, desk: Desk, content: bytes) -> None:
    row = start(tx, farm.actor, call_for(tx, desk, "liaolan").public_id, farm.product)
    form = parse(EvidenceForm, {"item": "1.4", "kind": "photo", "title": "仓库"})
    told = refusal(add_evidence, tx, farm.actor, row.public_id, form, Upload("a.jpg", content))
    assert told.code == "file_unreadable"


def test_a_call_is_open_from_its_first_to_its_last_day(
    tx: Tx, farm: Farm, desk: Desk, clock: FixedClock
) -> None:
    later = call_for(tx, desk, "liaolan", opens_on="2026-07-09")
    assert refusal(start, tx, farm.actor, later.public_id, farm.product).code == "not_open"
    ended = call_for(tx, desk, "heitu")
    row = start(tx, farm.actor, ended.public_id, farm.product)
    fill(tx, farm.actor, row)
    end_call(tx, desk.operator, ended.public_id)
    end_call(tx, desk.operator, ended.public_id)
    assert refusal(submit, tx, farm.actor, row.public_id, True).code == "call_ended"
    assert row.stage == Stage.DRAFT


def test_calls_are_for_operators_and_for_standards_that_take_applications(
    tx: Tx, farm: Farm, desk: Desk
) -> None:
    assert refusal(call_for, tx, desk, "gveaia-016.1").code == "no_applications"
    assert refusal(call_for, tx, desk, "nobody").code == "unknown_standard"
    backwards = {"opens_on": "2026-07-10", "closes_on": "2026-07-09"}
    with pytest.raises(Refusal, match="截止日期"):
        call_for(tx, desk, "liaolan", **backwards)
    past = {"opens_on": "2026-06-01", "closes_on": "2026-06-09"}
    assert refusal(lambda: call_for(tx, desk, "liaolan", **past)).code == "past"
    with pytest.raises(Forbidden):
        open_call(tx, farm.actor, None)  # type: ignore[arg-type]


def test_a_product_does_not_apply_for_a_base(tx: Tx, farm: Farm, desk: Desk) -> None:
    call = call_for(tx, desk, "otop-1003")
    with pytest.raises(Forbidden, match="基地"):
        start(tx, farm.actor, call.public_id, farm.product)


def test_what_is_returned_may_come_again_after_the_last_day(tx: Tx, farm: Farm, desk: Desk) -> None:
    row = apply(tx, desk, farm, "liaolan")
    return_application(tx, desk.operator, row.public_id, "请补土壤检测报告")
    assert (row.stage, steps_of(tx.session, row)[-1].note) == (Stage.RETURNED, "请补土壤检测报告")
    call = call_for(tx, desk, "liaolan")
    end_call(tx, desk.operator, call.public_id)
    assert submit(tx, farm.actor, row.public_id, True).stage == Stage.SUBMITTED
    assert refusal(return_application, tx, desk.operator, row.public_id, " ").field == "note"


def test_a_recommendation_is_kept_in_parts_and_finished_whole(
    tx: Tx, farm: Farm, desk: Desk
) -> None:
    row = apply(tx, desk, farm, "heitu")
    recommend(tx, desk.operator, row.public_id, {"industry": "蔬菜", "staff.1": "20"})
    told = refusal(finish_recommendation, tx, desk.operator, row.public_id)
    assert told.code == "missing"
    assert "产值" in str(told.hint)
    told = refusal(recommend, tx, desk.operator, row.public_id, {"profit.2": "不少"})
    assert told.field == "profit.2"
    assert row.recommendation["staff.1"] == "20"
    other = apply(tx, desk, second_farm(tx), "liaolan")
    assert refusal(recommend, tx, desk.operator, other.public_id, {}).code == "no_recommendation"
