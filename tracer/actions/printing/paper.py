"""Labels of a print run on paper: pictures, sheets, and jobs for label printers.

Nothing here changes the world. What is painted of a run is the same however often it is made.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, BinaryIO

import labels
from tracer.actions import keys
from tracer.actions.actor import Actor
from tracer.actions.certificates.paper import certificate_code, certificate_fields, key_of
from tracer.actions.printing.own_stock import own_paper
from tracer.domain.clock import format_day
from tracer.domain.errors import Conflict, NotFound, Refusal
from tracer.domain.printers import PrinterLanguage
from tracer.domain.printing import (
    OWN_STOCK,
    PRINTS_A_FILE,
    QR_FORM,
    TRACE_FORM,
    Layout,
    Part,
    Ranges,
    Standing,
    spoiled,
    standing,
)
from tracer.proof.labelcode import code, pretty
from tracer.proof.labelseal import LabelSeal
from tracer.proof.qrtext import label_text, signed_label_text
from tracer.proof.sign import LABEL_TAG, sign
from tracer.store.prints import barred, layout_of, steps_of
from tracer.store.tables import Batch, Certificate, Printer, PrintRun, Producer, Product
from tracer.store.world import Tx

Shift = tuple[int, int]  # micrometres to the right and down
UNMOVED = (0, 0)


def stock_of(run: PrintRun) -> labels.Stock:
    """The paper of a run: from the list, or the producer's own as it was measured then."""
    return stock_named(run.stock, run.options)


def stock_named(name: str, options: Mapping[str, Any]) -> labels.Stock:
    """:func:`stock_of` a run to be, from its options."""
    own = options.get("paper")
    return labels.Stock.from_dict(own) if own else labels.stock(name)


def cells_of(run: PrintRun) -> int:
    """Cells of a sheet of the run's paper; 1 on rolls."""
    return stock_of(run).cells


def laid(run: PrintRun) -> Layout:
    """How a run lies on its paper."""
    return layout_of(run, cells_of(run))


def standing_of(tx: Tx, run: PrintRun) -> Standing:
    """How far a run has come."""
    return standing(laid(run), steps_of(tx.session, run))


def check_goods(tx: Tx, batch_id: int | None, certificate_id: int | None) -> None:
    """Conflict where no more paper may be made for goods: it would look valid, and is not."""
    refusal = barred(tx.session, batch_id, certificate_id)
    if refusal is not None:
        raise refusal


def run_png(tx: Tx, run: PrintRun, number: int, dpi: int = 203) -> bytes:
    """Label ``number`` (from 1) of a run as a picture of whole printer dots."""
    with _told():
        values, text = _one(tx, run, number, dpi)
        return labels.label_png(
            run.design, values, text, dpi=dpi, options=_options(tx, run), font_folder=tx.fonts
        )


def run_svg(tx: Tx, run: PrintRun, number: int) -> bytes:
    """Label ``number`` (from 1) of a run as SVG."""
    with _told():
        values, text = _one(tx, run, number, None)
        return labels.label_svg(
            run.design, values, text, options=_options(tx, run), font_folder=tx.fonts
        )


def run_pdf(tx: Tx, run: PrintRun, part: Part, shift: Shift = UNMOVED) -> bytes:
    """Labels of a run as PDF, on sheets from the part's cell on, or one to a page on rolls."""
    out = io.BytesIO()
    write_pdf(tx, run, part, out, shift)
    return out.getvalue()


def write_pdf(tx: Tx, run: PrintRun, part: Part, out: BinaryIO, shift: Shift = UNMOVED) -> None:
    """:func:`run_pdf`, written as it is made: memory does not grow with the part."""
    with _told():
        values, texts = run_labels(tx, run, part, stock_of(run).dpi)
        labels.write_sheet(
            out,
            run.design,
            values,
            texts,
            stock=stock_of(run),
            start_cell=part.start_cell,
            options=_options(tx, run, part.copies, shift),
            font_folder=tx.fonts,
        )


