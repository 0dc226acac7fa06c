"""Polls: what is asked of a source, one answer after the other, until its entries are committed.

One module for each kind of source. Spiders carry requests; what they mean is decided here.
"""

from __future__ import annotations

from core.sources import SourceKind
from crawler.polls.feed_poll import FeedPoll
from crawler.polls.homepage_poll import HomepagePoll
from crawler.polls.page_poll import PagePoll
from crawler.polls.poll import AddressPoll, Ask, Poll
from crawler.polls.poll_context import PollContext
from crawler.polls.sitemap_poll import SitemapPoll
from crawler.polls.telegram_poll import TelegramPoll
from crawler.queue import PollSource

__all__ = ["Ask", "Poll", "PollContext", "poll_for"]

_BY_ADDRESS: dict[SourceKind, type[AddressPoll]] = {
    SourceKind.FEED: FeedPoll,
    SourceKind.SITEMAP: SitemapPoll,
    SourceKind.PAGE: PagePoll,
    SourceKind.TELEGRAM: TelegramPoll,
}


def poll_for(context: PollContext, work: PollSource) -> Poll:
    """Return the poll that fits the source's kind."""
    if work.source.kind is SourceKind.HOMEPAGE:
        return HomepagePoll(context, work, _BY_ADDRESS)
    return _BY_ADDRESS[work.source.kind](context, work)
