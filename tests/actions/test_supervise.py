"""Reporting: by who holds the code, once, with nobody's telephone in sight."""

from __future__ import annotations

import io

import pytest
from PIL import Image
from sqlmodel import select, text

from tests.actions.farm import second_farm, start_farm
from tests.actions.supervision import (
    OPINION,
    incident_form,
    operators,
    paper,
    tell,
    uphold,
    verdict,
)
from tracer.actions.forms import parse
from tracer.actions.supervision.adjudicate import confirm, decide
from tracer.actions.supervision.opening import open_incident
from tracer.actions.supervision.page_token import page_token
from tracer.actions.supervision.supervise import (
    OPEN_A_DAY,
    PublicReportForm,
    StatementForm,
    answer,
    appeal,
    report,
)
from tracer.domain.clock import FixedClock
from tracer.domain.errors import Conflict, NotFound, Refusal
from tracer.domain.supervision import ANSWER_DAYS, APPEAL_DAYS, Stage
from tracer.domain.words import ProducerKind, Role
from tracer.queries.supervision import incident as incident_pages
from tracer.queries.supervision import lists as incident_lists
from tracer.queries.supervision.public import receipt_page, upheld
from tracer.store.contacts import contact_of
from tracer.store.tables import IncidentStep, PublicReport, StoredFile
from tracer.store.world import World

DAY = 86_400


def photo() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "green").save(out, "PNG")
    return out.getvalue()


def test_a_report_is_kept_with_photo_and_hidden_telephone(any_world: World) -> None:
    with any_world.write() as tx:
        row = tell(tx, start_farm(tx).harvest(tx), phone="138 0000 9999", photo=photo())
        assert contact_of(tx.secrets, row) == "13800009999"
        assert row.contact_cipher is not None
        assert b"13800009999" not in row.contact_cipher
        kept = tx.session.exec(select(StoredFile)).one()
        assert ([kept.public_id], kept.media_type, kept.producer_id) == (
            row.files,
            "image/jpeg",
            None,
        )


def test_the_same_thing_told_twice_by_a_device_is_one_report(world: World) -> None:
    with world.write() as tx:
        batch = start_farm(tx).harvest(tx)
        first = tell(tx, batch)
        assert tell(tx, batch, text="又说一遍").public_id == first.public_id
        assert tell(tx, batch, visitor=8).public_id != first.public_id
        other = tell(tx, batch, concern="false_information", row="C.2-3")
        assert other.public_id != first.public_id
        assert tell(tx, batch, concern="false_information", row="C.2-5").row == "C.2-5"
        assert tell(tx, batch, concern="false_information", row="unsure").row is None
        assert len(tx.session.exec(select(PublicReport)).all()) == 5


def test_a_device_may_report_only_so_much_a_day(world: World, clock: FixedClock) -> None:
    rows = ["C.2-1", "C.2-2", "C.2-3", "C.2-5", "C.2-6", "C.2-14"]
    with world.write() as tx:
        batch = start_farm(tx).harvest(tx)
        for row in rows[:OPEN_A_DAY]:
            tell(tx, batch, concern="false_information", row=row)
        with pytest.raises(Refusal, match="请明天再来"):
            tell(tx, batch, concern="false_information", row=rows[OPEN_A_DAY])
    clock.advance(DAY)
    with world.write() as tx:
        tell(tx, batch, concern="false_information", row=rows[OPEN_A_DAY])


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"concern": "weather"}, "不在可选范围里"),
        ({"concern": "false_information"}, "哪一项信息不实"),
        ({"concern": "false_information", "row": "C.1-8"}, "不在可选范围里"),
        ({"text": ""}, "情况说明没有填"),
        ({"text": "长" * 2001}, "太长"),
        ({"text": "药味\u202e重"}, "看不见的特殊字符"),
        ({"phone": "12345"}, "11 位手机号"),
        ({"photo": b"%PDF-1.7\n%%EOF"}, "只收照片"),
        ({"photo": b"not a picture"}, "打不开"),
    ],
)
def test_bad_reports_are_told_what_is_wrong(
    world: World, said: dict[str, object], sentence: str
) -> None:
    with world.write() as tx:
        batch = start_farm(tx).harvest(tx)
        with pytest.raises(Refusal, match=sentence):
            tell(tx, batch, **said)  # type: ignore[arg-type]


def test_only_the_page_of_the_code_may_report(world: World) -> None:
    with world.write() as tx:
        batch = start_farm(tx).harvest(tx)
        form = parse(PublicReportForm, {"concern": "quality", "text": "药味重"})
        good = page_token(tx.secrets, "batch", batch.id or 0, tx.now)
        other = page_token(tx.secrets, "batch", 99, tx.now)
        kind = page_token(tx.secrets, "label", batch.id or 0, tx.now)
        old = page_token(tx.secrets, "batch", batch.id or 0, tx.now - DAY - 1)
        for token in ("", "x", "é.é", good + "0", other, kind, old):
            with pytest.raises(Refusal, match="过期"):
                report(tx, "batch", batch.id or 0, token, form, 1)


def test_a_producer_answers_its_own_incidents_only(world: World, clock: FixedClock) -> None:
    with world.write() as tx:
        farm, other = start_farm(tx), second_farm(tx)
        desk = operators(tx, "jia")
        row = open_incident(tx, desk[0], incident_form(tx, farm, tell(tx, farm.harvest(tx))))
        said = StatementForm(text="已经停售，送检了")
        with pytest.raises(NotFound):
            answer(tx, other.actor, row.public_id, said)
        for _ in range(2):
            assert answer(tx, farm.actor, row.public_id, said).stage == Stage.ANSWERED
        assert len(tx.session.exec(select(IncidentStep)).all()) == 2
        with pytest.raises(NotFound):
            answer(
                tx,
                farm.actor,
                row.public_id,
                StatementForm(text="别家的材料", file=paper(tx, desk[0])),
            )
        decide(tx, desk[0], row.public_id, verdict())
        with pytest.raises(Conflict, match="待复核"):
            answer(tx, farm.actor, row.public_id, StatementForm(text="再说一句"))


