"""All designs beside each other at one scale, each with its own samples."""

import io
from pathlib import Path

from PIL import Image, ImageOps

from labels.design import designs
from labels.render import preview

# Two dots of a 203 dpi printer are a pixel; so many lie between labels.
SHRUNK, GAP = 2, 16
LINE, SURROUND = 144, 232


def overview(*, font_folder: Path | None = None) -> bytes:
    """A PNG of four pixels a millimetre: the designs in columns, the largest first."""
    columns: list[list[Image.Image]] = [[]]
    pictures = [_small(preview(name, font_folder=font_folder)) for name in designs()]
    height = max(picture.height for picture in pictures)
    for picture in pictures:
        if sum(one.height + GAP for one in columns[-1]) + picture.height > height:
            columns.append([])
        columns[-1].append(picture)
    widths = [max(one.width for one in column) for column in columns]
    size = (sum(widths) + GAP * (len(widths) + 1), height + 2 * GAP)
    sheet = Image.new("L", size, SURROUND)
    x = GAP
    for column, width in zip(columns, widths, strict=True):
        y = GAP
        for picture in column:
            sheet.paste(picture, (x, y))
            y += picture.height + GAP
        x += width + GAP
    out = io.BytesIO()
    sheet.save(out, "PNG", optimize=True)
    return out.getvalue()


def _small(png: bytes) -> Image.Image:
    with Image.open(io.BytesIO(png)) as picture:
        return ImageOps.expand(picture.convert("L").reduce(SHRUNK), 1, LINE)
