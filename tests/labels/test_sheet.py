"""Runs of labels on sheets and rolls."""

import io

import pikepdf
import pypdfium2
import pytest
import zxingcpp

from labels import LabelError, Options, Stock, custom_stock, design, sheet_pdf, stock, write_sheet
from labels.check import page_picture
from tests.labels.values import CERTIFICATE, TAG, longest, run_of, with_code

NAME = "trace-a4-3x8"


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


def read_cells(pdf: bytes, page: int, paper: str | Stock) -> dict[int, str]:
    """The QR text in each cell, counted from 1."""
    sheet = stock(paper) if isinstance(paper, str) else paper
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
    values, run = run_of(30)
    pdf = sheet_pdf(NAME, values, run, start_cell=11)
    first, second = read_cells(pdf, 0, "a4-3x8"), read_cells(pdf, 1, "a4-3x8")
    assert first == dict(enumerate(run[:14], 11))
    assert second == dict(enumerate(run[14:], 1))


def test_each_label_shows_its_own_code_and_what_all_share():
    values, run = run_of(26)
    pages = texts(sheet_pdf(NAME, values, run))
    assert len(pages) == 2
    for page, part in zip(pages, (run[:24], run[24:]), strict=True):
        assert page.count("承诺达标合格证") == len(part)
        assert all(text[-12:] in page for text in part)


@pytest.mark.parametrize("name", ["trace-60x40", "trace-40x30", "trace-30x20"])
def test_a_roll_has_one_label_a_page(name):
    values, run = run_of(3, "trace")
    pdf = sheet_pdf(name, values, run)
    with pikepdf.open(io.BytesIO(pdf)) as document:
        width, height = design(name).size
        assert len(document.pages) == 3
        box = [float(side) for side in document.pages[0].MediaBox]
        assert box == pytest.approx([0, 0, width * 72 / 25.4, height * 72 / 25.4], abs=0.001)
    for page, text in enumerate(run):
        assert read_cells(pdf, page, design(name).stock) == {1: text}


def test_a_run_of_certificates_repeats_one_certificate():
    values = longest("2025-producer")
    pdf = sheet_pdf("certificate-100x70", values, [CERTIFICATE] * 3)
    pages = texts(pdf)
    assert len(pages) == 3
    for page, text in enumerate(pages):
        assert values["number"] in text
        assert read_cells(pdf, page, "roll-100x70") == {1: CERTIFICATE}


def test_a_design_may_stand_in_the_middle_of_a_larger_cell():
    values, run = run_of(2)
    pdf = sheet_pdf(NAME, values, run, stock="a4-3x8-full", start_cell=24)
    assert read_cells(pdf, 0, "a4-3x8-full") == {24: run[0]}
    assert read_cells(pdf, 1, "a4-3x8-full") == {1: run[1]}


def test_paper_measured_with_a_ruler_is_printed_on():
    own = custom_stock(
        "展会剩的纸", (200, 150), cell=(70, 45), grid=(2, 3), first=(10, 5), gap=(5, 2)
    )
    values, run = run_of(7)
    pdf = sheet_pdf(NAME, values, run, stock=own, start_cell=6)
    assert read_cells(pdf, 0, own) == {6: run[0]}
    assert read_cells(pdf, 1, own) == dict(enumerate(run[1:], 1))


def test_a_continuous_roll_is_cut_behind_each_label():
    values, run = run_of(2)
    with pikepdf.open(io.BytesIO(sheet_pdf(NAME, values, run, stock="roll-80"))) as document:
        box = [float(side) for side in document.pages[1].MediaBox]
    assert box == pytest.approx([0, 0, 72 * 72 / 25.4, 33.9 * 72 / 25.4], abs=0.001)


def test_the_file_is_whole_and_asks_the_printer_not_to_scale():
    with pikepdf.open(io.BytesIO(sheet_pdf(NAME, *run_of(50)))) as document:
        assert document.check_pdf_syntax() == []
        assert document.Root.ViewerPreferences.PrintScaling == "/None"
        forms = {page.Resources.XObject.L.objgen for page in document.pages}
        assert len(forms) == 1


def test_the_same_run_gives_the_same_bytes():
    values, run = run_of(40)
    assert sheet_pdf(NAME, values, run) == sheet_pdf(NAME, values, iter(run))


