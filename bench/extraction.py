"""Extraction beside bare trafilatura over the same bytes: quality, speed, dates, in one run.

    python -m bench.extraction [CORPUS]        or WIREWATCH_PAGES_CORPUS=CORPUS

CORPUS, or a folder in it, holds gt.jsonl (objects with `id`, `url`, `text`) and html/<id>.html, as
the article extraction benchmark unpacks. Without one, pages are generated and the table says so.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import re
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import trafilatura

from core.articles import ArticleData
from crawler.extract import extract_article, preload

WORD = re.compile(r"\w+")
LEAST_F1 = 0.960
"""Mean word F1 that the crawler must reach on the article extraction benchmark."""
LOST = 0.5
"""F1 below which the article's body was not found."""
ROUNDS = 2
"""Each variant runs this often over all pages; its fastest round counts."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the corpus and the text a person took from it."""

    url: str
    body: bytes
    text: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a variant made of a page."""

    text: str
    day: date | None = None
    second_opinion: bool = False
    """The first pass left a doubt, so that the page was read in other ways, too."""


@dataclass(frozen=True, slots=True)
class Score:
    """Means over all pages; speed in pages per CPU-second of one process."""

    f1: float
    precision: float
    recall: float
    pages_per_second: float
    lost: int
    """Pages whose text has an F1 below LOST."""
    second_opinions: float
    """Share of pages that were read more than once; their cost is in the speed."""


Variant = Callable[[Page], Outcome]


def ours(page: Page) -> Outcome:
    """Run what the crawler runs, with all metadata and the language."""
    result = extract_article(page.body, page.url)
    if not isinstance(result, ArticleData):
        return Outcome("")
    day = result.published_at.date() if result.published_at else None
    return Outcome(result.text, day, result.reading is not None)


def bare_with_metadata(page: Page) -> Outcome:
    """Run what a user of trafilatura would write to get an article with its date."""
    found = trafilatura.bare_extraction(
        page.body, url=page.url, with_metadata=True, include_comments=False
    )
    return _outcome(found)


def bare_fast_with_metadata(page: Page) -> Outcome:
    """Run the same in trafilatura's fast mode."""
    found = trafilatura.bare_extraction(
        page.body, url=page.url, with_metadata=True, include_comments=False, fast=True
    )
    return _outcome(found)


def extract_default(page: Page) -> Outcome:
    """Run trafilatura's front door: text only."""
    return Outcome(trafilatura.extract(page.body) or "")


def extract_fast(page: Page) -> Outcome:
    """Run trafilatura's fastest call: text only, no metadata."""
    return Outcome(trafilatura.extract(page.body, fast=True, include_comments=False) or "")


VARIANTS: dict[str, Variant] = {
    "wirewatch extract_article": ours,
    "bare_extraction(with_metadata)": bare_with_metadata,
    "bare_extraction(with_metadata, fast)": bare_fast_with_metadata,
    "extract()": extract_default,
    "extract(fast, no comments)": extract_fast,
}


def word_scores(found: str, truth: str) -> tuple[float, float, float]:
    """F1, precision and recall of the multisets of words, case folded."""
    ours, theirs = Counter(WORD.findall(found.casefold())), Counter(WORD.findall(truth.casefold()))
    shared = (ours & theirs).total()
    if not shared:
        return (0.0, 0.0, 0.0)
    precision, recall = shared / ours.total(), shared / theirs.total()
    return (2 * precision * recall / (precision + recall), precision, recall)


def measure(variant: Variant, pages: list[Page]) -> tuple[Score, list[Outcome]]:
    """Run a variant over the pages; loading its models and tables is not counted."""
    for page in pages[:5]:
        variant(page)
    fastest = float("inf")
    for _ in range(ROUNDS):
        started = time.process_time()
        outcomes = [variant(page) for page in pages]
        fastest = min(fastest, time.process_time() - started)
    scores = [word_scores(o.text, page.text) for o, page in zip(outcomes, pages, strict=True)]
    f1, precision, recall = (statistics.fmean(column) for column in zip(*scores, strict=True))
    lost = sum(score[0] < LOST for score in scores)
    doubts = statistics.fmean(outcome.second_opinion for outcome in outcomes)
    return Score(f1, precision, recall, len(pages) / fastest, lost, doubts), outcomes


def stated_day(page: Page) -> date | None:
    """Read the day that the page's JSON-LD states, by pattern, apart from the code under test.

    Some outlets fill in 0001-01-01, which is no statement.
    """
    found = re.search(rb'"datePublished"\s*:\s*"([12]\d{3}-\d\d-\d\d)', page.body)
    return date.fromisoformat(found[1].decode()) if found else None


