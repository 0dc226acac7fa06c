"""`wirewatch run` as a process: start, reload, alert, stop, and what it says meanwhile."""

from __future__ import annotations

import json
import signal
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from demo.inbox import Answer, Inbox
from demo.newsroom import Newsroom
from demo.outlets import Outlet, Story
from demo.synthetic import synthetic_outlet
from scheduler.assembly import DELIVERY_GRACE
from scheduler.daemon import CRAWL_GRACE
from tests.integration.children import (
    feed_sources,
    running_daemon,
    wirewatch,
    write_config,
)

URL_TOKEN = "T0KEN-in-the-webhook-address"
SIGNING_SECRET = "whsec_c2lnbmluZy1zZWNyZXQtc2lnbmluZy1zZWNyZXQ="
SMTP_PASSWORD = "pa55-of-the-mail-server"
PROXY_PASSWORD = "pa55-of-the-proxy"
QUICK = {"every": "1s"}


def outlet(name: str, articles: int = 1) -> Outlet:
    return synthetic_outlet(name, "en", articles, words=120, page_bytes=8_000)


def story(slug: str, about: str = "zeppelin") -> Story:
    text = " ".join(f"The {about} flew over the town hall and number {n} of the crowd cheered."
                    for n in range(12))  # fmt: skip
    return Story(slug=slug, title=f"A {about} over {slug}", paragraphs=(text,), language="en")


def rule(word: str = "zeppelin") -> dict[str, Any]:
    return {"id": f"{word}-rule", "any": [word]}


@pytest.fixture
def newsroom() -> Iterator[Newsroom]:
    with Newsroom([outlet("first"), outlet("second")]) as opened:
        yield opened


@pytest.fixture
def inbox() -> Iterator[Inbox]:
    with Inbox() as opened:
        yield opened


def webhook(inbox: Inbox) -> list[dict[str, Any]]:
    url = f"{inbox.webhook_url}?token={URL_TOKEN}"
    return [{"name": "desk", "webhook": {"url": url, "secret": SIGNING_SECRET}}]


def configured(folder: Path, newsroom: Newsroom, inbox: Inbox, **changes: Any) -> Path:
    """Write a configuration that watches the first outlet for zeppelins."""
    sections: dict[str, Any] = {
        "network": {"allow": [*newsroom.allow, "127.0.0.0/8"]},
        "sources": feed_sources(newsroom, **QUICK)[:1],
        "rules": [rule()],
        "receivers": webhook(inbox),
        **changes,
    }
    return write_config(folder, **sections)


def test_an_article_published_while_it_runs_reaches_the_webhook_within_ten_polls_of_a_second(
    tmp_path: Path, newsroom: Newsroom, inbox: Inbox
) -> None:
    config = configured(tmp_path, newsroom, inbox, rules=[rule(), rule("blimp")])
    with running_daemon(config, "--log-level", "debug") as daemon:
        newsroom.publish("first", story("earlier"))
        inbox.wait_for_posts(1, timeout=60)  # its parts have all been at work once
        polls = len(newsroom.requests("first", path="/feed/"))
        url = newsroom.publish("first", story("news", "blimp"))
        _, post = inbox.wait_for_posts(2, timeout=60)
        # Polls are a second apart, or more where the machine is busy: they are its clock.
        assert len(newsroom.requests("first", path="/feed/")) - polls <= 10
        assert url in post.body.decode()
        assert wirewatch("healthcheck", "-c", str(config), cwd=tmp_path).status == 0
        assert daemon.stop() == 0
    ended = wirewatch("healthcheck", "-c", str(config), cwd=tmp_path)
    assert ended.status == 1
    assert "not alive" in ended.out


def test_a_stop_has_less_than_ten_seconds_of_patience() -> None:
    assert max(CRAWL_GRACE, DELIVERY_GRACE.total_seconds()) < 10


