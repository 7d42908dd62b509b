"""What a painted label must keep white: the quiet zone of its code, and its edge."""

import io
from collections.abc import Mapping

from PIL import Image, ImageChops

from labels import Options, design, label_png
from labels.device import Device
from labels.fonts import fonts_in
from labels.layout import lay_out
from labels.marks import Code
from labels.qr import QUIET_ZONE, encode

# A roll runs a millimetre to the side in a label printer.  The smallest label has less to spare.
EDGE_MM = 1.5
SMALLEST_EDGE_MM = 1.1


def require_clean(
    name: str, values: Mapping[str, str], text: str, dpi: int, logo: bytes = b""
) -> None:
    """Nothing is painted within four modules of the code, nor at the edge."""
    options = Options(logo=logo)
    device = Device(dpi, dotted=True, fonts=fonts_in())
    marks = lay_out(design(name), values, encode(text), device, options)
    (code,) = (mark for mark in marks if isinstance(mark, Code))
    painted = label_png(name, values, text, dpi=dpi, options=options)
    ink = ImageChops.invert(Image.open(io.BytesIO(painted)).convert("L"))
    left, top, module = (round(side / device.dot) for side in (code.x, code.y, code.module))
    side, quiet = code.symbol.size * module, QUIET_ZONE * module
    zone = (left - quiet, top - quiet, left + side + quiet, top + side + quiet)
    assert min(zone) >= 0
    assert zone[2] <= ink.width
    assert zone[3] <= ink.height
    edges = ink.getbbox()
    edge = min(*edges[:2], ink.width - edges[2], ink.height - edges[3]) * device.dot
    assert edge >= (SMALLEST_EDGE_MM if name == "trace-30x20" else EDGE_MM) - device.dot / 2
    ink.paste(0, (left, top, left + side, top + side))
    assert ink.crop(zone).getbbox() is None
