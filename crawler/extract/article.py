"""From the bytes of a page to an article, or to the reason why it is none.

Pure: the same bytes give the same answer, with no clock or network. Hostile bytes may take
long or crash the parser, so callers run it in the sandbox.
"""

from __future__ import annotations

import unicodedata
from datetime import datetime
from itertools import islice

from lxml.html import HtmlElement

from core.articles import ArticleData, Rejection, RejectReason
from core.config.sections.crawl import LANGUAGES
from core.sources import Entry
from crawler.extract.body import read_body
from crawler.extract.boilerplate import drop_boilerplate, trim_edges
from crawler.extract.bylines import people
from crawler.extract.dated_page import dated_page, guess_date
from crawler.extract.decoding import clean_text, to_utf8
from crawler.extract.language import detect_language, load_model
from crawler.extract.lines import without_outlet, without_repetitions
from crawler.extract.markup import MAX_TAGS, is_other_format, looks_like_markup, parse
from crawler.extract.metadata import PageMetadata, read_metadata
from crawler.extract.page_dates import completed
from crawler.extract.site_notices import MOST_LINKS, PageShape
from crawler.extract.stubs import SHORT_PAGE, stub_rejection
from crawler.extract.survey import LONGEST_HEADLINE, is_short
from crawler.extract.titles import heading_text, tidy

MIN_LETTERS = 40
"""Fewer letters of text than this are no article: about six words, the shortest real news flash."""

MOST_HEADLINES = 5
"""Elements `<h1>` of a page that are read as its headline."""

_SAMPLE_PAGE = (
    "<html><body><p class='date'>вчера в полдень, 12 мая</p>"
    "<p>The council met on Tuesday to discuss the old bridge over the river.</p></body></html>"
).encode()
"""A page whose date has to be guessed, so that htmldate's tables are loaded as well."""


def extract_article(
    body: bytes,
    url: str,
    *,
    content_type: str | None = None,
    entry: Entry | None = None,
    source: str = "",
    languages: tuple[str, ...] = LANGUAGES,
    language_hint: str | None = None,
    page_first: bool = False,
    fetched_at: datetime | None = None,
) -> ArticleData | Rejection:
    """Read a fetched page as an article.

    `content_type` is the HTTP header's value; `entry` what the feed announced: its publication time
    wins over the page's (with `page_first` only where the page states none), its title, authors and
    tags stand in where the page has none. Language is detected among `languages`; `language_hint`
    (the source's), then the feed's, then the page's own declaration decide where detection is
    unsure. `fetched_at` (aware) is what "yesterday" is read beside; without it, it says nothing.
    Never raises for any bytes, but may take as long as the parser takes.
    """
    page = to_utf8(body, content_type)
    if not page.strip():
        return Rejection(RejectReason.EMPTY, f"the body has no text ({len(body)} bytes)")
    if is_other_format(body) or not looks_like_markup(page):
        kind = content_type or "no content type"
        return Rejection(RejectReason.NOT_HTML, f"the body is not a web page ({kind})")
    if (tags := page.count(b"<")) > MAX_TAGS:
        detail = f"the page has {tags:,} tags, more than the {MAX_TAGS:,} that are read"
        return Rejection(RejectReason.SANDBOX, detail)
    tree = parse(page)
    if tree is None:
        return Rejection(RejectReason.EMPTY, "the markup is empty")
    metadata = read_metadata(tree, url)
    announced_at = entry.published_at if entry else None
    if page_first and metadata.published_at is not None:
        announced_at = None
    published_at = completed(announced_at, metadata.published_at)
    for_date = dated_page(tree, fetched_at) if published_at is None else None
    html_title = metadata.page_title or metadata.title
    fallback = " ".join(element.text_content() for element in tree.iter("noscript"))
    headlines = _headlines(tree, metadata.title, html_title)
    links, marked = _links(tree), _is_marked(tree, metadata)
    try:
        text, reading = read_body(tree, lambda: parse(page), metadata, headlines, url)
        text = drop_boilerplate(_clean(text))
    except RecursionError:
        return Rejection(RejectReason.EMPTY, "its elements are nested too deeply to be read")

    visible = text if len(text) > SHORT_PAGE else f"{_flat(tree)} {fallback}"
    shape = PageShape(links, len(visible), marked)
    declared = metadata.is_article
    if stub := stub_rejection(page, html_title, text, visible, declared=declared, shape=shape):
        return stub
    if sum(1 for _ in islice(filter(str.isalpha, text), MIN_LETTERS)) < MIN_LETTERS:
        return Rejection(
            RejectReason.EMPTY, f"no article text in {len(page):,} characters of markup"
        )
    title = metadata.title or (tidy(entry.title) if entry else "") or _first_words(text)
    if for_date is not None:
        published_at = guess_date(for_date, url, metadata.times)
    is_guess = for_date is not None and published_at is not None
    authors = metadata.authors or people(entry.authors if entry else ())
    text = without_outlet(text, html_title, metadata.site_name)
    text = trim_edges(without_repetitions(text, (title, *headlines), authors))
    prior = language_hint or (entry.language if entry else None) or metadata.language
    return ArticleData(
        url=url,
        title=title,
        text=text,
        source=source,
        canonical_url=metadata.canonical_url,
        authors=authors,
        published_at=published_at,
        date_is_guess=is_guess,
        language=detect_language(f"{title}\n{text}", languages, prior),
        site_name=metadata.site_name,
        tags=metadata.tags or tuple(filter(None, map(tidy, entry.tags if entry else ()))),
        reading=reading,
        marked=marked,
    )


def preload(languages: tuple[str, ...] = LANGUAGES) -> None:
    """Load the models and warm the caches that the first article would pay for."""
    load_model(languages)
    extract_article(_SAMPLE_PAGE, "https://example.org/a", languages=languages)


def _headlines(tree: HtmlElement, *stated: str) -> tuple[str, ...]:
    """Return what the page calls itself: in its metadata, and to its reader."""
    # Where a page has no <h1>, its first heading is the headline.
    tag = "h1" if next(tree.iter("h1"), None) is not None else "h2"
    shown = (
        heading_text(heading)
        for heading in islice(tree.iter(tag), MOST_HEADLINES if tag == "h1" else 1)
        if is_short(heading, LONGEST_HEADLINE)
    )
    return tuple(dict.fromkeys(filter(None, (*stated, *shown))))


def _links(tree: HtmlElement) -> int:
    """Return how many links a page has, as far as that makes a difference."""
    return sum(1 for _ in islice(tree.iter("a"), MOST_LINKS + 1))


def _is_marked(tree: HtmlElement, metadata: PageMetadata) -> bool:
    """Tell whether a page marks anything as an article, or says when it is from or what it is."""
    return bool(
        metadata.is_article
        or metadata.published_at
        or metadata.times
        or metadata.body
        or metadata.descriptions
        or next(tree.iter("article", "time"), None) is not None
    )


def _clean(text: str) -> str:
    return unicodedata.normalize("NFC", clean_text(text))


def _flat(tree: HtmlElement) -> str:
    return " ".join(tree.text_content().split())


def _first_words(text: str) -> str:
    """Make a title for a page that has none."""
    return " ".join(text.split()[:12])
