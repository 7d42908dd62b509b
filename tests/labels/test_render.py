"""Certificates and labels: complete, readable, the same every time."""

import io
import shutil
import subprocess
import threading

import pikepdf
import pypdfium2
import pytest
import zxingcpp
from PIL import Image, ImageChops

from labels import (
    LabelError,
    certificate_pdf,
    design,
    designs,
    label_png,
    overview,
    preview,
    qr_fits,
)
from labels.check import page_picture
from labels.device import Device
from labels.fonts import fonts_in
from labels.layout import lay_out
from labels.marks import Bar, Choice, Code, Text
from labels.qr import encode
from labels.render import SAMPLE_LINK
from tests.labels.clean import require_clean
from tests.labels.values import CERTIFICATE, SIGNED_TAG, TAG, dense, longest

EPOCH = 1_783_468_800
STATUTORY = ("basis", "product", "quantity", "origin", "issuer", "contact", "issued_at")
CASES = [(name, form) for name, chosen in designs().items() for form in chosen.forms]


def text_of(pdf: bytes) -> str:
    """All text of the first page without white space."""
    document = pypdfium2.PdfDocument(pdf)
    page = document[0]
    reader = page.get_textpage()
    text = reader.get_text_bounded()
    reader.close()
    page.close()
    document.close()
    return "".join(text.split())


@pytest.mark.parametrize(("name", "form"), CASES)
def test_every_value_can_be_read_out_of_the_pdf(name, form):
    chosen, values = design(name), longest(form)
    text = text_of(certificate_pdf(name, values, TAG, issued_epoch=EPOCH))
    assert ("承诺达标合格证" in text) == (form != "trace")
    for key in {key for box in chosen.boxes_for(form) for key in box.fields}:
        shown = "".join(values[key].replace("☑", "").replace("□", "").split())
        assert shown in text, key
    if form in ("2025-producer", "2025-purchaser"):
        assert all(chosen.fields[key].label in text for key in STATUTORY)


@pytest.mark.parametrize(("name", "form"), CASES)
def test_its_code_reads_from_a_203_dpi_rendering(name, form):
    pdf = certificate_pdf(name, longest(form), dense(name), issued_epoch=EPOCH)
    (read,) = zxingcpp.read_barcodes(page_picture(pdf, dpi=203))
    assert read.text == dense(name)


@pytest.mark.parametrize(("name", "form"), CASES)
def test_it_fits_the_longest_values_on_whole_dots(name, form):
    assert lay_out(
        design(name), longest(form), encode(TAG), Device(600, dotted=True, fonts=fonts_in())
    )
    for dpi in (203, 300):
        picture = Image.open(io.BytesIO(label_png(name, longest(form), TAG, dpi=dpi)))
        assert picture.mode == "1"
        width, height = design(name).size
        assert picture.size == pytest.approx((width * dpi / 25.4, height * dpi / 25.4), abs=3)
        (read,) = zxingcpp.read_barcodes(picture.convert("L"))
        assert read.text == TAG


@pytest.mark.parametrize("name", [name for name in designs() if name.startswith("certificate")])
def test_certificates_hold_the_tier_that_verifies_offline(name):
    assert qr_fits(name, CERTIFICATE)


@pytest.mark.parametrize("name", [name for name in designs() if name.startswith("trace")])
def test_labels_from_fifty_by_thirty_on_hold_a_signed_tag(name):
    small = name in ("trace-40x30", "trace-a4-5x13", "trace-30x20")
    assert qr_fits(name, SIGNED_TAG) is not small
    assert qr_fits(name, TAG)
    if small:
        with pytest.raises(LabelError) as refused:
            label_png(name, longest("trace"), SIGNED_TAG)
        assert refused.value.code == "qr_too_dense"


