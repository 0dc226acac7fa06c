"""One Chromium for all tests here; each test gets a browser context and a desk of its own."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.browser.desk_server import ServedDesk, served_desk

# Background services of the browser would call out; tests speak to 127.0.0.1 only.
ARGUMENTS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Give a running Chromium: the one that CHROMIUM names, or Debian's."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        yield browser
        browser.close()


@pytest.fixture
def served(tmp_path: Path) -> Iterator[ServedDesk]:
    """Give a desk that listens, with a few stories."""
    with served_desk(tmp_path) as desk:
        yield desk


class Watched:
    """A page, and all that went wrong while it was looked at."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.errors: list[str] = []
        self.outside: list[str] = []
        page.on("console", lambda said: self._said(said.type, said.text))
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("request", lambda request: self._asked(request.url, url))

    def _said(self, kind: str, text: str) -> None:
        if kind in ("error", "warning"):
            self.errors.append(text)

    def _asked(self, asked: str, url: str) -> None:
        if not asked.startswith(url):
            self.outside.append(asked)


Visit = Callable[..., Watched]


@pytest.fixture
def visit(chromium: Browser, served: ServedDesk) -> Iterator[Visit]:
    """Give a function that logs somebody in and returns their page."""
    contexts: list[BrowserContext] = []
    watched: list[Watched] = []

    def come(name: str = "aigul", **options: Any) -> Watched:
        usual: dict[str, Any] = {
            "viewport": {"width": 1280, "height": 800}, "timezone_id": "Asia/Bishkek",
        }  # fmt: skip
        context = chromium.new_context(**usual | options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        seen = Watched(page, served.url)
        watched.append(seen)
        page.goto(served.login_link(name), wait_until="domcontentloaded")
        page.click("button.first")
        page.wait_for_selector("#stories")
        # The list is there before the scripts of the page, which take keys: those run before this.
        page.wait_for_load_state("domcontentloaded")
        return seen

    yield come
    for context in contexts:
        context.close()
    for seen in watched:
        assert seen.errors == []
        assert seen.outside == []
