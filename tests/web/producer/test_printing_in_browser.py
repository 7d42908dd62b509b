"""A day at the printer, on a phone: half a sheet, a jam at 117, three labels damaged."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from io import BytesIO

import pypdfium2
import pytest
import zxingcpp
from flask import Flask
from playwright.sync_api import Page, Route
from sqlmodel import select
from werkzeug.serving import make_server

from tests.actions.paper_tray import PaperTray, arrived
from tests.browsing import axe_finds
from tests.web.people import PASSWORD, add_account
from tests.web.producer import village as story
from tests.web.producer.village import Village
from tracer.actions.actor import own
from tracer.actions.forms import parse
from tracer.actions.printing.runs import PrintForm, print_labels
from tracer.app import create_app
from tracer.config import Settings
from tracer.domain.words import Role
from tracer.proof.labelcode import code
from tracer.store.tables import Posting, Printer, PrintRun
from tracer.store.world import World

pytestmark = pytest.mark.browser


@pytest.fixture
def url(world: World, village: Village) -> Iterator[str]:
    app: Flask = create_app(Settings(_env_file=None, data=world.folder), world)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def codes_in(pdf: bytes) -> list[str]:
    """The label codes that a camera reads from the first sheet of a PDF."""
    document = pypdfium2.PdfDocument(BytesIO(pdf))
    picture = document[0].render(scale=300 / 72).to_pil()
    document.close()
    return [found.text.split("/T/")[1].split("/")[0] for found in zxingcpp.read_barcodes(picture)]


def printed(page: Page) -> bytes:
    """What the button leads to, as the printer would get it."""
    link = page.get_by_role("link", name="打印", exact=True).get_attribute("href")
    return page.request.get(page.url.split("/farm")[0] + str(link)).body()


def test_three_hundred_labels_with_a_jam_and_three_reprints(
    phone: Page, url: str, world: World, village: Village
) -> None:
    secret = village.browsers[story.FARM]
    phone.context.add_cookies([{"name": "sign-in", "value": secret, "url": url}])
    phone.goto(f"{url}/farm/print/designs?certificate={village.certificate}")
    phone.locator('.designs a[href*="trace-a4-3x8"]').tap()
    phone.get_by_label("张数").fill("300")
    phone.locator("[data-cells] summary").tap()
    assert phone.locator(".grid-sheet label.used").count() == 13, "the sheet left in the printer"
    phone.get_by_role("button", name="做好标签").tap()
    phone.wait_for_url("**/farm/runs/*")
    sheet = phone.locator(".paper img")
    assert sheet.evaluate("picture => picture.decode().then(() => picture.naturalWidth)") > 700
    with world.read() as tx:
        row = own(tx, village.farm.actor, PrintRun, phone.url.rsplit("/", 1)[1])
        codes = [code(row.first_index + n, tx.secrets.label_key) for n in range(300)]
    assert sorted(codes_in(printed(phone))) == sorted(codes[:11]), "eleven cells were free"

    phone.get_by_role("link", name="卡纸了").tap()
    phone.get_by_label("最后一张好的标签").fill(codes[116].lower())
    phone.get_by_role("button", name="下一步").tap()
    phone.get_by_text("前 117 张是好的").first.wait_for()
    assert axe_finds(phone) == []
    phone.locator("[data-cells] summary").tap()
    phone.locator(".grid-sheet label").nth(20).tap()
    phone.get_by_role("button", name="从第 118 张接着打").tap()
    phone.get_by_text("打第 118 到 300 张").first.wait_for()
    assert sorted(codes_in(printed(phone))) == sorted(codes[117:121])
    phone.get_by_role("button", name="都打好了").tap()
    phone.get_by_text("300 张都打好了").first.wait_for()

    phone.get_by_role("link", name="重打几张").tap()
    phone.get_by_label("从哪一张").fill("5")
    phone.get_by_label("到哪一张").fill("7")
    phone.get_by_label("弄坏了").check()
    phone.get_by_role("button", name="做好这几张").tap()
    phone.get_by_text("重打第 5 到 7 张").first.wait_for()
    assert sorted(codes_in(printed(phone))) == sorted(codes[4:7]), "the same numbers again"

    # The ledger counts each label once; the inspector sees that three were printed again.
    with world.read() as tx:
        posted = tx.session.exec(select(Posting).where(Posting.evidence_kind == "print_run"))
        facts = {row.evidence_id: row.fact for row in posted}
        assert facts[row.public_id] == {"prints": 300}
        assert sum(fact["prints"] for fact in facts.values()) == 313
    add_account(world, Role.INSPECTOR)
    phone.context.clear_cookies()
    phone.goto(f"{url}/sign-in")
    phone.locator("[name=login]").fill("zhang")
    phone.locator("[name=password]").fill(PASSWORD)
    phone.get_by_role("button", name="登录").tap()
    phone.wait_for_url("**/inspect")
    phone.goto(f"{url}/inspect/check?code={codes[5]}")
    facts_shown = phone.locator("main").inner_text()
    assert "313 张，重打过 3 张次" in facts_shown
    assert "这次打印 300 张里的第 6 张" in facts_shown
    assert "（弄坏了）" in facts_shown


def standing_still(route: Route) -> None:
    """The page, which is drawn anew no more: axe needs a moment to look at it."""
    answer = route.fetch()
    kept = {name: value for name, value in answer.headers.items() if name != "refresh"}
    route.fulfill(response=answer, headers=kept)


def test_a_sending_is_watched_and_stopped_without_a_touch_of_script(
    phone: Page, url: str, world: World, village: Village
) -> None:
    with world.write() as tx:
        form = parse(PrintForm, {"design": "trace-60x40", "stock": "roll-60x40", "count": 1200})
        run = print_labels(tx, village.farm.actor, form).public_id
    secret = village.browsers[story.FARM]
    phone.context.add_cookies([{"name": "sign-in", "value": secret, "url": url}])
    with PaperTray(pause=0.02) as tray:
        with world.write() as tx:
            printer = own(tx, village.farm.actor, Printer, village.printer)
            printer.address, printer.language = f"127.0.0.1:{tray.port}", "tspl"
        phone.goto(f"{url}/farm/runs/{run}")
        phone.get_by_role("button", name="送到“库房”打印").tap()
        far = [0.0]
        while len(far) < 3:  # the page is drawn anew by itself
            phone.wait_for_function(
                f"() => document.querySelector('progress').value > {far[-1]}", timeout=15_000
            )
            far.append(phone.locator("progress").evaluate("bar => bar.value"))
        assert 0 < far[1] < far[2] < 1200
        phone.route("**/farm/runs/*", standing_still)
        phone.reload()
        assert axe_finds(phone) == []
        assert phone.locator(".paper img").count() == 0
        phone.unroute("**/farm/runs/*")
        phone.get_by_role("button", name="停下").tap()
        phone.get_by_role("button", name="接着打").wait_for(timeout=15_000)
        arrived(world)
    assert axe_finds(phone) == []
    assert "停下了：大约送到第 " in phone.locator("main").inner_text()
