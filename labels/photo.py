"""A photo of a print: opened within bounds, and the codes in it."""

import io
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import zxingcpp
from PIL import Image, ImageFilter, ImageOps
from PIL.JpegImagePlugin import JpegImageFile

from labels.errors import LabelError
from labels.picture import TOO_LARGE, open_picture

# What is looked at of a photo.  A JPEG is decoded at a half or a quarter of its sides, so that a
# telephone's 108 or 200 million pixels cost no more.
MOST_PIXELS = 25_000_000
LARGEST_JPEG = 250_000_000
# Pixels a side below which nothing is a code.
LEAST_SIDE = 30
FORMATS = ("PNG", "WEBP", "BMP")

Point = tuple[float, float]


@dataclass(frozen=True)
class Code:
    """A code in a photo: its corners from the top left one clockwise.

    `text`, `version` and `mask` are those of a code that was read, else empty.  `plain` tells that
    the photo was left as it is.
    """

    corners: tuple[Point, ...]
    plain: bool = True
    text: str = ""
    version: int | None = None
    mask: int | None = None

    @property
    def side(self) -> float:
        """The shortest side in pixels."""
        ends = zip(self.corners, [*self.corners[1:], self.corners[0]], strict=True)
        return min(math.dist(one, other) for one, other in ends)


def opened(photo: bytes) -> Image.Image:
    """A photo in greys, upright; raises LabelError `photo` or `photo_large`."""
    too_large = LabelError(
        "photo_large", "照片太大，请用手机的普通尺寸（1200 万像素左右）再拍一张", "photo"
    )
    try:
        picture = _smaller(io.BytesIO(photo))
        if picture.width * picture.height > MOST_PIXELS:
            raise too_large
        if picture.has_transparency_data:
            picture = picture.convert("RGBA")
            picture = Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture)
        return ImageOps.exif_transpose(picture).convert("L")
    except TOO_LARGE:
        raise too_large from None
    except (OSError, ValueError, SyntaxError):
        raise LabelError("photo", "照片打不开，请换一张 JPG 或 PNG 照片", "photo") from None


def _smaller(photo: io.BytesIO) -> Image.Image:
    if photo.getbuffer()[:2] != b"\xff\xd8":
        return open_picture(photo, FORMATS)
    # Not by Image.open, which warns of sizes that are never decoded here.
    picture = JpegImageFile(photo)
    pixels = picture.width * picture.height
    # A progressive one is held whole in memory, however small it is decoded.
    if MOST_PIXELS < pixels <= LARGEST_JPEG and "progressive" not in picture.info:
        part = 2 if pixels <= 4 * MOST_PIXELS else 4
        picture.draft("L", (picture.width // part, picture.height // part))
    return picture


def looks(picture: Image.Image) -> Iterator[list[Code]]:
    """The codes in a photo, the largest first: as it is, then sharpened, then with thin white lines
    filled, the latter at half its size.  Those that cannot be read are told too."""
    yield _codes(picture, 1)
    half = picture.reduce(2)
    for helped in (ImageFilter.UnsharpMask(4, 300, 0), ImageFilter.MinFilter(3)):
        yield _codes(half.filter(helped), 2)


def reads(picture: Image.Image, text: str) -> bool:
    """Whether a picture's code says so."""
    return any(code.text == text for code in _codes(picture, 1))


def _codes(picture: Image.Image, part: int) -> list[Code]:
    found = zxingcpp.read_barcodes(
        picture, formats=zxingcpp.BarcodeFormat.QRCodeModel2, return_errors=True
    )
    made = []
    for code in found:
        place = code.position
        ends = (place.top_left, place.top_right, place.bottom_right, place.bottom_left)
        corners = tuple((float(part * end.x), float(part * end.y)) for end in ends)
        if not _square(corners):
            continue
        if code.valid:
            told = code.extra
            version, mask = int(told["Version"]), int(told["DataMask"])
            made.append(Code(corners, part == 1, code.text, version, mask))
        else:
            made.append(Code(corners, False))
    return sorted(made, key=lambda code: -code.side)


def _square(corners: Sequence[Point]) -> bool:
    """Whether the corners could be those of a code seen from the side, and not of any lines."""
    area = sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in pairwise([*corners, corners[0]])) / 2
    longest = max(math.dist(one, other) for one, other in pairwise([*corners, corners[0]]))
    return longest > LEAST_SIDE and abs(area) > longest**2 / 6
