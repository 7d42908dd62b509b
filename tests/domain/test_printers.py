"""Which addresses labels may be sent to: the user's own network and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracer.domain.errors import Refusal
from tracer.domain.printers import NEAR, PrinterAddress, parse_address, printer_networks


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("192.168.1.20", PrinterAddress("192.168.1.20", 9100)),
        (" 10.0.0.7:9107 ", PrinterAddress("10.0.0.7", 9107)),
        ("127.0.0.1:9101", PrinterAddress("127.0.0.1", 9101)),
        ("[fd12::7]:9100", PrinterAddress("fd12::7", 9100)),
        ("ipp://172.16.3.4/printers/Label_1", PrinterAddress("172.16.3.4", 631, "Label_1")),
        ("ipp://127.0.0.1:631/printers/A4", PrinterAddress("127.0.0.1", 631, "A4")),
    ],
)
def test_printers_nearby(text: str, address: PrinterAddress) -> None:
    assert parse_address(text) == address
    assert parse_address(str(address)) == address


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("printer.local:9100", "bad_address"),
        ("localhost:9100", "bad_address"),
        ("http://192.168.1.20:9100", "bad_address"),
        ("192.168.1.20:9100/x", "bad_address"),
        ("192.168.1.256", "bad_address"),
        ("192.168.001.020", "bad_address"),
        ("", "bad_address"),
        ("8.8.8.8:9100", "far_address"),
        ("169.254.169.254:9100", "far_address"),
        ("0.0.0.0:9100", "far_address"),
        ("224.0.0.1:9100", "far_address"),
        ("[::ffff:8.8.8.8]:9100", "bad_address"),
        ("[2001:db8::1]:9100", "far_address"),
        ("[fe80::1]:9100", "far_address"),
        ("192.168.1.20:80", "bad_port"),
        ("192.168.1.20:9108", "bad_port"),
        ("ipp://192.168.1.20:9100/printers/a", "bad_port"),
        ("ipp://192.168.1.20/admin", "bad_address"),
        ("ipp://192.168.1.20/printers/-o", "bad_address"),
        ("ipp://8.8.8.8/printers/a", "far_address"),
    ],
)
def test_nothing_else(text: str, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        parse_address(text)
    assert (refused.value.code, refused.value.field) == (code, "address")


@given(st.text(max_size=60))
def test_any_text_is_answered(text: str) -> None:
    try:
        address = parse_address(text)
    except Refusal:
        return
    assert parse_address(str(address)) == address


def test_the_operator_narrows_what_may_be_reached() -> None:
    shed = printer_networks("192.168.7.0/24, fd12::/64")
    assert parse_address("192.168.7.20", shed) == PrinterAddress("192.168.7.20", 9100)
    assert parse_address("[fd12::7]", shed) == PrinterAddress("fd12::7", 9100)
    with pytest.raises(Refusal, match=r"192\.168\.7\.0/24、fd12::/64") as refused:
        parse_address("192.168.8.20", shed)
    assert refused.value.code == "far_address"
    with pytest.raises(Refusal) as refused:
        parse_address("127.0.0.1", printer_networks(" "))
    assert refused.value.code == "sending_off"
    assert printer_networks(",".join(map(str, NEAR))) == NEAR


@pytest.mark.parametrize(
    "networks",
    ["8.8.8.0/24", "169.254.0.0/16", "fe80::/10", "0.0.0.0/0", "10.0.0.0/7", "192.168.1.7/24", "x"],
)
def test_what_is_not_near_cannot_be_allowed(networks: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        printer_networks(networks)
