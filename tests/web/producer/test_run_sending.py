"""The page of a run while it is sent: how far it is, the button that stops it, an old page."""

from __future__ import annotations

import html
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from sqlmodel import select

from tests.actions.paper_tray import PaperTray, arrived, nobody_there
from tests.conftest import SITE
from tests.web.producer import village as story
from tests.web.producer.desk import Visitor, changed, read_form
from tests.web.producer.village import Village
from tracer.actions.actor import own
from tracer.actions.certificates.void import VoidForm, void
from tracer.actions.forms import parse
from tracer.app import create_app
from tracer.config import Settings
from tracer.domain.clock import FixedClock
from tracer.store.sendings import LOST_SECONDS
from tracer.store.tables import Printer, PrintSending, PrintStep
from tracer.store.world import World

HELD = 60_000


def text(visitor: Visitor, path: str) -> str:
    return html.unescape(visitor.open(path))


@pytest.fixture
def rolled(village: Village, farmer: Visitor) -> str:
    """400 labels on a roll, as the page of the run."""
    new = f"/farm/print/new?certificate={village.certificate}&design=trace-60x40"
    return farmer.done(new, {"count": "400"})


@pytest.fixture
def tray(world: World, village: Village) -> Iterator[PaperTray]:
    """The village's printer, which takes so much and then waits."""
    with PaperTray(holds_after=HELD, callers=2) as tray:
        with world.write() as tx:
            printer = own(tx, village.farm.actor, Printer, village.printer)
            printer.address, printer.language = f"127.0.0.1:{tray.port}", "tspl"
        yield tray
        tray.go()
        arrived(world)


def pressed(visitor: Visitor, page: str) -> int:
    """Press the page's button that sends; the answer's status."""
    return visitor.post(f"{page}/send", read_form(visitor.open(page))).status_code


def held(visitor: Visitor, page: str) -> str:
    """The page, as soon as some labels have left."""
    until = time.monotonic() + 30
    while True:
        shown = text(visitor, page)
        if re.search(r"已送 [1-9]\d* / 400 张", shown):
            return shown
        assert time.monotonic() < until, shown
        time.sleep(0.05)


def test_the_page_tells_how_far_it_is_and_stops_it(
    world: World, farmer: Visitor, rolled: str, tray: PaperTray
) -> None:
    assert "Refresh" not in farmer.client.get(rolled).headers
    assert pressed(farmer, rolled) == 303
    page = held(farmer, rolled)
    number = int(re.findall(r"已送 (\d+) / 400 张", page)[0])
    assert 0 < number < 400
    assert f'value="{number}" max="400"' in page
    assert "正在送到“库房”" in page
    assert "label.png" not in page, "nothing heavy is fetched every two seconds"
    assert "都打好了" not in page
    assert farmer.client.get(rolled).headers["Refresh"] == "2"
    assert farmer.post(f"{rolled}/stop", read_form(page)).status_code == 303
    assert "正在停" in text(farmer, rolled)
    arrived(world)
    tray.go()
    page = text(farmer, rolled)
    [stopped] = re.findall(r"停下了</strong>：大约送到第 (\d+) 张", page)
    assert number <= int(stopped) < 400
    assert f"从第 {int(stopped) + 1} 张接着打" in page
    assert f"送到“库房”，大约送到第 {stopped} 张停下了" in page
    assert page.count("停下了") == 2, "what is to be done, and what happened"
    assert "Refresh" not in farmer.client.get(rolled).headers
    farmer.done(rolled, {}, to=f"{rolled}/resume")
    assert pressed(farmer, rolled) == 303
    arrived(world)
    page = text(farmer, rolled)
    assert "400 张都送到打印机了" in page
    assert "400 张都打好了" not in page, "nobody has seen them yet"


