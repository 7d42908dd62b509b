"""The demo: a village taken in from its workbook, with accounts, certificates, labels and scans.

Everything is done by the ordinary actions. Loading again changes nothing; an installation that
has accounts of its own is left alone, because the demo's passwords are known to everybody.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from sqlmodel import col, select

from tracer.actions.actor import Actor
from tracer.actions.certificates.issue import IssueForm, issue, replace
from tracer.actions.certificates.paper import CERTIFICATE_DESIGNS
from tracer.actions.certificates.void import VoidForm, void
from tracer.actions.demo.assessments import EXPERTS, load_assessments
from tracer.actions.demo.base import LOGIN, load_base
from tracer.actions.exchange.files import read_tables
from tracer.actions.exchange.taking_in import import_tables
from tracer.actions.farm.farmwork import OperationForm, record_operation
from tracer.actions.insurance import PolicyForm, claim_insurance, record_policy
from tracer.actions.people.accounts import actor_of, create_account
from tracer.actions.people.enroll import grant_consent
from tracer.actions.printing.paper import run_labels
from tracer.actions.printing.runs import PrintForm, print_labels
from tracer.actions.supervision.inspect import FindingForm, QuickTest, record_finding
from tracer.actions.supervision.review import review, review_token
from tracer.actions.supervision.scanning import fold
from tracer.domain.clock import day_of, format_day
from tracer.domain.errors import Refusal
from tracer.domain.printing import Part
from tracer.domain.words import Basis, Outcome, Rating, Role
from tracer.proof.qrtext import certificate_text
from tracer.store.journal import Scan
from tracer.store.tables import (
    Account,
    Batch,
    Campaign,
    Certificate,
    Input,
    PrintRun,
    Producer,
    Product,
)
from tracer.store.world import Tx, World

WORKBOOK = Path(__file__).parents[3] / "demo" / "demo.xlsx"
PASSWORD = "demo-2026"  # noqa: S105 - known to everybody on purpose
LAST_DAY = date(2026, 11, 20)  # of the workbook
OPERATOR = "guanli"
# Login, name, and the producer's name in the workbook.
PRODUCERS = (
    ("luqi", "王禾田", "平度绿畦蔬菜专业合作社"),
    ("hexia", "李畦生", "平度禾下家庭农场"),
    ("suiqing", "赵穗青", "平度穗青茶园家庭农场"),
    ("guyu", "周谷雨", "周谷雨"),
    ("tangsheng", "孙塘生", "孙塘生"),
    ("juqi", "吴仓禾", "平度聚畦果蔬收购站"),
    ("tianwei", "郑味田", "平度田蔚食品有限公司"),
)
STAFF = (
    (OPERATOR, Role.OPERATOR, "平台管理员（演示）"),
    ("jiancha", Role.INSPECTOR, "检查员（演示）"),
    *((login, Role.EXPERT, name) for login, name in EXPERTS),
)


@dataclass(frozen=True)
class DemoSummary:
    """What there is to try; the fields are those of ``tracer demo load --json``."""

    accounts: list[dict[str, str]]  # role, login, password
    certificates: list[dict[str, str]]  # number, url
    labels: list[dict[str, str]]  # url as in the code, tier: tag, signed_tag or certificate
    print_runs: list[dict[str, str]]  # id
    products: list[dict[str, str]]  # id, name


def load_demo(world: World) -> DemoSummary:
    """Load what is not there yet, and say what there is."""
    with world.write() as tx:
        _village(tx)
    with world.write() as tx:
        scanned = _papers(tx)
    with world.write() as tx:
        operator = tx.session.exec(select(Account).where(Account.login == OPERATOR)).one()
        load_base(tx, actor_of(operator), PASSWORD)
        grower = tx.session.exec(select(Account).where(Account.login == "hexia")).one()
        load_assessments(tx, actor_of(operator), actor_of(grower), "红富士苹果", PASSWORD)
    for scan in scanned:
        world.journal.append(scan)
    while scanned and fold(world):
        pass
    with world.read() as tx:
        return _summary(tx)


def _village(tx: Tx) -> None:
    """Accounts and the workbook's rows; nothing where the demo is there."""
    if day_of(tx.now) < LAST_DAY:
        raise Refusal(
            "clock", f"这台电脑的日期早于{format_day(LAST_DAY)}，请先校准日期再装演示数据"
        )
    accounts = {row.login: row.name for row in tx.session.exec(select(Account))}
    if accounts.get(OPERATOR) == STAFF[0][2]:
        return
    if accounts:
        raise Refusal(
            "not_empty", "这里已有正式的账号，不装演示数据", hint="请换一个空的 TRACER_DATA"
        )
    if not WORKBOOK.exists():
        raise Refusal("no_workbook", "找不到演示数据 demo/demo.xlsx，请在下载的源码文件夹里运行")
    staff = [create_account(tx, login, PASSWORD, role, name) for login, role, name in STAFF]
    import_tables(tx, actor_of(staff[0]), read_tables(WORKBOOK.name, WORKBOOK.read_bytes()))
    for login, name, producer in PRODUCERS:
        row = tx.session.exec(select(Producer).where(Producer.name == producer)).one()
        create_account(tx, login, PASSWORD, Role.PRODUCER, name, row.id)


