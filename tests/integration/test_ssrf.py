"""No form of a forbidden address is ever connected to: by the crawler, nor by the receivers.

A listener that must stay lonely counts every connection it gets. An allowed origin on the same port
serves the feeds and redirects. Run with `-s`, a table tells what stopped each form.
"""

from __future__ import annotations

import contextlib
import html
import ipaddress
import json
import socket
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from pydantic import ValidationError

from alerts.receivers import build_receivers
from core.alerting.deliveries import AttemptOutcome
from core.config.watch import WatchConfig
from core.sources import EntryStatus, SourceState, TrackedEntry
from tests.integration.children import Finished, run_command, store_of, write_config
from tests.integration.fake_names import resolver_of
from tests.integration.ssrf_corpus import (
    MIXED,
    NAMES,
    REDIRECTED,
    REDIRECTS,
    SPELLINGS,
    forms,
)
from tests.unit.alerts.samples import message

Answer = tuple[int, dict[str, str], bytes]


class Lonely:
    """Listens on a port of 127.0.0.1, and of ::1 where there is IPv6; counts who comes."""

    def __init__(self) -> None:
        self.accepted = 0
        self._sockets = [socket.create_server(("127.0.0.1", 0), backlog=64)]
        self.port: int = self._sockets[0].getsockname()[1]
        with contextlib.suppress(OSError):
            self._sockets.append(
                socket.create_server(("::1", self.port), family=socket.AF_INET6, backlog=64)
            )
        self._threads = [threading.Thread(target=self._serve, args=(s,)) for s in self._sockets]
        for thread in self._threads:
            thread.start()

    def _serve(self, listener: socket.socket) -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            self.accepted += 1
            connection.close()

    def close(self) -> None:
        """Stop listening; a connection that waits in the backlog is counted before."""
        for listener in self._sockets:
            with contextlib.suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            listener.close()
        for thread in self._threads:
            thread.join(5)


