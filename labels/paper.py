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

from labels.fonts import FAMILIES, Fonts
from labels.marks import Bar, Choice, Code, Mark, Text
from labels.qr import Symbol
from labels.stock import Pair

# A renderer paints every dot a picture touches: without this hair of white, in modules, a symbol
# on the dot grid would grow by a dot through rounding.
MASK_INSET = 0.03
MEDIA_TYPES = {".json": "application/json", ".txt": "text/plain", ".pdf": "application/pdf"}
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
    return _with_masks(pdf, [mark.symbol for mark in marks if isinstance(mark, Code)])


def typeset_part(marks: Sequence[Mark], size: Pair, fonts: Fonts, alphabet: str) -> bytes:
    """A page to be drawn many times, and a second one that only carries a font.

    The second page holds `alphabet` in the sans face, so that its embedded subset can set any
    text made of those characters.
    """
    job = _job(marks, size) | {"alphabet": alphabet, "alphabet_family": FAMILIES["sans"]}
    return _compile(job, fonts, format="pdf", pdf_tags=False, timestamp=0)


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


def _with_masks(pdf: bytes, symbols: Sequence[Symbol]) -> bytes:
    """The same page, its symbols 1-bit image masks instead of grey pictures.

    A printer driver dithers grey, which spoils a symbol; it never dithers a mask.
    """
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as document:
        pictures = document.pages[0].get_images().values()
        for picture, symbol in zip(pictures, symbols, strict=True):
            del picture.ColorSpace
            picture.ImageMask = True
            picture.BitsPerComponent = 1
            picture.Decode = [1, 0]
            picture.write(symbol.packed())
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
            size, inset = mark.symbol.size, MASK_INSET * mark.module
            return {
                "kind": "code",
                "x": mark.x + inset,
                "y": mark.y + inset,
                "side": size * mark.module - 2 * inset,
                "modules": size,
                "pixels": [255 * (bit == "0") for bit in "".join(mark.symbol.rows())],
                "alt": mark.symbol.text,
            }
