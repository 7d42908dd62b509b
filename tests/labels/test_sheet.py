"""Runs of labels on sheets and rolls."""

import io
import random

import pikepdf
import pypdfium2
import pytest
import zxingcpp

from labels import LabelError, design, sheet_pdf, stock, write_sheet
from labels.check import page_picture
from tests.labels.values import CERTIFICATE, TAG, longest

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
NAME = "trace-a4-3x8"


def labels(count: int, form: str = "2025-qr") -> list[tuple[dict[str, str], str]]:
    """Values and QR text of each label of a run."""
    chance = random.Random(count)
    codes = ["".join(chance.choices(ALPHABET, k=12)) for _ in range(count)]
    return [
        (
            longest(form) | {"code": f"{code[:4]} {code[4:8]} {code[8:]}"},
            f"https://T.EXAMPLE.CN/T/{code}",
        )
        for code in codes
    ]


def with_code(code: str, qr_text: str | None = None) -> tuple[dict[str, str], str]:
    values, text = labels(1)[0]
    return values | {"code": code}, qr_text or text


def texts(pdf: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(pdf)
    found = []
    for page in document:
        reader = page.get_textpage()
        found.append("".join(reader.get_text_bounded().split()))
        reader.close()
        page.close()
    document.close()
    return found


def read_cells(pdf: bytes, page: int, stock_name: str) -> dict[int, str]:
    """The QR text in each cell, counted from 1."""
    sheet = stock(stock_name)
    picture = page_picture(pdf, page, 300)
    dots = picture.width / sheet.size[0]
    read = {}
    for cell in range(sheet.cells):
        left, top = sheet.corner(cell)
        edges = (left, top, left + sheet.cell[0], top + sheet.cell[1])
        codes = zxingcpp.read_barcodes(picture.crop(tuple(edge * dots for edge in edges)))
        for code in codes:
            read[cell + 1] = code.text
    return read


def test_labels_fill_the_sheet_from_the_cell_that_was_picked():
    run = labels(30)
    pdf = sheet_pdf(NAME, run, start_cell=11)
    first, second = read_cells(pdf, 0, "a4-3x8"), read_cells(pdf, 1, "a4-3x8")
    assert first == {11 + at: text for at, (_, text) in enumerate(run[:14])}
    assert second == {1 + at: text for at, (_, text) in enumerate(run[14:])}


def test_each_label_shows_its_own_code_and_what_all_share():
    run = labels(26)
    pages = texts(sheet_pdf(NAME, run))
    assert len(pages) == 2
    for page, part in zip(pages, (run[:24], run[24:]), strict=True):
        assert page.count("承诺达标合格证") == len(part)
        assert all(values["code"].replace(" ", "") in page for values, _ in part)


@pytest.mark.parametrize("name", ["trace-60x40", "trace-40x30"])
def test_a_roll_has_one_label_a_page(name):
    run = labels(3, "trace")
    pdf = sheet_pdf(name, run)
    with pikepdf.open(io.BytesIO(pdf)) as document:
        width, height = design(name).size
        assert len(document.pages) == 3
        box = [float(side) for side in document.pages[0].MediaBox]
        assert box == pytest.approx([0, 0, width * 72 / 25.4, height * 72 / 25.4], abs=0.001)
    for page, (_, text) in enumerate(run):
        assert read_cells(pdf, page, design(name).stock) == {1: text}


def test_a_run_of_certificates_repeats_one_certificate():
    values = longest("2025-producer")
    pdf = sheet_pdf("certificate-100x70", [(values, CERTIFICATE)] * 3)
    pages = texts(pdf)
    assert len(pages) == 3
    for page, text in enumerate(pages):
        assert values["number"] in text
        assert read_cells(pdf, page, "roll-100x70") == {1: CERTIFICATE}


def test_a_design_may_stand_in_the_middle_of_a_larger_cell():
    run = labels(2)
    pdf = sheet_pdf(NAME, run, stock="a4-3x8-full", start_cell=24)
    assert read_cells(pdf, 0, "a4-3x8-full") == {24: run[0][1]}
    assert read_cells(pdf, 1, "a4-3x8-full") == {1: run[1][1]}


def test_the_file_is_whole_and_asks_the_printer_not_to_scale():
    with pikepdf.open(io.BytesIO(sheet_pdf(NAME, labels(50)))) as document:
        assert document.check_pdf_syntax() == []
        assert document.Root.ViewerPreferences.PrintScaling == "/None"
        forms = {page.Resources.XObject.L.objgen for page in document.pages}
        assert len(forms) == 1


def test_the_same_run_gives_the_same_bytes():
    assert sheet_pdf(NAME, labels(40)) == sheet_pdf(NAME, iter(labels(40)))


def test_each_symbol_lies_on_the_dot_grid_of_its_printer():
    """1/300 inch: whole dots at 300, 600 and 1200 dpi, so laser printers draw it exactly."""
    with pikepdf.open(io.BytesIO(sheet_pdf(NAME, labels(24)))) as document:
        height = float(document.pages[0].MediaBox[3])
        grid = 72 / 300
        x = y = 0.0
        seen = 0
        for operands, operator in pikepdf.parse_content_stream(document.pages[0]):
            if str(operator) == "cm":
                a, _, _, d, e, f = (float(number) for number in operands)
                if a == 1:
                    x, y = e, f
                    continue
                modules = 29
                module = a / (modules - 0.06)
                left = x + e - 0.03 * module
                top = height - (y + f + d + 0.03 * module)
                assert a == d
                for length in (left, top, module):
                    assert length / grid == pytest.approx(round(length / grid), abs=0.01)
                seen += 1
        assert seen == 24


def test_pages_are_written_as_labels_come():
    """A run is never held in memory: the file grows while the labels are still being made."""

    class Watched(io.BytesIO):
        largest = 0

        def write(self, data) -> int:
            self.largest = max(self.largest, len(data))
            return super().write(data)

    out = Watched()
    grown = []

    def coming():
        for label in labels(240):
            grown.append(out.tell())
            yield label

    assert write_sheet(out, NAME, coming()) == 10
    assert grown[-1] > grown[60] > grown[30] > 0
    assert out.largest < 40_000


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"labels": []}, "no_labels"),
        ({"start_cell": 0}, "start_cell"),
        ({"start_cell": 25}, "start_cell"),
        ({"stock": "roll-40x30"}, "stock_small"),
        ({"stock": "nothing"}, "stock_unknown"),
        ({"labels": [(longest("2025-qr") | {"issuer": ""}, TAG)]}, "field_missing"),
        ({"labels": [*labels(2), with_code("WMQ3 9WM2 XHWM", TAG + "A")]}, "length"),
        ({"labels": [*labels(2), with_code("7K3M 9QF2")]}, "code"),
        ({"labels": [with_code("xHPA", "https://T.EXAMPLE.CN/T/xHPA")]}, "code"),
        ({"labels": [with_code("7K3M 9QF2 XHPA")]}, "code"),
        ({"labels": [*labels(2), (longest("2025-qr") | {"product": "桃"}, TAG)]}, "values"),
        ({"labels": [(longest("2025-qr") | {"code": "7K3M 9QF2"}, CERTIFICATE)]}, "qr_too_dense"),
    ],
    ids=str,
)
def test_what_cannot_be_printed_is_refused(change, code):
    asked = {"labels": labels(3), "stock": None, "start_cell": 1} | change
    with pytest.raises(LabelError) as refused:
        sheet_pdf(NAME, **asked)
    assert refused.value.code == code
