"""Printers: what they speak, and the addresses that labels may be sent to."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from tracer.domain.errors import Refusal
from tracer.domain.words import Word

RAW_PORTS = range(9100, 9108)  # what print servers listen on, one port a printer
IPP_PORT = 631
DPI = (203, 300, 600)

Network = IPv4Network | IPv6Network

# Printers stand in the user's own network. Nothing else may be reached through the service: no
# public address, no link-local one (cloud machines tell their secrets there), and no name that
# could lead elsewhere the next time it is looked up.
NEAR: tuple[Network, ...] = tuple(
    ip_network(net)
    for net in (
        "127.0.0.0/8",
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "::1/128",
        "fc00::/7",
    )
)
_HOST = r"(?:\[(?P<six>[0-9A-Fa-f:]{2,39})\]|(?P<four>[0-9.]{7,15}))"
_RAW = re.compile(rf"{_HOST}(?::(?P<port>[0-9]{{1,5}}))?")
_QUEUE = re.compile(
    rf"ipp://{_HOST}(?::(?P<port>[0-9]{{1,5}}))?/printers/(?P<queue>[A-Za-z0-9][A-Za-z0-9_.-]{{0,59}})"
)


class PrinterLanguage(Word):
    """What a printer understands."""

    PDF = "pdf", "普通打印机（PDF）"
    ZPL = "zpl", "ZPL（斑马等标签机）"
    TSPL = "tspl", "TSPL（TSC、佳博等标签机）"
    ESCPOS = "escpos", "ESC/POS（小票机）"


@dataclass(frozen=True)
class PrinterAddress:
    """A raw socket, or with ``queue`` a queue of a print server."""

    host: str
    port: int
    queue: str = ""

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"ipp://{host}/printers/{self.queue}" if self.queue else f"{host}:{self.port}"


def printer_networks(text: str) -> tuple[Network, ...]:
    """The networks that labels may be sent to, from a list with commas; none where it is empty.

    ValueError for what is no network, and for one that is not near: the list only narrows.
    """
    found = tuple(ip_network(name.strip()) for name in text.split(",") if name.strip())
    for network in found:
        if not any(_within(network, near) for near in NEAR):
            raise ValueError(f"{network} is not near")
    return found


def parse_address(text: str, networks: tuple[Network, ...] = NEAR) -> PrinterAddress:
    """``192.168.1.20``, ``192.168.1.20:9101`` or ``ipp://192.168.1.5/printers/label``.

    Refusals: ``sending_off`` (there are no ``networks``), ``bad_address``, ``far_address`` (in
    none of them), ``bad_port``.
    """
    if not networks:
        raise _bad("sending_off", "这里不能直接送到打印机，请下载文件打印")
    found = _QUEUE.fullmatch(text.strip()) or _RAW.fullmatch(text.strip())
    if found is None:
        raise _bad("bad_address", "打印机地址请写成 192.168.1.20:9100 这样，打印机的设置里能看到")
    host = _near(found["six"] or found["four"], networks)
    queue = found.groupdict().get("queue") or ""
    allowed = (IPP_PORT,) if queue else RAW_PORTS
    port = int(found["port"] or allowed[0])
    if port not in allowed:
        raise _bad("bad_port", "打印机的端口只能是 9100 到 9107，一般是 9100")
    return PrinterAddress(str(host), port, queue)


def _near(text: str, networks: tuple[Network, ...]) -> IPv4Address | IPv6Address:
    try:
        host = ip_address(text)
    except ValueError as error:
        raise _bad("bad_address", "打印机地址的数字不对，请对照打印机的设置再看一遍") from error
    if not any(host in network for network in NEAR):
        raise _bad("far_address", "打印机要和服务器在同一个局域网里，请填 192.168 或 10 开头的地址")
    if not any(host in network for network in networks):
        told = "、".join(map(str, networks))
        raise _bad("far_address", f"这里只能送到 {told} 里的打印机，请换一台，或者下载文件打印")
    return host


def _within(network: Network, near: Network) -> bool:
    if isinstance(network, IPv4Network) and isinstance(near, IPv4Network):
        return network.subnet_of(near)
    if isinstance(network, IPv6Network) and isinstance(near, IPv6Network):
        return network.subnet_of(near)
    return False


def _bad(code: str, sentence: str) -> Refusal:
    return Refusal(code, sentence, "address")
