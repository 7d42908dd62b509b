"""Ways round the gate that are closed, each tried as a producer would try it."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import select

from tests.actions.farm import Farm, start_farm, uscc
from tracer.actions.certificates.issue import GateClosed, IssueForm, issue
from tracer.actions.certificates.void import RecallForm, VoidForm, recall, void
from tracer.actions.farm.batches import (
    HarvestForm,
    PurchaseForm,
    SplitForm,
    buy_batch,
    record_harvest,
    split_batch,
)
from tracer.actions.farm.campaigns import CampaignForm, open_campaign
from tracer.actions.farm.farmwork import OperationForm, correct_operation, record_operation
from tracer.actions.farm.reports import ReportForm, SourceProofForm, add_report, add_source_proof
from tracer.actions.forms import parse
from tracer.queries.trace.model import State
from tracer.queries.trace.page import certificate_page
from tracer.queries.trace.timeline import steps
from tracer.store.tables import Batch, Campaign, Operation
from tracer.store.world import Tx, World


def order(batch: Batch, quantity: str = "1") -> IssueForm:
    form = {"batch": batch.public_id, "quantity": quantity, "unit": "kg", "basis": ["control"]}
    return parse(IssueForm, form)


def work(tx: Tx, farm: Farm, **changed: Any) -> str:
    return record_operation(tx, farm.actor, parse(OperationForm, farm.work(**changed))).public_id


def new_campaign(tx: Tx, farm: Farm, started_on: str = "2026-07-06") -> Campaign:
    form = {
        "product": farm.product,
        "plot": farm.plot,
        "name": "又一茬黄瓜",
        "started_on": started_on,
    }
    return open_campaign(tx, farm.actor, parse(CampaignForm, form))


def test_a_new_campaign_does_not_end_a_waiting_period(world: World) -> None:
    with world.write() as tx:
        farm = start_farm(tx)
        work(tx, farm, occurred_on="2026-07-05")
        campaign = new_campaign(tx, farm)
        form = {
            "campaign": campaign.public_id,
            "operator": "王禾",
            "quantity": "10",
            "made_on": "2026-07-06",
        }
        early = record_harvest(tx, farm.actor, parse(HarvestForm, form))
        with pytest.raises(GateClosed, match="安全间隔期"):
            issue(tx, farm.actor, order(early))
        late = record_harvest(tx, farm.actor, parse(HarvestForm, form | {"made_on": "2026-07-07"}))
        issue(tx, farm.actor, order(late))


def test_a_record_corrected_into_another_campaign_is_gone_from_the_first(world: World) -> None:
    with world.write() as tx:
        farm = start_farm(tx)
        first = work(tx, farm, occurred_on="2026-07-05")
        other = new_campaign(tx, farm, "2026-07-01")
        moved = farm.work(campaign=other.public_id, occurred_on="2026-07-01")
        correct_operation(tx, farm.actor, first, parse(OperationForm, moved))
        issue(tx, farm.actor, order(farm.harvest(tx)))


def test_a_recalled_batch_gets_no_certificate(world: World) -> None:
    with world.write() as tx:
        farm = start_farm(tx)
        batch = farm.harvest(tx)
        recall(tx, farm.actor, batch.public_id, RecallForm(reason="有异味", advice="请退回"))
        with pytest.raises(GateClosed, match="召回"):
            issue(tx, farm.actor, order(batch))


@pytest.mark.parametrize("tested", ["part", "whole"])
def test_a_failed_report_reaches_all_of_the_same_goods(world: World, tested: str) -> None:
    with world.write() as tx:
        farm = start_farm(tx)
        whole = farm.harvest(tx, "400")
        form = {"batch": whole.public_id, "made_on": "2026-07-07"}
        parts = [{"quantity": "1"}, {"quantity": "2"}]
        part, other = split_batch(tx, farm.actor, parse(SplitForm, form | {"parts": parts}))
        report = {
            "batch": (part if tested == "part" else whole).public_id,
            "number": "检-2026-09",
            "kind": "commissioned",
            "laboratory": "蓼兰检测中心",
            "sampled_on": "2026-07-07",
            "tested_on": "2026-07-08",
            "passed": False,
            "items": [{"analyte": "啶虫脒", "value": "2.1", "passed": False}],
        }
        add_report(tx, farm.actor, parse(ReportForm, report))
        for batch in (whole, part, other):
            with pytest.raises(GateClosed, match="不合格"):
                issue(tx, farm.actor, order(batch))


def test_what_was_done_after_the_harvest_is_not_behind_a_part(world: World) -> None:
    with world.write() as tx:
        farm = start_farm(tx)
        whole = farm.harvest(tx)
        work(tx, farm, occurred_on="2026-07-07")
        form = {"batch": whole.public_id, "made_on": "2026-07-08", "parts": [{"quantity": "5"}]}
        part = split_batch(tx, farm.actor, parse(SplitForm, form))[0]
        assert not any("打药" in step.title for step in steps(tx, part))
        certificate = issue(tx, farm.actor, order(part))
        sprays = select(Operation).where(Operation.kind == "chemical_control")
        spray = tx.session.exec(sprays).one()
        assert f"operation:{spray.id}" not in certificate.evidence
        assert len(certificate.evidence) == len(set(certificate.evidence))


@pytest.mark.parametrize(
    "harm",
    [
        "UPDATE input SET ingredients = '[\"克百威\"]'",
        "UPDATE input_use SET phi_days = 60",
        "UPDATE operation SET occurred_on = '2026-06-01'",
        "UPDATE batch SET quantity_milli = 900000",
    ],
)
def test_a_change_of_what_the_gate_relied_on_is_noticed(world: World, harm: str) -> None:
    with world.write() as tx:
        farm = start_farm(tx)
        work(tx, farm)
        certificate = issue(tx, farm.actor, order(farm.harvest(tx)))
    with world.write() as tx:
        tx.session.execute(text(harm))
    with world.read() as tx:
        promise = certificate_page(tx, certificate.public_id).promise
        assert promise is not None
        assert not promise.records_intact


def test_a_proof_holds_only_while_its_certificate_stands_and_a_recall_follows_the_goods(
    world: World,
) -> None:
    with world.write() as tx:
        farm = start_farm(tx)
        sold = farm.harvest(tx)
        promised = issue(tx, farm.actor, order(sold, "100"))
        buyer = start_farm(
            tx, "juqi", name="聚齐收购站", kind="收购者", uscc=uscc("92370283MA3T0X003")
        )
        bought = buy_batch(
            tx,
            buyer.actor,
            parse(
                PurchaseForm,
                {
                    "campaign": buyer.campaign,
                    "made_on": "2026-07-08",
                    "operator": "聚齐",
                    "quantity": "100",
                    "supplier": "绿畦蔬菜专业合作社",
                    "origin": "山东省平度市蓼兰镇",
                },
            ),
        )
        proof = {
            "batch": bought.public_id,
            "kind": "certificate",
            "number": promised.number,
            "issuer": "绿畦蔬菜专业合作社",
        }
        add_source_proof(tx, buyer.actor, parse(SourceProofForm, proof))
        issued = issue(tx, buyer.actor, order(bought))
        assert issued.form == "2025-purchaser"
        void(tx, farm.actor, promised.public_id, VoidForm(reason="数量填错"))
        with pytest.raises(GateClosed, match="合格证明"):
            issue(tx, buyer.actor, order(bought))
        recall(tx, farm.actor, sold.public_id, RecallForm(reason="有异味", advice="请退回"))
        assert certificate_page(tx, issued.public_id).state is State.RECALLED
