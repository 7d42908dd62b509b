"""How labels may be printed: designs, papers and their half-used sheets, what can be chosen."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import col, select

import labels
from tracer.domain.errors import NotFound, Refusal
from tracer.domain.printers import parse_address
from tracer.domain.printing import OWN_STOCK, QR_FORM, TRACE_FORM
from tracer.queries.lines import Line
from tracer.store.prints import logo_of
from tracer.store.tables import Certificate, OwnStock, Printer, PrintRun, StockPlace
from tracer.store.world import Tx

_LEAST_FILLED = 0.45  # about half: a small label in the middle of a large one looks lost
_WIDEST_ROLL_MM = 110  # label printers print four inches wide at most


@dataclass(frozen=True)
class DesignChoice:
    """A design to choose by its picture, in the form that the goods may bear.

    ``width`` and ``height`` are in tenths of a millimetre.
    """

    name: str
    form: str
    title: str
    width: int
    height: int


@dataclass(frozen=True)
class Choice:
    """A name for programs, a title for people."""

    name: str
    title: str


@dataclass(frozen=True)
class SheetView:
    """A sheet to tap: rows of cell numbers; ``start`` is the first free one, ``left`` so many.

    ``proposed`` is the first free one as the last print left it; 0 where the sheet is a new one.
    """

    rows: tuple[tuple[int, ...], ...]
    start: int
    left: int
    proposed: int


@dataclass(frozen=True)
class PrintHow:
    """What the page of a new run shows: the design and paper chosen, and what may be changed.

    ``others`` are papers that the design fills about half at least, and the producer's own.
    ``fields`` may be left off the label. ``logo``: there is a place for the producer's mark;
    ``logo_known``: the mark is registered.
    """

    design: DesignChoice
    stock: Choice
    others: tuple[Choice, ...]
    sheet: SheetView | None
    fields: tuple[Choice, ...]
    logo: bool
    logo_known: bool
    count: str


def design_choices(certificate: Certificate | None) -> tuple[DesignChoice, ...]:
    """The designs that goods with or without a certificate may bear."""
    wanted = _forms(certificate)
    fitting = [one for one in labels.designs().values() if wanted & set(one.forms)]
    return tuple(_choice(one, wanted) for one in fitting)


def print_how(
    tx: Tx, producer_id: int, certificate: Certificate | None, design: str, stock: str, start: int
) -> PrintHow:
    """The page of a new run; empty names and a ``start`` of 0 mean: as last time."""
    last = _last_run(tx, producer_id)
    wanted = _forms(certificate)
    fitting = {name: one for name, one in labels.designs().items() if wanted & set(one.forms)}
    if not design:
        design = last.design if last and last.design in fitting else _first(fitting)
    if design not in fitting:
        raise NotFound("没有这种标签样式，请从页面上选")
    chosen = fitting[design]
    papers = _papers(tx, producer_id, chosen)
    if not stock:
        as_last = last is not None and last.design == design and last.stock in papers
        stock = last.stock if last and as_last else chosen.stock
    if stock not in papers:
        raise NotFound("没有这种标签纸，请从页面上选")
    form = _choice(chosen, wanted).form
    free = next_cell(tx, producer_id, stock)
    return PrintHow(
        design=_choice(chosen, wanted),
        stock=Choice(stock, papers[stock].title),
        others=tuple(
            Choice(name, one.title)
            for name, one in papers.items()
            if name != stock
            and (name.startswith(OWN_STOCK) or one.filled_by(chosen.size) >= _LEAST_FILLED)
        ),
        sheet=sheet_view(papers[stock], start or free, free),
        fields=tuple(Choice(key, chosen.fields[key].label) for key in chosen.optional(form)),
        logo=chosen.has_logo(form),
        logo_known=logo_of(tx.session, producer_id) is not None,
        count=str(last.count) if last else "",
    )


def sheet_view(stock: labels.Stock, start: int, proposed: int = 0) -> SheetView | None:
    """The sheet to tap; None for rolls."""
    if stock.cells == 1:
        return None
    columns = stock.columns
    rows = tuple(
        tuple(range(row * columns + 1, (row + 1) * columns + 1)) for row in range(stock.rows)
    )
    return SheetView(rows, start, stock.cells - start + 1 if start > 1 else 0, proposed)


def next_cell(tx: Tx, producer_id: int, stock: str) -> int:
    """The first free cell of the sheet that was left in the printer; 1 is a fresh one."""
    place = tx.session.get(StockPlace, (producer_id, stock))
    return place.next_cell if place else 1


def own_stocks(tx: Tx, producer_id: int) -> tuple[Line, ...]:
    """The producer's own papers in use, newest first."""
    return tuple(
        Line(row.public_id, row.name, describe(labels.Stock.from_dict(row.paper)))
        for row in _own_rows(tx, producer_id)
    )


