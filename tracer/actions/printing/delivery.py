"""Bytes to a printer: a raw socket (port 9100), or a queue through the machine's own ``lp``.

A printer takes bytes as fast as it prints them, so a delivery may last. It must never run inside a
writing transaction: what is sent is made first, whole, in a temporary file. While it lasts, a beat
a second tells how far it came and hears whether it is to stop.
"""

from __future__ import annotations

import shutil
import socket
import subprocess
import tempfile
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from time import monotonic
from typing import BinaryIO, cast

from tracer.domain.errors import Refusal
from tracer.domain.printers import PrinterAddress

CONNECT_SECONDS = 5.0
STALL_SECONDS = 30.0  # how long a printer may take nothing: a cover open, paper out
BEAT_SECONDS = 1.0

Beat = Callable[[int], str]
"""Is told the prints that left; answers what stops the delivery, nothing while it may go on."""

_CHUNK = 4096
# What the kernel takes before the printer does is not printed yet: kept small, so that the label
# named after a broken delivery is near the truth.
_SEND_BUFFER = 8192


def _scratch() -> BinaryIO:
    return cast(BinaryIO, tempfile.TemporaryFile())


@dataclass
class Spool:
    """A finished job in a temporary file, and the byte at which each of its prints ends."""

    file: BinaryIO = field(default_factory=_scratch)
    ends: list[int] = field(default_factory=list)

    def fill(self, pieces: Iterable[bytes]) -> None:
        """Write a printer job: what goes before, a piece for each print, what goes after."""
        for piece in pieces:
            self.file.write(piece)
            self.ends.append(self.file.tell())
        del self.ends[:1], self.ends[-1:]

    def prints_before(self, byte: int) -> int:
        """How many prints are whole before a byte."""
        return bisect_right(self.ends, byte)

    def edge_from(self, byte: int) -> int:
        """The end of the print that a byte is in; the byte itself where none is under way."""
        at = bisect_left(self.ends, byte)
        return self.ends[at] if byte and at < len(self.ends) else byte

    @property
    def size(self) -> int:
        self.file.seek(0, 2)
        return self.file.tell()


@dataclass(frozen=True)
class Delivered:
    """How far a job came: ``prints`` of it whole, and what stopped it; empty where nothing did.

    ``begun``: the printer took something, so paper may have come out.
    """

    prints: int
    trouble: str = ""
    begun: bool = True


def deliver(
    spool: Spool, address: PrinterAddress, title: str, raw: bool, beat: Beat = lambda prints: ""
) -> Delivered:
    """Send a job. ``raw`` keeps a print server from converting a label printer's language."""
    if address.queue:
        return _through_lp(spool, address, title, raw, beat)
    return _through_socket(spool, address, raw, beat)


def _through_socket(spool: Spool, address: PrinterAddress, raw: bool, beat: Beat) -> Delivered:
    line = _Line(spool, beat, whole_prints=raw)
    try:
        with socket.socket(_family(address), socket.SOCK_STREAM) as printer:
            printer.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER)
            # With so small a buffer, waiting for a full packet would wait for each answer.
            printer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            printer.settimeout(CONNECT_SECONDS)
            printer.connect((address.host, address.port))
            printer.settimeout(BEAT_SECONDS)
            told = line.pour(printer)
            if not told:
                printer.shutdown(socket.SHUT_WR)
                return Delivered(len(spool.ends))
    except TimeoutError:
        told = "打印机没有反应" if line.sent else "连不上打印机，请看电源和网线"
    except OSError:
        told = "打印中断了" if line.sent else "连不上打印机，请看电源、网线和地址"
    return Delivered(spool.prints_before(line.sent), told, begun=line.sent > 0)


@dataclass
class _Line:
    """A job on its way through a socket: ``sent`` bytes left.

    Told to stop, it still ends the print that it is in, where prints can be told apart: a label
    printer would take the next job for the rest of a picture.
    """

    spool: Spool
    beat: Beat
    whole_prints: bool
    sent: int = 0

    def pour(self, printer: socket.socket) -> str:
        """Send all; what stopped it on the way. TimeoutError where the printer takes nothing."""
        told, due, moved = "", 0.0, monotonic()
        end, piece = self.spool.size, memoryview(b"")
        self.spool.file.seek(0)
        while self.sent < end:
            if not told and monotonic() >= due:
                told = self.beat(self.spool.prints_before(self.sent))
                due = monotonic() + BEAT_SECONDS
                if told:
                    end = self.spool.edge_from(self.sent) if self.whole_prints else self.sent
                    continue
            if not piece:
                piece = memoryview(self.spool.file.read(_CHUNK))
            try:
                taken = printer.send(piece[: end - self.sent])
            except TimeoutError:
                if told:
                    break
                if monotonic() - moved >= STALL_SECONDS:
                    raise
                continue
            self.sent, piece, moved = self.sent + taken, piece[taken:], monotonic()
        return told


def _family(address: PrinterAddress) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in address.host else socket.AF_INET


def _through_lp(
    spool: Spool, address: PrinterAddress, title: str, raw: bool, beat: Beat
) -> Delivered:
    lp = shutil.which("lp")
    if lp is None:
        raise Refusal(
            "no_lp",
            "服务器上没有打印服务，不能用打印队列，请把打印机地址改成 192.168.1.20:9100 这样",
            "address",
            "要用队列，请管理员在服务器上安装 CUPS 的 lp 命令",
        )
    host = f"[{address.host}]" if ":" in address.host else address.host
    words = [lp, "-h", f"{host}:{address.port}", "-d", address.queue, "-t", title]
    words += ["-o", "raw"] if raw else []
    told = beat(0)
    if told:
        return Delivered(0, told, begun=False)
    spool.file.seek(0)
    until = monotonic() + STALL_SECONDS
    # No shell; host and queue have passed domain.printers, the title is of our making.
    with subprocess.Popen(  # noqa: S603
        words, stdin=spool.file, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as asked:
        while not told and asked.poll() is None:
            try:
                asked.wait(BEAT_SECONDS)
            except subprocess.TimeoutExpired:
                told = beat(0) or ("打印服务没有反应" if monotonic() >= until else "")
        if told:
            # The queue begins when it has the whole job: nothing of it is printed.
            asked.kill()
            return Delivered(0, told, begun=False)
    if asked.returncode:
        told = "打印服务没有收下，请看队列名称和打印服务的状态"
        return Delivered(0, told, begun=False)
    return Delivered(len(spool.ends))
