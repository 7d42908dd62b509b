"""What a run keeps of how it is printed, on both databases."""

from __future__ import annotations

from typing import Any

import pytest

from tests.actions.farm import Farm, second_farm, start_farm
from tests.actions.papers import add, picture
from tracer.actions.dossier.filling import withdraw_entry
from tracer.actions.farm.reports import keep_file
from tracer.actions.forms import parse
from tracer.actions.printing.own_stock import StockForm, add_stock, measured, retire_stock
from tracer.actions.printing.paper import cells_of, run_pdf, run_png, standing_of, stock_of, whole
from tracer.actions.printing.runs import PrintForm, print_labels
from tracer.actions.printing.steps import (
    FinishForm,
    JamForm,
    ReprintForm,
    ResumeForm,
    finish,
    jam,
    reprint,
    resume,
)
from tracer.domain.errors import NotFound, Refusal
from tracer.store.prints import step_rows
from tracer.store.tables import PrintRun, StockPlace
from tracer.store.world import Tx, World

SMALL = {"name": "36 格", "width": 45, "height": 30, "columns": 4, "rows": 9}
PAGE = {"page_width": 210, "page_height": 297, "left": 10, "top": 10}


def printed(tx: Tx, farm: Farm, **how: Any) -> PrintRun:
    """A run for a fresh harvest; on the A4 sheet unless told otherwise."""
    form = {"design": "trace-a4-3x8", "stock": "a4-3x8", "count": 30, **how}
    batch = farm.harvest(tx).public_id
    return print_labels(tx, farm.actor, parse(PrintForm, {"batch": batch, **form}))


def test_a_run_goes_through_the_printer(any_world: World) -> None:
    with any_world.write() as tx:
        farm = start_farm(tx)
        run = printed(tx, farm, start_cell=20)
        key = (farm.actor.producer, "a4-3x8")
        assert tx.session.get_one(StockPlace, key).next_cell == (19 + 30) % 24 + 1
        jam(tx, farm.actor, run.public_id, JamForm(last_good=10))
        resume(tx, farm.actor, run.public_id, ResumeForm(start_cell=2))
        assert tx.session.get_one(StockPlace, key).next_cell == 22
        again = {"first": 3, "reason": "lost", "start_cell": 22}
        reprint(tx, farm.actor, run.public_id, parse(ReprintForm, again))
        finish(tx, farm.actor, run.public_id, FinishForm())
    with any_world.read() as tx:
        steps = [(row.step, row.first, row.last) for row in step_rows(tx.session, run)]
        assert steps == [
            ("jammed", 11, 30),
            ("resumed", 11, 30),
            ("reprinted", 3, 3),
            ("finished", 11, 30),
        ]
        assert standing_of(tx, run).good == 30
        assert tx.session.get_one(StockPlace, key).next_cell == 23


def test_the_registered_mark_is_printed_as_it_was(world: World) -> None:
    with world.write() as tx:
        farm = start_farm(tx)
        with pytest.raises(Refusal, match="还没有登记企业标志"):
            printed(tx, farm, logo=True)
        look = keep_file(tx, farm.actor, "形象.png", picture(3)).public_id
        add(tx, farm.actor, "B.1-8", {"identity": [look]})
        with pytest.raises(Refusal, match="还没有登记企业标志"):
            printed(tx, farm, logo=True)
        mark = keep_file(tx, farm.actor, "标志.png", picture(9)).public_id
        entry = add(tx, farm.actor, "B.1-8", {"logo": mark, "identity": [look]}).entry
        run = printed(tx, farm, logo=True)
        plain = printed(tx, farm)
        assert len(run.options["logo"]) == 64
        assert entry is not None
        first = run_png(tx, run, 1)
        assert first != run_png(tx, plain, 1)
        withdraw_entry(tx, farm.actor, entry.public_id)
        assert run_png(tx, run, 1) == first, "a run is painted alike for ever"


def test_own_paper_is_kept_with_the_run(any_world: World) -> None:
    with any_world.write() as tx:
        farm, other = start_farm(tx), second_farm(tx)
        paper = add_stock(tx, farm.actor, parse(StockForm, SMALL | PAGE))
        stock = f"own:{paper.public_id}"
        run = printed(tx, farm, design="trace-40x30", stock=stock, start_cell=30)
        assert (cells_of(run), stock_of(run).cell) == (36, (45, 30))
        assert run_pdf(tx, run, whole(run)).startswith(b"%PDF-")
        with pytest.raises(NotFound):
            printed(tx, other, design="trace-40x30", stock=stock)
        with pytest.raises(Refusal, match="比这种标签纸大"):
            printed(tx, farm, stock=stock)
        with pytest.raises(Refusal, match="没有这么多格"):
            printed(tx, farm, design="trace-40x30", stock=stock, start_cell=37)
        with pytest.raises(Refusal, match="换一个名称"):
            add_stock(tx, farm.actor, parse(StockForm, SMALL | PAGE))
        retire_stock(tx, farm.actor, paper.public_id)
        with pytest.raises(Refusal, match="已经不用了"):
            printed(tx, farm, design="trace-40x30", stock=stock)
        assert stock_of(run).cells == 36


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"width": 8}, "width"),
        ({"columns": 5}, "width"),
        ({"page_width": 900}, "page_width"),
        ({"left": 60}, "width"),
        ({"dpi": 96}, "dpi"),
        ({"page_width": None}, "page_width"),
    ],
)
def test_paper_that_cannot_be_is_refused(wrong: dict[str, Any], field: str) -> None:
    with pytest.raises(Refusal) as refused:
        measured(parse(StockForm, SMALL | PAGE | wrong))
    assert refused.value.field == field, refused.value.message


@pytest.mark.parametrize("together", [True, False])
def test_copies_come_in_the_order_that_was_chosen(world: World, together: bool) -> None:
    with world.write() as tx:
        farm = start_farm(tx)
        run = printed(tx, farm, count=5, copies=3, together=together)
        assert run_pdf(tx, run, whole(run)).startswith(b"%PDF-")
        place = tx.session.get_one(StockPlace, (farm.actor.producer, "a4-3x8"))
        assert place.next_cell == 16
        hidden = printed(tx, farm, hide=["origin"])
        assert run_png(tx, hidden, 1) != run_png(tx, printed(tx, farm), 1)
        with pytest.raises(Refusal, match="必须印"):
            printed(tx, farm, hide=["product"])
