"""What a printer is sent is the label, dot for dot."""

import io
import re

import pytest
import zxingcpp
from PIL import Image, ImageChops

from labels import LabelError, Options, design, designs, label_png, label_svg, printer_job
from tests.labels.values import CERTIFICATE, TAG, longest, run_of, with_code
from tests.labels.zebra import rendered


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
@pytest.mark.parametrize("name", [name for name in designs() if name.startswith("trace")])
def test_every_label_arrives_dot_for_dot(name, language, dpi):
    values, run = run_of(3, "trace")
    job = b"".join(printer_job(name, values, run, language, dpi=dpi))
    arrived = READERS[language](job)
    assert len(arrived) == 3
    for picture, text in zip(arrived, run, strict=True):
        png = label_png(name, with_code(text[-12:], "trace"), text, dpi=dpi)
        painted = Image.open(io.BytesIO(png)).convert("L")
        cut = picture.crop((0, 0, *painted.size)).convert("L")
        (read,) = zxingcpp.read_barcodes(cut)
        assert read.text == text
        if text != run[0]:
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
    job = b"".join(printer_job(name, values, [CERTIFICATE] * 2, language))
    for picture in READERS[language](job):
        (read,) = zxingcpp.read_barcodes(picture.convert("L"))
        assert read.text == CERTIFICATE


def test_what_labels_share_is_sent_to_a_zebra_once():
    pieces = list(printer_job("trace-60x40", *run_of(20), "zpl"))
    assert len(pieces) == 22
    assert max(len(piece) for piece in pieces[1:]) < len(pieces[0]) / 3


@pytest.mark.parametrize("language", READERS)
def test_a_label_lies_in_the_middle_of_a_larger_roll_and_is_shifted(language):
    values, run = run_of(2, "trace")
    by = Options(shift_um=(1500, -1000))
    plain, shifted = (
        READERS[language](b"".join(job))[1]
        for job in (
            printer_job("trace-40x30", values, run, language),
            printer_job("trace-40x30", values, run, language, stock="roll-60x40", options=by),
        )
    )
    assert shifted.size == (480, 320)
    moved = white(480, 320)
    moved.paste(plain, (80 + 12, 40 - 8))
    assert ImageChops.difference(moved.convert("L"), shifted.convert("L")).getbbox() is None


def test_another_renderer_reads_our_zpl():
    values, run = run_of(3, "trace")
    pictures = rendered(b"".join(printer_job("trace-60x40", values, run, "zpl")), (480, 320))
    read = [[code.text for code in zxingcpp.read_barcodes(picture)] for picture in pictures]
    assert read == [[text] for text in run]


@pytest.mark.parametrize("language", READERS)
def test_copies_are_sent_again(language):
    values, run = run_of(2, "trace")
    job = printer_job("trace-40x30", values, run, language, options=Options(copies=2))
    read = [
        zxingcpp.read_barcodes(one.convert("L"))[0].text for one in READERS[language](b"".join(job))
    ]
    assert read == run + run


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"language": "pcl"}, "language"),
        ({"texts": []}, "no_labels"),
        ({"values": with_code("ab", "trace")}, "code"),
        ({"texts": [TAG, TAG[:-1] + "$"]}, "code"),
        ({"texts": [TAG, TAG + "A"]}, "length"),
        ({"stock": "a4-3x8"}, "stock_sheet"),
        ({"stock": "roll-30x20"}, "stock_small"),
        ({"options": Options(shift_um=(-9000, 0))}, "shift"),
        ({"options": Options(shift_um=(9000, 0))}, "shift"),
    ],
    ids=str,
)
def test_what_cannot_be_printed_is_refused(change, code):
    asked = {"values": longest("trace"), "texts": [TAG], "language": "tspl"} | change
    with pytest.raises(LabelError) as refused:
        list(printer_job("trace-40x30", **asked))
    assert refused.value.code == code


@pytest.mark.parametrize("name", designs())
def test_svg_holds_its_text_as_outlines(name):
    svg = label_svg(name, longest(next(iter(design(name).forms))), TAG).decode()
    width, _ = design(name).size
    shown = re.search(r'width="([0-9.]+)pt"', svg)
    assert float(shown[1]) == pytest.approx(width * 72 / 25.4)
    assert "<text" not in svg
    assert "font" not in svg