def test_another_device_and_an_old_page_are_told(
    world: World,
    village: Village,
    farmer: Visitor,
    visit: Callable[[str], Visitor],
    rolled: str,
    tray: PaperTray,
) -> None:
    other = visit(story.FARM)
    theirs = read_form(other.open(rolled))
    finishing = read_form(other.open(rolled), 1)
    assert pressed(farmer, rolled) == 303
    held(farmer, rolled)
    refused = other.post(f"{rolled}/send", theirs)
    assert refused.status_code == 409
    said = html.unescape(refused.text)
    assert "王禾正在用“库房”打第 1 到 400 张，已送" in said
    assert "停下" in said
    assert "Refresh" not in refused.headers, "what was refused can be read in peace"
    assert other.post(f"{rolled}/finish", finishing).status_code == 409
    tray.go()
    arrived(world)
    theirs["once"] = "another-ticket-of-the-page"
    late = other.post(f"{rolled}/send", theirs)
    assert late.status_code == 409
    told = html.unescape(late.text)
    assert "都已经送过了；要再印几张，请按“重打几张”" in told
    assert "请看下面" not in told, "there is nothing below"
    with world.read() as tx:
        assert len(tx.session.exec(select(PrintSending)).all()) == 1


def test_two_runs_to_one_printer_do_not_mix(
    village: Village, farmer: Visitor, rolled: str, tray: PaperTray
) -> None:
    new = f"/farm/print/new?certificate={village.certificate}&design=trace-60x40"
    second = farmer.done(new, {"count": "7"})
    assert pressed(farmer, rolled) == 303
    held(farmer, rolled)
    refused = farmer.post(f"{second}/send", read_form(farmer.open(second)))
    assert refused.status_code == 409
    assert "“库房”正在打别的标签（已送" in html.unescape(refused.text)


def test_the_next_part_of_a_long_run_appears_by_itself(
    world: World, village: Village, farmer: Visitor
) -> None:
    new = f"/farm/print/new?batch={village.harvested}&design=trace-60x40"
    run = farmer.done(new, {"count": "4803"})
    with PaperTray() as tray:
        with world.write() as tx:
            printer = own(tx, village.farm.actor, Printer, village.printer)
            printer.address = f"127.0.0.1:{tray.port}"
        assert pressed(farmer, run) == 303
        arrived(world)
    page = text(farmer, run)
    assert "打第 4801 到 4803 张" in page
    assert "送到打印机了 4800 张，共 4803 张" in page
    assert "大约送到" not in page


def test_a_reprint_is_sent_once(
    world: World, farmer: Visitor, rolled: str, tray: PaperTray
) -> None:
    again = farmer.done(f"{rolled}/reprint", {"first": "5", "last": "7", "reason": "lost"})
    form = read_form(farmer.open(again))
    assert farmer.post(f"{rolled}/send", form).headers["Location"] == again
    arrived(world)
    page = text(farmer, again)
    assert "重打的都送到打印机了" in page
    assert "送到“库房”打印" not in page
    form["once"] = "another-ticket-of-the-page"
    refused = farmer.post(f"{rolled}/send", form)
    assert refused.status_code == 409
    assert "还要就再按“重打几张”" in html.unescape(refused.text)
    page = text(farmer, rolled)
    assert "送到“库房”打印" in page, "the run itself has not been sent"
    assert "都送到" not in page


def test_a_reprint_that_broke_off_is_found_again(
    world: World, village: Village, farmer: Visitor, rolled: str
) -> None:
    again = farmer.done(f"{rolled}/reprint", {"first": "26", "last": "60", "reason": "lost"})
    link = f'href="{again}"'
    assert "还没送完" not in text(farmer, rolled), "it may have been printed from its file"
    with nobody_there() as port:
        with world.write() as tx:
            printer = own(tx, village.farm.actor, Printer, village.printer)
            printer.address = f"127.0.0.1:{port}"
        form = read_form(farmer.open(again))
        assert farmer.post(f"{rolled}/send", form).status_code == 303
        arrived(world)
    page = text(farmer, rolled)
    assert "重打第 26 到 60 张还没送完" in page
    assert page.count(link) == 2, "where it is told, and in what happened"
    assert "还没送完" not in text(farmer, again)
    done = read_form(farmer.open(again), 1)
    assert farmer.post(f"{rolled}/reprint/finish", done).status_code == 303
    page = text(farmer, rolled)
    assert "还没送完" not in page
    assert page.count(link) == 1


