"""The hall on a real phone: few taps, large targets, nothing overflows, axe finds nothing."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page
from werkzeug.serving import make_server

from tests.browsing import axe_finds
from tests.web.producer import village as story
from tests.web.producer.village import Village
from tracer.app import create_app
from tracer.config import Settings
from tracer.store.world import World

pytestmark = pytest.mark.browser
MIN_TARGET = 48


@dataclass
class Served:
    """The hall at an address, and the secret of each browser that is signed in."""

    url: str
    village: Village

    def enter(self, page: Page, login: str = story.FARM) -> None:
        """Sign a page's browser in."""
        secret = self.village.browsers[login]
        page.context.add_cookies([{"name": "sign-in", "value": secret, "url": self.url}])

    def pages(self) -> list[str]:
        """Every page that the busy farm sees, and its forms."""
        town = self.village
        campaign, batch = town.farm.campaign, town.harvested
        return [
            "",
            f"/repeat/{batch}",
            "/record",
            f"/record/{campaign}",
            f"/record/{campaign}/chemical_control",
            f"/campaigns/{campaign}/batch/harvest",
            "/campaigns",
            "/campaigns/new",
            f"/campaigns/{campaign}",
            f"/campaigns/{campaign}/close",
            f"/works/{town.work}",
            f"/works/{town.work}/correct",
            f"/works/{town.work}/retract",
            "/plots",
            "/plots/new",
            "/products",
            "/products/new",
            "/products/new?name=番茄",
            "/products/catalogue?name=番茄&q=fq",
            "/inputs",
            "/inputs/new",
            "/inputs/new?kind=pesticide",
            f"/inputs/{town.farm.spray}",
            f"/inputs/{town.farm.spray}/uses/new",
            "/batches",
            f"/batches/{batch}",
            f"/batches/{batch}/split",
            f"/batches/{batch}/issue",
            f"/batches/{batch}/reports/new",
            f"/batches/{batch}/recall",
            "/merge",
            "/certificates",
            f"/certificates/{town.certificate}",
            f"/certificates/{town.certificate}/void",
            f"/certificates/{town.certificate}/replace",
            "/print",
            f"/print/new?certificate={town.certificate}",
            f"/print/new?certificate={town.certificate}&design=trace-a4-3x8",
            f"/print/new?batch={town.harvested}&design=trace-a4-5x13",
            f"/print/designs?certificate={town.certificate}",
            "/printers",
            "/printers/new",
            f"/printers/{town.printer}",
            "/stocks",
            "/stocks/new",
            f"/stocks/{town.stock}",
            "/runs",
            f"/runs/{town.run}",
            f"/runs/{town.roll}",
            f"/runs/{town.roll}/bind",
            f"/runs/{town.run}/jam",
            f"/runs/{town.run}/reprint",
            f"/runs/{town.run}/spoil",
            "/dossier",
            "/dossier/B.1-1",
            "/dossier/B.1-1/fill",
            "/dossier/B.4-1",
            "/dossier/B.1-6/new",
            "/insurance",
            "/insurance/new",
            "/credit",
            f"/credit/{town.farm.product}",
            "/findings",
            "/subject",
            "/subject/edit",
        ]


@pytest.fixture
def served(world: World, village: Village) -> Iterator[Served]:
    story.inspected(world, village)
    app = create_app(Settings(_env_file=None, data=world.folder), world)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield Served(f"http://127.0.0.1:{server.server_port}", village)
    server.shutdown()
    thread.join()
    server.server_close()


def violations(page: Page) -> list[str]:
    page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
    return axe_finds(page)


