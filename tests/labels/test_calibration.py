"""The page that shows how far a printer prints beside the mark."""

import pytest
import zxingcpp

from labels import LabelError, calibration_job, calibration_pdf, stocks
from labels.check import page_picture
from tests.labels.test_printers import READERS

ROLLS = [name for name, stock in stocks().items() if stock.cells == 1]


@pytest.mark.parametrize("name", stocks())
def test_every_stock_has_its_page(name):
    stock = stocks()[name].cut(72)
    picture = page_picture(calibration_pdf(name), dpi=300)
    assert picture.size == pytest.approx([side * 300 / 25.4 for side in stock.size], abs=2)
    dots = picture.width / stock.size[0]
    left, top = stock.corner(stock.cells // 2)
    if left > 2 and top > 2:
        # A cross: ink two millimetres from the corner on its lines, none beside them.
        for dx, dy, dark in ((1.5, 0, True), (0, -1.5, True), (1.5, 1.5, False)):
            x, y = (left + dx) * dots, (top + dy) * dots
            spot = picture.crop((round(x) - 1, round(y) - 1, round(x) + 2, round(y) + 2))
            assert (spot.getextrema()[0] < 100) is dark


@pytest.mark.parametrize("language", READERS)
@pytest.mark.parametrize("name", ROLLS)
def test_label_printers_get_theirs(name, language):
    (picture,) = READERS[language](calibration_job(name, language))
    assert [code.text for code in zxingcpp.read_barcodes(picture.convert("L"))] == ["PRINT-TEST"]
    # The first long tick of the upper ruler stands ten millimetres from the edge.
    assert all(picture.getpixel((80, y)) == 0 for y in range(24))
    assert picture.getpixel((72, 20)) != 0


def test_the_crosses_move_by_the_shift_and_the_rulers_stay():
    plain, moved = (
        page_picture(calibration_pdf("a4-3x8", shift_um=shift), dpi=25.4 * 10)
        for shift in ((0, 0), (3000, 0))
    )
    assert plain.crop((0, 0, 2100, 30)).tobytes() == moved.crop((0, 0, 2100, 30)).tobytes()
    spot = (745, 470, 750, 475)  # right of a corner, between the two places of its cross
    assert plain.crop(spot).getextrema()[1] == moved.crop(spot).getextrema()[1] == 255


@pytest.mark.parametrize(
    ("name", "language", "code"),
    [
        ("a4-3x8", "zpl", "stock_sheet"),
        ("roll-60x40", "pcl", "language"),
        ("roll-9x9", "zpl", "stock_unknown"),
    ],
)
def test_what_cannot_be_printed_is_refused(name, language, code):
    with pytest.raises(LabelError) as refused:
        calibration_job(name, language)
    assert refused.value.code == code
