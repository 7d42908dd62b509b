"""Stock and designs are data, and the data are sound."""

import itertools

import pytest

from labels import LabelError, design, designs, stock, stocks
from labels.design import LEAST_TEXT_MM
from labels.device import Device
from labels.fonts import fonts_in
from labels.place import in_cell, stock_for

FORMS = {"2025-producer", "2025-purchaser", "2025-qr", "trace"}
TITLE = "承诺达标合格证"


def test_sheets_fill_their_page_without_overlap():
    for entry in stocks().values():
        assert entry.pitch[0] >= entry.cell[0]
        assert entry.pitch[1] >= entry.cell[1]
        left, top = entry.corner(0)
        right, bottom = entry.corner(entry.cells - 1)
        assert left + right + entry.cell[0] == pytest.approx(entry.size[0], abs=0.1)
        assert top + bottom + entry.cell[1] == pytest.approx(entry.size[1], abs=0.1)


def test_cells_are_counted_row_by_row():
    sheet = stock("a4-3x8")
    assert sheet.cells == 24
    assert sheet.corner(0) == (7.25, 12.9)
    assert sheet.corner(4) == pytest.approx((7.25 + 66, 12.9 + 33.9))


def test_a_stock_knows_how_far_a_label_fills_it():
    assert stock("a4-3x8").filled_by((63.5, 33.9)) == 1
    assert stock("roll-100x70").filled_by((70, 50)) == 0.5
    assert stock("roll-80").filled_by((36, 20)) == 0.5


@pytest.mark.parametrize("name", designs())
def test_designs_fit_the_stock_they_name(name):
    chosen = design(name)
    assert stock(chosen.stock).holds(chosen.size)
    assert set(chosen.forms) <= FORMS


@pytest.mark.parametrize("paper", stocks())
def test_a_design_lies_in_the_middle_of_every_cell_that_holds_it(paper):
    for chosen in designs().values():
        if not stock(paper).holds(chosen.size):
            continue
        sheet = stock_for(chosen, paper)
        device = Device(sheet.dpi, dotted=False, fonts=fonts_in())
        for cell in range(sheet.cells):
            place, corner = in_cell(sheet, cell, chosen.size, device), sheet.corner(cell)
            for axis in (0, 1):
                dots = place[axis] / device.dot
                assert dots == pytest.approx(round(dots), abs=1e-6)
                before = place[axis] - corner[axis]
                after = sheet.cell[axis] - chosen.size[axis] - before
                assert before == pytest.approx(after, abs=1.001 * device.dot)


@pytest.mark.parametrize("name", designs())
def test_every_form_of_the_certificate_bears_its_name_first_and_largest(name):
    """Order 2025 No. 4 of the ministry: the words stand in a prominent place, also beside a QR."""
    chosen = design(name)
    for form in set(chosen.forms) - {"trace"}:
        boxes = [box for box in chosen.boxes_for(form) if box.kind in ("text", "rows", "choices")]
        assert boxes[0].text == TITLE
        assert all(box.size[1] <= boxes[0].size[1] for box in boxes)
    if "trace" in chosen.forms:
        assert all(TITLE not in box.text for box in chosen.boxes_for("trace"))


@pytest.mark.parametrize("name", designs())
def test_no_text_can_run_into_another(name):
    """Boxes of text lie apart, so what is left out or grows never reaches its neighbour."""
    for form in design(name).forms:
        shown = [
            box for box in design(name).boxes_for(form) if box.kind in ("text", "rows", "choices")
        ]
        for one, other in itertools.combinations(shown, 2):
            apart = [
                one.at[axis] + one.at[axis + 2] <= other.at[axis] + 1e-6
                or other.at[axis] + other.at[axis + 2] <= one.at[axis] + 1e-6
                for axis in (0, 1)
            ]
            assert any(apart), (one, other)


@pytest.mark.parametrize("name", designs())
def test_designs_promise_no_more_than_the_law_knows(name):
    chosen = design(name)
    words = "".join(box.text + box.label for box in chosen.boxes)
    words += "".join(field.label for field in chosen.fields.values())
    assert not any(word in words for word in ("有效期", "认证", "检验合格", "国徽"))


@pytest.mark.parametrize("name", designs())
def test_no_text_may_shrink_below_the_least_size(name):
    sizes = [box.size[1] for box in design(name).boxes if box.kind in ("text", "rows", "choices")]
    assert min(sizes) >= LEAST_TEXT_MM


@pytest.mark.parametrize(
    ("ask", "code"), [(design, "design_unknown"), (stock, "stock_unknown")], ids=["design", "stock"]
)
def test_an_unknown_name_is_refused(ask, code):
    with pytest.raises(LabelError) as refused:
        ask("a4-9x99")
    assert refused.value.code == code
