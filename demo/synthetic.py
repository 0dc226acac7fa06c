"""Outlets made up for scale: any number of articles, each with a text of its own.

The words are the newsroom's own in that language, strung together by which word follows which,
with a jump now and then; no long run of words is shared by two articles, so near-duplicate
detection sees distinct ones, while language detection and extraction see real vocabulary.
"""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import pairwise

from demo.library import library
from demo.outlets import Layout, Outlet, Scheduled, Story

_JUMP = 0.35  # chance that a word is followed by one that never follows it in the library
_AUTHORS = ("Салима Юсупова", "Ержан Оспанов", "Olena Kravets", "Daniel Moss", "Гулнора Каримова")
_NEWEST = datetime(2026, 1, 31, 12, tzinfo=UTC)
_APART = timedelta(minutes=7)


def synthetic_outlet(
    name: str,
    language: str,
    articles: int,
    words: int = 600,
    page_bytes: int = 100_000,
    *,
    layout: Layout = Layout.WORDPRESS,
    opening: str = "",
) -> Outlet:
    """Return an outlet whose feed holds `articles` distinct stories of about `words` words.

    All are out when the newsroom opens. `opening` is put before each story's text, to make every
    one of them match a rule. The same arguments give the same texts.
    """
    stories = tuple(
        Scheduled(timedelta(), synthetic_story(name, language, number, words, opening=opening))
        for number in range(articles)
    )
    return Outlet(
        slug=name,
        name=name.replace("-", " ").title(),
        language=language,
        layout=layout,
        stories=stories,
        feed_limit=articles,
        page_bytes=page_bytes,
        article_path="/news/{number}/{slug}.html",
    )


def synthetic_story(
    name: str, language: str, number: int, words: int = 600, *, opening: str = ""
) -> Story:
    """Return story `number` of the outlet `name`; `opening` starts its text when given."""
    chance = random.Random(f"{name} {language} {number}")  # noqa: S311 - prose, not a secret
    paragraphs = [opening] if opening else []
    written = 0
    while written < words:
        sentences = [_sentence(chance, language) for _ in range(chance.randrange(3, 6))]
        written += sum(len(sentence.split()) for sentence in sentences)
        paragraphs.append(" ".join(sentences))
    return Story(
        slug=f"story-{number}",
        title=_sentence(chance, language, 9).rstrip("."),
        paragraphs=tuple(paragraphs),
        language=language,
        authors=(_AUTHORS[number % len(_AUTHORS)],),
        published_at=_NEWEST - number * _APART,
    )


def _sentence(chance: random.Random, language: str, length: int | None = None) -> str:
    followers = _followers(language)
    known = tuple(followers)
    word = chance.choice(known)
    sentence = [word]
    for _ in range((length or chance.randrange(9, 24)) - 1):
        stray = chance.random() < _JUMP or not followers[word]
        word = chance.choice(known if stray else followers[word])
        sentence.append(word)
    text = " ".join(sentence)
    return text[0].upper() + text[1:] + "."


@lru_cache
def _followers(language: str) -> dict[str, tuple[str, ...]]:
    followers: dict[str, list[str]] = {}
    for passage in library(language).passages:
        words = [word.strip('«»“”"().,:;!?—–') for word in passage.split()]
        words = [word for word in words if word]
        for word, after in pairwise(words):
            followers.setdefault(word, []).append(after)
            followers.setdefault(after, [])
    return {word: tuple(after) for word, after in followers.items()}
