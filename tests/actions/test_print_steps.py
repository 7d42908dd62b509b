"""A run in the printer: jams, reprints, spoiled labels, and what they leave alone."""

from __future__ import annotations

import pytest
from sqlmodel import func, select

from tests.actions.farm import Farm, second_farm, start_farm
from tracer.actions.certificates.issue import IssueForm, issue
from tracer.actions.certificates.void import RecallForm, VoidForm, recall, void
from tracer.actions.forms import parse
from tracer.actions.printing.paper import run_labels, standing_of
from tracer.actions.printing.runs import PrintForm, print_labels
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
from tracer.domain.errors import NotFound, Refusal
from tracer.domain.printing import Part
from tracer.domain.words import Outcome
from tracer.proof.labelcode import code
from tracer.proof.verify import verify
from tracer.queries.knowledge import StoreKnowledge
from tracer.queries.trace.model import State
from tracer.queries.trace.page import label_page
from tracer.store.tables import Batch, LabelCounter, Posting, PrintRun, StockPlace
from tracer.store.world import Tx, World


@pytest.fixture
def printed(world: World) -> tuple[Farm, str, str]:
    """A farm, its certificate and a run of 300 labels from cell 14 of a sheet on."""
    with world.write() as tx:
        farm = start_farm(tx)
        batch = farm.harvest(tx).public_id
        order = {"batch": batch, "quantity": "500", "unit": "kg", "basis": ["control"]}
        certificate = issue(tx, farm.actor, parse(IssueForm, order)).public_id
        wanted = {"design": "trace-a4-3x8", "stock": "a4-3x8", "count": 300, "start_cell": 14}
        form = parse(PrintForm, {"certificate": certificate, **wanted})
        return farm, certificate, print_labels(tx, farm.actor, form).public_id


def run_of(tx: Tx, run_id: str) -> PrintRun:
    return tx.session.exec(select(PrintRun).where(PrintRun.public_id == run_id)).one()


def code_of(tx: Tx, run_id: str, number: int) -> str:
    return code(run_of(tx, run_id).first_index + number - 1, tx.secrets.label_key)


def painted(tx: Tx, run_id: str, first: int, last: int) -> list[str]:
    return list(run_labels(tx, run_of(tx, run_id), Part(first, last), None)[1])


def ledger(tx: Tx) -> list[tuple[str, dict[str, int]]]:
    rows = tx.session.exec(select(Posting).where(Posting.evidence_kind == "print_run"))
    return [(row.row, row.fact) for row in rows]


def place(tx: Tx, farm: Farm) -> int:
    return tx.session.get_one(StockPlace, (farm.actor.producer, "a4-3x8")).next_cell


def test_a_jam_is_told_by_number_or_by_the_code_on_the_label(
    world: World, printed: tuple[Farm, str, str]
) -> None:
    farm, _, run = printed
    with world.write() as tx:
        assert place(tx, farm) == (13 + 300) % 24 + 1
        jam(tx, farm.actor, run, parse(JamForm, {"last_good": 100}))
        jam(tx, farm.actor, run, parse(JamForm, {"last_good": 90}))  # looked again
        typed = code_of(tx, run, 117).lower()
        step = jam(tx, farm.actor, run, parse(JamForm, {"last_good": typed}))
        assert (step.first, step.last) == (118, 300)
        resume(tx, farm.actor, run, ResumeForm(start_cell=5))
        assert place(tx, farm) == (4 + 183) % 24 + 1
        at = standing_of(tx, run_of(tx, run))
        assert (at.good, at.cell, at.jammed) == (117, 5, False)


@pytest.mark.parametrize(
    ("last_good", "code"),
    [
        ("300", "all_good"),
        ("301", "other_label"),
        ("最后", "unknown_label"),
        ("0000 0000 0000", "unknown_label"),
        ("-1", "unknown_label"),
    ],
)
def test_a_jam_that_cannot_be_is_refused(
    world: World, printed: tuple[Farm, str, str], last_good: str, code: str
) -> None:
    farm, _, run = printed
    with world.write() as tx, pytest.raises(Refusal) as refused:
        jam(tx, farm.actor, run, JamForm(last_good=last_good))
    assert refused.value.code == code


def test_a_run_that_did_not_stop_is_not_resumed(
    world: World, printed: tuple[Farm, str, str]
) -> None:
    farm, _, run = printed
    with world.write() as tx:
        with pytest.raises(Refusal, match="没有停下"):
            resume(tx, farm.actor, run, ResumeForm())
        finish(tx, farm.actor, run, FinishForm())
        with pytest.raises(Refusal, match="已经记成打好"):
            finish(tx, farm.actor, run, FinishForm())
        with pytest.raises(Refusal, match="已经记成打好"):
            jam(tx, farm.actor, run, JamForm(last_good=3))


def test_reprints_have_the_same_codes_and_count_nothing(
    world: World, printed: tuple[Farm, str, str]
) -> None:
    farm, _, run = printed
    with world.write() as tx:
        before, counter = ledger(tx), tx.session.exec(select(LabelCounter)).one().next_index
        first = painted(tx, run, 5, 7)
        for _ in range(4):
            form = {"first": 5, "last": 7, "reason": "damaged", "start_cell": 2}
            step = reprint(tx, farm.actor, run, parse(ReprintForm, form))
        assert painted(tx, run, step.first, step.last) == first
        assert ledger(tx) == before == [("C.2-8", {"prints": 300})]
        assert tx.session.exec(select(LabelCounter)).one().next_index == counter
        assert place(tx, farm) == 5


