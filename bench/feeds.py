"""Read every feed of a folder with our reader and with feedparser, and compare.

    python -m bench.feeds [FOLDER]

Prints how many entries each found, where we found fewer, whether anything crashed or took longer
than two seconds, and how long both took. Without a folder it reads feeds that it makes itself.
"""

from __future__ import annotations

import argparse
import io
import json
import statistics
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import feedparser

from crawler.discovery import FeedDocument, NotAFeed, parse_feed

LIMIT_SECONDS = 2.0
_SUFFIXES = {".xml", ".rss", ".atom", ".json", ".rdf"}
_SHOWN = 60


@dataclass(frozen=True)
class Reading:
    """What both readers made of one document."""

    name: str
    ours: FeedDocument | None
    refusal: str
    crash: str
    seconds: float
    theirs: int
    their_seconds: float

    @property
    def found(self) -> int:
        """Entries we saw, those we left out with a reason among them."""
        if self.ours is None:
            return 0
        return len(self.ours.entries) + sum(skipped.count for skipped in self.ours.skipped)


def main() -> int:
    """Compare, print, and return 1 when anything crashed or was too slow."""
    arguments = argparse.ArgumentParser(description="Compare our feed reader with feedparser.")
    arguments.add_argument("folder", nargs="?", type=Path, help="feeds to read; default: made up")
    folder = arguments.parse_args().folder
    documents = _files(folder) if folder else _made_up()
    warm_up = next(iter(_made_up()))[1]
    parse_feed(warm_up, "https://example.org/feed")
    feedparser.parse(io.BytesIO(warm_up))
    readings = [_read(name, body) for name, body in documents]
    return _report(readings)


def _read(name: str, body: bytes) -> Reading:
    ours, refusal, crash = None, "", ""
    started = time.perf_counter()
    try:
        ours = parse_feed(body, "https://example.org/feed")
    except NotAFeed as error:
        refusal = error.message
    except Exception as error:  # a crash is a finding here
        crash = repr(error)
    seconds = time.perf_counter() - started
    started = time.perf_counter()
    theirs = len(feedparser.parse(io.BytesIO(body)).entries)
    if name.endswith(".json"):  # feedparser does not read JSON Feed
        theirs = _json_items(body)
    return Reading(name, ours, refusal, crash, seconds, theirs, time.perf_counter() - started)


def _report(readings: list[Reading]) -> int:
    if not readings:
        print("no feeds found", file=sys.stderr)
        return 2
    fewer = [reading for reading in readings if reading.found < reading.theirs]
    more = [reading for reading in readings if reading.found > reading.theirs]
    crashed = [reading for reading in readings if reading.crash]
    slow = [reading for reading in readings if reading.seconds > LIMIT_SECONDS]
    equal = len(readings) - len(fewer) - len(more)
    share = 100 * equal / len(readings)
    print(f"feeds               {len(readings)}")
    print(f"crashed             {len(crashed)}")
    print(f"over {LIMIT_SECONDS:.0f} s            {len(slow)}")
    slowest = max(readings, key=lambda reading: reading.seconds)
    print(f"slowest             {slowest.seconds:.3f} s  {slowest.name}")
    print("entries beside feedparser's")
    print(f"  equal             {equal}  ({share:.1f} %)")
    print(f"  more              {len(more)}")
    print(f"  fewer             {len(fewer)}")
    _list("fewer", fewer)
    _list("more", more)
    for reading in crashed:
        print(f"crash  {reading.name}  {reading.crash}")
    parsers = Counter(reading.ours.parser for reading in readings if reading.ours)
    print(f"read by             {dict(parsers.most_common())}")
    reasons: Counter[str] = Counter()
    for reading in readings:
        for skipped in reading.ours.skipped if reading.ours else ():
            reasons[skipped.reason.words] += skipped.count
    print(f"left out            {dict(reasons.most_common())}")
    refusals = Counter(reading.refusal for reading in readings if reading.refusal)
    print(f"not feeds           {refusals.total()}  {dict(refusals.most_common(8))}")
    _print_times("all", readings)
    _print_times("with 10 or more entries", [item for item in readings if item.theirs >= 10])
    return 1 if crashed or slow else 0


def _list(what: str, readings: list[Reading]) -> None:
    for reading in readings[:_SHOWN]:
        print(f"    {what}  {reading.found}/{reading.theirs}  {reading.name}  {reading.refusal}")


def _print_times(which: str, readings: list[Reading]) -> None:
    if not readings:
        return
    ours = sum(reading.seconds for reading in readings)
    theirs = sum(reading.their_seconds for reading in readings)
    median = statistics.median(reading.seconds for reading in readings)
    print(
        f"time, {which}: {len(readings)} feeds, ours {ours:.2f} s (median {1000 * median:.2f} ms), "
        f"feedparser {theirs:.2f} s, ratio {ours / theirs:.2f}"
    )


def _json_items(body: bytes) -> int:
    try:
        items = json.loads(body)["items"]
    except (ValueError, KeyError, TypeError):
        return 0
    return len(items) if isinstance(items, list) else 0


def _files(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix.lower() in _SUFFIXES:
            yield str(path.relative_to(folder)), path.read_bytes()


def _made_up() -> Iterator[tuple[str, bytes]]:
    """Yield feeds in the formats and charsets outlets use, plain ones and awkward ones."""
    text = "Граждан, получивших паспорта, разворачивают на границе. " * 12
    items = "".join(
        f"<item><title>Новость {number}</title><link>https://example.org/news/{number}</link>"
        f"<pubDate>Fri, 01 May 2026 {number % 24:02}:00:00 +0600</pubDate>"
        f"<category>Общество</category><description><![CDATA[<p>{text}</p>]]></description></item>"
        for number in range(40)
    )
    rss = (
        '<?xml version="1.0" encoding="{}"?><rss version="2.0"><channel><title>Пример</title>'
        f"<language>ru</language><ttl>30</ttl>{items}</channel></rss>"
    )
    for charset in ("utf-8", "windows-1251", "koi8-r", "utf-16"):
        yield f"rss-{charset}", rss.format(charset).encode(charset)
    yield "rss-undeclared-windows-1251", rss.format("utf-8").encode("windows-1251")
    yield "rss-html-entities", rss.format("utf-8").replace("Новость ", "Новость&nbsp;").encode()
    yield "rss-cut-short", rss.format("utf-8").encode()[:-3000]
    yield "rss-after-warning", b"<br />\n<b>Warning</b>: fopen() " + rss.format("utf-8").encode()
    entries = "".join(
        f"<entry><title type='html'>Story &amp;amp; {number}</title>"
        f"<id>tag:example.org,{number}</id>"
        f"<link rel='alternate' href='/story/{number}'/><updated>2026-05-01T10:00:00Z</updated>"
        f"<author><name>A. Writer</name></author><summary>{text}</summary></entry>"
        for number in range(40)
    )
    atom = f"<feed xmlns='http://www.w3.org/2005/Atom'><title>Example</title>{entries}</feed>"
    yield "atom", atom.encode()
    yield "atom-with-base", atom.replace("<feed ", "<feed xml:base='https://x.example/' ").encode()
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Example",
        "items": [{"id": str(n), "url": f"https://example.org/{n}"} for n in range(40)],
    }
    yield "feed.json", json.dumps(document).encode()
    yield "page", b"<!doctype html><html><body><p>Not a feed</p></body></html>"


if __name__ == "__main__":
    sys.exit(main())