def overflow(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth - innerWidth"))


# Two columns on a desk: the layout that a phone never shows.
BROAD = ("", "/batches/", "/certificates/", "/runs/")
PRESSED = (
    "button, input:not([type=hidden]):not([type=radio]):not([type=checkbox]), select, summary,"
    " .choices > label, .grid-sheet label, .designs label, .list a, .links a, .index a, .pick,"
    " .back, .button, .tile, .nav a"
)
# What is hidden has no box: no way to press it.
SMALLER = """(nodes, least) => nodes
    .filter(node => node.getClientRects().length)
    .map(node => [node.getBoundingClientRect().height, node.outerHTML.slice(0, 200)])
    .filter(([height]) => height < least)"""


def test_phone_pages_fit_a_glove_and_axe_finds_nothing(phone: Page, served: Served) -> None:
    """Targets are buttons, inputs and links on a line of their own; not links in a sentence."""
    served.enter(phone)
    for path in served.pages():
        phone.goto(f"{served.url}/farm{path}")
        assert overflow(phone) <= 0, path
        assert violations(phone) == [], path
        assert phone.locator(PRESSED).evaluate_all(SMALLER, MIN_TARGET - 0.5) == [], path


def test_desk_pages_fit_and_axe_finds_nothing(desktop: Page, served: Served) -> None:
    served.enter(desktop)
    for path in served.pages():
        desktop.goto(f"{served.url}/farm{path}")
        assert overflow(desktop) <= 0, path
        if path in BROAD or path.startswith(BROAD[1:]):
            assert violations(desktop) == [], path


def test_from_home_to_the_label_in_two_taps_and_one_number(phone: Page, served: Served) -> None:
    served.enter(phone)
    phone.goto(f"{served.url}/farm")
    taps = 0

    def tap(name: str) -> None:
        nonlocal taps
        phone.get_by_text(name, exact=True).first.tap()
        taps += 1

    tap("再来一批")
    phone.get_by_label("今天采收多少").fill("180")
    tap("开具并签名")
    label = phone.locator(".paper img")
    width = label.evaluate("picture => picture.decode().then(() => picture.naturalWidth)")
    assert width > 300
    assert phone.get_by_text("已开具并签名").is_visible()
    assert taps <= 4
    with phone.expect_download() as saved:
        tap("保存图片")
    assert saved.value.suggested_filename.endswith(".png")


def test_what_was_typed_survives_a_dead_spot(phone: Page, served: Served) -> None:
    served.enter(phone)
    path = f"{served.url}/farm/plots/new"
    phone.goto(path)
    phone.get_by_label("地块名称").fill("西地")
    phone.get_by_label("露地").check()
    phone.context.set_offline(True)
    phone.get_by_role("button", name="保存").tap()
    assert phone.get_by_text("现在没有信号").is_visible()
    phone.context.set_offline(False)
    phone.goto(f"{served.url}/farm")
    phone.goto(path)
    assert phone.get_by_label("地块名称").input_value() == "西地"
    assert phone.get_by_label("露地").is_checked()
    assert phone.get_by_text("上次没提交的内容").is_visible()
    phone.get_by_role("button", name="保存").tap()
    phone.wait_for_url("**/farm/plots")
    phone.goto(path)
    assert phone.get_by_label("地块名称").input_value() == "", "a sent draft is done with"


def test_a_draft_can_be_thrown_away(phone: Page, served: Served) -> None:
    served.enter(phone)
    path = f"{served.url}/farm/plots/new"
    phone.goto(path)
    phone.get_by_label("地块名称").fill("西地")
    phone.goto(path)
    phone.get_by_role("button", name="不要了，重新填").tap()
    phone.get_by_role("button", name="不要了，重新填").wait_for(state="detached")
    assert phone.get_by_label("地块名称").input_value() == ""


def test_the_sheet_is_drawn_with_what_is_used(phone: Page, served: Served) -> None:
    served.enter(phone)
    phone.goto(f"{served.url}/farm/print/designs?certificate={served.village.certificate}")
    phone.locator('.designs a[href*="trace-a4-3x8"]').tap()
    phone.locator("[data-cells] summary").tap()
    phone.get_by_label("张数").fill("4")
    phone.locator(".grid-sheet label").nth(15).tap()
    assert phone.get_by_text("从第 16 格开始").is_visible()
    assert phone.locator(".grid-sheet label.used").count() == 15
    assert phone.locator(".grid-sheet label.taken").count() == 4


def test_without_scripts_everything_still_works(served: Served, phone: Page) -> None:
    context = phone.context.browser.new_context(java_script_enabled=False)  # type: ignore[union-attr]
    page = context.new_page()
    served.enter(page)
    page.goto(f"{served.url}/farm")
    page.get_by_text("打标签", exact=True).click()
    page.locator(".list a").first.click()
    page.get_by_role("link", name="换样式").click()
    page.locator('.designs a[href*="trace-a4-3x8"]').click()
    page.locator("#count").fill("3")
    page.get_by_role("button", name="做好标签").click()
    page.locator(".paper img").wait_for()
    context.close()


def test_the_keyboard_reaches_the_number_and_the_button(desktop: Page, served: Served) -> None:
    served.enter(desktop)
    desktop.goto(f"{served.url}/farm/repeat/{served.village.harvested}")
    desktop.get_by_label("今天采收多少").focus()
    desktop.keyboard.type("90")
    desktop.keyboard.press("Tab")
    desktop.keyboard.press("Tab")
    focused = desktop.evaluate("document.activeElement.textContent.trim()")
    assert focused == "开具并签名"
    desktop.keyboard.press("Enter")
    desktop.wait_for_url("**/farm/runs/**")
