"""The dossier on a real phone: filled with a photo, changed four times, settled at the desk."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from PIL import Image
from playwright.sync_api import FilePayload, Locator, Page
from werkzeug.serving import make_server

from tests.web.people import PASSWORD, add_account
from tests.web.producer import village as story
from tests.web.producer.test_on_a_phone import overflow, violations
from tests.web.producer.village import Village
from tracer.app import create_app
from tracer.config import Settings
from tracer.domain.words import Role
from tracer.store.world import World

pytestmark = pytest.mark.browser
DESK = "guanli"


@dataclass
class Served:
    """The installation at an address."""

    url: str
    village: Village

    def enter(self, page: Page) -> None:
        """Sign a page's browser in as the busy farm."""
        secret = self.village.browsers[story.FARM]
        page.context.add_cookies([{"name": "sign-in", "value": secret, "url": self.url}])


@pytest.fixture
def served(world: World, village: Village) -> Iterator[Served]:
    add_account(world, Role.OPERATOR, DESK)
    app = create_app(Settings(_env_file=None, data=world.folder), world)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield Served(f"http://127.0.0.1:{server.server_port}", village)
    server.shutdown()
    thread.join()
    server.server_close()


def photo(colour: str) -> FilePayload:
    out = io.BytesIO()
    Image.new("RGB", (640, 480), colour).save(out, "PNG")
    return {"name": "照片.png", "mimeType": "image/png", "buffer": out.getvalue()}


def looks_right(page: Page) -> None:
    """Nothing hangs over the edge, axe finds nothing."""
    assert overflow(page) <= 0, page.url
    assert violations(page) == [], page.url


def follow(page: Page, pressed: Locator) -> None:
    """Press what leads to another page."""
    with page.expect_navigation():
        pressed.click()


def save(page: Page) -> None:
    follow(page, page.get_by_role("button", name="保存"))


def change_address(page: Page, served: Served, text: str) -> None:
    page.goto(f"{served.url}/farm/dossier/B.1-1/fill")
    page.get_by_label("注册地址").fill(text)
    save(page)


def test_three_rows_with_a_photo_and_a_fourth_edit(
    phone: Page, desktop: Page, served: Served
) -> None:
    served.enter(phone)
    phone.goto(f"{served.url}/farm")
    follow(phone, phone.get_by_role("link", name="资料", exact=True))
    looks_right(phone)
    follow(phone, phone.get_by_text("上传营业执照照片"))
    assert phone.locator(".field").count() == 1, "one question a screen"
    phone.get_by_label("营业执照照片").set_input_files(photo("green"))
    save(phone)
    phone.wait_for_url("**/farm/dossier")
    phone.goto(f"{served.url}/farm/dossier/B.1-1")
    looks_right(phone)
    # A second row, and a third with two photos.
    phone.goto(f"{served.url}/farm/dossier/B.4-2/new")
    phone.get_by_label("标准编号").fill("GB 2763")
    phone.get_by_label("标准名称").fill("食品中农药最大残留限量")
    save(phone)
    phone.goto(f"{served.url}/farm/dossier/B.1-6/new")
    phone.get_by_label("荣誉名称").fill("市级示范合作社")
    phone.get_by_label("颁发单位").fill("平度市农业农村局")
    phone.get_by_label("颁发日期").fill("2025-12-01")
    phone.get_by_label("证书或奖牌照片").set_input_files([photo("red"), photo("blue")])
    assert not phone.get_by_label("单独同意公开姓名").is_checked()
    save(phone)
    looks_right(phone)
    follow(phone, phone.get_by_text("市级示范合作社"))
    looks_right(phone)
    assert phone.get_by_text("看照片 2").is_visible()
    # Shoppers read it below what was checked, photos included.
    phone.goto(f"{served.url}/C/{served.village.certificate}")
    looks_right(phone)
    phone.get_by_text("荣誉").last.tap()
    picture = phone.locator(".pictures img").first
    picture.scroll_into_view_if_needed()
    assert picture.evaluate("one => one.decode().then(() => one.naturalWidth)") == 640
    # Three edits are free and warned of, the fourth waits for the desk.
    for number in range(1, 4):
        change_address(phone, served, f"蓼兰镇河东村 {number} 号")
    phone.goto(f"{served.url}/farm/dossier/B.1-1/fill")
    assert phone.get_by_text("免费修改已经用完").is_visible()
    change_address(phone, served, "蓼兰镇河南村 9 号")
    assert phone.get_by_text("修改在等处理").is_visible()
    assert phone.get_by_text("蓼兰镇河东村 3 号").is_visible()
    looks_right(phone)
    settle(desktop, served)
    phone.goto(f"{served.url}/farm/dossier/B.1-1")
    assert phone.get_by_text("蓼兰镇河南村 9 号").is_visible()
    phone.goto(f"{served.url}/farm/dossier")
    assert phone.get_by_text("已付费，已生效").is_visible()
    looks_right(phone)


def settle(desktop: Page, served: Served) -> None:
    """The operator compares old with new and marks the fee as paid."""
    desktop.goto(f"{served.url}/sign-in")
    desktop.locator("#login").fill(DESK)
    desktop.locator("#password").fill(PASSWORD)
    follow(desktop, desktop.get_by_role("button", name="登录"))
    follow(desktop, desktop.get_by_role("link", name="资料修改"))
    looks_right(desktop)
    row = desktop.get_by_role("row", name="注册地址")
    assert row.locator("td").all_inner_texts() == ["蓼兰镇河东村 3 号", "蓼兰镇河南村 9 号"]
    desktop.get_by_label("费用已付，按新的改").check()
    follow(desktop, desktop.get_by_role("button", name="处理好了"))
    desktop.get_by_text("没有等处理的修改").wait_for()
    looks_right(desktop)
    follow(desktop, desktop.get_by_role("link", name="绿畦蔬菜专业合作社"))
    looks_right(desktop)
