"""The credit report: what it says, why, and what it said on any past day."""

from __future__ import annotations

import json
from datetime import date

import pytest
from sqlmodel import select

from tests.actions.farm import start_farm
from tests.actions.supervision import incident_form, operators, paper, uphold, verdict
from tests.web.goods import sell
from tracer.actions import credit
from tracer.actions.supervision.adjudicate import decide_appeal
from tracer.actions.supervision.review import review, review_token
from tracer.actions.supervision.supervise import StatementForm, appeal
from tracer.domain.clock import FixedClock
from tracer.domain.errors import NotFound, Refusal
from tracer.domain.words import Rating
from tracer.queries.credit.report import CreditReport, credit_report
from tracer.store.tables import Producer, Product
from tracer.store.world import World

DAY = 86400


def report_on(world: World, table: type[Product] | type[Producer], on: date | None = None):  # type: ignore[no-untyped-def]
    with world.read() as tx:
        return credit_report(tx, tx.session.exec(select(table)).one().public_id, on)


def points(report: CreditReport) -> dict[str, str]:
    return {row.key: row.points for group in report.groups for row in group.rows}


def test_a_product_is_told_by_both_groups_with_clause_and_evidence(any_world: World) -> None:
    goods = sell(any_world)
    report = report_on(any_world, Product)
    assert [group.title for group in report.groups] == ["约束性信用指标", "增信性信用指标"]
    # one report, one campaign, two works (a spraying and the harvest), one batch, one certificate
    assert points(report) == {
        "C.2-3": "+20",
        "C.2-4": "+20",
        "C.2-5": "+10",
        "C.2-6": "+10",
        "C.2-7": "+5",
    } | ({"C.2-8": "0"} if "C.2-8" in points(report) else {})
    assert (report.index, report.grade, report.grade_word) == ("65", "D", "信用等级")
    row = next(row for row in report.groups[1].rows if row.key == "C.2-7")
    assert row.clause == "表 C.2 序号 7"
    assert row.evidence[0].path == f"/C/{goods.certificate}"
    tested = report.groups[0].rows[0]
    assert tested.evidence[0].path == f"/B/{goods.batch}"
    assert "质量抽检" in report.groups[0].silent
    assert str(report.history[-1].index) == "65.0"
    assert report.status == "征求意见稿"
    assert "不是征信" in report.note
    json.dumps(report.as_dict(), ensure_ascii=False)


def test_a_past_day_is_told_as_it_was(any_world: World, clock: FixedClock) -> None:
    goods = sell(any_world)
    before = report_on(any_world, Product)
    clock.advance(3 * DAY)
    with any_world.write() as tx:
        index = goods.run.first_index
        review(tx, index, review_token(tx.secrets, index, tx.now), Rating.GOOD, visitor=1)
    now = report_on(any_world, Product)
    assert (now.index, now.grade) == ("365", "A")
    assert [(one.day, str(one.index)) for one in now.history] == [
        (date(2026, 7, 8), "65.0"),
        (date(2026, 7, 11), "365.0"),
    ]
    then = report_on(any_world, Product, date(2026, 7, 10))
    assert (then.index, then.groups) == (before.index, before.groups)
    assert not then.today
    subject = report_on(any_world, Producer, date(2026, 7, 10))
    assert str(subject.history[-1].index).removesuffix(".0") == subject.index
    with pytest.raises(NotFound):
        report_on(any_world, Product, date(2026, 7, 7))
    with pytest.raises(Refusal, match="最晚只能看到今天"):
        report_on(any_world, Product, date(2026, 7, 12))


def test_a_subject_counts_its_own_rows_and_the_mean_of_its_products(world: World) -> None:
    sell(world)
    with world.write() as tx:
        producer = tx.session.exec(select(Producer)).one()
        credit.count_subject(tx, producer, "C.1-22", "decision", "平市监罚〔2026〕12号")
    report = report_on(world, Producer)
    assert report.grade_word == "农安等级"
    assert points(report)["C.1-22"] == "-20"
    mean = points(report)["C.1-注2"]
    assert mean == "+65"
    assert str(report.history[-1].index).removesuffix(".0") == report.index
    assert [(one.name, one.points) for one in report.members] == [("黄瓜", "65")]


def test_what_was_upheld_is_told_with_its_basis_as_of_each_day(
    any_world: World, clock: FixedClock
) -> None:
    goods = sell(any_world)
    with any_world.write() as tx:
        desk = operators(tx, "jia", "yi", "bing")
        form = incident_form(
            tx,
            goods.farm,
            kind="penalty",
            product=None,
            document="平农罚〔2026〕3 号",
            file=paper(tx, desk[0]),
        )
        row = uphold(tx, goods.farm, desk, form)
        public_id = row.public_id
    clock.advance(2 * DAY)
    (told,) = report_on(any_world, Producer).upheld
    assert (told.document, told.basis, told.papers) == ("平农罚〔2026〕3 号", "检测报告 QD-77", 1)
    assert "20 分" in told.cost
    assert report_on(any_world, Product).upheld == ()
    rows = report_on(any_world, Producer).groups[0].rows
    assert f"#incident-{public_id}" in {one.path for row in rows for one in row.evidence}
    with any_world.write() as tx:
        appeal(tx, goods.farm.actor, public_id, StatementForm(text="不服"))
    assert report_on(any_world, Producer).upheld[0].contested
    clock.advance(DAY)
    with any_world.write() as tx:
        decide_appeal(tx, desk[2], public_id, verdict())
    assert report_on(any_world, Producer).upheld == ()
    (told,) = report_on(any_world, Producer, date(2026, 7, 8)).upheld
    assert (told.withdrawn, told.contested) == (True, False)


def test_a_household_is_not_rated_and_stays_masked(world: World) -> None:
    sell(world, kind="农户", name="李长河", uscc=None, id_card="370283198001010019")
    subject, product = report_on(world, Producer), report_on(world, Product)
    assert (subject.rated, subject.index, subject.groups, subject.history) == (False, "", (), ())
    assert [one.points for one in subject.members] == ["65"]
    for report in (subject, product):
        said = json.dumps(report.as_dict(), ensure_ascii=False)
        assert "李**" in said
        for canary in ("李长河", "370283198001010019", "13800001234", "王禾", "河西村"):
            assert canary not in said


@pytest.mark.parametrize("text", ["", "7K3M9Q2XW4D", "7K3M9Q2XW4E", "open-data", "'; --"])
def test_an_unknown_id_is_not_found(world: World, text: str) -> None:
    with world.write() as tx:
        start_farm(tx)
    with world.read() as tx, pytest.raises(NotFound):
        credit_report(tx, text)