def hide_stated_day(page: Page) -> Page:
    """Take the JSON-LD dates away, to see what is found without them."""
    body = re.sub(rb'"date(?:Published|Created|Modified)"', b'"hidden"', page.body)
    return Page(page.url, body, page.text)


def right_days(outcomes: list[Outcome], truths: list[date]) -> str:
    """Count the days that agree; a day either side is allowed, since offsets move midnight."""
    pairs = list(zip(outcomes, truths, strict=True))
    near = sum(o.day is not None and abs((o.day - truth).days) <= 1 for o, truth in pairs)
    missing = sum(o.day is None for o, _ in pairs)
    return f"{near}/{len(pairs)} ({near / len(pairs):.1%}), none found {missing}"


def load(corpus: Path) -> list[Page]:
    """Read a corpus from its folder."""
    corpus = next(iter(sorted(corpus.rglob("gt.jsonl"))), corpus / "gt.jsonl").parent
    rows = (corpus / "gt.jsonl").read_text(encoding="utf-8").splitlines()
    return [
        Page(row["url"], (corpus / "html" / f"{row['id']}.html").read_bytes(), row["text"])
        for row in map(json.loads, rows)
    ]


def generate(count: int = 60) -> Iterator[Page]:
    """Make pages with navigation, comments and related links around a known text."""
    words = ["council", "bridge", "winter", "river", "border", "driver", "paper", "office"]
    for number in range(count):
        paragraphs = [
            " ".join(words[(number * 7 + p * 5 + w * w) % len(words)] for w in range(60)) + "."
            for p in range(12)
        ]
        links = "".join(f'<li><a href="/{n}">Story number {n} of today</a></li>' for n in range(60))
        body = (
            f"<html><head><title>Story {number}</title><script>{'var a=1;' * 4_000}</script>"
            f'<script type="application/ld+json">{{"@type":"NewsArticle","headline":"S {number}",'
            f'"datePublished":"2026-05-{number % 28 + 1:02}T08:00:00+05:00"}}</script></head>'
            f"<body><nav><ul>{links}</ul></nav><article><h1>S {number}</h1>"
            f"{''.join(f'<p>{p}</p>' for p in paragraphs)}<p>Add a Comment</p></article>"
            f"<aside><ul>{links}</ul></aside><footer>All rights reserved</footer></body></html>"
        )
        yield Page(f"https://example.org/{number}", body.encode(), "\n".join(paragraphs))


def main() -> int:
    """Print the table; return 1 when real pages are read worse or slower than they must be."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("corpus", nargs="?", default=os.environ.get("WIREWATCH_PAGES_CORPUS"))
    corpus = parser.parse_args().corpus
    logging.disable(logging.CRITICAL)  # trafilatura warns about each page it discards
    preload()
    pages = load(Path(corpus)) if corpus else list(generate())
    name = Path(corpus).name if corpus else "generated pages (no corpus given: F1 means little)"
    print(f"{len(pages)} pages, {sum(len(p.body) for p in pages) / 2**20:.1f} MiB: {name}\n")

    results = {variant: measure(run, pages) for variant, run in VARIANTS.items()}
    base = next(iter(results.values()))[0].pages_per_second
    print(f"{'':38}{'F1':>7}{'prec.':>8}{'recall':>8}{'F1<.5':>7}{'pages/CPU-s':>13}{'ours/it':>9}")
    for variant, (score, _) in results.items():
        print(
            f"{variant:38}{score.f1:7.4f}{score.precision:8.4f}{score.recall:8.4f}"
            f"{score.lost:7}"
            f"{score.pages_per_second:13.1f}{base / score.pages_per_second:9.2f}"
        )

    mine = results["wirewatch extract_article"][0]
    print(f"\nPages of ours that were in doubt and read more than once: {mine.second_opinions:.1%}")
    dated = [(index, day) for index, page in enumerate(pages) if (day := stated_day(page))]
    truths = [day for _, day in dated]
    print(f"\nDay of publication on the {len(dated)} pages whose JSON-LD states it")
    for variant in ("wirewatch extract_article", "bare_extraction(with_metadata)"):
        shown = [results[variant][1][index] for index, _ in dated]
        hidden = [VARIANTS[variant](hide_stated_day(pages[index])) for index, _ in dated]
        print(f"{variant:38}{right_days(shown, truths)}")
        print(f"{'  with the JSON-LD dates taken away':38}{right_days(hidden, truths)}")
    rival = results["bare_extraction(with_metadata)"][0]
    sound = mine.f1 >= LEAST_F1 and mine.pages_per_second >= rival.pages_per_second
    return 0 if sound or not corpus else 1


def _outcome(found: object) -> Outcome:
    text, day = getattr(found, "text", None), getattr(found, "date", None)
    return Outcome(text or "", date.fromisoformat(day) if day else None)


if __name__ == "__main__":
    sys.exit(main())
