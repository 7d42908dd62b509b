"""Calls that register who produces what, and record what was done."""

from __future__ import annotations

from pydantic import BaseModel
from sqlmodel import col, select

from tracer.actions.actor import Actor, own
from tracer.actions.farm import batches, campaigns, farmwork, holdings, inputs, reports
from tracer.actions.people import enroll, register
from tracer.domain.clock import day_of
from tracer.domain.gate import check_promise
from tracer.domain.words import Basis
from tracer.queries.records.farm import (
    BatchRecord,
    CampaignRecord,
    InputRecord,
    OperationRecord,
    PlotRecord,
    ProducerRecord,
    ProductRecord,
    ReportRecord,
)
from tracer.store.cases import promise_case
from tracer.store.stock import remaining
from tracer.store.tables import Batch, Campaign, Operation, Producer
from tracer.store.world import Tx
from tracer.web.api.calls import get, post

PEOPLE, FARM, WORK, BATCHES = "主体", "产品和地块", "农事", "批次"


class BatchList(BaseModel):
    """The batches that came out of one act."""

    items: list[BatchRecord]


class OperationList(BaseModel):
    """The newest versions of a campaign's records, by day."""

    items: list[OperationRecord]


class Refused(BaseModel):
    """Why a promise cannot be made yet, and what clears it."""

    rule: str
    sentence: str
    clears_on: str | None
    clears_by: str | None


class BatchState(BaseModel):
    """A batch, what is left of it, and what stands in the way of a certificate for the rest."""

    batch: BatchRecord
    remaining: str
    refusals: list[Refused]
    warnings: list[str]


@post("/producers", enroll.ProducerForm, ProducerRecord, "登记生产主体", PEOPLE)
def register_producer(tx: Tx, actor: Actor, form: enroll.ProducerForm) -> ProducerRecord:
    return ProducerRecord.of(register.register(tx, actor, form))


@get("/producers/me", ProducerRecord, "自己的主体信息", PEOPLE)
def me(tx: Tx, actor: Actor) -> ProducerRecord:
    return ProducerRecord.of(tx.session.get_one(Producer, actor.producer))


@post("/plots", holdings.PlotForm, PlotRecord, "登记地块", FARM)
def add_plot(tx: Tx, actor: Actor, form: holdings.PlotForm) -> PlotRecord:
    return PlotRecord.of(holdings.add_plot(tx, actor, form))


@post("/products", holdings.ProductForm, ProductRecord, "登记产品", FARM)
def add_product(tx: Tx, actor: Actor, form: holdings.ProductForm) -> ProductRecord:
    return ProductRecord.of(holdings.add_product(tx, actor, form))


@post("/inputs", inputs.InputForm, InputRecord, "登记投入品", FARM)
def add_input(tx: Tx, actor: Actor, form: inputs.InputForm) -> InputRecord:
    return InputRecord.of(tx, inputs.add_input(tx, actor, form))


@post("/campaigns", campaigns.CampaignForm, CampaignRecord, "开始一项生产作业", WORK)
def open_campaign(tx: Tx, actor: Actor, form: campaigns.CampaignForm) -> CampaignRecord:
    return CampaignRecord.of(tx, campaigns.open_campaign(tx, actor, form))


@post("/operations", farmwork.OperationForm, OperationRecord, "记一项作业内容", WORK)
def record(tx: Tx, actor: Actor, form: farmwork.OperationForm) -> OperationRecord:
    return OperationRecord.of(tx, farmwork.record_operation(tx, actor, form))


@post(
    "/operations/<operation>/correct",
    farmwork.OperationForm,
    OperationRecord,
    "更正一条作业记录（旧版本保留）",
    WORK,
)
def correct(tx: Tx, actor: Actor, form: farmwork.OperationForm, operation: str) -> OperationRecord:
    return OperationRecord.of(tx, farmwork.correct_operation(tx, actor, operation, form))


@post(
    "/operations/<operation>/retract",
    farmwork.RetractForm,
    OperationRecord,
    "撤回一条作业记录（旧版本保留）",
    WORK,
)
def retract(tx: Tx, actor: Actor, form: farmwork.RetractForm, operation: str) -> OperationRecord:
    return OperationRecord.of(tx, farmwork.retract_operation(tx, actor, operation, form))


@get("/campaigns/<campaign>/operations", OperationList, "一项生产作业的全部记录", WORK)
def operations(tx: Tx, actor: Actor, campaign: str) -> OperationList:
    row = own(tx, actor, Campaign, campaign)
    found = tx.session.exec(
        select(Operation)
        .where(Operation.campaign_id == row.id)
        .order_by(col(Operation.occurred_on), col(Operation.id))
    )
    return OperationList(items=[OperationRecord.of(tx, each) for each in found])


@post("/harvests", batches.HarvestForm, BatchRecord, "采收，建立批次", BATCHES)
def harvest(tx: Tx, actor: Actor, form: batches.HarvestForm) -> BatchRecord:
    return BatchRecord.of(tx, batches.record_harvest(tx, actor, form))


@post("/purchases", batches.PurchaseForm, BatchRecord, "收购，建立批次", BATCHES)
def purchase(tx: Tx, actor: Actor, form: batches.PurchaseForm) -> BatchRecord:
    return BatchRecord.of(tx, batches.buy_batch(tx, actor, form))


@post("/splits", batches.SplitForm, BatchList, "拆分批次", BATCHES)
def split(tx: Tx, actor: Actor, form: batches.SplitForm) -> BatchList:
    return BatchList(
        items=[BatchRecord.of(tx, row) for row in batches.split_batch(tx, actor, form)]
    )


@post("/merges", batches.MergeForm, BatchRecord, "合并批次", BATCHES)
def merge(tx: Tx, actor: Actor, form: batches.MergeForm) -> BatchRecord:
    return BatchRecord.of(tx, batches.merge_batches(tx, actor, form))


@post("/transforms", batches.TransformForm, BatchRecord, "加工，建立新批次", BATCHES)
def transform(tx: Tx, actor: Actor, form: batches.TransformForm) -> BatchRecord:
    return BatchRecord.of(tx, batches.transform_batches(tx, actor, form))


@post("/reports", reports.ReportForm, ReportRecord, "登记检测报告", BATCHES)
def report(tx: Tx, actor: Actor, form: reports.ReportForm) -> ReportRecord:
    return ReportRecord.of(tx, reports.add_report(tx, actor, form))


@get("/batches/<batch>", BatchState, "一个批次，以及现在能不能开证", BATCHES)
def batch_state(tx: Tx, actor: Actor, batch: str) -> BatchState:
    row = own(tx, actor, Batch, batch)
    left = remaining(tx.session, row)
    gate = check_promise(
        promise_case(tx.session, row, left, (Basis.CONTROL,), day_of(tx.now), replacing=None)
    )
    return BatchState(
        batch=BatchRecord.of(tx, row),
        remaining=left.number,
        refusals=[
            Refused(
                rule=one.rule,
                sentence=one.sentence,
                clears_on=one.clears_on.isoformat() if one.clears_on else None,
                clears_by=one.clears_by,
            )
            for one in gate.refusals
        ],
        warnings=[one.sentence for one in gate.warnings],
    )