@dataclass
class Origin:
    """Serves what is put in place, on 127.0.0.2; `seen` are the hosts and paths asked for."""

    port: int
    answers: dict[str, Answer] = field(default_factory=dict)
    seen: list[tuple[str, str]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.2:{self.port}"

    def redirect(self, path: str, status: int, to: str) -> str:
        """Answer `path` with a redirect, its Location in raw UTF-8; return the address."""
        location = to.encode().decode("latin-1")
        self.answers[path] = (status, {"Location": location}, b"")
        return self.url + path

    @contextlib.contextmanager
    def serving(self) -> Iterator[None]:
        origin = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                host = self.headers.get("Host", "")
                origin.seen.append((host, self.path))
                key = f"{host.partition(':')[0]}{self.path}"
                missing: Answer = (404, {}, b"")
                status, headers, body = origin.answers.get(
                    key, origin.answers.get(self.path, missing)
                )
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        class Server(ThreadingHTTPServer):
            request_queue_size = 128

        server = Server(("127.0.0.2", self.port), Handler)
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            thread.join(5)
            server.server_close()


def feed(*links: str) -> Answer:
    items = "".join(f"<item><title>T{n}</title><link>{html.escape(link)}</link></item>"
                    for n, link in enumerate(links))  # fmt: skip
    body = f'<rss version="2.0"><channel><title>F</title>{items}</channel></rss>'
    return 200, {"Content-Type": "application/rss+xml; charset=utf-8"}, body.encode()


def page(body: str) -> Answer:
    return 200, {"Content-Type": "text/html"}, f"<html><head>{body}</head></html>".encode()


def furnish(origin: Origin) -> tuple[dict[str, str], list[dict[str, str]]]:
    """Put every door in its place; return the doors by name, and the sources."""
    direct = forms(origin.port)
    doors = {
        f"302 to {name}": origin.redirect(f"/d{n}", 302, to)
        for n, (name, to) in enumerate(direct.items())
    }
    doors |= {
        f"{status} to {name}": origin.redirect(f"/r{status}-{n}", status, direct[name])
        for status in REDIRECTS
        for n, name in enumerate(REDIRECTED)
        if status != 302
    }
    origin.redirect("/hop3", 307, direct["v6 mapped"])
    origin.redirect("/hop2", 301, "/hop3")
    doors["chain of three"] = origin.redirect("/hop1", 302, "/hop2")
    origin.answers["/refresh"] = page(
        f'<meta http-equiv="refresh" content="0;url={direct["dotted"]}">'
    )
    doors["meta refresh"] = f"{origin.url}/refresh"
    doors |= {f"name {name}": f"http://{name}:{origin.port}/story" for name in MIXED}
    origin.answers["/doors"] = feed(*doors.values())
    origin.answers["/direct"] = feed(*direct.values())
    origin.redirect("/moved", 308, direct["dotted"])
    link = '<link rel="alternate" type="application/rss+xml" href="{}">'
    origin.answers["/"] = page("".join(link.format(direct[name]) for name in REDIRECTED))
    origin.redirect("robots.test/robots.txt", 302, f"http://127.0.0.1:{origin.port}/robots.txt")
    origin.answers["robots.test/feed"] = feed(f"http://robots.test:{origin.port}/story")
    addresses = {
        "doors": f"{origin.url}/doors",
        "direct": f"{origin.url}/direct",
        "moved": f"{origin.url}/moved",
        "robots": f"http://robots.test:{origin.port}/feed",
        "private": f"http://private.test:{origin.port}/feed",
    }
    sources = [{"name": name, "feed": address} for name, address in addresses.items()]
    return doors, [*sources, {"name": "front", "url": f"{origin.url}/"}]


@dataclass
class Attacked:
    """What one pass of `wirewatch run --once` over all forms left behind."""

    lonely: Lonely
    origin: Origin
    accepted: int
    doors: dict[str, str]
    entries: dict[str, list[TrackedEntry]]
    sources: dict[str, SourceState]
    ended: Finished


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Attacked]:
    folder = tmp_path_factory.mktemp("ssrf")
    lonely = Lonely()
    origin = Origin(lonely.port)
    doors, sources = furnish(origin)
    config = write_config(
        folder,
        network={"allow": [f"127.0.0.2/32:{origin.port}"]},
        sources=sources,
        # All doors stand at one host: few at a time would wait for each other on a slow machine.
        crawl={"max_entries_per_poll": 500, "per_host_concurrency": 16, "concurrency": 64},
    )
    (folder / "names.json").write_text(json.dumps(NAMES), encoding="utf-8")
    proxy = f"http://127.0.0.1:{origin.port}"
    proxies = ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")
    command = [sys.executable, "-m", "tests.integration.fake_names", "names.json"]
    try:
        with origin.serving():
            ended = run_command(
                [*command, "run", "--once", "-c", str(config)],
                cwd=folder,
                env={**dict.fromkeys(proxies, proxy), "no_proxy": "", "NO_PROXY": ""},
            )
        with store_of(config) as store:
            states = {state.name: state for state in store.source_states()}
            entries = {name: list(store.entries(source=name, limit=500).items) for name in states}
        yield Attacked(lonely, origin, lonely.accepted, doors, entries, states, ended)
    finally:
        lonely.close()


def test_the_forbidden_listener_counts_who_comes(attacked: Attacked) -> None:
    before = attacked.lonely.accepted
    with socket.create_connection(("127.0.0.1", attacked.origin.port), 5) as ours:
        assert ours.recv(1) == b""  # accepted, counted and closed
    assert attacked.lonely.accepted == before + 1


def test_the_crawler_never_connects_to_a_forbidden_address(attacked: Attacked) -> None:
    assert attacked.ended.status in (0, 1), attacked.ended.err
    assert "Traceback" not in attacked.ended.err
    assert attacked.accepted == 0


