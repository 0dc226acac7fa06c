"""Pages that are wrong for a minute, of every kind: nothing about an article is final after one
look, and a host full of dead links is not asked for ever. A real server, and a clock that jumps."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from core.sources import EntryStatus
from tests.integration.jumping_clock import (
    HOUR,
    MINUTE,
    START,
    Answer,
    crawl,
    entries,
    feed,
    of_type,
    page,
    serving,
    status,
    stored,
    watch,
)
from tests.month.press import SharedClock

WRONG: dict[str, Answer] = {
    **{str(code): status(code) for code in (300, 400, 401, 403, 404, 405, 406, 410, 414, 451)},
    "503": status(503),
    "private": status(302, Location="http://10.0.0.1/login"),
    "mailto": status(302, Location="mailto:desk@outlet.example"),
    "large": status(200, b"<html>" + b"x" * 9_000_000),
    "empty": status(200, b""),
    "json": of_type("application/json", b'{"error":"try again"}'),
    "pdf": of_type("application/pdf", b"%PDF-1.4 maintenance"),
    "tags": status(200, b"<html><body>" + b"<p>x" * 300_000),
}


def test_a_page_that_was_wrong_for_a_minute_is_told_of_when_it_is_right(tmp_path: Path) -> None:
    clock = SharedClock(tmp_path / "clock", START)

    def answer(path: str, now: datetime) -> Answer:
        _, kind, name = path.split("/", 2) if path.count("/") > 1 else ("", path, "")
        if kind == "feed":
            return of_type("application/rss+xml", feed(base, [name]))
        if kind != "a":
            return status(404)
        return WRONG[name] if now < START + MINUTE else status(200, page(name))

    with serving(clock, answer) as (base, _):
        watch(tmp_path, {f"s{name}": f"{base}/feed/{name}" for name in WRONG})
        crawl(tmp_path, START + 20 * MINUTE)
    found = {entry.source.removeprefix("s"): entry for entry in entries(tmp_path)}
    assert set(found) == set(WRONG)
    waiting = {name: entry for name, entry in found.items() if entry.status != EntryStatus.STORED}
    assert waiting == {}
    with stored(tmp_path) as store:
        told = {alert.article.data.source.removeprefix("s") for alert in store.alerts().items}
    assert told == set(WRONG)


def test_what_stays_wrong_is_final_after_more_than_a_day_and_says_so_meanwhile(
    tmp_path: Path,
) -> None:
    clock = SharedClock(tmp_path / "clock", START)

    def answer(path: str, _now: datetime) -> Answer:
        kind, _, name = path.strip("/").partition("/")
        if kind == "feed":
            return of_type("application/rss+xml", feed(base, [name]))
        return WRONG[name] if kind == "a" else status(404)

    kinds = ("404", "403", "410", "private", "empty", "json")
    with serving(clock, answer) as (base, asked):
        watch(tmp_path, {f"s{name}": f"{base}/feed/{name}" for name in kinds})
        crawl(tmp_path, START + 24 * HOUR)
        early = entries(tmp_path)
        crawl(tmp_path, START + 72 * HOUR)
    assert {entry.status for entry in early} == {EntryStatus.PENDING}
    assert all(entry.reason and entry.looks and entry.next_attempt_at for entry in early)
    ended = entries(tmp_path)
    assert {entry.status for entry in ended} == {EntryStatus.FAILED, EntryStatus.REJECTED}
    assert all(
        entry.settled_at is not None and entry.settled_at >= START + 24 * HOUR for entry in ended
    )
    looks = {name: asked[f"/a/{name}"] for name in kinds}
    assert max(looks.values()) <= 8, looks


def test_hundreds_of_dead_links_are_not_all_looked_at_again_and_an_article_is_told(
    tmp_path: Path,
) -> None:
    clock = SharedClock(tmp_path / "clock", START)
    dead = [f"dead{number}" for number in range(199)]

    def answer(path: str, now: datetime) -> Answer:
        kind, _, name = path.strip("/").partition("/")
        if kind == "feed":
            return of_type("application/rss+xml", feed(base, ["late", *dead]))
        late = name == "late" and now >= START + MINUTE
        return status(200, page(name)) if late else status(404)

    with serving(clock, answer) as (base, asked):
        watch(tmp_path, {"s": f"{base}/feed/all"})
        crawl(tmp_path, START + 168 * HOUR)
    found = entries(tmp_path)
    assert len(found) == 200
    assert {entry.status for entry in found} == {EntryStatus.FAILED, EntryStatus.STORED}
    (late,) = [entry for entry in found if entry.status is EntryStatus.STORED]
    assert late.entry.url.endswith("/late")
    pages = sum(times for path, times in asked.items() if path.startswith("/a/"))
    looks, visits = 300, 200
    assert pages <= 200 + looks + visits, (
        "first looks, sixty further ones and sixty a day for some three days; then the feed's words"
        " are the articles, and the page of each is visited once more"
    )


def test_robots_txt_that_forbids_for_a_moment_loses_nothing(tmp_path: Path) -> None:
    clock = SharedClock(tmp_path / "clock", START)

    def answer(path: str, now: datetime) -> Answer:
        if path == "/feed":
            return of_type("application/rss+xml", feed(base, ["robots"]))
        if path == "/robots.txt":
            closed = b"User-agent: *\nDisallow: /a/\n" if now < START + MINUTE else b""
            return of_type("text/plain", closed)
        return status(200, page("robots"))

    with serving(clock, answer) as (base, asked):
        watch(tmp_path, {"s": f"{base}/feed"})
        crawl(tmp_path, START + MINUTE)
        (waits,) = entries(tmp_path)
        crawl(tmp_path, START + 20 * MINUTE)  # a new process, which asks for robots.txt again
    assert (waits.status, asked["/a/robots"]) == (EntryStatus.PENDING, 1)
    assert [entry.status for entry in entries(tmp_path)] == [EntryStatus.STORED]
