"""Hostile bytes from the internet, read by the real sandbox and crawled by the real daemon.

`make test` runs those documents that stand for their kind; `make chaos` runs all of them and prints
a table.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from core.sources import EntryStatus
from crawler.parse.sandbox import Sandbox
from demo.inbox import Inbox
from demo.newsroom import Newsroom
from demo.outlets import Story
from demo.synthetic import synthetic_outlet
from storage import Store
from tests.hostile.answers import TRICKS, Trick
from tests.hostile.corpus import corpus
from tests.hostile.reading import DEADLINE, MEMORY_MB, Reading, read
from tests.hostile.sample import CANARY, Bait, Kind, Sample
from tests.hostile.server import Host, HostileServer
from tests.integration.children import Daemon, running_daemon, store_of, write_config

GRACE = 1.0
"""Seconds past the deadline within which a caller must hear that a parse was stopped."""
READ = [sample for sample in corpus() if sample.kind is not Kind.ROBOTS]
TABLE = f"{'document':<36} {'outcome':<20} {'s':>6} {'MB':>5}  reason"
_POLLED = ('"poll failed"', '"polled"')
_READ = ('"article stored"', '"not an article"', '"article not fetched"')


@contextmanager
def listening(folder: Path) -> Iterator[tuple[Bait, socket.socket]]:
    """Give a secret file and an address, and the socket that hears whether anyone comes."""
    secret = folder / "secret.txt"
    secret.write_text(CANARY, encoding="ascii")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        port = listener.getsockname()[1]
        yield Bait(url=f"http://127.0.0.1:{port}", file=secret.as_uri()), listener


def nobody_came(listener: socket.socket) -> bool:
    try:
        listener.accept()
    except BlockingIOError:
        return True
    return False


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(processes=1, timeout=DEADLINE, memory_mb=MEMORY_MB) as opened:
        yield opened


@pytest.mark.parametrize("name", [sample.name for sample in READ if sample.quick])
async def test_a_hostile_document_is_read_or_refused_with_a_reason(
    sandbox: Sandbox, tmp_path: Path, name: str
) -> None:
    with listening(tmp_path) as (bait, listener):
        sample = next(candidate for candidate in corpus(bait) if candidate.name == name)
        reading = await read(sandbox, sample)
        assert not reading.complaints(sample, GRACE), str(reading)
        assert nobody_came(listener)


@pytest.mark.chaos
@pytest.mark.timeout(1800)
async def test_every_hostile_document_is_read_or_refused_with_a_reason(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    complaints: list[str] = []
    readings: list[Reading] = []
    with listening(tmp_path) as (bait, listener):
        print(f"\n{TABLE}")
        for sample in corpus(bait):
            if sample.kind is Kind.ROBOTS:
                continue  # not parsed in the sandbox; the daemon meets them below
            reading = await read(sandbox, sample)
            print(reading)
            readings.append(reading)
            complaints += [
                f"{sample.name}: {complaint}" for complaint in reading.complaints(sample, GRACE)
            ]
        assert nobody_came(listener)
    slowest = max(readings, key=lambda reading: reading.seconds)
    largest = max(readings, key=lambda reading: reading.peak_mb)
    print(f"{len(readings)} documents; slowest: {slowest}\nlargest: {largest}")
    assert not complaints, "\n".join(complaints)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What storage says about a host after the crawl."""

    host: Host
    outcome: str
    reason: str

    def __str__(self) -> str:
        return f"{self.host.name:<36} {self.outcome:<20} {self.reason[:110]}"


def zeppelin(slug: str) -> Story:
    text = " ".join(f"The zeppelin flew over the town hall and number {n} of the crowd cheered."
                    for n in range(12))  # fmt: skip
    return Story(slug=slug, title=f"A zeppelin over {slug}", paragraphs=(text,), language="en")


