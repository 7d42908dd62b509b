"""A label printer on a loopback port: keeps what it is sent, or stops on the way."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

import pytest

from tracer.actions.printing.sending import DELIVERER
from tracer.domain.printers import RAW_PORTS
from tracer.store.sendings import open_count
from tracer.store.world import World


@dataclass
class PaperTray:
    """A printer on a loopback port: keeps what it is sent.

    After so many bytes it breaks the line off (``stops_after``) or takes no more (``holds_after``)
    until it is let :meth:`go`. ``pause`` seconds pass after each 4 kB. It serves one caller, then
    ``callers`` - 1 more.
    """

    stops_after: int | None = None
    holds_after: int | None = None
    pause: float = 0
    callers: int = 1
    got: bytearray = field(default_factory=bytearray)
    port: int = 0
    called: threading.Event = field(default_factory=threading.Event)
    _going: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> PaperTray:
        self._server = _bound(listening=True)
        self.port = self._server.getsockname()[1]
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.go()
        self._server.shutdown(socket.SHUT_RDWR)  # wakes a thread that still waits for a caller
        self._thread.join(10)
        self._server.close()

    def _serve(self) -> None:
        for _ in range(self.callers):
            try:
                caller, _address = self._server.accept()
            except OSError:
                return
            self.called.set()
            with caller:
                self._take(caller)

    def _take(self, caller: socket.socket) -> None:
        stops, holds = self.stops_after, self.holds_after
        # Little is taken in before it is read: what left is then near to what was got.
        caller.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 32768)
        with suppress(ConnectionError):  # a sender that was killed, or stopped, hangs up
            while piece := caller.recv(4096):
                self.got += piece
                time.sleep(self.pause)
                if stops is not None and len(self.got) >= stops:
                    caller.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
                    return
                if holds is not None and len(self.got) >= holds:
                    self._going.wait(60)
                    holds = None

    def go(self) -> None:
        """Take the rest."""
        self._going.set()

    def join(self) -> bytes:
        self._thread.join(10)
        return bytes(self.got)


@contextmanager
def nobody_there() -> Iterator[int]:
    """A printer's port at which nobody listens, and nobody else will meanwhile."""
    server = _bound(listening=False)
    yield int(server.getsockname()[1])
    server.close()


def _bound(listening: bool) -> socket.socket:
    """A printer's port of this test's own, among all that run on this machine."""
    for port in RAW_PORTS:
        server = socket.socket()
        try:
            if listening:
                # Calls that have ended do not hold the port; two who come at once part at listen.
                server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            server.bind(("127.0.0.1", port))
            if listening:
                server.listen()
        except OSError:
            server.close()
            continue
        return server
    pytest.fail("all printer ports are taken")


def arrived(world: World) -> None:
    """Wait until nothing is on its way to a printer any more, and no deliverer at work."""
    until = time.monotonic() + 60
    while True:
        at_work = any(one.name == DELIVERER for one in threading.enumerate())
        with world.read() as tx:
            if not at_work and not open_count(tx.session):
                return
        assert time.monotonic() < until, "a sending does not end"
        time.sleep(0.02)
