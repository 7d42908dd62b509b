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

from labels.check import page_picture, require_readable, require_readable_symbol
from labels.design import design
from labels.device import Device
from labels.errors import LabelError
from labels.fonts import fonts_in
from labels.layout import lay_out_parts, require_on_paper
from labels.options import NONE, Options, chosen
from labels.pages import PageWriter
from labels.paper import typeset_part
from labels.place import in_cell, stock_for
from labels.qr import Run
from labels.record import CODE_ALPHABET, POINTS, Recorder
from labels.stock import Stock


@dataclass(frozen=True)
class Page:
    """QR texts for one page; the first stands in cell `start`, counted from 0."""

    start: int
    texts: list[str]


def write_sheet(
    out: BinaryIO,
    name: str,
    values: Mapping[str, str],
    texts: Iterable[str],
    *,
    stock: str | Stock | None = None,
    start_cell: int = 1,
    options: Options = NONE,
    font_folder: Path | None = None,
) -> int:
    """Write a run of labels as PDF and return the number of pages.

    `texts` are the QR texts of the labels, all equally long, read as they are needed.  `values` as
    for `certificate_pdf` are those of the first label; where its `code` stands in the first text,
    the others have theirs, and that is what is printed beside each symbol.  Stock is the design's
    own unless given; on a half-used sheet the first label goes to `start_cell`, counted from 1 row
    by row.  Every symbol is decoded before it is written; the first, the last and a random page
    are rendered and read back.  Raises LabelError; then what was written must not be used.
    """
    coming = options.order(texts)
    first = next(coming, None)
    if first is None:
        raise LabelError("no_labels", "一张标签也没有，请先填要打印几张。")
    sheet = Sheet(name, values, first, stock, options, font_folder)
    if not 1 <= start_cell <= sheet.stock.cells:
        raise LabelError(
            "start_cell", f"这种标签纸每页 {sheet.stock.cells} 格，请选其中一格开始。", "start_cell"
        )
    writer = sheet.writer(out)
    count = 0
    kept: dict[str, Page] = {}
    for page in pages_of(chain([first], coming), start_cell - 1, sheet.stock.cells, options.group):
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
    values: Mapping[str, str],
    texts: Iterable[str],
    *,
    stock: str | Stock | None = None,
    start_cell: int = 1,
    options: Options = NONE,
    font_folder: Path | None = None,
) -> bytes:
    """`write_sheet` into memory."""
    out = io.BytesIO()
    write_sheet(
        out, name, values, texts,
        stock=stock, start_cell=start_cell, options=options, font_folder=font_folder,
    )  # fmt: skip
    return out.getvalue()


def pages_of(texts: Iterator[str], start: int, cells: int, group: int = 1) -> Iterator[Page]:
    """The labels page by page; `group` of them are not parted, unless a page is too small."""
    group = group if group <= cells else 1
    room = (cells - start) // group * group
    if not room:
        start, room = 0, cells // group * group
    while page := list(islice(texts, room)):
        yield Page(start, page)
        start, room = 0, cells // group * group


class Sheet:
    """One run on one stock: its constant part typeset, its records laid out."""

    def __init__(
        self,
        name: str,
        values: Mapping[str, str],
        first: str,
        stock: str | Stock | None,
        options: Options,
        font_folder: Path | None,
    ) -> None:
        made = design(name)
        values = chosen(made, values, options)
        self.stock = stock_for(made, stock)
        self._size = made.size
        self._device = Device(self.stock.dpi, dotted=False, fonts=fonts_in(font_folder))
        run = Run(first)
        constant, varying = lay_out_parts(made, values, run.symbol(first), self._device, options)
        self._part = typeset_part(constant, made.size, self._device.fonts, CODE_ALPHABET)
        shift = options.shift(self._device)
        self._corners = [
            in_cell(self.stock, cell, made.size, self._device, shift)
            for cell in range(self.stock.cells)
        ]
        require_on_paper(constant + varying, self._corners, self.stock.size)
        self._run = run
        self._recorder = Recorder(
            run,
            values.get("code", ""),
            varying,
            [
                (left * POINTS, (self.stock.size[1] - top - made.size[1]) * POINTS)
                for left, top in self._corners
            ],
            made.size[1] * POINTS,
            self._part,
            self._device.fonts,
        )

    def writer(self, out: BinaryIO) -> PageWriter:
        width, height = self.stock.size
        return PageWriter(out, (width * POINTS, height * POINTS), self._part)

    def content(self, page: Page) -> bytes:
        """The content stream of a page."""
        return b"".join(
            self._recorder.record(cell, text) for cell, text in enumerate(page.texts, page.start)
        )

    def read_symbols(self, page: Page) -> None:
        """Decode every symbol of a page."""
        for text in page.texts:
            require_readable_symbol(self._run.symbol(text))

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
            for cell, text in enumerate(page.texts, page.start):
                left, top = self._corners[cell]
                right, bottom = left + self._size[0], top + self._size[1]
                cut = picture.crop((left * dots, top * dots, right * dots, bottom * dots))
                require_readable(cut, text)
