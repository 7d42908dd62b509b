"""A base's pages in a real browser: they fit a phone and a desk, axe finds nothing, and a day's
work goes through."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page
from sqlmodel import col, select
from werkzeug.serving import make_server

from tests.actions.assessing import license_it
from tests.actions.farm import Farm
from tests.actions.test_assessment_paper import assessed
from tests.actions.test_bases import NOTICE
from tests.actions.village_base import answers, kept
from tests.web.test_in_browser import overflow, violations
from tracer.actions.bases.notices import NoticeForm, send_notice
from tracer.actions.forms import parse
from tracer.actions.people.accounts import actor_of, start_sign_in
from tracer.app import create_app
from tracer.config import Settings
from tracer.store.tables import Account, Base, Product
from tracer.store.world import World

pytestmark = pytest.mark.browser


@dataclass
class Office:
    """A served installation with a recognised base: cookies by login, public ids."""

    url: str
    secrets: dict[str, str]
    base: str
    record: str


@pytest.fixture
def office(world: World) -> Iterator[Office]:
    with world.write() as tx:
        desk, row = assessed(tx, "otop-1003")
        license_it(tx, desk, row)
        account = tx.session.exec(select(Account).where(Account.login == "jidi")).one()
        farmer = tx.session.exec(select(Account).where(Account.login == "luqi")).one()
        product = tx.session.exec(select(Product)).one().public_id
        farm = Farm(actor_of(farmer), "", product, "", "")
        kept(tx, actor_of(account), "mark_issue", farm)
        record = kept(tx, actor_of(account), "leading_group").public_id
        send_notice(tx, actor_of(account), parse(NoticeForm, NOTICE))
        logins = ("jidi", "luqi", "zhongxin")
        people = tx.session.exec(select(Account).where(col(Account.login).in_(logins)))
        secrets = {one.login: start_sign_in(tx, actor_of(one)) for one in people}
        base = tx.session.exec(select(Base)).one().public_id
    app = create_app(Settings(_env_file=None, data=world.folder), world)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield Office(f"http://127.0.0.1:{server.server_port}", secrets, base, record)
    server.shutdown()
    thread.join()
    server.server_close()


def enter(page: Page, office: Office, login: str = "jidi") -> None:
    """The browser of an account, the base's unless told."""
    cookie = {"name": "sign-in", "value": office.secrets[login], "url": office.url}
    page.context.add_cookies([cookie])  # type: ignore[list-item]


def addresses(office: Office) -> list[str]:
    return [
        "/base",
        "/base/about",
        "/base/records/mark_issue",
        "/base/records/mark_issue/new",
        "/base/records/leading_group/new",
        f"/base/record/{office.record}",
        "/base/residents",
        "/base/residents/new",
        "/base/products",
        "/base/products/new",
        "/base/notices",
        "/base/notices/new",
        "/base/assessments",
        "/bases",
        f"/bases/{office.base}",
    ]


def test_phone_pages_fit_and_axe_finds_nothing(phone: Page, office: Office) -> None:
    enter(phone, office)
    for path in addresses(office):
        phone.goto(office.url + path)
        assert overflow(phone) <= 0, path
        assert violations(phone) == [], path


def test_desk_pages_fit_and_axe_finds_nothing(desktop: Page, office: Office) -> None:
    enter(desktop, office)
    for path in addresses(office):
        desktop.goto(office.url + path)
        assert overflow(desktop) <= 0, path
        assert violations(desktop) == [], path


@pytest.mark.parametrize("login", ["luqi", "zhongxin"])
def test_what_others_see_of_a_base_fits_and_axe_finds_nothing(
    phone: Page, office: Office, login: str
) -> None:
    enter(phone, office, login)
    desk = ("/desk/bases", f"/desk/bases/{office.base}")
    record = f"/desk/bases/{office.base}/records/{office.record}"
    for path in (*desk, record) if login == "zhongxin" else ("/farm", "/farm/notices"):
        phone.goto(office.url + path)
        assert overflow(phone) <= 0, path
        assert violations(phone) == [], path


def test_the_next_step_is_taken_from_the_dashboard(
    phone: Page, office: Office, world: World
) -> None:
    enter(phone, office)
    phone.goto(f"{office.url}/base")
    phone.get_by_role("link", name="接着办：工作意见和配套政策").click()
    with world.read() as tx:
        given = answers(tx, "policy")
    for name, value in given.items():
        phone.fill(f"#{name}", value)
    phone.get_by_role("button", name="保存").click()
    assert phone.get_by_role("heading", level=1).inner_text() == "工作意见和配套政策"
    phone.get_by_role("link", name="基地", exact=True).first.click()
    assert phone.get_by_role("link", name="接着办：规划或年度工作计划").is_visible()
