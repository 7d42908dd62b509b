"""The disclosure platform in a real browser: fits at both sizes, axe finds nothing, no script."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page
from sqlmodel import select
from werkzeug.serving import make_server

from tests.actions.farm import start_farm
from tests.browsing import axe_finds
from tests.web.goods import sell
from tracer.app import create_app
from tracer.config import Settings
from tracer.store.tables import Producer
from tracer.store.world import World

pytestmark = pytest.mark.browser


@pytest.fixture
def served(world: World) -> Iterator[tuple[str, list[str]]]:
    """The address, and the pages worth a look."""
    goods = sell(world)
    with world.write() as tx:
        person = {"kind": "农户", "name": "李长河", "uscc": None, "id_card": "370283198001010019"}
        start_farm(tx, "changhe", **person)
        producers = tx.session.exec(select(Producer.public_id)).all()
    server = make_server(
        "127.0.0.1", 0, create_app(Settings(_env_file=None, data=world.folder), world), True
    )
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    reports = [f"/credit/{one}" for one in (goods.farm.product, *producers)]
    searches = ["/credit", "/credit?kind=subject", "/credit?grade=Z", "/credit?name=x"]
    yield f"http://127.0.0.1:{server.server_port}", [*searches, *reports]
    server.shutdown()
    thread.join()
    server.server_close()


def look(page: Page, served: tuple[str, list[str]]) -> None:
    site, paths = served
    for path in paths:
        page.goto(site + path)
        page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
        assert axe_finds(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, path
    assert page.context.cookies() == []


def test_on_a_phone(phone: Page, served: tuple[str, list[str]]) -> None:
    look(phone, served)


def test_on_a_desk(desktop: Page, served: tuple[str, list[str]]) -> None:
    look(desktop, served)


def test_from_pinyin_to_the_reason_of_a_point(phone: Page, served: tuple[str, list[str]]) -> None:
    phone.goto(f"{served[0]}/credit")
    phone.get_by_label("产品名称").fill("hg")
    phone.get_by_role("button", name="查找").tap()
    phone.get_by_role("link", name="绿畦蔬菜专业合作社").tap()
    phone.wait_for_url("**/credit/*")
    phone.get_by_text("凭据 1 笔").first.tap()
    phone.get_by_role("link", name="检测报告").tap()
    assert phone.get_by_role("heading", level=1).inner_text() == "签名有效"
