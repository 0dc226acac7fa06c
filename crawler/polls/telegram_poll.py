"""Polling the preview of a Telegram channel, whose posts are read as articles at once."""

from __future__ import annotations

from collections.abc import Sequence

from typing_extensions import override

from core.articles import ArticleData, FetchedPage, Rejection
from core.reasons import ReasonKind
from crawler.discovery import TelegramPost
from crawler.extract.telegram_posts import read_channel
from crawler.polls.paging import PagedPoll
from crawler.polls.poll import Ask

MOST_NUMBERS = 2_000
"""Numbers between the first and the last post read; pages of a channel hold 20 each."""


class TelegramPoll(PagedPoll):
    """Polls a channel: new posts, edits of those still on the page, and deletions among them."""

    most_pages = 10
    ran_over = ReasonKind.RAN_OVER_CHANNEL

    @override
    async def read(self, page: FetchedPage) -> Ask | None:
        """Read the newest page."""
        self._posts: dict[str, tuple[TelegramPost, ArticleData | Rejection, FetchedPage]] = {}
        return await super().read(page)

    @override
    async def take(self, page: FetchedPage) -> Ask | None:
        """Keep the posts of a page, with their words."""
        source = self.work.source
        read = await self.context.documents.read(
            read_channel,
            page,
            source=source.name,
            languages=self.context.languages,
            language_hint=source.language,
            by_account=source.by_account,
        )
        for post, article in zip(read.document.posts, read.articles, strict=True):
            self._posts.setdefault(post.entry.url, (post, article, page))
        entries = tuple(post.entry for post in read.document.posts)
        return await self.go_on(entries, read.document.skipped, read.document.older)

    @override
    async def commit(self) -> None:
        """Commit the posts, their words, and what was deleted between them."""
        posts = sorted(self._posts.values(), key=lambda kept: kept[0].number)
        new = await self.commit_entries(tuple(post.entry for post, _, _ in posts))
        read = {post.entry.url: (article, page) for post, article, page in posts}
        await self.context.articles.posts_read(self.work.source, new, read)
        missing = _missing([post for post, _, _ in posts])
        await self.context.articles.posts_deleted(missing, self.main)


def _missing(posts: Sequence[TelegramPost]) -> list[str]:
    """Return the addresses of posts whose numbers are left out between those on the pages."""
    if not posts:
        return []
    numbers = {post.number for post in posts}
    channel = posts[0].entry.url.rpartition("/")[0]
    first, last = min(numbers), max(numbers)
    if last - first > MOST_NUMBERS:
        return []
    return [f"{channel}/{number}" for number in range(first, last) if number not in numbers]
