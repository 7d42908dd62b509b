"""A village for the producer's hall: one busy farm, a neighbour, a buyer, made by real actions."""

from __future__ import annotations

from dataclasses import dataclass

from tests.actions.farm import Farm, producer_form, second_farm, start_farm, uscc
from tests.web.people import PASSWORD
from tracer.actions.actor import Actor
from tracer.actions.certificates.issue import IssueForm, issue
from tracer.actions.farm.batches import PurchaseForm, SplitForm, buy_batch, split_batch
from tracer.actions.farm.farmwork import OperationForm, record_operation
from tracer.actions.farm.reports import ReportForm, add_report, keep_file
from tracer.actions.forms import parse
from tracer.actions.people.accounts import authenticate, create_account, start_sign_in
from tracer.actions.people.enroll import create_producer
from tracer.actions.printing.own_stock import StockForm, add_stock
from tracer.actions.printing.printers import PrinterForm, add_printer
from tracer.actions.printing.runs import PrintForm, print_labels
from tracer.actions.supervision.inspect import FindingForm, record_finding
from tracer.domain.words import Outcome, Role
from tracer.store.tables import Batch, Certificate
from tracer.store.world import Tx, World

FARM, NEIGHBOUR, BUYER, NEWCOMER, PERSON = "luqi", "hexia", "shougou", "xinhu", "nonghu"
PDF = b"%PDF-1.7\n%%EOF\n"


@dataclass(frozen=True)
class Village:
    """What the busy farm has, by public id; ``bought`` is the buyer's batch."""

    farm: Farm
    neighbour: Farm
    buyer: Farm
    work: str
    certified: str
    harvested: str
    part: str
    certificate: str
    number: str
    run: str
    roll: str
    file: str
    printer: str
    stock: str
    bought: str
    browsers: dict[str, str]  # by login, the secret of a browser that is signed in

    def ids(self) -> dict[str, dict[str, object]]:
        """What each view with an id in its address is opened with."""
        batch = {"public_id": self.harvested}
        campaign = {"public_id": self.farm.campaign}
        certificate = {"public_id": self.certificate}
        spray = {"public_id": self.farm.spray}
        work = {"public_id": self.work}
        return {
            "plot": {"public_id": self.farm.plot},
            "change_plot": {"public_id": self.farm.plot},
            "product": {"public_id": self.farm.product},
            "change_product": {"public_id": self.farm.product},
            "retire_product": {"public_id": self.farm.product},
            "resume_product": {"public_id": self.farm.product},
            "credit": {"public_id": self.farm.product},
            "input_page": spray,
            "edit_input_page": spray,
            "change_input": spray,
            "new_use": spray,
            "add_use": spray,
            "use": spray | {"number": 0},
            "change_use": spray | {"number": 0},
            "campaign": campaign,
            "closing": campaign,
            "close": campaign,
            "kinds": campaign,
            "new_work": campaign | {"kind": "chemical_control"},
            "add_work": campaign | {"kind": "chemical_control"},
            "new_batch": campaign | {"kind": "harvest"},
            "add_batch": campaign | {"kind": "harvest"},
            "work": work,
            "correcting": work,
            "correct": work,
            "retracting": work,
            "retract": work,
            "batch": batch,
            "splitting": batch,
            "split": batch,
            "correcting_batch": batch,
            "correct_batch": batch,
            "withdrawing": batch,
            "withdraw": batch,
            "recalling": batch,
            "call_back": batch,
            "issuing": batch,
            "sign": batch,
            "new_report": batch,
            "record_report": batch,
            "repeating": batch,
            "repeat_it": batch,
            "certificate": certificate,
            "certificate_pdf": certificate,
            "certificate_png": certificate,
            "certificate_json": certificate,
            "voiding": certificate,
            "void_it": certificate,
            "replacing": certificate,
            "exchange": certificate,
            "run": {"public_id": self.run},
            "run_png": {"public_id": self.run},
            "run_pdf": {"public_id": self.run},
            "run_svg": {"public_id": self.run},
            "run_sheet": {"public_id": self.run},
            "run_job": {"public_id": self.run, "language": "zpl"},
            "send_run": {"public_id": self.run},
            "stop_run": {"public_id": self.run},
            "finish_run": {"public_id": self.run},
            "jamming": {"public_id": self.run},
            "jam_run": {"public_id": self.run},
            "resume_run": {"public_id": self.run},
            "reprinting": {"public_id": self.run},
            "reprint_run": {"public_id": self.run},
            "finish_reprint": {"public_id": self.run},
            "spoiling": {"public_id": self.run},
            "spoil_run": {"public_id": self.run},
            "looking": {"public_id": self.run},
            "look": {"public_id": self.run},
            "printer": {"public_id": self.printer},
            "changing_printer": {"public_id": self.printer},
            "change_a_printer": {"public_id": self.printer},
            "printer_test": {"public_id": self.printer, "stock": "roll-60x40"},
            "try_printer": {"public_id": self.printer},
            "measure_it": {"public_id": self.printer},
            "drop_printer": {"public_id": self.printer},
            "stock": {"public_id": self.stock},
            "drop_stock": {"public_id": self.stock},
            "binding": {"public_id": self.roll},
            "bind": {"public_id": self.roll},
            "file": {"public_id": self.file},
        }