def test_the_same_input_gives_the_same_bytes():
    def make(values: dict[str, str] | None = None, epoch: int = EPOCH) -> bytes:
        return certificate_pdf(
            "certificate-a5",
            values or longest("2025-producer"),
            CERTIFICATE,
            issued_epoch=epoch,
            attachments={"certificate.json": b'{"a": 1}'},
        )

    made: list[bytes] = [make()]
    threads = [threading.Thread(target=lambda: made.append(make())) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 4
    assert len(set(made)) == 1
    assert make(epoch=EPOCH + 1) != made[0]
    assert make(longest("2025-producer") | {"quantity": "12345.679 公斤"}) != made[0]


def test_attachments_come_back_unchanged_and_the_file_says_what_it_is():
    files = {"certificate.json": '{"产品": "番茄"}\n'.encode(), "leaf.bin": bytes(range(256))}
    pdf = certificate_pdf(
        "certificate-100x70", longest("2025-producer"), TAG, issued_epoch=EPOCH, attachments=files
    )
    with pikepdf.open(io.BytesIO(pdf)) as document:
        assert {
            name: spec.get_file().read_bytes() for name, spec in document.attachments.items()
        } == files
        metadata = document.Root.Metadata.read_bytes().decode()
        assert "<pdfaid:part>4</pdfaid:part>" in metadata
        assert "<pdfaid:conformance>F</pdfaid:conformance>" in metadata
        fonts = document.pages[0].Resources.Font.values()
        assert all("+Noto" in str(font.BaseFont) for font in fonts)


def test_other_readers_accept_the_file(tmp_path):
    tool = shutil.which("qpdf")
    if tool is None:
        pytest.skip("qpdf is not installed: apt-get install qpdf")
    path = tmp_path / "certificate.pdf"
    path.write_bytes(
        certificate_pdf("certificate-a5", longest("2025-producer"), TAG, issued_epoch=EPOCH)
    )
    subprocess.run([tool, "--check", path], check=True, capture_output=True)


def test_the_symbol_is_a_mask_exact_on_its_own_grid():
    """203 dpi heads have 8 dots a millimetre: every module is 3 or more whole dots."""
    name, values = "certificate-80x60", longest("2025-producer")
    device = Device(203, dotted=False, fonts=fonts_in())
    (code,) = (m for m in lay_out(design(name), values, encode(TAG), device) if isinstance(m, Code))
    pdf = certificate_pdf(name, values, TAG, issued_epoch=EPOCH)
    with pikepdf.open(io.BytesIO(pdf)) as document:
        (image,) = document.pages[0].Resources.XObject.values()
        assert bool(image.ImageMask)
        assert image.read_bytes() == code.symbol.packed()
    picture = page_picture(pdf, dpi=25.4 * 8)
    dots = round(code.module * 8)
    assert dots >= 3
    for y, row in enumerate(code.symbol.rows()):
        for x, module in enumerate(row):
            left, top = round(code.x * 8) + x * dots, round(code.y * 8) + y * dots
            area = picture.crop((left, top, left + dots, top + dots))
            assert area.getextrema() == ((0, 0) if module == "1" else (255, 255))


@pytest.mark.parametrize(("dense_code", "dpi"), [(False, 300), (True, 203)], ids=["tag", "densest"])
@pytest.mark.parametrize(("name", "form"), CASES)
def test_its_quiet_zone_is_white_and_its_edge_free(name, form, dense_code, dpi):
    text = dense(name) if dense_code else TAG
    if not qr_fits(name, text, dpi=dpi):
        dpi = 300
    require_clean(name, longest(form), text, dpi)


@pytest.mark.parametrize(("name", "form"), CASES)
def test_no_two_marks_touch(name, form):
    """Text, hairlines and squares keep apart, whatever the values."""
    device = Device(design(name).dpi, dotted=False, fonts=fonts_in())
    without = longest(form) | dict.fromkeys(design(name).optional(form), "")
    sample = design(name).sample(form)
    for values, text in ((longest(form), TAG), (without, TAG), (sample, SAMPLE_LINK)):
        boxes = []
        for mark in lay_out(design(name), values, encode(text), device):
            match mark:
                case Text():
                    width = sum(mark.advances) + mark.spacing * (len(mark.text) - 1)
                    # The ink of a line of Han text lies within this part of the em.
                    top = mark.y - 0.86 * mark.size
                    boxes.append((mark.x, top, mark.x + width, top + 0.94 * mark.size, mark.text))
                case Bar(height=height) if height < 1:
                    boxes.append((mark.x, mark.y, mark.x + mark.width, mark.y + mark.height, "bar"))
                case Choice():
                    side = mark.side
                    boxes.append((mark.x, mark.y, mark.x + side, mark.y + side, "choice"))
        size = design(name).size
        for at, one in enumerate(boxes):
            assert min(one[:2]) >= 0
            assert one[2] <= size[0]
            assert one[3] <= size[1]
            for other in boxes[at + 1 :]:
                if len(one[4]) == len(other[4]) == 1:
                    continue  # characters of a code stand side by side
                apart = (
                    one[0] >= other[2] - 1e-6
                    or other[0] >= one[2] - 1e-6
                    or one[1] >= other[3] - 1e-6
                    or other[1] >= one[3] - 1e-6
                )
                assert apart or "bar" == one[4] == other[4], (one, other)


@pytest.mark.parametrize(("name", "form"), CASES)
def test_an_empty_statutory_field_is_refused_by_name(name, form):
    chosen = design(name)
    for key in chosen.forms[form]:
        for value in ("", "  "):
            with pytest.raises(LabelError) as refused:
                certificate_pdf(name, longest(form) | {key: value}, TAG, issued_epoch=EPOCH)
            assert (refused.value.code, refused.value.field) == ("field_missing", key)
            assert chosen.fields[key].label in refused.value.message


def test_a_purchaser_may_leave_the_origin_out():
    values = longest("2025-purchaser") | {"origin": ""}
    text = text_of(certificate_pdf("certificate-80x60", values, TAG, issued_epoch=EPOCH))
    assert "产地" not in text


def test_a_form_the_design_does_not_know_is_refused():
    for form in ("2021", "trace", ""):
        with pytest.raises(LabelError) as refused:
            certificate_pdf(
                "certificate-a5", longest("2025-producer") | {"form": form}, TAG, issued_epoch=EPOCH
            )
        assert refused.value.code == "form_unknown"


@pytest.mark.parametrize("key", ["product", "origin", "issuer", "contact", "promise"])
def test_text_that_would_shrink_too_far_is_refused_by_name(key):
    values = longest("2025-producer") | {key: "长" * 200}
    with pytest.raises(LabelError) as refused:
        label_png("certificate-80x60", values, TAG)
    assert (refused.value.code, refused.value.field) == ("text_too_long", key)


@pytest.mark.parametrize("key", ["product", "promise", "basis"])
def test_a_character_without_a_glyph_is_named_before_painting(key):
    values = longest("2025-producer")
    with pytest.raises(LabelError) as refused:
        label_png("certificate-100x70", values | {key: values[key] + "𠮷"}, TAG)
    assert (refused.value.code, refused.value.field) == ("glyph_missing", key)
    assert "𠮷" in refused.value.message


@pytest.mark.parametrize("mark", ["\t", "\u200b", "\u202e", "\ufeff", "\x00", "\r"])
def test_invisible_characters_are_refused(mark):
    values = longest("2025-producer") | {"issuer": f"甲{mark}乙"}
    with pytest.raises(LabelError) as refused:
        certificate_pdf("certificate-a5", values, TAG, issued_epoch=EPOCH)
    assert refused.value.code == "glyph_missing"
    assert f"U+{ord(mark):04X}" in refused.value.message


def test_markup_in_a_value_is_printed_as_it_stands():
    words = "#read(*x*)$1$@a\\_`"
    values = longest("2025-producer") | {"product": words}
    assert words in text_of(certificate_pdf("certificate-a5", values, TAG, issued_epoch=EPOCH))


def test_basis_without_squares_is_refused():
    with pytest.raises(LabelError) as refused:
        label_png("certificate-100x70", longest("2025-producer") | {"basis": "自行检测合格"}, TAG)
    assert (refused.value.code, refused.value.field) == ("choices", "basis")


def test_a_ticked_square_differs_from_an_empty_one():
    values = longest("2025-producer")
    device = Device(203, dotted=True, fonts=fonts_in())
    shown = values | {"basis": "☑质量安全控制符合要求\n□自行检测合格\n☑委托检测合格"}
    marks = lay_out(design("certificate-100x70"), shown, encode(TAG), device)
    assert [m.ticked for m in marks if isinstance(m, Choice)] == [True, False, True]
    picture = Image.open(io.BytesIO(label_png("certificate-100x70", shown, TAG)))
    ink = []
    for mark in (m for m in marks if isinstance(m, Choice)):
        left, top, side = (round(v / device.dot) for v in (mark.x, mark.y, mark.side))
        inside = picture.crop((left + 2, top + 2, left + side - 2, top + side - 2)).convert("L")
        ink.append(inside.histogram()[0] > 0)
    assert ink == [True, False, True]


def test_a_printed_code_that_the_symbol_does_not_hold_is_refused():
    for code in ("7K3M 9QF2 XHPA", "", "WMQ3 9WM2 XHWN"):
        with pytest.raises(LabelError) as refused:
            label_png("trace-60x40", longest("trace") | {"code": code}, TAG)
        assert refused.value.field == "code"


def test_a_code_too_dense_for_the_label_is_refused():
    with pytest.raises(LabelError) as refused:
        label_png("trace-40x30", longest("2025-qr"), CERTIFICATE)
    assert (refused.value.code, refused.value.field) == ("qr_too_dense", "qr_text")


def test_an_unknown_resolution_is_refused():
    with pytest.raises(LabelError) as refused:
        label_png("trace-40x30", longest("trace"), TAG, dpi=72)
    assert refused.value.code == "dpi"


def test_a_picture_says_how_large_it_prints():
    picture = Image.open(io.BytesIO(label_png("trace-60x40", longest("trace"), TAG, dpi=203)))
    assert picture.size == (480, 320)
    assert picture.info["dpi"] == pytest.approx((203.2, 203.2), abs=0.1)


@pytest.mark.parametrize(("name", "form"), CASES)
def test_previews_need_nobodys_data(name, form):
    assert Image.open(io.BytesIO(preview(name, form))).format == "PNG"


def test_the_overview_shows_every_design_at_one_scale():
    """Each stands whole, four pixels a millimetre, and none twice."""
    picture = Image.open(io.BytesIO(overview()))
    rows = [picture.crop((0, y, picture.width, y + 1)).tobytes() for y in range(picture.height)]
    places = set()
    for name in designs():
        label = Image.open(io.BytesIO(preview(name))).convert("L").reduce(2)
        inked = ImageChops.invert(label).getbbox()[1] + 1
        first = label.crop((0, inked, label.width, inked + 1)).tobytes()
        found = [
            (x, y - inked)
            for y, row in enumerate(rows)
            if (x := row.find(first)) >= 0
            and not ImageChops.difference(
                label,
                picture.crop((x, y - inked, x + label.width, y - inked + label.height)),
            ).getbbox()
        ]
        assert len(found) == 1, name
        places.update(found)
    assert len(places) == len(designs())