def test_a_server_that_was_stopped_is_told_as_a_jam(
    world: World, village: Village, farmer: Visitor, rolled: str, clock: FixedClock
) -> None:
    """Its claim is in the records, and nobody carries it any more."""
    with nobody_there() as port:
        with world.write() as tx:
            printer = own(tx, village.farm.actor, Printer, village.printer)
            printer.address = f"127.0.0.1:{port}"
        assert pressed(farmer, rolled) == 303
        arrived(world)
    with world.write() as tx:
        row = tx.session.exec(select(PrintSending)).one()
        row.ended_at, row.trouble, row.prints = None, None, 117
    assert "已送 117 / 400 张" in text(farmer, rolled)
    clock.advance(LOST_SECONDS + 1)
    page = text(farmer, rolled)
    assert "服务器在打印时停了</strong>：大约送到第 117 张" in page
    assert "从第 118 张接着打" in page
    assert page.count('大约送到第 117 张停下了<span class="muted">服务器在打印时停了</span>') == 1


def test_a_voided_run_says_so_and_nothing_else(
    world: World, village: Village, farmer: Visitor, rolled: str
) -> None:
    with PaperTray(stops_after=HELD) as tray:
        with world.write() as tx:
            printer = own(tx, village.farm.actor, Printer, village.printer)
            printer.address = f"127.0.0.1:{tray.port}"
        assert pressed(farmer, rolled) == 303
        arrived(world)
    page = text(farmer, rolled)
    assert "打印中断了</strong>" in page
    assert "接着打</button>" in page
    with world.write() as tx:
        void(tx, village.farm.actor, village.certificate, parse(VoidForm, {"reason": "填错了"}))
    page = text(farmer, rolled)
    assert "合格证已作废</strong>" in page
    for offered in ("打印中断了</strong>", "去看一看", "接着打</button>", "停的不是这一张"):
        assert offered not in page


def test_the_next_step_is_one_button(
    world: World, village: Village, farmer: Visitor, rolled: str
) -> None:
    """Where a printer can be sent to that is the step; else the file is."""

    def drawn(words: str) -> str:
        [classes] = re.findall(
            rf'<(?:button|a) class="([^"]*)"[^>]*>(?:<svg.*?</svg>)?{words}</', text(farmer, rolled)
        )
        return str(classes)

    def lighter() -> list[bool]:
        return ["outline" in drawn(words) for words in ("送到“库房”打印", "打印", "都打好了")]

    assert lighter() == [False, True, True]
    with world.write() as tx:
        own(tx, village.farm.actor, Printer, village.printer).address = None
    assert ["outline" in drawn(words) for words in ("打印", "都打好了")] == [False, False]


def test_where_nothing_may_be_sent_files_are_offered(
    world: World, village: Village, farmer: Visitor, rolled: str
) -> None:
    settings = Settings(_env_file=None, data=world.folder, public_url=SITE, printer_networks="")
    closed = create_app(settings, replace(world, printers=settings.printers))
    closed.config.update(farmer.client.application.config)
    inside = Visitor(closed.test_client(), village.browsers[story.FARM])
    page = text(inside, rolled)
    assert "送到“库房”" not in page
    assert "用“库房”打印" in page
    new = text(inside, "/farm/printers/new")
    assert 'name="address"' not in new
    assert "这里不能直接送到打印机" in new
    printer = text(inside, f"/farm/printers/{village.printer}")
    assert "送去打校准页" not in printer
    form = changed(read_form(inside.open(rolled)), {"printer": village.printer})
    refused = inside.post(f"{rolled}/send", form)
    assert refused.status_code == 422
    assert "请下载文件打印" in html.unescape(refused.text)
    with world.read() as tx:
        assert tx.session.exec(select(PrintStep)).all() == []
