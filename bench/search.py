"""How fast search answers over generated articles, and what indexing costs.

    python -m bench.search --articles 100000 [--folder DIR] [--url postgresql+psycopg://…]

Articles of 300 to 600 words, ru 60 %, kk 16, en 12, uz 12, over the last two years; rules, concepts
and entities of examples/central-asia. A folder that is named is kept, and used again as it is.
"""

from __future__ import annotations

import argparse
import gc
import itertools
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from statistics import median

from sqlalchemy import create_engine, text

from alerts.rules.indexing import FOLDING
from desk.search import BUDGET, SearchDesk, SearchFilters
from scheduler.running_config import RunningConfig, load_running_config
from scheduler.search_indexing import BATCH, SearchIndexing
from storage import Store, open_store

DESK = Path(__file__).parents[1] / "examples" / "central-asia" / "watch.yaml"
SHARES = {"ru": 60, "kk": 16, "en": 12, "uz": 12}
_LETTERS = {
    "ru": ("бвгдклмнпрст", "аеиоуы"),
    "kk": ("бғдкқлмнпрст", "аәеіоұы"),
    "en": ("bcdfghklmnprst", "aeiou"),
    "uz": ("bdfgklmnqrst", "aeiou"),
}
_WORDS = 60_000
_ENDINGS = {
    "ru": ("", "а", "ов", "ами", "у", "ом"),
    "kk": ("", "лар", "ның", "ға", "да"),
    "en": ("", "s", "ed", "ing"),
    "uz": ("", "lar", "ning", "ga", "da"),
}

QUERIES = (
    ("a frequent word", "=власти"),
    ("all forms of a word", "власть"),
    ("all forms, two years", "мигрант"),
    ("several words", "мигрант OR рейд OR депортация OR патент OR полиция OR граница OR суд"),
    ("a concept", "$migrant"),
    ("two concepts", "$mobilization AND $migrant"),
    ("a phrase", '"проверка документов"'),
    ("near", "рейд NEAR/40 мигрант"),
    ("rare and frequent", "повестка AND власть"),
    ("a beginning of 6 letters", "депорт*"),
    ("a beginning of 2 letters", "де*"),
    ("not", "мигрант AND NOT рейд"),
    ("in the title", "title:мигрант"),
    ("a source", "source:outlet7 AND мигрант"),
    ("nothing", "несуществующееслово"),
    ("a pattern", "regex:/мигрант\\w{3}/ AND мигрант"),
)
_PLANTED = (
    ("ru", 12, "власти власть властей власти"),
    ("ru", 8, "суд полиция границы"),
    ("ru", 3, "мигрант мигрантов мигрантами трудовых мигрантов"),
    ("ru", 2, "рейд рейды рейда полиции"),
    ("ru", 1, "в ходе рейда полиция провела проверку документов у мигрантов"),
    ("ru", 1, "депортация депортации депортированы"),
    ("ru", 0.3, "повестка повестки военкомат мобилизация"),
    ("ru", 0.1, "мигрантам вручили повестки в военкомат прямо у мечети"),
    ("kk", 2, "мигранттар полиция шекара"),
    ("en", 3, "migrants police raid"),
    ("uz", 2, "muhojirlar politsiya reyd"),
)


@dataclass(frozen=True)
class Words:
    """The words of a language and how often they come, as Zipf has it."""

    words: list[str]
    weights: list[float]


def _words_of(language: str, chance: random.Random) -> Words:
    consonants, vowels = _LETTERS[language]
    words: dict[str, None] = {}
    while len(words) < _WORDS:
        stem = "".join(
            chance.choice(consonants) + chance.choice(vowels)
            for _ in range(chance.choice((1, 2, 2, 3, 3, 4)))
        )
        words[stem + chance.choice(_ENDINGS[language])] = None
    return Words(list(words), list(itertools.accumulate(1 / (n + 10) for n in range(_WORDS))))


def _texts(count: int, chance: random.Random) -> Iterator[tuple[str, str, str]]:
    """Yield language, title and text of each article."""
    known = {language: _words_of(language, chance) for language in SHARES}
    languages = chance.choices(list(SHARES), list(SHARES.values()), k=count)
    for language in languages:
        of = known[language]
        words = chance.choices(of.words, cum_weights=of.weights, k=chance.randint(300, 600))
        for planted, percent, phrase in _PLANTED:
            if planted == language and chance.random() < percent / 100:
                at = chance.randrange(len(words))
                words[at:at] = phrase.split()
        title = " ".join(words[:9]).capitalize()
        sentences = (words[at : at + 14] for at in range(9, len(words), 14))
        yield language, title, " ".join(" ".join(one).capitalize() + "." for one in sentences)


def generate(url: str, count: int, seed: int = 7) -> None:
    """Put articles into an empty database, as fast as it takes them."""
    chance = random.Random(seed)
    now = datetime.now(UTC).replace(microsecond=0)
    step = timedelta(days=730) / count
    engine = create_engine(url)
    with engine.begin() as connection:
        for number, (language, title, body) in enumerate(_texts(count, chance), start=1):
            at = now - step * (count - number)
            source = f"outlet{chance.randrange(200)}"
            address = f"https://{source}.example/{number}"
            connection.execute(
                text(
                    "INSERT INTO article (id, key, key_hash, source, first_seen_at, latest_version,"
                    " visits, is_health_alert) VALUES (:id, :key, :hash, :source, :at, 1, 0, false)"
                ),
                {
                    "id": number, "key": address, "hash": number.to_bytes(32, "big"),
                    "source": source, "at": at,
                },
            )  # fmt: skip
            connection.execute(
                text(
                    "INSERT INTO article_version (id, article_id, number, url, title, text, source,"
                    " authors, language, tags, content_sha256, fetched_at, judged_at, event, note)"
                    " VALUES (:id, :id, 1, :url, :title, :text, :source, '[]', :language, '[]',"
                    " :sha, :at, :at, 'published', '')"
                ),
                {
                    "id": number, "url": address, "title": title, "text": body, "source": source,
                    "language": language, "sha": f"{number:064x}", "at": at,
                },
            )  # fmt: skip
            if number % 20_000 == 0:
                print(f"  {number:,} articles written", flush=True)
    engine.dispose()


