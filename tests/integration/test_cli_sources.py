"""Sources by command: found, written down, switched off; and what is said of them afterwards."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from core.config import ConfigError, load_config
from demo.newsroom import Newsroom
from demo.synthetic import synthetic_outlet
from tests.integration.children import (
    Finished,
    running_daemon,
    store_of,
    wirewatch,
    wirewatch_here,
)
from tests.integration.desk import Desk
from tests.integration.test_discovery_crawl import POST, Site

COMMENTED = """\
# The desk's own file.
database: sqlite:///wirewatch.db   # beside this one
crawl: {{contact: "mailto:desk@example.org", per_host_delay: 0ms, parser_processes: 1}}
network: {{allow: {allow}}}

sources:
  # the first that was watched
  - {{name: first, feed: "{feed}", every: 1s}}   # why: it is quick
  - name: second
    feed: "{second}"   # slower
    # nothing more

# The end: nobody hears.
"""


@dataclass(frozen=True, slots=True)
class Room:
    """A commented configuration, and outlets that can be added to it."""

    newsroom: Newsroom
    config: Path

    def run(self, *words: str) -> Finished:
        return wirewatch("sources", *words, cwd=self.config.parent)

    def here(self, *words: str) -> Finished:
        return wirewatch_here("sources", *words, cwd=self.config.parent)

    @property
    def text(self) -> str:
        return self.config.read_text(encoding="utf-8")

    @property
    def added(self) -> Path:
        return self.config.parent / "added-sources.yaml"


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    names = ("first", "second", "third", "channel", "mapped")
    outlets = [synthetic_outlet(name, "en", 3, words=60, page_bytes=4_000) for name in names]
    with Newsroom(outlets) as newsroom:
        text = COMMENTED.format(
            allow=[*newsroom.allow, "127.0.0.1/32"],
            feed=newsroom.feed_url("first"),
            second=newsroom.feed_url("second"),
        )
        (tmp_path / "watch.yaml").write_text(text, encoding="utf-8")
        yield Room(newsroom, tmp_path / "watch.yaml")


def test_a_homepage_is_found_shown_written_down_and_taken_on_by_a_running_daemon(
    room: Room,
) -> None:
    before, url = room.text, room.newsroom.home_url("third")
    room.config.chmod(0o640)
    with running_daemon(room.config) as daemon:
        done = room.run("add", url, "--name", "third")
        assert done.status == 0, done
        assert f"chosen   feed {room.newsroom.feed_url('third')}" in done.out
        assert "holds    3 entries" in done.out
        assert f'written  added-sources.yaml:3: {{name: third, url: "{url}"}}' in done.out
        daemon.wait_for_event("configuration reloaded")
        room.newsroom.wait_for_requests("third", path="/", count=2, timeout=60)
        assert daemon.stop() == 0
    assert room.text == f"{before}\ninclude:\n  - added-sources.yaml\n"
    assert stat.S_IMODE(room.added.stat().st_mode) == 0o640
    assert room.added.read_text().startswith("# Sources that `wirewatch sources add` wrote.")
    (third,) = [one for one in load_config(room.config).config.sources if one.name == "third"]
    assert third.url == url


def test_what_announces_articles_itself_is_written_as_what_it_is(room: Room) -> None:
    channel, mapped = Site(room.newsroom, "channel"), Site(room.newsroom, "mapped")
    channel.channel({1: POST.format("Chu")})
    mapped.articles(1, 2)
    mapped.sitemap("/news.xml", {1: None, 2: None})
    found = {}
    for url in (
        room.newsroom.feed_url("third"), f"{channel.url}/s/council", f"{mapped.url}/news.xml",
    ):  # fmt: skip
        done = room.run("add", url, "--format", "json")
        assert done.status == 0, done
        found[done.json()["source"]["key"]] = done.json()["source"]["address"]
    assert found == {
        "feed": room.newsroom.feed_url("third"),
        "telegram": f"{channel.url}/s/council",
        "sitemap": f"{mapped.url}/news.xml",
    }
    assert len(load_config(room.config).config.sources) == 5
    assert room.text.count("added-sources.yaml") == 1


def test_nothing_is_written_where_nothing_is_found_or_it_is_watched_already(room: Room) -> None:
    before = room.text
    room.newsroom.place("third", "/", b"<html><body><p>Soon here.</p></body></html>")
    for path in ("/feed/", "/rss", "/rss.xml", "/feed"):
        room.newsroom.place("third", path, b"gone", status=404)
    nothing = room.run("add", f"{room.newsroom.urls['third']}/rss.xml")
    assert nothing.status == 1
    assert "nothing found" in nothing.out
    taken = room.here("add", room.newsroom.feed_url("second"))
    assert taken.status == 1
    assert "watch.yaml:9: source 'second' is at" in taken.err
    named = room.here("add", "https://other.example/", "--name", "first")
    assert named.status == 1
    assert "watch.yaml:8: source 'first' is there already" in named.err
    nonsense = room.here("add", "https://other.example/", "--name", "no name")
    assert nonsense.status == 2
    assert (room.text, room.added.exists()) == (before, False)


def test_a_broken_configuration_is_not_added_to(room: Room) -> None:
    room.config.write_text(f"{room.text}\nroutes: [{{to: [nobody]}}]\n", encoding="utf-8")
    before = room.text
    for words in (("add", "https://other.example/"), ("disable", "first")):
        done = room.here(*words)
        assert done.status == 78
        assert "watch.yaml:15:" in done.err
        assert "undefined" in done.err or "nobody" in done.err
    assert (room.text, room.added.exists()) == (before, False)


def test_a_source_is_switched_off_and_on_where_it_stands(room: Room) -> None:
    before = room.text
    done = room.here("disable", "second")
    assert (done.status, done.out) == (0, "second is disabled (watch.yaml:9)\n")
    assert room.text == before.replace(
        '   # slower\n', '   # slower\n    enabled: false\n'
    )  # fmt: skip
    assert room.here("disable", "second").out == "second is disabled already (watch.yaml:9)\n"
    listed = room.here("list")
    assert "disabled" in next(line for line in listed.out.splitlines() if "second" in line)
    ran = wirewatch("run", "--once", cwd=room.config.parent)
    assert ran.status == 0
    assert room.newsroom.requests("first")
    assert not room.newsroom.requests("second")
    polled = wirewatch("poll", "second", cwd=room.config.parent)
    assert (polled.status, "'second' is disabled" in polled.err) == (1, True)
    unknown = room.here("enable", "secand")
    assert unknown.status == 2
    assert "watch.yaml:1: there is no source 'secand' (did you mean 'second'?)" in unknown.err
    assert room.here("enable", "second").status == 0
    assert room.text == before.replace("   # slower\n", "   # slower\n    enabled: true\n")


def test_a_subscription_of_a_feed_reader_is_switched_off_in_a_file_of_ours(room: Room) -> None:
    opml = room.config.parent / "more.opml"
    outline = '<outline text="Osh" xmlUrl="https://osh.example/feed"/>'
    opml.write_text(f"<opml version='2.0'>\n<body>\n{outline}\n</body></opml>\n", encoding="utf-8")
    room.config.write_text(f"{room.text}include: [more.opml]\n", encoding="utf-8")
    before = opml.read_bytes()

    def enabled() -> dict[str, bool]:
        sources = load_config(room.config).config.sources
        return {one.name: one.enabled for one in sources if one.feed == "https://osh.example/feed"}

    (name,) = enabled()
    done = room.here("disable", name)
    assert done.status == 0, done
    assert f"{name} is disabled (added-sources.yaml:4)" in done.out
    assert enabled() == {name: False}
    assert opml.read_bytes() == before
    assert "already" in room.here("disable", name).out
    assert room.here("enable", name).status == 0
    assert enabled() == {name: True}
    # A subscription that is no longer there is no reason to refuse what else is configured.
    opml.write_bytes(before.replace(outline.encode(), b""))
    loaded = load_config(room.config)
    assert f"there is no source '{name}' to override" in loaded.warning_text()


def test_a_source_is_not_overridden_where_it_stands(room: Room) -> None:
    room.config.write_text(
        f"{room.text}overrides: {{sources: {{second: {{enabled: false}}}}}}\n", encoding="utf-8"
    )
    with pytest.raises(ConfigError, match="source 'second' stands in this file"):
        load_config(room.config)


def test_sources_are_listed_before_the_first_run_and_nothing_is_created(room: Room) -> None:
    files = sorted(room.config.parent.iterdir())
    listed = room.here("list", "--format", "json").json()
    assert [(one["name"], one["standing"], one["state"]) for one in listed] == [
        ("first", "watched", None), ("second", "watched", None),
    ]  # fmt: skip
    assert "not yet" in room.here("list").out
    for words in (("show", "first"), ("health",), ("funnel",)):
        done = room.here(*words)
        assert (done.status, "no database yet" in done.err) == (1, True), words
    dry = wirewatch("poll", "first", "--dry-run", cwd=room.config.parent)
    assert "discovered 3 entries; there is no database yet, so all are new" in dry.out
    assert sorted(room.config.parent.iterdir()) == files


def test_a_dry_run_tells_new_from_known(desk: Desk) -> None:
    whole = desk.run("poll", "plain", "--dry-run", "--format", "json").json()
    assert len(whole["known"]) == 5
    with store_of(desk.config) as store:
        before = store.entries(source="plain").items
    desk.newsroom.place("plain", "/new-1.html", b"<html></html>")
    feed = (
        '<rss version="2.0"><channel><title>P</title>'
        f"<item><title>Something new</title><link>{desk.newsroom.urls['plain']}/new-1.html</link>"
        f"</item><item><title>Known</title><link>{before[0].entry.url}</link></item>"
        "</channel></rss>"
    )
    path = desk.newsroom.feed_url("plain").removeprefix(desk.newsroom.urls["plain"])
    desk.newsroom.place("plain", path, feed.encode(), content_type="application/rss+xml")
    dry = desk.run("poll", "plain", "--dry-run")
    assert "discovered 2 entries: 1 new, 1 known" in dry.out
    assert "new: Something new" in dry.out


def test_all_that_is_said_of_a_source_agrees(desk: Desk) -> None:
    lines = {one["source"]: one for one in desk.run("sources", "health", "--format", "json").json()}
    listed = {one["name"]: one for one in desk.run("sources", "list", "--format", "json").json()}
    ways = {one["source"]: one for one in desk.run("sources", "funnel", "--format", "json").json()}
    for name in ("hostile", "plain"):
        shown = desk.run("sources", "show", name, "--format", "json").json()
        # It is what is usual of the day up to this second.
        usual = lines[name].pop("expected_a_day")
        assert shown["health"].pop("expected_a_day") == pytest.approx(usual, rel=0.01)
        assert shown["health"] == lines[name]
        by_status: dict[str, int] = {}
        for reason in shown["reasons"]:
            by_status[reason["status"]] = by_status.get(reason["status"], 0) + reason["count"]
        assert by_status == listed[name]["entries"]
        recent, total = lines[name]["recent"], ways[name]["total"]
        assert sum(by_status.values()) == total["announced"] == total["seen"]
        assert recent["stored"] == by_status.get("stored", 0)
        text = desk.run("sources", "show", name).out
        assert lines[name]["reason"].split(";")[0] in " ".join(text.split())
    assert ways["hostile"]["total"]["told"] == ways["hostile"]["total"]["matched"] == 1


def test_the_way_of_a_source_is_shown_with_what_left_it(desk: Desk) -> None:
    shown = desk.run("sources", "funnel", "plain")
    assert shown.status == 0
    assert "announced  fetched  text  judged  matched  told" in shown.out
    assert "no match" in shown.out
    assert desk.run("sources", "funnel").status == 0
    unknown = desk.run("sources", "funnel", "nobody")
    assert (unknown.status, unknown.err.strip()) == (
        1,
        "there is no source 'nobody' in the database",
    )
    assert desk.run("sources", "funnel", "--since", "soon").status == 2
