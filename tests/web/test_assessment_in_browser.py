"""One assessment of each standard in a real browser: from the call to the licence anybody reads."""

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

from tests.actions import assessing as actions
from tests.actions.farm import start_farm
from tests.actions.village_base import found_base
from tests.browsing import DESKTOP, PHONE, axe_finds
from tests.web.assessing import EXPERTS, FARMER, OPERATOR, secret_of
from tracer.actions.assessment.applying import start, submit
from tracer.actions.assessment.assessing import start_marking
from tracer.actions.assessment.sheets import save_sheet
from tracer.actions.people.accounts import actor_of
from tracer.app import create_app
from tracer.config import Settings
from tracer.domain.words import Role
from tracer.queries.fsck import fsck
from tracer.standards import flow_of, load
from tracer.standards.asking import fields_of, typed_of
from tracer.standards.flow import Flow, FormField
from tracer.standards.pack import Pack
from tracer.store.assessments import sheets_of
from tracer.store.tables import Account, Product, ScoreSheet
from tracer.store.world import World

pytestmark = pytest.mark.browser


@dataclass
class Walk:
    """A served installation, the call that is open in it, and the page that walks through."""

    world: World
    url: str
    page: Page
    photo: Path
    applicant: str
    root: str  # the applicant's hall
    call: str
    pack: Pack
    flow: Flow

    def open(self, path: str) -> None:
        self.page.goto(path if path.startswith("http") else self.url + path)

    def sign_in(self, login: str) -> None:
        secret = secret_of(self.world, login)
        self.page.context.clear_cookies()
        self.page.context.add_cookies([{"name": "sign-in", "value": secret, "url": self.url}])

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).first.click()
        self.page.wait_for_load_state()

    def follow(self, name: str) -> None:
        self.page.get_by_role("link", name=name).first.click()
        self.page.wait_for_load_state()

    def says(self, *words: str) -> None:
        for _ in range(100):  # a page on its way may follow a row that is being kept
            body = self.page.inner_text("body")
            missing = [word for word in words if word not in body]
            if not missing:
                return
            self.page.wait_for_timeout(100)
        raise AssertionError((missing, self.page.url, body[:1000]))

    def fill(self, name: str, value: str) -> None:
        """Answer one field of whatever kind by its name."""
        inputs = self.page.locator(f'main [name="{name}"]')
        if inputs.first.get_attribute("type") in ("radio", "checkbox"):
            self.page.locator(f'main [name="{name}"][value="{value}"]').first.check()
        elif inputs.first.evaluate("input => input.tagName") == "SELECT":
            inputs.first.select_option(value)
        else:
            inputs.first.fill(value)

    def is_blank(self, field: FormField) -> bool:
        """Whether nothing was filled in beforehand."""
        shown = self.page.locator(f'main [name="{field.key}"]').first
        return field.kind == "choice" or not shown.input_value()

    def look(self) -> None:
        """The page fits a phone and a desk computer, and axe finds nothing."""
        for size in (PHONE, DESKTOP):
            self.page.set_viewport_size(size)
            wide = self.page.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert wide <= 0, self.page.url
            assert axe_finds(self.page) == [], self.page.url


@pytest.fixture
def walk(
    request: pytest.FixtureRequest, world: World, desktop: Page, tmp_path: Path
) -> Iterator[Walk]:
    standard: str = request.param
    pack = load(standard)
    flow = flow_of(pack)
    with world.write() as tx:
        desk = actions.open_desk(tx)
        start_farm(tx, FARMER)
        found_base(tx)
        call = actions.call_for(tx, desk, standard).public_id
        base = tx.session.exec(select(Account).where(Account.role == Role.BASE)).one().login
    photo = tmp_path / "photo.png"
    Image.new("RGB", (300, 200), "green").save(photo)
    app = create_app(Settings(_env_file=None, data=world.folder), world)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    by_base = flow.applicant == "base"
    yield Walk(
        world=world,
        url=f"http://127.0.0.1:{server.server_port}",
        page=desktop,
        photo=photo,
        applicant=base if by_base else FARMER,
        root="/base" if by_base else "/farm",
        call=call,
        pack=pack,
        flow=flow,
    )
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("walk", ["liaolan", "heitu", "changshou-009", "otop-1003"], indirect=True)
def test_from_the_call_to_the_licence(walk: Walk) -> None:
    apply(walk)
    desk = check(walk)
    for login in EXPERTS if walk.pack.table().experts else EXPERTS[:1]:
        mark(walk, login)
    close(walk, desk)
    read(walk)


