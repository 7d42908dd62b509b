"""Goods on sale: a harvest with its test, certificate and labels, made by the real actions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.actions.farm import Farm, start_farm
from tracer.actions.certificates.issue import IssueForm, issue
from tracer.actions.farm.farmwork import OperationForm, record_operation
from tracer.actions.farm.reports import ReportForm, add_report
from tracer.actions.forms import parse
from tracer.actions.printing.runs import PrintForm, print_labels
from tracer.domain.words import Basis
from tracer.proof.labelcode import code
from tracer.store.tables import Batch, Certificate, PrintRun
from tracer.store.world import Tx, World


@dataclass
class Goods:
    """One batch that stands on a market stall. ``label`` is the code of its first label."""

    farm: Farm
    batch: str
    certificate: str
    number: str
    run: PrintRun
    label: str


def sell(world: World, **producer: Any) -> Goods:
    """A farm's first harvest: sprayed, picked, tested, promised and labelled."""
    with world.write() as tx:
        farm = start_farm(tx, **producer)
        record_operation(tx, farm.actor, parse(OperationForm, farm.work()))
        batch = farm.harvest(tx)
        test(tx, farm, batch)
        row = promise(tx, farm, batch)
        run = label(tx, farm, certificate=row.public_id)
        return Goods(
            farm,
            batch.public_id,
            row.public_id,
            row.number,
            run,
            code(run.first_index, tx.secrets.label_key),
        )


def test(tx: Tx, farm: Farm, batch: Batch) -> None:
    """A passed laboratory test of the sprayed ingredient."""
    item = {
        "analyte": "啶虫脒",
        "value": "未检出",
        "limit": "1",
        "unit": "毫克/千克",
        "passed": True,
    }
    form = {
        "number": "QD2026-0712",
        "batch": batch.public_id,
        "kind": "委托检测",
        "laboratory": "青岛绿检检测有限公司",
        "method": "GB 23200.121",
        "sampled_on": "2026-07-06",
        "tested_on": "2026-07-07",
        "items": [item],
        "passed": True,
    }
    add_report(tx, farm.actor, parse(ReportForm, form))


def promise(tx: Tx, farm: Farm, batch: Batch, quantity: str = "500") -> Certificate:
    """A certificate on the basis of control and test."""
    boxes = (Basis.CONTROL, Basis.COMMISSIONED_TEST)
    form = {"batch": batch.public_id, "quantity": quantity, "unit": "公斤", "basis": boxes}
    return issue(tx, farm.actor, parse(IssueForm, form))


def label(tx: Tx, farm: Farm, **target: str) -> PrintRun:
    """A run of three labels."""
    form = {"design": "trace-a4-3x8", "stock": "a4-3x8", "count": 3, **target}
    return print_labels(tx, farm.actor, parse(PrintForm, form))
