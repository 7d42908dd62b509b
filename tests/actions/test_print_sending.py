"""A sending is claimed once, tells how far it is, can be stopped, and outlives its server."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import text
from sqlmodel import select

from tests.actions.paper_tray import PaperTray, arrived
from tests.actions.shop import Shop, open_shop
from tracer.actions.certificates.issue import IssueForm, issue
from tracer.actions.certificates.void import RecallForm, VoidForm, recall, void
from tracer.actions.forms import parse
from tracer.actions.printing import delivery
from tracer.actions.printing.printers import PrinterForm, add_printer
from tracer.actions.printing.sending import (
    MAX_OF_ONE,
    MAX_SENDINGS,
    SendForm,
    carry,
    close_lost,
    send,
    send_calibration,
    stop,
)
from tracer.actions.printing.steps import (
    FinishForm,
    JamForm,
    ResumeForm,
    finish,
    jam,
    resume,
)
from tracer.domain.clock import FixedClock
from tracer.domain.errors import Conflict, Refusal
from tracer.domain.printers import printer_networks
from tracer.domain.printing import PRINTS_A_FILE, Part
from tracer.store import schema
from tracer.store.sendings import LOST_SECONDS, open_count
from tracer.store.tables import PrintSending
from tracer.store.world import World

BUFFERS = 3 * 65536  # bytes that a sender and a printer's side of the machine may hold between them


def wait_for(true: Callable[[], bool]) -> None:
    until = time.monotonic() + 30
    while not true():
        assert time.monotonic() < until
        time.sleep(0.02)


def begin(world: World, shop: Shop, printer: str, **said: object) -> PrintSending:
    """Send as the service does: in a thread that starts when the claim is kept."""
    with world.write() as tx:
        form = parse(SendForm, {"printer": printer, **said})
        return send(world, tx, shop.farm.actor, shop.run, form)


def at_address(world: World, shop: Shop, number: int) -> str:
    """A printer of the shop with an address of its own."""
    at = {"language": "zpl", "address": f"127.0.0.{1 + number}:9100"}
    with world.write() as tx:
        form = parse(PrinterForm, {"name": f"{number} 号", **at})
        return add_printer(tx, shop.farm.actor, form).public_id


def test_two_devices_at_once_print_once(any_world: World) -> None:
    world = any_world
    shop = open_shop(world)
    together = threading.Barrier(2)

    with PaperTray(callers=2) as tray, ThreadPoolExecutor(2) as devices:
        printer = shop.printer(world, "zpl", tray.port)

        def press() -> str:
            together.wait()
            try:
                begin(world, shop, printer, first=1, last=40)
            except Conflict as refused:
                return refused.code
            return ""

        told = sorted(one.result() for one in [devices.submit(press) for _ in range(2)])
        arrived(world)
    assert told[0] == ""
    assert told[1] in {"sending", "sent_before"}, "the second came while it was sent, or after"
    assert bytes(tray.got) == b"".join(shop.pieces(world, "zpl"))
    assert [step[:3] for step in shop.steps(world)] == [("finished", 1, 40)]


def test_who_comes_second_is_told_who_prints_what_and_how_far(world: World) -> None:
    shop = open_shop(world, 400)
    with PaperTray(holds_after=60_000) as tray:
        printer = shop.printer(world, "tspl", tray.port)
        other = shop.printer(world, "tspl", tray.port, "同一台")
        sending = begin(world, shop, printer)
        wait_for(lambda: shop.sending(world, sending.public_id).prints > 0)
        far = shop.sending(world, sending.public_id)
        assert 0 < far.prints < far.wanted == 400
        with pytest.raises(Conflict) as told:
            shop.claim(world, printer)
        assert told.value.code == "sending"
        for word in ("王禾", "“库房”", "第 1 到 400 张", f"已送 {far.prints} 张，共 400 张"):
            assert word in told.value.message
        another = shop.more(world, 5)
        for name in (printer, other):
            with pytest.raises(Conflict, match="正在打别的标签") as busy:
                shop.claim(world, name, another)
            assert busy.value.code == "printer_busy"
        with pytest.raises(Conflict, match="正在打别的标签"):
            send_calibration(world, shop.farm.actor, printer, "roll-60x40")
        with world.write() as tx:
            with pytest.raises(Conflict, match="先按“停下”"):
                jam(tx, shop.farm.actor, shop.run, JamForm(last_good=3))
            with pytest.raises(Conflict, match="先按“停下”"):
                finish(tx, shop.farm.actor, shop.run, FinishForm())
        tray.go()
        arrived(world)
        got = tray.join()
    assert got == b"".join(shop.pieces(world, "tspl"))
    assert [step[:3] for step in shop.steps(world)] == [("finished", 1, 400)]


def test_stopped_where_it_is_and_at_the_end_of_a_print(world: World) -> None:
    shop = open_shop(world, 400)
    with PaperTray(pause=0.02) as tray:
        printer = shop.printer(world, "tspl", tray.port)
        sending = begin(world, shop, printer).public_id
        wait_for(lambda: shop.sending(world, sending).prints > 0)
        with world.write() as tx:
            stop(tx, shop.farm.actor, shop.run)
        arrived(world)
        got = tray.join()
    ended = shop.sending(world, sending)
    assert (ended.trouble, ended.prints) == ("停下了", ended.reached)
    assert ended.reached is not None
    assert 0 < ended.reached < 400
    [(kind, first, last, _)] = shop.steps(world)
    assert (kind, first, last) == ("jammed", ended.reached + 1, 400)
    assert got == b"".join(shop.pieces(world, "tspl")[: ended.prints + 1])
    with world.write() as tx:
        stop(tx, shop.farm.actor, shop.run)  # pressed once more: there is nothing left to stop
        resume(tx, shop.farm.actor, shop.run, ResumeForm())
    with PaperTray() as tray:
        with pytest.raises(Conflict, match="刚才已经送过了") as old:
            shop.claim(world, printer, first=1, last=400)
        assert old.value.code == "sent_before"
        with pytest.raises(Conflict, match="一页旧了"):
            shop.claim(world, printer, first=ended.reached + 2, last=400)


def test_a_deliverer_that_is_no_more_is_closed_once_as_a_jam(
    any_world: World, clock: FixedClock
) -> None:
    """Killed right after its claim, or in the middle: what it said last is what is told."""
    world = any_world
    shop = open_shop(world)
    printer = shop.printer(world, "zpl", 9107)
    sending = shop.claim(world, printer)
    with world.write() as tx:
        tx.session.exec(select(PrintSending)).one().prints = 17
    clock.advance(LOST_SECONDS)
    close_lost(world)
    assert shop.sending(world, sending).ended_at is None, "it may live still"
    clock.advance(1)
    with ThreadPoolExecutor(2) as lookers:
        list(lookers.map(lambda _: close_lost(world), range(2)))
    ended = shop.sending(world, sending)
    assert (ended.reached, ended.trouble) == (17, "服务器在打印时停了")
    assert [step[:3] for step in shop.steps(world)] == [("jammed", 18, 40)]
    carry_on = shop.steps(world)
    carry(world, sending)  # it was not dead after all: it must neither print nor record anything
    assert shop.steps(world) == carry_on
    with pytest.raises(Conflict, match="上次停下了"):
        shop.claim(world, printer)


def test_a_lost_one_does_not_keep_the_printer_from_others(world: World, clock: FixedClock) -> None:
    shop = open_shop(world)
    printer = shop.printer(world, "zpl", 9107)
    shop.claim(world, printer)
    other = shop.more(world, 5)
    clock.advance(LOST_SECONDS + 1)
    shop.claim(world, printer, other)
    assert [step[:3] for step in shop.steps(world)] == [("jammed", 1, 40)]
    clock.advance(LOST_SECONDS + 1)
    with world.write() as tx:
        jam(tx, shop.farm.actor, other, JamForm(last_good=2))
        resume(tx, shop.farm.actor, other, ResumeForm())
    shop.claim(world, printer, other)
    assert [step[:3] for step in shop.steps(world, other)] == [("jammed", 3, 5), ("resumed", 3, 5)]


def test_lost_ones_leave_room_for_others(any_world: World, clock: FixedClock) -> None:
    world = any_world
    shops = [open_shop(world, 2, n) for n in range(1, 1 + MAX_SENDINGS // MAX_OF_ONE)]
    for number in range(MAX_SENDINGS):
        lost = shops[number % len(shops)]
        lost.claim(world, at_address(world, lost, number), lost.more(world, 2))
    shop = shops[0]
    printer = at_address(world, shop, MAX_SENDINGS)
    with pytest.raises(Conflict, match="台打印机在打"):
        shop.claim(world, printer)
    clock.advance(LOST_SECONDS + 1)
    shop.claim(world, printer)
    with world.read() as tx:
        assert open_count(tx.session) == 1


def test_a_clock_that_leaps_stops_a_living_one_at_most(world: World, clock: FixedClock) -> None:
    shop = open_shop(world, 400)
    with PaperTray(holds_after=60_000) as tray:
        printer = shop.printer(world, "tspl", tray.port)
        sending = begin(world, shop, printer).public_id
        wait_for(lambda: shop.sending(world, sending).prints > 0)
        with world.write() as tx:
            row = tx.session.exec(select(PrintSending)).one()
            row.beat_at += 3 * LOST_SECONDS  # as said before the clock was set back
        close_lost(world)
        ended = shop.sending(world, sending)
        arrived(world)
        tray.go()
        got = tray.join()
    assert ended.ended_at is not None
    [(kind, first, _, _)] = shop.steps(world)
    assert (kind, first) == ("jammed", ended.prints + 1)
    pieces = shop.pieces(world, "tspl")
    assert len(got) <= len(b"".join(pieces[: ended.prints + 1])) + BUFFERS < len(b"".join(pieces))


def test_a_printer_that_takes_nothing_more_is_given_up(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "STALL_SECONDS", 1.0)
    shop = open_shop(world, 400)
    with PaperTray(holds_after=60_000) as tray:
        ended = shop.send(world, shop.printer(world, "tspl", tray.port))
    assert ended.trouble == "打印机没有反应"
    pieces = shop.pieces(world, "tspl")
    assert ended.reached is not None
    assert 0 < ended.reached <= (60_000 + BUFFERS) // len(pieces[1])
    assert [step[:3] for step in shop.steps(world)] == [("jammed", ended.reached + 1, 400)]


@pytest.mark.parametrize("told", ["已作废", "已召回"])
def test_what_no_longer_stands_is_printed_no_further(world: World, told: str) -> None:
    shop = open_shop(world)
    with world.write() as tx:
        form = {"batch": shop.batch, "quantity": "50", "unit": "kg", "basis": ["control"]}
        certificate = issue(tx, shop.farm.actor, parse(IssueForm, form)).public_id
    shop.run = shop.more(world, 400, batch=None, certificate=certificate)
    with PaperTray(holds_after=60_000) as tray:
        printer = shop.printer(world, "tspl", tray.port)
        sending = begin(world, shop, printer).public_id
        wait_for(lambda: shop.sending(world, sending).prints > 0)
        with world.write() as tx:
            if told == "已作废":
                void(tx, shop.farm.actor, certificate, parse(VoidForm, {"reason": "填错了"}))
            else:
                form = {"reason": "抽检不合格", "advice": "送回退货"}
                recall(tx, shop.farm.actor, shop.batch, parse(RecallForm, form))
        arrived(world)
    ended = shop.sending(world, sending)
    assert told in str(ended.trouble)
    assert ended.reached is not None
    assert 0 < ended.reached < 400
    with world.read() as tx:
        assert not open_count(tx.session)


def test_a_long_run_is_sent_part_after_part(world: World) -> None:
    shop = open_shop(world, PRINTS_A_FILE + 3)
    with PaperTray(callers=2) as tray:
        printer = shop.printer(world, "zpl", tray.port)
        assert shop.send(world, printer).reached == PRINTS_A_FILE
        assert shop.send(world, printer).reached == PRINTS_A_FILE + 3
    assert [step[:3] for step in shop.steps(world)] == [
        ("finished", 1, PRINTS_A_FILE),
        ("finished", PRINTS_A_FILE + 1, PRINTS_A_FILE + 3),
    ]
    parts = Part(1, PRINTS_A_FILE), Part(PRINTS_A_FILE + 1, PRINTS_A_FILE + 3)
    jobs = [piece for part in parts for piece in shop.pieces(world, "zpl", part)]
    assert bytes(tray.got) == b"".join(jobs)
    with pytest.raises(Conflict, match="都已经送过了"):
        shop.claim(world, printer)


def test_collated_copies_go_on_in_the_round_where_they_broke(world: World) -> None:
    shop = open_shop(world)
    shop.run = shop.more(world, 30, copies=3, together=False)
    pieces = shop.pieces(world, "tspl")
    with PaperTray(stops_after=len(b"".join(pieces[:41]))) as tray:
        broken = shop.send(world, shop.printer(world, "tspl", tray.port))
    assert broken.wanted == 90
    assert broken.reached is not None
    assert 40 <= broken.reached < 90
    with world.write() as tx:
        resume(tx, shop.farm.actor, shop.run, ResumeForm())
    with PaperTray() as tray:
        sent = shop.send(world, shop.printer(world, "tspl", tray.port, "办公室"))
        got = tray.join()
    assert (sent.first, sent.wanted) == (broken.reached + 1, 90 - broken.reached)
    assert got == b"".join(shop.pieces(world, "tspl", Part(sent.first, 90)))
    assert [step[:3] for step in shop.steps(world)] == [
        ("jammed", sent.first, 90),
        ("resumed", sent.first, 90),
        ("finished", sent.first, 90),
    ]


def test_so_many_at_once_and_no_more(world: World) -> None:
    def press(shop: Shop, number: int) -> None:
        shop.claim(world, at_address(world, shop, number), shop.more(world, 2))

    shops = [open_shop(world, 2, n) for n in range(1, 2 + MAX_SENDINGS // MAX_OF_ONE)]
    for number in range(MAX_SENDINGS):
        press(shops[number // MAX_OF_ONE], number)
        if number == MAX_OF_ONE - 1:
            with pytest.raises(Conflict, match="已经有 4 台打印机在打"):
                press(shops[0], 100)
    with pytest.raises(Conflict, match="正在给别的打印机送") as refused:
        press(shops[-1], 101)
    assert refused.value.code == "server_busy"


def test_nothing_is_sent_where_the_operator_does_not_let_it(world: World) -> None:
    shop = open_shop(world)
    printer = shop.printer(world, "zpl", 9107)
    for networks, code in (("", "sending_off"), ("192.168.7.0/24", "far_address")):
        narrowed = replace(world, printers=printer_networks(networks))
        with pytest.raises(Refusal) as refused:
            shop.claim(narrowed, printer)
        assert refused.value.code == code
        with pytest.raises(Refusal):
            shop.printer(narrowed, "zpl", 9107, "另一台")
        with pytest.raises(Refusal):
            send_calibration(narrowed, shop.farm.actor, printer, "roll-60x40")


def test_a_run_finished_in_rounds_before_places_were_counted_stays_finished(
    any_world: World,
) -> None:
    world = any_world
    shop = open_shop(world, 40)
    plain = shop.run
    shop.run = shop.more(world, 30, copies=2, together=False)
    for run in (plain, shop.run):
        with world.write() as tx:
            finish(tx, shop.farm.actor, run, FinishForm())
    with world.engines.writer.begin() as connection:
        connection.execute(text("DROP TABLE print_sending"))
        connection.execute(text('UPDATE print_step SET last = 30 WHERE "last" = 60'))
        connection.execute(text("UPDATE alembic_version SET version_num = '0006'"))
    schema.upgrade(world.engines.writer)
    assert [step[:3] for step in shop.steps(world)] == [("finished", 1, 60)]
    assert [step[:3] for step in shop.steps(world, plain)] == [("finished", 1, 40)]
    with pytest.raises(Conflict, match="都已经送过了"):
        shop.claim(world, shop.printer(world, "zpl", 9107))