def sheet_png(tx: Tx, run: PrintRun, part: Part) -> bytes:
    """The first page of a part as it will print."""
    sheet = laid(run).of(part).places_on(part.start_cell, 1)
    return labels.page_png(run_pdf(tx, run, _at_most(tx, run, part, sheet)))


def printer_job(
    tx: Tx, run: PrintRun, part: Part, language: str, dpi: int, shift: Shift = UNMOVED
) -> Iterator[bytes]:
    """Labels of a run for a label printer: what goes before, each print, what goes after."""
    stock = stock_of(run)
    with _told():
        values, texts = run_labels(tx, run, part, dpi)
        yield from labels.printer_job(
            run.design,
            values,
            texts,
            language,
            stock=None if stock.cells > 1 else stock,
            dpi=dpi,
            options=_options(tx, run, part.copies, shift),
            font_folder=tx.fonts,
        )


def calibration(tx: Tx, actor: Actor, printer: Printer, stock_name: str) -> bytes:
    """A page with rulers and crosses on the named paper, in the printer's language."""
    shift = (printer.shift_x_um, printer.shift_y_um)
    with _told():
        if stock_name.startswith(OWN_STOCK):
            stock = labels.Stock.from_dict(own_paper(tx, actor, stock_name.removeprefix(OWN_STOCK)))
        else:
            stock = labels.stock(stock_name)
        if printer.language == PrinterLanguage.PDF:
            return labels.calibration_pdf(stock, shift_um=shift, font_folder=tx.fonts)
        return labels.calibration_job(
            stock, printer.language, dpi=printer.dpi, shift_um=shift, font_folder=tx.fonts
        )


def whole(run: PrintRun) -> Part:
    """All places of a run, as it was made."""
    layout = laid(run)
    return Part(1, layout.places, layout.start_cell, layout.prints)


def part_of(run: PrintRun, first: int, last: int | None, start_cell: int) -> Part:
    """Places ``first`` … ``last`` of a run; a Refusal where it has no such places or cell."""
    layout = laid(run)
    last = layout.places if last is None else last
    if not 1 <= first <= last <= layout.places:
        raise Refusal("bad_range", f"这次打印只有 {layout.places} 张，请改正张数", "count")
    if not 1 <= start_cell <= layout.cells:
        raise Refusal("no_cell", "这种标签纸没有这么多格，请改小起始格", "start_cell")
    return Part(first, last, start_cell, layout.prints)


