"""The plain pages of inspector and desk, on a phone and on a computer: they fit, axe agrees."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page
from sqlmodel import select
from werkzeug.serving import make_server

from tests.actions.supervision import incident_form, operators, paper, tell, uphold
from tests.web import goods as stall
from tests.web.goods import Goods
from tests.web.people import PASSWORD, add_account
from tests.web.test_in_browser import MIN_TARGET, overflow, violations
from tracer.actions.actor import Actor
from tracer.actions.forms import parse
from tracer.actions.supervision.inspect import FindingForm, record_finding
from tracer.actions.supervision.opening import open_incident
from tracer.actions.supervision.review import review, review_token
from tracer.app import create_app
from tracer.config import Settings
from tracer.domain.clock import FixedClock
from tracer.domain.supervision import SURGE
from tracer.domain.words import Outcome, Rating, Role
from tracer.store.tables import Account, Batch, Producer
from tracer.store.world import Tx, World

pytestmark = pytest.mark.browser
DESK, INSPECTOR, FARMER = "guanli", "jiancha", "luqi"
DAY = 86_400


@dataclass
class Office:
    """A served installation with something on every page, and each page by who opens it."""

    url: str
    pages: dict[str, list[str]]

    def enter(self, page: Page, login: str) -> None:
        page.context.clear_cookies()
        page.goto(f"{self.url}/sign-in")
        page.get_by_label("登录名").fill(login)
        page.get_by_label("密码").fill(PASSWORD)
        page.get_by_role("button", name="登录").click()
        page.wait_for_url(lambda address: "sign-in" not in address)


def busy(world: World, clock: FixedClock) -> dict[str, list[str]]:
    """Reports, incidents at every stage that has a form, a finding and a surge of reviews."""
    goods = stall.sell(world)
    add_account(world, Role.OPERATOR, DESK)
    add_account(world, Role.INSPECTOR, INSPECTOR)
    with world.write() as tx:
        desk = operators(tx, "jia", "yi")
        batch = tx.session.exec(select(Batch)).one()
        inspector = tx.session.exec(select(Account).where(Account.login == INSPECTOR)).one()
        penalty = {"product": None, "document": "平农罚〔2026〕3 号", "file": paper(tx, desk[0])}
        done = uphold(
            tx, goods.farm, desk, incident_form(tx, goods.farm, kind="penalty", **penalty)
        )
        first = tell(tx, batch, visitor=1, phone="13912345678")
        under_way = open_incident(tx, desk[0], incident_form(tx, goods.farm, first))
        told = tell(tx, batch, visitor=2, text="买回来两天就烂了")
        told_id, opened, upheld = told.public_id, under_way.public_id, done.public_id
        producer = tx.session.exec(select(Producer)).one().public_id
        finding = {
            "client_id": "browser-finding",
            "code": goods.number,
            "certificate": goods.certificate,
            "verdict": Outcome.GENUINE,
            "conclusion": "held",
            "place": "城东市场",
            "items": [
                {"item": "啶虫脒", "method": "快检", "value": "2", "limit": "1", "passed": False}
            ],
        }
        record_finding(
            tx,
            Actor(inspector.id or 0, Role.INSPECTOR, inspector.name),
            parse(FindingForm, finding),
        )
        _surge(tx, goods)
    clock.advance(9 * DAY)
    return {
        DESK: [
            "/desk",
            "/desk/producers",
            f"/desk/producers/{producer}",
            f"/desk/products/{goods.farm.product}",
            f"/desk/products/{goods.farm.product}/reviews",
            "/desk/findings",
            "/desk/accounts",
            "/desk/incidents",
            f"/desk/incidents/new?report={told_id}",
            f"/desk/incidents/{opened}",
            f"/desk/incidents/{upheld}",
        ],
        INSPECTOR: ["/inspect", f"/inspect/check?code={goods.number}", "/inspect/check?code=x"],
        FARMER: [
            "/farm/incidents",
            f"/farm/incidents/{upheld}",
            f"/farm/incidents/{upheld}/appeal",
        ],
        "": [f"/T/{goods.label}", f"/credit/{producer}", f"/tip/T/{goods.label}"],
    }


def _surge(tx: Tx, goods: Goods) -> None:
    runs = [stall.label(tx, goods.farm, certificate=goods.certificate) for _ in range(7)]
    labels = [run.first_index + number for run in runs for number in range(3)][:SURGE]
    for visitor, label in enumerate(labels):
        review(tx, label, review_token(tx.secrets, label, tx.now), Rating.GOOD, 100 + visitor)


@pytest.fixture
def office(world: World, clock: FixedClock) -> Iterator[Office]:
    pages = busy(world, clock)
    app = create_app(Settings(_env_file=None, data=world.folder), world)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield Office(f"http://127.0.0.1:{server.server_port}", pages)
    server.shutdown()
    thread.join()
    server.server_close()


def walked(page: Page, office: Office) -> Iterator[str]:
    """Opens every page as who it is for."""
    for login, paths in office.pages.items():
        if login:
            office.enter(page, login)
        else:
            page.context.clear_cookies()
        for path in paths:
            answer = page.goto(office.url + path)
            assert answer is not None
            assert answer.status == 200, path
            yield path


def test_on_a_phone(phone: Page, office: Office) -> None:
    for path in walked(phone, office):
        assert overflow(phone) <= 0, path
        assert violations(phone) == [], path
        for pressed in phone.locator("button, input:not([type=hidden]), select, summary").all():
            box = pressed.bounding_box()
            inside = pressed.evaluate("node => !!node.closest('label')")
            assert box, path
            assert inside or box["height"] >= MIN_TARGET, (
                path,
                pressed.evaluate("n => n.outerHTML"),
            )


def test_on_a_desk_computer(desktop: Page, office: Office) -> None:
    for path in walked(desktop, office):
        assert overflow(desktop) <= 0, path
        assert violations(desktop) == [], path
