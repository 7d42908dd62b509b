"""Chromium, driven as a phone and as a desk computer."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, ConsoleMessage, Page, ViewportSize, sync_playwright

PHONE = ViewportSize(width=390, height=844)
DESKTOP = ViewportSize(width=1280, height=800)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def browser(
    need: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Browser]:
    """Chromium, with the one Chinese font that is surely there: the packaged one."""
    from pylopdf_fonts_zh_cn import sans_path

    folder = tmp_path_factory.mktemp("fonts")
    configuration = folder / "fonts.conf"
    configuration.write_text(
        f"<fontconfig><dir>{Path(sans_path()).parent}</dir>"
        f"<cachedir>{folder / 'cache'}</cachedir></fontconfig>"
    )
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=need("chromium"),
            args=FLAGS,
            env={**os.environ, "FONTCONFIG_FILE": str(configuration)},
        )
        yield chromium
        chromium.close()


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    """A page on a phone: 390×844, touch, twice the pixels."""
    yield from _page(browser, PHONE, mobile=True)


@pytest.fixture
def desktop(browser: Browser) -> Iterator[Page]:
    """A page on a desk computer: 1280×800."""
    yield from _page(browser, DESKTOP, mobile=False)


def axe_finds(page: Page) -> list[str]:
    """What axe finds on the page as it stands: each rule with the first element that breaks it."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    # Only what was found comes back: the rest of the report takes as long as the looking.
    found = page.evaluate(
        "axe.run({resultTypes: ['violations']}).then(results => results.violations)"
    )
    return [f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in found]


def _page(browser: Browser, viewport: ViewportSize, mobile: bool) -> Iterator[Page]:
    context = browser.new_context(
        viewport=viewport,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        is_mobile=mobile,
        has_touch=mobile,
        device_scale_factor=2 if mobile else 1,
    )
    page = context.new_page()
    wrong: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        # An error page is a page too; everything else in red is a fault, such as a broken CSP.
        if message.type == "error" and "the server responded with a status of" not in message.text:
            wrong.append(message.text)

    page.on("console", hear)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    yield page
    context.close()
    assert not wrong, wrong