def _papers(tx: Tx) -> list[Scan]:
    """Certificates, labels, a finding and reviews, made today; returns the scans to be written."""
    if tx.session.exec(select(PrintRun).limit(1)).first() is not None:
        return []
    actors = {row.login: actor_of(row) for row in tx.session.exec(select(Account))}
    _spray_yesterday(tx, actors["luqi"])
    grant_consent(tx, actors["guyu"])
    desk = _Desk(tx, actors)
    cucumbers = desk.certify("luqi", "HG261120", "200", "公斤", Basis.CONTROL)
    tested = desk.certify("luqi", "HG261118A", "420", "公斤", Basis.CONTROL, Basis.SELF_TEST)
    desk.certify("luqi", "HG261108", "300", "公斤", Basis.COMMISSIONED_TEST)
    apples = desk.certify("hexia", "PG261023", "1000", "公斤", Basis.COMMISSIONED_TEST)
    desk.certify("suiqing", "CY260620", "100", "公斤", Basis.COMMISSIONED_TEST)
    eggs = desk.certify("guyu", "DAN261119", "900", "枚", Basis.COMMISSIONED_TEST)
    fish = desk.certify("tangsheng", "CYU260928", "800", "公斤", Basis.COMMISSIONED_TEST)
    desk.certify("juqi", "SH2611A", "240", "公斤", Basis.CONTROL)
    returned = desk.certify("luqi", "FQ2611H", "400", "公斤", Basis.SELF_TEST)
    reason = VoidForm(reason="客户退单，货没有发出", advice="货还在合作社，没有流出")
    void(tx, actors["luqi"], returned.public_id, reason)
    wrong = desk.certify("hexia", "PG261030", "500", "公斤", Basis.CONTROL)
    right = desk.form("hexia", "PG261030", "480", "公斤", Basis.CONTROL)
    replace(tx, actors["hexia"], wrong.public_id, right, VoidForm(reason="数量填错了"))
    runs = [
        desk.print("luqi", "trace-60x40", "roll-60x40", 60, certificate=tested),
        desk.print("luqi", "trace-a4-3x8", "a4-3x8", 48, batch="HG261120"),
        desk.print("luqi", "certificate-80x60", "roll-80x60", 20, certificate=cucumbers),
        desk.print("hexia", "trace-40x30", "roll-40x30", 100, certificate=apples),
        desk.print("guyu", "trace-60x40", "roll-60x40", 30, certificate=eggs),
        desk.print("tangsheng", "certificate-100x70", "roll-100x70", 8, certificate=fish),
        desk.print("tianwei", "trace-a4-3x8", "a4-3x8", 96, batch="JC260717"),
        desk.print("luqi", "trace-40x30", "roll-40x30", 200),  # 预印, bound to no batch yet
    ]
    _inspect(tx, actors["jiancha"], cucumbers)
    _insure(tx, actors["luqi"], tested)
    return [scan for run in runs[:5] for scan in _shoppers(tx, run)]


class _Desk:
    """The acts of the demo's producers, each under its own account."""

    def __init__(self, tx: Tx, actors: dict[str, Actor]) -> None:
        self._tx = tx
        self._actors = actors

    def form(self, login: str, code: str, quantity: str, unit: str, *basis: Basis) -> IssueForm:
        batch = self._batch(login, code)
        return IssueForm(batch=batch, quantity=quantity, unit=unit, basis=basis)

    def certify(
        self, login: str, code: str, quantity: str, unit: str, *basis: Basis
    ) -> Certificate:
        form = self.form(login, code, quantity, unit, *basis)
        return issue(self._tx, self._actors[login], form)

    def print(
        self,
        login: str,
        design: str,
        stock: str,
        count: int,
        certificate: Certificate | None = None,
        batch: str | None = None,
    ) -> PrintRun:
        form = PrintForm(
            batch=self._batch(login, batch) if batch else None,
            certificate=certificate.public_id if certificate else None,
            design=design,
            stock=stock,
            count=count,
        )
        return print_labels(self._tx, self._actors[login], form)

    def _batch(self, login: str, code: str) -> str:
        return self._tx.session.exec(
            select(Batch.public_id).where(
                Batch.producer_id == self._actors[login].producer, Batch.code == code
            )
        ).one()


