"""A real print server takes our jobs byte for byte: CUPS on the loopback, asked through ``lp``."""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from tracer.actions.printing.delivery import Spool, deliver
from tracer.domain.printers import PrinterAddress

JOB = [b"^XA before", b"\x00\xffone", b"\r\ntwo", b"after^XZ"]


@dataclass(frozen=True)
class PrintServer:
    """A CUPS with one queue, ``label``, whose printer is never there: jobs wait in its folder."""

    port: int
    folder: Path

    def queue(self, name: str) -> PrinterAddress:
        return PrinterAddress("127.0.0.1", self.port, name)

    def jobs(self) -> list[bytes]:
        return [one.read_bytes() for one in sorted(self.folder.glob("d*-001"))]


@pytest.fixture
def print_server(tmp_path: Path, need: Callable[[str], str]) -> Iterator[PrintServer]:
    need("lp")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folders = {name: tmp_path / name for name in ("ServerRoot", "RequestRoot", "TempDir")}
    folders |= {name: tmp_path / name for name in ("CacheDir", "StateDir", "ServerKeychain")}
    for folder in folders.values():
        folder.mkdir()
    files = tmp_path / "files.conf"
    logs = [f"{name} {tmp_path / name}" for name in ("AccessLog", "ErrorLog", "PageLog")]
    files.write_text("\n".join([*(f"{name} {path}" for name, path in folders.items()), *logs]))
    settings = tmp_path / "cupsd.conf"
    settings.write_text(
        f"Listen 127.0.0.1:{port}\nBrowsing Off\nDefaultEncryption Never\n"
        "<Location />\nAllow 127.0.0.1\n</Location>\n"
        "<Policy default>\n<Limit All>\nAllow 127.0.0.1\n</Limit>\n</Policy>\n"
    )
    (folders["ServerRoot"] / "printers.conf").write_text(
        "<Printer label>\nDeviceURI ipp://127.0.0.1:1/nowhere\n"
        "State Stopped\nAccepting Yes\n</Printer>\n"
    )
    server = subprocess.Popen(
        [need("cupsd"), "-f", "-c", str(settings), "-s", str(files)], stderr=subprocess.DEVNULL
    )
    try:
        while server.poll() is None:
            with suppress(OSError), socket.create_connection(("127.0.0.1", port)):
                break
            time.sleep(0.05)
        assert server.poll() is None, (tmp_path / "ErrorLog").read_text()
        yield PrintServer(port, folders["RequestRoot"])
    finally:
        server.terminate()
        server.wait()


def test_a_queue_takes_exactly_the_job(print_server: PrintServer) -> None:
    spool = Spool()
    with spool.file:
        spool.fill(JOB)
        came = deliver(spool, print_server.queue("label"), "tracer-test", raw=True)
    assert (came.prints, came.trouble) == (2, "")
    assert print_server.jobs() == [b"".join(JOB)]


def test_a_queue_that_is_not_there_is_told(print_server: PrintServer) -> None:
    spool = Spool()
    with spool.file:
        spool.fill(JOB)
        came = deliver(spool, print_server.queue("missing"), "tracer-test", raw=True)
    assert came.prints == 0
    assert "没有收下" in came.trouble
    assert print_server.jobs() == []
