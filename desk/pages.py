"""One document by itself: the article of a page or PDF, or what a feed, sitemap or list leads to.

It comes from outside, so it is parsed in the sandbox here, too. The libraries for pages and for
feeds take a second to load each, so each is loaded when it is asked for.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from core.articles import ArticleData, Rejection

if TYPE_CHECKING:
    from crawler.discovery.documents import Discovered
    from crawler.parse.sandbox import Sandbox

PARSE_SECONDS = 30.0
"""Deadline of one parse by hand; the daemon's own is in the configuration."""
PARSE_MEMORY_MB = 768


@dataclass(frozen=True, slots=True)
class PageRead:
    """The article of a web page or PDF."""

    article: ArticleData
    missing: str = ""
    """What is not in it, for people; empty when it is whole."""


def read_page(
    body: bytes,
    url: str,
    *,
    content_type: str | None = None,
    source: str = "",
    language: str | None = None,
    fetched_at: datetime | None = None,
) -> PageRead | Rejection:
    """Return the article of a web page or PDF, or why there is none. Raises SandboxError.

    `fetched_at` (aware) is what "yesterday" on a page is read beside.
    """
    from crawler.extract import extract_article
    from crawler.parse.sandbox import Sandbox
    from crawler.pdf.values import is_pdf

    with Sandbox(1, PARSE_SECONDS, PARSE_MEMORY_MB) as sandbox:
        if is_pdf(body, content_type):
            return _read_pdf(sandbox, body, url, source, language)
        article = sandbox.call(
            extract_article,
            body,
            url,
            content_type=content_type,
            source=source,
            language_hint=language,
            fetched_at=fetched_at,
        )
    return article if isinstance(article, Rejection) else PageRead(article)


def _read_pdf(
    sandbox: Sandbox, body: bytes, url: str, source: str, language: str | None
) -> PageRead | Rejection:
    from core.config.sections.crawl import CrawlSection
    from crawler.parse.pdf_reader import PdfReader

    reader = PdfReader(sandbox, CrawlSection())
    found = asyncio.run(reader.read(body, url, source=source, language_hint=language))
    if isinstance(found, Rejection):
        return found
    reasons = ", ".join(f"{pages} {kind.value}" for kind, pages in found.unread.items())
    missing = f"of {found.count} pages some are missing: {reasons}" if reasons else ""
    return PageRead(found.article, missing)


def check_selector(selector: str) -> None:
    """Refuse a CSS selector or XPath that cannot be read. Raises ValueError."""
    from crawler.discovery import check_selector as check

    check(selector)


def read_links(
    body: bytes, url: str, *, content_type: str | None = None, selector: str | None = None
) -> Discovered:
    """Return what a feed, sitemap, channel or web page leads to.

    `selector` finds a page's links to articles. Raises CrawlError for a document that is none of
    these, SandboxError for one whose parse was stopped.
    """
    from crawler.discovery import discover_links
    from crawler.parse.sandbox import Sandbox

    # The libraries for web pages would take a second to load and are not needed here.
    with Sandbox(1, PARSE_SECONDS, PARSE_MEMORY_MB, preloaded=()) as sandbox:
        return sandbox.call(discover_links, body, url, content_type=content_type, links=selector)
