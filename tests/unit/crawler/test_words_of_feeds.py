"""What feeds say in place of pages: when they speak, and what of their markup becomes a text."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from core.articles import Rejection, RejectReason, StubKind, WordsFrom
from core.failures import FailureKind, FetchFailure
from core.sources import Entry
from crawler.decide.entry_retry import decide_entry_retry, decide_rejection_retry
from crawler.decide.feed_turn import PATIENCE, FeedTurn, feed_turn
from crawler.discovery.feeds import parse_feed
from crawler.extract.feed_words import article_of_feed

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
URL = "https://kloop.example/1"


def http(status: int, retry_after: float | None = None) -> FetchFailure:
    return FetchFailure(FailureKind.HTTP, f"HTTP {status}", status, retry_after)


def turns(because: FetchFailure | Rejection) -> list[tuple[timedelta, FeedTurn]]:
    """Return when after its announcement an entry is tried, and what the feed does after each."""
    found, at, attempts = [], NOW, 0
    while True:
        attempts += 1
        if isinstance(because, FetchFailure):
            next_at = decide_entry_retry(because, attempts, at).at
        else:
            next_at = decide_rejection_retry(because, attempts, at).at
        turn = feed_turn(because, NOW, next_at)
        found.append((at - NOW, turn))
        if turn.speaks or next_at is None:
            return found
        at = next_at


@pytest.mark.parametrize(
    ("because", "turn"),
    [
        (http(401), FeedTurn.REFUSED),
        (http(403), FeedTurn.REFUSED),
        (http(404), FeedTurn.REFUSED),
        (http(451), FeedTurn.REFUSED),
        (http(410), FeedTurn.REFUSED),
        (FetchFailure(FailureKind.ROBOTS, "no"), FeedTurn.REFUSED),
        (FetchFailure(FailureKind.TLS, "no"), FeedTurn.REFUSED),
        (Rejection(RejectReason.STUB, "", StubKind.ANTI_BOT), FeedTurn.REFUSED),
        (Rejection(RejectReason.STUB, "", StubKind.CONSENT), FeedTurn.REFUSED),
        (Rejection(RejectReason.STUB, "", StubKind.JAVASCRIPT), FeedTurn.REFUSED),
        (Rejection(RejectReason.STUB, "", StubKind.NOT_FOUND), FeedTurn.REFUSED),
        (Rejection(RejectReason.EMPTY, ""), FeedTurn.REFUSED),
        (Rejection(RejectReason.NOT_HTML, ""), FeedTurn.REFUSED),
        (Rejection(RejectReason.PDF_SCANNED, ""), FeedTurn.REFUSED),
        (Rejection(RejectReason.SANDBOX, ""), FeedTurn.REFUSED),
    ],
)
def test_where_the_page_is_not_to_be_had_the_feed_speaks_at_once(
    because: FetchFailure | Rejection, turn: FeedTurn
) -> None:
    assert turns(because) == [(timedelta(0), turn)]


@pytest.mark.parametrize(
    "because",
    [
        http(429),
        http(500),
        http(503),
        FetchFailure(FailureKind.DNS, "no"),
        FetchFailure(FailureKind.TIMEOUT, "no"),
        FetchFailure(FailureKind.CONNECT, "no"),
        FetchFailure(FailureKind.BROKEN, "no"),
        FetchFailure(FailureKind.INTERNAL, "no"),
        Rejection(RejectReason.STUB, "", StubKind.SERVER_ERROR),
    ],
)
def test_a_fault_that_passes_is_waited_for_and_not_for_long(
    because: FetchFailure | Rejection,
) -> None:
    first, *_, last = turns(because)
    assert first == (timedelta(0), FeedTurn.WAITS)
    assert last[1] is FeedTurn.OUT_OF_PATIENCE
    assert timedelta(minutes=5) <= last[0] <= PATIENCE


def test_an_alert_does_not_wait_as_long_as_a_server_asks_to_be_left_alone() -> None:
    assert turns(http(503, 7200)) == [(timedelta(0), FeedTurn.OUT_OF_PATIENCE)]


def test_a_link_into_a_private_network_is_shown_to_nobody() -> None:
    found = turns(FetchFailure(FailureKind.GUARD, "private"))
    assert {turn for _, turn in found} == {FeedTurn.NEVER}


def rss(item: str) -> Entry:
    (entry,) = parse_feed(
        f'<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>'
        f"<title>Kloop</title><item><link>{URL}</link>{item}</item></channel></rss>".encode(),
        "https://kloop.example/feed",
    ).entries
    return entry


WHOLE = """<title>Рейд на рынке</title><description>Коротко о рейде.</description>
<content:encoded><![CDATA[<p>Полиция провела рейд на <a href="/x">рынке</a>.</p>
<script>track("мигрант")</script><p>Задержаны двадцать человек &mdash; их<br/>отпустили.</p>
]]></content:encoded>"""


@pytest.mark.parametrize("care", ["", '<media:x xmlns:media="urn:x"><b></media:x>'])
def test_the_whole_text_of_a_feed_becomes_paragraphs_without_markup(care: str) -> None:
    entry = rss(WHOLE + care)
    article = article_of_feed(entry, entry.markup, source="kloop")
    assert article is not None
    assert (article.title, article.language) == ("Рейд на рынке", "ru")
    assert article.text.splitlines() == [
        "Полиция провела рейд на рынке.",
        "Задержаны двадцать человек — их",
        "отпустили.",
    ]
    assert article.words_from is WordsFrom.FEED


@pytest.mark.parametrize(
    "description",
    ["Police raided the market.", "&lt;p&gt;Police raided the market.&lt;/p&gt;",
     "<![CDATA[<img src='x'><p>Police raided the market.</p>]]>"],
)  # fmt: skip
def test_a_summary_is_the_text_where_there_is_no_more(description: str) -> None:
    entry = rss(f"<title>Raid</title><description>{description}</description>")
    article = article_of_feed(entry, entry.markup)
    assert article is not None
    assert (article.title, article.text) == ("Raid", "Police raided the market.")


def test_a_headline_alone_is_an_article_without_a_text() -> None:
    entry = rss("<title>Raid on the market</title><description>Raid on the market</description>")
    article = article_of_feed(entry, entry.markup)
    assert article is not None
    assert (article.title, article.text) == ("Raid on the market", "")


def test_a_text_without_a_headline_is_called_by_its_first_words() -> None:
    entry = rss("<description>Police raided the market.</description>")
    article = article_of_feed(entry, entry.markup)
    assert article is not None
    assert article.title == "Police raided the market."


def test_a_feed_that_says_nothing_makes_no_article() -> None:
    assert article_of_feed(rss("<guid>7</guid>"), "") is None


def test_markup_is_kept_only_where_the_summary_leaves_something_out() -> None:
    assert rss("<title>T</title><description>Plain words.</description>").markup == ""
    assert rss(WHOLE).markup.startswith("<p>")
    assert rss(WHOLE).in_own_words
