"""Calls that print labels and read their scans."""

from __future__ import annotations

from typing import Annotated

from flask import request
from pydantic import BaseModel, Field

from tracer.actions.actor import Actor, own
from tracer.actions.forms import Form
from tracer.actions.printing import runs as printing
from tracer.actions.printing import sending as print_out
from tracer.actions.printing import steps
from tracer.domain.errors import NotFound
from tracer.queries.records.trade import (
    BatchScans,
    LabelRecord,
    PrintRunRecord,
    PrintStepRecord,
    SendingRecord,
    labels_of,
)
from tracer.store.prints import step_rows
from tracer.store.sendings import newest_sending
from tracer.store.tables import Batch, PrintRun
from tracer.store.world import Tx
from tracer.web.api.calls import get, hall, post
from tracer.web.shared.door import world

TAG = "标签"


class BindForm(Form):
    """Which batch a pre-printed roll is used for."""

    batch: Annotated[str, Field(title="批次", min_length=1, max_length=20)]


class StopForm(Form):
    """Nothing is asked: at most one sending of a run is under way."""


class LabelsForm(Form):
    """From which label of the run on, counted from 1."""

    first: Annotated[int, Field(title="从第几张起", ge=1, le=printing.MAX_LABELS)] = 1


class LabelList(BaseModel):
    """Up to 500 labels of a run."""

    run: str
    count: int
    items: list[LabelRecord]


class StepList(BaseModel):
    """Everything that happened to a run, oldest first."""

    run: str
    items: list[PrintStepRecord]


@hall.before_request
def _settle() -> None:
    """End what killed servers left behind, as the pages of runs do: also where the call fails."""
    if request.path.startswith(f"{hall.url_prefix}/print-runs/"):
        print_out.close_lost(world())


@post("/print-runs", printing.PrintForm, PrintRunRecord, "打印标签", TAG)
def start(tx: Tx, actor: Actor, form: printing.PrintForm) -> PrintRunRecord:
    return PrintRunRecord.of(tx, printing.print_labels(tx, actor, form))


@post("/print-runs/<run>/bind", BindForm, PrintRunRecord, "启用预印标签", TAG)
def bind(tx: Tx, actor: Actor, form: BindForm, run: str) -> PrintRunRecord:
    return PrintRunRecord.of(tx, printing.bind_run(tx, actor, run, form.batch))


@post("/print-runs/<run>/jam", steps.JamForm, PrintStepRecord, "卡纸：停在哪一张", TAG)
def jam(tx: Tx, actor: Actor, form: steps.JamForm, run: str) -> PrintStepRecord:
    return PrintStepRecord.of(steps.jam(tx, actor, run, form))


@post("/print-runs/<run>/resume", steps.ResumeForm, PrintStepRecord, "卡纸以后接着打", TAG)
def resume(tx: Tx, actor: Actor, form: steps.ResumeForm, run: str) -> PrintStepRecord:
    return PrintStepRecord.of(steps.resume(tx, actor, run, form))


@post("/print-runs/<run>/finish", steps.FinishForm, PrintStepRecord, "打好了", TAG)
def finish(tx: Tx, actor: Actor, form: steps.FinishForm, run: str) -> PrintStepRecord:
    return PrintStepRecord.of(steps.finish(tx, actor, run, form))


@post("/print-runs/<run>/reprint", steps.ReprintForm, PrintStepRecord, "重打，号码不变", TAG)
def reprint(tx: Tx, actor: Actor, form: steps.ReprintForm, run: str) -> PrintStepRecord:
    return PrintStepRecord.of(steps.reprint(tx, actor, run, form))


@post("/print-runs/<run>/spoil", steps.SpoilForm, PrintStepRecord, "作废印坏的标签", TAG)
def spoil(tx: Tx, actor: Actor, form: steps.SpoilForm, run: str) -> PrintStepRecord:
    return PrintStepRecord.of(steps.spoil(tx, actor, run, form))


@post("/print-runs/<run>/send", print_out.SendForm, SendingRecord, "送到打印机", TAG)
def send(tx: Tx, actor: Actor, form: print_out.SendForm, run: str) -> SendingRecord:
    return SendingRecord.of(tx, print_out.send(world(), tx, actor, run, form))


@post("/print-runs/<run>/stop", StopForm, SendingRecord, "停下正在送的", TAG)
def stop(tx: Tx, actor: Actor, _form: StopForm, run: str) -> SendingRecord:
    print_out.stop(tx, actor, run)
    return _newest(tx, actor, run)


@get("/print-runs/<run>/sending", SendingRecord, "送到打印机：最近一次送到哪里了", TAG)
def sending(tx: Tx, actor: Actor, run: str) -> SendingRecord:
    return _newest(tx, actor, run)


def _newest(tx: Tx, actor: Actor, run: str) -> SendingRecord:
    row = newest_sending(tx.session, own(tx, actor, PrintRun, run))
    if row is None:
        raise NotFound("这次打印还没有送到过打印机")
    return SendingRecord.of(tx, row)


@get("/print-runs/<run>/steps", StepList, "打印经过", TAG)
def history(tx: Tx, actor: Actor, run: str) -> StepList:
    row = own(tx, actor, PrintRun, run)
    items = [PrintStepRecord.of(step) for step in step_rows(tx.session, row)]
    return StepList(run=row.public_id, items=items)


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