def test_nobody_is_found_guilty_unheard(world: World, clock: FixedClock) -> None:
    with world.write() as tx:
        farm = start_farm(tx)
        (one,) = operators(tx, "jia")
        row = open_incident(tx, one, incident_form(tx, farm, tell(tx, farm.harvest(tx))))
        with pytest.raises(Refusal, match="还没有说明"):
            decide(tx, one, row.public_id, verdict())
    # The day of opening does not count: the seventh day after it is still in time.
    clock.advance(ANSWER_DAYS * DAY)
    with world.write() as tx, pytest.raises(Refusal, match="还没有说明"):
        decide(tx, one, row.public_id, verdict())
    clock.advance(DAY)
    with world.write() as tx:
        assert decide(tx, one, row.public_id, verdict()).stage == Stage.PROPOSED


@pytest.mark.parametrize(("days", "in_time"), [(APPEAL_DAYS, True), (APPEAL_DAYS + 1, False)])
def test_an_appeal_is_in_time_or_not(
    world: World, clock: FixedClock, days: int, in_time: bool
) -> None:
    with world.write() as tx:
        farm = start_farm(tx)
        desk = operators(tx, "jia", "yi")
        row = uphold(tx, farm, desk, incident_form(tx, farm, tell(tx, farm.harvest(tx))))
    clock.advance(days * DAY)
    with world.write() as tx:
        said = StatementForm(text="复检合格，附报告")
        if in_time:
            for _ in range(2):
                assert appeal(tx, farm.actor, row.public_id, said).stage == Stage.APPEALED
            with pytest.raises(Conflict):
                appeal(tx, farm.actor, row.public_id, StatementForm(text="再申诉一次"))
        else:
            with pytest.raises(Refusal, match="申诉期已过"):
                appeal(tx, farm.actor, row.public_id, said)


def test_no_telephone_stands_anywhere_but_behind_the_cipher(world: World) -> None:
    canary = "13912345678"
    with world.write() as tx:
        farm = start_farm(tx)
        desk = operators(tx, "jia", "yi")
        told = tell(tx, farm.harvest(tx), phone=canary)
        row = open_incident(tx, desk[0], incident_form(tx, farm, told))
        answer(tx, farm.actor, row.public_id, StatementForm(text="在查"))
        with pytest.raises(Refusal, match="请去掉"):
            decide(tx, desk[0], row.public_id, verdict(reason="机主 139-1234-5678 说得对"))
        decide(tx, desk[0], row.public_id, verdict())
        confirm(tx, desk[1], row.public_id, OPINION)
        for table in ("public_report", "incident", "incident_step", "posting", "log_leaf"):
            for kept in tx.session.execute(text(f"SELECT * FROM {table}")):  # noqa: S608
                assert canary not in repr(kept)
                assert canary.encode().hex() not in repr(kept)


def test_pages_say_what_each_may_know(any_world: World) -> None:
    with any_world.write() as tx:
        farm = start_farm(tx)
        desk = operators(tx, "jia", "yi")
        batch = farm.harvest(tx)
        told = tell(tx, batch, phone="13912345678", photo=photo())
        loose = tell(tx, batch, visitor=8, concern="false_information", row="C.2-3")
        row = uphold(tx, farm, desk, incident_form(tx, farm, told))
        listed = incident_lists.incidents_page(tx, True)
        assert [one.id for one in listed.reports] == [loose.public_id]
        assert [one.id for one in listed.closed] == [row.public_id]
        assert incident_lists.waiting_numbers(tx)[0] == ("新的举报投诉", "1")
        page = incident_pages.incident_page(tx, row.public_id, desk[0].account_id, Role.OPERATOR)
        assert page.reports[0].phone == "13912345678"
        assert page.turns == frozenset()
        expert = incident_pages.incident_page(tx, row.public_id, 0, Role.EXPERT)
        mine = incident_pages.own_incident_page(tx, row)
        assert (expert.reports[0].phone, mine.reports[0].phone, mine.loose) == ("", "", ())
        assert {step.who for step in mine.steps} == {"平台管理员", "生产者"}
        assert mine.turns == {"appealed"}
        assert incident_pages.file_of(tx, told.files[0], farm.actor.producer)
        with pytest.raises(NotFound):
            incident_pages.file_of(tx, told.files[0], farm.actor.producer + 1)
        (shown,) = upheld(tx, row.producer_id, batch.product_id)
        assert (shown.reason, shown.contested) == ("复检农药残留超标", False)
        assert "20 分" in shown.cost
        assert (shown.basis, shown.papers, shown.logged != "") == ("检测报告 QD-77", 0, True)
        assert receipt_page(tx, told.public_id).word == "查实了"
        assert receipt_page(tx, loose.public_id.lower()).word == "已收到"


def test_what_stands_against_a_household_is_shown_without_a_number(world: World) -> None:
    with world.write() as tx:
        farm = start_farm(tx, kind=ProducerKind.HOUSEHOLD.label, uscc=None)
        desk = operators(tx, "jia", "yi")
        batch = farm.harvest(tx)
        uphold(tx, farm, desk, incident_form(tx, farm, tell(tx, batch)))
        (shown,) = upheld(tx, batch.producer_id, batch.product_id)
        assert shown.cost == "农户不参加主体评分，只记录，不扣分"
