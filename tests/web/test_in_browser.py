"""The public pages in a real browser: fits, reads, is reachable, asks nobody else for anything."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page
from werkzeug.serving import make_server

from tests.browsing import axe_finds
from tests.web import goods as stall
from tests.web.goods import Goods
from tracer.actions.certificates.void import VoidForm, void
from tracer.actions.forms import parse
from tracer.app import create_app
from tracer.config import Settings
from tracer.store.world import World

pytestmark = pytest.mark.browser
MIN_TARGET = 44  # of 48 asked for: text links may be a little lower, never lower than this


@dataclass
class Stall:
    """A served installation with goods, and the address of each page worth a look."""

    url: str
    goods: Goods

    def pages(self) -> list[str]:
        goods = self.goods
        return [
            "/",
            "/verify",
            "/sign-in",
            f"/T/{goods.label}",
            f"/C/{goods.certificate}",
            f"/B/{goods.batch}",
            "/T/7K3M9QF2XHPA",
            "/C/7K3M9Q2XW4E",
            "/nothing",
        ]


@pytest.fixture
def served(world: World) -> Iterator[Stall]:
    goods = stall.sell(world)
    app = create_app(Settings(_env_file=None, data=world.folder), world)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield Stall(f"http://127.0.0.1:{server.server_port}", goods)
    server.shutdown()
    thread.join()
    server.server_close()


def violations(page: Page) -> list[str]:
    # What is folded away is part of the page too.
    page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
    return axe_finds(page)


def overflow(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth - innerWidth"))


def test_axe_finds_what_is_wrong(phone: Page) -> None:
    phone.set_content("<html><title>x</title><main><h1>y</h1><input></main></html>")
    for _ in range(2):  # the second time with the script that is there already
        rules = {one.partition(":")[0] for one in axe_finds(phone)}
        assert {"html-has-lang", "label"} <= rules


def test_phone_pages_fit_and_axe_finds_nothing(phone: Page, served: Stall) -> None:
    for path in served.pages():
        phone.goto(served.url + path)
        assert overflow(phone) <= 0, path
        assert violations(phone) == [], path


def test_desk_pages_fit_and_axe_finds_nothing(desktop: Page, served: Stall) -> None:
    for path in served.pages():
        desktop.goto(served.url + path)
        assert overflow(desktop) <= 0, path
        assert violations(desktop) == [], path


def test_pages_fit_at_twice_the_text_size(desktop: Page, served: Stall) -> None:
    desktop.set_viewport_size({"width": 390, "height": 844})
    for path in served.pages():
        desktop.goto(served.url + path)
        desktop.evaluate("document.documentElement.style.fontSize = '212.5%'")
        assert overflow(desktop) <= 0, path


def test_what_is_pressed_is_large_enough(phone: Page, served: Stall) -> None:
    for path in served.pages():
        phone.goto(served.url + path)
        for pressed in phone.locator("button, input:not([type=hidden]), select, summary").all():
            box = pressed.bounding_box()
            assert box, path
            assert box["height"] >= MIN_TARGET, (path, pressed.evaluate("node => node.outerHTML"))


def test_the_verdict_comes_first_and_in_sight(phone: Page, served: Stall) -> None:
    phone.goto(f"{served.url}/T/{served.goods.label}")
    heading = phone.get_by_role("heading", level=1)
    assert heading.inner_text() == "签名有效"
    for text in ("黄瓜", "绿畦蔬菜专业合作社", "质量安全控制符合要求", "次查询"):
        box = phone.get_by_text(text).first.bounding_box()
        assert box, text
        assert box["y"] < 844, text


def test_the_page_asks_nobody_else_and_leaves_nothing(phone: Page, served: Stall) -> None:
    asked: list[str] = []
    phone.on("request", lambda request: asked.append(request.url))
    phone.goto(f"{served.url}/T/{served.goods.label}")
    assert asked
    assert all(address.startswith(served.url) for address in asked)
    assert phone.context.cookies() == []
    assert phone.evaluate("localStorage.length + sessionStorage.length") == 0


def test_keyboard_alone_rates_a_label(desktop: Page, served: Stall) -> None:
    desktop.goto(f"{served.url}/T/{served.goods.label}")
    for _ in range(20):
        desktop.keyboard.press("Tab")
        if desktop.evaluate("document.activeElement.value") == "neutral":
            break
    ring = "getComputedStyle(document.activeElement).outlineStyle"
    assert desktop.evaluate(ring) == "solid", "the focus is not visible"
    desktop.keyboard.press("Enter")
    assert "记下了“中评”" in desktop.get_by_role("heading", level=1).inner_text()


def test_a_number_typed_at_home_leads_to_its_page(phone: Page, served: Stall) -> None:
    phone.goto(served.url)
    phone.get_by_label("标签上的号码").fill(served.goods.number)
    phone.get_by_role("button", name="查询").tap()
    phone.wait_for_url(f"**/C/{served.goods.number}")
    assert phone.get_by_role("heading", level=1).inner_text() == "签名有效"


def test_paper_keeps_the_verdict_and_drops_the_buttons(
    desktop: Page, served: Stall, world: World
) -> None:
    with world.write() as tx:
        form = parse(VoidForm, {"reason": "数量填错"})
        void(tx, served.goods.farm.actor, served.goods.certificate, form)
    desktop.goto(f"{served.url}/C/{served.goods.certificate}")
    desktop.emulate_media(media="print")
    assert desktop.get_by_text("已作废").first.is_visible()
    assert not desktop.get_by_role("link", name="合格证 JSON").is_visible()


def test_without_styles_the_page_still_reads_in_order(desktop: Page, served: Stall) -> None:
    desktop.route("**/*.css*", lambda route: route.fulfill(body="", content_type="text/css"))
    desktop.goto(f"{served.url}/T/{served.goods.label}")
    words = desktop.inner_text("main")
    places = [
        words.index(part) for part in ("签名有效", "黄瓜", "未使用禁用", "委托检测合格", "次查询")
    ]
    assert places == sorted(places)
