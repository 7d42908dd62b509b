"""A page that shows how far a printer prints beside the mark.

Rulers in mm along the top and left edge, a cross at each corner of each label, and a code.  Where
a cross lies beside the corner of a label, that distance is the shift to enter; where a ruler's
millimetres differ from a real one's, the printer scales the page.
"""

import math
from collections.abc import Iterator
from pathlib import Path

from labels.bitmap import paint
from labels.check import page_picture, require_readable
from labels.device import Device
from labels.dots import DotPage
from labels.errors import LabelError
from labels.fonts import ASCENT, fonts_in
from labels.layout import LEAST_MODULE_MM
from labels.marks import Bar, Code, Mark, Text, moved
from labels.options import Options
from labels.paper import typeset
from labels.printers import speaker_of
from labels.qr import QUIET_ZONE, encode
from labels.stock import Pair, Stock
from labels.stock import stock as stock_named

CODE = "PRINT-TEST"
# Ticks by the millimetres they stand at: every tenth, every fifth, the others.  In mm.
TICKS = ((10, 3.0), (5, 2.0), (1, 1.0))
LINE, ARM = 0.25, 2.0
TEXT_MM, LEADING, MARGIN = 2.0, 3.0, 5.0
NOTES = (
    "十字应该正好落在标签的角上。",
    "偏了几毫米，就在打印机设置里填几毫米。",
    "用尺子量一量：边上的 10 毫米是不是真有 10 毫米。",
)


def calibration_pdf(
    paper: str | Stock, *, shift_um: tuple[int, int] = (0, 0), font_folder: Path | None = None
) -> bytes:
    """The page for an office printer; its code has been read from the rendered page.

    `shift_um` is the shift in use, to see what it does: the crosses move.
    Raises LabelError.
    """
    stock = _stock(paper)
    device = Device(stock.dpi, dotted=False, fonts=fonts_in(font_folder))
    title = f"校准页：{stock.title}"
    pdf = typeset(
        _marks(stock, device, shift_um),
        stock.size,
        device.fonts,
        title=title,
        description="",
        epoch=0,
        attachments={},
    )
    require_readable(page_picture(pdf, dpi=stock.dpi), CODE)
    return pdf


def calibration_job(
    paper: str | Stock,
    language: str,
    *,
    dpi: int = 203,
    shift_um: tuple[int, int] = (0, 0),
    font_folder: Path | None = None,
) -> bytes:
    """The same for a label printer, whole dots; LabelError also `language`, `stock_sheet`."""
    stock = _stock(paper)
    if stock.cells > 1:
        raise LabelError("stock_sheet", "标签打印机用不了整张的标签纸，请选一卷标签纸", "stock")
    device = Device(dpi, dotted=True, fonts=fonts_in(font_folder))
    page = DotPage(paint(_marks(stock, device, shift_um), stock.size, device), stock.size)
    page.require_readable([], CODE)
    speaker = speaker_of(language)(page)
    return speaker.before() + speaker.label([]) + speaker.after()


def _stock(paper: str | Stock) -> Stock:
    """A continuous roll has no length of its own: its page is as long as it is wide."""
    stock = paper if isinstance(paper, Stock) else stock_named(paper)
    return stock.cut(stock.size[0])


def _marks(stock: Stock, device: Device, shift_um: tuple[int, int]) -> list[Mark]:
    x, y = Options(shift_um=shift_um).shift(device)
    crosses = {
        (x + left + right, y + top + bottom)
        for left, top in map(stock.corner, range(stock.cells))
        for right in (0, stock.cell[0])
        for bottom in (0, stock.cell[1])
    }
    marks = [mark for cross in sorted(crosses) for mark in _cross(*cross, stock.size)]
    return [*_ruler(stock.size, device), *marks, *_first_label(stock, device)]


def _ruler(size: Pair, device: Device) -> Iterator[Mark]:
    """Millimetres along the top and the left edge, numbers at the tens."""
    for axis in (0, 1):
        for at in range(1, int(size[axis])):
            length = next(length for every, length in TICKS if at % every == 0)
            yield Bar(at, 0, LINE / 2, length) if axis == 0 else Bar(0, at, length, LINE / 2)
            if at % 10 == 0 and at + 4 < size[axis]:
                x, y = (at + 0.5, TICKS[0][1]) if axis == 0 else (TICKS[0][1] + 0.3, at + 1)
                yield _text(str(at), x, y - 0.5, device)


def _cross(x: float, y: float, size: Pair) -> Iterator[Mark]:
    """Two lines that meet at a corner, as far as they lie on the page."""
    left, right = max(x - ARM, 0), min(x + ARM, size[0])
    top, bottom = max(y - ARM, 0), min(y + ARM, size[1])
    if left < right and top < bottom:
        yield Bar(left, min(max(y - LINE / 2, 0), size[1] - LINE), right - left, LINE)
        yield Bar(min(max(x - LINE / 2, 0), size[0] - LINE), top, LINE, bottom - top)


def _first_label(stock: Stock, device: Device) -> list[Mark]:
    """A code as small as labels may have it, and below it what to do, where there is room."""
    left, top = stock.corner(0)
    width, height = stock.cell
    symbol = encode(CODE)
    module = math.ceil(LEAST_MODULE_MM / device.dot) * device.dot
    side = (symbol.size + 2 * QUIET_ZONE) * module
    notes = [_text(note, 0, 0, device) for note in NOTES]
    widest = max(sum(note.advances) for note in notes)
    below = LEADING * len(notes)
    if widest > width - 2 * MARGIN or side + below > height - 2 * MARGIN:
        notes, below = [], 0
    y = top + (height - side - below) / 2
    corner = (left + (width - side) / 2 + QUIET_ZONE * module, y + QUIET_ZONE * module)
    marks: list[Mark] = [Code(*_on_grid(corner, device), module, symbol)]
    for at, note in enumerate(notes):
        x = left + (width - sum(note.advances)) / 2
        marks += moved([note], *_on_grid((x, y + side + at * LEADING), device))
    return marks


def _on_grid(corner: Pair, device: Device) -> Pair:
    return round(corner[0] / device.dot) * device.dot, round(corner[1] / device.dot) * device.dot


def _text(text: str, x: float, y: float, device: Device) -> Text:
    size = next(device.sizes(TEXT_MM, TEXT_MM))
    return Text(
        text, device.snap(x), device.snap(y + ASCENT * size), size, "sans",
        device.advances(text, "sans", size),
    )  # fmt: skip
