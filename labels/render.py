"""Certificates and single labels: a design and its values go in, checked bytes come out."""

import io
from collections.abc import Mapping
from pathlib import Path

from labels.bitmap import paint, png
from labels.check import page_picture, require_readable
from labels.design import design
from labels.device import Device
from labels.errors import LabelError
from labels.fonts import fonts_in
from labels.layout import lay_out, place_code
from labels.options import NONE, Options, chosen
from labels.paper import draw, typeset
from labels.qr import encode

SAMPLE_LINK = "https://T.EXAMPLE.CN/T/7K3M9QF2XHPA"


def certificate_pdf(
    name: str,
    values: Mapping[str, str],
    qr_text: str,
    *,
    issued_epoch: int,
    attachments: Mapping[str, bytes] | None = None,
    options: Options = NONE,
    font_folder: Path | None = None,
) -> bytes:
    """One certificate or label as a PDF/A-4f page of the design's size.

    `values` maps the design's field keys to finished text, `values["form"]` names the form.
    `attachments` (file name to content) are embedded unchanged.  The same input gives the same
    bytes; `issued_epoch` (Unix seconds) is the only time written.  Of `options` a single label
    takes hidden fields and the logo.  The page has been rendered and its code read back.
    Raises LabelError.
    """
    made = design(name)
    device = Device(made.dpi, dotted=False, fonts=fonts_in(font_folder))
    pdf = typeset(
        lay_out(made, chosen(made, values, options), encode(qr_text), device, options),
        made.size,
        device.fonts,
        title=made.title,
        description=values.get("number", ""),
        epoch=issued_epoch,
        attachments=attachments or {},
    )
    require_readable(page_picture(pdf), qr_text)
    return pdf


def label_png(
    name: str,
    values: Mapping[str, str],
    qr_text: str,
    *,
    dpi: int = 203,
    options: Options = NONE,
    font_folder: Path | None = None,
) -> bytes:
    """One label as a 1-bit PNG, a pixel for each dot of a 203, 300 or 600 dpi printer.

    The same values, checks and errors as `certificate_pdf`.
    """
    made = design(name)
    device = Device(dpi, dotted=True, fonts=fonts_in(font_folder))
    marks = lay_out(made, chosen(made, values, options), encode(qr_text), device, options)
    picture = paint(marks, made.size, device)
    require_readable(picture, qr_text)
    return png(picture, device)


def label_svg(
    name: str,
    values: Mapping[str, str],
    qr_text: str,
    *,
    options: Options = NONE,
    font_folder: Path | None = None,
) -> bytes:
    """One label as SVG of its true size, all text as outlines.

    The same values, checks and errors as `certificate_pdf`.
    """
    made = design(name)
    device = Device(made.dpi, dotted=False, fonts=fonts_in(font_folder))
    marks = lay_out(made, chosen(made, values, options), encode(qr_text), device, options)
    svg, picture = draw(marks, made.size, device.fonts)
    require_readable(picture, qr_text)
    return svg


def preview(
    name: str,
    form: str | None = None,
    *,
    dpi: int = 203,
    options: Options = NONE,
    font_folder: Path | None = None,
) -> bytes:
    """The design with its own samples as PNG: never with anybody's data."""
    sample = design(name).sample(form)
    return label_png(name, sample, SAMPLE_LINK, dpi=dpi, options=options, font_folder=font_folder)


def page_png(pdf: bytes, page: int = 0, *, dpi: int = 100) -> bytes:
    """A page of a PDF as PNG in grey, the first one being 0: the sheet as it will print."""
    out = io.BytesIO()
    page_picture(pdf, page, dpi).save(out, "PNG", dpi=(dpi, dpi), optimize=True)
    return out.getvalue()


def qr_fits(name: str, qr_text: str, *, dpi: int | None = None) -> bool:
    """Whether the design can print this code in modules large enough to read.

    `dpi` is that of the printer, or the design's own for a PDF.  Callers try their longest code
    first and fall back to a shorter one.
    """
    made = design(name)
    device = Device(dpi or made.dpi, dotted=True, fonts=fonts_in())
    boxes = [box for box in made.boxes if box.kind == "qr"]
    try:
        for box in boxes:
            place_code(box, encode(qr_text), device)
    except LabelError:
        return False
    return True
