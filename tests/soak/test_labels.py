"""Labels in bulk: every symbol against `qrcode`, every code of a long run read off its paper."""

import io
import random

import pypdfium2
import pytest
import zxingcpp
from PIL import Image, ImageChops

from labels import design, designs, label_png, printer_job, qr_fits, sheet_pdf, stocks
from labels.affine import Texts
from labels.check import page_picture
from labels.payload import plan
from labels.qr import Run, Symbol
from tests.labels.clean import require_clean
from tests.labels.symbols import compare, decoded, drawn, random_plan, rows
from tests.labels.test_printers import READERS
from tests.labels.values import (
    CERTIFICATE,
    TAG,
    a_logo,
    dense,
    longest,
    run_of,
    shortest,
    with_code,
)
from tests.labels.zebra import rendered

pytestmark = [pytest.mark.soak, pytest.mark.timeout(7200)]
VERSIONS = [*range(1, 13), 14, 20, 27, 32, 40]
ROLLS = [name for name, stock in stocks().items() if stock.cells == 1 and name != "a5"]


@pytest.mark.parametrize("level", "LMQH")
@pytest.mark.parametrize("version", VERSIONS)
def test_symbols_of_every_version_and_level_equal_those_of_qrcode(version, level):
    """Nine a kind, 612 in all: random segments under random masks, each decoded."""
    chance = random.Random(f"{version}{level}")
    for _ in range(9):
        compare(random_plan(chance, version, level), mask=chance.randrange(8))


@pytest.mark.parametrize("mask", range(8))
def test_ten_thousand_labels_equal_those_of_qrcode(mask):
    """1,250 under each mask, made many at once as a run is."""
    _, texts = run_of(1250 + mask)
    texts = texts[mask:]
    for text, packed in zip(texts, Run(texts[0], mask).packed(Texts(texts)), strict=True):
        symbol = Symbol(text, 3, mask, int.from_bytes(packed))
        assert symbol.rows() == rows(drawn(plan(text), mask))
        assert decoded(symbol) == (text, "M")


@pytest.mark.parametrize("name", ["a4-3x8", "a4-5x13"])
def test_every_code_of_ten_thousand_labels_reads_off_the_page(name):
    values, texts = run_of(10_000, "trace")
    paper = stocks()[name]
    document = pypdfium2.PdfDocument(sheet_pdf(f"trace-{name}", values, texts))
    assert len(document) == -(-len(texts) // paper.cells)
    read: list[str] = []
    for number, page in enumerate(document):
        picture = page.render(scale=203 / 72, grayscale=True).to_pil()
        dots = picture.width / paper.size[0]
        for cell in range(min(paper.cells, len(texts) - number * paper.cells)):
            left, top = paper.corner(cell)
            edges = (left, top, left + paper.cell[0], top + paper.cell[1])
            (code,) = zxingcpp.read_barcodes(picture.crop(tuple(edge * dots for edge in edges)))
            read.append(code.text)
        page.close()
    document.close()
    assert read == texts


@pytest.mark.parametrize("dpi", [203, 300, 600])
@pytest.mark.parametrize("name", designs())
def test_every_design_reads_at_every_dpi_whatever_it_says(name, dpi):
    """Nothing in its quiet zone, nothing at its edge."""
    for form in design(name).forms:
        for values in (longest(form), shortest(form)):
            for text in {TAG, dense(name)}:
                if qr_fits(name, text, dpi=dpi):
                    require_clean(name, values, text, dpi)
                    require_clean(name, values, text, dpi, a_logo())


@pytest.mark.parametrize("paper", stocks())
def test_every_design_reads_off_every_page_that_holds_it(paper):
    """Two labels about the middle of the page, as printers of 203 dpi and of the paper's see it."""
    for chosen in designs().values():
        if not stocks()[paper].holds(chosen.size):
            continue
        sheet = stocks()[paper].cut(chosen.size[1])
        start = max(sheet.cells // 2, 1)
        for form in chosen.forms:
            text = dense(chosen.name)
            pdf = sheet_pdf(chosen.name, longest(form), [text] * 2, stock=paper, start_cell=start)
            for dpi in {203, sheet.dpi}:
                pictures = [page_picture(pdf, page, dpi) for page in range(2 // sheet.cells or 1)]
                read = [code.text for one in pictures for code in zxingcpp.read_barcodes(one)]
                assert read == [text] * 2, (chosen.name, form, dpi)


@pytest.mark.parametrize("dpi", [203, 300])
@pytest.mark.parametrize("language", READERS)
@pytest.mark.parametrize("roll", ROLLS)
def test_every_roll_gets_the_label_dot_for_dot(roll, language, dpi):
    """Every design that fits, in the middle of the roll's label."""
    paper = stocks()[roll]
    for chosen in designs().values():
        if not paper.holds(chosen.size):
            continue
        form = next(iter(chosen.forms))
        certificate = chosen.name.startswith("certificate")
        values, texts = (longest(form), [CERTIFICATE] * 2) if certificate else run_of(2, form)
        job = b"".join(printer_job(chosen.name, values, texts, language, dpi=dpi, stock=roll))
        arrived = READERS[language](job)
        assert len(arrived) == 2
        own = values if certificate else with_code(texts[0][-12:], form)
        png = label_png(chosen.name, own, texts[0], dpi=dpi)
        painted = Image.open(io.BytesIO(png)).convert("L")
        first = arrived[0].convert("L")
        inked = ImageChops.invert(first).getbbox(), ImageChops.invert(painted).getbbox()
        left, top = inked[0][0] - inked[1][0], inked[0][1] - inked[1][1]
        cut = first.crop((left, top, left + painted.width, top + painted.height))
        assert ImageChops.difference(cut, painted).getbbox() is None
        for picture, text in zip(arrived, texts, strict=True):
            (code,) = zxingcpp.read_barcodes(picture.convert("L"))
            assert code.text == text


@pytest.mark.parametrize("dpi", [203, 300])
@pytest.mark.parametrize("name", [name for name in designs() if name != "certificate-a5"])
def test_another_renderer_sees_the_same_label_in_our_zpl(name, dpi):
    chosen = design(name)
    form = next(iter(chosen.forms))
    certificate = name.startswith("certificate")
    values, texts = (longest(form), [CERTIFICATE] * 2) if certificate else run_of(6, form)
    job = b"".join(printer_job(name, values, texts, "zpl", dpi=dpi))
    ours = READERS["zpl"](job)
    theirs = rendered(job, ours[0].size)
    assert len(ours) == len(theirs) == len(texts)
    for one, other, text in zip(ours, theirs, texts, strict=True):
        same = other.crop((0, 0, *one.size)).point(lambda grey: 255 * (grey > 127))
        assert ImageChops.difference(one.convert("L"), same).getbbox() is None
        (code,) = zxingcpp.read_barcodes(other)
        assert code.text == text
