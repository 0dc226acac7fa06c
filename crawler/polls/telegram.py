"""Polling the preview of a Telegram channel, whose posts are read as articles at once."""

from __future__ import annotations

from collections.abc import Sequence

from typing_extensions import override

from core.articles import ArticleData, FetchedPage, Rejection
from core.failures import FetchFailure
from core.sources import CheckOutcome, Entry
from crawler.channels import ChannelPage, read_channel
from crawler.discovery import SkippedEntry, TelegramPost
from crawler.failures import failure_of_status
from crawler.intake import CheckFacts, RefusedError
from crawler.polls.base import AddressPoll, Ask
from crawler.scrapy_settings import MAX_PAGE_BYTES

MOST_PAGES = 10
"""Older pages of about 20 posts that are read when all of the newest is new."""


MOST_NUMBERS = 2_000
"""Numbers between the first and the last post read; pages of a channel hold 20 each."""


class TelegramPoll(AddressPoll):
    """Polls a channel: new posts, edits of those still on the page, and deletions among them."""

    max_bytes = MAX_PAGE_BYTES

    @override
    async def read(self, page: FetchedPage) -> Ask | None:
        """Read the newest page."""
        self._posts: dict[str, tuple[TelegramPost, ArticleData | Rejection, FetchedPage]] = {}
        self._skipped: list[SkippedEntry] = []
        self._pages = 1
        self._closed = False
        return await self._take(await self._parsed(page), page)

    @override
    async def more(self, page: FetchedPage) -> Ask | None:
        """Read an older page."""
        failure = failure_of_status(page.status, dict(page.headers), self.intake.clock())
        if failure is not None:
            return await self.without_more(failure)
        try:
            return await self._take(await self._parsed(page), page)
        except RefusedError:
            return await self._commit()

    @override
    async def without_more(self, failure: FetchFailure) -> Ask | None:
        """Commit what the newer pages gave."""
        return await self._commit()

    async def _parsed(self, page: FetchedPage) -> ChannelPage:
        source, crawl = self.work.source, self.intake.crawl
        return await self.intake.parse(
            read_channel,
            page,
            source=source.name,
            languages=crawl.languages,
            language_hint=source.language,
        )

    async def _take(self, read: ChannelPage, page: FetchedPage) -> Ask | None:
        for post, article in zip(read.document.posts, read.articles, strict=True):
            self._posts.setdefault(post.entry.url, (post, article, page))
        self._skipped += read.document.skipped
        state = self.work.state
        watched = state.last_success_at is not None and state.last_new_at is not None
        if not watched or read.document.older is None or self._pages > MOST_PAGES:
            return await self._commit()
        entries = tuple(post.entry for post in read.document.posts)
        self._closed = not await self.intake.none_known(self.work.source, entries)
        if self._closed or not entries:
            return await self._commit()
        self._pages += 1
        return Ask(read.document.older)

    async def _commit(self) -> Ask | None:
        gap = None
        if self._pages > 1:
            end = "" if self._closed else ", and there may be more"
            gap = (
                "no post on the newest page was known: more came since the last poll than it"
                f" holds; {self._pages} pages read{end}"
            )
        posts = sorted(self._posts.values(), key=lambda one: one[0].number)
        entries: tuple[Entry, ...] = tuple(post.entry for post, _, _ in posts)
        new = await self.intake.commit_poll(
            self.work,
            CheckFacts(CheckOutcome.OK, max_age=self.intake.freshness(self.main), full=True),
            entries,
            skipped=tuple(self._skipped),
            validators=self.validators,
            found=self.found,
            gap=gap,
        )
        read = {post.entry.url: (article, page) for post, article, page in posts}
        await self.intake.posts_read(self.work.source, new, read)
        await self.intake.posts_deleted(_missing([post for post, _, _ in posts]), self.main)
        return None


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
