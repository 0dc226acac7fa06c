"""By which other names an article is known. Pure."""

from __future__ import annotations

import hashlib

from core.articles import Alias, ArticleData
from core.similarity import word_hashes
from core.url_parts import key_with, left_out_of_key
from core.urls import UrlError, canonical_url, publisher_of, twin_name

_FEWEST_WORDS = 8
"""A title and text of fewer words may well be published twice and mean two things."""


def aliases_of(data: ArticleData, key: str) -> tuple[Alias, ...]:
    """Return the names beside its canonical URL `key` that mean this article.

    They are the name its address shares with its twins, the same of the address that the page
    itself calls canonical (if it is the same publisher's, and not the front page), and the hash of
    its words, within what one publisher publishes. A part of an address that names an article at
    its outlet alone (`key` keeps it then) is not told apart by the page, which leaves it out.
    """
    publisher = publisher_of(key)
    names = [_twin(key)]
    declared = _declared(data, publisher)
    if declared is not None and not left_out_of_key(key):
        names.append(_twin(declared))
    found = word_hashes(f"{data.title}\n{data.text}")
    aliases = [Alias(name) for name in dict.fromkeys(names)]
    if found.size >= _FEWEST_WORDS:
        digest = hashlib.sha256(found.astype("<u8").tobytes()).hexdigest()
        aliases.append(Alias(f"words:{publisher}:{digest}", by_content=True))
    return tuple(aliases)


def _twin(url: str) -> str:
    name = twin_name(url)
    for part, value in left_out_of_key(url).items():
        name = key_with(name, part, value)
    return f"twin:{name}"


def _declared(data: ArticleData, publisher: str) -> str | None:
    """Return the canonical URL that the page declares, if it can be believed."""
    if not data.canonical_url:
        return None
    try:
        declared = canonical_url(data.canonical_url)
        if publisher_of(declared) != publisher:
            return None
    except UrlError:
        return None
    path = declared.split("://", 1)[1].partition("/")[2]
    return declared if path else None