def test_sigterm_does_not_wait_for_a_slow_request_in_flight_and_loses_nothing(
    tmp_path: Path, newsroom: Newsroom, inbox: Inbox
) -> None:
    newsroom.publish("first", story("late"))
    newsroom.delay("first", 3600)
    config = configured(tmp_path, newsroom, inbox, sources=feed_sources(newsroom, **QUICK))
    with running_daemon(config) as daemon:
        newsroom.wait_for_requests("second", path="/feed/")
        assert daemon.stop(timeout=90) == 0
        assert not newsroom.requests("first"), "it was answered before the daemon ended"
        daemon.wait_for_event('"stopped"')
    assert not daemon.lines.those(lambda line: '"level": "error"' in line)
    newsroom.delay("first", 0)
    with running_daemon(config) as daemon:
        inbox.wait_for_posts(1, timeout=30)
        assert daemon.stop() == 0


def test_sighup_brings_in_a_new_source_and_a_new_rule(
    tmp_path: Path, newsroom: Newsroom, inbox: Inbox
) -> None:
    config = configured(tmp_path, newsroom, inbox)
    with running_daemon(config) as daemon:
        newsroom.wait_for_requests("first", path="/feed/")
        configured(
            tmp_path,
            newsroom,
            inbox,
            sources=feed_sources(newsroom, **QUICK),
            rules=[rule(), rule("submarine")],
        )
        daemon.send(signal.SIGHUP)
        daemon.wait_for_event("configuration reloaded")
        newsroom.publish("second", story("deep", "submarine"))
        inbox.wait_for_posts(1, timeout=30)
        assert daemon.stop() == 0
    assert "submarine-rule" in inbox.posts()[0].body.decode()


def test_a_bad_file_changes_nothing_is_reported_with_its_place_and_can_be_mended(
    tmp_path: Path, newsroom: Newsroom, inbox: Inbox
) -> None:
    config = configured(tmp_path, newsroom, inbox)
    with running_daemon(config) as daemon:
        good = config.read_text(encoding="utf-8")
        broken = good.replace('"any"', '"eny"')
        config.write_text(broken, encoding="utf-8")  # no signal: the change itself is seen
        said = json.loads(daemon.wait_for_event(": error: "))
        line = broken[: broken.index('"eny"')].count("\n") + 1
        assert f"{config}:{line}:" in said["event"]
        assert "did you mean 'any'?" in said["event"]
        newsroom.publish("first", story("still"))
        inbox.wait_for_posts(1, timeout=30)  # the last good rules go on
        # The mistake moves to a file that only the new configuration includes, and is mended there.
        more = tmp_path / "more.yaml"
        more.write_text("rules:\n- {id: extra, eny: [balloon]}\n", encoding="utf-8")
        including = json.dumps({**json.loads(good), "include": ["more.yaml"]})
        config.write_text(including, encoding="utf-8")
        daemon.wait_for_event(f"{more}:2:")
        more.write_text("rules:\n- {id: extra, any: [balloon]}\n", encoding="utf-8")
        daemon.wait_for_event("configuration reloaded")
        newsroom.publish("first", story("up", "balloon"))
        inbox.wait_for_posts(2, timeout=30)
        assert daemon.stop() == 0
    reports = daemon.lines.those(lambda line: "is not used" in line)
    assert len(reports) == 2  # each mistake once, not at every look


@pytest.fixture
def service_manager() -> Iterator[tuple[socket.socket, str]]:
    with TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as end:
        path = str(Path(folder) / "notify")
        end.bind(path)
        end.settimeout(20)
        yield end, path


def test_the_service_manager_is_told_of_every_change(
    tmp_path: Path,
    newsroom: Newsroom,
    inbox: Inbox,
    service_manager: tuple[socket.socket, str],
) -> None:
    manager, path = service_manager
    config = configured(tmp_path, newsroom, inbox)
    told: list[str] = []

    def wait_for(state: str) -> None:
        while state not in (told[-1].split("\n") if told else []):
            told.append(manager.recv(4096).decode())

    env = {"NOTIFY_SOCKET": path, "WATCHDOG_USEC": "1000000"}
    with running_daemon(config, env=env) as daemon:
        wait_for("READY=1")
        assert "STATUS=watching 1 sources" in told[-1]
        wait_for("WATCHDOG=1")
        wait_for("WATCHDOG=1")
        daemon.send(signal.SIGHUP)
        wait_for("RELOADING=1")
        assert "MONOTONIC_USEC=" in told[-1]
        wait_for("READY=1")
        daemon.send(signal.SIGTERM)
        wait_for("STOPPING=1")
        assert daemon.process.wait(20) == 0


