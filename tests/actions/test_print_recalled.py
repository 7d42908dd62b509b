"""Recalled goods: nothing more is printed for them or for what was made of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from tests.actions.farm import Farm, start_farm
from tracer.actions.actor import own
from tracer.actions.certificates.issue import IssueForm, issue
from tracer.actions.certificates.void import RecallForm, VoidForm, recall, void
from tracer.actions.farm.batches import SplitForm, split_batch
from tracer.actions.forms import parse
from tracer.actions.printing.paper import run_labels, text_of_label
from tracer.actions.printing.printers import PrinterForm, add_printer
from tracer.actions.printing.runs import PrintForm, bind_run, print_labels
from tracer.actions.printing.sending import SendForm, claim
from tracer.actions.printing.steps import (
    FinishForm,
    JamForm,
    ReprintForm,
    ResumeForm,
    SpoilForm,
    finish,
    jam,
    reprint,
    resume,
    spoil,
)
from tracer.domain.errors import Conflict
from tracer.domain.printing import Part
from tracer.queries.printing.run import run_page
from tracer.queries.printing.runs import printable
from tracer.store.tables import PrintRun
from tracer.store.world import Tx, World

ROLL = {"design": "trace-60x40", "stock": "roll-60x40", "count": 5}


@dataclass(frozen=True)
class Made:
    """A batch, one made of it, and of that a certificate, a jammed run and a pre-printed roll."""

    farm: Farm
    whole: str
    part: str
    certificate: str
    run: str
    roll: str
    printer: str

    def labels(self, tx: Tx, **what: str) -> PrintRun:
        return print_labels(tx, self.farm.actor, parse(PrintForm, ROLL | what))

    def row(self, tx: Tx) -> PrintRun:
        return own(tx, self.farm.actor, PrintRun, self.run)

    def recall(self, tx: Tx) -> None:
        form = RecallForm(reason="抽检不合格", advice="送回原购买处退货")
        recall(tx, self.farm.actor, self.whole, form)


@pytest.fixture
def made(any_world: World) -> Made:
    with any_world.write() as tx:
        farm = start_farm(tx)
        whole = farm.harvest(tx).public_id
        split = {"batch": whole, "made_on": "2026-07-06", "parts": [{"quantity": "100"}]}
        [part] = split_batch(tx, farm.actor, parse(SplitForm, split))
        order = {"batch": part.public_id, "quantity": "50", "unit": "kg", "basis": ["control"]}
        certificate = issue(tx, farm.actor, parse(IssueForm, order)).public_id
        run = print_labels(tx, farm.actor, parse(PrintForm, ROLL | {"certificate": certificate}))
        roll = print_labels(tx, farm.actor, parse(PrintForm, ROLL))
        form = {"name": "库房", "language": "zpl", "address": "127.0.0.1:9107"}
        printer = add_printer(tx, farm.actor, parse(PrinterForm, form)).public_id
        ids = run.public_id, roll.public_id, printer
        return Made(farm, whole, part.public_id, certificate, *ids)


Asked = Callable[[Tx, Made], object]
ASKED: dict[str, Asked] = {
    "labels of its certificate": lambda tx, it: it.labels(tx, certificate=it.certificate),
    "labels of it": lambda tx, it: it.labels(tx, batch=it.part),
    "labels of what it was made of": lambda tx, it: it.labels(tx, batch=it.whole),
    "a pre-printed roll": lambda tx, it: bind_run(tx, it.farm.actor, it.roll, it.part),
    "a file": lambda tx, it: run_labels(tx, it.row(tx), Part(1, 5), None),
    "a sending": lambda tx, it: claim(tx, it.farm.actor, it.run, SendForm(printer=it.printer)),
    "a reprint": lambda tx, it: reprint(
        tx, it.farm.actor, it.run, parse(ReprintForm, {"first": 1, "reason": "lost"})
    ),
}


@pytest.mark.parametrize("asked", ASKED.values(), ids=ASKED.keys())
def test_nothing_more_is_printed(any_world: World, made: Made, asked: Asked) -> None:
    with any_world.write() as tx:
        asked(tx, made)
        tx.session.rollback()
    with any_world.write() as tx:
        made.recall(tx)
    with pytest.raises(Conflict, match="已召回，不能再打印") as told, any_world.write() as tx:
        asked(tx, made)
    assert told.value.code == "batch_recalled"


def test_what_jammed_does_not_go_on(any_world: World, made: Made) -> None:
    with any_world.write() as tx:
        jam(tx, made.farm.actor, made.run, JamForm(last_good=2))
        made.recall(tx)
    with pytest.raises(Conflict, match="已召回"), any_world.write() as tx:
        resume(tx, made.farm.actor, made.run, ResumeForm())


def test_what_happened_to_the_paper_is_still_told(any_world: World, made: Made) -> None:
    with any_world.write() as tx:
        text = text_of_label(tx, made.row(tx), 2, 203)
        made.recall(tx)
        jam(tx, made.farm.actor, made.run, JamForm(last_good=2))
        spoil(tx, made.farm.actor, made.run, SpoilForm(first=2))
        finish(tx, made.farm.actor, made.run, FinishForm())
        assert text_of_label(tx, made.row(tx), 2, 203) == text, "a photo of it can be graded"


def test_the_graver_one_is_told_and_nothing_is_offered(any_world: World, made: Made) -> None:
    actor = made.farm.actor
    with any_world.write() as tx:
        offered = [line.id for _, line in printable(tx, actor.producer)]
        assert offered == [made.certificate, made.whole]
        assert run_page(tx, made.row(tx)).barred == ""
        void(tx, actor, made.certificate, parse(VoidForm, {"reason": "填错了"}))
        assert run_page(tx, made.row(tx)).barred == "certificate_voided"
        made.recall(tx)
        assert run_page(tx, made.row(tx)).barred == "batch_recalled"
        assert printable(tx, actor.producer) == ()
