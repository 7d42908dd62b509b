"""What the producer's pages know: likely answers, what waits, what may still be promised."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.actions.farm import Farm, start_farm
from tracer.actions.actor import own
from tracer.actions.certificates.issue import IssueForm, issue
from tracer.actions.farm.farmwork import OperationForm, correct_operation, record_operation
from tracer.actions.farm.holdings import ProductForm, add_product
from tracer.actions.farm.inputs import InputForm, add_input
from tracer.actions.forms import parse
from tracer.actions.printing.runs import PrintForm, print_labels
from tracer.domain.clock import FixedClock
from tracer.queries.farm import gate as farm_gate
from tracer.queries.farm import holdings as farm_holdings
from tracer.queries.farm import home as farm_home
from tracer.queries.farm import issue as farm_issue
from tracer.queries.farm import papers as farm_papers
from tracer.queries.farm import records as farm_records
from tracer.queries.farm import waits as farm_waits
from tracer.queries.farm import work as farm_work
from tracer.queries.printing import runs as farm_print
from tracer.queries.printing.run import run_page
from tracer.store.tables import Campaign, Input, Operation, PrintRun
from tracer.store.world import Tx, World


@pytest.fixture
def farm(world: World) -> Farm:
    with world.write() as tx:
        return start_farm(tx)


def spray(tx: Tx, farm: Farm, **changed: Any) -> Operation:
    return record_operation(tx, farm.actor, parse(OperationForm, farm.work(**changed)))


def mine(farm: Farm) -> int:
    return farm.actor.producer


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("番茄", "A1-12"),
        ("西红柿", "A1-12"),
        ("黄瓜", "A1-7"),
        ("苹果", "A1-21"),
        ("鸡蛋", "A3-48"),
    ],
)
def test_a_products_name_finds_its_category(name: str, key: str) -> None:
    assert key in [category.key for category in farm_holdings.likely_categories(name)][:2]


def test_an_unknown_name_finds_none() -> None:
    assert farm_holdings.likely_categories("甲乙丙丁") == ()


def test_the_catalogue_says_the_sector() -> None:
    sectors = {
        category.table: farm_holdings.sector_of(category).value
        for category in farm_holdings.all_categories()
    }
    assert sectors["A1"] == "planting"
    assert sectors["A3"] == "livestock"
    assert sectors["A4"] == "aquaculture"
    assert sectors["A5"] == "processing"


def test_units_measure_the_same_thing() -> None:
    codes = [code for code, _label in farm_holdings.units_like("jin")]
    assert codes[0] == "jin"
    assert "kg" in codes
    assert "head" not in codes


def test_an_input_without_label_lines_is_marked(world: World, farm: Farm) -> None:
    bare = {
        "kind": "农药",
        "name": "阿维菌素乳油",
        "registration_no": "PD20085678",
        "ingredients": "阿维菌素",
    }
    with world.write() as tx:
        row = add_input(tx, farm.actor, parse(InputForm, bare))
        marks = {line.title: line.mark for line in farm_holdings.inputs(tx, mine(farm))}
        assert marks == {"啶虫脒乳油": "", "阿维菌素乳油": "补标签用法"}
        assert farm_holdings.input_page(tx, row).needs_label


def test_an_input_comes_back_as_its_form_takes_it(world: World, farm: Farm) -> None:
    with world.read() as tx:
        answers = farm_holdings.input_answers(tx, own(tx, farm.actor, Input, farm.spray))
    form = parse(InputForm, answers)
    assert form.ingredients == ["啶虫脒"]
    assert form.uses[0].phi_days == 2


@pytest.mark.parametrize(
    ("clock", "mark"),
    [
        (date(2026, 7, 1), "还有 2 天"),
        (date(2026, 7, 2), "明天可采收"),
        (date(2026, 7, 3), None),
    ],
    indirect=["clock"],
)
def test_a_plot_waits_for_its_interval(
    world: World, farm: Farm, clock: FixedClock, mark: str | None
) -> None:
    """Sprayed on 1 July with an interval of two days: 3 July is the first day allowed."""
    with world.write() as tx:
        spray(tx, farm)
        wait = farm_waits.wait_of_campaign(tx, own(tx, farm.actor, Campaign, farm.campaign))
    assert (wait.mark if wait else None) == mark


def test_a_batch_that_may_be_promised_leads_to_issue(world: World, farm: Farm) -> None:
    with world.write() as tx:
        batch = farm.harvest(tx)
        wait = farm_waits.waits(tx, mine(farm))[0]
        assert (wait.kind, wait.id, wait.mark) == ("issue", batch.public_id, "可以开证")
        certify(tx, farm, batch.public_id, "500")
        assert farm_waits.waits(tx, mine(farm)) == ()


def test_a_batch_harvested_too_early_names_the_spray(world: World, farm: Farm) -> None:
    with world.write() as tx:
        work = spray(tx, farm, occurred_on="2026-07-05")
        farm.harvest(tx)
        batch_wait = farm_waits.waits(tx, mine(farm))[0]
        assert batch_wait.kind == "batch"
        assert "啶虫脒乳油" in batch_wait.note
        view = gate_of_newest(tx, farm)
    assert not view.open
    assert (view.refusals[0].kind, view.refusals[0].id) == ("work", work.public_id)


def test_a_label_that_says_nothing_leads_to_the_input(world: World, farm: Farm) -> None:
    bare = {
        "kind": "农药",
        "name": "阿维菌素乳油",
        "registration_no": "PD20085678",
        "maker": "禾下植保有限公司",
        "supplier": "蓼兰农资店",
        "ingredients": "阿维菌素",
    }
    with world.write() as tx:
        row = add_input(tx, farm.actor, parse(InputForm, bare))
        spray(tx, farm, input=row.public_id, occurred_on="2026-06-01")
        farm.harvest(tx)
        view = gate_of_newest(tx, farm)
    assert {(one.kind, one.id) for one in view.refusals} == {("input", row.public_id)}


def test_processed_food_waits_for_no_certificate(world: World, farm: Farm) -> None:
    """A product that never gets a certificate is not told that it lacks one."""
    pickles = {"name": "酱黄瓜", "origin": "平度市", "category": "A5-90", "sector": "加工"}
    with world.write() as tx:
        product = add_product(tx, farm.actor, parse(ProductForm, pickles))
        batch = farm.harvest(tx)
        batch.product_id = product.id or 0
        tx.session.flush()
        assert farm_waits.waits(tx, mine(farm)) == ()
        page = farm_issue.issue_page(tx, batch)
    assert not page.gate.certifiable


def test_home_names_what_a_newcomer_still_lacks(world: World, farm: Farm) -> None:
    with world.write() as tx:
        assert farm_home.home_page(tx, mine(farm)).steps == ()
        other = start_farm(tx, "hedong", name="河东家庭农场", kind="家庭农场", uscc=None)
        tx.session.delete(own(tx, other.actor, Campaign, other.campaign))
        tx.session.flush()
        assert farm_home.home_page(tx, mine(other)).steps == ("campaign",)


def test_what_is_left_to_promise_counts_the_replaced_certificate(world: World, farm: Farm) -> None:
    with world.write() as tx:
        batch = farm.harvest(tx, "500")
        first = certify(tx, farm, batch.public_id, "300")
        assert farm_issue.issue_page(tx, batch).left == "200 公斤"
        page = farm_issue.issue_page(tx, batch, replacing=first)
    assert (page.left, page.number, page.unit) == ("500 公斤", "300", "kg")
    assert page.gate.open


def test_what_was_used_is_what_must_be_tested(world: World, farm: Farm) -> None:
    with world.write() as tx:
        spray(tx, farm)
        spray(tx, farm, occurred_on="2026-07-07")
        batch = farm.harvest(tx)
        assert farm_papers.used_ingredients(tx, batch) == ("啶虫脒",)


@pytest.mark.parametrize(
    ("count", "start", "next_cell", "left"),
    [(13, 1, 14, 11), (11, 14, 1, 0), (24, 1, 1, 0), (30, 20, 2, 23)],
)
def test_a_sheet_goes_on_where_it_ended(
    world: World, farm: Farm, count: int, start: int, next_cell: int, left: int
) -> None:
    with world.write() as tx:
        form = PrintForm(design="trace-a4-3x8", stock="a4-3x8", count=count, start_cell=start)
        print_labels(tx, farm.actor, form)
        last = farm_print.last_print(tx, mine(farm))
    assert (last.next_cell, last.cells_left) == (next_cell, left)


def test_a_roll_has_no_cells(world: World, farm: Farm) -> None:
    with world.write() as tx:
        form = PrintForm(design="trace-60x40", stock="roll-60x40", count=7)
        run = print_labels(tx, farm.actor, form)
        assert farm_print.last_print(tx, mine(farm)).cells_left == 0
        page = run_page(tx, own(tx, farm.actor, PrintRun, run.public_id))
    assert not page.sheet
    assert not page.bound


def test_a_correction_names_what_changed(world: World, farm: Farm) -> None:
    with world.write() as tx:
        first = spray(tx, farm)
        form = parse(OperationForm, farm.work(dose="20", target="粉虱"))
        correct_operation(tx, farm.actor, first.public_id, form)
        page = farm_records.work_page(tx, first)
    newest, oldest = page.versions
    assert newest.changes == (
        ("防治对象", "蚜虫", "粉虱"),
        ("用量", "25 毫升/亩", "20 毫升/亩"),
    )
    assert oldest.changes == ()
    assert dict(page.facts)["用量"] == "20 毫升/亩"


def test_the_usual_works_come_first_and_harvest_is_always_there(world: World, farm: Farm) -> None:
    with world.write() as tx:
        campaign = own(tx, farm.actor, Campaign, farm.campaign)
        fresh = farm_work.kinds_page(tx, campaign)
        assert not fresh.usual
        assert [kind.code for kind in fresh.frequent] == ["harvest"]
        spray(tx, farm)
        page = farm_work.kinds_page(tx, campaign)
    assert [kind.code for kind in page.frequent] == ["chemical_control", "harvest"]
    codes = {kind.code for _heading, kinds in page.groups for kind in kinds}
    assert not codes & {"purchase", "mixing", "splitting", "slaughter", "milking"}


def certify(tx: Tx, farm: Farm, batch: str, quantity: str) -> Any:
    form = {"batch": batch, "quantity": quantity, "unit": "kg", "basis": ["control"]}
    return issue(tx, farm.actor, parse(IssueForm, form))


def gate_of_newest(tx: Tx, farm: Farm) -> farm_gate.GateView:
    newest = farm_home.repeatable(tx, mine(farm))[0]
    return farm_issue.issue_page(tx, newest).gate
