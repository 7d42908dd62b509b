"""Labels sent to a printer once more, and what is spoiled or jammed after it was sent."""

from __future__ import annotations

import pytest
from sqlmodel import col, select

from tests.actions.paper_tray import PaperTray, nobody_there
from tests.actions.shop import open_shop
from tracer.actions.actor import own
from tracer.actions.forms import parse
from tracer.actions.printing.sending import close_lost
from tracer.actions.printing.steps import (
    FinishForm,
    JamForm,
    ReprintForm,
    ResumeForm,
    SpoilForm,
    finish,
    finish_reprint,
    jam,
    reprint,
    resume,
    spoil,
)
from tracer.domain.clock import FixedClock
from tracer.domain.errors import Conflict, NotFound, Refusal
from tracer.domain.printing import Part
from tracer.queries.printing.run import run_page
from tracer.store.sendings import LOST_SECONDS
from tracer.store.tables import PrintRun, PrintSending
from tracer.store.world import World


def test_a_reprint_goes_through_once_and_on_where_it_broke(world: World) -> None:
    shop = open_shop(world, 400)
    with world.write() as tx:
        form = parse(ReprintForm, {"first": 5, "last": 300, "reason": "lost"})
        step = reprint(tx, shop.farm.actor, shop.run, form).public_id
    pieces = shop.pieces(world, "tspl")
    with PaperTray(stops_after=len(b"".join(pieces[:21]))) as tray:
        broken = shop.send(world, shop.printer(world, "tspl", tray.port), step=step)
    assert broken.reached is not None
    assert 24 <= broken.reached < 300
    with PaperTray() as tray:
        printer = shop.printer(world, "tspl", tray.port, "办公室")
        with pytest.raises(Conflict, match="一页旧了"):
            shop.claim(world, printer, step=step, first=5, last=300)
        sent = shop.send(world, printer, step=step, first=broken.reached + 1, last=300)
        got = tray.join()
    assert (sent.first, sent.reached, sent.trouble) == (broken.reached + 1, 300, None)
    assert got == b"".join(shop.pieces(world, "tspl", part=Part(sent.first, 300)))
    with pytest.raises(Conflict, match="已经送去重打过了"):
        shop.claim(world, printer, step=step)
    with pytest.raises(Refusal, match="没有这次重打"):
        shop.claim(world, printer, step="7K3M9Q2XW4E")
    assert [one[:3] for one in shop.steps(world)] == [("reprinted", 5, 300)]


def test_a_reprint_that_broke_off_is_told_until_it_came_out(any_world: World) -> None:
    world = any_world
    shop = open_shop(world)
    actor = shop.farm.actor

    def again(first: int, last: int) -> str:
        with world.write() as tx:
            form = parse(ReprintForm, {"first": first, "last": last, "reason": "lost"})
            return reprint(tx, actor, shop.run, form).public_id

    def told() -> tuple[tuple[str, str], ...]:
        with world.read() as tx:
            return run_page(tx, own(tx, actor, PrintRun, shop.run)).unsent

    first, second, third, _downloaded = again(1, 9), again(20, 40), again(5, 5), again(6, 6)
    with nobody_there() as port:
        printer = shop.printer(world, "zpl", port)
        for step in (first, second, third):
            shop.send(world, printer, step=step)
    with world.write() as tx:
        row = tx.session.exec(select(PrintSending).order_by(col(PrintSending.id))).first()
        assert row is not None
        row.reached = 4
    assert told() == ((first, "第 5 到 9 张"), (second, "第 20 到 40 张"), (third, "第 5 张"))
    with PaperTray() as tray:
        shop.send(world, shop.printer(world, "zpl", tray.port, "办公室"), step=second)
    with world.write() as tx:
        finish_reprint(tx, actor, shop.run, third)
        with pytest.raises(NotFound):
            finish_reprint(tx, actor, shop.run, "7K3M9Q2XW4E")
    assert told() == ((first, "第 5 到 9 张"),)


def test_a_reprint_of_collated_copies_is_told_by_its_labels(
    world: World, clock: FixedClock
) -> None:
    shop = open_shop(world)
    actor = shop.farm.actor
    shop.run = shop.more(world, 30, copies=3, together=False)
    printer = shop.printer(world, "zpl", 9107)
    with world.write() as tx:
        form = parse(ReprintForm, {"first": 3, "last": 9, "reason": "lost"})
        step = reprint(tx, actor, shop.run, form).public_id
    shop.claim(world, printer, step=step)
    with pytest.raises(Conflict, match="打第 3 到 9 张，已送"):
        shop.claim(world, printer)
    with world.write() as tx:
        tx.session.exec(select(PrintSending)).one().prints = 3
        under_way = run_page(tx, own(tx, actor, PrintRun, shop.run), step).sending
        assert under_way is not None
        assert under_way.what == "第 3 到 9 张"
    clock.advance(LOST_SECONDS + 1)
    close_lost(world)
    with world.read() as tx:
        assert run_page(tx, own(tx, actor, PrintRun, shop.run), step).came == "第 5 张"


def test_what_was_sent_may_jam_though_labels_were_spoiled_or_reprinted_since(
    any_world: World,
) -> None:
    world = any_world
    shop = open_shop(world)
    actor = shop.farm.actor
    with PaperTray() as tray:
        shop.send(world, shop.printer(world, "zpl", tray.port))
    with world.write() as tx:
        spoil(tx, actor, shop.run, SpoilForm(first=3))
        reprint(tx, actor, shop.run, parse(ReprintForm, {"first": 5, "reason": "damaged"}))
        assert run_page(tx, own(tx, actor, PrintRun, shop.run)).sent
    with world.write() as tx:
        jam(tx, actor, shop.run, JamForm(last_good=30))
        spoil(tx, actor, shop.run, SpoilForm(first=7))
        jam(tx, actor, shop.run, JamForm(last_good=17))  # looked again
        resume(tx, actor, shop.run, ResumeForm())
        at = run_page(tx, own(tx, actor, PrintRun, shop.run))
    assert (at.good, at.sent, at.part) == (17, False, Part(18, 40))
    with world.write() as tx:
        finish(tx, actor, shop.run, FinishForm())
        spoil(tx, actor, shop.run, SpoilForm(first=8))
        with pytest.raises(Refusal, match="已经记成打好了"):
            jam(tx, actor, shop.run, JamForm(last_good=20))
