"""Labels of one run in the languages of label printers.

Pictures only: the fonts inside printers fail on Chinese.  Coordinates are dots.  Every job sets
what it needs, since a printer remembers the settings of the job before.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Protocol

from labels.affine import BATCH
from labels.basis import stride
from labels.design import design
from labels.device import Device
from labels.dots import Area, Assembly, DotPage, DotRun
from labels.errors import LabelError
from labels.fonts import fonts_in
from labels.options import NONE, Options
from labels.place import roll_for
from labels.stock import Stock

_INVERTED = bytes(range(255, -1, -1))


def printer_job(
    name: str,
    values: Mapping[str, str],
    texts: Iterable[str],
    language: str,
    *,
    dpi: int = 203,
    stock: str | Stock | None = None,
    options: Options = NONE,
    font_folder: Path | None = None,
) -> Iterator[bytes]:
    """The bytes to send to a printer, label by label: `zpl`, `tspl` or `escpos`.

    The first piece sets the printer up, the last one cleans up; between them comes one piece for
    each label (each copy).  `values`, `texts` and `options` as for `write_sheet`; `stock` is a
    roll, the design's own unless given.  Every symbol is checked before its label is handed out,
    and the whole picture of the first and the last label is read.  Raises LabelError.
    """
    speaks = speaker_of(language)
    coming = options.order(texts)
    batch = list(islice(coming, BATCH))
    if not batch:
        raise LabelError("no_labels", "一张标签也没有，请先填要打印几张")
    made = design(name)
    device = Device(dpi, dotted=True, fonts=fonts_in(font_folder))
    run = DotRun(made, values, batch[0], roll_for(made, stock), options, device)
    speaker = speaks(run.page)
    yield speaker.before()
    beginning = True
    while batch:
        following = list(islice(coming, BATCH))
        for at, fillings in enumerate(run.fillings(batch), 1):
            if beginning or (at == len(batch) and not following):
                run.page.require_readable(fillings, batch[at - 1])
            beginning = False
            yield speaker.label(fillings)
        batch = following
    yield speaker.after()


class Language(Protocol):
    """What a job begins with, one label, and what a job ends with."""

    def __init__(self, page: DotPage) -> None: ...

    def before(self) -> bytes: ...

    def label(self, fillings: Sequence[bytes]) -> bytes: ...

    def after(self) -> bytes: ...


class Zpl:
    """Zebra.  The shared picture is stored in the printer's memory once a job (~DG, ^XG)."""

    def __init__(self, page: DotPage) -> None:
        self._page = page
        size = (page.width, page.height)
        self._begin = b"^XA^PW%d^LL%d^LH0,0^FO0,0^XGR:LABEL.GRF,1,1^FS" % size
        self._areas = [(area, _opening(area)) for area in page.areas]

    def before(self) -> bytes:
        page = self._page
        width = stride(page.width)
        data = _packed(page.constant, width)
        return b"~DGR:LABEL.GRF,%d,%d,%b" % (len(page.constant), width, data)

    def label(self, fillings: Sequence[bytes]) -> bytes:
        parts = [self._begin]
        for (area, opening), filling in zip(self._areas, fillings, strict=True):
            parts += (opening, _repeated(area, filling), b"^FS")
        return b"".join([*parts, b"^XZ\n"])

    def after(self) -> bytes:
        return b"^XA^IDR:LABEL.GRF^FS^XZ\n"


class Tspl:
    """TSC and the many printers that follow it; a 0 bit is black."""

    def __init__(self, page: DotPage) -> None:
        self._size = page.size
        begin = b"CLS\r\nBITMAP 0,0,%d,%d,0," % (stride(page.width), page.height)
        self._assembled = Assembly(page, begin, b"\r\nPRINT 1,1\r\n", _INVERTED)

    def before(self) -> bytes:
        return b"SIZE %g mm,%g mm\r\nDIRECTION 1\r\nREFERENCE 0,0\r\n" % self._size

    def label(self, fillings: Sequence[bytes]) -> bytes:
        return self._assembled(fillings)

    def after(self) -> bytes:
        return b""


class EscPos:
    """Receipt printers: a raster picture (GS v 0), then three lines of feed to tear it off."""

    def __init__(self, page: DotPage) -> None:
        size = stride(page.width).to_bytes(2, "little") + page.height.to_bytes(2, "little")
        self._assembled = Assembly(page, b"\x1dv0\x00" + size, b"\x1bd\x03")

    def before(self) -> bytes:
        return b"\x1b@"

    def label(self, fillings: Sequence[bytes]) -> bytes:
        return self._assembled(fillings)

    def after(self) -> bytes:
        return b""


LANGUAGES: dict[str, type[Language]] = {"zpl": Zpl, "tspl": Tspl, "escpos": EscPos}


def speaker_of(language: str) -> type[Language]:
    """LabelError `language` for one that is not known."""
    if language not in LANGUAGES:
        raise LabelError(
            "language", "打印机指令请选 ZPL、TSPL 或 ESC/POS，说明书上有写", "language"
        )
    return LANGUAGES[language]


def _packed(data: bytes, width: int) -> bytes:
    """ZPL's packed hexadecimal: `,` fills a row with white, `:` repeats the row before."""
    parts: list[str] = []
    before = None
    for at in range(0, len(data), width):
        row = data[at : at + width].hex().upper()
        ink = row.rstrip("0")
        parts.append(":" if row == before else ink if ink == row else ink + ",")
        before = row
    return "".join(parts).encode()


def _opening(area: Area) -> bytes:
    count = area.width * area.height
    return b"^FO%d,%d^GFA,%d,%d,%d," % (area.x, area.y, count, count, area.width)


def _repeated(area: Area, filling: bytes) -> bytes:
    """The rows of an area in hexadecimal, each repeated by as many `:`."""
    digits = filling.hex().upper()
    if area.repeat > 1:
        width, step, again = 2 * area.width, 2 * area.pitch, ":" * (area.repeat - 1)
        starts = range(0, len(digits), step)
        digits = "".join([digits[at : at + width] + again for at in starts])
    return digits.encode()
