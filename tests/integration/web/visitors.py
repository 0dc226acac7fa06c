"""People with browsers, in the test's own process: nothing listens, everything else is real."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager

import httpx

from core.clock import Clock
from core.config.sections.web import WebSection
from core.config.watch import WatchConfig
from core.people import Role
from desk import context
from desk.context import Desk
from desk.people import invite
from scheduler.running_config import live_of
from storage import Store
from web.app import create_app

HOST = "https://watch.example.org"
WEB = WebSection.model_validate({"url": HOST, "secret": "not-a-secret-but-long-enough"})
CONFIG = {
    "database": "sqlite:///never-opened.db",
    "crawl": {"contact": "mailto:desk@example.org"},
    "sources": [{"name": "plain", "feed": "https://plain.example.org/feed"}],
}


def desk_over(
    store: Store,
    clock: Clock,
    config: WatchConfig | None = None,
    revising: Callable[[], Collection[str]] = frozenset,
) -> Desk:
    """Return a desk over a store that a test filled."""
    live = live_of(config or WatchConfig.model_validate(CONFIG))
    return context.desk_over(store, lambda: live, clock, revising)


def browser(desk: Desk, web: WebSection = WEB) -> httpx.AsyncClient:
    """Return a browser that nobody is logged in with. It sends what a form of ours sends."""
    transport = httpx.ASGITransport(app=create_app(desk, web))
    return httpx.AsyncClient(
        transport=transport, base_url=web.address, headers={"Sec-Fetch-Site": "same-origin"}
    )


@asynccontextmanager
async def logged_in(
    desk: Desk, name: str = "aigul", role: Role = Role.ADMINISTER
) -> AsyncIterator[httpx.AsyncClient]:
    """Give a browser that somebody is logged in with."""
    async with browser(desk) as client:
        code = invite(desk.store, name, desk.now(), role)
        done = await client.post("/login", data={"code": code})
        assert done.status_code == 303, done.text
        yield client


def text_of(page: httpx.Response) -> str:
    """Return the words of a page as a reader has them, on one line."""
    return " ".join(re.sub(r"<[^>]+>", " ", page.text.partition("<main")[2]).split())
