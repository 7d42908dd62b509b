"""A label printer on a loopback port: keeps what it is sent, or stops on the way."""

from __future__ import annotations

import socket
import threading
from dataclasses import dataclass, field

import pytest

from tracer.domain.printers import RAW_PORTS


@dataclass
class PaperTray:
    """A printer on a loopback port: keeps what it is sent, or stops after so many bytes."""

    stops_after: int | None = None
    got: bytearray = field(default_factory=bytearray)
    port: int = 0

    def __enter__(self) -> PaperTray:
        self._server = _listen()
        self.port = self._server.getsockname()[1]
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown(socket.SHUT_RDWR)  # wakes a thread that still waits for a caller
        self._thread.join(10)
        self._server.close()

    def _serve(self) -> None:
        try:
            caller, _ = self._server.accept()
        except OSError:
            return
        with caller:
            caller.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            while piece := caller.recv(4096):
                self.got += piece
                if self.stops_after is not None and len(self.got) >= self.stops_after:
                    caller.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
                    return

    def join(self) -> bytes:
        self._thread.join(10)
        return bytes(self.got)


def _listen() -> socket.socket:
    for port in RAW_PORTS:
        server = socket.socket()
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            server.bind(("127.0.0.1", port))
        except OSError:
            server.close()
            continue
        server.listen()
        return server
    pytest.fail("all printer ports are taken")