def test_every_redirect_was_followed_up_to_the_forbidden_step(attacked: Attacked) -> None:
    asked = {path for _, path in attacked.origin.seen}
    prepared = {path for path in attacked.origin.answers if path.startswith(("/d", "/r", "/hop"))}
    assert prepared <= asked
    assert (f"robots.test:{attacked.origin.port}", "/robots.txt") in attacked.origin.seen


def test_every_redirect_leaves_a_reason(attacked: Attacked) -> None:
    by_url = {entry.entry.url: entry for entry in attacked.entries["doors"]}
    stopped = {name: by_url[url] for name, url in attacked.doors.items()}
    for name, entry in stopped.items():
        print(f"{name:32} {entry.status.value:9} {entry.reason}")
    for name, entry in stopped.items():
        assert entry.status is not EntryStatus.STORED, name
        assert entry.attempts >= 1, name
        assert entry.reason, name
    for name in REDIRECTED:
        for status in REDIRECTS:
            assert stopped[f"{status} to {name}"].reason.startswith("guard: "), (status, name)
    assert stopped["chain of three"].reason.startswith("guard: 127.0.0.1")


def test_every_entry_that_names_a_forbidden_address_leaves_a_reason(attacked: Attacked) -> None:
    port = attacked.origin.port
    tried = {entry.entry.url: entry for entry in attacked.entries["direct"]}
    for url, entry in tried.items():
        print(f"{url:48} {entry.status.value:9} {entry.reason}")
        assert entry.status is not EntryStatus.STORED, url
        assert entry.reason, url
    spelled = forms(port)
    for name in ("dotted", "decimal", "hex", "octal", "v6", "v6 mapped", "nat64", "name private"):
        assert tried[spelled[name]].reason.startswith("guard: "), name
    assert not [url for url in tried if not url.lower().startswith(("http://", "https://"))]


@pytest.mark.parametrize("source", ["moved", "private"])
def test_a_source_that_leads_to_a_forbidden_address_says_so(
    attacked: Attacked, source: str
) -> None:
    error = attacked.sources[source].last_error
    assert error is not None
    assert error.startswith("guard: 127.0.0.1 is not a public address")


def test_a_host_whose_rules_are_said_to_be_at_a_forbidden_address_is_left_alone(
    attacked: Attacked,
) -> None:
    error = attacked.sources["robots"].last_error
    assert error is not None
    assert error.startswith("connect: the rules of robots.txt are not available: ")
    assert ("robots.test", "/feed") not in {
        (host.partition(":")[0], path) for host, path in attacked.origin.seen
    }


def test_a_front_page_that_names_forbidden_feeds_has_no_feed(attacked: Attacked) -> None:
    error = attacked.sources["front"].last_error
    assert error is not None
    assert "neither a feed, a sitemap nor a list of articles found" in error


# -- receivers


def _is_the_users_choice(host: str) -> bool:
    """Tell whether a host is a plain literal or `localhost`, which receivers may be pointed at."""
    try:
        ipaddress.ip_address(host.strip("[]").partition("%")[0])
    except ValueError:
        return host.lower() == "localhost"
    return True


async def test_no_webhook_gets_through_in_disguise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", resolver_of(NAMES))
    hosts = [host for host in SPELLINGS.values() if not _is_the_users_choice(host)]
    lonely = Lonely()
    try:
        for host in hosts:
            url = f"http://{host}:{lonely.port}/hook"
            section = {"name": "desk", "webhook": {"url": url, "timeout": "5s"}}
            try:
                config = WatchConfig.model_validate({"receivers": [section]})
            except ValidationError:
                print(f"{host:32} the configuration")
                continue
            (receiver,) = build_receivers(config).values()
            result = await receiver.send(message())
            await receiver.close()
            print(f"{host:32} {result.detail}")
            assert result.outcome is AttemptOutcome.TRANSIENT, host
            assert result.detail, host
    finally:
        lonely.close()
    assert len(hosts) >= 25
    assert lonely.accepted == 0