def test_copies_count_once(world: World, printed: tuple[Farm, str, str]) -> None:
    farm, certificate, _ = printed
    with world.write() as tx:
        paper = {"design": "trace-a4-3x8", "stock": "a4-3x8", "count": 10, "copies": 2}
        run = print_labels(tx, farm.actor, parse(PrintForm, {"certificate": certificate, **paper}))
        assert run.count == 10
        assert ledger(tx)[-1] == ("C.2-8", {"prints": 10})
        assert place(tx, farm) == 21


def test_a_spoiled_label_is_dead_wherever_it_is_asked_for(
    world: World, printed: tuple[Farm, str, str]
) -> None:
    farm, _, run = printed
    with world.write() as tx:
        spoil(tx, farm.actor, run, parse(SpoilForm, {"first": 8, "last": code_of(tx, run, 9)}))
        page = label_page(tx, code_of(tx, run, 8))
        assert (page.state, page.product) == (State.SPOILED, "")
        assert "印坏" in page.word + page.sentence
        verdict = verify(f"{tx.site}/T/{code_of(tx, run, 9)}", StoreKnowledge(tx))
        assert (verdict.outcome, verdict.code) == (Outcome.VOIDED, "label_spoiled")
        assert label_page(tx, code_of(tx, run, 10)).state is State.GENUINE
        assert len(painted(tx, run, 7, 10)) == 2, "a spoiled label is not painted again"
        with pytest.raises(Refusal, match="都已经作废"):
            painted(tx, run, 8, 9)
        with pytest.raises(Refusal, match="第 8 张已经作废"):
            reprint(
                tx, farm.actor, run, parse(ReprintForm, {"first": 1, "last": 300, "reason": "lost"})
            )


def test_no_recall_is_hidden_behind_spoiled_labels(
    world: World, printed: tuple[Farm, str, str]
) -> None:
    farm, _, run = printed
    with world.write() as tx:
        spoil(tx, farm.actor, run, SpoilForm(first=8))
        batch = tx.session.get_one(Batch, run_of(tx, run).batch_id)
        form = RecallForm(reason="抽检不合格", advice="送回原购买处退货")
        recall(tx, farm.actor, batch.public_id, form)
        assert label_page(tx, code_of(tx, run, 8)).state is State.RECALLED
        verdict = verify(f"{tx.site}/T/{code_of(tx, run, 8)}", StoreKnowledge(tx))
        assert verdict.code == "recalled"


def test_labels_that_share_one_code_are_not_spoiled_one_by_one(
    world: World, printed: tuple[Farm, str, str]
) -> None:
    farm, certificate, _ = printed
    with world.write() as tx:
        paper = {"design": "certificate-80x60", "stock": "roll-80x60", "count": 3}
        run = print_labels(tx, farm.actor, parse(PrintForm, {"certificate": certificate, **paper}))
        with pytest.raises(Refusal, match="同一张合格证"):
            spoil(tx, farm.actor, run.public_id, SpoilForm(first=1))


def test_no_more_paper_for_a_voided_certificate(
    world: World, printed: tuple[Farm, str, str]
) -> None:
    farm, certificate, run = printed
    with world.write() as tx:
        jam(tx, farm.actor, run, JamForm(last_good=10))
        void(tx, farm.actor, certificate, VoidForm(reason="数量填错", advice="已拉回"))
        with pytest.raises(Refusal, match="已作废"):
            resume(tx, farm.actor, run, ResumeForm())
        with pytest.raises(Refusal, match="已作废"):
            reprint(tx, farm.actor, run, parse(ReprintForm, {"first": 1, "reason": "lost"}))
        with pytest.raises(Refusal, match="已作废"):
            painted(tx, run, 1, 1)


def test_another_producers_run_does_not_exist(world: World, printed: tuple[Farm, str, str]) -> None:
    _, _, run = printed
    with world.write() as tx:
        other = second_farm(tx).actor
        with pytest.raises(NotFound):
            jam(tx, other, run, JamForm(last_good=1))
        with pytest.raises(NotFound):
            spoil(tx, other, run, SpoilForm(first=1))


@pytest.mark.parametrize(
    ("origin", "said"), [("蓼兰镇🍅", "🍅"), ("蓼兰镇河西村东头" * 30, "产地")]
)
def test_what_cannot_be_painted_uses_no_codes(world: World, origin: str, said: str) -> None:
    """A missing character or a field that would have to shrink too far, told before printing."""
    with world.write() as tx:
        farm = start_farm(tx)
        batch = farm.harvest(tx)
        batch.origin = origin
        batch_id = batch.public_id
        counter = tx.session.exec(select(LabelCounter)).one().next_index
    form = {"batch": batch_id, "design": "trace-60x40", "stock": "roll-60x40", "count": 5}
    with pytest.raises(Refusal, match=said), world.write() as tx:
        print_labels(tx, farm.actor, parse(PrintForm, form))
    with world.read() as tx:
        assert tx.session.exec(select(LabelCounter)).one().next_index == counter
        assert tx.session.exec(select(func.count()).select_from(PrintRun)).one() == 0
