"""Labels and certificates on paper, exact on real printers.

A design name and a plain dict of finished strings go in, checked bytes come out.  This package
knows nothing of the programme that calls it; `docs/labels.md` describes it.
"""

from labels.calibration import calibration_job, calibration_pdf
from labels.design import Design, Field, design, designs
from labels.errors import LabelError
from labels.grade import Grade, grade
from labels.options import Options
from labels.overview import overview
from labels.printers import printer_job
from labels.render import certificate_pdf, label_png, label_svg, page_png, preview, qr_fits
from labels.sheet import sheet_pdf, write_sheet
from labels.stock import Stock, custom_stock, stock, stocks

__all__ = [
    "Design",
    "Field",
    "Grade",
    "LabelError",
    "Options",
    "Stock",
    "calibration_job",
    "calibration_pdf",
    "certificate_pdf",
    "custom_stock",
    "design",
    "designs",
    "grade",
    "label_png",
    "label_svg",
    "overview",
    "page_png",
    "preview",
    "printer_job",
    "qr_fits",
    "sheet_pdf",
    "stock",
    "stocks",
    "write_sheet",
]