def file_of(tx: Tx, run: PrintRun, part: Part) -> Part:
    """A part, cut off where a file of it would be too long."""
    return _at_most(tx, run, part, max(1, PRINTS_A_FILE // part.copies))


def place_reached(tx: Tx, run: PrintRun, part: Part, prints: int) -> int:
    """The last place of a part of which every copy is among its first ``prints`` prints.

    The one before the part where none is.
    """
    printed = prints // part.copies
    if not printed:
        return part.first - 1
    return min(part.last, laid(run).reach(part.first, printed, standing_of(tx, run).left_out))


def run_labels(
    tx: Tx, run: PrintRun, part: Part, dpi: int | None
) -> tuple[dict[str, str], Iterable[str]]:
    """The texts printed on every label of a part, with its first code, and the code texts of all.

    ``dpi`` is the printer's; a code that it cannot print large enough is replaced by a shorter
    one. Spoiled labels are left out. Conflict where nothing may be printed for these goods any
    more, or where every label is spoiled.
    """
    check_goods(tx, run.batch_id, run.certificate_id)
    return _labels(tx, run, part, dpi, spoiled(steps_of(tx.session, run)))


def text_of_label(tx: Tx, run: PrintRun, number: int, dpi: int) -> str:
    """What the symbol of a label says that was printed, whatever has happened to it since."""
    return next(iter(_labels(tx, run, Part(number, number), dpi, ())[1]))


def _labels(
    tx: Tx, run: PrintRun, part: Part, dpi: int | None, without: Ranges
) -> tuple[dict[str, str], Iterable[str]]:
    """:func:`run_labels`, whether or not they may still be printed."""
    certificate = (
        tx.session.get_one(Certificate, run.certificate_id) if run.certificate_id else None
    )
    if certificate is not None and run.design.startswith("certificate-"):
        text = certificate_code(tx, certificate, run.design, dpi)
        return certificate_fields(certificate), [text] * part.count
    codes = _Codes(tx, run, part, without)
    first = next(iter(codes), None)
    if first is None:
        raise Conflict("label_spoiled", "这几张标签都已经作废，不能再打印")
    values = _label_fields(tx, run, certificate) | {"code": pretty(first)}
    if certificate is not None:
        seal = _Sealer(tx, certificate)
        if labels.qr_fits(run.design, seal.text(first), dpi=dpi):
            return values, _Texts(codes, seal.text)
    return values, _Texts(codes, partial(label_text, tx.site))


class _Codes:
    """The codes of a part without some labels; read as often as wanted."""

    def __init__(self, tx: Tx, run: PrintRun, part: Part, without: Ranges) -> None:
        self._layout, self._part, self._without = laid(run), part, without
        self._before, self._key = run.first_index - 1, tx.secrets.label_key

    def __iter__(self) -> Iterator[str]:
        for number in self._layout.labels(self._part.first, self._part.last, self._without):
            yield code(self._before + number, self._key)


@dataclass(frozen=True)
class _Texts:
    """What the symbols of a part say; read as often as wanted."""

    codes: _Codes
    text: Callable[[str], str]

    def __iter__(self) -> Iterator[str]:
        return map(self.text, self.codes)


class _Sealer:
    """Signs the tags of one certificate; its key is opened once."""

    def __init__(self, tx: Tx, certificate: Certificate) -> None:
        self._site = tx.site
        self._certificate = certificate
        self._key = keys.open_key(tx, key_of(tx, certificate))

    def text(self, code: str) -> str:
        seal = LabelSeal(self._certificate.public_id, code, self._certificate.kid).to_bytes()
        return signed_label_text(self._site, code, seal, sign(LABEL_TAG, seal, self._key))


def _at_most(tx: Tx, run: PrintRun, part: Part, places: int) -> Part:
    """A part up to the last of so many places that are painted."""
    dead = spoiled(steps_of(tx.session, run))
    last = laid(run).of(part).reach(part.first, places, dead)
    return replace(part, last=min(part.last, last))


def _one(tx: Tx, run: PrintRun, number: int, dpi: int | None) -> tuple[dict[str, str], str]:
    if not 1 <= number <= run.count:
        raise NotFound("这次打印没有这一张标签")
    values, texts = run_labels(tx, run, Part(number, number), dpi)
    return values, next(iter(texts))


def _options(tx: Tx, run: PrintRun, copies: int = 1, shift: Shift = UNMOVED) -> labels.Options:
    chosen = run.options
    return labels.Options(
        hide=frozenset(chosen.get("hide", ())),
        logo=tx.files.get(chosen["logo"]) if "logo" in chosen else b"",
        copies=copies,
        together=True,
        shift_um=shift,
    )


def _label_fields(tx: Tx, run: PrintRun, certificate: Certificate | None) -> dict[str, str]:
    if certificate is not None:
        fields = certificate_fields(certificate)
        return {key: fields[key] for key in ("product", "origin", "issuer", "issued_at")} | {
            "form": QR_FORM
        }
    producer = tx.session.get_one(Producer, run.producer_id)
    if run.batch_id is None:
        return {"form": TRACE_FORM, "product": "扫码查看", "producer": producer.name}
    batch = tx.session.get_one(Batch, run.batch_id)
    return {
        "form": TRACE_FORM,
        "product": tx.session.get_one(Product, batch.product_id).name,
        "producer": producer.name,
        "origin": batch.origin,
        "produced_on": format_day(batch.made_on),
    }


@contextmanager
def _told() -> Iterator[None]:
    """What cannot be painted is told in its own sentence."""
    try:
        yield
    except labels.LabelError as error:
        raise Refusal(error.code, error.message, error.field) from error
