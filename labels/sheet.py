"""Many labels of one run as PDF: sheets of cells or one label a page, streamed.

What all labels share is typeset once and drawn by reference.  A label adds one record: where it
stands, its symbol as a 1-bit mask on the dot grid, and its readable code.
"""

import io
import secrets
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import BinaryIO

from labels.check import (
    page_picture,
    require_readable,
    require_readable_symbol,
    require_same_values,
    require_statutory,
)
from labels.design import design
from labels.device import Device
from labels.errors import LabelError
from labels.fonts import fonts_in
from labels.layout import lay_out_parts
from labels.pages import PageWriter
from labels.paper import typeset_part
from labels.qr import Run
from labels.record import CODE_ALPHABET, POINTS, Recorder
from labels.stock import Pair
from labels.stock import stock as stock_named

Label = tuple[Mapping[str, str], str]


@dataclass(frozen=True)
class Page:
    """Labels for one page; the first stands in cell `start`, counted from 0."""

    start: int
    labels: list[Label]


def write_sheet(
    out: BinaryIO,
    name: str,
    labels: Iterable[Label],
    *,
    stock: str | None = None,
    start_cell: int = 1,
    font_folder: Path | None = None,
) -> int:
    """Write a run of labels as PDF and return the number of pages.

    `labels` are pairs of the values of `certificate_pdf` and a QR text; from label to label only
    `code` and the QR text may differ.  They are read once, so a generator of any length will do.
    Stock is the design's own unless named; on a half-used sheet the first label goes to
    `start_cell`, counted from 1 row by row.  Every symbol is decoded before it is written; the
    first, the last and a random page are rendered and read back.
    Raises LabelError; then what was written must not be used.
    """
    coming = iter(labels)
    first = next(coming, None)
    if first is None:
        raise LabelError("no_labels", "一张标签也没有，请先填要打印几张。")
    sheet = Sheet(name, first, stock, font_folder)
    if not 1 <= start_cell <= sheet.stock.cells:
        raise LabelError(
            "start_cell", f"这种标签纸每页 {sheet.stock.cells} 格，请选其中一格开始。", "start_cell"
        )
    writer = sheet.writer(out)
    count = 0
    kept: dict[str, Page] = {}
    for page in pages_of(chain([first], coming), start_cell - 1, sheet.stock.cells):
        count += 1
        sheet.read_symbols(page)
        writer.add(sheet.content(page))
        kept.setdefault("first", page)
        kept["last"] = page
        if secrets.randbelow(count) == 0:
            kept["random"] = page
    writer.close()
    sheet.read_back(list(kept.values()))
    return count


def sheet_pdf(
    name: str,
    labels: Iterable[Label],
    *,
    stock: str | None = None,
    start_cell: int = 1,
    font_folder: Path | None = None,
) -> bytes:
    """`write_sheet` into memory."""
    out = io.BytesIO()
    write_sheet(out, name, labels, stock=stock, start_cell=start_cell, font_folder=font_folder)
    return out.getvalue()


def pages_of(labels: Iterator[Label], start: int, cells: int) -> Iterator[Page]:
    while page := list(islice(labels, cells - start)):
        yield Page(start, page)
        start = 0


class Sheet:
    """One run on one stock: its constant part typeset, its records laid out."""

    def __init__(
        self,
        name: str,
        first: Label,
        stock_name: str | None,
        font_folder: Path | None,
    ) -> None:
        values, qr_text = first
        chosen = design(name)
        require_statutory(chosen, values)
        self.stock = stock_named(stock_name or chosen.stock)
        if chosen.size[0] > self.stock.cell[0] or chosen.size[1] > self.stock.cell[1]:
            raise LabelError(
                "stock_small", f"“{chosen.title}”比这种标签纸大，请换标签纸。", "stock"
            )
        self._size = chosen.size
        self._device = Device(self.stock.dpi, dotted=False, fonts=fonts_in(font_folder))
        self._values = values
        run = Run(qr_text)
        constant, varying = lay_out_parts(chosen, values, run.symbol(qr_text), self._device)
        self._part = typeset_part(constant, chosen.size, self._device.fonts, CODE_ALPHABET)
        self._corners = [self._corner(cell) for cell in range(self.stock.cells)]
        self._run = run
        self._recorder = Recorder(
            run,
            values.get("code", ""),
            varying,
            [
                (left * POINTS, (self.stock.size[1] - top - chosen.size[1]) * POINTS)
                for left, top in self._corners
            ],
            chosen.size[1] * POINTS,
            self._part,
            self._device.fonts,
        )

    def writer(self, out: BinaryIO) -> PageWriter:
        width, height = self.stock.size
        return PageWriter(out, (width * POINTS, height * POINTS), self._part)

    def content(self, page: Page) -> bytes:
        """The content stream of a page."""
        records: list[bytes] = []
        for cell, (values, qr_text) in enumerate(page.labels, page.start):
            require_same_values(values, self._values)
            records.append(self._recorder.record(cell, qr_text, values.get("code", "")))
        return b"".join(records)

    def read_symbols(self, page: Page) -> None:
        """Decode every symbol of a page."""
        for _, qr_text in page.labels:
            require_readable_symbol(self._run.symbol(qr_text))

    def read_back(self, pages: list[Page]) -> None:
        """Write these pages alone, render them and read every label in its cell."""
        out = io.BytesIO()
        writer = self.writer(out)
        for page in pages:
            writer.add(self.content(page))
        writer.close()
        for number, page in enumerate(pages):
            picture = page_picture(out.getvalue(), number, self.stock.dpi)
            dots = picture.width / self.stock.size[0]
            for cell, (_, qr_text) in enumerate(page.labels, page.start):
                left, top = self._corners[cell]
                right, bottom = left + self._size[0], top + self._size[1]
                cut = picture.crop((left * dots, top * dots, right * dots, bottom * dots))
                require_readable(cut, qr_text)

    def _corner(self, cell: int) -> Pair:
        """Where a label lies: in the middle of its cell, on the dot grid."""
        corner = self.stock.corner(cell)
        x, y = (corner[axis] + (self.stock.cell[axis] - self._size[axis]) / 2 for axis in (0, 1))
        dot = self._device.dot
        return round(x / dot) * dot, round(y / dot) * dot
