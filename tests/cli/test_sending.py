"""Sending from the command line, in a process of its own: killed, and stopped by Ctrl-C."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from sqlmodel import select

from tests.actions.paper_tray import PaperTray
from tests.actions.shop import Shop, open_shop
from tests.serving import CHECKOUT
from tracer.actions.printing.sending import close_lost
from tracer.domain.clock import FixedClock
from tracer.store.sendings import LOST_SECONDS
from tracer.store.tables import PrintSending
from tracer.store.world import World

HELD = 60_000
BUFFERS = 3 * 65536  # bytes that a sender and a printer's side of the machine may hold between them


@pytest.fixture
def shop(world: World) -> Shop:
    return open_shop(world, 400)


@contextmanager
def sending(world: World, shop: Shop) -> Iterator[subprocess.Popen[str]]:
    """The command, sending to a printer by the name of 库房."""
    running = subprocess.Popen(
        [sys.executable, "-m", "tracer.cli", "labels", "send", shop.run, "--printer", "库房"],
        cwd=CHECKOUT,
        env=os.environ | {"TRACER_DATA": str(world.folder), "TRACER_PUBLIC_URL": world.site},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with running:
        yield running
        running.kill()


def under_way(world: World) -> PrintSending:
    """The sending, as soon as some of its prints have left."""
    until = time.monotonic() + 60
    while True:
        with world.read() as tx:
            row = tx.session.exec(select(PrintSending)).one_or_none()
        if row is not None and row.prints:
            return row
        assert time.monotonic() < until
        time.sleep(0.02)


def test_a_killed_process_leaves_a_jam_no_later_than_what_the_printer_got(
    world: World, shop: Shop
) -> None:
    with PaperTray(holds_after=HELD) as tray:
        shop.printer(world, "tspl", tray.port)
        with sending(world, shop) as running:
            row = under_way(world)
            with sending(world, shop) as second:
                _, told = second.communicate(timeout=60)
            running.kill()
            running.wait()
        tray.go()
        got = len(tray.join())
    assert second.returncode == 1
    assert "王禾正在用“库房”打第 1 到 400 张" in told
    at_once = replace(world, clock=FixedClock(row.beat_at + 1))
    close_lost(at_once)
    assert shop.steps(world) == [], "it may live still, for all that others know"
    close_lost(replace(world, clock=FixedClock(row.beat_at + 4 * LOST_SECONDS)))
    [(kind, first, last, _)] = shop.steps(world)
    sizes = [len(piece) for piece in shop.pieces(world, "tspl")]
    assert (kind, last) == ("jammed", 400)
    assert 0 < sum(sizes[:first]) <= got + BUFFERS < sum(sizes), "only what can have left is told"


def test_ctrl_c_stops_where_it_is(world: World, shop: Shop) -> None:
    with PaperTray(holds_after=HELD) as tray:
        shop.printer(world, "tspl", tray.port)
        with sending(world, shop) as running:
            under_way(world)
            running.send_signal(signal.SIGINT)
            out, told = running.communicate(timeout=60)
    assert (running.returncode, out) == (1, "")
    [(kind, first, last, _)] = shop.steps(world)
    assert (kind, last) == ("jammed", 400)
    assert f"停下了，大约送到：第 {first - 1} 张" in told
    assert "Traceback" not in told
