"""Calls that print labels and read their scans."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field

from tracer.actions import printing
from tracer.actions.actor import Actor, own
from tracer.actions.forms import Form
from tracer.queries.records_trade import BatchScans, LabelRecord, PrintRunRecord, labels_of
from tracer.store.tables import Batch, PrintRun
from tracer.store.world import Tx
from tracer.web.api.calls import get, post

TAG = "标签"


class BindForm(Form):
    """Which batch a pre-printed roll is used for."""

    batch: Annotated[str, Field(title="批次", min_length=1, max_length=20)]


class LabelsForm(Form):
    """From which label of the run on, counted from 1."""

    first: Annotated[int, Field(title="从第几张起", ge=1, le=printing.MAX_LABELS)] = 1


class LabelList(BaseModel):
    """Up to 500 labels of a run."""

    run: str
    count: int
    items: list[LabelRecord]


@post("/print-runs", printing.PrintForm, PrintRunRecord, "打印标签", TAG)
def start(tx: Tx, actor: Actor, form: printing.PrintForm) -> PrintRunRecord:
    return PrintRunRecord.of(tx, printing.print_labels(tx, actor, form))


@post("/print-runs/<run>/bind", BindForm, PrintRunRecord, "启用预印标签", TAG)
def bind(tx: Tx, actor: Actor, form: BindForm, run: str) -> PrintRunRecord:
    return PrintRunRecord.of(tx, printing.bind_run(tx, actor, run, form.batch))


@get("/print-runs/<run>", PrintRunRecord, "一次打印", TAG)
def one(tx: Tx, actor: Actor, run: str) -> PrintRunRecord:
    return PrintRunRecord.of(tx, own(tx, actor, PrintRun, run))


@get("/print-runs/<run>/labels", LabelList, "一次打印的标签码和扫码次数", TAG, query=LabelsForm)
def labels(tx: Tx, actor: Actor, run: str, query: LabelsForm) -> LabelList:
    row = own(tx, actor, PrintRun, run)
    return LabelList(run=row.public_id, count=row.count, items=labels_of(tx, row, query.first))


@get("/batches/<batch>/scans", BatchScans, "一个批次的扫码数据", TAG)
def scans(tx: Tx, actor: Actor, batch: str) -> BatchScans:
    return BatchScans.of(tx, own(tx, actor, Batch, batch))