JUDGED_FIRST = 10_000
"""Of so many articles it is measured what indexing costs when they were judged a moment before."""


def index(store: Store, live: RunningConfig) -> None:
    """Index everything that waits; print what it cost.

    A daemon judges before it indexes, and the index takes what judging found. `wirewatch db
    reindex` looks for itself. The first articles are indexed the one way, the others the other.
    """
    indexing = SearchIndexing(store)
    _indexed(indexing, live, "judged a moment before", store, JUDGED_FIRST)
    _indexed(indexing, live, "of an archive", None, sys.maxsize)
    began, steps = time.perf_counter(), 0
    while store.tend_index():
        steps += 1
    print(f"closed months in {steps} steps and {time.perf_counter() - began:.1f} s")


def _indexed(
    indexing: SearchIndexing, live: RunningConfig, how: str, judging: Store | None, most: int
) -> None:
    """Index up to `most` versions, judged first where there is a store that says which are next."""
    used = slowest = 0.0
    done, began = 0, time.perf_counter()
    while done < most:
        if judging is not None:
            for article in judging.versions_to_index(FOLDING, BATCH).articles:
                live.rules.judge(article.data, article.first_seen_at)
        start, before = time.perf_counter(), time.process_time()
        batch = indexing.follow(live.rules, live.config)
        if not batch:
            break
        used += time.process_time() - before
        slowest = max(slowest, time.perf_counter() - start)
        done += batch
        if done % 20_000 == 0:
            print(f"  {done:,} indexed", flush=True)
    if done:
        print(
            f"indexing, {how}: {done:,} versions in {time.perf_counter() - began:.0f} s, "
            f"{used / done * 1000:.2f} ms CPU each, slowest batch {slowest * 1000:.0f} ms",
            flush=True,
        )


@dataclass(frozen=True)
class Took:
    """Milliseconds of one question, asked again and again."""

    first: float
    half: float
    most: float
    """The 95th percentile."""
    cpu_half: float
    cpu_most: float

    def __str__(self) -> str:
        """Return them as the columns of a table."""
        numbers = (self.first, self.half, self.most, self.cpu_half, self.cpu_most)
        return " ".join(f"{number:7.1f}" for number in numbers)


def measured(ask: Callable[[], object], times: int) -> Took:
    """Ask once, then again and again."""
    walls, cpus = [], []
    for _ in range(times + 1):
        start, used = time.perf_counter(), time.process_time()
        ask()
        walls.append((time.perf_counter() - start) * 1000)
        cpus.append((time.process_time() - used) * 1000)
    first, *rest = walls
    rest.sort()
    used_up = sorted(cpus[1:])
    at = int(len(rest) * 0.95)
    return Took(first, median(rest), rest[at], median(used_up), used_up[at])


def ask(store: Store, live: RunningConfig, times: int, budget: float) -> None:
    """Ask every query and print how long pages took."""
    columns = " ".join(f"{name:>7}" for name in ("first", "p50", "p95", "cpu 50", "cpu 95"))
    print(f"{'milliseconds':26} {columns}  hits  found")
    week = SearchFilters(since=datetime.now(UTC) - timedelta(days=7))
    for name, query, filters in (
        *((name, query, None) for name, query in QUERIES),
        ("all forms, last week", "власть", week),
    ):
        desk = SearchDesk(store, lambda: live.config, lambda: live.rules, budget=budget)
        gc.collect()
        took = measured(partial(desk.search, query, filters), times)
        page = desk.search(query, filters)
        looked = " (out of time)" if page.looked.out_of_time else ""
        print(f"{name:26} {took}  {len(page.items):4}  {page.count}{looked}", flush=True)
        if page.next:
            took = measured(_Older(desk, query, page.next).ask, min(times, 20))
            print(f"{'  … the next 20 pages':26} {took}", flush=True)


class _Older:
    """Goes on from page to page."""

    def __init__(self, desk: SearchDesk, query: str, cursor: str) -> None:
        self._desk = desk
        self._query = query
        self._cursor: str | None = cursor

    def ask(self) -> None:
        """Ask for the next page, while there is one."""
        if self._cursor:
            self._cursor = self._desk.search(self._query, None, self._cursor).next


def main(arguments: list[str]) -> int:
    """Generate what is missing, index it, ask."""
    parser = argparse.ArgumentParser(prog="python -m bench.search")
    parser.add_argument("--articles", type=int, default=20_000)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--url")
    parser.add_argument("--times", type=int, default=40)
    parser.add_argument("--budget", type=float, default=BUDGET, help="seconds of a page")
    asked = parser.parse_args(arguments)
    live = load_running_config(DESK)
    with tempfile.TemporaryDirectory(prefix="wirewatch-bench-search-") as temporary:
        folder = asked.folder or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        url = asked.url or f"sqlite:///{folder}/bench.db"
        with open_store(url) as store:
            if not store.articles(limit=1).items:
                generate(url, asked.articles)
            index(store, live)
            for file in sorted(folder.glob("bench.db*")):
                print(f"  {file.name}: {file.stat().st_size / 2**20:,.0f} MB")
            ask(store, live, asked.times, asked.budget)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
