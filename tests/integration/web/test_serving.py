"""The server inside the daemon's loop: what is left of it when it is stopped."""

from __future__ import annotations

import asyncio
import socket
import threading
from pathlib import Path

import httpx
import pytest

from core.clock import utc_now
from core.config.sections.web import WebSection
from storage import open_store
from tests.integration.empty_database import empty_database
from tests.integration.test_daemon_telemetry import free_port
from tests.integration.web.visitors import browser, desk_over
from web.server import serve


async def listening(port: int) -> None:
    """Return once the server listens. What is refused meanwhile is closed at once."""
    while True:
        with socket.socket() as asked:
            if asked.connect_ex(("127.0.0.1", port)) == 0:
                return
        await asyncio.sleep(0)


def ours() -> list[threading.Thread]:
    return [
        thread for thread in threading.enumerate() if thread.name.startswith(("web_", "telemetry"))
    ]


async def test_no_thread_is_left_when_the_desk_is_stopped(tmp_path: Path) -> None:
    before = set(ours())
    port = free_port()
    web = WebSection.model_validate({"listen": f"127.0.0.1:{port}"})
    stop = asyncio.Event()
    with open_store(empty_database(tmp_path / "desk.db")) as store:
        serving = asyncio.create_task(serve(desk_over(store, utc_now), web, stop))
        async with httpx.AsyncClient(base_url=web.address, trust_env=False) as client:
            await listening(port)
            assert (await client.get("/readyz")).status_code in (200, 503)
            assert (await client.get("/login")).status_code == 200
            # Nothing that a proxy would say changes who asks.
            forwarded = {"X-Forwarded-For": "203.0.113.7", "X-Forwarded-Proto": "https"}
            page = await client.get("/", headers=forwarded)
            assert page.headers["location"] == "/login?to=/"
        begun = [thread for thread in ours() if thread not in before]
        assert {thread.name.partition("_")[0] for thread in begun} == {"web", "telemetry"}
        stop.set()
        await serving
        for thread in begun:
            await asyncio.to_thread(thread.join, 20)
            assert not thread.is_alive()


@pytest.mark.parametrize("path", ["/health", "/healthz/", "/nowhere"])
async def test_there_is_one_sign_of_life(tmp_path: Path, path: str) -> None:
    with open_store(empty_database(tmp_path / "desk.db")) as store:
        async with browser(desk_over(store, utc_now)) as client:
            assert (await client.get(path)).status_code in (307, 404)
            assert (await client.get("/healthz")).text == "ok"
