"""What a printer is sent is the label, dot for dot."""

import io
import random
import re

import pytest
import zxingcpp
from PIL import Image, ImageChops

from labels import LabelError, design, designs, label_png, label_svg, printer_job
from tests.labels.values import CERTIFICATE, TAG, longest

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def run_of(name: str, count: int) -> list[tuple[dict[str, str], str]]:
    chance = random.Random(count)
    values = longest(next(iter(design(name).forms)))
    codes = ["".join(chance.choices(ALPHABET, k=12)) for _ in range(count)]
    return [
        (
            values | {"code": f"{code[:4]} {code[4:8]} {code[8:]}"},
            f"https://T.EXAMPLE.CN/T/{code}",
        )
        for code in codes
    ]


def white(width: int, height: int) -> Image.Image:
    return Image.new("1", (width, height), 1)


def unpack_zpl(data: str, width: int) -> bytes:
    """ZPL's packed hexadecimal, as far as we write it."""
    rows: list[str] = []
    row = ""
    for mark in data:
        if mark == ":":
            rows.append(rows[-1])
        elif mark == ",":
            rows.append(row.ljust(2 * width, "0"))
            row = ""
        else:
            row += mark
            if len(row) == 2 * width:
                rows.append(row)
                row = ""
    assert not row
    return bytes.fromhex("".join(rows))


def read_zpl(job: bytes) -> list[Image.Image]:
    """A printer that knows ~DG, ^XG, ^FO, ^GFA, ^PW and ^LL."""
    text = job.decode("ascii")
    stored = re.match(r"~DGR:LABEL\.GRF,(\d+),(\d+),([0-9A-F,:]*)", text)
    total, width = int(stored[1]), int(stored[2])
    shared = unpack_zpl(stored[3], width)
    assert len(shared) == total
    labels = []
    for label in re.findall(r"\^XA(\^PW.*?)\^XZ", text):
        size = [int(re.search(rf"\^{word}(\d+)", label)[1]) for word in ("PW", "LL")]
        page = white(*size)
        assert "^XGR:LABEL.GRF,1,1^FS" in label
        drawn = [(0, 0, width, shared)]
        for x, y, count, count2, row, data in re.findall(
            r"\^FO(\d+),(\d+)\^GFA,(\d+),(\d+),(\d+),([^^]*)\^FS", label
        ):
            picture = unpack_zpl(data, int(row))
            assert len(picture) == int(count) == int(count2)
            drawn.append((int(x), int(y), int(row), picture))
        for x, y, row, picture in drawn:
            ink = Image.frombytes("1", (8 * row, len(picture) // row), picture, "raw", "1")
            page.paste(0, (x, y), ink)
        labels.append(page)
    assert text.endswith("^IDR:LABEL.GRF^FS^XZ\n")
    return labels


def read_tspl(job: bytes) -> list[Image.Image]:
    assert job.startswith(b"SIZE ")
    labels = []
    for found in re.finditer(rb"CLS\r\nBITMAP 0,0,(\d+),(\d+),0,", job):
        width, height = int(found[1]), int(found[2])
        data = job[found.end() : found.end() + width * height]
        assert job[found.end() + width * height :].startswith(b"\r\nPRINT 1,1\r\n")
        labels.append(Image.frombytes("1", (8 * width, height), data, "raw", "1"))
    return labels


def read_escpos(job: bytes) -> list[Image.Image]:
    labels, at = [], 2
    assert job[:2] == b"\x1b@"
    while at < len(job):
        assert job[at : at + 4] == b"\x1dv0\x00"
        width = int.from_bytes(job[at + 4 : at + 6], "little")
        height = int.from_bytes(job[at + 6 : at + 8], "little")
        data = job[at + 8 : at + 8 + width * height]
        labels.append(Image.frombytes("1", (8 * width, height), data, "raw", "1;I"))
        at += 8 + width * height
        assert job[at : at + 3] == b"\x1bd\x03"
        at += 3
    return labels


def astuple(point: zxingcpp.Point) -> tuple[int, int]:
    return point.x, point.y


READERS = {"zpl": read_zpl, "tspl": read_tspl, "escpos": read_escpos}


@pytest.mark.parametrize("dpi", [203, 300])
@pytest.mark.parametrize("language", READERS)
@pytest.mark.parametrize("name", ["trace-60x40", "trace-40x30", "trace-a4-3x8"])
def test_every_label_arrives_dot_for_dot(name, language, dpi):
    run = run_of(name, 4)
    job = b"".join(printer_job(name, run, language, dpi=dpi))
    arrived = READERS[language](job)
    assert len(arrived) == 4
    for picture, (values, text) in zip(arrived, run, strict=True):
        painted = Image.open(io.BytesIO(label_png(name, values, text, dpi=dpi))).convert("L")
        cut = picture.crop((0, 0, *painted.size)).convert("L")
        (read,) = zxingcpp.read_barcodes(cut)
        assert read.text == text
        if text != run[0][1]:
            # A run keeps the mask of its first label: only the symbol may look different.
            corners = read.position
            place = (*astuple(corners.top_left), *astuple(corners.bottom_right))
            for one in (cut, painted):
                one.paste(255, place)
        assert ImageChops.difference(cut, painted).getbbox() is None


@pytest.mark.parametrize("language", READERS)
@pytest.mark.parametrize("name", [name for name in designs() if name.startswith("certificate")])
def test_certificates_go_to_label_printers_too(name, language):
    values = longest("2025-purchaser")
    job = b"".join(printer_job(name, [(values, CERTIFICATE)] * 2, language))
    for picture in READERS[language](job):
        (read,) = zxingcpp.read_barcodes(picture.convert("L"))
        assert read.text == CERTIFICATE


def test_what_labels_share_is_sent_to_a_zebra_once():
    pieces = list(printer_job("trace-60x40", run_of("trace-60x40", 20), "zpl"))
    assert len(pieces) == 22
    assert max(len(piece) for piece in pieces[1:]) < len(pieces[0]) / 3


@pytest.mark.parametrize(
    ("language", "labels", "code"),
    [
        ("pcl", [(longest("trace"), TAG)], "language"),
        ("zpl", [], "no_labels"),
        ("zpl", [(longest("trace"), TAG), (longest("trace") | {"product": "桃"}, TAG)], "values"),
        ("tspl", [(longest("trace") | {"code": "ab"}, TAG)], "code"),
        ("escpos", [(longest("trace"), TAG), (longest("trace") | {"code": "W"}, TAG)], "code"),
        ("zpl", [(longest("trace"), TAG), (longest("trace"), TAG + "A")], "length"),
    ],
)
def test_what_cannot_be_printed_is_refused(language, labels, code):
    with pytest.raises(LabelError) as refused:
        list(printer_job("trace-40x30", labels, language))
    assert refused.value.code == code


@pytest.mark.parametrize("name", designs())
def test_svg_holds_its_text_as_outlines(name):
    svg = label_svg(name, longest(next(iter(design(name).forms))), TAG).decode()
    width, _ = design(name).size
    shown = re.search(r'width="([0-9.]+)pt"', svg)
    assert float(shown[1]) == pytest.approx(width * 72 / 25.4)
    assert "<text" not in svg
    assert "font" not in svg
