"""A photographed print: what is wrong with it is found, and said."""

import io
from dataclasses import replace

import pytest
import qrcode
from PIL import Image, ImageOps

from labels import LabelError, grade
from labels.advice import GOOD
from labels.photo import MOST_PIXELS
from tests.labels.kinds import KINDS, is_right, told
from tests.labels.photos import PRINTS, TABLE, View, jpeg, photographed, place, printed
from tests.labels.values import TAG

SMALL = PRINTS[0]


def seen(view: View | None = None) -> Image.Image:
    """A good print, as a telephone sees it."""
    label = printed(SMALL)
    return photographed(label, view or View(), place(label))


def png(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def refusal(photo: bytes, text: str | None = TAG) -> str:
    with pytest.raises(LabelError) as refused:
        grade(photo, text)
    assert refused.value.field == "photo"
    return refused.value.code


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_each_kind_of_photo_is_told_what_helps(kind):
    """One of each; `make soak` tries many, of five prints."""
    letter, said = told(kind, SMALL, 0)
    assert is_right(kind, letter, said), (letter, said)


def test_a_good_print_is_all_good():
    found = grade(jpeg(seen()), TAG)
    assert (found.letter, found.points, found.wrong, found.unused) == ("A", 4, 0, 1)
    assert (found.text, found.advice, found.serves) == (TAG, GOOD, True)
    assert found.contrast > 0.7
    assert found.modulation > 0.5
    assert found.dark_around == 0
    assert abs(found.growth) < 0.05
    assert found.pixels == pytest.approx(10, abs=0.5)


def test_a_dark_photo_is_no_pale_print():
    dark = seen().point([round(grey * 0.5) for grey in range(256)])
    assert grade(png(dark), TAG).letter == "A"


def test_the_code_is_read_where_nobody_says_what_it_should_be():
    found = grade(jpeg(seen()))
    assert (found.text, found.letter) == (TAG, "A")
    assert refusal(jpeg(Image.new("L", (400, 300), 255)), None) == "not_found"


def test_more_blur_is_less_modulation():
    sharp, soft = (grade(jpeg(seen(View(blur=blur))), TAG) for blur in (0.05, 0.3))
    assert soft.modulation < sharp.modulation
    assert soft.points <= sharp.points


@pytest.mark.parametrize(
    ("photo", "code"),
    [
        (b"no picture", "photo"),
        (b"", "photo"),
        (b"\x89PNG", "photo"),
        (b"\xff\xd8\xff\xe0", "photo"),
        (jpeg(Image.new("L", (200, 200), 255)), "not_found"),
        (png(Image.new("1", (6000, 5000))), "photo_large"),
        (png(Image.new("1", (10_000, 9_500))), "photo_large"),
        (png(Image.new("1", (20_000, 20_000))), "photo_large"),
        (jpeg(Image.new("L", (6000, 5000)), progressive=True), "photo_large"),
    ],
    ids=["none", "empty", "PNG cut off", "JPEG cut off", "blank", "30 MP PNG", "95 MP PNG",
         "400 MP PNG", "progressive"],
)  # fmt: skip
def test_what_cannot_be_graded_is_refused(photo, code):
    assert refusal(photo) == code


def test_a_photo_that_breaks_off_is_refused():
    whole = jpeg(seen())
    assert refusal(whole[: len(whole) // 2]) == "photo"


def test_a_telephones_108_million_pixels_are_enough():
    large = Image.new("L", (12_000, 9_000), TABLE)
    large.paste(seen(View(module=24, turn=20)), (5_000, 4_000))
    found = grade(jpeg(large), TAG)
    assert found.letter == "A"
    assert large.width * large.height > 4 * MOST_PIXELS
    assert 5 < found.pixels < 7, "looked at a quarter as wide"


def test_a_photo_from_too_far_is_refused():
    far = seen(View(module=12, blur=0.02, noise=0)).resize((180, 180), Image.Resampling.BOX)
    assert refusal(png(far)) in ("photo_small", "not_found")


@pytest.mark.parametrize(
    ("orientation", "turned"),
    [
        (2, Image.Transpose.FLIP_LEFT_RIGHT),
        (3, Image.Transpose.ROTATE_180),
        (5, Image.Transpose.TRANSPOSE),
        (6, Image.Transpose.ROTATE_90),
    ],
)
def test_a_photo_is_turned_as_the_telephone_says(orientation, turned):
    exif = Image.Exif()
    exif[0x0112] = orientation
    assert grade(jpeg(seen().transpose(turned), exif=exif), TAG).letter == "A"


def test_colours_transparent_ground_and_several_pictures_in_one_file():
    picture = seen()
    out = io.BytesIO()
    picture.convert("RGB").save(out, "MPO", save_all=True, append_images=[picture.convert("RGB")])
    assert grade(out.getvalue(), TAG).letter == "A"
    ink = ImageOps.invert(picture.point([255 * (grey > 90) for grey in range(256)]))
    drawn = Image.new("RGBA", picture.size)
    drawn.putalpha(ink)
    assert grade(png(drawn), TAG).letter == "A"


def test_another_labels_code_is_no_print_of_this_one():
    assert refusal(jpeg(seen()), TAG.replace("WM", "AB")) == "other_code"


@pytest.mark.parametrize("level", [qrcode.ERROR_CORRECT_L, qrcode.ERROR_CORRECT_H])
def test_the_same_text_laid_out_by_others_is_refused(level):
    code = qrcode.QRCode(error_correction=level, box_size=10, border=8)
    code.add_data(TAG)
    photo = png(code.make_image().get_image().convert("L"))
    assert refusal(photo) == "other_code"
    assert refusal(photo, None) == "other_code"


def test_a_code_that_no_label_bears_is_refused():
    code = qrcode.QRCode(box_size=10, border=8)
    code.add_data("二维码")
    assert refusal(png(code.make_image().get_image().convert("L")), None) == "other_code"


def test_the_same_photo_is_always_graded_alike():
    photo = jpeg(seen(replace(View(), turn=33, bend=1)))
    assert grade(photo, TAG) == grade(photo, TAG)
