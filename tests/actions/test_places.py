"""Copies in rounds, spoiled labels and the sheet left in the printer, on both databases."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import func, select

from tests.actions.farm import Farm, start_farm
from tracer.actions.certificates.issue import IssueForm, issue
from tracer.actions.forms import parse
from tracer.actions.printing.paper import (
    file_of,
    laid,
    part_of,
    place_reached,
    printer_job,
    run_labels,
    sheet_png,
    standing_of,
    whole,
)
from tracer.actions.printing.runs import PrintForm, bind_run, print_labels
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
    stop,
)
from tracer.domain.errors import Conflict, Refusal
from tracer.domain.printing import PRINTS_A_FILE, Part, next_part
from tracer.proof.labelcode import code
from tracer.store import schema
from tracer.store.tables import Posting, PrintRun, StockPlace
from tracer.store.world import Tx, World


def printed(tx: Tx, farm: Farm, **how: Any) -> PrintRun:
    """Labels for a fresh harvest; 30 on the A4 sheet unless told otherwise."""
    form = {"design": "trace-a4-3x8", "stock": "a4-3x8", "count": 30, **how}
    if "certificate" not in form:
        form["batch"] = farm.harvest(tx).public_id
    return print_labels(tx, farm.actor, parse(PrintForm, form))


def rounds(tx: Tx, farm: Farm) -> PrintRun:
    """30 labels three times over on a roll."""
    paper = {"design": "trace-60x40", "stock": "roll-60x40"}
    return printed(tx, farm, copies=3, together=False, **paper)


def free(tx: Tx, farm: Farm) -> int:
    return tx.session.get_one(StockPlace, (farm.actor.producer, "a4-3x8")).next_cell


def postings(tx: Tx) -> int:
    return tx.session.exec(select(func.count()).select_from(Posting)).one()


def to_print(tx: Tx, run: PrintRun) -> Part:
    part = next_part(laid(run), standing_of(tx, run), PRINTS_A_FILE)
    assert part is not None
    return part


def numbers(tx: Tx, run: PrintRun, part: Part) -> list[int]:
    """The labels of a part in the order in which they are painted, by their codes."""
    known = {
        code(run.first_index + number - 1, tx.secrets.label_key): number
        for number in range(1, run.count + 1)
    }
    return [
        next(number for one, number in known.items() if one in painted)
        for painted in run_labels(tx, run, part, None)[1]
    ]


def test_a_jam_in_the_second_round_prints_nothing_again(any_world: World) -> None:
    with any_world.write() as tx:
        farm = start_farm(tx)
        run = rounds(tx, farm)
        assert to_print(tx, run) == whole(run) == Part(1, 90)
        step = jam(tx, farm.actor, run.public_id, JamForm(last_good=10, round=2))
        assert (step.first, step.last) == (41, 90)
        resume(tx, farm.actor, run.public_id, ResumeForm())
        part = to_print(tx, run)
        assert numbers(tx, run, part) == [*range(11, 31), *range(1, 31)]
        job = list(printer_job(tx, run, part, "zpl", 203))
        assert len(job) == 50 + 2
        finish(tx, farm.actor, run.public_id, FinishForm())
        assert standing_of(tx, run).good == 90


def test_the_round_is_asked_for_where_it_is_not_plain(world: World) -> None:
    with world.write() as tx:
        farm = start_farm(tx)
        run = rounds(tx, farm)
        number = run.public_id
        label = code(run.first_index + 9, tx.secrets.label_key)
        for last_good in (10, label, 30):
            with pytest.raises(Refusal, match="填停在第几遍") as asked:
                jam(tx, farm.actor, number, JamForm(last_good=last_good))
            assert asked.value.field == "round"
        with pytest.raises(Refusal, match="一共打 3 遍"):
            jam(tx, farm.actor, number, JamForm(last_good=10, round=4))
        with pytest.raises(Refusal, match="第 1 到第 30 张"):
            jam(tx, farm.actor, number, JamForm(last_good=31, round=1))
        with pytest.raises(Refusal, match="都打好了"):
            jam(tx, farm.actor, number, JamForm(last_good=30, round=3))
        assert jam(tx, farm.actor, number, JamForm(last_good=0)).first == 1
        assert jam(tx, farm.actor, number, JamForm(last_good=0, round=2)).first == 31
        assert jam(tx, farm.actor, number, JamForm(last_good=label, round=1)).first == 11
        resume(tx, farm.actor, number, ResumeForm())
        finish(tx, farm.actor, number, FinishForm(last=65))
        with pytest.raises(Refusal, match="填数字"):
            finish(tx, farm.actor, number, FinishForm(last=label))
        with pytest.raises(Refusal, match="第 3 遍前 5 张已经记成打好"):
            jam(tx, farm.actor, number, JamForm(last_good=4, round=3))
        assert jam(tx, farm.actor, number, JamForm(last_good=10)).first == 71, "one round is left"
        with pytest.raises(Refusal, match="一共打 1 遍"):
            jam(tx, farm.actor, printed(tx, farm).public_id, JamForm(last_good=1, round=2))


def test_prints_lead_to_the_place_that_they_reached(world: World) -> None:
    with world.write() as tx:
        farm = start_farm(tx)
        run = rounds(tx, farm)
        assert [place_reached(tx, run, whole(run), prints) for prints in (0, 1, 45, 90, 99)] == [
            0,
            1,
            45,
            90,
            90,
        ]
        pairs = printed(tx, farm, copies=2, together=True)
        assert [place_reached(tx, pairs, whole(pairs), prints) for prints in (1, 2, 5)] == [0, 1, 2]


def test_spoiled_labels_take_no_cells_once_they_are_dead(any_world: World) -> None:
    """From cell 14: ten good, five dead before the rest goes on, one dead while it prints."""
    with any_world.write() as tx:
        farm = start_farm(tx)
        run = printed(tx, farm, start_cell=14)
        number = run.public_id
        assert free(tx, farm) == 20
        jam(tx, farm.actor, number, JamForm(last_good=10))
        spoil(tx, farm.actor, number, SpoilForm(first=11, last=15))
        resume(tx, farm.actor, number, ResumeForm(start_cell=3))
        assert free(tx, farm) == 3 + 15
        part = to_print(tx, run)
        assert numbers(tx, run, part) == list(range(16, 31))
        assert [place_reached(tx, run, part, prints) for prints in (0, 1, 14, 15)] == [
            10,
            16,
            29,
            30,
        ]
        spoil(tx, farm.actor, number, SpoilForm(first=20))
        assert place_reached(tx, run, part, 10) == 25, "label 20 was printed before it was spoiled"
        finish(tx, farm.actor, number, FinishForm())
        assert standing_of(tx, run).cell == 3 + 15


def test_pages_of_a_part_are_full_where_labels_were_spoiled(world: World) -> None:
    with world.write() as tx:
        farm = start_farm(tx)
        run = printed(tx, farm, count=40)
        spoil(tx, farm.actor, run.public_id, SpoilForm(first=1, last=10))
        whole_page = part_of(run, 1, 34, 1)
        assert sheet_png(tx, run, whole(run)) == sheet_png(tx, run, whole_page)
        assert sheet_png(tx, run, whole(run)) != sheet_png(tx, run, part_of(run, 1, 33, 1))


def test_a_file_holds_all_that_its_part_does(world: World) -> None:
    """A part is as many labels longer as are spoiled in it, and its file is not cut off before."""
    with world.write() as tx:
        farm = start_farm(tx)
        run = printed(tx, farm, count=6000)
        jam(tx, farm.actor, run.public_id, JamForm(last_good=0))
        spoil(tx, farm.actor, run.public_id, SpoilForm(first=101, last=400))
        resume(tx, farm.actor, run.public_id, ResumeForm())
        assert to_print(tx, run) == Part(1, 5100)
        assert file_of(tx, run, to_print(tx, run)) == Part(1, 5100)
        assert file_of(tx, run, whole(run)) == Part(1, 5100)
        pairs = printed(tx, farm, count=6000, copies=2, together=True)
        assert file_of(tx, pairs, whole(pairs)) == replace(whole(pairs), last=2400)


def test_who_stops_a_run_names_the_place(world: World) -> None:
    with world.write() as tx:
        farm = start_farm(tx)
        run = rounds(tx, farm)
        step = stop(tx, farm.actor, run, 45, "打印机没有反应", "zpl 192.168.1.20:9100")
        assert (step.first, step.last, step.output) == (46, 90, "zpl 192.168.1.20:9100")


def test_a_run_finished_before_there_were_places_stays_finished(any_world: World) -> None:
    """It was told up to its last label, and all copies were meant; one copy is left as it is."""
    with any_world.write() as tx:
        farm = start_farm(tx)
        runs = [rounds(tx, farm), printed(tx, farm, copies=3, together=True), printed(tx, farm)]
        for run in runs:
            finish(tx, farm.actor, run.public_id, FinishForm(last=run.count))
        assert standing_of(tx, runs[0]).good == 30
    with any_world.engines.writer.begin() as connection:
        connection.execute(text("DROP TABLE print_sending"))
        connection.execute(text("UPDATE alembic_version SET version_num = '0006'"))
    schema.upgrade(any_world.engines.writer)
    with any_world.read() as tx:
        assert [standing_of(tx, run).good for run in runs] == [90, 30, 30]


def test_two_pages_do_not_begin_in_one_cell(any_world: World) -> None:
    """Both were opened when cell 7 was free; the second is told, unless it chose its own."""
    with any_world.write() as tx:
        farm = start_farm(tx)
        printed(tx, farm, count=6)
        page = {"start_cell": free(tx, farm), "proposed_cell": free(tx, farm), "count": 2}
        run = printed(tx, farm, **page)
        assert (run.start_cell, free(tx, farm)) == (7, 9)
        with pytest.raises(Conflict, match="第 9 格") as told:
            printed(tx, farm, **page)
        assert told.value.field == "start_cell"
        again = {"first": 1, "reason": "lost", "start_cell": 7, "proposed_cell": 7}
        with pytest.raises(Conflict, match="第 9 格"):
            reprint(tx, farm.actor, run.public_id, parse(ReprintForm, again))
        assert printed(tx, farm, **page | {"start_cell": 12}).start_cell == 12
        assert printed(tx, farm, start_cell=7, count=1).start_cell == 7, "a caller names a cell"
        assert free(tx, farm) == 8


def test_a_bound_roll_earns_nothing(any_world: World) -> None:
    """表 C.2 序号 8 counts printed certificates: a label printed without a promise is none."""
    with any_world.write() as tx:
        farm = start_farm(tx)
        batch = farm.harvest(tx)
        order = {"batch": batch.public_id, "quantity": "500", "unit": "kg", "basis": ["control"]}
        certificate = issue(tx, farm.actor, parse(IssueForm, order))
        paper = {"design": "trace-60x40", "stock": "roll-60x40", "count": 500}
        roll = print_labels(tx, farm.actor, parse(PrintForm, paper))
        before = postings(tx)
        bind_run(tx, farm.actor, roll.public_id, batch.public_id)
        assert roll.certificate_id is None
        assert postings(tx) == before
        printed(tx, farm, certificate=certificate.public_id, count=3)
        assert postings(tx) == before + 1
