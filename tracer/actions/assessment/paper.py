"""Assessments on paper: the standard's own forms and reports, and the licence."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from importlib.resources import as_file, files
from typing import Any, cast

import typst

from labels.fonts import fonts_in
from labels.qr import encode

_local = threading.local()


def paper_pdf(paper: Mapping[str, Any]) -> bytes:
    """A report or form as tagged PDF/A, byte for byte the same for the same paper.

    ``paper`` is what :mod:`tracer.queries.assessment.report` gives; its ``epoch`` (Unix seconds) is
    the only time in the file.
    """
    return _set("assessment.typ", paper, paper["epoch"])


def licence_pdf(licence: Mapping[str, str], *, epoch: int) -> bytes:
    """The certificate of a licence on one A4 page, with the code of its public page.

    ``licence`` has ``title``, ``mark``, ``holder``, ``subject``, ``number``, ``valid``,
    ``standard``, ``organisation``, ``issued`` and ``address``, which the code says.
    """
    return _set("licence.typ", {**licence, "symbol": encode(licence["address"]).rows()}, epoch)


def _set(page: str, job: Mapping[str, Any], epoch: int) -> bytes:
    made = _compiler(page).compile(
        sys_inputs={"job": json.dumps(job, ensure_ascii=False)},
        format="pdf",
        pdf_standards="a-3a",
        timestamp=epoch,
    )
    return cast(bytes, made)


def _compiler(page: str) -> typst.Compiler:
    """One compiler a thread and page: it must not be shared."""
    compilers: dict[str, typst.Compiler] = _local.__dict__.setdefault("compilers", {})
    if page not in compilers:
        with as_file(files("tracer.actions.assessment").joinpath(page)) as path:
            compilers[page] = typst.Compiler(
                str(path),
                font_paths=typst.Fonts(
                    include_system_fonts=False,
                    include_embedded_fonts=False,
                    font_paths=[str(fonts_in().folder)],
                ),
            )
    return compilers[page]