@pytest.mark.parametrize("walk", ["liaolan"], indirect=True)
def test_a_sheet_tells_what_it_could_not_keep(walk: Walk) -> None:
    with walk.world.write() as tx:
        farmer = tx.session.exec(select(Account).where(Account.login == FARMER)).one()
        product = tx.session.exec(select(Product)).one().public_id
        row = start(tx, actor_of(farmer), walk.call, product)
        actions.fill(tx, actor_of(farmer), row)
        submit(tx, actor_of(farmer), row.public_id, declared=True)
        people = tx.session.exec(select(Account).where(Account.login == OPERATOR)).one()
        expert = tx.session.exec(select(Account).where(Account.login == EXPERTS[0])).one()
        actions.open_gates(tx, actions.Desk(actor_of(people)), row)
        start_marking(tx, actor_of(people), row.public_id, [expert.public_id])
        (sheet,) = sheets_of(tx.session, row)
    walk.sign_in(EXPERTS[0])
    walk.open(f"/desk/sheets/{sheet.public_id}")
    page, state = walk.page, walk.page.locator("[data-state]")
    page.locator('[name="v:1.1-1"]').fill("9")
    page.keyboard.press("Enter")
    page.get_by_text("最高 3 分").wait_for()
    assert page.locator('[name="v:1.1-2"]').evaluate("input => input === document.activeElement")
    page.keyboard.type("2.5")
    page.keyboard.press("Enter")
    state.get_by_text("已保存").wait_for()
    page.locator('[name="v:1.1-1"]').fill("3")
    page.keyboard.press("Enter")
    page.locator('[data-row="1.1-1"].done').wait_for()
    assert page.get_by_text("最高 3 分").count() == 0
    assert "5.5／20 分" in page.locator('[data-text="group-1"]').inner_text()
    with walk.world.write() as tx:  # the same expert, at another computer
        kept = tx.session.get_one(ScoreSheet, sheet.id)
        save_sheet(tx, actor_of(expert), kept.public_id, kept.version, {"1.4": 4})
    page.locator('[name="v:1.2-1"]').fill("1")
    page.keyboard.press("Enter")
    state.get_by_text("在别处改过").wait_for()
    page.reload()
    assert page.locator('[name="v:1.4"]').input_value() == "4"
    assert page.locator('[name="v:1.2-1"]').input_value() == ""


def apply(walk: Walk) -> None:
    """The applicant finds the call, answers each part, brings the papers, and hands in."""
    walk.sign_in(walk.applicant)
    walk.open(f"{walk.root}/assessments")
    walk.look()
    walk.follow("2026 年度申报通知")
    walk.press("开始填写")
    overview = walk.page.url
    walk.look()
    for section in walk.flow.form.sections:
        walk.open(f"{overview}/form/{section.key}")
        for field in section.asked():
            if field.required and walk.is_blank(field):
                walk.fill(field.key, actions.answer_to(field))
        here = f"/form/{section.key}"
        walk.page.locator("[data-last]").click()
        walk.page.wait_for_url(lambda address, here=here: here not in address)
    walk.open(f"{overview}/form/{walk.flow.form.sections[0].key}")
    walk.look()
    for material in walk.flow.materials:
        if material.required:
            walk.open(f"{overview}/materials")
            paper = walk.page.locator(f'form:has(input[name="item"][value="{material.key}"])')
            paper.locator('input[type="file"]').set_input_files(walk.photo)
            paper.get_by_role("button", name="添上").click()
            walk.page.wait_for_load_state()
    walk.look()
    walk.open(overview)
    walk.page.get_by_label("以上声明我看过了").check()
    walk.press("提交申请")
    walk.says("已提交")


