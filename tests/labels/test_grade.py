"""A photographed print: what is wrong with it is found, and said."""

import io
import random

import pytest
import zxingcpp
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from labels import LabelError, grade, label_png
from labels.advice import AROUND, BLURRED, FAT, GOOD, LINE, PALE, STAIN
from tests.labels.values import SIGNED_TAG, TAG, longest

# Pixels of the photo for each dot of the printer; a module has four dots.
SHARP = 3


def printed(text=TAG, name="trace-40x30") -> Image.Image:
    """The label as it leaves a good printer, a pixel a dot."""
    return Image.open(io.BytesIO(label_png(name, longest("trace"), text))).convert("L")


def photographed(label: Image.Image, blur=0.8, noise=3, tilt=0.0, turn=0.0, scale=SHARP) -> bytes:
    """White is 205, black is 30, on a grey table."""
    chance = random.Random(7)
    large = label.resize((label.width * scale, label.height * scale), Image.Resampling.NEAREST)
    paper = large.point([30 + grey * 175 // 255 for grey in range(256)])
    table = Image.new("L", (paper.width + 240, paper.height + 240), 120)
    table.paste(paper, (120, 120))
    table = table.rotate(turn, expand=True, fillcolor=120, resample=Image.Resampling.BICUBIC)
    if tilt:
        width, height = table.size
        table = table.transform(
            table.size,
            Image.Transform.PERSPECTIVE,
            (1 + tilt, 0.1 * tilt, 0, 0.05 * tilt, 1 + tilt, 0, tilt / width, tilt / height / 2),
            Image.Resampling.BICUBIC,
            fillcolor=120,
        )
    table = table.filter(ImageFilter.GaussianBlur(blur))
    grain = Image.frombytes(
        "L", (64, 64), bytes(round(chance.gauss(128, noise)) for _ in range(4096))
    )
    noisy = Image.new("L", table.size)
    for x in range(0, table.width, 64):
        for y in range(0, table.height, 64):
            noisy.paste(grain, (x, y))
    out = io.BytesIO()
    ImageChops.add(table, noisy, offset=-128).save(out, "JPEG", quality=90)
    return out.getvalue()


def place_of_code(label: Image.Image) -> tuple[int, int, int]:
    """Left, top and side of the symbol in dots: found by reading the label."""
    (code,) = zxingcpp.read_barcodes(label)
    left, top = code.position.top_left.x, code.position.top_left.y
    return left, top, code.position.bottom_right.x - left


@pytest.mark.parametrize(
    "view",
    [{}, {"turn": 8}, {"turn": -20}, {"turn": 180}, {"tilt": 0.15}, {"tilt": 0.3, "turn": 5}],
    ids=str,
)
def test_a_good_print_is_good_from_any_side(view):
    found = grade(photographed(printed(), **view), TAG)
    assert (found.letter, found.wrong, found.unused) == ("A", 0, 1)
    assert found.serves
    assert found.contrast > 0.7
    assert found.modulation > 0.5
    assert found.dark_around == 0
    assert found.advice == GOOD


def test_a_signed_tag_is_graded_too():
    found = grade(photographed(printed(SIGNED_TAG, "trace-60x40"), scale=4), SIGNED_TAG)
    assert found.points >= 3
    assert found.wrong == 0


def test_a_dead_dot_line_of_the_print_head_is_seen():
    label = printed()
    left, _, side = place_of_code(label)
    draw = ImageDraw.Draw(label)
    x = left + 13 * side // 29
    draw.rectangle((x, 0, x + 3, label.height), fill=255)
    found = grade(photographed(label), TAG)
    assert found.advice == LINE
    assert found.points < 4
    assert found.wrong > 5


def test_a_stain_costs_error_correction():
    label = printed()
    left, top, side = place_of_code(label)
    x, y = left + side * 0.6, top + side * 0.55
    ImageDraw.Draw(label).ellipse((x - 14, y - 14, x + 14, y + 14), fill=0)
    found = grade(photographed(label), TAG)
    assert found.advice == STAIN
    assert 0 < found.unused < 1
    assert found.points < 4


def test_pale_print_is_told_from_a_dark_photo():
    pale = printed().point([150 + grey * 105 // 255 for grey in range(256)])
    found = grade(photographed(pale), TAG)
    assert found.points <= 3
    assert found.advice == PALE
    dark_photo = Image.open(io.BytesIO(photographed(printed()))).point(lambda grey: grey * 0.6)
    out = io.BytesIO()
    dark_photo.save(out, "PNG")
    assert grade(out.getvalue(), TAG).letter == "A"


def test_blur_is_seen_in_the_modulation():
    sharp, soft = (grade(photographed(printed(), blur=blur), TAG) for blur in (0.8, 4))
    assert soft.modulation < sharp.modulation
    assert soft.points < sharp.points
    assert soft.advice == BLURRED


def test_too_much_heat_is_seen():
    found = grade(photographed(printed().filter(ImageFilter.MinFilter(3))), TAG)
    assert found.advice == FAT
    assert found.points < 4


def test_ink_in_the_quiet_zone_is_seen():
    label = printed()
    left, top, side = place_of_code(label)
    ImageDraw.Draw(label).rectangle((left - 10, top + 20, left - 6, top + side - 20), fill=0)
    found = grade(photographed(label), TAG)
    assert found.dark_around > 0
    assert found.advice == AROUND


@pytest.mark.parametrize(
    ("photo", "code"),
    [
        (b"no picture", "photo"),
        (photographed(Image.new("L", (200, 200), 255)), "not_found"),
        (b"\x89PNG", "photo"),
    ],
    ids=["none", "empty", "cut off"],
)
def test_what_cannot_be_graded_is_refused(photo, code):
    with pytest.raises(LabelError) as refused:
        grade(photo, TAG)
    assert refused.value.code == code


def test_another_labels_code_is_no_print_of_this_one():
    with pytest.raises(LabelError) as refused:
        grade(photographed(printed()), TAG.replace("WM", "AB"))
    assert refused.value.code == "other_code"


def test_a_photo_from_too_far_is_refused():
    small = Image.open(io.BytesIO(photographed(printed(), blur=0.3, noise=0)))
    small = small.resize((small.width // 5, small.height // 5), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    small.save(out, "PNG")
    with pytest.raises(LabelError) as refused:
        grade(out.getvalue(), TAG)
    assert refused.value.code in ("photo_small", "not_found")
