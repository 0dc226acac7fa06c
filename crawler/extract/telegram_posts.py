"""Reads the preview of a Telegram channel as articles. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from core.articles import ArticleData, Rejection, RejectReason
from core.config.sections.crawl import LANGUAGES
from crawler.discovery import TelegramDocument, TelegramPost, parse_telegram
from crawler.discovery.account_page import parse_account_page
from crawler.extract.language import detect_language


@dataclass(frozen=True, slots=True)
class ChannelPage:
    """A page of a channel, with each post as an article, or why it is none."""

    document: TelegramDocument
    articles: tuple[ArticleData | Rejection, ...]
    """In the order of the document's posts."""


def read_channel(
    body: bytes,
    url: str,
    *,
    content_type: str | None = None,
    source: str = "",
    languages: tuple[str, ...] = LANGUAGES,
    language_hint: str | None = None,
    by_account: bool = False,
) -> ChannelPage:
    """Read a page of a channel's preview; with `by_account`, of messages that an account was given.

    Raises NotATelegramPreview for anything else.
    """
    parse = parse_account_page if by_account else parse_telegram
    document = parse(body, url, content_type=content_type)
    articles = (
        _article(post, document, source, languages, language_hint) for post in document.posts
    )
    return ChannelPage(document, tuple(articles))


def _article(
    post: TelegramPost,
    channel: TelegramDocument,
    source: str,
    languages: tuple[str, ...],
    hint: str | None,
) -> ArticleData | Rejection:
    if not post.text.strip():
        if post.unsupported:
            return Rejection(RejectReason.EMPTY, "the preview does not show this post")
        kinds = ", ".join(post.media) or "nothing"
        return Rejection(RejectReason.EMPTY, f"the post has no words, only: {kinds}")
    authors = (post.forwarded_from,) if post.forwarded_from else ()
    return ArticleData(
        url=post.entry.url,
        title=post.entry.title,
        text=post.text,
        source=source,
        authors=authors,
        published_at=post.entry.published_at,
        language=detect_language(post.text, languages, hint),
        site_name=channel.title or None,
        tags=post.entry.tags,
    )