def test_each_symbol_lies_on_the_dot_grid_of_its_printer():
    """1/300 inch: whole dots at 300, 600 and 1200 dpi, so laser printers draw it exactly."""
    with pikepdf.open(io.BytesIO(sheet_pdf(NAME, *run_of(24)))) as document:
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
        for text in run:
            grown.append(out.tell())
            yield text

    values, run = run_of(14_400)
    assert write_sheet(out, NAME, values, coming()) == 600
    assert grown[-1] > grown[9600] > grown[4800] > 0
    assert out.largest < 40_000


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"texts": []}, "no_labels"),
        ({"start_cell": 0}, "start_cell"),
        ({"start_cell": 25}, "start_cell"),
        ({"stock": "roll-40x30"}, "stock_small"),
        ({"stock": "nothing"}, "stock_unknown"),
        ({"values": longest("2025-qr") | {"issuer": ""}}, "field_missing"),
        ({"values": longest("2025-qr") | {"form": "2021"}}, "form_unknown"),
        ({"texts": [TAG, TAG + "A"]}, "length"),
        ({"texts": [TAG, TAG[:-1] + "a"]}, "qr_text"),
        ({"texts": [TAG, TAG[:-1] + "$"]}, "code"),
        ({"values": with_code("XHPA"), "texts": ["https://T.EXAMPLE.CN/T/xHPA"]}, "code"),
        ({"values": with_code("7K3M9QF2XHPA")}, "code"),
        ({"values": longest("2025-qr") | {"code": ""}}, "field_missing"),
        ({"values": with_code("7K3M9QF2"), "texts": [CERTIFICATE]}, "qr_too_dense"),
    ],
    ids=str,
)
def test_what_cannot_be_printed_is_refused(change, code):
    asked = {"values": longest("2025-qr"), "texts": [TAG], "stock": None, "start_cell": 1} | change
    with pytest.raises(LabelError) as refused:
        sheet_pdf(NAME, **asked)
    assert refused.value.code == code


def test_copies_come_run_by_run_or_side_by_side():
    values, run = run_of(3)
    collated = sheet_pdf(NAME, values, run, options=Options(copies=2))
    assert list(read_cells(collated, 0, "a4-3x8").values()) == run + run
    pairs = sheet_pdf(NAME, values, run, options=Options(copies=2, together=True))
    assert list(read_cells(pairs, 0, "a4-3x8").values()) == [text for text in run for _ in "ab"]


@pytest.mark.parametrize(("start", "page", "cell"), [(22, 0, 22), (23, 0, 23), (24, 1, 1)])
def test_a_pair_is_not_parted_by_the_end_of_a_sheet(start, page, cell):
    values, run = run_of(2)
    options = Options(copies=2, together=True)
    pdf = sheet_pdf(NAME, values, run, start_cell=start, options=options)
    read = [read_cells(pdf, at, "a4-3x8") for at in range(len(texts(pdf)))]
    if page == 0:
        assert read[0] == {cell: run[0], cell + 1: run[0]}
        assert read[1] == {1: run[1], 2: run[1]}
    else:
        assert read == [{1: run[0], 2: run[0], 3: run[1], 4: run[1]}]


def test_collated_copies_of_a_generator_are_a_fault_of_the_caller():
    values, run = run_of(3)
    with pytest.raises(TypeError):
        sheet_pdf(NAME, values, iter(run), options=Options(copies=2))


def test_a_printer_beside_the_mark_is_met_by_a_shift():
    values, run = run_of(1)
    plain, shifted = (
        page_picture(sheet_pdf(NAME, values, run, options=Options(shift_um=by)), 0, 300)
        for by in ((0, 0), (2032, -1016))
    )
    dark = [picture.point(lambda grey: 255 * (grey < 128)) for picture in (plain, shifted)]
    before, after = (picture.getbbox() for picture in dark)
    assert [b - a for a, b in zip(before, after, strict=True)] == [24, -12, 24, -12]


def test_a_shift_off_the_paper_is_refused():
    values, run = run_of(1)
    with pytest.raises(LabelError) as refused:
        sheet_pdf(NAME, values, run, options=Options(shift_um=(-9900, 0)))
    assert refused.value.code == "shift"