def crawl(
    folder: Path,
    samples: Sequence[Sample],
    tricks: Sequence[Trick],
    *,
    timeout: str,
    within: float,
) -> list[Verdict]:
    """Let the daemon poll all hosts beside one good outlet; return what it says of each.

    `timeout` is the crawler's for one answer; the hosts must have settled `within` seconds. The
    good outlet's articles must be stored and alert before, during and after.
    """
    good = synthetic_outlet("good", "en", 1, words=120, page_bytes=8_000)
    with (
        HostileServer(samples, tricks) as server,
        Newsroom([good], host="127.0.5.1") as newsroom,
        Inbox() as inbox,
    ):
        newsroom.publish("good", zeppelin("before"))
        good_source = {"name": "good", "feed": newsroom.feed_url("good"), "every": "1s"}
        config = write_config(
            folder,
            crawl={
                "timeout": timeout,
                "parser_processes": 2,
                "concurrency": 32,
                "max_entries_per_poll": 5,
            },
            network={"allow": [*server.allow, *newsroom.allow, "127.0.0.1/32"]},
            sources=[good_source, *({**host.source, "every": "1d"} for host in server.hosts)],
            health={"tell": []},  # so that every post is an article of the good outlet
            rules=[{"id": "air", "any": ["zeppelin"]}],
            receivers=[{"name": "desk", "webhook": {"url": inbox.webhook_url}}],
        )
        with running_daemon(config, "--log-level", "debug") as daemon:
            inbox.wait_for_posts(1, timeout=within)
            newsroom.publish("good", zeppelin("meanwhile"))
            published = time.monotonic()
            inbox.wait_for_posts(2, timeout=within)
            print(f"\nan alert under attack took {time.monotonic() - published:.1f} s")
            for host in server.hosts:
                wait_until_settled(daemon, host, within)
            newsroom.publish("good", zeppelin("afterwards"))
            inbox.wait_for_posts(3, timeout=within)
            assert daemon.process.poll() is None
            assert daemon.stop() == 0
        with store_of(config) as store:
            stored = {article.data.title for article in store.articles(source="good").items}
            assert {
                f"A zeppelin over {slug}" for slug in ("before", "meanwhile", "afterwards")
            } <= stored
            return [verdict(store, host) for host in server.hosts]


def wait_until_settled(daemon: Daemon, host: Host, within: float) -> None:
    """Wait for the daemon's word on what stands at the hostile place of `host`."""
    about = f'"source": "{host.name}"'
    events = _READ if host.hostile_path == "/page" else _POLLED

    def settles(line: str) -> bool:
        return about in line and any(event in line for event in (*events, _POLLED[0]))

    daemon.lines.wait(settles, 1, within)


def verdict(store: Store, host: Host) -> Verdict:
    state = next(known for known in store.source_states() if known.name == host.name)
    if state.last_error:
        return Verdict(host, "poll failed", state.last_error)
    entries = store.entries(source=host.name, limit=10).items
    for entry in entries:
        if host.hostile_path == "/page" and entry.entry.url == f"{host.url}/page":
            reason = f"{entry.reason}: {entry.detail}" if entry.detail else entry.reason
            return Verdict(host, entry.status.value, reason)
    if state.last_success_at is None:
        return Verdict(host, "nothing", "")
    return Verdict(host, "polled", f"{len(entries)} entries")


def judged(verdicts: Sequence[Verdict]) -> list[str]:
    """Return what is wrong: hosts without a word, reasons not for people, mistakes of ours."""
    wrong = []
    for verdict in verdicts:
        unexplained = (
            verdict.outcome not in (EntryStatus.STORED, "polled")
            and len(verdict.reason.split()) < 2
        )
        if unexplained or "internal" in verdict.reason or "Failure" in verdict.reason:
            wrong.append(str(verdict))
    return wrong


@pytest.mark.timeout(90)
def test_the_daemon_outlives_hostile_hosts_and_serves_the_good_outlet(tmp_path: Path) -> None:
    names = {"attributes-100000", "empty", "feed-hostile-links", "feed-dates-of-no-time",
             "json-types", "listing-base", "robots-wildcards", "utf-16-without-bom",
             "xxe-file"}  # fmt: skip
    verdicts = crawl(
        tmp_path,
        [sample for sample in corpus() if sample.name in names],
        [trick for trick in TRICKS if trick.quick],
        timeout="2s",
        within=60,
    )
    assert judged(verdicts) == []


@pytest.mark.chaos
@pytest.mark.timeout(1800)
def test_the_daemon_outlives_every_hostile_document(tmp_path: Path) -> None:
    with listening(tmp_path) as (bait, listener):
        verdicts = crawl(tmp_path, corpus(bait), (), timeout="60s", within=900)
        assert nobody_came(listener)
    print("", *verdicts, sep="\n")
    assert judged(verdicts) == []
    for file in tmp_path.glob("wirewatch.db*"):
        assert CANARY.encode() not in file.read_bytes()


@pytest.mark.chaos
@pytest.mark.timeout(1800)
def test_the_daemon_outlives_every_hostile_answer(tmp_path: Path) -> None:
    verdicts = crawl(tmp_path, (), TRICKS, timeout="3s", within=900)
    print("", *verdicts, sep="\n")
    assert judged(verdicts) == []
