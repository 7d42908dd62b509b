"""One complaint in a real browser: from the scan to the deduction that everybody can read."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page
from sqlmodel import select
from werkzeug.serving import make_server

from tests.browsing import DESKTOP, PHONE, axe_finds
from tests.web import goods as stall
from tests.web.goods import Goods
from tests.web.people import PASSWORD, add_account
from tracer.app import create_app
from tracer.config import Settings
from tracer.domain.words import Role
from tracer.store.tables import CreditScore
from tracer.store.world import World

pytestmark = pytest.mark.browser
TITLE = "黄瓜吃坏肚子，损失没有处理"


@dataclass
class Walk:
    """A served installation and the browser page that walks through it."""

    url: str
    goods: Goods
    page: Page

    def open(self, path: str) -> None:
        self.page.goto(path if path.startswith("http") else self.url + path)

    def sign_in(self, login: str) -> None:
        self.page.context.clear_cookies()
        self.open("/sign-in")
        self.page.get_by_label("登录名").fill(login)
        self.page.get_by_label("密码").fill(PASSWORD)
        self.page.get_by_role("button", name="登录").click()
        self.page.wait_for_url(lambda address: "sign-in" not in address)

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name).click()
        self.page.wait_for_load_state()

    def follow(self, name: str) -> None:
        self.page.get_by_role("link", name=name).first.click()
        self.page.wait_for_load_state()

    def look(self) -> None:
        """The page fits a phone and a desk computer, and axe finds nothing."""
        for size in (PHONE, DESKTOP):
            self.page.set_viewport_size(size)
            wide = self.page.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert wide <= 0, self.page.url
            assert axe_finds(self.page) == [], self.page.url


@pytest.fixture
def walk(world: World, desktop: Page) -> Iterator[Walk]:
    goods = stall.sell(world)
    for login in ("guanli-yi", "guanli-er"):
        add_account(world, Role.OPERATOR, login)
    app = create_app(Settings(_env_file=None, data=world.folder), world)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield Walk(f"http://127.0.0.1:{server.server_port}", goods, desktop)
    server.shutdown()
    thread.join()
    server.server_close()


def subject_points(world: World) -> float:
    with world.read() as tx:
        score = tx.session.exec(select(CreditScore).where(CreditScore.target == "subject")).one()
        return float(score.published)


def test_from_scan_to_deduction(walk: Walk, world: World, tmp_path: Path) -> None:
    page, before = walk.page, subject_points(world)
    photo = tmp_path / "photo.png"
    Image.new("RGB", (300, 200), "green").save(photo)

    walk.open(f"/T/{walk.goods.label}")
    walk.follow("网上投诉")
    walk.press("提交投诉")
    assert page.get_by_text("还不能提交").is_visible()
    walk.look()
    page.get_by_label("受了什么损失").fill("吃了拉肚子，找卖家两次都不理")
    page.get_by_label("照片").set_input_files(photo)
    page.get_by_label("联系电话").fill("13912345678")
    walk.press("提交投诉")
    receipt = page.url
    assert page.get_by_role("heading", level=1).inner_text() == "已收到"
    assert page.context.cookies() == []
    walk.look()

    walk.sign_in("guanli-yi")
    walk.look()
    walk.open("/desk/incidents")
    assert page.get_by_text("13912345678").is_visible()
    walk.look()
    walk.follow("受理")
    walk.look()
    page.get_by_label("事由").fill(TITLE)
    page.get_by_label("情况", exact=True).fill("消费者说吃了拉肚子，两次联系没有处理，请说明。")
    walk.press("立案")
    incident = page.url
    walk.look()

    walk.sign_in("luqi")
    assert page.get_by_text("还有 7 天").is_visible()
    walk.follow(TITLE)
    assert page.get_by_text("找卖家两次都不理").is_visible()
    assert page.get_by_text("13912345678").count() == 0
    walk.look()
    walk.follow("说明情况")
    walk.look()
    page.get_by_label("情况说明").fill("正在核对购货单据")
    walk.press("提交说明")

    walk.sign_in("guanli-yi")
    walk.open(incident)
    page.get_by_label("属实", exact=True).check()
    page.get_by_label("理由").fill("购货单和就诊记录能对上，没有按规定处理")
    page.get_by_label("依据的材料").fill("就诊记录照片")
    walk.press("提交决定")
    assert page.get_by_text("要由另一位管理员办").is_visible()
    assert subject_points(world) == before

    walk.sign_in("guanli-er")
    walk.open(incident)
    walk.look()
    page.get_by_label("复核意见").fill("材料齐全，同意")
    walk.press("同意，扣分")
    assert subject_points(world) == before - 50
    walk.look()

    walk.open(f"/T/{walk.goods.label}")
    assert page.get_by_text("查实 1 件").is_visible()
    walk.follow("什么事")
    shown = page.get_by_role("region", name="查实的事情").inner_text()
    for part in (TITLE, "购货单和就诊记录能对上", "50 分"):
        assert part in shown
    assert "拉肚子，找卖家" not in page.inner_text("body")
    walk.look()
    walk.open(receipt)
    assert page.get_by_role("heading", level=1).inner_text() == "查实了"

    walk.sign_in("luqi")
    walk.open("/farm/incidents")
    walk.look()
    walk.follow(TITLE)
    walk.follow("申诉")
    walk.look()