def test_a_second_daemon_on_the_same_database_is_refused(
    tmp_path: Path, newsroom: Newsroom, inbox: Inbox
) -> None:
    config = configured(tmp_path, newsroom, inbox)
    with running_daemon(config) as daemon:
        second = wirewatch("run", "-c", str(config), cwd=tmp_path)
        assert second.status == 1
        assert f"another wirewatch (process {daemon.process.pid}) runs on" in second.err
        assert str(tmp_path / "wirewatch.db") in second.err
        assert "Traceback" not in second.err
        once = wirewatch("run", "--once", "-c", str(config), cwd=tmp_path)
        assert once.status == 1
        assert "another wirewatch" in once.err


def test_a_database_in_a_folder_that_is_missing_is_named(tmp_path: Path) -> None:
    config = write_config(tmp_path, database="sqlite:///nowhere/wirewatch.db")
    done = wirewatch("run", "-c", str(config), cwd=tmp_path)
    assert done.status == 1
    assert "nowhere" in done.err
    assert "Traceback" not in done.err


def test_no_secret_is_logged_even_at_debug_level(
    tmp_path: Path, newsroom: Newsroom, inbox: Inbox
) -> None:
    newsroom.publish("first", story("news"))
    newsroom.fail_next("second", 503, 1)
    inbox.script("/webhook", Answer(status=500, body=b"no"))
    mail = {
        "to": ["a@example.org"],
        "from": "w@example.org",
        "smtp": {"host": "127.0.0.1", "port": 9, "tls": "none", "username": "w",
                 "password": SMTP_PASSWORD},
    }  # fmt: skip
    sources = feed_sources(newsroom, **QUICK)
    proxied = {**sources[1], "name": "proxied", "proxy": f"http://u:{PROXY_PASSWORD}@127.0.0.1:9"}
    config = configured(
        tmp_path,
        newsroom,
        inbox,
        sources=[*sources, proxied],
        receivers=[*webhook(inbox), {"name": "editors", "email": mail}],
    )
    with running_daemon(config, "--log-level", "debug") as daemon:
        inbox.wait_for_posts(1, timeout=30)
        daemon.wait_for_event("editors")
        daemon.wait_for_event("proxied")
        (tmp_path / "watch.yaml").write_text("nonsense: 1\n" + config.read_text("utf-8"), "utf-8")
        daemon.wait_for_event("is not used")
        assert daemon.stop() == 0
    lines = daemon.lines.those(lambda _: True)
    secrets = (URL_TOKEN, SIGNING_SECRET, SMTP_PASSWORD, PROXY_PASSWORD)
    for line in lines:
        assert isinstance(json.loads(line), dict)
        assert not [secret for secret in secrets if secret in line], line


def test_an_outlet_whose_polls_cannot_be_committed_is_not_asked_over_and_over(
    tmp_path: Path, newsroom: Newsroom, inbox: Inbox
) -> None:
    config = configured(tmp_path, newsroom, inbox, sources=feed_sources(newsroom, **QUICK))
    with running_daemon(config) as daemon:
        newsroom.wait_for_requests("first", path="/feed/")
        with closing(sqlite3.connect(tmp_path / "wirewatch.db")) as connection:
            connection.execute(
                "CREATE TRIGGER full BEFORE UPDATE ON source WHEN OLD.name = 'first'"
                " BEGIN SELECT RAISE(ABORT, 'no space left'); END"
            )
        assert "no space left" in daemon.wait_for_event("broke down")
        asked = len(newsroom.requests("first", path="/feed/"))
        others = len(newsroom.requests("second", path="/feed/"))
        newsroom.wait_for_requests("second", path="/feed/", count=others + 3, timeout=30)
        assert len(newsroom.requests("first", path="/feed/")) == asked
        assert daemon.stop() == 0
