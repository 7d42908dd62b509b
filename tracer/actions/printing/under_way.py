"""What is on its way to a printer keeps others from printing the same, or between it."""

from __future__ import annotations

from tracer.actions.printing.paper import laid
from tracer.domain.errors import Conflict
from tracer.store.sendings import counted, is_lost, open_at, open_sending
from tracer.store.tables import Account, Printer, PrintRun
from tracer.store.world import Tx


def check_idle(tx: Tx, run: PrintRun) -> None:
    """Conflict ``sending`` where labels of a run are on their way: who sends what, how far."""
    row = open_sending(tx.session, run)
    if row is None or is_lost(row, tx.now):
        return
    who = tx.session.get_one(Account, row.account_id).name
    where = tx.session.get_one(Printer, row.printer_id).name
    raise Conflict(
        "sending",
        f"{who}正在用“{where}”打{counted(laid(run), row).told(row.first, row.last)}，"
        f"已送 {row.prints} 张，共 {row.wanted} 张，请等它送完，或者先按“停下”",
    )


def check_free(tx: Tx, printer: Printer) -> None:
    """Conflict ``printer_busy`` where something is on its way to a printer."""
    row = open_at(tx.session, printer)
    if row is None or is_lost(row, tx.now):
        return
    how_far = (
        f"（已送 {row.prints} 张，共 {row.wanted} 张）" if row.printer_id == printer.id else ""
    )
    raise Conflict(
        "printer_busy",
        f"“{printer.name}”正在打别的标签{how_far}，请等它打完，或者换一台打印机",
        "printer",
    )
