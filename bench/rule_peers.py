"""What else could judge articles by the same words: loops of `re`, and hyperscan."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence

import hyperscan

from bench.corpora import Query
from core.articles import ArticleData

_PATIENCE = 20.0
"""Seconds after which a peer is judged by the articles it has managed."""

_COMPILE_AT_ONCE = 500
"""Patterns of one hyperscan database: compiling takes ever longer the more there are."""

_COMPILE_PATIENCE = 30.0
"""Seconds of compiling databases; what is left out is counted by the share that was compiled."""


def _pattern(forms: frozenset[str]) -> str:
    return rf"\b(?:{_listed(forms)})\b"


def _listed(forms: frozenset[str]) -> str:
    return "|".join(sorted(map(re.escape, forms), key=len, reverse=True))


def regex_seconds(queries: Sequence[Query], articles: Sequence[ArticleData]) -> float:
    """Return seconds for an article with one compiled pattern for each word, rule by rule."""
    compiled: dict[frozenset[str], re.Pattern[str]] = {}
    rules = [
        [
            compiled.setdefault(forms, re.compile(_pattern(forms), re.IGNORECASE))
            for forms in query.wanted
        ]
        for query in queries
    ]

    def judge(article: ArticleData) -> None:
        content = f"{article.title}\n{article.text}"
        for words in rules:
            all(word.search(content) for word in words)

    return _seconds(judge, articles)


def _seconds(judge: Callable[[ArticleData], None], articles: Sequence[ArticleData]) -> float:
    """Return seconds for an article, over as many as can be judged in _PATIENCE."""
    began, done = time.perf_counter(), 0
    for article in articles:
        judge(article)
        done += 1
        if time.perf_counter() - began > _PATIENCE:
            break
    return (time.perf_counter() - began) / done


def hyperscan_seconds(queries: Sequence[Query], articles: Sequence[ArticleData]) -> float:
    """Return seconds for an article to find every word of every rule; judging comes on top.

    Hyperscan has no word boundaries for letters beyond ASCII, so it is given the easier task of
    finding the forms anywhere. Thousands of rules take it minutes and gigabytes to compile: what
    could not be compiled in _COMPILE_PATIENCE is taken to cost as much as what could.
    """
    flags = hyperscan.HS_FLAG_UTF8 | hyperscan.HS_FLAG_CASELESS | hyperscan.HS_FLAG_SINGLEMATCH
    patterns = list(dict.fromkeys(_listed(forms) for query in queries for forms in query.wanted))
    databases = []
    began, compiled = time.perf_counter(), 0
    for start in range(0, len(patterns), _COMPILE_AT_ONCE):
        batch = patterns[start : start + _COMPILE_AT_ONCE]
        database = hyperscan.Database()
        database.compile(
            expressions=[pattern.encode() for pattern in batch],
            ids=list(range(len(batch))),
            elements=len(batch),
            flags=[flags] * len(batch),
        )
        databases.append(database)
        compiled += len(batch)
        if time.perf_counter() - began > _COMPILE_PATIENCE:
            break

    def judge(article: ArticleData) -> None:
        content = f"{article.title}\n{article.text}".encode()
        for database in databases:
            database.scan(content, match_event_handler=found.append_match)

    found = _Found()
    return _seconds(judge, articles) * len(patterns) / compiled


class _Found:
    """Collects what hyperscan reports."""

    def __init__(self) -> None:
        self.numbers: set[int] = set()

    def append_match(self, number: int, *_: object) -> None:
        self.numbers.add(number)
