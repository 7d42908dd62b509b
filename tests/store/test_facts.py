"""The facts about a product and a base, counted from records that the real actions made."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlmodel import select

from tests.actions.farm import Farm, second_farm, start_farm
from tests.actions.papers import MARK, add
from tests.actions.supervision import incident_form, operators, paper, verdict
from tests.actions.village_base import found_base
from tracer.actions.certificates.issue import IssueForm, issue
from tracer.actions.certificates.void import RecallForm, VoidForm, recall, void
from tracer.actions.farm.batches import SplitForm, split_batch
from tracer.actions.farm.farmwork import (
    OperationForm,
    RetractForm,
    record_operation,
    retract_operation,
)
from tracer.actions.farm.reports import ReportForm, add_report
from tracer.actions.forms import parse
from tracer.actions.printing.runs import PrintForm, print_labels
from tracer.actions.supervision.adjudicate import OpinionForm, confirm, decide
from tracer.actions.supervision.opening import open_incident
from tracer.domain.assessing import FACTS, Fact
from tracer.store.facts import facts_for
from tracer.store.tables import Assessment, Batch, Operation, Producer, Product
from tracer.store.world import Tx, World

TODAY = date(2026, 7, 8)
REPORT = {
    "number": "QD-1",
    "kind": "委托检测",
    "laboratory": "青岛某检测公司",
    "sampled_on": "2026-07-06",
    "tested_on": "2026-07-07",
    "items": [{"analyte": "啶虫脒", "value": "未检出", "passed": True}],
    "passed": True,
}
FAILED = REPORT | {
    "number": "QD-2",
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


def facts(tx: Tx, farm: Farm, on: date = TODAY) -> dict[str, Fact]:
    product = tx.session.exec(select(Product).where(Product.public_id == farm.product)).one()
    row = Assessment(producer_id=product.producer_id, product_id=product.id)
    return facts_for(tx.session, row, FACTS, on)


def share(fact: Fact) -> tuple[int, int]:
    return fact.counted, fact.of


def work(tx: Tx, farm: Farm, **changed: Any) -> Operation:
    return record_operation(
        tx, farm.actor, parse(OperationForm, {"ref": "w", **farm.work(**changed)})
    )


def certify(tx: Tx, farm: Farm, batch: Batch, quantity: str = "100") -> Any:
    form = {
        "batch": batch.public_id,
        "quantity": quantity,
        "unit": "公斤",
        "basis": ["control"],
    }
    return issue(tx, farm.actor, parse(IssueForm, form))


def test_every_fact_is_computed_for_a_product_or_a_base(tx: Tx, farm: Farm) -> None:
    base = found_base(tx)
    of_base = facts_for(tx.session, Assessment(base_id=base.base), FACTS, TODAY)
    of_product = facts(tx, farm)
    assert set(of_base) | set(of_product) == set(FACTS)
    assert not set(of_base) & set(of_product)
    assert all(
        fact.text and not fact.text.isascii() for fact in (*of_base.values(), *of_product.values())
    )


def test_an_empty_farm_is_vouched_for_in_nothing(tx: Tx, farm: Farm) -> None:
    found = facts(tx, farm)
    silent = {name for name, fact in found.items() if fact.of == 0}
    assert silent == {
        "certificates_issued",
        "drug_records",
        "key_steps",
        "marks_held",
        "no_failed_test",
        "seed_sources",
        "tests_passed",
        "trace_closure",
        "years_registered",
    }
    assert found["records_kept"].answers == {"absent": "有"}
    assert found["no_incidents"].answers == {"absent": "无"}
    assert found["origin_town"].answers == {"among": "370283108"}


def test_drug_records_count_what_the_standard_names(tx: Tx, farm: Farm) -> None:
    work(tx, farm)
    assert share(facts(tx, farm)["drug_records"]) == (1, 1)
    second = work(tx, farm, ref="w2", occurred_on="2026-07-02")
    second.target = None  # as an old import may have left it
    assert share(facts(tx, farm)["drug_records"]) == (1, 2)
    retract_operation(tx, farm.actor, second.public_id, RetractForm(reason="记重了"))
    assert share(facts(tx, farm)["drug_records"]) == (1, 1)


def test_a_trace_is_closed_by_works_test_certificate_and_labels(tx: Tx, farm: Farm) -> None:
    work(tx, farm)
    batch = farm.harvest(tx)
    assert share(facts(tx, farm)["trace_closure"]) == (0, 1)
    certificate = certify(tx, farm, batch)
    add_report(tx, farm.actor, parse(ReportForm, {**REPORT, "batch": batch.public_id}))
    form = {"certificate": certificate.public_id, "design": "trace-60x40", "stock": "roll-60x40"}
    print_labels(tx, farm.actor, parse(PrintForm, {**form, "count": 10}))
    found = facts(tx, farm)
    assert share(found["trace_closure"]) == share(found["certificates_issued"]) == (1, 1)
    assert found["trace_closure"].links == (f"/B/{batch.public_id}",)
    assert found["records_kept"].answers == {"absent": "无"}
    void(tx, farm.actor, certificate.public_id, VoidForm(reason="数量填错"))
    found = facts(tx, farm)
    assert share(found["trace_closure"]) == share(found["certificates_issued"]) == (0, 1)


def test_a_harvest_alone_closes_no_trace_nor_does_what_is_recalled(tx: Tx, farm: Farm) -> None:
    batch = farm.harvest(tx)
    certificate = certify(tx, farm, batch)
    add_report(tx, farm.actor, parse(ReportForm, {**REPORT, "batch": batch.public_id}))
    form = {"certificate": certificate.public_id, "design": "trace-60x40", "stock": "roll-60x40"}
    print_labels(tx, farm.actor, parse(PrintForm, {**form, "count": 10}))
    assert share(facts(tx, farm)["trace_closure"]) == (0, 1)
    first = work(tx, farm)
    assert share(facts(tx, farm)["trace_closure"]) == (1, 1)
    retract_operation(tx, farm.actor, first.public_id, RetractForm(reason="没有做过"))
    assert share(facts(tx, farm)["trace_closure"]) == (0, 1)
    work(tx, farm, ref="w2")
    assert share(facts(tx, farm)["trace_closure"]) == (1, 1)
    recall(tx, farm.actor, batch.public_id, RecallForm(reason="抽检不合格", advice="请退回"))
    assert share(facts(tx, farm)["trace_closure"]) == (0, 1)


def test_only_what_goes_out_counts_and_parts_inherit(tx: Tx, farm: Farm) -> None:
    batch = farm.harvest(tx)
    add_report(tx, farm.actor, parse(ReportForm, {**REPORT, "batch": batch.public_id}))
    part = {"batch": batch.public_id, "made_on": "2026-07-07"}
    for quantity, code, left in (("300", "A", 2), ("200", "B", 2)):
        parts = [{"quantity": quantity, "code": code}]
        split_batch(tx, farm.actor, parse(SplitForm, {**part, "parts": parts}))
        assert facts(tx, farm)["certificates_issued"].of == left
    found = facts(tx, farm)
    assert share(found["tests_passed"]) == (2, 2)


def test_the_last_test_decides(tx: Tx, farm: Farm) -> None:
    batch = farm.harvest(tx)
    for said in (REPORT, FAILED):
        add_report(tx, farm.actor, parse(ReportForm, {**said, "batch": batch.public_id}))
    found = facts(tx, farm)
    assert share(found["tests_passed"]) == (0, 1)
    assert found["no_failed_test"].answers == {"absent": "有"}
    assert "QD-2" in found["no_failed_test"].text
    before = facts(tx, farm, date(2026, 7, 7))
    assert before["no_failed_test"].answers == {"absent": "无"}


@pytest.mark.parametrize(
    ("on", "answer"),
    [
        (date(2026, 7, 8), "有"),
        (date(2029, 7, 7), "有"),
        (date(2029, 7, 8), "无"),
        (date(2026, 7, 7), "无"),
    ],
)
def test_the_window_of_three_years_ends_on_the_day(
    tx: Tx, farm: Farm, on: date, answer: str
) -> None:
    boss, second = operators(tx, "jia", "yi")
    document = paper(tx, boss)
    form = incident_form(
        tx, farm, kind="sampling", document="平农检〔2026〕7 号", file=document, text="抽检不合格"
    )
    row = open_incident(tx, boss, form)
    row.answer_due = tx.now
    decide(tx, boss, row.public_id, verdict())
    assert facts(tx, farm, on)["no_incidents"].answers == {"absent": "无"}  # not yet confirmed
    confirm(tx, second, row.public_id, OpinionForm(opinion="同意"))
    assert facts(tx, farm, on)["no_incidents"].answers == {"absent": answer}
    other = second_farm(tx)
    assert facts(tx, other, on)["no_incidents"].answers == {"absent": "无"}


@pytest.mark.parametrize(("registered", "counted"), [(date(2023, 7, 8), 1), (date(2023, 7, 9), 0)])
def test_three_years_of_registration(tx: Tx, farm: Farm, registered: date, counted: int) -> None:
    tx.session.get_one(Producer, farm.actor.producer).registered_on = registered
    assert share(facts(tx, farm)["years_registered"]) == (counted, 1)


def test_marks_count_while_they_are_valid(tx: Tx, farm: Farm) -> None:
    add(tx, farm.actor, "B.2-7", MARK, product=farm.product)
    assert share(facts(tx, farm)["marks_held"]) == (1, 1)
    assert "绿色食品" in facts(tx, farm)["marks_held"].text
    assert facts(tx, farm, date(2029, 3, 1))["marks_held"].of == 0


def test_key_steps_are_of_crops_only(tx: Tx, farm: Farm) -> None:
    work(tx, farm)
    assert share(facts(tx, farm)["key_steps"]) == (1, 4)
    product = tx.session.exec(select(Product).where(Product.public_id == farm.product)).one()
    product.sector = "livestock"
    assert facts(tx, farm)["key_steps"].of == 0