def _spray_yesterday(tx: Tx, actor: Actor) -> None:
    """A use whose interval still runs, so that the farm's home page counts the days."""
    campaign = tx.session.exec(select(Campaign).where(Campaign.ref == "2026-FQ-Q")).one()
    used = tx.session.exec(
        select(Input).where(
            Input.producer_id == actor.producer, Input.registration_no == "PD20990104"
        )
    ).one()
    yesterday = day_of(tx.now) - timedelta(days=1)
    form = OperationForm(
        ref="2026-FQ-Q-99",
        campaign=campaign.public_id,
        kind="chemical_control",
        occurred_on=yesterday,
        operator=actor.name,
        input=used.public_id,
        target="灰霉病",
        method="喷雾",
        dose="80",
        dose_unit="克/亩",
    )
    record_operation(tx, actor, form)


def _inspect(tx: Tx, actor: Actor, certificate: Certificate) -> None:
    form = FindingForm(
        client_id=f"demo-{certificate.public_id}",
        code=certificate.number,
        certificate=certificate.public_id,
        verdict=Outcome.GENUINE,
        conclusion="admitted",
        place="平度市蓼兰镇集市",
        note="证货相符，快检合格，准予入场。",
        items=(QuickTest(item="啶虫脒", method="胶体金", value="未检出", passed=True),),
    )
    record_finding(tx, actor, form)


def _insure(tx: Tx, actor: Actor, certificate: Certificate) -> None:
    """A policy of this year that covers the certificate's product."""
    year = day_of(tx.now).year
    form = PolicyForm(
        insurer="人保财险",
        number="演示保单 0001",
        valid_from=date(year, 1, 1),
        valid_to=date(year, 12, 31),
        limit="100",
        payout="消费者因这批蔬菜受到人身伤害的，在保额以内赔付",
    )
    policy = record_policy(tx, actor, form)
    product = tx.session.get_one(Product, certificate.product_id)
    claim_insurance(tx, actor, policy.public_id, product.public_id)


def _shoppers(tx: Tx, run: PrintRun) -> list[Scan]:
    """Shoppers who scan the first labels of a run; some say what they think."""
    said = (Rating.GOOD, Rating.GOOD, Rating.NEUTRAL, Rating.GOOD, None, None, None)
    scans = []
    for index, rating in enumerate(said, start=run.first_index):
        visitor = secrets.randbits(63)
        scans.append(Scan("label", index, tx.now, visitor))
        if rating is not None:
            review(tx, index, review_token(tx.secrets, index, tx.now), rating, visitor)
    again = Scan("label", run.first_index, tx.now, secrets.randbits(63))
    return [*scans, again]


def _summary(tx: Tx) -> DemoSummary:
    roles = {login: Role.PRODUCER for login, *_ in PRODUCERS} | {
        login: role for login, role, _ in STAFF
    }
    roles[LOGIN] = Role.BASE
    certificates = tx.session.exec(select(Certificate).order_by(col(Certificate.id))).all()
    runs = tx.session.exec(select(PrintRun).order_by(col(PrintRun.id))).all()
    products = tx.session.exec(select(Product).order_by(col(Product.id))).all()
    return DemoSummary(
        accounts=[
            {"role": role.value, "login": login, "password": PASSWORD}
            for login, role in roles.items()
        ],
        certificates=[
            {"number": row.number, "url": certificate_text(tx.site, row.public_id)}
            for row in certificates
        ],
        labels=[_label(tx, run) for run in runs],
        print_runs=[{"id": run.public_id} for run in runs],
        products=[{"id": row.public_id, "name": row.name} for row in products],
    )


def _label(tx: Tx, run: PrintRun) -> dict[str, str]:
    """The first label of a run: what its code says, and which tier that is."""
    _, (url,) = run_labels(tx, run, Part(1, 1), None)
    if run.design in CERTIFICATE_DESIGNS:
        return {"url": url, "tier": "certificate"}
    return {"url": url, "tier": "signed_tag" if url.count("/") > 4 else "tag"}
