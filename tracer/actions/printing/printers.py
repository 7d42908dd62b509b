"""A producer's printers: where they are, what they speak, how far beside the mark they print."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field
from sqlmodel import select

from tracer.actions.actor import Actor, own
from tracer.actions.forms import Form
from tracer.domain.errors import Conflict, Refusal
from tracer.domain.ids import new_id
from tracer.domain.printers import DPI, PrinterLanguage, parse_address
from tracer.store.tables import Printer
from tracer.store.world import Tx

MAX_SHIFT_MM = 10

Address = Annotated[
    str, Field(max_length=100), AfterValidator(lambda text: str(parse_address(text)))
]
Millimetres = Annotated[float, Field(ge=0, le=MAX_SHIFT_MM, allow_inf_nan=False)]


class PrinterForm(Form):
    """A printer. Without an address its files are downloaded."""

    name: Annotated[str, Field(title="名称", min_length=1, max_length=40)]
    language: Annotated[PrinterLanguage, Field(title="哪种打印机")]
    dpi: Annotated[int, Field(title="每英寸点数")] = 203
    address: Annotated[Address | None, Field(title="打印机地址")] = None


class MeasureForm(Form):
    """Where the calibration page's crosses came out, against the corners of the labels."""

    side: Annotated[Literal["right", "left"], Field(title="十字偏向左还是右")] = "right"
    across: Annotated[Millimetres, Field(title="左右偏几毫米")] = 0
    direction: Annotated[Literal["down", "up"], Field(title="十字偏向上还是下")] = "down"
    down: Annotated[Millimetres, Field(title="上下偏几毫米")] = 0


def add_printer(tx: Tx, actor: Actor, form: PrinterForm) -> Printer:
    """Keep a printer."""
    _check(tx, actor, form, None)
    row = Printer(
        public_id=new_id(),
        producer_id=actor.producer,
        created_at=tx.now,
        **form.model_dump(mode="json"),
    )
    tx.session.add(row)
    tx.session.flush()
    return row


def change_printer(tx: Tx, actor: Actor, printer_id: str, form: PrinterForm) -> Printer:
    """Another name, language or address; what was measured stays.

    So does the address where nothing can be sent: there it is not asked for.
    """
    row = own(tx, actor, Printer, printer_id)
    _check(tx, actor, form, row)
    changed = form.model_dump(mode="json", exclude=None if tx.printers else {"address"})
    for name, value in changed.items():
        setattr(row, name, value)
    return row


def retire_printer(tx: Tx, actor: Actor, printer_id: str) -> None:
    """Offer a printer no more."""
    row = own(tx, actor, Printer, printer_id)
    row.retired_at = row.retired_at or tx.now


def measure(tx: Tx, actor: Actor, printer_id: str, form: MeasureForm) -> Printer:
    """Correct what the last calibration page showed: it was printed with the shift so far."""
    row = own(tx, actor, Printer, printer_id)
    right = form.across if form.side == "right" else -form.across
    below = form.down if form.direction == "down" else -form.down
    x, y = row.shift_x_um - round(right * 1000), row.shift_y_um - round(below * 1000)
    if max(abs(x), abs(y)) > MAX_SHIFT_MM * 1000:
        raise Refusal("shift", f"加起来偏了 {MAX_SHIFT_MM} 毫米以上，请先把纸装正再量", "across")
    row.shift_x_um, row.shift_y_um = x, y
    return row


def _check(tx: Tx, actor: Actor, form: PrinterForm, row: Printer | None) -> None:
    if form.dpi not in DPI:
        raise Refusal("bad_dpi", "每英寸点数请从 203、300、600 里选", "dpi")
    if form.address is not None:
        parse_address(form.address, tx.printers)
    taken = tx.session.exec(
        select(Printer).where(Printer.producer_id == actor.producer, Printer.name == form.name)
    ).first()
    if taken is not None and taken is not row:
        raise Conflict("name_taken", "已经有叫这个名称的打印机，请换一个名称", "name")
