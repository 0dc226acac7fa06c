"""Titles, days and authors beside gold answers: how often a page's own account of itself is read.

    python -m bench.page_metadata CORPUS [--misses] [--folds N]

CORPUS holds gt.jsonl (objects with `id`, `url`, `publisher`, `title`, `authors`,
`publishing_date`) and html/<id>.html. docs/page-metadata.md says what the figures mean.
"""

from __future__ import annotations

import argparse
import json
import logging
import re
import statistics
import sys
import unicodedata
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from core.articles import ArticleData
from crawler.extract import extract_article, preload

WORD = re.compile(r"\w+")
LEAST_SHARE = 0.8
"""Of the longer title's characters that the shorter must have, to count as loosely equal."""
LEAST_DAYS, LEAST_TITLES, LEAST_AUTHORS = 0.99, 0.93, 0.88
BODY = re.compile(
    r"agentur|associated press|reuters|\b(?:ap|afp|dpa|apa|sda|sid|kna|epd|ansa|efe)\b"
    r"|redaktion|editor|staff|team|news|redac|rédac|редакци|\.\w{2,3}$",
    re.IGNORECASE,
)
"""Gold names that are agencies, newsrooms or addresses and no people; outlets are found by name."""


@dataclass(frozen=True, slots=True)
class Gold:
    """What a person, or a parser made for this outlet, took from a page."""

    id: str
    url: str
    publisher: str
    title: str
    authors: frozenset[str]
    people: frozenset[str]
    days: frozenset[date]
    """The day in UTC and the day on the clock as written."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How one page was read, beside its gold."""

    gold: Gold
    title: str
    authors: frozenset[str]
    people: frozenset[str]
    moment: datetime | None

    @property
    def exact(self) -> bool:
        """Tell whether the title is the same but for spaces at its ends."""
        return self.title.strip() == self.gold.title.strip()

    @property
    def loose(self) -> bool:
        """Tell whether the titles are equal in words, or one nearly is the other."""
        return loosely_equal(self.title, self.gold.title)

    @property
    def right_day(self) -> bool:
        """Tell whether the day is the page's, in UTC or by the clock that was written."""
        return self.moment is not None and self.moment.date() in self.gold.days


def words(text: str) -> str:
    """Return the words of a text, case folded, one space between: what loose equality compares."""
    text = unicodedata.normalize("NFKC", text).replace("\u00ad", "").replace("\u200b", "")
    return " ".join(WORD.findall(text.casefold()))


def loosely_equal(one: str, other: str) -> bool:
    """Compare titles by words; one may hold the other whole if that is at least .8 of it."""
    short, long = sorted((words(one), words(other)), key=len)
    if short == long:
        return True
    return f" {short} " in f" {long} " and len(short) >= LEAST_SHARE * len(long)


def name_set(names: Iterable[str]) -> frozenset[str]:
    """Names to compare: by words, case folded."""
    return frozenset(filter(None, map(words, names)))


def f1(pairs: Sequence[tuple[frozenset[str], frozenset[str]]]) -> tuple[float, float, float, float]:
    """Micro precision, recall and F1 of found and true sets, and the mean F1 of the pages.

    A page with no author in both has 1.
    """
    shared = sum(len(found & true) for found, true in pairs)
    precision = shared / max(1, sum(len(found) for found, _ in pairs))
    recall = shared / max(1, sum(len(true) for _, true in pairs))
    micro = 2 * precision * recall / (precision + recall) if shared else 0.0
    pages = [
        2 * len(found & true) / (len(found) + len(true)) if found or true else 1.0
        for found, true in pairs
    ]
    return precision, recall, micro, statistics.fmean(pages)


def load(corpus: Path) -> list[Gold]:
    """Read the gold of a corpus from its folder."""
    rows = (corpus / "gt.jsonl").read_text(encoding="utf-8").splitlines()
    return [_gold(row) for row in map(json.loads, rows)]


def read(corpus: Path, gold: Gold) -> Reading:
    """Extract one page; one that is rejected has no title, authors or day."""
    body = (corpus / "html" / f"{gold.id}.html").read_bytes()
    found = extract_article(body, gold.url)
    if not isinstance(found, ArticleData):
        return Reading(gold, "", frozenset(), frozenset(), None)
    names = name_set(found.authors)
    return Reading(gold, found.title, names, _people(names, gold.publisher), found.published_at)


def table(readings: Sequence[Reading]) -> tuple[str, bool]:
    """Say how many are right, and whether that is as good as it must be."""
    count = len(readings)
    exact = sum(r.exact for r in readings) / count
    loose = sum(r.loose for r in readings) / count
    day = sum(r.right_day for r in readings) / count
    missing = sum(r.moment is None for r in readings)
    named = f1([(r.authors, r.gold.authors) for r in readings])
    people = f1([(r.people, r.gold.people) for r in readings])
    form = "P {:.3f} R {:.3f} F1 {:.4f}, by page {:.4f}"
    text = (
        f"{count:4} pages  day {day:.4f} (none found {missing})"
        f"  title exact {exact:.4f}, exact or loose {loose:.4f}\n"
        f"            authors, gold as it is   {form.format(*named)}\n"
        f"            authors, people alone    {form.format(*people)}"
    )
    sound = day >= LEAST_DAYS and loose >= LEAST_TITLES and named[2] >= LEAST_AUTHORS
    return text, sound


def main() -> int:
    """Print the table; return 1 when a corpus is read worse than it must be."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--misses", action="store_true", help="show what differs from the gold")
    parser.add_argument("--folds", type=int, default=0, help="as well by N groups of publishers")
    chosen = parser.parse_args()
    logging.disable(logging.CRITICAL)  # trafilatura warns about each page it discards
    preload()
    readings = [read(chosen.corpus, gold) for gold in load(chosen.corpus)]
    if chosen.misses:
        _show_misses(readings)
    for fold in range(chosen.folds):
        group = [
            r for r in readings if zlib.crc32(r.gold.publisher.encode()) % chosen.folds == fold
        ]
        if group:
            print(table(group)[0])
    text, sound = table(readings)
    print(text)
    return 0 if sound else 1


def _gold(row: dict[str, object]) -> Gold:
    moment = datetime.fromisoformat(str(row["publishing_date"]))
    days = {moment.date()} | ({moment.astimezone(UTC).date()} if moment.tzinfo else set())
    authors = row["authors"]
    names = name_set(authors if isinstance(authors, list) else ())
    publisher = str(row["publisher"])
    return Gold(
        id=str(row["id"]),
        url=str(row["url"]),
        publisher=publisher,
        title=str(row["title"]),
        authors=names,
        people=_people(names, publisher),
        days=frozenset(days),
    )


def _people(names: frozenset[str], publisher: str) -> frozenset[str]:
    """Leave out the names that are bodies, by the gold's own publisher and a few words."""
    outlet = words(publisher).replace(" ", "")
    return frozenset(
        name
        for name in names
        if not BODY.search(name)
        and (name.replace(" ", "") not in outlet)
        and outlet not in name.replace(" ", "")
    )


def _show_misses(readings: Sequence[Reading]) -> None:
    for reading in readings:
        gold = reading.gold
        if not reading.right_day:
            print(f"{gold.id}: day {reading.moment} for {sorted(map(str, gold.days))}")
        if not reading.loose:
            print(f"{gold.id}: title {reading.title!r}\n{'':12}for {gold.title!r}")
        if reading.authors != gold.authors:
            print(f"{gold.id}: authors {sorted(reading.authors)} for {sorted(gold.authors)}")


if __name__ == "__main__":
    sys.exit(main())
