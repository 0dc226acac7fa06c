"""Pages that scripts make, in a real Chromium behind the guarded proxy."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from core.articles import WordsFrom
from core.sources import EntryStatus
from crawler.download.rendering import PAGES_AT_ONCE
from tests.integration.children import store_of, wirewatch, write_config
from tests.integration.test_ssrf import Lonely

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

SENTENCE = "The council met on Tuesday to discuss the bridge over the river and its repair. "
PAGE = """<!doctype html><html lang="en"><head><title>Bridge</title></head><body><main><article>
<h1>The bridge is to be repaired</h1><div id="text"></div></article></main>
<img src="/picture.png"><script>
for (const url of %s) {
  fetch(url, {mode: "no-cors"}).catch(() => {});
  const frame = document.createElement("iframe"); frame.src = url; document.body.append(frame);
}
new WebSocket("ws://127.0.0.1:%d/socket");
document.getElementById("text").innerHTML = "<p>" + "%s".repeat(12) + "</p>";
</script></body></html>"""


SPINS = b"""<!doctype html><title>Spin</title><p>text</p><script>
addEventListener("load", () => setTimeout(() => { for (;;); }, 10));</script>"""


class Outlet:
    """Serves a feed and pages whose text comes from a script that also looks around."""

    def __init__(self, forbidden: int, *pages: str) -> None:
        self.pages = pages
        self.seen: list[str] = []
        self._forbidden = forbidden
        outlet = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outlet.seen.append(self.path)
                status, kind, body, to = outlet.answer(self.path)
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                if to:
                    self.send_header("Location", to)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.2", 0), Handler)
        self.url = f"http://127.0.0.2:{self._server.server_port}"
        self.allow = f"127.0.0.2/32:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()

    def answer(self, path: str) -> tuple[int, str, bytes, str]:
        inside = f"http://127.0.0.1:{self._forbidden}/"
        if path == "/feed":
            items = "".join(
                f"<item><title>{name}</title><link>{self.url}/{name}</link></item>"
                for name in self.pages
            )
            feed = f'<rss version="2.0"><channel><title>F</title>{items}</channel></rss>'
            return 200, "application/rss+xml", feed.encode(), ""
        if path == "/story":
            page = PAGE % ([inside, f"http://localhost:{self._forbidden}/"], self._forbidden,
                           SENTENCE)  # fmt: skip
            return 200, "text/html", page.encode(), ""
        if path.startswith("/spins-"):
            return 200, "text/html", SPINS, ""
        if path == "/leads-inside":
            return 302, "text/html", b"", inside
        return 404, "text/html", b"<h1>Not here</h1>", ""

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join(5)
        self._server.server_close()


@pytest.fixture
def lonely() -> Iterator[Lonely]:
    listener = Lonely()
    yield listener
    listener.close()


def configured(folder: Path, outlet: Outlet, timeout: str) -> Path:
    crawl: dict[str, Any] = {"per_host_delay": "0ms", "timeout": timeout}
    if browser := os.environ.get("CHROMIUM"):
        crawl["browser"] = browser
    return write_config(
        folder,
        crawl=crawl,
        network={"allow": [outlet.allow]},
        sources=[{"name": "scripted", "feed": f"{outlet.url}/feed", "render": True}],
    )


def test_a_page_made_by_scripts_is_read_and_its_scripts_reach_nothing_inside(
    tmp_path: Path, lonely: Lonely
) -> None:
    outlet = Outlet(lonely.port, "story", "leads-inside", "missing")
    try:
        config = configured(tmp_path, outlet, timeout="20s")
        ended = wirewatch("run", "--once", "-c", str(config), cwd=tmp_path)
    finally:
        outlet.close()
    with store_of(config) as store:
        entries = {entry.entry.title: entry for entry in store.entries(limit=10).items}
        articles = [
            article
            for article in store.articles().items
            if article.data.words_from is WordsFrom.PAGE
        ]
    assert entries["story"].status is EntryStatus.STORED, (entries["story"], ended.err)
    (article,) = articles
    assert article.data.title == "The bridge is to be repaired"
    assert article.data.text.count("the bridge over the river") == 12
    assert "/picture.png" not in outlet.seen
    assert entries["leads-inside"].status is not EntryStatus.STORED
    assert entries["leads-inside"].reason
    assert entries["missing"].reason == "http: HTTP 404, attempt 1"
    assert lonely.accepted == 0


def test_pages_that_never_come_to_rest_hold_no_place_in_the_browser(
    tmp_path: Path, lonely: Lonely
) -> None:
    spinning = [f"spins-{n}" for n in range(PAGES_AT_ONCE)]
    outlet = Outlet(lonely.port, *spinning, "story")
    try:
        config = configured(tmp_path, outlet, timeout="2s")
        ended = wirewatch("run", "--once", "-c", str(config), cwd=tmp_path)
    finally:
        outlet.close()
    with store_of(config) as store:
        entries = {entry.entry.title: entry for entry in store.entries(limit=10).items}
    assert {entries[name].reason for name in spinning} == {
        "timeout: no complete answer in time, attempt 1"
    }
    assert entries["story"].status is EntryStatus.STORED, (entries["story"], ended.err)