def settle(world: World) -> Village:
    """The village on 2026-07-08: the farm sprayed on 20 June and harvested on 1 and 6 July."""
    with world.write() as tx:
        farm, neighbour = start_farm(tx, FARM), second_farm(tx)
        buyer = start_farm(
            tx, BUYER, name="禾下果蔬经营部", kind="收购者", uscc=uscc("92370283MA3T0X009")
        )
        create_account(tx, NEWCOMER, PASSWORD, Role.PRODUCER, "孙新")
        person = create_producer(tx, producer_form(kind="农户", name="王小麦", uscc=None))
        create_account(tx, PERSON, PASSWORD, Role.PRODUCER, "王小麦", person.id)
        work = record_operation(
            tx, farm.actor, parse(OperationForm, farm.work(occurred_on="2026-06-20"))
        )
        certified = farm.harvest(tx, "500", made_on="2026-07-01")
        certificate = certify(tx, farm, certified, "300")
        harvested = farm.harvest(tx, "260")
        part = split_off(tx, farm, harvested, "100")
        tested(tx, farm, harvested)
        run = print_labels(
            tx,
            farm.actor,
            PrintForm(
                certificate=certificate.public_id, design="trace-a4-3x8", stock="a4-3x8", count=13
            ),
        )
        roll = print_labels(
            tx, farm.actor, PrintForm(design="trace-60x40", stock="roll-60x40", count=100)
        )
        bought = buy_batch(
            tx,
            buyer.actor,
            parse(
                PurchaseForm,
                {
                    "campaign": buyer.campaign,
                    "made_on": "2026-07-07",
                    "operator": "赵收",
                    "quantity": "800",
                    "supplier": "绿畦蔬菜专业合作社",
                    "origin": "山东省平度市蓼兰镇",
                },
            ),
        )
        printer = add_printer(
            tx,
            farm.actor,
            parse(PrinterForm, {"name": "库房", "language": "zpl", "address": "127.0.0.1:9107"}),
        )
        small = {"name": "镇上买的 30 格", "width": 60, "height": 27, "columns": 3, "rows": 10}
        page = {"page_width": 210, "page_height": 297, "left": 10, "top": 10}
        stock = add_stock(tx, farm.actor, parse(StockForm, small | page))
        return Village(
            farm=farm,
            neighbour=neighbour,
            buyer=buyer,
            work=work.public_id,
            certified=certified.public_id,
            harvested=harvested.public_id,
            part=part.public_id,
            certificate=certificate.public_id,
            number=certificate.number,
            run=run.public_id,
            roll=roll.public_id,
            file=keep_file(tx, farm.actor, "报告.pdf", PDF).public_id,
            printer=printer.public_id,
            stock=stock.public_id,
            bought=bought.public_id,
            browsers={
                login: start_sign_in(tx, authenticate(tx, login, PASSWORD))
                for login in (FARM, NEIGHBOUR, BUYER, NEWCOMER, PERSON)
            },
        )


def certify(tx: Tx, farm: Farm, batch: Batch, quantity: str) -> Certificate:
    """A certificate over part of a batch."""
    form = {"batch": batch.public_id, "quantity": quantity, "unit": "kg", "basis": ["control"]}
    return issue(tx, farm.actor, parse(IssueForm, form))


def split_off(tx: Tx, farm: Farm, batch: Batch, quantity: str) -> Batch:
    """A part of a batch."""
    form = {"batch": batch.public_id, "made_on": "2026-07-06", "parts": [{"quantity": quantity}]}
    return split_batch(tx, farm.actor, parse(SplitForm, form))[0]


def tested(tx: Tx, farm: Farm, batch: Batch) -> None:
    """A passing report of the farm's own."""
    form = {
        "number": "JC-2026-0118",
        "batch": batch.public_id,
        "kind": "self",
        "laboratory": "绿畦合作社检测室",
        "sampled_on": "2026-07-06",
        "tested_on": "2026-07-06",
        "items": [{"analyte": "啶虫脒", "value": "未检出", "passed": "是"}],
        "passed": "是",
    }
    add_report(tx, farm.actor, parse(ReportForm, form))


def inspected(world: World, village: Village) -> None:
    """An inspector found the certificate and the goods to agree."""
    with world.write() as tx:
        account = create_account(tx, "jiancha", PASSWORD, Role.INSPECTOR, "检查员")
        record_finding(
            tx,
            Actor(account.id or 0, Role.INSPECTOR, account.name),
            FindingForm(
                client_id="finding-0001",
                code=village.number,
                certificate=village.certificate,
                verdict=Outcome.GENUINE,
                conclusion="admitted",
                place="南村批发市场 3 号门",
                note="货证相符",
            ),
        )
