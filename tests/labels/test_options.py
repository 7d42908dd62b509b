"""What a user may choose: fields left out, a logo, paper of one's own."""

import io
import warnings
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageChops

from labels import (
    LabelError,
    Options,
    Stock,
    certificate_pdf,
    custom_stock,
    design,
    designs,
    grade,
    label_png,
    label_svg,
    preview,
    stocks,
)
from labels.check import page_picture
from tests.labels.values import TAG, a_logo, longest

CASES = [(name, form) for name, chosen in designs().items() for form in chosen.forms]
WITH_LOGO = [(name, form) for name, form in CASES if design(name).has_logo(form)]


def picture(name, form, options, dpi=203):
    return Image.open(
        io.BytesIO(label_png(name, longest(form), TAG, dpi=dpi, options=options))
    ).convert("L")


@pytest.mark.parametrize(("name", "form"), CASES)
def test_what_the_form_does_not_ask_for_may_be_left_out(name, form):
    for key in design(name).optional(form):
        hidden = picture(name, form, Options(hide={key}))
        assert ImageChops.difference(hidden, picture(name, form, Options())).getbbox()
    everything = Options(hide=set(design(name).optional(form)))
    assert picture(name, form, everything).getextrema() == (0, 255)


@pytest.mark.parametrize(("name", "form"), CASES)
def test_what_the_form_asks_for_stays(name, form):
    for key in design(name).forms[form]:
        with pytest.raises(LabelError) as refused:
            picture(name, form, Options(hide={key}))
        assert (refused.value.code, refused.value.field) == ("field_statutory", key)


@pytest.mark.parametrize("key", ["orign", "form", "logo", ""])
def test_what_is_no_field_cannot_be_left_out(key):
    with pytest.raises(LabelError, match=f"没有“{key}”这一项，可以不印的有 origin") as refused:
        picture("trace-60x40", "trace", Options(hide={"origin", key}))
    assert (refused.value.code, refused.value.field) == ("field_unknown", "hide")
    with pytest.raises(LabelError, match="每一项都要印"):
        picture("trace-40x30", "2025-qr", Options(hide={"origin"}))


@pytest.mark.parametrize(("name", "form"), WITH_LOGO)
@pytest.mark.parametrize("dpi", [203, 300, 600])
def test_a_logo_is_printed_in_its_place_and_nowhere_else(name, form, dpi):
    (box,) = (box for box in design(name).boxes_for(form) if box.kind == "logo")
    plain, with_logo = (
        picture(name, form, options, dpi) for options in (Options(), Options(logo=a_logo()))
    )
    changed = ImageChops.difference(plain, with_logo).getbbox()
    dots = plain.width / design(name).size[0]
    left, top, width, height = (side * dots for side in box.at)
    assert changed[0] >= left - 1
    assert changed[1] >= top - 1
    assert changed[2] <= left + width + 1
    assert changed[3] <= top + height + 1


def test_a_logo_is_a_mask_in_a_pdf_and_stands_in_an_svg():
    values, options = longest("2025-producer"), Options(logo=a_logo())
    name = "certificate-a5"
    pdf = certificate_pdf(name, values, TAG, issued_epoch=0, options=options)
    plain = certificate_pdf(name, values, TAG, issued_epoch=0)
    changed = ImageChops.difference(page_picture(pdf, dpi=100), page_picture(plain, dpi=100))
    left, top, right, bottom = (side * 25.4 / 100 for side in changed.getbbox())
    x, y, width, height = design(name).boxes[0].at
    assert x - 0.3 <= left < right <= x + width + 0.3
    assert y - 0.3 <= top < bottom <= y + height + 0.3
    svg = label_svg(name, values, TAG, options=options)
    assert svg.count(b"<image") == label_svg(name, values, TAG).count(b"<image") + 1


def test_a_design_without_a_place_leaves_the_logo_out():
    assert not design("trace-30x20").has_logo("trace")
    options = Options(logo=b"whatever")
    assert (
        picture("trace-30x20", "trace", options).tobytes()
        == picture("trace-30x20", "trace", Options()).tobytes()
    )


