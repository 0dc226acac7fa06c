"""An article made of what its feed says of it, for want of its page. Pure."""

from __future__ import annotations

import unicodedata

from core.articles import ArticleData, WordsFrom
from core.config.sections.crawl import LANGUAGES
from core.sources import Entry
from crawler.discovery.plaintext import TEXT_LIMIT, plain_paragraphs
from crawler.extract.boilerplate import drop_boilerplate, trim_edges
from crawler.extract.bylines import people
from crawler.extract.decoding import clean_text
from crawler.extract.language import detect_language
from crawler.extract.lines import without_repetitions
from crawler.extract.titles import tidy

_TITLE_WORDS = 12


def article_of_feed(
    entry: Entry,
    markup: str,
    *,
    source: str = "",
    languages: tuple[str, ...] = LANGUAGES,
    language_hint: str | None = None,
) -> ArticleData | None:
    """Return the article that an entry tells of; None if it neither has a headline nor a text.

    `markup` is what the feed gave beyond the summary, if anything: the summary is the text
    otherwise. A headline alone is an article without text.
    """
    text = unicodedata.normalize("NFC", clean_text(_text(entry, markup)))
    title = unicodedata.normalize("NFC", tidy(entry.title)) or _first_words(text)
    if not title:
        return None
    authors = people(entry.authors)
    text = trim_edges(without_repetitions(drop_boilerplate(text), (title,), authors))
    return ArticleData(
        url=entry.url,
        title=title,
        text="" if text == title else text,
        source=source,
        authors=authors,
        published_at=entry.published_at,
        language=detect_language(f"{title}\n{text}", languages, language_hint or entry.language),
        tags=tuple(filter(None, map(tidy, entry.tags))),
        words_from=WordsFrom.FEED,
    )


def _text(entry: Entry, markup: str) -> str:
    whole = plain_paragraphs(markup, TEXT_LIMIT)
    # Markup of nothing but a picture has no words.
    return whole if len(whole) >= len(entry.summary) // 2 else entry.summary


def _first_words(text: str) -> str:
    return " ".join(text.split()[:_TITLE_WORDS])
