"""The demo: its workbook says what its rows say, it loads once, and it shows every state."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlmodel import func, select

from demo.make_workbook import rows
from tests.actions.farm import start_farm
from tracer.actions.demo.village import (
    LAST_DAY,
    OPERATOR,
    PASSWORD,
    PRODUCERS,
    WORKBOOK,
    DemoSummary,
    load_demo,
)
from tracer.actions.exchange.files import read_tables
from tracer.actions.exchange.rows import read_lines
from tracer.actions.exchange.sheets import SHEETS
from tracer.actions.people.accounts import authenticate
from tracer.domain.clock import FixedClock
from tracer.domain.errors import Refusal
from tracer.domain.gate import check_promise, next_clear
from tracer.domain.words import BatchKind, ProducerKind
from tracer.queries.assessment.replay import replay
from tracer.queries.fsck import fsck
from tracer.store.assessments import state_of
from tracer.store.cases import campaign_harvest, promise_case
from tracer.store.stock import remaining
from tracer.store.tables import (
    Account,
    Batch,
    Call,
    Campaign,
    Certificate,
    Licence,
    Operation,
    Posting,
    PrintRun,
    Producer,
    Product,
    Review,
    ScanTally,
    Voiding,
)
from tracer.store.world import World

TODAY = date(2026, 11, 22)
on_the_day = pytest.mark.parametrize("clock", [TODAY], indirect=True)


def test_the_workbook_says_what_its_rows_say() -> None:
    lines, mistakes = read_lines(read_tables(WORKBOOK.name, WORKBOOK.read_bytes()))
    assert mistakes == []
    written = rows()
    for sheet in SHEETS:
        assert [dict(line.cells) for line in lines[sheet.name]] == written[sheet.name], sheet.name


def test_the_village_has_all_kinds_of_produce_over_two_seasons() -> None:
    tables = rows()
    assert {row["主体类别"] for row in tables["生产者"]} >= {
        kind.label
        for kind in (
            ProducerKind.COOPERATIVE,
            ProducerKind.FAMILY_FARM,
            ProducerKind.HOUSEHOLD,
            ProducerKind.PURCHASER,
            ProducerKind.PROCESSOR,
        )
    }
    assert {row["生产类型"] for row in tables["产品"]} == {"种植", "畜禽养殖", "水产养殖", "加工"}
    assert {row["来历"] for row in tables["批次"]} == {kind.label for kind in BatchKind}
    assert {row["检测结论"] for row in tables["检测报告"]} == {"合格", "不合格"}
    days = [row["作业日期"] for row in tables["农事记录"]] + [row["日期"] for row in tables["批次"]]
    assert {day[:4] for day in days} == {"2025", "2026"}
    assert max(days) <= LAST_DAY.isoformat()
    assert {producer for _, _, producer in PRODUCERS} == {row["名称"] for row in tables["生产者"]}


@on_the_day
def test_the_demo_is_loaded_once_and_shows_every_state(world: World) -> None:
    first = load_demo(world)
    counted = census(world)
    assert load_demo(world) == first
    assert census(world) == counted
    assert_summary(first)
    with world.read() as tx:
        voided = tx.session.exec(select(Voiding)).all()
        unbound = tx.session.exec(select(PrintRun).where(PrintRun.batch_id == None)).all()  # noqa: E711
        ratings = tx.session.exec(select(Review.rating)).all()
        scans = tx.session.exec(select(func.sum(ScanTally.scans))).one()
        forms = set(tx.session.exec(select(Certificate.form)).all())
    assert len(voided) == 2
    assert [row.replaced_by_id is not None for row in voided].count(True) == 1
    assert len(unbound) == 1
    assert set(ratings) == {"good", "neutral"}
    assert scans == 40
    assert forms == {"2025-producer", "2025-purchaser"}
    assert_assessments(world)
    assert_gate(world)
    assert_waiting(world)
    with world.write() as tx:
        for account in first.accounts:
            actor = authenticate(tx, account["login"], account["password"])
            assert actor.role == account["role"]


def assert_assessments(world: World) -> None:
    """A call for every standard that takes applications, and an apple that won 蓼兰优品."""
    with world.read() as tx:
        calls = set(tx.session.exec(select(Call.standard)).all())
        licence = tx.session.exec(select(Licence)).one()
        state = state_of(tx.session, licence, TODAY)
        wrong = [one for one in fsck(tx) if one] + [one.problem for one in replay(tx)]
    assert calls == {"liaolan", "changshou-009", "heitu", "otop-1003"}
    assert (licence.subject, licence.mark, state) == ("红富士苹果", "蓼兰优品", "in_force")
    assert wrong == [""]


def assert_summary(summary: DemoSummary) -> None:
    assert {account["role"] for account in summary.accounts} == {
        "producer",
        "inspector",
        "expert",
        "operator",
        "base",
    }
    assert {account["password"] for account in summary.accounts} == {PASSWORD}
    assert {label["tier"] for label in summary.labels} == {"tag", "signed_tag", "certificate"}
    assert all(one["url"].startswith("https://") for one in summary.certificates + summary.labels)
    assert len(summary.certificates) == 11
    assert len(summary.print_runs) == len(summary.labels) == 8
    assert len(summary.products) == 14


def assert_gate(world: World) -> None:
    """Picked too early, failed its test, and not for certificates: the gate says no to each."""
    refused = {}
    with world.read() as tx:
        for code in ("FQ261117", "JD260721", "JC260717", "HG261120"):
            batch = tx.session.exec(select(Batch).where(Batch.code == code)).one()
            case = promise_case(tx.session, batch, remaining(tx.session, batch), ["control"], TODAY)
            refused[code] = [one.rule for one in check_promise(case).refusals]
    assert refused == {
        "FQ261117": ["interval_running"],
        "JD260721": ["report_failed"],
        "JC260717": ["not_certifiable"],
        "HG261120": [],
    }


def assert_waiting(world: World) -> None:
    """The tomatoes were sprayed yesterday: six of seven days are left."""
    with world.read() as tx:
        campaign = tx.session.exec(select(Campaign).where(Campaign.ref == "2026-FQ-Q")).one()
        product = tx.session.get_one(Product, campaign.product_id)
        uses = campaign_harvest(tx.session, campaign, TODAY).uses
    clear = next_clear(uses, product.category, product.crop or product.name, TODAY)
    assert clear.earliest == TODAY + timedelta(days=6)
    assert clear.sentence.startswith("距可采收还有 6 天")


def census(world: World) -> list[int]:
    with world.read() as tx:
        return [
            tx.session.exec(select(func.count()).select_from(table)).one()
            for table in (
                Account,
                Producer,
                Operation,
                Batch,
                Certificate,
                PrintRun,
                Posting,
                Review,
            )
        ]


@on_the_day
def test_an_installation_in_use_is_left_alone(world: World) -> None:
    with world.write() as tx:
        start_farm(tx, OPERATOR)
    with pytest.raises(Refusal, match="正式的账号"):
        load_demo(world)


def test_a_clock_before_the_workbook_is_told(world: World, clock: FixedClock) -> None:
    with pytest.raises(Refusal, match="校准日期"):
        load_demo(world)