def calibration_papers(tx: Tx, producer_id: int, sheets: bool) -> tuple[Choice, ...]:
    """The papers that a printer may be tried on: label printers take rolls alone."""
    return tuple(
        Choice(name, stock.title)
        for name, stock in _all_papers(tx, producer_id).items()
        if sheets or (stock.cells == 1 and stock.size[0] <= _WIDEST_ROLL_MM)
    )


def describe(stock: labels.Stock) -> str:
    """A paper in words: 每张 3 列 8 行，标签 63.5×33.9 毫米."""
    label = f"标签 {stock.cell[0]:g}×{stock.cell[1]:g} 毫米"
    return f"每张 {stock.columns} 列 {stock.rows} 行，{label}" if stock.cells > 1 else label


def printers(tx: Tx, producer_id: int) -> tuple[Printer, ...]:
    """The producer's printers in use, by name."""
    rows = select(Printer).where(
        Printer.producer_id == producer_id, col(Printer.retired_at).is_(None)
    )
    return tuple(tx.session.exec(rows.order_by(Printer.name)))


def sends_to(tx: Tx, printer: Printer) -> bool:
    """Whether labels may be sent from here to where a printer stands."""
    if printer.address is None:
        return False
    try:
        parse_address(printer.address, tx.printers)
    except Refusal:
        return False
    return True


def _forms(certificate: Certificate | None) -> set[str]:
    return {TRACE_FORM} if certificate is None else {certificate.form, QR_FORM}


def _first(fitting: dict[str, labels.Design]) -> str:
    """What is offered first: labels for the office printer's sheet."""
    return next((name for name in fitting if name == "trace-a4-3x8"), next(iter(fitting)))


def _papers(tx: Tx, producer_id: int, design: labels.Design) -> dict[str, labels.Stock]:
    """What holds the design: the producer's own first, then the tightest fit."""
    known = _all_papers(tx, producer_id)
    fitting = [(name, stock) for name, stock in known.items() if stock.holds(design.size)]
    height = design.size[1]

    def by_fit(named: tuple[str, labels.Stock]) -> tuple[bool, float]:
        width, tall = named[1].cut(height).cell
        return not named[0].startswith(OWN_STOCK), width * tall

    return dict(sorted(fitting, key=by_fit))


def _all_papers(tx: Tx, producer_id: int) -> dict[str, labels.Stock]:
    """The producer's own papers first, then those of the list."""
    own = _own_rows(tx, producer_id)
    return {OWN_STOCK + row.public_id: labels.Stock.from_dict(row.paper) for row in own} | dict(
        labels.stocks()
    )


def _own_rows(tx: Tx, producer_id: int) -> list[OwnStock]:
    rows = select(OwnStock).where(
        OwnStock.producer_id == producer_id, col(OwnStock.retired_at).is_(None)
    )
    return list(tx.session.exec(rows.order_by(col(OwnStock.id).desc())))


def _last_run(tx: Tx, producer_id: int) -> PrintRun | None:
    newest = select(PrintRun).where(PrintRun.producer_id == producer_id)
    return tx.session.exec(newest.order_by(col(PrintRun.id).desc())).first()


def _choice(design: labels.Design, wanted: set[str]) -> DesignChoice:
    width, height = (round(side * 10) for side in design.size)
    form = next(form for form in design.forms if form in wanted)
    return DesignChoice(design.name, form, design.title, width, height)
