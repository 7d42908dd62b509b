"""Bytes to a printer: a raw socket (port 9100), or a queue through the machine's own ``lp``.

A printer takes bytes as fast as it prints them, so a delivery may last. It must never run inside a
writing transaction: what is sent is made first, whole, in a temporary file.
"""

from __future__ import annotations

import shutil
import socket
import subprocess
import tempfile
import threading
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import BinaryIO, cast

from tracer.domain.errors import Refusal
from tracer.domain.printers import PrinterAddress

CONNECT_SECONDS = 5.0
STALL_SECONDS = 30.0  # how long a printer may take nothing: a cover open, paper out
_CHUNK = 4096
# A slow printer keeps its caller waiting: of the few threads that answer pages, most stay free.
_lines = threading.BoundedSemaphore(2)
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

    @property
    def size(self) -> int:
        self.file.seek(0, 2)
        return self.file.tell()


@dataclass(frozen=True)
class Delivered:
    """How far a job came: ``prints`` of it whole, and what stopped it; empty where nothing did."""

    prints: int
    trouble: str = ""


def deliver(spool: Spool, address: PrinterAddress, title: str, raw: bool) -> Delivered:
    """Send a job. ``raw`` keeps a print server from converting a label printer's language."""
    spool.file.seek(0)
    if not _lines.acquire(blocking=False):
        return Delivered(0, "服务器正在给别的打印机送，请过几分钟再送，或者下载文件打印")
    try:
        if address.queue:
            return _through_lp(spool, address, title, raw)
        return _through_socket(spool, address)
    finally:
        _lines.release()


def _through_socket(spool: Spool, address: PrinterAddress) -> Delivered:
    sent = 0
    try:
        with socket.socket(_family(address), socket.SOCK_STREAM) as printer:
            printer.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER)
            printer.settimeout(CONNECT_SECONDS)
            printer.connect((address.host, address.port))
            printer.settimeout(STALL_SECONDS)
            while chunk := memoryview(spool.file.read(_CHUNK)):
                while chunk:
                    taken = printer.send(chunk)
                    sent, chunk = sent + taken, chunk[taken:]
            printer.shutdown(socket.SHUT_WR)
    except TimeoutError:
        told = "打印机没有反应" if sent else "连不上打印机，请看电源和网线"
        return Delivered(spool.prints_before(sent), told)
    except OSError:
        told = "打印中断了" if sent else "连不上打印机，请看电源、网线和地址"
        return Delivered(spool.prints_before(sent), told)
    return Delivered(len(spool.ends))


def _family(address: PrinterAddress) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in address.host else socket.AF_INET


def _through_lp(spool: Spool, address: PrinterAddress, title: str, raw: bool) -> Delivered:
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
    try:
        # No shell; host and queue have passed domain.printers, the title is of our making.
        done = subprocess.run(  # noqa: S603
            words, stdin=spool.file, capture_output=True, timeout=STALL_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return Delivered(0, "打印服务没有反应")
    if done.returncode:
        return Delivered(0, "打印服务没有收下，请看队列名称和打印服务的状态")
    return Delivered(len(spool.ends))
