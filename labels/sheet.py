"""Many labels of one run as PDF: sheets of cells or one label a page, streamed.

What all labels share is typeset once and drawn by reference.  A label adds one record: where it
stands, its symbol as a 1-bit mask on the dot grid, and its readable code.
"""

import io
import secrets
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import BinaryIO

from labels.affine import BATCH
from labels.check import page_pictures, require_readable
from labels.design import design
from labels.device import Device
from labels.errors import LabelError
from labels.fonts import fonts_in
from labels.layout import lay_out_parts, require_on_paper, with_quiet_zone
from labels.marks import Code
from labels.options import NONE, Options, chosen
from labels.pages import PageWriter, shared_objects
from labels.paper import typeset_part
from labels.place import in_cell, stock_for
from labels.qr import Run
from labels.record import CODE_ALPHABET, POINTS, Page, Recorder
from labels.stock import Stock


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
    by row.  Every symbol is checked before it is written; the first label, the last and a
    random one are read back from their rendered pages.  Raises LabelError; then what was written
    must not be used.
    """
    coming = options.order(texts)
    first = next(coming, None)
    if first is None:
        raise LabelError("no_labels", "一张标签也没有，请先填要打印几张")
    sheet = Sheet(name, values, first, stock, options, font_folder)
    if not 1 <= start_cell <= sheet.stock.cells:
        raise LabelError(
            "start_cell", f"这种标签纸每页 {sheet.stock.cells} 格，请选其中一格开始", "start_cell"
        )
    writer = sheet.writer(out)
    count = 0
    to_read: dict[str, tuple[int, str]] = {}
    pages = pages_of(chain([first], coming), start_cell - 1, sheet.stock.cells, options.group)
    while block := list(islice(pages, -(-BATCH // sheet.stock.cells))):
        for content in sheet.contents(block):
            writer.add(content)
        count += len(block)
        to_read.setdefault("first", block[0].place(0))
        to_read["last"] = block[-1].place(len(block[-1].texts) - 1)
        if secrets.randbelow(count) < len(block):
            page = secrets.choice(block)
            to_read["any"] = page.place(secrets.randbelow(len(page.texts)))
    writer.close()
    sheet.read_back(to_read.values())
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
        part = typeset_part(constant, made.size, self._device.fonts, CODE_ALPHABET)
        shift = options.shift(self._device)
        width, height = self.stock.size
        self._head, unicode = shared_objects((width * POINTS, height * POINTS), part)
        self._corners = [
            in_cell(self.stock, cell, made.size, self._device, shift)
            for cell in range(self.stock.cells)
        ]
        require_on_paper(constant + varying, self._corners, self.stock.size)
        (code,) = (mark for mark in varying if isinstance(mark, Code))
        self._symbol = with_quiet_zone(code)
        self._recorder = Recorder(
            run,
            values.get("code", ""),
            varying,
            [
                (left * POINTS, (self.stock.size[1] - top - made.size[1]) * POINTS)
                for left, top in self._corners
            ],
            made.size[1] * POINTS,
            unicode,
            self._device.fonts,
        )

    def writer(self, out: BinaryIO) -> PageWriter:
        return PageWriter(out, self._head)

    def contents(self, pages: Sequence[Page]) -> list[bytes]:
        """The content streams of pages, each symbol checked."""
        return self._recorder.contents(pages)

    def read_back(self, places: Collection[tuple[int, str]]) -> None:
        """Render labels, each where it stands on its page, and read their symbols."""
        # Labels of different cells are read off one page: opening a page costs more than a label.
        pages: list[dict[int, str]] = []
        for cell, text in places:
            page = next((one for one in pages if cell not in one), None)
            if page is None:
                pages.append(page := {})
            page[cell] = text
        out = io.BytesIO()
        writer = self.writer(out)
        for page in pages:
            writer.add(b"".join(self.contents([Page(cell, [text]) for cell, text in page.items()])))
        writer.close()
        areas = [[self._area(cell) for cell in page] for page in pages]
        pictures = page_pictures(out.getvalue(), self.stock.dpi, areas)
        texts = chain.from_iterable(page.values() for page in pages)
        for picture, text in zip(pictures, texts, strict=True):
            require_readable(picture, text)

    def _area(self, cell: int) -> tuple[float, ...]:
        """Where the symbol of a cell stands on its page, with its quiet zone."""
        (x, y), (left, top, right, bottom) = self._corners[cell], self._symbol
        return x + left, y + top, x + right, y + bottom