@pytest.mark.parametrize("content", [b"GIF89a", b"<svg/>", a_logo()[:60], b"\x00" * 200])
def test_a_picture_that_is_none_is_refused(content):
    with pytest.raises(LabelError) as refused:
        picture("trace-60x40", "trace", Options(logo=content))
    assert (refused.value.code, refused.value.field) == ("logo", "logo")


@pytest.mark.parametrize("sides", [(6000, 5000), (10_000, 10_000), (20_000, 20_000)])
def test_a_logo_that_would_fill_the_memory_is_told_in_one_sentence(sides):
    out = io.BytesIO()
    Image.new("1", sides).save(out, "PNG")
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        with pytest.raises(LabelError, match="标志图片太大"):
            picture("trace-60x40", "trace", Options(logo=out.getvalue()))
        with pytest.raises(LabelError, match="照片太大"):
            grade(out.getvalue())
    assert said == []


def test_previews_show_what_was_chosen():
    plain, without = (
        preview("trace-60x40", "trace", options=options)
        for options in (Options(), Options(hide={"origin"}))
    )
    assert plain != without


@pytest.mark.parametrize(
    ("wrong", "code"),
    [({"copies": 0}, "copies"), ({"copies": 101}, "copies"), ({"shift_um": (0, 10_001)}, "shift")],
)
def test_wild_options_are_refused(wrong, code):
    with pytest.raises(LabelError) as refused:
        Options(**wrong)
    assert refused.value.code == code


@pytest.mark.parametrize("name", stocks())
def test_stock_is_kept_as_plain_data(name):
    stock = stocks()[name]
    assert replace(Stock.from_dict(stock.to_dict()), name=name) == stock


@given(
    cell=st.tuples(st.floats(15, 100), st.floats(15, 100)),
    grid=st.tuples(st.integers(1, 4), st.integers(1, 4)),
    first=st.tuples(st.floats(0, 10), st.floats(0, 10)),
    gap=st.tuples(st.floats(0, 5), st.floats(0, 5)),
    more=st.floats(0, 3),
)
def test_measured_paper_holds_its_labels_or_is_refused(cell, grid, first, gap, more):
    exact = [
        first[axis] + grid[axis] * cell[axis] + (grid[axis] - 1) * gap[axis] for axis in (0, 1)
    ]
    size = (exact[0] + more, exact[1] + more)
    if max(size) <= 440:
        made = custom_stock("我的纸", size, cell=cell, grid=grid, first=first, gap=gap)
        assert made.cells == grid[0] * grid[1]
        right, bottom = made.corner(made.cells - 1)
        assert right + cell[0] <= size[0] + 1e-6
        assert bottom + cell[1] <= size[1] + 1e-6
    with pytest.raises(LabelError) as refused:
        custom_stock(
            "我的纸", (size[0], exact[1] - 0.01), cell=cell, grid=grid, first=first, gap=gap
        )
    assert refused.value.field in ("cell", "size")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"title": "  "}, "title"),
        ({"size": (0, 0)}, "cell"),
        ({"size": (500, 100)}, "size"),
        ({"cell": (14.9, 40)}, "cell"),
        ({"grid": (0, 1)}, "grid"),
        ({"grid": (30, 30)}, "grid"),
        ({"first": (-1, 0)}, "first"),
        ({"gap": (0, -1)}, "gap"),
        ({"grid": (2, 1)}, "cell"),
        ({"dpi": 72}, "dpi"),
        ({"continuous": True, "grid": (1, 2), "size": (72, 0)}, "grid"),
    ],
    ids=str,
)
def test_paper_that_cannot_be_is_refused_by_its_measure(wrong, field):
    given = {"title": "我的纸", "size": (80, 60)} | wrong
    with pytest.raises(LabelError) as refused:
        custom_stock(given.pop("title"), given.pop("size"), **given)
    assert (refused.value.code, refused.value.field) == ("own_stock", field)
    assert not refused.value.message.endswith("。")
