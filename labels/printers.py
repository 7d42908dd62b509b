"""Labels of one run in the languages of label printers.

Pictures only: the fonts inside printers fail on Chinese.  Coordinates are dots.  Every job sets
what it needs, since a printer remembers the settings of the job before.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Protocol

from labels.basis import stride
from labels.design import design
from labels.device import Device
from labels.dots import DotRun, Patch
from labels.errors import LabelError
from labels.fonts import fonts_in
from labels.sheet import Label

_INVERTED = bytes(range(255, -1, -1))


def printer_job(
    name: str,
    labels: Iterable[Label],
    language: str,
    *,
    dpi: int = 203,
    font_folder: Path | None = None,
) -> Iterator[bytes]:
    """The bytes to send to a printer, label by label: `zpl`, `tspl` or `escpos`.

    `labels` as for `write_sheet`.  Every symbol is decoded before its label is handed out, and of
    the first and the last label the whole picture.  Raises LabelError.
    """
    if language not in LANGUAGES:
        raise LabelError("language", "打印机语言请选 zpl、tspl 或 escpos。", "language")
    coming = iter(labels)
    label = first = next(coming, None)
    if first is None:
        raise LabelError("no_labels", "一张标签也没有，请先填要打印几张。")
    device = Device(dpi, dotted=True, fonts=fonts_in(font_folder))
    run = DotRun(design(name), *first, device)
    speaker = LANGUAGES[language](run)
    yield speaker.before()
    while label is not None:
        patches = run.patches(*label)
        following = next(coming, None)
        if label is first or following is None:
            run.read_back(run.bitmap(patches), label[1])
        yield speaker.label(patches)
        label = following
    yield speaker.after()


class Language(Protocol):
    """What a job begins with, one label, and what a job ends with."""

    def __init__(self, run: DotRun) -> None: ...

    def before(self) -> bytes: ...

    def label(self, patches: list[Patch]) -> bytes: ...

    def after(self) -> bytes: ...


class Zpl:
    """Zebra.  The shared picture is stored in the printer's memory once a job (~DG, ^XG)."""

    def __init__(self, run: DotRun) -> None:
        self._run = run

    def before(self) -> bytes:
        run = self._run
        width = stride(run.width)
        rows = [run.constant[at : at + width] for at in range(0, len(run.constant), width)]
        return b"~DGR:LABEL.GRF,%d,%d,%b" % (len(run.constant), width, _hex(rows, 1))

    def label(self, patches: list[Patch]) -> bytes:
        run = self._run
        parts = [b"^XA^PW%d^LL%d^LH0,0^FO0,0^XGR:LABEL.GRF,1,1^FS" % (run.width, run.height)]
        for patch in patches:
            width = len(patch.rows[0])
            count = width * len(patch.rows) * patch.repeat
            parts.append(
                b"^FO%d,%d^GFA,%d,%d,%d,%b^FS"
                % (patch.x, patch.y, count, count, width, _hex(patch.rows, patch.repeat))
            )
        return b"".join([*parts, b"^XZ\n"])

    def after(self) -> bytes:
        return b"^XA^IDR:LABEL.GRF^FS^XZ\n"


class Tspl:
    """TSC and the many printers that follow it; a 0 bit is black."""

    def __init__(self, run: DotRun) -> None:
        self._run = run

    def before(self) -> bytes:
        return b"SIZE %g mm,%g mm\r\nDIRECTION 1\r\nREFERENCE 0,0\r\n" % self._run.size

    def label(self, patches: list[Patch]) -> bytes:
        run = self._run
        picture = run.bitmap(patches).translate(_INVERTED)
        size = (stride(run.width), run.height)
        return b"CLS\r\nBITMAP 0,0,%d,%d,0,%b\r\nPRINT 1,1\r\n" % (*size, picture)

    def after(self) -> bytes:
        return b""


class EscPos:
    """Receipt printers: a raster picture (GS v 0), then three lines of feed to tear it off."""

    def __init__(self, run: DotRun) -> None:
        self._run = run

    def before(self) -> bytes:
        return b"\x1b@"

    def label(self, patches: list[Patch]) -> bytes:
        run = self._run
        size = stride(run.width).to_bytes(2, "little") + run.height.to_bytes(2, "little")
        return b"\x1dv0\x00" + size + run.bitmap(patches) + b"\x1bd\x03"

    def after(self) -> bytes:
        return b""


LANGUAGES: dict[str, type[Language]] = {"zpl": Zpl, "tspl": Tspl, "escpos": EscPos}


def _hex(rows: Iterable[bytes], repeat: int) -> bytes:
    """ZPL's packed hexadecimal: `,` fills a row with white, `:` repeats the row before."""
    parts: list[str] = []
    before = None
    for row in rows:
        if row == before:
            parts.append(":" * repeat)
        else:
            digits = row.hex().upper().rstrip("0")
            parts.append(digits + ("," if len(digits) < 2 * len(row) else ""))
            parts.append(":" * (repeat - 1))
        before = row
    return "".join(parts).encode()