def check(walk: Walk) -> str:
    """The desk answers the conditions and gives it to be marked; the address of its page."""
    walk.sign_in(OPERATOR)
    walk.open("/desk/assessments")
    walk.page.locator("table a").first.click()
    walk.page.wait_for_load_state()
    desk = walk.page.url
    walk.look()
    if walk.pack.table().gates:
        for key, answer in actions.template(walk.pack)["gates"].items():
            walk.fill(f"v:{key}", answer)
            walk.fill(f"n:{key}", "已现场核实")
        walk.press("保存核对结果")
    for box in walk.page.locator('[name="experts"]').all()[: 3 if walk.pack.table().experts else 1]:
        box.check()
    walk.press("分派评分")
    walk.says("打分进度")
    return desk


def mark(walk: Walk, login: str) -> None:
    """An expert fills the sheet: the first row as it is typed, all others, and hands it in."""
    walk.sign_in(login)
    walk.open("/desk/sheets")
    walk.page.locator("main .list a").first.click()
    walk.page.wait_for_load_state()
    inputs = answers(walk.pack)
    first = next(iter(inputs))
    for name, text in inputs[first].items():
        walk.fill(name, text)
    walk.page.locator("[data-state]").get_by_text("已保存").wait_for()
    walk.page.reload()  # what was typed is kept, with no button pressed
    assert walk.page.locator(f'[data-row="{first}"].done').count() == 1
    if login == EXPERTS[0]:
        walk.look()
        walk.press("提交打分表")
        walk.says("行没有评")
    for key, row in inputs.items():
        for name, text in row.items():
            walk.fill(name, text)
        walk.fill(f"n:{key}", "现场核对属实")
    walk.press("提交打分表")
    walk.says("打分表已在")


def close(walk: Walk, desk: str) -> None:
    """The result, looked at row by row, and the licence."""
    walk.sign_in(OPERATOR)
    walk.open(desk)
    for name, text in actions.REPORT.items():
        walk.fill(name, text)
    for field in walk.flow.closing:
        walk.fill(field.key, actions.answer_to(field))
    walk.press("出结果")
    end = walk.pack.table().outcome
    walk.says("评价结果", end.passed)
    walk.look()
    walk.follow("逐行看得分")
    walk.says("与存档一致", walk.pack.table().items[0].text[:20])
    walk.look()
    walk.open(desk)
    walk.press("发证")
    walk.says("已发证")


def read(walk: Walk) -> None:
    """Anybody reads the licence and the table behind it, without a cookie; the log agrees."""
    walk.sign_in(walk.applicant)
    walk.open(f"{walk.root}/assessments")
    walk.page.locator("main .list a").first.click()
    walk.page.wait_for_load_state()
    walk.says("可以按规定使用标识")
    walk.follow("看评价结果")
    walk.look()
    walk.page.go_back()
    walk.follow("看证书")
    walk.page.context.clear_cookies()
    walk.page.reload()
    walk.says("标识有效", walk.flow.mark, f"{walk.flow.licence.prefix}-2026-0001")
    walk.look()
    walk.follow("看评分表")
    walk.says("与存档一致")
    walk.look()
    assert walk.page.context.cookies() == []
    with walk.world.read() as tx:
        assert [problem for problem in fsck(tx) if problem] == []


def answers(pack: Pack) -> dict[str, dict[str, str]]:
    """By row, what is typed into its inputs for everything at its best."""
    items = pack.table().items
    found: dict[str, dict[str, str]] = {}
    for key, row in actions.full_rows(pack).items():
        item = next(one for one in items if one.key == key)
        typed = typed_of(fields_of(item, items), row["value"])
        found[key] = {
            f"v:{key}:{name}" if name else f"v:{key}": text for name, text in typed.items()
        }
    return found
