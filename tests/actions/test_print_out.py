"""Labels sent to a printer: exactly the bytes, and where it stopped if it stopped."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.actions.farm import second_farm
from tests.actions.paper_tray import PaperTray, nobody_there
from tests.actions.shop import Shop, open_shop
from tracer.actions.actor import own
from tracer.actions.forms import parse
from tracer.actions.printing import delivery
from tracer.actions.printing.paper import standing_of
from tracer.actions.printing.printers import (
    MeasureForm,
    PrinterForm,
    add_printer,
    change_printer,
    measure,
    retire_printer,
)
from tracer.actions.printing.sending import send_calibration, spool_part
from tracer.domain.errors import Conflict, NotFound, Refusal
from tracer.domain.printing import Part
from tracer.store.tables import PrintRun
from tracer.store.world import World


@pytest.fixture
def shop(world: World) -> Shop:
    return open_shop(world)


def run_of(world: World, shop: Shop) -> PrintRun:
    with world.read() as tx:
        return own(tx, shop.farm.actor, PrintRun, shop.run)


@pytest.mark.parametrize("language", ["zpl", "tspl", "escpos", "pdf"])
def test_a_printer_gets_exactly_the_job(world: World, shop: Shop, language: str) -> None:
    with PaperTray() as tray:
        printer = shop.printer(world, language, tray.port)
        sent = shop.send(world, printer)
        got = tray.join()
    assert (sent.prints, sent.reached, sent.trouble) == (40, 40, None)
    assert shop.steps(world) == [("finished", 1, 40, f"{language} 127.0.0.1:{tray.port}")]
    if language == "pdf":
        assert got.startswith(b"%PDF-")
        assert got.rstrip().endswith(b"%%EOF")
    else:
        assert got == b"".join(shop.pieces(world, language))


def test_a_printer_that_stops_is_told_with_the_label_it_reached(world: World, shop: Shop) -> None:
    pieces = shop.pieces(world, "tspl")
    ten = sum(map(len, pieces[:11]))
    with PaperTray(stops_after=ten) as tray:
        printer = shop.printer(world, "tspl", tray.port)
        sent = shop.send(world, printer)
    assert sent.trouble == "打印中断了"
    assert sent.reached is not None
    # A few prints more may lie in the kernel's buffers, never fewer than came.
    slack = -(-3 * 65536 // len(pieces[1]))
    assert 10 <= sent.reached <= 10 + slack < 40
    assert shop.steps(world) == [("jammed", sent.reached + 1, 40, f"tspl 127.0.0.1:{tray.port}")]
    with world.read() as tx:
        assert standing_of(tx, run_of(world, shop)).jammed


def test_a_printer_that_is_off_costs_nothing(world: World, shop: Shop) -> None:
    with nobody_there() as port:
        sent = shop.send(world, shop.printer(world, "zpl", port))
    assert (sent.reached, "连不上" in str(sent.trouble)) == (0, True)
    assert shop.steps(world) == []


def test_a_queue_is_asked_through_lp_or_said_to_be_missing(
    world: World, shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The stand-in for ``lp`` writes down what it was called with and what it was given."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with world.write() as tx:
        form = {"name": "队列", "language": "zpl", "address": "ipp://127.0.0.1/printers/label"}
        printer = add_printer(tx, shop.farm.actor, parse(PrinterForm, form)).public_id
    assert "没有打印服务" in str(shop.send(world, printer).trouble)
    lp = tmp_path / "lp"
    lp.write_text(f'#!/bin/sh\necho "$@" > {tmp_path}/words\n/bin/cat > {tmp_path}/job\n')
    lp.chmod(0o755)
    lp_off = lp.read_text()
    lp.write_text("#!/bin/sh\nexit 1\n")
    assert "没有收下" in str(shop.send(world, printer).trouble)
    assert shop.steps(world) == []
    lp.write_text(lp_off)
    sent = shop.send(world, printer)
    assert (sent.reached, sent.trouble) == (40, None)
    words = (tmp_path / "words").read_text().split()
    assert words[:4] == ["-h", "127.0.0.1:631", "-d", "label"]
    assert words[-2:] == ["-o", "raw"]
    assert b"^XA" in (tmp_path / "job").read_bytes()


def test_what_was_measured_moves_the_next_print(world: World, shop: Shop) -> None:
    with world.write() as tx:
        form = {"name": "办公室", "language": "pdf"}
        printer = add_printer(tx, shop.farm.actor, parse(PrinterForm, form))
        measure(tx, shop.farm.actor, printer.public_id, MeasureForm(across=1.5, down=0.5))
        assert (printer.shift_x_um, printer.shift_y_um) == (-1500, -500)
        measure(tx, shop.farm.actor, printer.public_id, MeasureForm(side="left", across=0.5))
        assert (printer.shift_x_um, printer.shift_y_um) == (-1000, -500)
        with pytest.raises(Refusal, match="先把纸装正"):
            measure(tx, shop.farm.actor, printer.public_id, MeasureForm(across=9.5))
        run = run_of(world, shop)
        moved = spool_part(tx, run, Part(1, 2), printer)
        with moved.file:
            moved.file.seek(0)
            assert moved.file.read().startswith(b"%PDF-")


def test_a_printer_is_its_owners(world: World, shop: Shop) -> None:
    with world.write() as tx:
        form = parse(PrinterForm, {"name": "库房", "language": "zpl"})
        mine = add_printer(tx, shop.farm.actor, form)
        with pytest.raises(Refusal, match="已经有叫这个名称"):
            add_printer(tx, shop.farm.actor, form)
        other = second_farm(tx).actor
        with pytest.raises(NotFound):
            change_printer(tx, other, mine.public_id, form)
        changed = parse(PrinterForm, {"name": "库房", "language": "tspl", "dpi": 300})
        assert change_printer(tx, shop.farm.actor, mine.public_id, changed).dpi == 300
        retire_printer(tx, shop.farm.actor, mine.public_id)
    with pytest.raises(Conflict, match="没有填地址"):
        shop.send(world, mine.public_id)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"language": "postscript"}, "language"),
        ({"dpi": 96}, "dpi"),
        ({"address": "8.8.8.8"}, "address"),
    ],
)
def test_a_printer_nobody_has_is_refused(
    world: World, shop: Shop, wrong: dict[str, object], field: str
) -> None:
    with world.write() as tx, pytest.raises(Refusal) as refused:
        form = {"name": "库房", "language": "zpl", **wrong}
        add_printer(tx, shop.farm.actor, parse(PrinterForm, form))
    assert refused.value.field == field


def test_a_job_names_the_print_that_a_byte_belongs_to() -> None:
    spool = delivery.Spool()
    with spool.file:
        spool.fill([b"before", b"one", b"two", b"three", b"after"])
        assert spool.ends == [9, 12, 17]
        assert [spool.prints_before(byte) for byte in (0, 8, 9, 16, 17, 22)] == [0, 0, 1, 2, 3, 3]
        assert spool.size == os.fstat(spool.file.fileno()).st_size == 22


def test_slow_printers_do_not_take_every_thread_that_answers_pages(
    world: World, shop: Shop
) -> None:
    """A calibration page is waited for; a third one is not."""

    def tried(printer: str) -> str:
        return send_calibration(world, shop.farm.actor, printer, "roll-100x70")

    with ExitStack() as stack:
        trays = [stack.enter_context(PaperTray(holds_after=0)) for _ in range(3)]
        names = [
            shop.printer(world, "tspl", tray.port, f"{n} 号", 600) for n, tray in enumerate(trays)
        ]
        with ThreadPoolExecutor() as threads:
            waiting = [threads.submit(tried, name) for name in names[:2]]
            for tray in trays[:2]:
                tray.called.wait(10)
            assert "试别的打印机" in tried(names[2])
            for tray in trays:
                tray.go()
            assert [one.result() for one in waiting] == ["", ""]
        assert tried(names[2]) == ""
