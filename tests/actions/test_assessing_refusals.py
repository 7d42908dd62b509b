"""What cannot be done on the way to a licence gets a sentence, and loses nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import func, select

from tests.actions.assessing import (
    REPORT,
    Desk,
    account,
    apply,
    apply_for,
    call_for,
    close_it,
    full_rows,
    hand_in,
    license_it,
    licensed,
    mark,
    open_desk,
    open_gates,
)
from tests.actions.farm import Farm, start_farm
from tests.actions.village_base import found_base
from tracer.actions.actor import Actor
from tracer.actions.assessment.applying import (
    start,
)
from tracer.actions.assessment.assessing import (
    TieForm,
    answer_gates,
    declare_tie,
    return_application,
    start_marking,
)
from tracer.actions.assessment.calls import end_call
from tracer.actions.assessment.closing import LicenceForm, ReportForm, close, license, refuse
from tracer.actions.assessment.licences import resume, suspend, withdraw_licence
from tracer.actions.assessment.moving import facts_now, standard_of
from tracer.actions.assessment.sheets import StaleSheet, save_sheet, submit_sheet
from tracer.actions.farm.reports import ReportForm as LaboratoryForm
from tracer.actions.farm.reports import add_report
from tracer.actions.forms import parse
from tracer.domain.assessing import Stage
from tracer.domain.clock import FixedClock
from tracer.domain.errors import Conflict, Forbidden, NotFound, Refusal
from tracer.store.assessments import sheets_of
from tracer.store.tables import (
    Account,
    Assessment,
    AssessmentResult,
    AssessmentStep,
    Licence,
    LicenceStep,
    LogLeaf,
    Producer,
    ScoreSheet,
)
from tracer.store.world import Tx, World

LABORATORY = {
    "number": "QD-2",
    "kind": "委托检测",
    "laboratory": "青岛某检测公司",
    "sampled_on": "2026-07-07",
    "tested_on": "2026-07-08",
    "items": [{"analyte": "克百威", "value": "0.3", "passed": False}],
    "passed": False,
}


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


def marking(tx: Tx, desk: Desk, farm: Farm, standard: str = "liaolan") -> list[ScoreSheet]:
    """The sheets of an application that was just given out."""
    row = apply(tx, desk, farm, standard)
    open_gates(tx, desk, row)
    start_marking(tx, desk.operator, row.public_id, desk.ids)
    return sheets_of(tx.session, row)


def refusal(action: Any, *args: Any) -> Refusal:
    with pytest.raises(Refusal) as refused:
        action(*args)
    assert not refused.value.message.isascii()
    return refused.value


def test_what_the_records_say_is_overruled_only_with_a_reason(
    tx: Tx, farm: Farm, desk: Desk
) -> None:
    row = apply(tx, desk, farm, "liaolan")
    for answer in ("无", {"value": "无", "note": " "}):  # there is no batch yet: 有
        told = refusal(answer_gates, tx, desk.operator, row.public_id, {"4.2-4": answer})
        assert (told.code, told.field) == ("missing_note", "4.2-4")
    answer_gates(
        tx, desk.operator, row.public_id, {"4.2-4": {"value": "无", "note": "纸质记录齐全"}}
    )
    assert row.gates["4.2-4"] == {"value": "无", "note": "纸质记录齐全", "computed": "有"}
    for wrong in ({"4.2-4": "也许"}, {"9": "无"}, {"4.2-1a": "蓼兰"}):
        assert refusal(answer_gates, tx, desk.operator, row.public_id, wrong).field in wrong


def test_nothing_is_marked_before_the_conditions_are_answered(
    tx: Tx, farm: Farm, desk: Desk
) -> None:
    row = apply(tx, desk, farm, "liaolan")
    told = refusal(start_marking, tx, desk.operator, row.public_id, desk.ids)
    assert told.code == "missing_gate"
    assert refusal(close_it, tx, desk, row).code == "missing_gate"
    open_gates(tx, desk, row)
    assert refusal(close_it, tx, desk, row).code == "not_marked"


def test_records_that_came_since_are_looked_at_again(tx: Tx, farm: Farm, desk: Desk) -> None:
    row = apply(tx, desk, farm, "liaolan")
    open_gates(tx, desk, row)
    assert row.gates["4.2-3"] == {"value": "无", "note": "", "computed": None}  # never tested
    failed = {**LABORATORY, "batch": farm.harvest(tx).public_id}
    add_report(tx, farm.actor, parse(LaboratoryForm, failed))
    told = refusal(start_marking, tx, desk.operator, row.public_id, desk.ids)
    assert (told.code, told.field) == ("missing_note", "4.2-3")
    answer_gates(tx, desk.operator, row.public_id, {"4.2-3": "有"})
    told = refusal(start_marking, tx, desk.operator, row.public_id, desk.ids)
    assert told.code == "gate_closed"


def test_a_condition_that_is_not_met_ends_it_without_marks(tx: Tx, farm: Farm, desk: Desk) -> None:
    row = apply(tx, desk, farm, "liaolan")
    open_gates(tx, desk, row)
    answer_gates(tx, desk.operator, row.public_id, {"4.2-1b": "有"})
    told = refusal(start_marking, tx, desk.operator, row.public_id, desk.ids)
    assert told.code == "gate_closed"
    result = close_it(tx, desk, row)
    assert (result.total, result.outcome, result.passed) == (None, "不予评价", False)
    kept = row.facts["facts"]["tests_passed"]
    assert row.facts["on"] == "2026-07-08"
    failed = {**LABORATORY, "batch": farm.harvest(tx).public_id}
    add_report(tx, farm.actor, parse(LaboratoryForm, failed))
    _, flow = standard_of(tx, row)
    assert row.facts["facts"]["tests_passed"] == kept
    assert facts_now(tx, row, flow)["tests_passed"].text != kept["text"]
    assert refusal(license_it, tx, desk, row).code == "not_passed"
    refuse(tx, desk.operator, row.public_id, "防护距离不达标")
    assert refuse(tx, desk.operator, row.public_id, "防护距离不达标").stage == Stage.REFUSED


def test_nobody_marks_their_own_company(tx: Tx, farm: Farm, desk: Desk) -> None:
    row = apply(tx, desk, farm, "liaolan")
    open_gates(tx, desk, row)
    account(tx, desk.experts[0]).producer_id = farm.actor.producer
    told = refusal(start_marking, tx, desk.operator, row.public_id, desk.ids)
    assert (told.code, "专家甲" in told.message) == ("tied", True)
    account(tx, desk.experts[0]).producer_id = None
    start_marking(tx, desk.operator, row.public_id, desk.ids)
    producer = tx.session.get_one(Producer, farm.actor.producer)
    form = {"account": desk.ids[0], "producer": producer.public_id, "reason": "是亲属"}
    with pytest.raises(Forbidden):
        declare_tie(tx, desk.experts[1], parse(TieForm, form))
    declare_tie(tx, desk.experts[0], parse(TieForm, form))
    declare_tie(tx, desk.operator, parse(TieForm, form))
    sheet = sheets_of(tx.session, row)[0]
    with pytest.raises(Forbidden, match="回避：是亲属"):
        save_sheet(tx, desk.experts[0], sheet.public_id, 0, {"1.4": 4})
    start_marking(tx, desk.operator, row.public_id, desk.ids[1:])
    assert [one.account_id for one in sheets_of(tx.session, row)] == [
        one.account_id for one in desk.experts[1:]
    ]


def test_only_experts_are_given_sheets(tx: Tx, farm: Farm, desk: Desk) -> None:
    row = apply(tx, desk, farm, "heitu")
    for chosen, code in (([], "one_panel"), (desk.ids, "one_panel"), (["ABC"], "no_expert")):
        told = refusal(start_marking, tx, desk.operator, row.public_id, chosen)
        assert (told.code, told.field) == (code, "experts")
    operator = tx.session.get_one(Account, desk.operator.account_id)
    told = refusal(start_marking, tx, desk.operator, row.public_id, [operator.public_id])
    assert told.code == "no_expert"


@pytest.mark.parametrize(
    ("rows", "code", "field"),
    [
        ({"1.4": 4.5}, "over_max", "1.4"),
        ({"1.4": -1}, "below_zero", "1.4"),
        ({"1.4": "很好"}, "not_a_number", "1.4"),
        ({"1.4": None, "3.1": 3.3}, "off_step", "3.1"),
        ({"9.9": 1}, "unknown_row", "9.9"),
        ({"1.4": {"value": 3, "note": 7}}, "bad_answer", "1.4"),
        ({"1.4": {"mark": 3}}, "not_a_number", "1.4"),
    ],
)
def test_a_bad_row_is_named_and_the_rest_stays(
    tx: Tx, farm: Farm, desk: Desk, rows: dict[str, Any], code: str, field: str
) -> None:
    sheet = marking(tx, desk, farm)[0]
    expert = desk.experts[0]
    kept = dict(save_sheet(tx, expert, sheet.public_id, 0, {"1.1-1": 2.5}).rows)
    told = refusal(save_sheet, tx, expert, sheet.public_id, 1, rows)
    assert (told.code, told.field) == (code, field)
    assert (sheet.rows, sheet.version) == (kept, 1)


def test_two_windows_do_not_overwrite_each_other(tx: Tx, farm: Farm, desk: Desk) -> None:
    sheet, expert = marking(tx, desk, farm)[0], desk.experts[0]
    save_sheet(tx, expert, sheet.public_id, 0, {"1.1-1": 2.5})
    assert save_sheet(tx, expert, sheet.public_id, 0, {"1.1-1": 2.5}).version == 1  # sent again
    with pytest.raises(StaleSheet) as stale:
        save_sheet(tx, expert, sheet.public_id, 0, {"1.1-1": 3})
    assert stale.value.sheet.rows["1.1-1"] == {"value": 2.5, "note": ""}
    with pytest.raises(StaleSheet):
        submit_sheet(tx, expert, sheet.public_id, 0)


def test_a_sheet_is_its_experts_alone_and_is_closed_once_handed_in(
    tx: Tx, farm: Farm, desk: Desk
) -> None:
    sheets = marking(tx, desk, farm)
    pack, _ = standard_of(tx, tx.session.get_one(Assessment, sheets[0].assessment_id))
    for stranger in (desk.experts[1], desk.operator, farm.actor):
        with pytest.raises((NotFound, Forbidden)):
            save_sheet(tx, stranger, sheets[0].public_id, 0, {"1.4": 1})
    told = refusal(submit_sheet, tx, desk.experts[0], sheets[0].public_id, 0)
    assert told.code == "missing_rows"
    assert told.field == "1.1-1"
    handed = hand_in(tx, desk.experts[0], sheets[0], full_rows(pack))
    assert submit_sheet(tx, desk.experts[0], handed.public_id, handed.version) is handed
    told = refusal(save_sheet, tx, desk.experts[0], handed.public_id, handed.version, {"1.4": 1})
    assert told.code == "sheet_closed"


def test_a_computed_row_is_overruled_only_with_a_note(tx: Tx, farm: Farm, desk: Desk) -> None:
    farm.harvest(tx)
    sheet, expert = marking(tx, desk, farm)[0], desk.experts[0]
    assert sheet.rows["4.1"] == {"value": 0, "note": ""}  # no certificate, no label yet
    pack, _ = standard_of(tx, tx.session.get_one(Assessment, sheet.assessment_id))
    rows = {key: row for key, row in full_rows(pack, note="").items() if key not in sheet.rows}
    rows["4.1"] = {"value": 6, "note": ""}
    told = refusal(hand_in, tx, expert, sheet, rows)
    assert (told.code, told.field) == ("missing_note", "4.1")
    rows["4.1"] = {"value": 6, "note": "纸质台账齐全"}
    assert hand_in(tx, expert, sheet, rows).submitted_at is not None


def test_what_the_records_do_not_hold_is_not_claimed_silently(tx: Tx, desk: Desk) -> None:
    row = apply_for(tx, desk, found_base(tx), "otop-1003")
    open_gates(tx, desk, row)
    start_marking(tx, desk.operator, row.public_id, desk.ids[:1])
    (sheet,) = sheets_of(tx.session, row)
    pack, _ = standard_of(tx, row)
    rows = full_rows(pack)
    days = {"assessed_on": "1990-01-01", "incidents": [], "records": []}
    for key, value in (("5.2.1", rows["5.2.1"]["value"]), ("5.4.2", days)):
        told = refusal(
            hand_in, tx, desk.experts[0], sheet, rows | {key: {"value": value, "note": ""}}
        )
        assert (told.code, told.field) == ("missing_note", key)
    days["assessed_on"] = "2026-07-08"
    rows["5.4.2"] = {"value": days, "note": ""}
    assert hand_in(tx, desk.experts[0], sheet, rows).submitted_at is not None


def test_a_result_waits_for_every_sheet(tx: Tx, farm: Farm, desk: Desk) -> None:
    sheets = marking(tx, desk, farm)
    row = tx.session.get_one(Assessment, sheets[0].assessment_id)
    pack, _ = standard_of(tx, row)
    for expert, sheet in list(zip(desk.experts, sheets, strict=True))[:2]:
        hand_in(tx, expert, sheet, full_rows(pack))
    told = refusal(close_it, tx, desk, row)
    assert (told.code, "专家丙" in told.message) == ("sheet_missing", True)
    told = refusal(start_marking, tx, desk.operator, row.public_id, desk.ids[1:])
    assert told.code == "sheet_handed_in"
    start_marking(tx, desk.operator, row.public_id, desk.ids[:2])
    assert close_it(tx, desk, row).passed


def test_the_report_asks_what_the_standard_asks(tx: Tx, farm: Farm, desk: Desk) -> None:
    row = apply(tx, desk, farm, "heitu")
    mark(tx, desk, row)
    told = refusal(close, tx, desk.operator, row.public_id, parse(ReportForm, REPORT))
    assert told.field == "brand"
    more = {"brand": "绿畦", "type": "随便", "leader": "王"}
    form = parse(ReportForm, {**REPORT, "more": more})
    assert refusal(close, tx, desk.operator, row.public_id, form).field == "type"
    assert row.stage == Stage.MARKING


def test_nothing_is_done_twice(tx: Tx, farm: Farm, desk: Desk) -> None:
    licence = licensed(tx, desk, farm)
    row = tx.session.get_one(Assessment, licence.assessment_id)
    before = counts(tx)
    assert license_it(tx, desk, row) is licence
    close_it(tx, desk, row)
    assert counts(tx) == before
    told = refusal(license_it, tx, desk, row, 2)
    assert told.code == "stage_passed"
    suspend(tx, desk.operator, licence.public_id, "先停用")
    suspend(tx, desk.operator, licence.public_id, "先停用")
    assert refusal(suspend, tx, desk.operator, licence.public_id, "再停").code == "stage_passed"
    withdraw_licence(tx, desk.operator, licence.public_id, "转让")
    assert refusal(resume, tx, desk.operator, licence.public_id, "改好").code == "stage_passed"
    assert refusal(suspend, tx, desk.operator, licence.public_id, "").field == "reason"
    with pytest.raises(Forbidden):
        resume(tx, farm.actor, licence.public_id, "自己恢复")
    assert tx.session.exec(select(func.count()).select_from(LicenceStep)).one() == 2


def test_an_edition_that_changed_under_a_call_is_noticed(tx: Tx, farm: Farm, desk: Desk) -> None:
    call = call_for(tx, desk, "liaolan")
    call.digest = "0" * 64
    with pytest.raises(Conflict, match="换回原来的文件"):
        start(tx, farm.actor, call.public_id, farm.product)


def test_only_the_desk_decides(tx: Tx, farm: Farm, desk: Desk) -> None:
    row = apply(tx, desk, farm, "liaolan")
    acts: list[Any] = [
        lambda who: return_application(tx, who, row.public_id, "补"),
        lambda who: answer_gates(tx, who, row.public_id, {}),
        lambda who: start_marking(tx, who, row.public_id, desk.ids),
        lambda who: close(tx, who, row.public_id, parse(ReportForm, REPORT)),
        lambda who: refuse(tx, who, row.public_id, "不行"),
        lambda who: end_call(tx, who, "X"),
    ]
    strangers: list[Actor] = [farm.actor, desk.experts[0]]
    for act in acts:
        for who in strangers:
            with pytest.raises(Forbidden):
                act(who)


def test_a_late_day_ends_a_licence(world: World, clock: FixedClock) -> None:
    with world.write() as tx:
        desk, farm = open_desk(tx), start_farm(tx)
        row = apply(tx, desk, farm, "liaolan")
        open_gates(tx, desk, row)
        mark(tx, desk, row)
        close_it(tx, desk, row)
        clock.advance(int(timedelta(days=1).total_seconds()))
    with world.write() as tx:
        again = tx.session.get_one(Assessment, row.id)
        assert license_it(tx, desk, again).valid_from.isoformat() == "2026-07-09"


def test_a_licence_does_not_hold_before_its_result(tx: Tx, farm: Farm, desk: Desk) -> None:
    row = apply(tx, desk, farm, "liaolan")
    open_gates(tx, desk, row)
    mark(tx, desk, row)
    close_it(tx, desk, row)
    form = parse(LicenceForm, {"valid_from": "2026-07-07", "valid_to": "2029-07-06"})
    told = refusal(license, tx, desk.operator, row.public_id, form)
    assert (told.code, told.field) == ("back_dated", "valid_from")
    assert row.stage == Stage.CLOSED


def counts(tx: Tx) -> list[int]:
    tables = (AssessmentResult, AssessmentStep, Licence, LogLeaf)
    return [tx.session.exec(select(func.count()).select_from(one)).one() for one in tables]
