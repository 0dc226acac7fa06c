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
from pathlib import Path
from statistics import median

from sqlalchemy import create_engine, text

from desk.search import SearchDesk, SearchFilters
from scheduler.running_config import RunningConfig, load_running_config
from scheduler.search_indexing import SearchIndexing
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


def index(store: Store, live: RunningConfig) -> None:
    """Index everything that waits; print what it cost."""
    indexing = SearchIndexing(store)
    waiting = store.search_lag().waiting
    began, used = time.perf_counter(), time.process_time()
    slowest = 0.0
    done = 0
    while True:
        start = time.perf_counter()
        batch = indexing.follow(live.rules, live.config)
        if not batch:
            break
        slowest = max(slowest, time.perf_counter() - start)
        done += batch
        if done % 20_000 == 0:
            print(f"  {done:,} of {waiting:,} indexed", flush=True)
    used, took = time.process_time() - used, time.perf_counter() - began
    if done:
        each = used / done * 1000
        print(f"indexing: {done:,} versions in {took:.0f} s, {each:.2f} ms CPU each, "
              f"slowest batch {slowest * 1000:.0f} ms")  # fmt: skip
    began, parts = time.perf_counter(), 0
    while store.tend_index():
        parts += 1
    print(f"closed {parts} months in {time.perf_counter() - began:.1f} s")


def measured(ask: Callable[[], object], times: int) -> tuple[float, float, float]:
    """Return milliseconds of the first, the median and the 95th percentile of the rest."""
    took = []
    for _ in range(times + 1):
        start = time.perf_counter()
        ask()
        took.append((time.perf_counter() - start) * 1000)
    first, *rest = took
    rest.sort()
    return first, median(rest), rest[int(len(rest) * 0.95)]


def ask(store: Store, live: RunningConfig, times: int) -> None:
    """Ask every query and print how long pages took."""
    print(f"{'query':26} {'first':>7} {'p50':>7} {'p95':>7} {'older':>7}  hits  found")
    print(f"{'':26} {'ms':>7} {'ms':>7} {'ms':>7} {'p95':>7}")
    for name, query in QUERIES:
        desk = SearchDesk(store, lambda: live.config, lambda: live.rules)
        gc.collect()
        first, half, most = measured(lambda d=desk, q=query: d.search(q), times)
        page = desk.search(query)
        cursors = [page.next]
        older = 0.0
        if page.next:
            _, _, older = measured(
                lambda d=desk, q=query, c=cursors: (
                    c.append(d.search(q, None, c[-1]).next) if c[-1] else None
                ),
                min(times, 20),
            )
        looked = "" if page.looked.complete or not page.looked.out_of_time else " (out of time)"
        print(f"{name:26} {first:7.1f} {half:7.1f} {most:7.1f} {older:7.1f}  {len(page.items):4}  "
              f"{page.count}{looked}")  # fmt: skip
    desk = SearchDesk(store, lambda: live.config, lambda: live.rules)
    week = SearchFilters(since=datetime.now(UTC) - timedelta(days=7))
    _, half, most = measured(lambda: desk.search("власть", week), times)
    print(f"{'all forms, last week':26} {'':7} {half:7.1f} {most:7.1f}")


def main(arguments: list[str]) -> int:
    """Generate what is missing, index it, ask."""
    parser = argparse.ArgumentParser(prog="python -m bench.search")
    parser.add_argument("--articles", type=int, default=20_000)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--url")
    parser.add_argument("--times", type=int, default=40)
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
            ask(store, live, asked.times)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
