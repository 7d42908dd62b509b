"""The credit report on paper: set from the same JSON that programs are given."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from importlib.resources import as_file, files
from typing import Any, cast

import typst

from labels.fonts import fonts_in

_local = threading.local()


def report_pdf(
    report: Mapping[str, Any], *, on: str, chart: str, told: str, site: str, epoch: int
) -> bytes:
    """The report as tagged PDF/A, byte for byte the same for the same report.

    ``report`` is what :meth:`CreditReport.as_dict` gives, ``on`` its day in words, ``chart`` an SVG
    or empty and ``told`` the chart in words, ``site`` the address that links begin with; ``epoch``
    (Unix seconds) is the only time in the file.
    """
    job = {
        "report": report,
        "title": f"{report['name']}的信用报告",
        "subtitle": f"截至{on}",
        "chart": chart,
        "told": told,
        "site": site,
        "address": f"{site}/credit/{report['id']}?on={report['day']}",
    }
    inputs = {"job": json.dumps(job, ensure_ascii=False)}
    made = _compiler().compile(
        sys_inputs=inputs, format="pdf", pdf_standards="a-3a", timestamp=epoch
    )
    return cast(bytes, made)


def _compiler() -> typst.Compiler:
    """One compiler a thread: it must not be shared."""
    if not hasattr(_local, "compiler"):
        with as_file(files("tracer.actions").joinpath("report.typ")) as page:
            _local.compiler = typst.Compiler(
                str(page),
                font_paths=typst.Fonts(
                    include_system_fonts=False,
                    include_embedded_fonts=False,
                    font_paths=[str(fonts_in().folder)],
                ),
            )
    return cast(typst.Compiler, _local.compiler)
