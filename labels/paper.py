"""Marks onto paper: PDF by the typesetter, byte for byte the same for the same input."""

import io
import json
import threading
from collections.abc import Mapping, Sequence
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any, cast

import pikepdf
import typst
from PIL import Image

from labels.basis import stride
from labels.fonts import FAMILIES, Fonts
from labels.marks import Bar, Choice, Code, Mark, Picture, Text
from labels.stock import Pair

# A renderer paints every dot a picture touches: without this hair of white, in pixels of the
# picture, a symbol on the dot grid would grow by a dot through rounding.
MASK_INSET = 0.03
MEDIA_TYPES = {".json": "application/json", ".txt": "text/plain", ".pdf": "application/pdf"}
_BLACK_OR_WHITE = [255 * (grey > 127) for grey in range(256)]
_local = threading.local()


def typeset(
    marks: Sequence[Mark],
    size: Pair,
    fonts: Fonts,
    *,
    title: str,
    description: str,
    epoch: int,
    attachments: Mapping[str, bytes],
) -> bytes:
    """One page as PDF/A-4f; `epoch` (Unix seconds) is the only time in it."""
    types = {
        name: MEDIA_TYPES.get(Path(name).suffix, "application/octet-stream") for name in attachments
    }
    job = _job(marks, size) | {
        "title": title,
        "description": description,
        "attachments": {name: list(content) for name, content in attachments.items()},
        "types": types,
    }
    pdf = _compile(job, fonts, format="pdf", pdf_standards="a-4f", timestamp=epoch)
    return _with_masks(pdf)


def typeset_part(marks: Sequence[Mark], size: Pair, fonts: Fonts, alphabet: str) -> bytes:
    """A page to be drawn many times, and a second one that only carries a font.

    The second page holds `alphabet` in the sans face, so that its embedded subset can set any
    text made of those characters.
    """
    job = _job(marks, size) | {"alphabet": alphabet, "alphabet_family": FAMILIES["sans"]}
    pdf = _compile(job, fonts, format="pdf", pdf_tags=False, timestamp=0)
    return _with_masks(pdf) if any(isinstance(mark, Picture) for mark in marks) else pdf


def draw(marks: Sequence[Mark], size: Pair, fonts: Fonts) -> tuple[bytes, Image.Image]:
    """One page as SVG, and the same page as a picture of 203 dpi to check it by."""
    job = _job(marks, size)
    svg = _compile(job, fonts, format="svg")
    with Image.open(io.BytesIO(_compile(job, fonts, format="png", ppi=203))) as picture:
        return svg, picture.convert("L")


def _job(marks: Sequence[Mark], size: Pair) -> dict[str, Any]:
    return {"width": size[0], "height": size[1], "marks": [_entry(mark) for mark in marks]}


def _compile(job: Mapping[str, Any], fonts: Fonts, **options: Any) -> bytes:
    inputs = {"job": json.dumps(job, ensure_ascii=False)}
    return cast(bytes, _compiler(fonts).compile(sys_inputs=inputs, **options))


def _compiler(fonts: Fonts) -> typst.Compiler:
    """One compiler a thread and font folder: it must not be shared."""
    made: dict[Path, typst.Compiler] = _local.__dict__.setdefault("compilers", {})
    if fonts.folder not in made:
        with as_file(files("labels").joinpath("page.typ")) as page:
            made[fonts.folder] = typst.Compiler(
                str(page),
                font_paths=typst.Fonts(
                    include_system_fonts=False,
                    include_embedded_fonts=False,
                    font_paths=[str(fonts.folder)],
                ),
            )
    return made[fonts.folder]


def _with_masks(pdf: bytes) -> bytes:
    """The same file, the pictures of its first page 1-bit image masks instead of grey ones.

    A printer driver dithers grey, which spoils a symbol; it never dithers a mask.
    """
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as document:
        for picture in document.pages[0].get_images().values():
            size = (int(picture.Width), int(picture.Height))
            grey = Image.frombytes("L", size, picture.read_bytes())
            del picture.ColorSpace
            picture.ImageMask = True
            picture.BitsPerComponent = 1
            picture.Decode = [1, 0]
            picture.write(grey.point(_BLACK_OR_WHITE, "1").tobytes("raw", "1;I"))
        document.save(out, deterministic_id=True, fix_metadata_version=False)
    return out.getvalue()


def _entry(mark: Mark) -> dict[str, Any]:
    """A mark as page.typ reads it."""
    match mark:
        case Text():
            return {
                "kind": "text",
                "x": mark.x,
                "y": mark.y,
                "size": mark.size,
                "family": FAMILIES[mark.face],
                "spacing": mark.spacing,
                "heavier": mark.heavier,
                "text": mark.text,
            }
        case Bar():
            return {
                "kind": "bar",
                "x": mark.x,
                "y": mark.y,
                "width": mark.width,
                "height": mark.height,
            }
        case Choice():
            return {
                "kind": "choice",
                "x": mark.x,
                "y": mark.y,
                "side": mark.side,
                "ticked": mark.ticked,
            }
        case Code():
            square = (mark.symbol.size, mark.symbol.size)
            bits = "".join(mark.symbol.rows())
            return _picture(mark.x, mark.y, mark.module, square, bits, mark.symbol.text)
        case Picture():
            width = 8 * stride(mark.columns)
            rows = f"{int.from_bytes(mark.bits):0{width * mark.rows}b}"
            bits = "".join(rows[at : at + mark.columns] for at in range(0, len(rows), width))
            return _picture(mark.x, mark.y, mark.dot, (mark.columns, mark.rows), bits, "标志")


def _picture(
    x: float, y: float, pixel: float, size: tuple[int, int], bits: str, alt: str
) -> dict[str, Any]:
    """A picture whose pixels are so many mm wide; `bits` row by row, black = 1."""
    inset = MASK_INSET * pixel
    return {
        "kind": "picture",
        "x": x + inset,
        "y": y + inset,
        "width": size[0] * pixel - 2 * inset,
        "height": size[1] * pixel - 2 * inset,
        "columns": size[0],
        "rows": size[1],
        "pixels": [255 * (bit == "0") for bit in bits],
        "alt": alt,
    }
