"""Marks onto paper: PDF by the typesetter, byte for byte the same for the same input."""

import json
import threading
from collections.abc import Mapping, Sequence
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any, cast

import typst

from labels.fonts import FAMILIES, Fonts
from labels.marks import Bar, Choice, Code, Mark, Text
from labels.stock import Pair

MEDIA_TYPES = {".json": "application/json", ".txt": "text/plain", ".pdf": "application/pdf"}
_local = threading.local()


def typeset(
    marks: Sequence[Mark],
    size: Pair,
    fonts: Fonts,
    *,
    title: str,
    description: str = "",
    epoch: int = 0,
    attachments: Mapping[str, bytes] | None = None,
) -> bytes:
    """One page as PDF/A-4f; `epoch` (Unix seconds) is the only time in it."""
    attached = attachments or {}
    job = {
        "title": title,
        "description": description,
        "width": size[0],
        "height": size[1],
        "attachments": {name: list(content) for name, content in attached.items()},
        "types": {
            name: MEDIA_TYPES.get(Path(name).suffix, "application/octet-stream")
            for name in attached
        },
        "marks": [_entry(mark) for mark in marks],
    }
    pdf = _compiler(fonts).compile(
        sys_inputs={"job": json.dumps(job, ensure_ascii=False)},
        format="pdf",
        pdf_standards="a-4f",
        timestamp=epoch,
    )
    return cast(bytes, pdf)


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


def _entry(mark: Mark) -> dict[str, Any]:
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
            return {
                "kind": "code",
                "x": mark.x,
                "y": mark.y,
                "side": mark.symbol.size * mark.module,
                "modules": mark.symbol.size,
                "pixels": _pixels(mark),
                "alt": mark.symbol.text,
            }


def _pixels(mark: Code) -> list[int]:
    """One grey value a module."""
    size = mark.symbol.size
    return [0 if module == "1" else 255 for module in f"{mark.symbol.matrix:0{size * size}b}"]
