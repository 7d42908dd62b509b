"""A farm that prints labels on a roll: its runs, its printers, what it sends."""

from __future__ import annotations

from dataclasses import dataclass

from tests.actions.farm import Farm, start_farm, uscc
from tracer.actions.actor import own
from tracer.actions.forms import parse
from tracer.actions.printing.paper import printer_job, whole
from tracer.actions.printing.printers import PrinterForm, add_printer
from tracer.actions.printing.runs import PrintForm, print_labels
from tracer.actions.printing.sending import SendForm, carry, claim
from tracer.domain.printing import Part
from tracer.store.prints import step_rows
from tracer.store.sendings import sending_of
from tracer.store.tables import PrintRun, PrintSending
from tracer.store.world import World


@dataclass
class Shop:
    """A farm with a run of labels on a roll."""

    farm: Farm
    batch: str
    run: str

    def more(self, world: World, count: int, **options: object) -> str:
        """Another run of labels."""
        paper = {"design": "trace-60x40", "stock": "roll-60x40", "batch": self.batch}
        with world.write() as tx:
            form = parse(PrintForm, {"count": count, **paper, **options})
            return print_labels(tx, self.farm.actor, form).public_id

    def printer(
        self, world: World, language: str, port: int, name: str = "库房", dpi: int = 203
    ) -> str:
        form = {"name": name, "language": language, "dpi": dpi, "address": f"127.0.0.1:{port}"}
        with world.write() as tx:
            return add_printer(tx, self.farm.actor, parse(PrinterForm, form)).public_id

    def claim(self, world: World, printer: str, run: str = "", **said: object) -> str:
        """Claim what comes next; the sending, which nobody carries yet."""
        with world.write() as tx:
            form = parse(SendForm, {"printer": printer, **said})
            return claim(tx, self.farm.actor, run or self.run, form).public_id

    def send(self, world: World, printer: str, run: str = "", **said: object) -> PrintSending:
        """Claim what comes next and deliver it; how it ended."""
        claimed = self.claim(world, printer, run, **said)
        carry(world, claimed)
        return self.sending(world, claimed)

    def sending(self, world: World, sending_id: str) -> PrintSending:
        with world.read() as tx:
            return sending_of(tx.session, sending_id)

    def steps(self, world: World, run: str = "") -> list[tuple[str, int, int, str | None]]:
        """The steps of a run: what, from where, to where, to which printer."""
        with world.read() as tx:
            row = own(tx, self.farm.actor, PrintRun, run or self.run)
            return [
                (one.step, one.first, one.last, one.output) for one in step_rows(tx.session, row)
            ]

    def pieces(self, world: World, language: str, part: Part | None = None) -> list[bytes]:
        """The job of the run, or of a part of it: what goes before, each print, what goes after."""
        with world.read() as tx:
            row = own(tx, self.farm.actor, PrintRun, self.run)
            return list(printer_job(tx, row, part or whole(row), language, 203))


def open_shop(world: World, count: int = 40, number: int = 1) -> Shop:
    """A farm with a run of so many labels; ``number`` tells several apart."""
    code = {"uscc": uscc(f"93370283MA3T0X{number:03}")}
    with world.write() as tx:
        farm = start_farm(tx, f"luqi{number}", name=f"绿畦 {number} 号合作社", **code)
        shop = Shop(farm, farm.harvest(tx).public_id, "")
    shop.run = shop.more(world, count)
    return shop
